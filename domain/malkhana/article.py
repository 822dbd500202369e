"""The malkhana register of a matter: each article, who holds it, where it lies, and under which seal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from domain.common.codes import CodeOrOfficer
from domain.common.handoff import HandOff
from domain.common.matter import Done, Matter, Part
from domain.event import changed

State = Literal[
    "seized", "deposited", "issued", "on the way", "at laboratory", "rejected", "in court", "on bond", "missing",
    "used up", "disposed",
]  # fmt: skip
"""How far custody of an article has come. `issued` is with an officer after the first deposit or hand-over."""

WITH_OFFICER: tuple[State, ...] = ("seized", "issued")
WITH_POLICE: tuple[State, ...] = ("seized", "issued", "deposited")
WITH_LABORATORY: tuple[State, ...] = ("on the way", "at laboratory", "rejected")
IN_CUSTODY: tuple[State, ...] = (*WITH_POLICE, *WITH_LABORATORY, "in court", "on bond")
ENDED: tuple[State, ...] = ("used up", "disposed")
OPENED_THERE: tuple[State, ...] = ("at laboratory", "in court")
"""Where a parcel is opened without leave of the court: a laboratory examines it, and in court the court opens it."""

BRINGS_BACK: dict[State, str] = {
    "on the way": "PropertyReceivedByLaboratory",
    "at laboratory": "PropertyReturnedFromLaboratory",
    "rejected": "PropertyReturnedFromLaboratory",
    "in court": "PropertyReturnedFromCourt",
    "on bond": "PropertyRecalled",
    "missing": "PropertyFound",
}
"""The act that comes next for an article which is not with the police."""

LONGEST_ID = 200
"""Letters of an article's id: what a label's code can hold."""
UNSEEN = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff]|(?<![\u0900-\u0dff])[\u200c\u200d]|\\s\\s|[^\\S ]")
"""What nobody sees on paper. A joiner stands in Indian scripts, behind a letter of theirs."""

HAND_OVER = HandOff(
    "article to officer", "अधिकारी को वस्तु", owner="officer",
    chaser="officer", subject="property_id", addressee="to_officer",
)  # fmt: skip
PARCEL = HandOff(
    "article to laboratory", "प्रयोगशाला को वस्तु", owner="laboratory",
    chaser="malkhana_keeper", subject="property_id", addressee="laboratory",
)  # fmt: skip
RETURN = HandOff(
    "article coming back", "वापस आती वस्तु",
    owner="malkhana_keeper", chaser="station_officer", subject="property_id", alone=True,
)  # fmt: skip

Category = Literal[
    "vehicle", "arms or ammunition", "explosives", "drugs", "liquor", "coin or currency",
    "jewellery or precious metal", "document or valuable security", "electrical or electronic", "digital device",
    "cultural property", "livestock", "forest or mineral produce", "biological or medical sample",
    "clothing or weapon of offence", "numbered goods", "perishable", "other",
]  # fmt: skip
"""What kind of thing it is, as the seizure memo (IIF-4) groups them."""


@dataclass(frozen=True, kw_only=True)
class SeizedItem:
    """One row of the seizure memo. A quantity is in `unit`; a value in paise; a hash is hexadecimal."""

    id: str
    category: Category
    description: str
    quantity: Decimal
    unit: str
    value_paise: int | None = None
    marks: str = ""
    packed: bool = True
    seal: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    device_hash: str = ""
    hash_algorithm: str = ""
    for_examination: bool = False
    label: str = ""
    label_signed_by: tuple[CodeOrOfficer, ...] = ()


@dataclass(frozen=True)
class Order:
    """An order to dispose of an article: its number, under which section, how, since when."""

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
    seal_count: int = 0
    """Impressions of the seal on the parcel; 0 where nobody has counted them."""
    seal_impression: str = ""
    """What an impression of the seal shows, as the specimen has it; empty where nobody has said."""
    value_paise: int | None = None
    parent: str = ""
    """The article of which this one is a sample."""
    offered_to: str = ""
    """The officer to whom the holder has handed it over, until he takes it over."""
    certificate: str = ""
    """The Magistrate's certificate of the inventory, photographs and samples (NDPS s.52A)."""
    certified_at: datetime | None = None
    """When that was given: samples drawn on its day were drawn before the Magistrate."""
    orders: tuple[Order, ...] = ()
    damaged: bool = False

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
    """The articles of the matter by their ids, its seizure memos, and the entries by which the Magistrate was told."""

    articles: Mapping[str, Article] = field(default_factory=dict)
    memos: Mapping[str, Done] = field(default_factory=dict)
    reported: Mapping[str, Done] = field(default_factory=dict)
    serials: Mapping[str, str] = field(default_factory=dict)
    """Serials of the malkhana register, each with the article it was given to first."""

    def keeping(self, articles: Iterable[Article]) -> Malkhana:
        """The register with these articles as they are now."""
        return changed(self, articles={**self.articles, **{each.property_id: each for each in articles}})


def standing(matter: Matter, property_id: str) -> Article | None:
    """The article, or None when nobody has seized it."""
    return matter.part(Malkhana).articles.get(property_id)


def whole(matter: Matter, property_id: str) -> str:
    """The article of which this one is a sample, or a sample's sample; itself when it is none."""
    seen = {property_id}
    while (article := standing(matter, property_id)) and article.parent and article.parent not in seen:
        property_id = article.parent
        seen.add(property_id)
    return property_id


def memo_of(matter: Matter, number: str) -> Done | None:
    """The seizure memo of this number."""
    return matter.part(Malkhana).memos.get(number)


def listed(matter: Matter) -> str:
    """What the seizure memos list, in words that fit on a line."""
    ids = [*matter.part(Malkhana).articles]
    shown = ids if len(ids) <= 6 else [*ids[:4], f"… {ids[-2]}", ids[-1]]  # noqa: PLR2004 (what fits on a line)
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]])) or "nothing"


def nameable(property_id: str) -> bool:
    """Whether an article may be called so: its label can be scanned, and nobody takes it for another on paper."""
    blank = property_id != property_id.strip() or not property_id
    return not blank and len(property_id) <= LONGEST_ID and not UNSEEN.search(property_id)


def measurable(quantity: Decimal) -> bool:
    """Whether a quantity can be that of an article: not negative, and few enough digits to be added up exactly."""
    if not quantity.is_finite() or quantity < 0:
        return False
    exponent = quantity.as_tuple().exponent
    return quantity.adjusted() <= 12 and isinstance(exponent, int) and exponent >= -12  # noqa: PLR2004


def measured(quantity: Decimal) -> Decimal:
    """The quantity for the register: nothing where what was entered is no quantity, so that it can be added up."""
    return quantity if measurable(quantity) else Decimal(0)
