"""A list of what lies in a malkhana, taken in and compared with the register: each difference becomes an entry.

The same list twice is the same as once, and one that was cut off is sent again: the command ids are made from the audit
and from what is said of an item, so that nothing is entered twice.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from psycopg import Connection

from domain.common.days import written
from domain.event import Event, changed, struck
from domain.malkhana.article import measurable
from domain.malkhana_audit.audit import Audit, Stocktaking
from domain.malkhana_audit.items import ItemNotFound, StockListReconciled
from domain.malkhana_audit.looked import looked_at
from domain.malkhana_audit.reconcile import Difference, Reconciled, Seen, reconcile
from roznamcha.errors import Refused
from roznamcha.importing import AHEAD, BATCH, NAMESPACE
from roznamcha.intake import Act, read_act
from roznamcha.lists import Matters
from roznamcha.missed import Missed, unreported
from roznamcha.rejects import Rejects
from roznamcha.serials import SharedSerial, shared_serials
from roznamcha.sheets import as_sent, header_of, opened, raw_lines, row_of, whole_lines
from roznamcha.shelved import shelved
from roznamcha.store import Store
from roznamcha.strict_json import CONTROL

WANTED = ("matter", "property_id", "place")
HINT = (
    "a stock list has the columns matter (the FIR's number), property_id, place; and quantity, unit, seal, description "
    "(a thing without a label has no property_id, and a description)"
)
LONGEST = 500
"""Characters in one column of a list."""


@dataclass
class Taken:
    """What became of a list: of its lines, and of the register's items."""

    lines: int = 0
    refused: int = 0
    in_register: int = 0
    agreed: int = 0
    moved_since: int = 0
    differences: Counter[str] = field(default_factory=Counter)
    entered: int = 0
    already: int = 0
    whole: bool = True
    cut: str = ""
    turned_away: Counter[str] = field(default_factory=Counter)
    """Reasons for which the register did not take an entry of the comparison."""
    missed: list[Missed] = field(default_factory=list)
    """What was not found, in this comparison or before, and has no word in its own record yet."""
    serials: list[SharedSerial] = field(default_factory=list)
    """Serials of the station's register under which things of several records were deposited."""

    def shown(self) -> dict[str, Any]:
        """The JSON shape of `malkhana audit import --json`."""
        kept = ("lines", "refused", "in_register", "agreed", "moved_since", "entered", "already", "whole")
        counts: dict[str, Any] = {
            "differences": dict(sorted(self.differences.items())),
            "not_taken": dict(self.turned_away),
        }
        counts["missed"] = [each.shown() for each in self.missed]
        counts["shared_serials"] = [each.shown() for each in self.serials]
        return {name: getattr(self, name) for name in kept} | counts | ({"cut": self.cut} if self.cut else {})


@dataclass(frozen=True)
class Taking:
    """Which list is compared in which audit, by whom, and when it was taken; and what the audit's `entries` are."""

    audit: Audit
    entries: Sequence[Event[Any]]
    at: datetime
    actor: Mapping[str, str]
    now: datetime
    district: str = ""

    def act(self, name: str, columns: Mapping[str, Any]) -> Act:
        """An act of the audit, under a command id that the same act has again."""
        plain = {key: str(value) if isinstance(value, UUID | Decimal) else value for key, value in columns.items()}
        told = json.dumps([str(self.audit.id), name, plain], sort_keys=True)
        sent: dict[str, Any] = {
            "name": f"malkhana_audit.{name}", "record": str(self.audit.id), "new": False, "station": self.audit.station,
            "occurred_at": self.at.isoformat(), "actor": dict(self.actor), "fields": plain,
            "command_id": str(uuid.uuid5(NAMESPACE, told)),
        }  # fmt: skip
        if self.district:
            sent["district"] = self.district
        act = read_act(sent, now=self.now, source="stock list")
        return changed(act, content=told.encode())  # at whatever time the list is sent again, it is the same command


def take_stock(  # noqa: PLR0913 (each is a choice of the user's)
    store: Store,
    connection: Connection[Any],
    path: Path | None,
    taking: Taking,
    *,
    rejects: Path | None = None,
    dry_run: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Taken:
    """Compare the list with the register and enter what differs. `progress` is told items entered, and all of them.

    The list is a file, or without one what the audit's own entries say was seen; what they say differs is not entered
    again. Raises Usage, with nothing entered, when the file can't be read or lacks a column. A line that can't be read
    is refused by its number and the rest is compared; what is not found can't be said then, nor after a cut. Raises
    Refused for a list that can't be one of this audit, or can't be finished item by item.
    """
    if reasons := [*_unfit(taking, item_by_item=path is None)]:
        raise Refused(reasons)
    shelf = [*shelved(store, connection, taking.audit.station, taking.at)]
    numbers = {each.article.record_id: each.article.matter for each in shelf if each.article.record_id}
    called = Matters(store, taking.audit.station, numbers)
    looked = looked_at(taking.entries, called)
    if path is not None:
        seen, taken = read_list(path, called, rejects)
        if not taken.lines:
            raise Refused([f"{path.name} has no line: on an empty shelf, look for each article and say so"])
        if taken.refused == taken.lines and not taken.cut:
            where = f"; each, with its reasons: {rejects}" if rejects else ""
            raise Refused([f"none of the {taken.lines:,} lines of {path.name} can be compared{where}"])
    else:
        seen, taken = [*looked.seen], Taken(lines=len(looked.seen))
    listed = {(each.matter, each.property_id) for each in seen}
    later = {each.key for each in shelf if each.came or (each.left and each.key not in listed)}
    settled = [each.article for each in shelf if each.key not in later]
    compared = [each for each in seen if (each.matter, each.property_id) not in later]
    taken.moved_since = len(later)
    taken.whole = not taken.refused and not taken.cut and taking.audit.part(Stocktaking).scope == "full"
    found = reconcile(settled, compared, whole=taken.whole, said=looked.said, own=path is None)
    taken.in_register, taken.agreed, taken.already = found.in_register, found.agreed, len(found.said)
    taken.differences.update(name for name, _ in (*found.differences, *found.said))
    taken.serials = shared_serials(connection, taking.audit.station)
    if not dry_run:
        _enter(store, taking, found, _summary(path or seen, taken), taken, progress)
        missed = _records(store, [*found.differences, *found.said, *looked.said])
        taken.missed = [*unreported(connection, missed, taking.audit.station, taking.actor)]
    return taken


def _records(store: Store, differences: Iterable[Difference]) -> Iterator[tuple[UUID, str]]:
    """The record and the id of each article that was not found, as far as its record is known."""
    for item in (columns for name, columns in differences if name == ItemNotFound.__name__):
        record_id = item.get("article_record") or store.find(item["matter"])
        if record_id is not None:
            yield record_id, item["property_id"]


def _unfit(taking: Taking, *, item_by_item: bool) -> Iterator[str]:
    """Why nothing is compared: the day of a list is before its audit, or a list has named nothing of what agreed."""
    label, begun = taking.audit.label, taking.audit.part(Stocktaking).begun
    if begun and taking.at < begun.at:
        yield f"the list is of {written(taking.at)}, before {label} was opened on {written(begun.at)}. Give its --at."
    gone = struck(taking.entries)
    lists = [each for each in taking.entries if isinstance(each, StockListReconciled) and each.meta.version not in gone]
    if item_by_item and (told := [each.file for each in lists if each.file and each.agreed]):
        yield (
            f"{label} was compared with {', '.join(told)}, and what agreed there is counted and not named: nothing can "
            "be said of the rest item by item. Correct the lines that were refused, and import the whole list again."
        )


def read_list(path: Path, called: Callable[[str], str] = str, rejects: Path | None = None) -> tuple[list[Seen], Taken]:
    """The lines of a list that can be compared, and what became of the others. Raises Usage if it has no columns."""
    taken = Taken()
    with ExitStack() as stack:
        file, _, _ = opened(path, stack)
        turned_away = Rejects(rejects, path, stack)
        return [*_lines(file, path, taken, turned_away, called)], taken


def _lines(file: IO[bytes], path: Path, taken: Taken, rejects: Rejects, called: Callable[[str], str]) -> Iterator[Seen]:
    lines = whole_lines(raw_lines(file, partial(setattr, taken, "cut")))
    header = header_of(next(lines, (0, b""))[1], CONTROL.sub("?", path.name), WANTED, HINT)
    before: dict[tuple[str, str], int] = {}
    unlabelled: Counter[tuple[str, ...]] = Counter()
    for number, data in lines:
        if not data.strip():
            continue
        taken.lines += 1
        row = row_of(data, header)
        reasons = [row] if isinstance(row, str) else [*_faults(row)]
        if not isinstance(row, str) and not reasons:
            seen = _seen(row, called)
            if not seen.property_id:
                alike = tuple(" ".join(each.casefold().split()) for each in (seen.matter, seen.description, seen.place))
                unlabelled[alike] += 1
                yield changed(seen, alike=unlabelled[alike])
                continue
            if twin := before.setdefault((seen.matter, seen.property_id), number):
                if twin == number:
                    yield seen
                    continue
                reasons = [f"{seen.matter} {seen.property_id} stands already in line {twin}"]
        taken.refused += 1
        rejects.add(number, as_sent(data) if isinstance(row, str) else row, reasons)


def _faults(row: Mapping[str, str]) -> Iterator[str]:
    """Why a line says nothing that could be compared. No reason repeats what was written."""
    if not row["property_id"].strip() and not row.get("description", "").strip():
        yield "the column property_id is empty: a thing without a label needs a description"
    for name in ("matter", "place") if row["property_id"].strip() else ("place",):
        if not row[name].strip():
            yield f"the column {name} is empty"
    for name, value in row.items():
        if CONTROL.search(value):
            yield f"the column {name} holds a control character"
        if len(value) > LONGEST:
            yield f"the column {name} has {len(value):,} characters; at most {LONGEST} are taken"
    written = row.get("quantity", "").strip()
    if written and _number(written) is None:
        yield "the column quantity is no number, like 12.5"


def _number(written: str) -> Decimal | None:
    try:
        found = Decimal(written) if len(written) <= 30 and not set(written) - set("0123456789.") else None  # noqa: PLR2004
    except InvalidOperation:
        return None
    return found if found is not None and measurable(found) else None


def _seen(row: Mapping[str, str], called: Callable[[str], str]) -> Seen:
    quantity, seal = row.get("quantity", "").strip(), row.get("seal")
    return Seen(
        matter=called(row["matter"].strip()) if row["matter"].strip() else "",
        property_id=row["property_id"].strip(),
        place=row["place"].strip(),
        quantity=_number(quantity) if quantity else None,
        unit=row.get("unit", "").strip(),
        seal=None if seal is None else seal.strip(),
        description=row.get("description", "").strip(),
    )


def _summary(path: Path | Sequence[Seen], taken: Taken) -> dict[str, Any]:
    data, name = (path.read_bytes(), path.name) if isinstance(path, Path) else (repr(path).encode(), "")
    return {
        "digest": hashlib.sha256(data).hexdigest(), "file": CONTROL.sub("?", name),
        "lines": taken.lines, "refused_lines": taken.refused, "in_register": taken.in_register, "agreed": taken.agreed,
        "differences": taken.differences.total(), "moved_since": taken.moved_since, "whole": taken.whole,
    }  # fmt: skip


def _enter(  # noqa: PLR0913 (what is entered, and who is told)
    store: Store,
    taking: Taking,
    found: Reconciled,
    summary: Mapping[str, Any],
    taken: Taken,
    progress: Callable[[int, int], None],
) -> None:
    """Each difference, then the comparison itself: who finds that has all of them."""
    handed: deque[Callable[[], list[Any]]] = deque()
    total = taken.already + len(found.differences) + 1

    def count() -> None:
        for outcomes in handed.popleft()():
            if isinstance(outcomes, Exception):
                raise outcomes
            for each in outcomes:
                taken.entered += each.status == "recorded"
                taken.already += each.status == "already"
                taken.turned_away.update(each.reasons)
        progress(taken.entered + taken.already, total)

    for first in range(0, len(found.differences), BATCH):
        batch = found.differences[first : first + BATCH]
        handed.append(store.hand_in([[taking.act(*each)] for each in batch]))
        while len(handed) > AHEAD:
            count()
    while handed:
        count()
    if summary["digest"] in taking.audit.part(Stocktaking).lists:
        taken.already += 1
    elif not taken.turned_away:
        handed.append(store.hand_in([[taking.act("StockListReconciled", summary)]]))
        count()
