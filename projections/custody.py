"""The chain of custody: every link of every article, and every break found in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.event import EPOCH
from projections.chain import Chain, ChainView, Link


class Custody(ChainView):
    """One row for each link."""

    indexes = (("station",),)

    @dataclass
    class Row:
        """A link as a court reads it: item, who and whom, when, where, why, condition, seal, paper; and the breaks."""

        record_id: UUID
        property_id: str
        number: int
        version: int = 0
        station: str = ""
        act: str = ""
        occurred_at: datetime = EPOCH
        recorded_at: datetime = EPOCH
        giver: str = ""
        holder: str = ""
        holder_rank: str = ""
        place: str = ""
        purpose: str = ""
        condition: str = ""
        seal: str = ""
        paper: str = ""
        state: str = ""
        quantity: str = ""
        unit: str = ""
        breaks: list[Any] = field(default_factory=list)

        KEY = ("record_id", "property_id", "number")

    def shown(self, chain: Chain, links: Sequence[Link]) -> Iterator[Row]:
        """Every link of the record."""
        for link in links:
            yield self.Row(
                record_id=chain.record_id,
                property_id=link.property_id,
                number=link.number,
                version=link.version,
                station=chain.station,
                act=link.act,
                occurred_at=link.occurred_at,
                recorded_at=link.recorded_at,
                giver=link.giver,
                holder=link.holder,
                holder_rank=link.holder_rank,
                place=link.place,
                purpose=link.purpose,
                condition=link.condition,
                seal=link.seal,
                paper=link.paper,
                state=link.state,
                quantity=link.quantity,
                unit=link.unit,
                breaks=[{"code": code, "what": what} for code, what in link.breaks],
            )
