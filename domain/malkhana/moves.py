"""Into the malkhana, within it, and from officer to officer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from domain.common.days import day, written
from domain.common.handoff import HandsOff
from domain.common.matter import Matter
from domain.common.periods import OVERNIGHT
from domain.event import put
from domain.malkhana.article import HAND_OVER, RETURN, WITH_OFFICER, WITH_POLICE, Article, Malkhana, State, whole
from domain.malkhana.custody import ConcernsProperty, MovesProperty

REGISTER = "malkhana register"
"""How the paper of a deposit begins, before the serial and its year."""


class DepositsProperty(MovesProperty):
    """The keeper takes an article into the malkhana under a serial of its register. He is not the depositor."""

    cannot = "be deposited"
    leaves = WITH_OFFICER
    where = "with an officer"
    first = "PropertyTakenOver"
    reaches = "deposited"
    why = "safe custody"
    answers = (RETURN,)

    malkhana_serial: int
    malkhana_year: int
    place: str
    depositor: str
    depositor_rank: str = ""
    keeper: str
    keeper_rank: str = ""
    gd_entry: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    specimen_seal_deposited: bool = False
    refrigerated: bool = False
    label: str = ""
    bank: str = ""
    bank_receipt: str = ""
    delay_reason: str = ""

    @property
    def giver(self) -> str:
        """The depositor."""
        return self.depositor

    @property
    def holder_after(self) -> str:
        """The keeper (malkhana moharrir)."""
        return self.keeper

    @property
    def rank_after(self) -> str:
        """His rank."""
        return self.keeper_rank

    @property
    def place_after(self) -> str:
        """Room, almirah, rack or bin."""
        return self.place

    @property
    def document(self) -> str:
        """The serial in the malkhana register."""
        return f"{REGISTER} {self.malkhana_serial}/{self.malkhana_year}"

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Nobody deposits with himself, and serials count from 1."""
        if self.malkhana_serial < 1:
            yield (
                f"{self.property_id} cannot be deposited under serial {self.malkhana_serial}: a malkhana register "
                "counts from 1. Give the serial as it stands there."
            )
        if self.keeper == self.depositor:
            yield (
                f"{self.property_id} cannot be deposited by {self.depositor} with himself: {matter.label} needs a "
                "depositor and a keeper. Name the other person."
            )

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Kept overnight, no diary entry, no specimen, unfit storage, a third hand, a serial of elsewhere."""
        kept = self.meta.occurred_at - article.seized_at
        if article.state == "seized" and kept > OVERNIGHT.span and not self.delay_reason:
            yield f"{self.property_id} was deposited more than {OVERNIGHT} after its seizure, without a reason"
        if not self.gd_entry:
            yield f"the deposit of {self.property_id} names no General Diary entry"
        if article.seal and not self.specimen_seal_deposited:
            yield f"no specimen of the seal of {self.property_id} was deposited"
        if article.category == "biological or medical sample" and not self.refrigerated:
            yield f"{self.property_id} is a biological sample and is not kept refrigerated"
        if self.meta.actor.id not in {self.depositor, self.keeper}:
            yield f"{self.meta.actor.id} entered the deposit of {self.property_id}, neither depositor nor keeper"
        serials = matter.part(Malkhana).serials
        if self.document not in serials and self.malkhana_year != day(self.meta.occurred_at).year:
            yield (
                f"{self.property_id} is deposited on {written(self.meta.occurred_at)} as {self.document}, a serial of "
                "another year: look it up in the register"
            )
        other = serials.get(self.document, self.property_id)
        if whole(matter, other) != whole(matter, self.property_id):
            yield f"{self.property_id} is deposited as {self.document}, which is the serial of {other}"

    def apply(self, matter: Matter) -> Matter:
        """Its serial is taken."""
        after = super().apply(matter)
        part = after.part(Malkhana)
        serials = put(part.serials, self.document, part.serials.get(self.document, self.property_id))
        return after.keep(replace(part, serials=serials))


class MovesWithinMalkhana(MovesProperty):
    """An article is put in another place within the malkhana; its keeper stays the same."""

    cannot = "be moved within the malkhana"
    leaves = ("deposited",)
    where = "in the malkhana"
    first = "PropertyDeposited"
    reaches = "deposited"

    place: str
    reason: str
    bank: str = ""
    bank_receipt: str = ""

    @property
    def holder_after(self) -> str:
        """Nobody else."""
        return ""

    @property
    def place_after(self) -> str:
        """Room, almirah, rack or bin."""
        return self.place

    @property
    def purpose(self) -> str:
        """Why it was moved."""
        return self.reason

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """A move that changes nothing."""
        if self.place == article.place:
            yield f"{self.property_id} already lies in {self.place}"


class HandsOverProperty(HandsOff, ConcernsProperty):
    """The holder hands an article over to another officer. He stays answerable until the other takes it over."""

    cannot = "be handed over"
    leaves = WITH_POLICE
    where = "with the police"
    between_officers = True
    hand_off = HAND_OVER

    to_officer: str
    to_rank: str = ""
    purpose: str
    condition: str = ""
    seal: str = ""
    receipt: str = ""

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Only the holder hands over, and to someone else."""
        giver = self.meta.actor.id
        yield from self.refuse_giver(matter, article, giver)
        if self.to_officer in {giver, article.holder}:
            yield (
                f"{self.property_id} cannot be handed over to {self.to_officer}: {matter.label} shows it "
                f"{article.whereabouts}, and a hand-over needs two persons. Name another officer."
            )

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Another seal, or a hand-over to a second officer while the first has not answered."""
        yield from self.doubt_seal(article, self.seal)
        if article.offered_to and article.offered_to != self.to_officer:
            yield f"{self.property_id} was handed over to {article.offered_to}, who has not taken it over"

    def apply(self, matter: Matter) -> Matter:
        """It is on offer; the holder has not changed."""
        return self.kept(matter, offered_to=self.to_officer)


class TakesOverProperty(MovesProperty):
    """The officer to whom an article was handed over takes it over and becomes its only holder."""

    cannot = "be taken over"
    leaves = WITH_POLICE
    where = "with the police"
    between_officers = True
    answers = (HAND_OVER, RETURN)

    from_officer: str
    place: str
    reason: str
    receipt: str = ""
    as_keeper: bool = False
    audit: str = ""

    @property
    def giver(self) -> str:
        """The officer who handed it over."""
        return self.from_officer

    @property
    def place_after(self) -> str:
        """Where he keeps it."""
        return self.place

    @property
    def state_after(self) -> State:
        """A new keeper takes over what stays on its shelf."""
        return "deposited" if self.as_keeper else "issued"

    @property
    def purpose(self) -> str:
        """What he needs it for."""
        return self.reason

    @property
    def document(self) -> str:
        """The receipt he signed."""
        return self.receipt

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """A new keeper takes charge of what was counted."""
        if self.as_keeper and not self.audit:
            yield f"{self.meta.actor.id} takes {self.property_id} over as keeper, and no audit is named"

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Taken over is what was handed over to this officer by another."""
        taker = self.meta.actor.id
        if article.offered_to != taker:
            offered = f"to {article.offered_to}" if article.offered_to else "to nobody"
            yield (
                f"{self.property_id} cannot be taken over by {taker}: {matter.label} shows it handed over {offered}. "
                f"Record {self.register}.PropertyHandedOver first."
            )
        if self.from_officer == taker:
            yield f"{self.property_id} cannot be taken over by {taker} from himself. Name who handed it over."
        if self.as_keeper and article.state != "deposited":
            yield (
                f"{self.property_id} cannot be taken over as keeper: {matter.label} shows it {article.whereabouts}. "
                f"Record {self.register}.PropertyDeposited instead."
            )
