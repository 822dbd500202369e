"""The life of one sample inquest: a death that nobody did anything to, or one with which a sample case begins."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented inquests)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import HOSPITAL, LABORATORY, Planned
from roznamcha.sample_life import Life

CAUSES = (("drowning", 4), ("snakebite", 3), ("accident", 4), ("suicide", 5), ("poison", 3), ("unknown", 1))
"""Of what people are found dead, and how often in this sample."""
EVERY = 8
"""Cases to one inquest that comes to no FIR."""
KILLED = "BNS 103(1)"
"""Cases with this section begin with an inquest."""


class SampleInquest(Life):
    """What happens in one sample inquest."""

    register = "inquest"

    def __init__(self, number: int, seed: int, case: Life | None = None) -> None:
        """Throw the dice of inquest `number`; that of a case is at its station, some hours before it."""
        super().__init__(number, seed)
        self.case = case
        if case is not None:
            self.key, self.order = inquest_of(case.number), case.number
            self.station, self.officer, self.begins = case.station, case.officer, case.begins - timedelta(hours=30)
        else:
            self.key, self.order = f"sample:marg:{number:05d}", number

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at = self.begins
        cause = "suspicious" if self.case else self.dice.choices(*zip(*CAUSES, strict=True))[0]
        self._begun(at, cause)
        self.do(at + timedelta(hours=1), "ExecutiveMagistrateInformed", magistrate="Naib Tehsildar", means="telephone")
        held = at + timedelta(hours=self.dice.randint(2, 8))
        witnesses = [{"code": f"W{n}", "witness_name": self.name()} for n in (1, 2)]
        self.do(held, "InquestHeld", place="at the body", witnesses=witnesses, apparent_cause=cause, findings="as seen")
        late = self.dice.random() < 0.2
        sent = held + (self.days(2, 5) if late else timedelta(hours=self.dice.randint(4, 20)))
        self.do(sent, "InquestReportForwarded", forwarded_to="Sub-divisional Magistrate", magistrate="SDM Namuna")
        received = self._examined(held, cause)
        if self.case is not None:
            found: dict[str, Any] = {"fir": self.case.key, "sections": [KILLED], "ground": "inquest"}
            self.do(self.case.begins + timedelta(hours=4), "ConvertedToFIR", **found)
        elif self.dice.random() < 0.6:
            what = "not known" if cause == "unknown" else cause
            at = max(received, sent) + self.days(5, 40)
            self.do(at, "InquestClosed", cause=what, reasons="no offence is found", ordered_by="SDM Namuna")
        return list(self.entered())

    def _begun(self, at: datetime, cause: str) -> None:
        begins: dict[str, Any] = {
            "information_received_at": (at - timedelta(minutes=40)).isoformat(),
            "gd_entry": f"GD/{self.number}",
            "informant_name": self.name(),
            "place": self.dice.choice(("Namuna river ghat", "Namuna village", "forest of Namuna")),
            "apparent_cause": cause,
            "inquirer": self.officer["id"],
        }
        if cause == "unknown":
            found = (at - timedelta(hours=2)).isoformat()
            self.do(at, "BodyFound", found_at=found, features="a scar", photographed=True, **begins)
            if self.dice.random() < 0.5:
                self.do(at + self.days(1, 5), "BodyIdentified", deceased_name=self.name(), how="photograph")
            return
        self.do(at, "DeathReported", mode="oral", gist="a person is found dead", deceased_name=self.name(), **begins)

    def _examined(self, held: datetime, cause: str) -> datetime:
        """The post-mortem, its report, and viscera where poison is thought of."""
        request: dict[str, Any] = {"request": f"PM/{self.number}", "person": "D1"}
        self.do(held + timedelta(hours=2), "PostMortemRequested", hospital=HOSPITAL, **request)
        received = held + self.days(1, 6)
        report: dict[str, Any] = {"hospital": HOSPITAL, "pmr_number": f"PMR/{self.number}", "frozen": True}
        examined = (held + timedelta(hours=8)).isoformat()
        self.do(received, "PMRReceived", examined_at=examined, cause_of_death="as found", **report, **request)
        self.do(held + timedelta(hours=20), "BodyDisposed", how="handed to relatives", received_by="I1")
        if cause in {"poison", "snakebite"}:
            sent: dict[str, Any] = {
                "note": f"FN/M{self.number}",
                "request": request["request"],
                "laboratory": LABORATORY,
                "seal": "V",
            }
            papers: dict[str, Any] = {"road_certificate": f"RC/M{self.number}", "specimen_seal_sent": True}
            self.do(received + timedelta(hours=20), "VisceraSent", **sent, **papers)
        return received


def inquest_of(case: int) -> str:
    """The key of the inquest with which a sample case begins."""
    return f"sample:marg-of:{case:05d}"
