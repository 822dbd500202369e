"""The chain of custody: every link of every article, every break found in it, and what was tried and refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.event import EPOCH, Event
from projections.chain import ChainView
from projections.links import Chain, Link, Note


class Custody(ChainView):
    """One row for each link, and one for each attempt or doubted entry that is none: its number is 0."""

    topic = "custody"
    indexes = (("station",),)

    @dataclass
    class Row:
        """A link as a court reads it: item, who and whom, when, where, why, condition, seal, paper; and the breaks."""

        record_id: UUID
        property_id: str
        version: int
        number: int = 0
        station: str = ""
        act: str = ""
        occurred_at: datetime = EPOCH
        recorded_at: datetime = EPOCH
        giver: str = ""
        giver_rank: str = ""
        holder: str = ""
        holder_rank: str = ""
        place: str = ""
        purpose: str = ""
        condition: str = ""
        seal: str = ""
        register_seal: str = ""
        paper: str = ""
        state: str = ""
        quantity: str = ""
        unit: str = ""
        parent: str = ""
        breaks: list[Any] = field(default_factory=list)
        doubts: list[Any] = field(default_factory=list)
        attempted: str = ""

        KEY = ("record_id", "property_id", "version")

    def shown(self, chain: Chain, links: Sequence[Link], notes: Sequence[Note]) -> Iterator[Row]:
        """Every link of the record, and every note."""
        for link in links:
            now = link.article
            yield self.Row(
                record_id=chain.record_id,
                property_id=now.property_id,
                version=link.version,
                number=link.number,
                station=link.station,
                act=link.act,
                occurred_at=link.occurred_at,
                recorded_at=link.recorded_at,
                giver=link.giver,
                holder=now.holder,
                giver_rank=link.giver_rank,
                holder_rank=link.holder_rank,
                place=now.place,
                purpose=link.purpose,
                condition=link.condition,
                seal=link.seal,
                register_seal=link.register_seal,
                paper=link.paper,
                state=now.state,
                quantity=str(now.quantity),
                unit=now.unit,
                parent=now.parent,
                breaks=[{"code": each.code, "what": each.told()} for each in link.breaks],
                doubts=list(link.doubts),
            )
        for note in notes:
            yield self.Row(
                record_id=chain.record_id,
                property_id=note.property_id,
                version=note.version,
                station=note.station,
                act=note.act,
                occurred_at=note.occurred_at,
                recorded_at=note.recorded_at,
                doubts=list(note.reasons),
                attempted=note.attempted,
            )


def chain_of(record_id: UUID, found: Iterable[Event[Any]]) -> Chain:
    """What the view keeps of these entries."""
    view, chain = Custody(), Chain(record_id)
    for entry in found:
        for _, handler in view.touched(entry):
            handler(view, chain, entry)
    return chain
