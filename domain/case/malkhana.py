"""The malkhana register of a case: each article, who holds it, where it lies, and under which seal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from domain.case.case import Part

State = Literal[
    "seized", "deposited", "issued", "on the way", "at laboratory", "rejected", "in court", "on bond", "missing",
    "used up", "disposed",
]
"""How far custody of an article has come. `issued` is with an officer after the first deposit or hand-over."""

WITH_OFFICER: tuple[State, ...] = ("seized", "issued")
WITH_POLICE: tuple[State, ...] = ("seized", "issued", "deposited")
IN_CUSTODY: tuple[State, ...] = (*WITH_POLICE, "on the way", "at laboratory", "rejected", "in court", "on bond")
ENDED: tuple[State, ...] = ("used up", "disposed")

BRINGS_BACK: dict[State, str] = {
    "on the way": "PropertyReceivedByLaboratory",
    "at laboratory": "PropertyReturnedFromLaboratory",
    "rejected": "PropertyReturnedFromLaboratory",
    "in court": "PropertyReturnedFromCourt",
    "on bond": "PropertyRecalled",
    "missing": "PropertyFound",
}
"""The act that comes next for an article which is not with the police."""

@dataclass(frozen=True)
class Order:
    """An order to dispose of an article: its number, under which section, how, and since when."""

    number: str
    provision: str
    manner: str
    at: datetime
    on_bond: bool = False


@dataclass(frozen=True, kw_only=True)
class Article:
    """One article as the malkhana register shows it: exactly one holder and one place at every instant."""

    property_id: str
    memo: str
    category: str
    quantity: Decimal
    unit: str
    state: State
    place: str
    holder: str
    """Id of the officer, name of the laboratory or court, or code of the person on bond."""
    since: datetime
    """When it came to this holder, or to this place."""
    seized_at: datetime
    seal: str = ""
    """Empty while the parcel is open."""
    value_paise: int | None = None
    parent: str = ""
    """The article of which this one is a sample."""
    offered_to: str = ""
    """The officer to whom the holder has handed it over, until he takes it over."""
    certificate: str = ""
    """The Magistrate's certificate of the inventory, photographs and samples (NDPS s.52A)."""
    orders: tuple[Order, ...] = ()

    @property
    def whereabouts(self) -> str:
        """Where the register shows it, in words."""
        words: dict[str, str] = {
            "deposited": f"in the malkhana ({self.place})",
            "on the way": self.place,
            "at laboratory": f"at {self.place}",
            "rejected": f"rejected by {self.place}",
            "in court": f"in {self.place}",
            "on bond": f"released on bond to {self.holder}",
            "missing": "missing",
            "used up": "used up in samples",
            "disposed": "disposed of",
        }
        return words.get(self.state, f"with {self.holder or 'no named holder'}")


@dataclass(frozen=True)
class Malkhana(Part):
    """The articles of the case by their ids, its seizure memos, and which of them the Magistrate was told of."""

    articles: Mapping[str, Article] = field(default_factory=dict)
    memos: Mapping[str, datetime] = field(default_factory=dict)
    reported: frozenset[str] = frozenset()

    def keeping(self, articles: Iterable[Article]) -> Malkhana:
        """The register with these articles as they are now."""
        return replace(self, articles={**self.articles, **{each.property_id: each for each in articles}})

    @property
    def listed(self) -> str:
        """What the seizure memos list, in words that fit on a line."""
        ids = list(self.articles)
        shown = ids if len(ids) <= 6 else [*ids[:4], f"… {ids[-2]}", ids[-1]]  # noqa: PLR2004 (what fits on a line)
        return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "nothing"


def measurable(quantity: Decimal) -> bool:
    """Whether a quantity can be that of an article: not negative, and few enough digits to be added up exactly."""
    if not quantity.is_finite() or quantity < 0:
        return False
    exponent = quantity.as_tuple().exponent
    return quantity.adjusted() <= 12 and isinstance(exponent, int) and exponent >= -12  # noqa: PLR2004
