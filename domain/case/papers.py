"""The papers of other registers that join a case: a complaint, a search, a medico-legal case, a find."""

from __future__ import annotations

from typing import Literal

from domain.case.case import CaseEntry
from domain.common.tie import JoinsPapers, papers


class PapersJoined(JoinsPapers, CaseEntry, register="case"):
    """The papers of a complaint, a search, a medico-legal case or a find join the case; each record names the other."""

    kinds = (
        papers("case from complaint", "शिकायत से", "complaint", "complaint became case", "complaint"),
        papers(
            "case from missing person", "गुम इंसान से", "missing_person", "missing person became case", "missing person"
        ),
        papers(
            "case from medico-legal case", "एमएलसी से", "medico_legal", "medico-legal case linked to case",
            "medico-legal case",
        ),
        papers(
            "case from unclaimed property", "लावारिस संपत्ति से", "property_unclaimed", "belongs to case",
            "unclaimed property",
        ),
    )  # fmt: skip

    whose: Literal["complaint", "missing person", "medico-legal case", "unclaimed property"]
