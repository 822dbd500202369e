"""The parcel itself: seals broken and set anew, the Magistrate's certificate of its inventory, samples drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.common.codes import CodeOrOfficer
from domain.common.days import day
from domain.common.matter import Matter
from domain.event import changed
from domain.malkhana.article import (
    IN_CUSTODY,
    OPENED_THERE,
    WITH_POLICE,
    Article,
    Malkhana,
    measurable,
    measured,
    nameable,
    standing,
)
from domain.malkhana.custody import ConcernsProperty
from domain.malkhana.units import in_unit


class BreaksSeal(ConcernsProperty):
    """A parcel is opened, or its seal is found broken. It stays open until it is sealed again under a named seal."""

    cannot = "have its seal broken"
    leaves = IN_CUSTODY
    where = "in custody"
    does = does_there = "opens it"

    seal: str
    reason: str
    permission: str = ""
    present: tuple[CodeOrOfficer, ...] = ()

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Only what is sealed can be opened, and what an officer holds by him."""
        yield from self.refuse_giver(matter, article, self.meta.actor.id)
        if not article.seal:
            yield (
                f"{self.property_id} cannot have its seal broken: {matter.label} shows it open. "
                f"Record {self.register}.PropertyResealed first."
            )

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """A stranger at the shelf, another seal, or opened without leave of the court, elsewhere than there."""
        yield from self.doubt_giver(article, self.meta.actor.id)
        yield from self.doubt_seal(article, self.seal)
        if not self.permission and article.state not in OPENED_THERE:
            yield f"{self.property_id} is opened without leave of the court"

    def apply(self, matter: Matter) -> Matter:
        """The parcel is open."""
        return self.kept(matter, seal="", seal_count=0, seal_impression="")


class ResealsParcel(ConcernsProperty):
    """A parcel is sealed, at first or again. The new seal is named, and left with another person after use."""

    cannot = "be sealed"
    leaves = IN_CUSTODY
    where = "in custody"
    does = does_there = "seals it"

    seal: str
    reason: str
    seal_count: int = 1
    seal_impression: str = ""
    seal_kept_by: CodeOrOfficer = ""
    permission: str = ""
    present: tuple[CodeOrOfficer, ...] = ()

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Every new seal is named, and on what an officer holds it is he who sets it."""
        yield from self.refuse_giver(matter, article, self.meta.actor.id)
        if not self.seal.strip():
            yield f"{self.property_id} cannot be sealed without naming the seal: give its letter or number."

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """By a stranger at the shelf, over a whole seal, without the court's leave, or the seal left in one hand."""
        yield from self.doubt_giver(article, self.meta.actor.id)
        if article.seal:
            yield f"{self.property_id} is sealed again while the register shows the seal '{article.seal}' whole"
        if not self.permission and article.state not in {"seized", *OPENED_THERE}:
            yield f"{self.property_id} is sealed again without leave of the court"
        if self.seal_kept_by in {"", self.meta.actor.id}:
            yield f"the seal set on {self.property_id} was left with no other person after use"

    def apply(self, matter: Matter) -> Matter:
        """It is under this seal."""
        return self.kept(matter, seal=self.seal, seal_count=self.seal_count, seal_impression=self.seal_impression)


class CertifiesInventory(ConcernsProperty):
    """A Magistrate certifies the inventory, the photographs or the samples of a seized drug (NDPS s.52A)."""

    cannot = "have its inventory certified"
    leaves = IN_CUSTODY
    where = "in custody"

    court: str
    certificate: str
    photographs: int = 0

    def apply(self, matter: Matter) -> Matter:
        """The certificate goes with the article and with every sample drawn from it later."""
        return self.kept(matter, certificate=self.certificate, certified_at=self.meta.occurred_at)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A part drawn from an article, with an id of its own; grams of a kilogram add up with it."""

    id: str
    quantity: Decimal
    unit: str
    seal: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    duplicate: bool = False
    label: str = ""
    label_signed_by: tuple[CodeOrOfficer, ...] = ()


class SplitsProperty(ConcernsProperty):
    """Samples are drawn from an article. What they, the remainder and the test used must add up to what there was."""

    cannot = "be split"
    leaves = (*WITH_POLICE, "at laboratory", "in court")
    where = "with the police, at a laboratory or in court"
    does = "splits it"
    does_there = "splits it"

    samples: tuple[Sample, ...]
    remaining: Decimal
    consumed: Decimal = Decimal(0)
    reason: str
    seal: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    present: tuple[CodeOrOfficer, ...] = ()

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """By the holder; each sample with an id of its own; quantities that add up exactly, in whatever metric unit."""
        yield from self.refuse_giver(matter, article, self.meta.actor.id)
        ids = [sample.id for sample in self.samples]
        if not ids:
            yield f"{self.property_id} cannot be split into nothing. Give at least one sample."
        for each in sorted(set(ids)):
            if not nameable(each) or standing(matter, each) or ids.count(each) > 1:
                yield f"sample '{each[:40]}' of {self.property_id} needs an id that no other of {matter.label} has."
        for sample in self.samples:
            if in_unit(sample.quantity, sample.unit, article.unit) is None:
                yield (
                    f"sample {sample.id} is measured in {sample.unit}, and {matter.label} measures {self.property_id} "
                    f"in {article.unit}. Give the quantity in {article.unit}."
                )
        yield from self._refuse_sum(matter, article)

    def _refuse_sum(self, matter: Matter, article: Article) -> Iterator[str]:
        drawn = (in_unit(each.quantity, each.unit, article.unit) or each.quantity for each in self.samples)
        parts = [*drawn, self.remaining, self.consumed]
        told = [each.quantity for each in self.samples]
        if not all(map(measurable, [*parts, *told])) or any(sample.quantity == 0 for sample in self.samples):
            yield f"{self.property_id} cannot be split: a quantity is zero, negative or no number. Give the weights."
        elif self.consumed and article.state != "at laboratory":
            yield (
                f"{self.property_id} cannot be split with {self.consumed} {article.unit} consumed: {matter.label} "
                f"shows it {article.whereabouts}, and only a laboratory's test uses a part up. Give it as remaining, "
                f"or record {self.register}.PropertyReturnedFromLaboratory with what the laboratory states."
            )
        elif sum(parts) != article.quantity:
            yield (
                f"{self.property_id} cannot be split: samples, remainder and use make {sum(parts)} {article.unit}, "
                f"and {matter.label} shows {article.quantity}. Give quantities that add up."
            )

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """A stranger at the shelf, a seal opened without leave, unsealed parts, a drug without a certificate."""
        yield from self.doubt_giver(article, self.meta.actor.id)
        if unopened(article) and not before_magistrate(article, self.meta.occurred_at):
            yield (
                f"{self.property_id} is split while the register shows the seal '{article.seal}' whole: it is opened "
                f"without leave of the court. Record {self.register}.SealBroken first, with the permission"
            )
        for sample in self.samples:
            if not sample.seal:
                yield f"sample {sample.id} is not sealed"
        if self.remaining and not self.seal:
            yield f"what remains of {self.property_id} is not sealed"
        if article.category == "drugs" and not article.certificate:
            yield f"{self.property_id} is sampled without the Magistrate's certificate of its inventory (NDPS s.52A)"

    def apply(self, matter: Matter) -> Matter:
        """Each sample is where its parent is, with the same holder; the parent keeps what remains."""
        parent = self.article(matter)
        if parent is None:
            return matter
        fresh = changed(parent, since=self.meta.occurred_at, value_paise=None, offered_to="", orders=())
        drawn = [
            changed(
                fresh,
                property_id=each.id,
                parent=self.property_id,
                seal=each.seal,
                seal_count=each.seal_count,
                seal_impression=each.seal_impression,
                quantity=measured(each.quantity),
                unit=each.unit,
            )
            for each in self.samples
        ]
        left: dict[str, Any] = {
            "quantity": measured(self.remaining),
            "seal": self.seal,
            "seal_count": self.seal_count,
            "seal_impression": self.seal_impression,
        }
        ended = {} if left["quantity"] else {"state": "used up"}
        return self.kept(matter.keep(matter.part(Malkhana).keeping(drawn)), **left, **ended)


def unopened(article: Article) -> bool:
    """Whether by the register it is sealed, and where nobody opens it without leave of the court."""
    return bool(article.seal) and article.state not in OPENED_THERE


def before_magistrate(article: Article, at: datetime) -> bool:
    """Whether samples drawn then were drawn before the Magistrate who certified them that day (NDPS s.52A)."""
    return article.certified_at is not None and day(article.certified_at) == day(at)
