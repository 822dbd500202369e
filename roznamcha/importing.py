"""Taking in a register that was kept elsewhere: every line is entered, or turned away with its number and the reasons.

The same file twice is the same as once: each line's command id is made from the line itself, so what was entered before
is recognised, and what was refused before is refused alike.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from codecs import BOM_UTF8
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID

from eventsourcing.persistence import DataError, IntegrityError

from domain.event import changed
from roznamcha.case_files import deeds_of
from roznamcha.documents.paper import Paper, papers_of
from roznamcha.errors import Conflict, Refused
from roznamcha.intake import Act, read_act
from roznamcha.mapping import Group, Map, Row
from roznamcha.rejects import Rejects
from roznamcha.sheets import CUT, as_sent, broken, header_of, opened, raw_lines, row_of, whole_lines
from roznamcha.strict_json import CONTROL, MAX_DOCUMENT, located, read_json
from roznamcha.units import Outcome

BATCH = 500
"""Lines that share a commit. More wins little and makes a kill lose more work (never an acknowledged line)."""
AHEAD = 2
"""Batches that may be on their way while the next is read."""
Outcomes = Callable[[], list[list[Outcome] | Exception]]
REASONS_SHOWN = 100
"""How many different reasons a tally shows; every line has all of its own in the rejects file."""
NO_PAPERS = "documents: no papers are taken in here"
NAMESPACE = UUID("6f2b7c1e-5a0e-5e0c-9d55-6b1f0c3a7d11")
"""In which the command ids of lines without one are made (UUIDv5)."""


@dataclass
class Tally:
    """What became of the lines: every one is recorded, was recorded already, or is rejected."""

    read: int = 0
    recorded: int = 0
    already: int = 0
    doubted: int = 0
    rejected: int = 0
    entries: int = 0
    opened: int = 0
    """Records that were begun."""
    seconds: float = 0.0
    cut: str = ""
    reasons: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, Any]:
        """The JSON shape of `import --json`."""
        counts = ("read", "recorded", "already", "doubted", "rejected", "entries", "opened")
        shown = {key: getattr(self, key) for key in counts}
        why = [{"lines": count, "reason": reason} for reason, count in self.reasons.most_common(REASONS_SHOWN)]
        return {**shown, "seconds": round(self.seconds, 3), "reasons": why} | ({"cut": self.cut} if self.cut else {})


@dataclass(frozen=True)
class Line:
    """One line on its way in: its number, the acts it stands for, or why it stands for none."""

    number: int
    raw: Any
    acts: list[Act] = field(default_factory=list)
    reasons: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    """What is still to be hung on its act."""


class Takes(Protocol):
    """Where acts are handed in, and what it is by its clock: the store, or what stands in for it."""

    @property
    def now(self) -> Callable[[], datetime]:
        """The time of recording."""

    def hand_in(self, units: Sequence[Sequence[Act]], *, again: bool = False) -> Outcomes:
        """As the store has it."""


def take_in(  # noqa: PLR0913 (each is a choice of the user's)
    store: Takes,
    path: Path,
    *,
    mapping: Map | None = None,
    read: Callable[[IO[bytes], str], Iterator[Line]] | None = None,
    rejects: Path | None = None,
    bring: Callable[[Line], Line] | None = None,
    again: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Tally:
    """Import `path` and say what became of its lines; `read` finds them in a file of another form.

    `bring` hangs on a line the papers that it names, when all before it is entered; without it such lines are refused.

    `progress` is told bytes read and bytes in all.

    Raises Usage, with nothing entered, when the file can't be read or its columns aren't the map's. A file that ends
    in the middle of a line or of its compression is taken in up to there, and `Tally.cut` says where.
    """
    tally, started = Tally(), time.monotonic()
    with ExitStack() as stack:
        file, raw, total = opened(path, stack)
        name = CONTROL.sub("?", path.name)
        lines = (
            read(file, name) if read
            else _acts_of(mapping, file, name, tally) if mapping
            else _documents(file, name, store.now, tally)
        )  # fmt: skip
        turned_away = Rejects(rejects, path, stack)
        handed: deque[tuple[list[Line], Outcomes]] = deque()
        for batch in _batches(lines):  # read while those before it are being written
            if batch[0].papers:
                while handed:
                    _count_all(*handed.popleft(), tally, turned_away)
                batch = [bring(batch[0]) if bring else replace(batch[0], reasons=(NO_PAPERS,))]  # noqa: PLW2901
            sound = [line.acts for line in batch if not line.reasons]
            handed.append((batch, store.hand_in(sound, again=again)))
            while len(handed) > AHEAD:
                _count_all(*handed.popleft(), tally, turned_away)
            progress(raw.tell(), total)
        for each in handed:
            _count_all(*each, tally, turned_away)
        progress(total, total)
    tally.seconds = time.monotonic() - started
    return tally


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Lines that share a commit. One with papers is alone: in which record it is says what was entered before it."""
    batch: list[Line] = []
    for line in lines:
        alone = bool(line.papers)
        if batch and (alone or len(batch) == BATCH):
            yield batch
            batch = []
        batch.append(line)
        if alone:
            yield batch
            batch = []
    if batch:
        yield batch


def case_lines(file: IO[bytes], name: str, *, record: str, station: str) -> Iterator[Line]:
    """Each action of a CASE/UCO file as a line. Raises Refused, with nothing entered, for what has none."""
    try:
        document = read_json(file.read(MAX_DOCUMENT + 1).removeprefix(BOM_UTF8))
    except CUT as error:
        raise Refused([broken(error, "its beginning")]) from None
    digest = hashlib.sha256(json.dumps([record, station, document], sort_keys=True).encode()).digest()
    deeds = list(deeds_of(document, record, station))
    if not deeds:
        raise Refused([f"{CONTROL.sub('?', name)} has no action of CASE/UCO on an exhibit: there is no custody in it"])
    for number, deed in enumerate(deeds, start=1):
        try:
            acts = [read_act(sent, now=datetime.now(UTC), source=f"{name}:{number}") for sent in deed.acts]
        except Refused as refused:
            yield Line(number, {"@id": deed.id}, reasons=tuple(refused.reasons))
            continue
        ours = [commanded(act, digest, number, part) for part, act in enumerate(acts)]
        yield Line(number, {"@id": deed.id}, ours, deed.reasons)


def _count_all(lines: list[Line], outcomes: Outcomes, tally: Tally, rejects: Rejects) -> None:
    """Count what became of each line of a batch. One that the database can't take costs nobody else."""
    told = iter(outcomes())
    for line in lines:
        answer = [] if line.reasons else next(told)
        if isinstance(answer, DataError | IntegrityError | Conflict):
            state = getattr(answer.__cause__, "sqlstate", None) or ""
            reason = f"the database does not take this line ({type(answer).__name__} {state})".replace(" )", ")")
            reason = str(answer) if isinstance(answer, Conflict) else reason
            _count(replace(line, reasons=(reason,)), [], tally, rejects)
        elif isinstance(answer, Exception):
            raise answer
        else:
            _count(line, answer, tally, rejects)


def _count(line: Line, outcomes: list[Outcome], tally: Tally, rejects: Rejects) -> None:
    tally.read += 1
    reasons = line.reasons or tuple(dict.fromkeys(reason for each in outcomes for reason in each.reasons))
    if reasons:
        tally.rejected += 1
        tally.reasons.update(reasons)
        rejects.add(line.number, line.raw, reasons)
        return
    if any(each.status == "recorded" for each in outcomes):
        tally.recorded += 1
        tally.doubted += any(each.doubts for each in outcomes)
        tally.entries += sum(each.status == "recorded" for each in outcomes)
        tally.opened += sum(each.status == "recorded" and each.version == 1 for each in outcomes)
    else:
        tally.already += 1


def _documents(file: IO[bytes], name: str, now: Callable[[], datetime], tally: Tally) -> Iterator[Line]:
    """Acts from JSON Lines."""
    twins: Counter[bytes] = Counter()
    for number, data in raw_lines(file, partial(setattr, tally, "cut")):
        data = data.removeprefix(BOM_UTF8) if number == 1 else data  # noqa: PLW2901 (no part of the line's identity)
        if not data.strip():
            continue
        try:
            sent = read_json(data)
            papers = papers_of(sent["documents"]) if isinstance(sent, dict) and "documents" in sent else ()
            bare = {key: value for key, value in sent.items() if key != "documents"} if papers else sent
            act = read_act(bare, now=now(), source=f"{name}:{number}")
        except Refused as refused:
            yield Line(number, as_sent(data), reasons=tuple(refused.reasons))
            continue
        digest = hashlib.sha256(data.strip()).digest()
        yield Line(number, sent, [commanded(act, digest, twins[digest], 0)], papers=papers)
        twins[digest] += 1


def commanded(act: Act, digest: bytes, twin: int, part: int) -> Act:
    """The act with a command id made from its line, unless it came with one. Twin lines differ by their count."""
    meta = act.event.meta
    if meta.command_id.int:
        return act
    command_id = uuid.uuid5(NAMESPACE, f"{digest.hex()}:{twin}:{part}")
    return changed(act, event=changed(act.event, meta=changed(meta, command_id=command_id)))


def _acts_of(mapping: Map, file: IO[bytes], name: str, tally: Tally) -> Iterator[Line]:
    """Acts from a CSV by its map, the lines of one record together."""
    lines = whole_lines(raw_lines(file, partial(setattr, tally, "cut")))
    hint = f"the map expects {', '.join(mapping.columns)}"
    header = header_of(next(lines, (0, b""))[1], name, mapping.columns, hint)
    twins: Counter[bytes] = Counter()
    groups: defaultdict[str, Group] = defaultdict(Group)  # of the whole file: a record's lines may lie apart
    together: list[tuple[int, Row]] = []
    for number, data in lines:
        row = row_of(data, header)
        if isinstance(row, str):
            yield Line(number, as_sent(data), reasons=(row,))
            continue
        key = row[mapping.together]
        if not key.strip():
            reason = f"the column {mapping.together} is empty: nobody could say to which record this line belongs"
            yield Line(number, row, reasons=(reason,))
            continue
        if together and (before := together[0][1][mapping.together]) != key:
            yield from _grouped(mapping, together, groups[before], name, twins)
            together = []
        together.append((number, row))
    if together:
        yield from _grouped(mapping, together, groups[together[0][1][mapping.together]], name, twins)


def _grouped(
    mapping: Map, rows: list[tuple[int, Row]], group: Group, name: str, twins: Counter[bytes]
) -> Iterator[Line]:
    """Acts from lines of one record that stand together; `group` is what its earlier lines left."""
    for number, row in mapping.ordered(rows):
        digest = hashlib.sha256(json.dumps([mapping.source, row], sort_keys=True).encode()).digest()
        try:
            acts = [
                read_act(sent, now=datetime.now(UTC), source=f"{name}:{number}", strict=False, zone=mapping.zone)
                for sent in mapping.acts(row, group)
            ]
        except Refused as refused:
            yield Line(number, row, reasons=tuple(located(refused.reasons, mapping.places, "column ")))
            continue
        yield Line(number, row, [commanded(act, digest, twins[digest], n) for n, act in enumerate(acts)])
        twins[digest] += 1
