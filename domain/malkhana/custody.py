"""Custody of an article: it begins with a seizure, it moves from holder to holder, it ends by an order.

These are the traits to which views and rules react. What a register keeps of each article is in `article.py`; the acts,
each a trait to which a register gives a name of its own, in `seizure.py`, `moves.py` (deposit, hand-over),
`laboratory.py`, `parcel.py` (seals, samples), `derived.py` (copies, parts), `court.py` (court, bond) and `end.py`
(loss, disposal). What is on the road is in `carrying.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from domain.common.days import written
from domain.common.handoff import ClosesHandOff, HandOff
from domain.common.matter import Done, Entry, Matter
from domain.event import ACTS, Event, changed, put
from domain.malkhana.article import (
    BRINGS_BACK,
    ENDED,
    HAND_OVER,
    PARCEL,
    RETURN,
    WITH_OFFICER,
    WITH_POLICE,
    Article,
    Malkhana,
    SeizedItem,
    State,
    listed,
    measurable,
    measured,
    nameable,
    standing,
)


class ConcernsProperty(Entry):
    """An act that concerns one article in custody, by its id in the seizure memo or its sample's id."""

    cannot: ClassVar[str] = "be dealt with"
    """What a refusal says that the article cannot do."""
    leaves: ClassVar[tuple[State, ...]] = ()
    """The states in which the act may find the article; empty for every state that has not ended."""
    where: ClassVar[str] = ""
    """These states in words."""
    first: ClassVar[str] = ""
    """The act that would bring an article there that is with the police."""
    between_officers: ClassVar[bool] = False
    """Whether it is one side of a hand-over from officer to officer."""
    does: ClassVar[str] = "gives it"
    """What the officer does who should be the holder."""
    does_there: ClassVar[str] = "gives it out"
    """The same, with what lies in the malkhana."""

    property_id: str

    def article(self, matter: Matter) -> Article | None:
        """The article as the register shows it, or None when nobody has seized it."""
        return standing(matter, self.property_id)

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Custody must have begun, must not have ended, and the article must be where the act finds it."""
        article = self.article(matter)
        if article is None:
            yield (
                f"{self.property_id} cannot {self.cannot}: the seizure memo of {matter.label} lists "
                f"{listed(matter)}. Record {begins(self.register)} first."
            )
        elif article.state in ENDED:
            yield f"{self.property_id} cannot {self.cannot}: {matter.label} shows it {article.whereabouts}, for good."
        elif self.leaves and article.state not in self.leaves:
            advice = self.first if article.state in WITH_POLICE else BRINGS_BACK[article.state]
            yield (
                f"{self.property_id} cannot {self.cannot}: {matter.label} shows it {article.whereabouts}, "
                f"not {self.where}. Record {self.register}.{advice} first."
            )
        else:
            yield from self.refuse_article(matter, article)

    def doubt(self, matter: Matter) -> Iterator[str]:
        """An entry dated before the last move of the article is out of order: perhaps back-dated."""
        article = self.article(matter)
        if article is None:
            return
        if self.meta.occurred_at < article.since:
            yield f"this is dated before the last move of {self.property_id} on {written(article.since)}"
        yield from self.doubt_article(matter, article)

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """The act's own reasons, given an article that is where the act finds it."""
        yield from ()

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """The act's own doubts, given an article in custody."""
        yield from ()

    def refuse_giver(self, matter: Matter, article: Article, giver: str) -> Iterator[str]:
        """What an officer holds only he can give, and only the keeper hands over what lies in the malkhana.

        When it leaves the malkhana for a laboratory, a court or a bond through another hand, that is a doubt: keepers
        relieve each other without a charge report, and what an outsider has acknowledged did leave.
        """
        alone = WITH_POLICE if self.between_officers else WITH_OFFICER
        if article.state in alone and article.holder and giver not in {"", article.holder}:
            kept = f", in the keeping of {article.holder}" if article.state == "deposited" else ""
            yield (
                f"{self.property_id} cannot {self.cannot}: {giver} {self.does}, and {matter.label} shows it "
                f"{article.whereabouts}{kept}. Record {self.register}.PropertyHandedOver and PropertyTakenOver first."
            )

    def doubt_giver(self, article: Article, giver: str) -> Iterator[str]:
        """It leaves the malkhana through its keeper; what came back with no named carrier has no known holder."""
        if article.state == "deposited" and giver not in {"", article.holder}:
            yield f"{self.property_id} is in the keeping of {article.holder}, and {giver} {self.does_there}"
        elif article.state in WITH_OFFICER and giver and not article.holder:
            yield f"{self.property_id} is with no named holder, and {giver} {self.does}"

    def doubt_seal(self, article: Article, seal: str) -> Iterator[str]:
        """The seal is the one in the register."""
        if seal != article.seal:
            yield f"{self.property_id} has {_seal(seal)} here and {_seal(article.seal)} in the register"

    def attempt(self, reasons: tuple[str, ...]) -> Event[Any] | None:
        """An impossible dealing with an article is refused, and that it was tried is a line of its own."""
        refused: Any = ACTS.get(f"{self.register}.CustodyMoveRefused")
        tried = {"attempted": self.name, "property_id": self.property_id, "reasons": reasons}
        return None if refused is None else refused(meta=self.meta, **tried)

    def kept(self, matter: Matter, **changes: Any) -> Matter:  # noqa: ANN401 (the article's columns)
        """The matter with these changes to the article; unchanged when it is not known."""
        article = self.article(matter)
        if article is None:
            return matter
        return matter.keep(matter.part(Malkhana).keeping([changed(article, **changes)]))


class MovesProperty(ConcernsProperty, ClosesHandOff):
    """An act by which an article comes to another holder or another place: one link of the chain of custody.

    A view writes the link from `property_id`, `holder_after`, `rank_after`, `place_after`, `purpose`, `condition`,
    `seal`, `quantity`, `document` and `meta`; whom it came from is the holder before.
    """

    reaches: ClassVar[State] = "issued"
    """The state in which the act leaves the article."""
    reseals: ClassVar[bool] = False
    """Whether the parcel may come back under another seal."""
    seen: ClassVar[bool] = True
    """Whether anybody has the parcel before his eyes, to compare its seal."""
    by_actor: ClassVar[bool] = True
    """Whether it is the acting officer who gives the article up."""
    overtakes: ClassVar[tuple[HandOff, ...]] = (HAND_OVER, PARCEL, RETURN)

    why: ClassVar[str] = "custody"
    """The purpose of such a move, unless the act says so itself."""

    condition: str = ""
    seal: str = ""
    quantity: Decimal | None = None

    @property
    def giver(self) -> str:
        """The officer who gives the article up; empty when it is not an officer, or not known from the paper."""
        return self.meta.actor.id if self.by_actor else ""

    @property
    def holder_after(self) -> str:
        """Who holds it now: an officer's id, a laboratory, a court, a person's code; empty when that did not change."""
        return self.meta.actor.id

    @property
    def rank_after(self) -> str:
        """The rank of that officer; empty when it is not an officer."""
        return self.meta.actor.rank if self.holder_after == self.meta.actor.id else ""

    @property
    def place_after(self) -> str:
        """Where it is now; empty when that did not change."""
        return ""

    @property
    def state_after(self) -> State:
        """How far custody has come with this act."""
        return self.reaches

    @property
    def purpose(self) -> str:
        """Why it moved."""
        return self.why

    @property
    def document(self) -> str:
        """The paper that proves the move: road certificate, receipt, order, bond; empty when there is none."""
        return ""

    @property
    def impressions(self) -> dict[str, Any]:
        """How many impressions of the seal the act says that there are, and what they show, as far as it does."""
        return {name: getattr(self, name, empty) for name, empty in (("seal_count", 0), ("seal_impression", ""))}

    def quantity_after(self, article: Article) -> Decimal:
        """How much there should be of it after the move."""
        return article.quantity

    def refuse(self, matter: Matter) -> Iterator[str]:
        """The giver is the holder, and a quantity is one that can be weighed or counted."""
        yield from super().refuse(matter)
        article = self.article(matter)
        if article is not None:
            yield from self.refuse_giver(matter, article, self.giver)
        if self.quantity is not None and not measurable(self.quantity):
            yield f"{self.property_id} cannot {self.cannot}: {self.quantity} is no quantity. Give what was weighed."

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Another keeper, an open hand-over, another seal, another weight: each breaks the proof of the chain."""
        yield from super().doubt(matter)
        article = self.article(matter)
        if article is None:
            return
        yield from self.doubt_giver(article, self.giver)
        if article.offered_to and self.holder_after != article.offered_to:
            yield f"{self.property_id} was handed over to {article.offered_to}, who has not taken it over"
        if self.seen and not self.reseals:
            yield from self.doubt_seal(article, self.seal)
        due = self.quantity_after(article)
        if self.quantity is not None and self.quantity != due:
            yield f"{self.property_id} measures {self.quantity} {article.unit} here; by the register it is {due}"

    def apply(self, matter: Matter) -> Matter:
        """One holder, one place, from now on."""
        article = self.article(matter)
        if article is None:
            return matter
        changes: dict[str, Any] = {"holder": self.holder_after, "place": self.place_after}
        changes = {name: value for name, value in changes.items() if value}
        if self.quantity_after(article) != article.quantity:
            changes["quantity"] = self.quantity_after(article)
        if self.reseals:
            changes |= {"seal": self.seal, **self.impressions}
        return self.kept(matter, state=self.state_after, since=self.meta.occurred_at, offered_to="", **changes)


class SeizesProperty(Entry):
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

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Each article has an id of its own, and there is some of it."""
        yield from super().refuse(matter)
        ids = [item.id for item in self.items]
        if not ids:
            yield f"nothing is seized: the memo for {matter.label} lists no article. Give at least one item."
        for each in sorted(set(ids)):
            if not nameable(each):
                yield "an article is listed without an id that a label can hold and paper can show. Give one, as PR/1."
            elif standing(matter, each):
                yield f"{each} cannot be seized: {matter.label} already has an article of that id. Give it a new one."
            elif ids.count(each) > 1:
                yield f"{each} is listed twice in one memo. Give each article its own id."
        for item in self.items:
            if not measurable(item.quantity) or item.quantity == 0:
                yield f"{item.id} cannot be seized: its quantity is {item.quantity}. Give how much there is."

    def apply(self, matter: Matter) -> Matter:
        """Each article is in the hands of the officer who took it."""
        at, entry, malkhana = self.meta.occurred_at, self.meta.version, matter.part(Malkhana)
        fresh = [
            Article(
                property_id=item.id,
                memo=self.document,
                category=item.category,
                quantity=measured(item.quantity),
                unit=item.unit,
                state="seized",
                place=self.place_after,
                holder=self.holder_after,
                since=at,
                seized_at=at,
                seal=item.seal,
                seal_count=item.seal_count,
                seal_impression=item.seal_impression,
                value_paise=item.value_paise,
            )
            for item in self.items
        ]
        return matter.keep(changed(malkhana.keeping(fresh), memos=put(malkhana.memos, self.document, Done(entry, at))))


def begins(register: str) -> str:
    """The act with which custody of articles begins in a register."""
    found = (name for name, cls in ACTS.items() if cls.register == register and issubclass(cls, SeizesProperty))
    return next(found, f"{register}.PropertySeized")


def _seal(seal: str) -> str:
    return f"the seal '{seal}'" if seal else "no seal"
