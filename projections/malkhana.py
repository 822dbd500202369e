"""The malkhana's shelf as the register shows it: where every article lies, and since when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from domain.event import EPOCH
from projections.chain import Chain, ChainView, Link


class Malkhana(ChainView):
    """One row for each article."""

    indexes = (("station", "state"),)

    @dataclass
    class Row:
        """An article: what it is, how much, where, with whom, under which seal, after how many moves."""

        record_id: UUID
        property_id: str
        station: str = ""
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

    def shown(self, chain: Chain, links: Sequence[Link]) -> Iterator[Row]:
        """The last link of each article."""
        found: dict[str, Malkhana.Row] = {}
        for link in links:
            row = found.setdefault(link.property_id, self.Row(chain.record_id, link.property_id, chain.station))
            if (link.holder, link.place, link.state) != (row.holder, row.place, row.state):
                row.since, row.moves = link.occurred_at, row.moves + 1
            row.category, row.description, row.quantity, row.unit = (
                link.category, link.description, link.quantity, link.unit,
            )  # fmt: skip
            row.state, row.place, row.holder, row.seal = link.state, link.place, link.holder, link.seal
            row.breaks += len(link.breaks)
        yield from found.values()
