"""An exhibit's way to the forensic laboratory and back: the road certificate, the laboratory's receipt, the return."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.common.matter import Matter
from domain.common.periods import DNA_TO_LABORATORY, DRUGS_TO_LABORATORY
from domain.malkhana.article import PARCEL, Article, State, measurable, measured
from domain.malkhana.carrying import CarriesProperty
from domain.malkhana.custody import MovesProperty

DISPATCH_WITHIN = {"drugs": DRUGS_TO_LABORATORY, "biological or medical sample": DNA_TO_LABORATORY}
"""NDPS Standing Order 1/88, and Kattavellai v. State of Tamil Nadu, 2025 INSC 845. Later is late, not impossible."""


class SendsToLaboratory(CarriesProperty):
    """A sealed exhibit leaves the malkhana for the laboratory under a road certificate."""

    cannot = "go to the laboratory"
    leaves = ("deposited",)
    where = "in the malkhana"
    first = "PropertyDeposited"
    reaches = "on the way"
    why = "forensic examination"
    hand_off = PARCEL

    laboratory: str
    road_certificate: str = ""
    forwarding_note: str = ""
    route: str = ""
    parcels: int = 1
    seal_count: int = 0
    seal_impression: str = ""
    specimen_seal_sent: bool = False
    delay_reason: str = ""

    @property
    def place_after(self) -> str:
        """On the road."""
        return f"on the way to {self.laboratory}"

    @property
    def document(self) -> str:
        """The road certificate: an acknowledgement, not a receipt."""
        return self.road_certificate

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """No road certificate, no specimen of the seal, no certified inventory, or late."""
        if not self.road_certificate:
            yield f"{self.property_id} goes to {self.laboratory} without a road certificate"
        if article.seal and not self.specimen_seal_sent:
            yield f"no specimen of the seal of {self.property_id} goes with it"
        if article.category == "drugs" and not article.certificate:
            yield f"{self.property_id} goes without the Magistrate's certificate of its inventory (NDPS s.52A)"
        limit = DISPATCH_WITHIN.get(article.category)
        if limit and self.meta.occurred_at - article.seized_at > limit.span and not self.delay_reason:
            yield f"{self.property_id} goes to the laboratory later than {limit} after its seizure, unexplained"


class LaboratoryReceives(MovesProperty):
    """The laboratory takes the parcel in, gives its own receipt, and says whether the seal is whole."""

    cannot = "be received by the laboratory"
    leaves = ("on the way",)
    where = "on the way to a laboratory"
    first = "PropertySentToLaboratory"
    reaches = "at laboratory"
    by_actor = False
    why = "forensic examination"
    answers = (PARCEL,)

    laboratory: str
    receipt: str = ""
    received_by: str = ""
    received_by_rank: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    seal_intact: bool = True

    @property
    def holder_after(self) -> str:
        """The laboratory."""
        return self.laboratory

    @property
    def place_after(self) -> str:
        """The laboratory."""
        return self.laboratory

    @property
    def document(self) -> str:
        """The laboratory's receipt, a paper of its own beside the road certificate."""
        return self.receipt

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Another laboratory, a broken seal, no receipt."""
        if not is_at(article, self.laboratory):
            yield f"{self.property_id} is received by {self.laboratory}; the register shows it {article.place}"
        if not self.seal_intact:
            yield f"{self.laboratory} found the seal of {self.property_id} broken"
        if not self.receipt:
            yield f"{self.laboratory} gave no receipt for {self.property_id}"


class LaboratoryRejects(MovesProperty):
    """The laboratory will not examine the exhibit, and says why. It waits there to be taken back."""

    cannot = "be rejected by the laboratory"
    leaves = ("on the way", "at laboratory")
    where = "at a laboratory or on the way there"
    first = "PropertySentToLaboratory"
    reaches = "rejected"
    by_actor = False
    why = "rejected by the laboratory"
    answers = (PARCEL,)

    laboratory: str
    reason: str
    letter: str = ""

    @property
    def holder_after(self) -> str:
        """At the counter the carrier keeps it, later the laboratory: as before."""
        return ""

    @property
    def place_after(self) -> str:
        """The laboratory."""
        return self.laboratory

    @property
    def document(self) -> str:
        """The letter of rejection."""
        return self.letter

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Another laboratory."""
        if not is_at(article, self.laboratory):
            yield f"{self.property_id} is rejected by {self.laboratory}; the register shows it {article.whereabouts}"


class LaboratoryReturns(CarriesProperty):
    """The carrier takes the exhibit back, under the laboratory's seal, less what the test has consumed."""

    cannot = "be returned from the laboratory"
    leaves = ("at laboratory", "rejected")
    where = "at a laboratory"
    first = "PropertySentToLaboratory"
    reseals = True
    by_actor = False
    why = "return from the laboratory"

    laboratory: str
    letter: str = ""
    seal_count: int = 0
    seal_impression: str = ""
    consumed: Decimal = Decimal(0)

    @property
    def place_after(self) -> str:
        """On the road."""
        return f"on the way back from {self.laboratory}"

    @property
    def document(self) -> str:
        """The laboratory's letter of return."""
        return self.letter

    @property
    def state_after(self) -> State:
        """With the carrier; but what was consumed to the last has no next holder."""
        return "issued" if self.quantity is None or self.quantity else "used up"

    @property
    def under_way(self) -> bool:
        """Unless the test has used it up: then nothing comes back."""
        return self.state_after != "used up"

    def quantity_after(self, article: Article) -> Decimal:
        """What went in, less what the test consumed."""
        return max(article.quantity - measured(self.consumed), Decimal(0))

    def refuse_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """A test consumes no more than there is."""
        if not measurable(self.consumed) or self.consumed > article.quantity:
            yield (
                f"{self.property_id} cannot be returned with {self.consumed} consumed: {matter.label} shows "
                f"{article.quantity} {article.unit} of it. Give what the laboratory states."
            )
        elif self.state_after == "used up" and self.consumed != article.quantity:
            yield (
                f"{self.property_id} cannot come back as nothing with {self.consumed} of {article.quantity} "
                f"{article.unit} consumed. Record {self.register}.PropertyMissing for the rest, or what was consumed."
            )

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Another laboratory, a parcel that comes back open, a rejected one that was opened."""
        if not is_at(article, self.laboratory):
            yield f"{self.property_id} comes back from {self.laboratory}; the register shows it {article.whereabouts}"
        if article.seal and not self.seal:
            yield f"{self.property_id} comes back from {self.laboratory} under no named seal"
        if article.state == "rejected" and self.seal != article.seal:
            yield f"{self.property_id} was rejected and yet comes back under another seal than it went with"
        if article.quantity and self.quantity is None and not self.quantity_after(article):
            yield f"all of {self.property_id} is consumed and it is said to come back: give quantity 0 if nothing does"

    def apply(self, matter: Matter) -> Matter:
        """What was consumed to the last is used up, unless some of it was weighed when it came back."""
        after = super().apply(matter)
        article = self.article(after)
        gone = article is not None and not article.quantity and measured(self.consumed) and not self.quantity
        return self.kept(after, state="used up") if gone else after


def is_at(article: Article, laboratory: str) -> bool:
    """Whether the register shows it at this laboratory, or on the way there."""
    return article.place in {laboratory, f"on the way to {laboratory}"}
