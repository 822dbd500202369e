"""The papers of other registers that join a case: the complaint or the search for a missing person it came from."""

from __future__ import annotations

from typing import Literal

from domain.case.case import CaseEntry
from domain.common.tie import JoinsPapers, papers


class PapersJoined(JoinsPapers, CaseEntry, register="case"):
    """The papers of a complaint or a search join the case, which came from it; each record names the other."""

    kinds = (
        papers("case from complaint", "शिकायत से", "complaint", "complaint became case", "complaint"),
        papers(
            "case from missing person", "गुम इंसान से", "missing_person", "missing person became case", "missing person"
        ),
    )

    whose: Literal["complaint", "missing person"]
