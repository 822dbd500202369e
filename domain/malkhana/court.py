"""Articles before the court and out on bond: produced, described, photographed, returned, released, recalled."""

from __future__ import annotations

from collections.abc import Iterator

from domain.common.codes import Code
from domain.common.matter import Matter
from domain.event import Sealed
from domain.malkhana.article import IN_CUSTODY, WITH_POLICE, Article
from domain.malkhana.carrying import CarriesProperty
from domain.malkhana.custody import ConcernsProperty, MovesProperty


class ProducesInCourt(MovesProperty):
    """An article is produced before the court, which keeps it until it is returned."""

    cannot = "be produced in court"
    leaves = (*WITH_POLICE, "on bond")
    where = "with the police or on bond"
    reaches = "in court"
    why = "production in court"
    one_sided = "put before the court, which has it with this entry"

    court: str
    requisition: str = ""
    exhibit: str = ""

    @property
    def holder_after(self) -> str:
        """The court."""
        return self.court

    @property
    def place_after(self) -> str:
        """The court."""
        return self.court

    @property
    def document(self) -> str:
        """The court's requisition or order."""
        return self.requisition


class PreparesStatement(ConcernsProperty):
    """The court prepares a statement of the property produced, within fourteen days (BNSS s.497(2))."""

    cannot = "be described in a statement"
    leaves = IN_CUSTODY
    where = "in custody"

    court: str
    statement: str = ""


class PhotographsForCourt(ConcernsProperty):
    """The property is photographed or filmed for the court before it is disposed of (BNSS s.497(3))."""

    cannot = "be photographed for the court"
    leaves = IN_CUSTODY
    where = "in custody"

    court: str = ""
    recording: str = ""


class CourtReturns(CarriesProperty):
    """The court gives an article back to the police. A parcel opened there may come back under the court's seal."""

    cannot = "be returned from court"
    leaves = ("in court",)
    where = "in court"
    first = "PropertyProducedInCourt"
    reseals = True
    by_actor = False
    why = "return from court"

    court: str
    receipt: str = ""

    @property
    def place_after(self) -> str:
        """On the road."""
        return f"on the way back from {self.court}"

    @property
    def document(self) -> str:
        """The receipt given to the court."""
        return self.receipt

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Another court, or a parcel that comes back open."""
        if article.place != self.court:
            yield f"{self.property_id} comes back from {self.court}; the register shows it {article.whereabouts}"
        if article.seal and not self.seal:
            yield f"{self.property_id} comes back from {self.court} under no named seal"


class ReleasesOnBond(MovesProperty):
    """An article is given to a person on bond (supurdnama), who must produce it when the court asks."""

    cannot = "be released on bond"
    leaves = (*WITH_POLICE, "in court")
    where = "with the police or in court"
    reaches = "on bond"
    why = "interim release on bond"

    person: Code
    receiver: Sealed
    receiver_address: Sealed | None = None
    court: str = ""
    order: str = ""
    bond: str = ""
    bond_paise: int | None = None

    @property
    def holder_after(self) -> str:
        """The person's code."""
        return self.person

    @property
    def place_after(self) -> str:
        """With that person."""
        return f"on bond with {self.person}"

    @property
    def document(self) -> str:
        """The bond."""
        return self.bond

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """No order, no bond."""
        if not self.order:
            yield f"{self.property_id} is released to {self.person} without an order"
        if not self.bond:
            yield f"{self.property_id} is released to {self.person} without a bond"


class RecallsFromBond(MovesProperty):
    """The person on bond brings the article back, and the acting officer takes it."""

    cannot = "be recalled"
    leaves = ("on bond",)
    where = "on bond"
    first = "PropertyReleasedOnBond"
    by_actor = False
    why = "recalled from bond"

    person: Code
    place: str
    order: str = ""

    @property
    def place_after(self) -> str:
        """Where it was brought."""
        return self.place

    @property
    def document(self) -> str:
        """The order of recall."""
        return self.order

    def doubt_article(self, matter: Matter, article: Article) -> Iterator[str]:
        """Brought back by somebody else."""
        if self.person != article.holder:
            yield f"{self.property_id} is brought back by {self.person}; it was released to {article.holder}"
