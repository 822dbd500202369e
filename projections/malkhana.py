"""The malkhana's shelf as the register shows it: where every article lies, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.event import EPOCH
from projections.chain import ChainView
from projections.links import Chain, Link, Note


class Malkhana(ChainView):
    """One row for each article."""

    indexes = (("station", "state"),)

    @dataclass
    class Row:
        """An article: what it is, how much, where, with whom, under which seal, after how many moves."""

        record_id: UUID
        property_id: str
        station: str = ""
        """Where it came to its holder and its place. Work that is done on it there moves it nowhere."""
        category: str = ""
        description: str = ""
        quantity: str = ""
        unit: str = ""
        state: str = ""
        place: str = ""
        holder: str = ""
        seal: str = ""
        since: datetime = EPOCH
        moves: int = 0
        breaks: int = 0

        KEY = ("record_id", "property_id")

    def shown(self, chain: Chain, links: Sequence[Link], notes: Sequence[Note]) -> Iterator[Row]:
        """Each article after its last link. What was tried and refused makes no article."""
        del notes
        found: dict[str, Malkhana.Row] = {}
        for link in links:
            now = link.article
            row = found.setdefault(now.property_id, self.Row(chain.record_id, now.property_id))
            if (now.holder, now.place, now.state) != (row.holder, row.place, row.state):
                row.since, row.moves = link.occurred_at, row.moves + 1
                whole = found.get(now.parent)
                drawn = whole is not None and row.moves == 1 and (now.holder, now.place) == (whole.holder, whole.place)
                row.station = whole.station if whole is not None and drawn else link.station
            row.category, row.description = now.category, link.description
            row.quantity, row.unit, row.seal = str(now.quantity), now.unit, now.seal
            row.state, row.place, row.holder = now.state, now.place, now.holder
            row.breaks += len(link.breaks)
        yield from found.values()
