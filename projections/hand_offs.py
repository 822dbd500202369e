"""Every hand-over of every record: what was sent to whom, since when, and whether the other side has entered it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple
from uuid import UUID

import domain
from domain.common.corrections import CorrectsEntry
from domain.common.handoff import ClosesHandOff, HandOff, HandsOff, read_of, touched
from domain.common.matter import Entry
from domain.deadline.sheet import TellsOfClock
from domain.event import ACTS, Event
from projections.struck import standing
from projections.view import Index, View, on

OPEN, ANSWERED, OVERTAKEN, UNSENT = "open", "acknowledged", "overtaken", "not sent"
"""How a hand-over stands. The last: an acknowledgement is entered, and no sending before it."""


@dataclass
class Papers:
    """What is kept of a record: slips of the acts on both sides; and what each correction strikes, recorded when."""

    record_id: UUID
    slips: list[Any] = field(default_factory=list)
    corrections: dict[str, Any] = field(default_factory=dict)

    KEY = ("record_id",)


class HandOffs(View):
    """One row for each hand-over: a sending with what closed it, or an acknowledgement without a sending."""

    State = Papers
    ignores = frozenset({Entry, TellsOfClock})
    indexes = (("station",), Index(("sent_at",), "state = 'open'"), Index(("other",), "other IS NOT NULL"))

    @dataclass
    class Row:
        """A hand-over. `version` is the entry that began it; `before` an acknowledgement dated before the sending."""

        record_id: UUID
        hand_off: str
        subject: str
        version: int
        station: str = ""
        act: str = ""
        state: str = OPEN
        sent_at: datetime | None = None
        sent_by: str = ""
        sent_by_rank: str = ""
        addressee: str = ""
        times_sent: int = 0
        last_sent_at: datetime | None = None
        closed_at: datetime | None = None
        closed_by: str = ""
        sent_recorded_at: datetime | None = None
        closed_recorded_at: datetime | None = None
        before: datetime | None = None
        other: UUID | None = None
        """The record of the sending side, where an acknowledgement names it."""

        KEY = ("record_id", "hand_off", "subject", "version")

    def __init__(self) -> None:
        """Rest on what the acts say of hand-overs: when that changes, the view is built anew."""
        super().__init__()
        domain.load()
        told = [f"{name} {_declared(cls)}" for name, cls in sorted(ACTS.items()) if _declared(cls)]
        self.basis = hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]

    @on(HandsOff, ClosesHandOff)
    def passed(self, row: Papers, e: Entry) -> None:
        """Something goes to another side, came from there, or is waited for no longer."""
        if row.slips and row.slips[-1]["version"] == e.meta.version:
            return  # one that closes something and sends something is met twice
        if sides := [[each.hand_off.id, *each[1:]] for each in touched(e)]:
            row.slips.append(_slip(e, sides))

    @on(CorrectsEntry)
    def corrected(self, row: Papers, e: CorrectsEntry) -> None:
        """A struck entry has never happened."""
        row.corrections = {**row.corrections, str(e.meta.version): [e.version, e.meta.recorded_at.isoformat()]}

    def reads(self, cls: type[Event[Any]]) -> frozenset[str] | None:
        """The columns that tell one hand-over from another."""
        return read_of(cls) if issubclass(cls, HandsOff | ClosesHandOff) else super().reads(cls)

    def rows(self, state: Papers) -> Iterator[Row]:
        """Each hand-over of the record."""
        return hand_offs(state)


class Step(NamedTuple):
    """One side of one hand-over, as an entry tells it: which entry of the record, and what that says."""

    at: datetime
    version: int
    side: str
    named: str
    slip: Mapping[str, Any]


def hand_offs(
    papers: Papers, as_of: datetime | None = None, known_at: datetime | None = None
) -> Iterator[HandOffs.Row]:
    """The hand-overs of a record by what had happened by `as_of` and was recorded by `known_at`, each with its end.

    They are followed in the order in which things happened, whatever the order of the entries. An acknowledgement dated
    before the sending acknowledges nothing, and is told beside it; of one moment, the sending was first.
    """
    found: dict[tuple[str, str], list[Step]] = {}
    for slip in _standing(papers, known_at):
        at = datetime.fromisoformat(slip["at"])
        if as_of is None or at <= as_of:
            for kind, side, subject, named in slip["sides"]:
                found.setdefault((kind, subject), []).append(Step(at, slip["version"], side, named, slip))
    for (kind, subject), steps in sorted(found.items()):
        yield from _followed(HandOffs.Row(papers.record_id, kind, subject, 0), sorted(steps, key=FIRST))


FIRST = itemgetter(0, 1)


def _followed(blank: HandOffs.Row, steps: Iterable[Step]) -> Iterator[HandOffs.Row]:
    """The hand-overs of one kind and subject, one after the other: a new one begins when none is open."""
    rows: list[HandOffs.Row] = []
    strays: list[Step] = []
    """Acknowledgements at which nothing was open."""
    for step in steps:
        last = rows[-1] if rows else None
        if step.side == "sent" and last and last.state == OPEN:
            last.times_sent, last.last_sent_at, last.addressee = last.times_sent + 1, step.at, step.named
        elif step.side == "sent":
            rows.append(_sent(blank, step))
            if entered_first := next((each for each in strays if each.at == step.at), None):
                strays.remove(entered_first)
                _close(rows[-1], entered_first)
            elif last is None and strays and not kinds()[blank.hand_off].alone:
                rows[-1].before = strays[0].at
        elif last and last.state == OPEN:
            _close(last, step)
        elif step.side == "answered":
            strays.append(step)
    if not rows and strays and not kinds()[blank.hand_off].alone:
        rows.append(_unsent(blank, strays[0]))
    yield from rows


def _sent(blank: HandOffs.Row, step: Step) -> HandOffs.Row:
    slip = step.slip
    who: dict[str, Any] = {
        "station": slip["station"],
        "act": slip["act"],
        "sent_by": slip["by"],
        "sent_by_rank": slip["rank"],
    }
    when: dict[str, Any] = {"sent_at": step.at, "last_sent_at": step.at, "times_sent": 1}
    when["sent_recorded_at"] = datetime.fromisoformat(slip["recorded"])
    return replace(blank, version=step.version, addressee=step.named, **who, **when)


def _close(row: HandOffs.Row, step: Step) -> None:
    row.state = ANSWERED if step.side == "answered" else OVERTAKEN
    row.closed_at, row.closed_by = step.at, step.slip["act"]
    row.closed_recorded_at = datetime.fromisoformat(step.slip["recorded"])


def _unsent(blank: HandOffs.Row, step: Step) -> HandOffs.Row:
    slip, other = step.slip, UUID(step.named) if step.named else None
    shown = {"station": slip["station"], "act": slip["act"], "closed_at": step.at, "closed_by": slip["act"]}
    return replace(blank, version=step.version, state=UNSENT, other=other, **shown)


def _standing(papers: Papers, known_at: datetime | None) -> list[dict[str, Any]]:
    """The slips that were recorded by `known_at` and not struck by then."""

    def known(recorded: str) -> bool:
        return known_at is None or datetime.fromisoformat(recorded) <= known_at

    corrections = {by: strikes for by, (strikes, recorded) in papers.corrections.items() if known(recorded)}
    return standing([each for each in papers.slips if known(each["recorded"])], corrections)


def _slip(e: Entry, sides: list[list[str]]) -> dict[str, Any]:
    meta = e.meta
    return {
        "version": meta.version, "at": meta.occurred_at.isoformat(), "recorded": meta.recorded_at.isoformat(),
        "act": e.name, "station": meta.station, "by": meta.actor.id, "rank": meta.actor.rank, "sides": sides,
    }  # fmt: skip


@cache
def kinds() -> dict[str, HandOff]:
    """Every kind of hand-over, by its id."""
    domain.load()
    sending = [each.hand_off for each in ACTS.values() if issubclass(each, HandsOff)]
    return {each.id: each for each in sorted(sending, key=attrgetter("id"))}


def _declared(cls: type[Event[Any]]) -> str:
    """What an act says of hand-overs, in words that change with it."""
    sends = f"sends {cls.hand_off}" if issubclass(cls, HandsOff) else ""
    closes = f"{cls.answers} {cls.overtakes}" if issubclass(cls, ClosesHandOff) else ""
    return f"{sends} {closes}".strip()
