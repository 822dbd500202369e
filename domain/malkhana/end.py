"""How custody ends, by an order that is carried out; and how it is interrupted, by loss or damage."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar, Literal

from domain.common.codes import Code, CodeOrOfficer, unreadable
from domain.common.days import corresponding, day
from domain.common.matter import Matter
from domain.common.periods import DISPOSAL
from domain.event import Sealed
from domain.malkhana.article import IN_CUSTODY, Article, Order, State
from domain.malkhana.custody import ConcernsProperty, MovesProperty

AFTER_TRIAL = {"BNSS 498", "CrPC 452"}
NOT_HELD = {"livestock", "perishable"}
SP_SALE_BELOW_PAISE = 500_00

Manner = Literal["returned", "auctioned", "destroyed", "confiscated", "transferred", "written off"]


class OrdersDisposal(ConcernsProperty):
    """A court orders what becomes of an article (BNSS s.497, 498, 503), or an SP its sale (s.106(3) proviso)."""

    cannot = "be ordered disposed of"

    order: str
    authority: str
    provision: Literal[
        "BNSS 497", "BNSS 498", "BNSS 503", "BNSS 504", "BNSS 505", "BNSS 106(3)", "CrPC 451", "CrPC 452", "CrPC 457",
        "other",
    ]  # fmt: skip
    manner: Manner
    recipient_code: Code = ""
    recipient: Sealed | None = None
    on_bond: bool = False

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """An order has a number, by which its execution is tied to it."""
        if not self.order.strip():
            yield f"{self.property_id} cannot be ordered disposed of by an order without a number. Give its number."
        if self.recipient is not None:
            yield from unreadable(matter.label, self.recipient_code, "recipient_code")

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """The same order twice; an SP's sale of what is worth five hundred rupees or more."""
        if any(each.number == self.order for each in article.orders):
            yield f"order {self.order} on {self.property_id} is already entered"
        if self.provision == "BNSS 106(3)" and (article.value_paise or 0) >= SP_SALE_BELOW_PAISE:
            yield f"{self.property_id} is worth {article.value_paise} paise; an SP orders sales below 50000 (s.106(3))"

    def apply(self, matter: Matter) -> Matter:
        """The order waits to be carried out."""
        article = self.article(matter)
        if article is None:
            return matter
        order = Order(self.order, self.provision, self.manner, self.meta.occurred_at, self.on_bond)
        return self.kept(matter, orders=(*article.orders, order))


class EndsCustody(MovesProperty):
    """An act after which the police have nothing more to do with the article. An empty `holder_after` means nobody."""

    reaches: ClassVar[State] = "disposed"

    def apply(self, matter: Matter) -> Matter:
        """Nobody in this register answers for it any more."""
        return self.kept(super().apply(matter), holder=self.holder_after)


class DisposesOfProperty(EndsCustody):
    """The order is carried out and custody ends: the article is returned, sold, destroyed, confiscated, transferred."""

    cannot = "be disposed of"
    why = "disposal"

    order: str
    manner: Manner
    place: str
    recipient_code: Code = ""
    recipient: Sealed | None = None
    recipient_office: str = ""
    receipt: str = ""
    proceeds_paise: int | None = None
    present: tuple[CodeOrOfficer, ...] = ()

    @property
    def holder_after(self) -> str:
        """The person's code, or the office that received it; nobody for what no longer exists."""
        return self.recipient_code or self.recipient_office

    @property
    def rank_after(self) -> str:
        """None."""
        return ""

    @property
    def place_after(self) -> str:
        """Where it was disposed of."""
        return self.place

    @property
    def purpose(self) -> str:
        """How it ended."""
        return self.manner

    @property
    def document(self) -> str:
        """The order."""
        return self.order

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """No end without an order, and nobody can give what is missing."""
        numbers = [each.number for each in article.orders]
        if self.order not in numbers:
            yield (
                f"{self.property_id} cannot be disposed of under {self.order or 'no order'}: {matter.label} shows "
                f"{', '.join(numbers) or 'no order'}. Record {self.register}.DisposalOrdered first."
            )
        lost, off = article.state == "missing", self.manner == "written off"
        if lost != off and not (off and article.damaged):
            first = "PropertyFound" if lost else f"PropertyMissing or {self.register}.PropertyDamaged"
            yield (
                f"{self.property_id} cannot be {self.manner}: {matter.label} shows it {article.whereabouts}, and what "
                f"is missing or damaged, and only that, is written off. Record {self.register}.{first} first."
            )
        if self.recipient is not None:
            yield from unreadable(matter.label, self.recipient_code, "recipient_code")

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Otherwise than ordered, within the two months of s.498(4), while elsewhere, or to nobody."""
        for order in [each for each in article.orders if each.number == self.order][-1:]:
            if order.manner != self.manner:
                yield f"{self.property_id} was ordered {order.manner} and is {self.manner}"
            if self.meta.occurred_at < order.at:
                yield f"{self.property_id} was disposed of before order {self.order} was made"
            elif _held(order, article) and day(self.meta.occurred_at) <= corresponding(day(order.at), DISPOSAL.count):
                yield f"{self.property_id} is disposed of within {DISPOSAL} of order {self.order} ({DISPOSAL.law})"
        if article.state in {"on the way", "at laboratory", "rejected"}:
            yield f"{self.property_id} is disposed of while the register shows it {article.whereabouts}"
        if self.manner in {"returned", "transferred"} and not self.holder_after:
            yield f"{self.property_id} is {self.manner} to nobody named"


class MissesProperty(MovesProperty):
    """An article is not where the register shows it. Its last holder stays answerable."""

    cannot = "be reported missing"
    leaves = IN_CUSTODY
    where = "in custody"
    reaches = "missing"
    by_actor = False
    seen = False
    why = "not found"
    overtakes = ()

    last_seen_at: datetime | None = None
    inquiry: str = ""

    @property
    def holder_after(self) -> str:
        """As before: he answers for it."""
        return ""

    @property
    def place_after(self) -> str:
        """Not known."""
        return "not known"

    @property
    def document(self) -> str:
        """The inquiry ordered."""
        return self.inquiry


class FindsProperty(MovesProperty):
    """A missing article is found, and the acting officer takes it."""

    cannot = "be found"
    leaves = ("missing",)
    where = "missing"
    first = "PropertyMissing"
    by_actor = False
    why = "found"

    place: str
    inquiry: str = ""

    @property
    def place_after(self) -> str:
        """Where it was found."""
        return self.place

    @property
    def document(self) -> str:
        """The inquiry's finding."""
        return self.inquiry


class FindsDamaged(ConcernsProperty):
    """An article in custody is found damaged. Its holder stays answerable; by order it may be written off."""

    cannot = "be found damaged"
    leaves = IN_CUSTODY
    where = "in custody"

    damage: str
    cause: Literal["not known", "fire", "water", "pests", "decay", "handling", "other"] = "not known"
    inquiry: str = ""

    def apply(self, matter: Matter) -> Matter:
        """It is damaged, where it is."""
        return self.kept(matter, damaged=True)


def _held(order: Order, article: Article) -> bool:
    """Whether the order may not be carried out for two months: not for livestock, perishables or against a bond."""
    return order.provision in AFTER_TRIAL and article.category not in NOT_HELD and not order.on_bond
