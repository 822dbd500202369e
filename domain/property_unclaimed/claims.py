"""Whose is it? The Magistrate's proclamation, claims, the order, and the case to which it turns out to belong.

BNSS s.503 to 505; of the older Code s.457 and what follows it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from domain.common.codes import Code
from domain.common.days import corresponding, day, written
from domain.common.matter import Matter
from domain.common.periods import CLAIM
from domain.common.tie import Tie, TiesRecords
from domain.event import Sealed, changed, put
from domain.malkhana.article import Article, standing
from domain.malkhana.end import DisposesOfProperty, OrdersDisposal
from domain.property_unclaimed.unclaimed import Claims, Unclaimed, UnclaimedEntry, onward

TO_CASE = Tie(
    "belongs to case", "प्रकरण की संपत्ति", register="case", back="case from unclaimed property", column="fir",
    record="fir_record", shared=True,
)  # fmt: skip


class FollowsFind(UnclaimedEntry):
    """An act in a record that begins with a find."""

    property_ids: tuple[str, ...] = ()

    def doubt(self, find: Unclaimed) -> Iterator[str]:
        """After it was found, and about articles that are there."""
        begun = find.part(Claims).begun
        if begun is None:
            yield "nothing is found in this record yet"
        elif self.meta.occurred_at < begun.at:
            yield f"this is dated before {find.label} was registered on {written(begun.at)}"
        for each in self.property_ids:
            if standing(find, each) is None:
                yield f"{find.label} has no article {each}"


class ProclamationIssued(FollowsFind, register="property_unclaimed"):
    """The Magistrate proclaims the articles: who claims them establishes it within six months (BNSS s.503(2))."""

    shows = frozenset({"court"})
    one_sided = "issued to whoever has a claim; each one that is made is an entry of its own"

    court: str
    proclamation: str
    published_in: str = ""

    def doubt(self, find: Unclaimed) -> Iterator[str]:
        """Once."""
        yield from super().doubt(find)
        if was := find.part(Claims).proclaimed:
            yield f"{find.label} was proclaimed already on {written(was.at)}"

    def apply(self, find: Unclaimed) -> Unclaimed:
        """The six months run, since the first time."""
        part = find.part(Claims)
        now = changed(part, proclaimed=part.proclaimed or self.done())
        return find.keep(now, stage=onward(find, "proclaimed"))


class ClaimMade(FollowsFind, register="property_unclaimed"):
    """Somebody claims articles of the find, and says on what ground."""

    shows = frozenset({"claim"})

    claim: str
    claimant: Code
    claimant_name: Sealed
    claimant_address: Sealed | None = None
    ground: Sealed | None = None
    court: str = ""

    def refuse(self, find: Unclaimed) -> Iterator[str]:
        """Each claim has a number of its own."""
        if self.claim in find.part(Claims).made:
            yield f"claim {self.claim} is already entered in {find.label}. Give the new one its own number."

    def doubt(self, find: Unclaimed) -> Iterator[str]:
        """Within the six months."""
        yield from super().doubt(find)
        proclaimed = find.part(Claims).proclaimed
        if proclaimed and day(self.meta.occurred_at) > corresponding(day(proclaimed.at), CLAIM.count):
            yield f"claim {self.claim} comes after the {CLAIM} from the proclamation ({CLAIM.law})"

    def apply(self, find: Unclaimed) -> Unclaimed:
        """It waits for a decision."""
        part = find.part(Claims)
        return find.keep(changed(part, made=put(part.made, self.claim, self.done())), stage=onward(find, "claimed"))


class ClaimDecided(FollowsFind, register="property_unclaimed"):
    """The Magistrate finds a claim established, or not."""

    shows = frozenset({"claim", "outcome"})

    claim: str
    outcome: Literal["established", "not established", "withdrawn"]
    court: str
    order: str = ""

    def refuse(self, find: Unclaimed) -> Iterator[str]:
        """What was claimed is decided, and once."""
        part = find.part(Claims)
        if self.claim not in part.made:
            yield (
                f"claim {self.claim} cannot be decided: {find.label} has no such claim. "
                f"Record {self.register}.ClaimMade first."
            )
        if self.claim in part.decided:
            yield (
                f"claim {self.claim} of {find.label} was found {part.decided[self.claim]}. "
                f"If that is wrong, strike it by {self.register}.EntryCorrected first."
            )

    def apply(self, find: Unclaimed) -> Unclaimed:
        """It is decided."""
        part = find.part(Claims)
        now = changed(part, decided=put(part.decided, self.claim, self.outcome))
        return find.keep(now, stage=onward(find, "claim established" if self.outcome == "established" else "claimed"))


class DisposalOrdered(OrdersDisposal, register="property_unclaimed"):
    """A Magistrate orders what becomes of an article: delivery, sale, the State's disposal (BNSS s.503 to 505)."""

    shows = frozenset({"property_id", "order", "provision", "manner"})

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """The State's only when the six months are over and nobody's claim is established (s.504(1))."""
        yield from super().doubt_article(matter, article)
        part = matter.part(Claims)
        if self.provision == "BNSS 504":
            if part.proclaimed is None:
                yield f"{self.property_id} is put at the State's disposal, and no proclamation is entered"
            elif day(self.meta.occurred_at) <= corresponding(day(part.proclaimed.at), CLAIM.count):
                since = f"within {CLAIM} of the proclamation ({CLAIM.law})"
                yield f"{self.property_id} is put at the State's disposal {since}"
            if "established" in part.decided.values():
                yield f"{self.property_id} is put at the State's disposal, and a claim is established in {matter.label}"

    def apply(self, matter: Matter) -> Matter:
        """The find waits for the order to be carried out."""
        return _stage(super().apply(matter), "ordered")


class PropertyDisposed(DisposesOfProperty, register="property_unclaimed"):
    """The order is carried out and custody ends: the article is returned, sold, destroyed, transferred."""

    shows = frozenset({"property_id", "place"})

    def apply(self, matter: Matter) -> Matter:
        """Of this article nothing is left to be done."""
        return _stage(super().apply(matter), "disposed of")


class LinkedToCase(TiesRecords, FollowsFind, register="property_unclaimed"):
    """What was found turns out to belong to a case: each names the other; their chain goes on here."""

    shows = frozenset({"fir"})
    kinds = (TO_CASE,)

    fir: str
    fir_record: UUID | None = None
    reason: str = ""

    def apply(self, find: Unclaimed) -> Unclaimed:
        """The case is named."""
        return changed(self.tying(find), stage=onward(find, "belongs to a case"))


def _stage(matter: Matter, stage: str) -> Matter:
    return changed(matter, stage=onward(matter, stage)) if isinstance(matter, Unclaimed) else matter
