"""The papers of other registers that join an inquest: the complaint it came from."""

from __future__ import annotations

from typing import Literal

from domain.common.tie import JoinsPapers, papers
from domain.inquest.death import FollowsDeath


class PapersJoined(JoinsPapers, FollowsDeath, register="inquest"):
    """The papers of a complaint join the inquest, which came from it; each record names the other."""

    kinds = (papers("inquest from complaint", "शिकायत से", "complaint", "complaint became inquest", "complaint"),)
    what = "the joining of papers"

    whose: Literal["complaint"]
