"""The life of one sample complaint: enquired into and filed, or with a sample case that came of it."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented complaints)

from __future__ import annotations

from datetime import datetime, timedelta

from roznamcha.sample import Planned
from roznamcha.sample_life import Life

CATEGORIES = ("land", "money", "threat", "family", "property", "nuisance")
SOURCES = ("in person", "citizen portal", "post", "senior officer")
EVERY = 3
"""Cases to one complaint that comes to no FIR."""
FROM_COMPLAINT = 15
"""Of so many cases one began with a complaint."""


class SampleComplaint(Life):
    """What happens in one sample complaint."""

    register = "complaint"

    def __init__(self, number: int, seed: int, case: Life | None = None) -> None:
        """Throw the dice of complaint `number`; that of a case is at its station, some days before it."""
        super().__init__(number, seed)
        self.case = case
        self.key = f"sample:shk:{number:05d}" if case is None else f"sample:shk-of:{case.number:05d}"
        if case is not None:
            self.station, self.officer, self.begins = case.station, case.officer, case.begins - timedelta(days=9)

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at, source = self.begins, self.dice.choice(SOURCES)
        self.do(
            at,
            "ComplaintReceived",
            information_received_at=(at - timedelta(minutes=30)).isoformat(),
            gd_entry=f"GD/{self.number}",
            informant_name=self.name(),
            source=source,
            source_number=f"SP/{self.number}" if source == "senior officer" else "",
            acknowledged=True,
            category=self.dice.choice(CATEGORIES),
            gist="as told",
            against=[{"code": "R1", "opponent_name": self.name()}] if self.dice.random() < 0.7 else [],
        )
        self.do(at + timedelta(hours=5), "EnquiryAssigned", enquirer=self.officer["id"], enquirer_rank="SI")
        reported = at + self.days(2, 7 if self.case else 30)
        if self.case is not None:
            self._reported(reported, "cognizable offence")
            self.do(self.case.begins + self.days(13, 15), "ComplaintConverted", into="FIR", number=self.case.key)
            self.do(self.case.begins + self.days(20, 25), "PapersJoined", whose="complaint", number=self.key)
            self.done[-1][2].update(name="case.PapersJoined", record=self.case.key)
        elif self.dice.random() < 0.7:
            self._reported(reported, "not substantiated")
            filed = reported + self.days(1, 6)
            self.do(filed, "ComplaintDisposed", how="not substantiated", reasons="as reported", ordered_by="SHO")
            self.do(filed + timedelta(hours=3), "ComplainantInformed", told_of="disposal", means="letter")
        return list(self.entered())

    def _reported(self, at: datetime, outcome: str) -> None:
        self.do(at, "EnquiryReported", outcome=outcome, findings="as heard", persons_heard=self.dice.randint(1, 6))
