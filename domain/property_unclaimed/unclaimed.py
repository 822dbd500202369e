"""A find of unclaimed property as it stands: its number, how far it has come, and what claims were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from domain.common.matter import Done, Entry, Matter, Part

STAGES = ("", "registered", "proclaimed", "claimed", "claim established", "ordered", "disposed of", "belongs to a case")
"""How far a find comes, in this order; an entry made late does not take it back."""


@dataclass(frozen=True, kw_only=True)
class Unclaimed(Matter, register="property_unclaimed"):
    """What was found together, under one number: `registered_at` is when it was numbered."""

    unnumbered: ClassVar[str] = "the unnumbered find"

    finder_officer: str = ""
    """Id of the officer who took it in."""

    @property
    def officer(self) -> str:
        """Who took it in."""
        return self.finder_officer


@dataclass(frozen=True)
class Claims(Part):
    """What the register keeps of the find besides its articles: the proclamation, and each claim by its number."""

    begun: Done | None = None
    proclaimed: Done | None = None
    made: Mapping[str, Done] = field(default_factory=dict)
    decided: Mapping[str, str] = field(default_factory=dict)
    """What was decided of each claim."""


class UnclaimedEntry(Entry):
    """An entry of the register of unclaimed property."""


def onward(find: Unclaimed, stage: str) -> str:
    """The later of two stages."""
    return max(find.stage, stage, key=STAGES.index)
