"""The months that were closed: what each station's or district's score and rank was then, and every earlier closing.

No row is folded from entries: a closing is made when somebody asks for it, from the marks and clocks as they are then.
It stands beside the views because its rows travel as theirs do: written and told in one transaction, sent by the relay.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.event import EPOCH
from projections.view import View


@dataclass
class Closed:
    """A unit's standing in a month as it was closed last. Shares, points and scores are decimal numbers as text."""

    record_id: UUID
    """Made of scheme, level, unit and period, and of nothing else: it is the key in the topic."""
    scheme: str = ""
    level: str = ""
    unit: str = ""
    period: str = ""
    digest: str = ""
    indicators: str = ""
    closing: int = 0
    closed_at: datetime = EPOCH
    score: str = ""
    rank: int | None = None
    zone: str = ""
    cases: int = 0
    parts: list[Any] = field(default_factory=list)
    earlier: list[Any] = field(default_factory=list)
    """The closings before: number, moment (microseconds since 1970), digest of the scheme, score and rank."""

    KEY = ("record_id",)


class Ranking(View):
    """One row for each unit of each closed month. Never rebuilt: it is among no runner's views."""

    topic = "ranking"
    indexes = (("scheme", "level", "period"),)
    Row = Closed
    State = Closed
