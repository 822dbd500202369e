"""The chain of custody of every article of a record, of which the custody view and the malkhana view are both read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from domain.common.corrections import CorrectsEntry
from domain.common.matter import Entry
from domain.deadline.sheet import TellsOfClock
from domain.malkhana.custody import ConcernsProperty, SeizesProperty
from domain.malkhana.seizure import RefusesCustodyMove
from projections.links import COLUMNS, Chain, Link, Note, follow
from projections.slip import slip_of
from projections.struck import strike
from projections.view import View, on


class ChainView(View):
    """A view that is read off the chain. Subclasses publish what `shown` gives of its links."""

    ignores = frozenset({Entry, TellsOfClock})
    State = Chain

    @on(ConcernsProperty, SeizesProperty, RefusesCustodyMove)
    def dealt_with(self, row: Chain, e: Entry) -> None:
        """Whatever is done about an article, or tried."""
        slip = slip_of(e)
        slip["recorded"] = e.meta.recorded_at.isoformat()
        if e.meta.doubts:
            slip["doubts"] = list(e.meta.doubts)
        row.slips.append(slip)

    @on(*COLUMNS, reads=frozenset[str]().union(*COLUMNS.values()))
    def beside(self, row: Chain, e: Entry) -> None:
        """What courts hold against a chain."""
        row.slips.append(slip_of(e, COLUMNS[type(e)]))

    @on(CorrectsEntry)
    def corrected(self, row: Chain, e: CorrectsEntry) -> None:
        """A struck entry no longer counts."""
        row.corrections = strike(row.corrections, e)

    def rows(self, state: Chain) -> Iterator[Any]:
        """What is shown of the links, which are followed once."""
        yield from self.shown(state, *follow(state))

    def shown(self, chain: Chain, links: Sequence[Link], notes: Sequence[Note]) -> Iterator[Any]:
        """The rows of these links, and of what stands beside them."""
        raise TypeError(chain, links, notes)
