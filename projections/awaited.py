"""Which legal clocks of a record an acknowledgement would stop: until it is entered they run on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from domain.common.handoff import ClosesHandOff
from domain.event import ACTS
from domain.law.book import Book
from domain.law.clock import Clock
from projections.deadlines import traits_of
from projections.hand_offs import HandOffs, kinds

RUNNING = frozenset({"open", "extended", "lapsed"})
Stops = Mapping[str, Mapping[str, bool]]


def stops_of(book: Book) -> Stops:
    """The rules that the acknowledgement of each kind of hand-over stops, and whether only those of its own subject."""
    found: dict[str, dict[str, bool]] = {kind: {} for kind in kinds()}
    for cls in ACTS.values():
        if issubclass(cls, ClosesHandOff) and cls.answers:
            names = {cls.name, *traits_of(cls)}
            for rule, each in ((one, stop) for one in book.rules.values() for stop in one.stops):
                if each.fact in names:
                    for kind in cls.answers:
                        found[kind.id][rule.id] = kind.subject in each.subject
    return found


def awaiting(row: HandOffs.Row, clocks: Iterable[Clock], stops: Stops, at: datetime) -> list[Clock]:
    """The clocks of its record that wait at a moment for this hand-over's acknowledgement, the first due first."""
    mine = stops[row.hand_off]
    found = [
        each
        for each in clocks
        if each.rule.id in mine
        and (not mine[each.rule.id] or each.subject in {"", row.subject})
        and each.opened_at <= at
        and each.state(at) in RUNNING
    ]
    return sorted(found, key=lambda each: (each.due_at, each.rule.id, each.subject))
