"""The life of one sample preventive action: somebody detained and let go, an istgasha, a bond or the end of it."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented actions)

from __future__ import annotations

from datetime import timedelta
from typing import Any

from roznamcha.sample import Planned
from roznamcha.sample_life import Life

EVERY = 4
"""Cases to one preventive action."""
MAGISTRATE = "SDM Namuna"


class SamplePreventive(Life):
    """What happens in one sample preventive action."""

    register = "preventive"

    def __init__(self, number: int, seed: int) -> None:
        """Throw the dice of action `number`."""
        super().__init__(number, seed)
        self.key = f"sample:ist:{number:05d}"

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at = self.begins
        person: dict[str, Any] = {"person": "R1"}
        if self.dice.random() < 0.5:
            told: dict[str, Any] = {"grounds_told": True, "relative_informed": True, "gd_entry": f"GD/{self.number}"}
            self.do(at, "PersonDetained", person_name=self.name(), place="market", design="as known", **told, **person)
            self.do(at + timedelta(hours=self.dice.randint(4, 25)), "PersonReleased", how="let go", **person)
        laid = at + timedelta(hours=26)
        self.do(
            laid,
            "ActionProposed",
            gd_entry=f"GD/{self.number}",
            section="BNSS 126",
            magistrate=MAGISTRATE,
            persons=[{"code": "R1", "proposed_name": self.name()}],
            ground="as feared",
            feared="breach of the peace",
        )
        ordered: dict[str, Any] = {"magistrate": MAGISTRATE, "order_number": f"SDM/{self.number}", **person}
        noticed = laid + self.days(1, 8)
        self.do(noticed, "ShowCauseIssued", **ordered)
        begun = noticed + self.days(3, 12)
        self.do(begun, "InquiryBegun", magistrate=MAGISTRATE, **person)
        if self.dice.random() < 0.6:
            ended = begun + self.days(10, 60)
            self.do(ended, "InquiryConcluded", outcome="bond ordered", order_number=f"SDM/{self.number}/2", **person)
            from_, until = ended.date().isoformat(), (ended + timedelta(days=180)).date().isoformat()
            self.do(ended, "BondExecuted", amount_paise=1000000, kind="final", starts_on=from_, until=until, **person)
        elif self.dice.random() < 0.4:
            self.do(begun + self.days(20, 90), "ProceedingsDropped", ground="settled", ordered_by=MAGISTRATE)
        return list(self.entered())
