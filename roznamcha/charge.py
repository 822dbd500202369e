"""The charge of a malkhana passes: every article that the old keeper holds, one by one, by two acts of two persons.

There is no act for a whole shelf, for it would hide what one article went through. What the audit for this change of
keeper did not find is not handed over: it stays in the old keeper's name until it is found or missed. The same again
adds nothing: what has passed is not due any more, and command ids are made from the article as it stands.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from psycopg import Connection

from domain.common.matter import Matter
from domain.event import ACTS, Event, changed, struck
from domain.malkhana.article import Article, Malkhana
from domain.malkhana_audit.audit import Audit, KeeperChanged
from domain.malkhana_audit.items import ConcernsItem, ItemNotFound, ItemSighted, SealMismatched
from roznamcha.errors import Refused
from roznamcha.importing import BATCH, NAMESPACE
from roznamcha.intake import Act, read_act
from roznamcha.lists import Matters
from roznamcha.store import Store

Side = Literal["PropertyHandedOver", "PropertyTakenOver"]
WHY = "charge of the malkhana"
SHELF = """
    SELECT m.record_id, m.property_id, coalesce(c.number, '') FROM views.malkhana m
    LEFT JOIN views.case_state c USING (record_id)
    WHERE m.station = %s AND m.state = 'deposited' ORDER BY c.number, m.record_id, m.property_id
"""


class Item(NamedTuple):
    """An article on the shelf, and whose it is."""

    record_id: UUID
    register: str
    matter: str
    article: Article
    version: int

    @property
    def key(self) -> str:
        """By what an audit knows it."""
        return f"{self.matter or self.record_id} {self.article.property_id}"


@dataclass(frozen=True)
class Passed:
    """What became of one article: `recorded`, `already` if it was before, `refused` with reasons, or `left`."""

    item: Item
    how: str
    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Charge:
    """The change of keeper as its audit has it: from whom to whom, and what was said of each item."""

    audit: Audit
    change: KeeperChanged
    looked: tuple[ConcernsItem, ...]

    def told(self, called: Callable[[str], str]) -> tuple[frozenset[str], Mapping[str, str]]:
        """What was not found, and which seals were seen; each matter as it is `called` now."""
        named = [(f"{called(each.matter)} {each.property_id}", each) for each in self.looked]
        missed = frozenset(key for key, each in dict(named).items() if isinstance(each, ItemNotFound))
        sealed = (SealMismatched, ItemSighted)
        return missed, {key: each.seal for key, each in named if isinstance(each, sealed) and _says_seal(each)}


def _says_seal(act: SealMismatched | ItemSighted) -> bool:
    """Whether it says under which seal the item is; where it was only seen, it may not."""
    return isinstance(act, SealMismatched) or bool(act.seal)


def charge_of(audit: Audit, entries: Sequence[Event[Any]]) -> Charge:
    """The change of keeper that an audit was made for. Raises Refused where none is entered."""
    gone = struck(entries)
    stand = [each for each in entries if each.meta.version not in gone]
    changes = [each for each in stand if isinstance(each, KeeperChanged)]
    if not changes:
        raise Refused(
            [f"{audit.label} has no change of keeper. Record malkhana_audit.KeeperChanged, when all is counted."]
        )
    return Charge(audit, changes[-1], tuple(each for each in stand if isinstance(each, ConcernsItem)))


def pass_on(  # noqa: PLR0913 (who passes what to whom, and when)
    store: Store,
    connection: Connection[Any],
    charge: Charge,
    side: Side,
    actor: Mapping[str, str],
    at: datetime,
    *,
    now: datetime,
    without: Collection[str] = (),
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Passed]:
    """One side of the change for each article: the old keeper hands over, or the new one takes over.

    `without` are articles, `CG-RPR-01/0001/2026 PR/1`, that stay where they are. Raises Refused when somebody else than
    the audit names would do it, or when `without` names what is not on the shelf.
    """
    due = charge.change.from_keeper if side == "PropertyHandedOver" else charge.change.to_keeper
    if actor.get("id") != due:
        raise Refused([f"{actor.get('id', '')[:40]} cannot enter this: by {charge.audit.label} it is for {due} alone"])
    items = [each for each in _shelf(store, connection, charge.audit.station) if _is_due(each.article, charge, side)]
    numbers = {each.record_id: each.matter or str(each.record_id) for each in items}
    called = Matters(store, charge.audit.station, numbers)
    missed, seals = charge.told(called)
    stay = {f"{called(matter)} {article}": each for each in without for matter, _, article in (each.partition(" "),)}
    if strangers := [stay[each] for each in sorted(stay.keys() - {each.key for each in items})]:
        raise Refused([f"--without {each[:100]!r}: that is not among what would pass" for each in strangers])
    left = {each.key for each in items if each.key in stay or each.key in missed}
    found = [Passed(each, "left") for each in items if each.key in left]
    going = [each for each in items if each.key not in left]
    for some in (going[first : first + BATCH] for first in range(0, len(going), BATCH)):
        acts = [[_act(each, charge, seals, side, actor, at, now)] for each in some]
        for item, (outcome,) in zip(some, store.record_units(acts), strict=True):
            found.append(Passed(item, outcome.status, outcome.reasons, outcome.doubts))
        progress(len(found), len(items))
    return found


def _is_due(article: Article, charge: Charge, side: Side) -> bool:
    if article.state != "deposited" or article.holder != charge.change.from_keeper:
        return False
    return (article.offered_to == charge.change.to_keeper) == (side == "PropertyTakenOver")


def _shelf(store: Store, connection: Connection[Any], station: str) -> Iterator[Item]:
    """Every article that lies there, as its own record has it."""
    shown = connection.execute(SHELF, [station]).fetchall()
    for rows in (shown[first : first + BATCH] for first in range(0, len(shown), BATCH)):
        store.shelf.fetch({record_id for record_id, _, _ in rows})
        for record_id, property_id, matter in rows:
            held = store.shelf.get(record_id)
            record = held.record if held else None
            article = record.part(Malkhana).articles.get(property_id) if isinstance(record, Matter) else None
            if held is not None and article is not None and f"{held.record.register}.PropertyHandedOver" in ACTS:
                yield Item(record_id, held.record.register, matter, article, held.record.version)


def _act(  # noqa: PLR0913 (what the act is made of)
    item: Item,
    charge: Charge,
    seals: Mapping[str, str],
    side: Side,
    actor: Mapping[str, str],
    at: datetime,
    now: datetime,
) -> Act:
    """The act of this side, under a command id that the same article has again."""
    article, change, audit = item.article, charge.change, charge.audit
    seal = seals.get(item.key, article.seal)
    fields = {"property_id": article.property_id, "seal": seal, "condition": f"as counted in {audit.label}"}
    if change.charge_report:
        fields["receipt"] = change.charge_report
    if side == "PropertyHandedOver":
        fields |= {"to_officer": change.to_keeper, "to_rank": change.to_rank, "purpose": WHY}
    else:
        fields |= {"from_officer": change.from_keeper, "place": article.place, "reason": WHY, "audit": audit.label}
    told = json.dumps([str(audit.id), str(item.record_id), side, article.property_id, item.version])
    sent: dict[str, Any] = {
        "name": f"{item.register}.{side}", "record": str(item.record_id), "new": False, "station": audit.station,
        "occurred_at": at.isoformat(), "actor": dict(actor), "fields": {**fields, **_kept(side)},
        "command_id": str(uuid.uuid5(NAMESPACE, told)),
    }  # fmt: skip
    return changed(read_act(sent, now=now, source="charge of a malkhana"), content=told.encode())


def _kept(side: Side) -> dict[str, bool]:
    return {"as_keeper": True} if side == "PropertyTakenOver" else {}
