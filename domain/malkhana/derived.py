"""What is made or taken from an exhibit: a forensic copy, an extract, a part. It is an exhibit of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from domain.common.matter import Matter
from domain.event import changed
from domain.malkhana.article import IN_CUSTODY, WITH_POLICE, Article, Category, Malkhana, nameable, standing
from domain.malkhana.custody import ConcernsProperty
from domain.malkhana.parcel import unopened


@dataclass(frozen=True, kw_only=True)
class DerivedItem:
    """One exhibit that comes from another, with an id of its own; a hash is hexadecimal."""

    id: str
    how: Literal["copy", "extract", "part"]
    category: Category
    description: str
    seal: str = ""
    device_hash: str = ""
    hash_algorithm: str = ""


class DerivesExhibit(ConcernsProperty):
    """From an exhibit a copy, an extract or a part is made or taken: each is an exhibit of its own."""

    cannot = "have an exhibit derived from it"
    leaves = IN_CUSTODY
    where = "in custody"

    items: tuple[DerivedItem, ...]
    also_from: tuple[str, ...] = ()
    place: str
    reason: str
    tool: str = ""
    ended_at: datetime | None = None

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Each with an id of its own; what else it comes from is known."""
        ids = [each.id for each in self.items]
        if not ids:
            yield f"nothing is derived from {self.property_id}. Give at least one exhibit."
        for each in sorted(set(ids)):
            if not nameable(each) or standing(matter, each) or ids.count(each) > 1:
                yield f"exhibit '{each[:40]}' from {self.property_id} needs an id that no other of {matter.label} has."
        for each in self.also_from:
            if standing(matter, each) is None:
                yield f"{self.property_id} and {each} cannot be worked on together: {matter.label} has no {each}."

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """By who has it in hand, from what is open; a copy with its hash; an end after the beginning."""
        if article.state in WITH_POLICE and self.meta.actor.id != article.holder:
            yield f"{self.property_id} is with {article.holder}, and {self.meta.actor.id} works on it"
        for source in filter(None, (standing(matter, each) for each in (self.property_id, *self.also_from))):
            if unopened(source):
                yield (
                    f"{source.property_id} is worked on while the register shows the seal '{source.seal}' whole: it is "
                    f"opened without leave of the court. Record {self.register}.SealBroken first, with the permission"
                )
        if self.ended_at and self.ended_at < self.meta.occurred_at:
            yield f"the work on {self.property_id} ends before it begins"
        for each in self.items:
            if each.how == "copy" and not each.device_hash:
                yield f"{each.id} is a copy of {self.property_id} without a hash"

    def apply(self, matter: Matter) -> Matter:
        """Each is where its source is, or with the officer who made it; the source stays as it is."""
        source = self.article(matter)
        if source is None:
            return matter
        fresh = changed(
            source, since=self.meta.occurred_at, value_paise=None, offered_to="", orders=(), parent=self.property_id,
            quantity=Decimal(1), unit="number", damaged=False, seal_count=0, seal_impression="", certificate="",
            certified_at=None,
        )  # fmt: skip
        if source.state in WITH_POLICE:
            fresh = changed(fresh, state="issued", holder=self.meta.actor.id, place=self.place)
        made = [changed(fresh, property_id=each.id, category=each.category, seal=each.seal) for each in self.items]
        return matter.keep(matter.part(Malkhana).keeping(made))
