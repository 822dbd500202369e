"""The life of one sample medico-legal case: a hospital tells of a patient; it is no offence, or a sample case has it."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented patients)

from __future__ import annotations

from datetime import timedelta
from typing import Any

from roznamcha.sample import HOSPITAL, Planned
from roznamcha.sample_life import Life

HURT = "BNS 115(2)"
"""Cases with this section have a medico-legal case, every second one of them."""
EVERY = 5
"""Cases to one medico-legal case that comes to no FIR."""


class SampleMLC(Life):
    """What happens in one sample medico-legal case."""

    register = "medico_legal"

    def __init__(self, number: int, seed: int, case: Life | None = None) -> None:
        """Throw the dice of medico-legal case `number`; that of a case is at its station, some hours before it."""
        super().__init__(number, seed)
        self.case = case
        self.key = f"sample:mlc:{number:05d}" if case is None else f"sample:mlc-of:{case.number:05d}"
        if case is not None:
            self.station, self.officer, self.begins = case.station, case.officer, case.begins - timedelta(hours=6)

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at = self.begins
        self.do(
            at,
            "HospitalIntimated",
            hospital=HOSPITAL,
            hospital_number=f"H/{self.number}",
            received_at=(at - timedelta(minutes=20)).isoformat(),
            gd_entry=f"GD/{self.number}",
            person_name=self.name(),
            gender=self.dice.choice(("male", "female")),
            brought_by="relative",
            history="as told",
            cause="assault" if self.case else self.dice.choice(("fall", "poison", "traffic accident")),
            nature="simple",
        )
        self.do(at + timedelta(minutes=30), "PoliceNumbered", enquirer=self.officer["id"])
        request: dict[str, Any] = {"request": f"MR/M{self.number}", "person": "V1"}
        asked = at + timedelta(hours=1)
        self.do(asked, "MedicalExaminationRequested", subject="injured", consent="given", hospital=HOSPITAL, **request)
        received = asked + timedelta(hours=self.dice.randint(8, 70))
        examined = (asked + timedelta(hours=2)).isoformat()
        report: dict[str, Any] = {"mlr_number": f"MLR/M{self.number}", "frozen": True, "examined_at": examined}
        self.do(received, "MLRReceived", hospital=HOSPITAL, **report, **request)
        if self.case is not None:
            self.do(self.case.begins + self.days(13, 15), "LinkedToCase", case=self.case.key, sections=[HURT])
            self.do(self.case.begins + self.days(20, 25), "PapersJoined", whose="medico-legal case", number=self.key)
            self.done[-1][2].update(name="case.PapersJoined", record=self.case.key)
        elif self.dice.random() < 0.7:
            ends: dict[str, Any] = {"ground": "accident", "reasons": "no offence is found", "ordered_by": "SHO"}
            self.do(received + self.days(2, 20), "ClosedWithoutCase", **ends)
        return list(self.entered())
