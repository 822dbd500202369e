"""The life of one sample find: it belongs to nobody who is known, is kept and proclaimed, and sometimes claimed."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented finds)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import COURT, Planned
from roznamcha.sample_life import Life

EVERY = 10
"""Cases to one find."""
THINGS = (("vehicle", "a motorcycle"), ("vehicle", "a bicycle"), ("other", "a bag with cloth"), ("livestock", "a goat"))
SERIALS = 50_001
"""From here on the malkhana numbers what was found: the numbers below are those of the cases."""


class SampleUnclaimed(Life):
    """What happens to one thing that was found."""

    register = "property_unclaimed"

    def __init__(self, number: int, seed: int) -> None:
        """Throw the dice of find `number`."""
        super().__init__(number, seed)
        self.key = f"sample:unclaimed:{number:05d}"

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at, (category, what) = self.begins, self.dice.choice(THINGS)
        item = {"id": "PR/1", "category": category, "description": what, "quantity": "1", "unit": "number"}
        place = self.dice.choice(("bus stand", "weekly market", "Namuna Bazar road"))
        suspicious = self.dice.random() < 0.3
        self.do(
            at,
            "PropertyFoundUnclaimed",
            memo=f"L/{self.number}",
            kind="stray" if category == "livestock" else "abandoned",
            suspicious=suspicious,
            place=place,
            gd_entry=f"GD/{self.number}",
            items=[item],
        )
        self.do(
            at + timedelta(hours=2),
            "PropertyDeposited",
            by=self.keeper,
            property_id="PR/1",
            malkhana_serial=SERIALS + self.number,
            malkhana_year=2026,
            place="the yard",
            depositor=self.officer["id"],
            depositor_rank="SI",
            keeper=self.keeper["id"],
            keeper_rank="HC",
            gd_entry=f"GD/{self.number}",
        )
        if suspicious:
            self.do(at + timedelta(hours=5), "SeizureReportedToMagistrate", memo=f"L/{self.number}", court=COURT)
        proclaimed = at + self.days(5, 20)
        proclamation: dict[str, Any] = {"proclamation": f"U/{self.number}", "published_in": "notice board"}
        self.do(proclaimed, "ProclamationIssued", court=COURT, **proclamation)
        if self.dice.random() < 0.5:
            self._claimed(proclaimed)
        return list(self.entered())

    def _claimed(self, proclaimed: datetime) -> None:
        """The owner comes, shows that it is his, and takes it home."""
        claimed, claim = proclaimed + self.days(3, 40), f"C/{self.number}"
        self.do(claimed, "ClaimMade", claim=claim, claimant="V1", claimant_name=self.name(), property_ids=["PR/1"])
        decided, order = claimed + self.days(5, 30), f"O/{self.number}"
        self.do(decided, "ClaimDecided", claim=claim, outcome="established", court=COURT, order=order)
        ordered: dict[str, Any] = {"property_id": "PR/1", "order": order, "manner": "returned", "recipient_code": "V1"}
        self.do(decided + timedelta(hours=1), "DisposalOrdered", authority=COURT, provision="BNSS 503", **ordered)
        self.do(decided + self.days(1, 4), "PropertyDisposed", by=self.keeper, place="the yard", **ordered)
