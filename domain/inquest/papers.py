"""The papers of other registers that join an inquest: the complaint it came from, the search for whose body it is."""

from __future__ import annotations

from typing import Literal

from domain.common.tie import JoinsPapers, papers
from domain.inquest.death import FollowsDeath


class PapersJoined(JoinsPapers, FollowsDeath, register="inquest"):
    """The papers of a complaint or a search join the inquest; each record names the other."""

    kinds = (
        papers("inquest from complaint", "शिकायत से", "complaint", "complaint became inquest", "complaint"),
        papers(
            "inquest of missing person",
            "गुम इंसान का मर्ग",
            "missing_person",
            "missing person found dead",
            "missing person",
        ),
    )
    what = "the joining of papers"

    whose: Literal["complaint", "missing person"]
