"""An audit compares shelf and register, by two persons, and the charge passes only when everything was counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.event import Actor, Event
from domain.malkhana_audit.audit import Stocktaking
from projections.case_state import CaseState
from tests.domain.test_registers_by_chance import rows
from tests.dsl import OFFICER, Given, act, given

R = "malkhana_audit"
KEEPER = "CG-2001"
ITEM = {"matter": "CG-RPR-01/0012/2026", "property_id": "PR/1"}


def opened(**fields: Any) -> Event[Any]:
    """AUDIT/0004/2026, of the whole malkhana of CG-2001."""
    usual = {
        "audit_number": 4,
        "year": 2026,
        "scope": "full",
        "occasion": "periodic",
        "keeper": KEEPER,
        "gd_entry": "9",
    }
    return act(f"{R}.AuditOpened", **{**usual, **fields})


def item(what: str, **fields: Any) -> Event[Any]:
    """Something is found of PR/1."""
    return act(f"{R}.{what}", **{**ITEM, **fields})


def counted(**fields: Any) -> Event[Any]:
    """A list of the whole shelf is compared."""
    usual = {"digest": "ab", "lines": 3, "in_register": 3, "agreed": 3, "differences": 0}
    return act(f"{R}.StockListReconciled", **{**usual, **fields})


def audit(*acts: Event[Any], **fields: Any) -> Given:
    """An audit with these entries after its first."""
    return given(opened(**fields), *acts, register=R)


def test_nobody_audits_himself() -> None:
    """Auditor and keeper are two persons; what the keeper enters of his own malkhana is doubted."""
    given(register=R).when(f"{R}.AuditOpened", keeper=OFFICER.id, audit_number=4, year=2026).refused(
        "cannot be made by CG-1001, who keeps the malkhana"
    )
    audit().when(f"{R}.ItemSighted", by=Actor(id=KEEPER, rank="HC"), **ITEM).doubted("whose malkhana is audited")


@pytest.mark.parametrize(
    ("fields", "acts", "why"),
    [
        ({}, (), "is no audit for a change of keeper"),
        ({"occasion": "change of keeper"}, (), "has not compared the whole register"),
        ({"occasion": "change of keeper"}, (counted(whole=False),), "has not compared the whole register"),
        ({"occasion": "change of keeper", "keeper": "CG-9"}, (counted(),), "shows CG-9 as keeper"),
    ],
)
def test_the_charge_passes_only_when_everything_was_counted(
    fields: dict[str, Any], acts: tuple[Event[Any], ...], why: str
) -> None:
    """At a change of keeper a full audit is forced."""
    change = {"from_keeper": KEEPER, "to_keeper": "CG-2002", "order": "SP 4"}
    audit(*acts, **fields).when(f"{R}.KeeperChanged", **change).refused(why)


def test_the_new_keeper_takes_what_was_counted() -> None:
    """With nothing open; to another person; and a difference goes on record with the charge."""
    change: dict[str, Any] = {"from_keeper": KEEPER, "to_keeper": "CG-2002", "order": "SP 4"}
    relief = {"occasion": "change of keeper"}
    after = audit(counted(), **relief).when(f"{R}.KeeperChanged", **change).entered()
    assert after.part(Stocktaking).keeper == "CG-2002"
    audit(counted(), **relief).when(f"{R}.KeeperChanged", **{**change, "to_keeper": KEEPER}).refused("to himself")
    audit(item("ItemNotFound"), counted(), **relief).when(f"{R}.KeeperChanged", **change).doubted("1 difference open")
    given(register=R).when(f"{R}.AuditOpened", audit_number=4, year=2026, scope="sample", **relief).refused(
        "the whole malkhana is counted"
    )


def test_an_audit_ends_with_or_without_differences() -> None:
    """A full one not before everything was looked for; what differs is explained and reported."""
    close = f"{R}.AuditClosed"
    audit().when(close).refused("has not compared the whole register")
    assert audit(counted()).when(close).entered().stage == "closed without difference"
    assert audit(item("ItemSighted"), scope="sample").when(close).entered().stage == "closed without difference"
    wrong = item("PlaceMismatched", register_place="rack 4")
    ended = audit(wrong, counted()).when(close).doubted("no word on what differs", "reported to nobody")
    assert ended.stage == "closed with differences"
    audit(counted(), act(close)).when(f"{R}.ItemSighted", **ITEM).refused("was closed on")


def test_an_audit_that_looked_at_nothing_does_not_end() -> None:
    """Nor does a sample of which nothing was seen end without a word; a full one of an empty malkhana does."""
    close = f"{R}.AuditClosed"
    audit(scope="sample").when(close).refused("nothing was looked for in it. Enter what was seen")
    struck = act(f"{R}.EntryCorrected", version=2, reason="another malkhana")
    audit(item("ItemSighted"), struck, scope="sample").when(close).refused("nothing was looked for in it")
    nothing = {"lines": 0, "agreed": 0, "in_register": 3}
    audit(counted(**nothing, whole=False), scope="sample").when(close).doubted("nothing was seen in it")
    for some in (item("ItemSighted"), counted(agreed=1, whole=False)):
        audit(some, scope="sample").when(close).entered()
    audit(counted(lines=0, in_register=0, agreed=0)).when(close).entered()


def test_a_seal_that_is_not_whole_is_a_difference() -> None:
    """Whichever seal it is: the audit ends with it, and the charge passes with it."""
    broken = item("ItemSighted", seal="K", seal_state="broken")
    relief = audit(broken, counted(), occasion="change of keeper")
    relief.when(f"{R}.KeeperChanged", from_keeper=KEEPER, to_keeper="CG-2002", order="SP 4").doubted(
        "1 difference open"
    )
    ended = audit(broken, scope="sample").when(f"{R}.AuditClosed").doubted("ends with 1 difference, and no word")
    assert ended.stage == "closed with differences"
    entries = audit(broken, act(f"{R}.AuditClosed"), scope="sample").entries
    assert rows(CaseState(), entries)[0].stage == "closed with differences"


def test_an_audit_for_a_change_of_keeper_may_end_without_one() -> None:
    """It is doubted; the change itself is what no other audit can make."""
    audit(counted(), occasion="change of keeper").when(f"{R}.AuditClosed").doubted("and none is entered")


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "-1", "9E+999999"])
def test_what_cannot_be_weighed_is_no_quantity(odd: str) -> None:
    """Neither seen, nor found to be another one, nor that of the register."""
    audit().when(f"{R}.ItemSighted", **ITEM, quantity=Decimal(odd)).refused(f"cannot be seen with {odd} of it")
    for column in ("quantity", "register_quantity"):
        fields = {**ITEM, "quantity": Decimal(1), "register_quantity": Decimal(1), column: Decimal(odd)}
        audit().when(f"{R}.QuantityMismatched", **fields).refused(f"cannot be found with {odd} of it")


def test_what_was_seen_is_not_missed() -> None:
    """Unless the first entry is struck; the same twice is doubted."""
    audit(item("ItemSighted")).when(f"{R}.ItemNotFound", **ITEM).refused("in AUDIT/0004/2026 it was seen")
    audit(item("ItemNotFound")).when(f"{R}.ItemSighted", **ITEM).refused("it was not found")
    struck = act(f"{R}.EntryCorrected", version=2, reason="behind the almirah")
    assert audit(item("ItemNotFound"), struck).when(f"{R}.ItemSighted", **ITEM).entered().part(Stocktaking).seen
    audit(item("ItemSighted")).when(f"{R}.ItemSighted", **ITEM).doubted("was seen in AUDIT/0004/2026 before")


def test_a_list_is_compared_once_and_whole() -> None:
    """One with lines that nobody could read doesn't make the count whole."""
    audit(counted()).when(f"{R}.StockListReconciled", digest="ab").refused("was already compared")
    audit().when(f"{R}.StockListReconciled", refused_lines=2).refused("does not make the count whole")
    few = {"lines": 5, "in_register": 4, "differences": 1}
    audit().when(f"{R}.StockListReconciled", **few, agreed=4).entered()
    audit().when(f"{R}.StockListReconciled", **few, agreed=5).refused("5 lines cannot agree of 5 in", "4 articles")
    audit().when(f"{R}.StockListReconciled", **few, agreed=-19).refused("with agreed below nothing")
    assert audit().when(f"{R}.StockListReconciled", refused_lines=2, whole=False).entered().stage == "open"


def test_what_nobody_said_of_a_seal_is_not_entered() -> None:
    """Who only saw an item has not looked at its seal; a seal that is named is not said to be none."""
    seen = audit().when(f"{R}.ItemSighted", **ITEM, seal="K").entered()
    assert seen.part(Stocktaking).differences == 0
    assert item("ItemSighted").seal_state == "not looked at"
    audit().when(f"{R}.ItemSighted", **ITEM, seal="K", seal_state="none").refused("under the seal K and under none")
