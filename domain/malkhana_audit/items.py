"""What an audit finds of one item: seen as the register has it, or otherwise, or not at all; and of a whole list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Literal
from uuid import UUID

from domain.common.beside import Named
from domain.event import changed, put
from domain.malkhana.article import measurable
from domain.malkhana_audit.audit import Audit, FollowsOpening, Missed, Stocktaking, onward


class ConcernsItem(FollowsOpening):
    """An act about one item of the shelf or of the register."""

    what = "an item"

    matter: str
    property_id: str
    article_record: UUID | None = None
    place: str = ""

    @property
    def differs(self) -> bool:
        """Whether shelf and register differ."""
        return True

    @property
    def key(self) -> str:
        """By what an item is known in the audit."""
        return f"{self.matter} {self.property_id}"

    def refuse(self, audit: Audit) -> Iterator[str]:
        """An item is either on the shelf or not: what was seen is not missed, and the other way round."""
        yield from super().refuse(audit)
        was = audit.part(Stocktaking).seen.get(self.key, "")
        mine = type(self).__name__
        if was and "ItemNotFound" in {was, mine} and was != mine:
            yield (
                f"{self.key} cannot be {WORDS[mine]}: in {audit.label} it was {WORDS[was]}. "
                f"If that is wrong, strike it by {self.register}.EntryCorrected first."
            )

    def doubt(self, audit: Audit) -> Iterator[str]:
        """The same of the same item twice."""
        yield from super().doubt(audit)
        if audit.part(Stocktaking).seen.get(self.key) == type(self).__name__:
            yield f"{self.key} was {WORDS[type(self).__name__]} in {audit.label} before"

    def apply(self, audit: Audit) -> Audit:
        """It has been looked for, and what differs is counted."""
        part = audit.part(Stocktaking)
        seen = put(part.seen, self.key, type(self).__name__)
        return audit.keep(changed(part, seen=seen, differences=part.differences + self.differs))


class ItemSighted(ConcernsItem, register="malkhana_audit"):
    """An item is seen on the shelf, as the register has it as far as it was looked at."""

    shows = frozenset({"matter", "property_id", "seal_state"})

    seal: str = ""
    seal_state: Literal["not looked at", "whole", "broken", "none"] = "not looked at"
    quantity: Decimal | None = None
    unit: str = ""
    label: str = ""

    @property
    def differs(self) -> bool:
        """A parcel whose seal is not whole is not as the register has it, under whichever seal that is."""
        return self.seal_state == "broken"

    def refuse(self, audit: Audit) -> Iterator[str]:
        """A quantity is one that can be weighed or counted, and a seal that is named is there."""
        yield from super().refuse(audit)
        if self.seal and self.seal_state == "none":
            yield f"{self.key} cannot be seen under the seal {self.seal} and under none. Leave one of the two out."
        if self.quantity is not None and not measurable(self.quantity):
            yield f"{self.key} cannot be seen with {self.quantity} of it. Give what was weighed or counted."

    def doubt(self, audit: Audit) -> Iterator[str]:
        """A seal that is not whole."""
        yield from super().doubt(audit)
        if self.seal_state == "broken":
            yield f"the seal of {self.key} is not whole"


class ItemNotFound(ConcernsItem, register="malkhana_audit"):
    """The register has an item on this shelf, and it is not there."""

    shows = frozenset({"matter", "property_id"})

    def apply(self, audit: Audit) -> Audit:
        """It is missed, until somebody says in its own record what became of it."""
        after = super().apply(audit)
        part, mine = after.part(Stocktaking), Missed(Named(self.matter, self.article_record), self.property_id)
        return after.keep(changed(part, missed=put(part.missed, self.key, mine)))


class ItemUnrecorded(ConcernsItem, register="malkhana_audit"):
    """An item is on the shelf, and the register has none of that name; or it bears no label, and is described."""

    shows = frozenset({"matter", "property_id"})

    matter: str = ""
    property_id: str = ""
    description: str = ""
    alike: int = 1
    quantity: Decimal | None = None
    unit: str = ""
    seal: str = ""
    label: str = ""

    @property
    def key(self) -> str:
        """Without a label, by what it is and where it lies, and which of several such it is."""
        if self.property_id:
            return super().key
        which = f", no. {self.alike}" if self.alike > 1 else ""
        of = f" of {self.matter}" if self.matter else ""
        return f"what lies without a label{of} in {self.place or 'no named place'} ({self.description}{which})"

    def refuse(self, audit: Audit) -> Iterator[str]:
        """It is known by its label, or by what it is."""
        yield from super().refuse(audit)
        if not self.property_id and not self.description:
            yield "a thing without a label cannot be found unrecorded without a description. Say what it is."
        if self.property_id and not self.matter:
            yield f"{self.property_id} cannot be found unrecorded without its matter. Give the number on its label."
        if self.alike < 1:
            yield "things that are alike count from 1: the first, the second and so on."
        if self.quantity is not None and not measurable(self.quantity):
            yield f"{self.key} cannot be found with {self.quantity} of it. Give what was weighed or counted."


class PlaceMismatched(ConcernsItem, register="malkhana_audit"):
    """An item is on the shelf in another place than the register has it, or though the register has it elsewhere."""

    shows = frozenset({"matter", "property_id"})

    register_place: str


class QuantityMismatched(ConcernsItem, register="malkhana_audit"):
    """There is more or less of an item on the shelf than the register has."""

    shows = frozenset({"matter", "property_id"})

    quantity: Decimal
    unit: str = ""
    register_quantity: Decimal
    register_unit: str = ""

    def refuse(self, audit: Audit) -> Iterator[str]:
        """Both quantities are such as can be weighed or counted."""
        yield from super().refuse(audit)
        for each in (self.quantity, self.register_quantity):
            if not measurable(each):
                yield f"{self.key} cannot be found with {each} of it. Give what was weighed or counted."


class SealMismatched(ConcernsItem, register="malkhana_audit"):
    """An item on the shelf bears another seal than the register has, or none."""

    shows = frozenset({"matter", "property_id"})

    seal: str = ""
    register_seal: str = ""


WORDS = {
    "ItemSighted": "seen",
    "ItemNotFound": "not found",
    "ItemUnrecorded": "found unrecorded",
    "PlaceMismatched": "found in another place",
    "QuantityMismatched": "found in another quantity",
    "SealMismatched": "found under another seal",
}


class StockListReconciled(FollowsOpening, register="malkhana_audit"):
    """A list of the shelf was compared with the register: what agreed is counted, each difference has its entry."""

    shows = frozenset({"digest", "agreed", "whole"})
    what = "a stock list"

    digest: str
    file: str = ""
    lines: int
    refused_lines: int = 0
    in_register: int
    agreed: int
    differences: int
    moved_since: int = 0
    whole: bool = True

    def refuse(self, audit: Audit) -> Iterator[str]:
        """Each list once; and not before its differences are entered."""
        yield from super().refuse(audit)
        part = audit.part(Stocktaking)
        counts = ("lines", "refused_lines", "in_register", "agreed", "differences", "moved_since")
        if below := [each for each in counts if getattr(self, each) < 0]:
            yield f"a list cannot be compared with {', '.join(below)} below nothing. Give what was counted."
        if self.agreed > min(self.lines, self.in_register):
            yield (
                f"{self.agreed} lines cannot agree of {self.lines} in the list, with {self.in_register} articles of "
                "the register on this shelf. Give what was counted."
            )
        if self.digest in part.lists:
            yield f"this list was already compared in {audit.label}. Compare the one that was taken anew."
        if part.begun and self.whole and self.refused_lines:
            yield (
                f"a list of which {self.refused_lines} lines could not be read does not make the count whole. "
                "Correct these lines, and compare it again."
            )

    def apply(self, audit: Audit) -> Audit:
        """The list is compared; if it was of the whole shelf, everything has been looked for."""
        part = audit.part(Stocktaking)
        part = replace(part, lists=put(part.lists, self.digest, self.agreed))
        if self.whole:
            part = replace(part, counted=part.counted or self.done())
        return audit.keep(part, stage=onward(audit, "counted") if self.whole else audit.stage)
