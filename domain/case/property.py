"""The malkhana: every article taken into custody, who holds it, where it lies, and under which seal.

This file has the register's columns for one article and the three traits of custody: it begins, it moves, it ends.
The acts: `property_seizure.py`, `property_moves.py` (deposit, hand-over), `property_laboratory.py`,
`property_parcel.py` (seals, samples), `property_court.py` (court, bond) and `property_end.py` (loss, disposal).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from domain.case.case import Case, CaseEntry, Part
from domain.event import ACTS, Event, put

State = Literal[
    "seized", "deposited", "issued", "on the way", "at laboratory", "rejected", "in court", "on bond", "missing",
    "used up", "disposed",
]
"""How far custody of an article has come. `issued` is with an officer after the first deposit or hand-over."""

WITH_OFFICER: tuple[State, ...] = ("seized", "issued")
WITH_POLICE: tuple[State, ...] = ("seized", "issued", "deposited")
ENDED: tuple[State, ...] = ("used up", "disposed")

Category = Literal[
    "vehicle", "arms or ammunition", "explosives", "drugs", "liquor", "coin or currency",
    "jewellery or precious metal", "document or valuable security", "electrical or electronic", "digital device",
    "cultural property", "livestock", "forest or mineral produce", "biological or medical sample",
    "clothing or weapon of offence", "numbered goods", "perishable", "other",
]


@dataclass(frozen=True)
class Order:
    """An order to dispose of an article: its number, under which section, how, and since when."""

    number: str
    provision: str
    manner: str
    at: datetime


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
    orders: tuple[Order, ...] = ()

    @property
    def whereabouts(self) -> str:
        """Where the register shows it, in words."""
        with_holder = f"with {self.holder}" if self.holder else "with no named holder"
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
        return words.get(self.state, with_holder)


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
        if len(ids) > 1:
            shown = ids if len(ids) <= 4 else [ids[0], ids[1], f"… {ids[-2]}"]  # noqa: PLR2004 (a line's worth)
            return f"{', '.join(shown)} and {ids[-1]}" if len(ids) > 2 else " and ".join(ids)  # noqa: PLR2004
        return ids[0] if ids else "nothing"


class ConcernsProperty(CaseEntry):
    """An act that concerns one article in custody, by its id in the seizure memo or its sample's id."""

    cannot: ClassVar[str] = "be entered"
    """What a refusal says that the article cannot do."""
    leaves: ClassVar[tuple[State, ...]] = ()
    """The states in which the act may find the article; empty for every state that hasn't ended."""
    first: ClassVar[str] = ""
    """The act that would bring the article there."""

    property_id: str

    def article(self, case: Case) -> Article | None:
        """The article as the register shows it, or None when nobody has seized it."""
        return case.part(Malkhana).articles.get(self.property_id)

    def refuse(self, case: Case) -> Iterator[str]:
        """Custody must have begun, must not have ended, and the article must be where the act finds it."""
        article = self.article(case)
        if article is None:
            listed = case.part(Malkhana).listed
            yield (
                f"{self.property_id} cannot {self.cannot}: the seizure memo of {case.label} lists {listed}. "
                f"Record {self.register}.PropertySeized first."
            )
        elif article.state in ENDED or (self.leaves and article.state not in self.leaves):
            advice = f" Record {self.register}.{self.first} first." if self.first and article.state not in ENDED else ""
            yield f"{self.property_id} cannot {self.cannot}: {case.label} shows it {article.whereabouts}.{advice}"
        else:
            yield from self.refuse_article(case, article)

    def doubt(self, case: Case) -> Iterator[str]:
        """An entry dated before the last move of the article is out of order: perhaps back-dated."""
        article = self.article(case)
        if article is not None:
            if self.meta.occurred_at < article.since:
                yield f"this is dated before the last move of {self.property_id}, {_when(article.since)}"
            yield from self.doubt_article(case, article)

    def refuse_article(self, case: Case, article: Article) -> Iterator[str]:
        """The act's own reasons, given an article that is where the act finds it."""
        yield from ()

    def doubt_article(self, case: Case, article: Article) -> Iterator[str]:
        """The act's own doubts, given an article that is in custody."""
        yield from ()

    def attempt(self, reasons: tuple[str, ...]) -> Event[Case] | None:
        """An impossible dealing with an article is refused, and that it was tried is a line of its own."""
        refused: Any = ACTS.get(f"{self.register}.CustodyMoveRefused")
        tried = {"attempted": self.name, "property_id": self.property_id, "reasons": reasons}
        return None if refused is None else refused(meta=self.meta, **tried)

    def kept(self, case: Case, **changes: Any) -> Case:  # noqa: ANN401 (the article's columns)
        """The case with these changes to the article; unchanged when it isn't known."""
        article = self.article(case)
        if article is None:
            return case
        return case.keep(case.part(Malkhana).keeping([replace(article, **changes)]))


class MovesProperty(ConcernsProperty):
    """An act by which an article comes to another holder or another place: one link of the chain of custody.

    A view writes the link from `property_id`, `holder_after`, `rank_after`, `place_after`, `purpose`, `condition`,
    `seal`, `document` and `meta`; whom it came from is the holder before.
    """

    reaches: ClassVar[State] = "issued"
    """The state in which the act leaves the article."""
    reseals: ClassVar[bool] = False
    """Whether the parcel may come back under another seal."""
    why: ClassVar[str] = "custody"
    """Why such a move is made, unless the act says so itself."""

    condition: str = ""
    seal: str = ""

    @property
    def giver(self) -> str:
        """The officer who gives the article up; empty when it isn't an officer."""
        return self.meta.actor.id

    @property
    def holder_after(self) -> str:
        """Who holds it now: an officer's id, a laboratory, a court, a person's code; empty when that did not change."""
        return self.meta.actor.id

    @property
    def rank_after(self) -> str:
        """The rank of that officer; empty when it isn't an officer."""
        return self.meta.actor.rank if self.holder_after == self.meta.actor.id else ""

    @property
    def place_after(self) -> str:
        """Where it is now."""
        return ""

    @property
    def purpose(self) -> str:
        """Why it moved."""
        return self.why

    @property
    def document(self) -> str:
        """The paper that proves the move: road certificate, receipt, order, bond; empty when there is none."""
        return ""

    def refuse(self, case: Case) -> Iterator[str]:
        """What an officer holds, only he can give."""
        yield from super().refuse(case)
        article = self.article(case)
        if article is not None and self.giver and article.state in WITH_OFFICER and self.giver != article.holder:
            yield (
                f"{self.property_id} cannot {self.cannot} from {self.giver}: {case.label} shows it "
                f"{article.whereabouts}. Record {self.register}.PropertyHandedOver and PropertyTakenOver first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """A keeper other than the one who took it in, an open hand-over, another seal: each breaks the chain's proof."""
        yield from super().doubt(case)
        article = self.article(case)
        if article is None:
            return
        if article.state == "deposited" and self.giver not in {"", article.holder}:
            yield f"{self.property_id} is in the keeping of {article.holder}, and {self.giver} gives it out"
        if article.offered_to and self.holder_after != article.offered_to:
            yield f"{self.property_id} was handed over to {article.offered_to}, who has not taken it over"
        if not self.reseals and self.seal != article.seal:
            yield (
                f"the seal of {self.property_id} is {_seal(self.seal)} here, and {_seal(article.seal)} "
                "in the register"
            )

    def apply(self, case: Case) -> Case:
        """One holder, one place, since now."""
        article = self.article(case)
        if article is None:
            return case
        return self.kept(
            case,
            state=self.reaches,
            holder=self.holder_after or article.holder,
            place=self.place_after or article.place,
            since=self.meta.occurred_at,
            offered_to="",
            seal=self.seal if self.reseals else article.seal,
        )


class EndsCustody(MovesProperty):
    """An act after which the police have nothing more to do with the article."""

    reaches: ClassVar[State] = "disposed"


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _seal(seal: str) -> str:
    return f"'{seal}'" if seal else "not named"


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
    device_hash: str = ""
    hash_algorithm: str = ""
    for_examination: bool = False


class SeizesProperty(CaseEntry):
    """An act with which custody of articles begins. The first link of each goes from nobody to the acting officer."""

    items: tuple[SeizedItem, ...]
    place: str

    @property
    def holder_after(self) -> str:
        """The officer who seized it."""
        return self.meta.actor.id

    @property
    def rank_after(self) -> str:
        """His rank."""
        return self.meta.actor.rank

    @property
    def place_after(self) -> str:
        """Where it was taken."""
        return self.place

    @property
    def document(self) -> str:
        """The paper with which custody begins."""
        return ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Each article has an id of its own, and there is some of it."""
        known = case.part(Malkhana).articles
        ids = [item.id for item in self.items]
        if not ids:
            yield f"nothing is seized: the memo for {case.label} lists no article. Give at least one item."
        for each in sorted(set(ids)):
            if not each.strip():
                yield "an article is listed without an id. Give each its own, as PR/1."
            elif each in known:
                yield f"{each} cannot be seized: {case.label} already has an article of that id. Give it a new one."
            elif ids.count(each) > 1:
                yield f"{each} is listed twice in one memo. Give each article its own id."
        for item in self.items:
            if item.quantity <= 0:
                yield f"{item.id} cannot be seized: its quantity is {item.quantity}. Give how much there is."

    def apply(self, case: Case) -> Case:
        """Each article is in the hands of the officer who took it."""
        at, malkhana = self.meta.occurred_at, case.part(Malkhana)
        fresh = [
            Article(
                property_id=item.id, memo=self.document, category=item.category, quantity=item.quantity,
                unit=item.unit, state="seized", place=self.place_after, holder=self.holder_after, since=at,
                seized_at=at, seal=item.seal, value_paise=item.value_paise,
            )
            for item in self.items
        ]
        return case.keep(replace(malkhana.keeping(fresh), memos=put(malkhana.memos, self.document, at)))
