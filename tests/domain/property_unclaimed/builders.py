"""Entries of a find of unclaimed property, complete enough to raise no doubt of their own."""

from __future__ import annotations

from typing import Any

from domain.event import Actor, Event, Sealed
from tests.domain.case.builders_property import DEPOSIT, KEEPER, item
from tests.dsl import OFFICER, Given, act, given

REGISTER = "property_unclaimed"
SOMEONE = Sealed(text="Someone")
FIND: dict[str, Any] = {
    "property_number": 3, "year": 2026, "memo": "L/3", "kind": "abandoned", "gd_entry": "9",
    "place": "Bus stand, Raipur", "seal_kept_by": "W1",
}  # fmt: skip


def found(*items: Any, **fields: Any) -> Event[Any]:
    """UNCLAIMED/0003/2026: a sealed parcel."""
    return act(f"{REGISTER}.PropertyFoundUnclaimed", items=items or (item(),), **{**FIND, **fields})


def on(what: str, *, by: Actor = OFFICER, **fields: Any) -> Event[Any]:
    """Any act of the register."""
    return act(f"{REGISTER}.{what}", by=by, **fields)


def deposited(**fields: Any) -> Event[Any]:
    """PR/1 in the malkhana."""
    return on("PropertyDeposited", by=KEEPER, **{**DEPOSIT, **fields})


def find(*acts: Event[Any]) -> Given:
    """A find with these entries after its first."""
    return given(found(), *acts, register=REGISTER)
