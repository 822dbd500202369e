"""The malkhana acts of the case register; what each asks and does is that of every register (`domain/malkhana`)."""

from __future__ import annotations

from domain.malkhana.court import (
    CourtReturns,
    PhotographsForCourt,
    PreparesStatement,
    ProducesInCourt,
    RecallsFromBond,
    ReleasesOnBond,
)
from domain.malkhana.derived import DerivesExhibit
from domain.malkhana.end import DisposesOfProperty, FindsDamaged, FindsProperty, MissesProperty, OrdersDisposal
from domain.malkhana.laboratory import LaboratoryReceives, LaboratoryRejects, LaboratoryReturns, SendsToLaboratory
from domain.malkhana.moves import DepositsProperty, HandsOverProperty, MovesWithinMalkhana, TakesOverProperty
from domain.malkhana.parcel import BreaksSeal, CertifiesInventory, ResealsParcel, SplitsProperty


class PropertyDeposited(DepositsProperty, register="case"):
    """The keeper takes an article into the malkhana under a serial of its register. He is not the depositor."""


class PropertyMoved(MovesWithinMalkhana, register="case"):
    """An article is put in another place within the malkhana; its keeper stays the same."""


class PropertyHandedOver(HandsOverProperty, register="case"):
    """The holder hands an article over to another officer. He stays answerable until the other takes it over."""


class PropertyTakenOver(TakesOverProperty, register="case"):
    """The officer to whom an article was handed over takes it over and becomes its only holder."""


class PropertySentToLaboratory(SendsToLaboratory, register="case"):
    """A sealed exhibit leaves the malkhana for the laboratory under a road certificate."""


class PropertyReceivedByLaboratory(LaboratoryReceives, register="case"):
    """The laboratory takes the parcel in, gives its own receipt, and says whether the seal is whole."""


class PropertyRejectedByLaboratory(LaboratoryRejects, register="case"):
    """The laboratory will not examine the exhibit, and says why. It waits there to be taken back."""


class PropertyReturnedFromLaboratory(LaboratoryReturns, register="case"):
    """The carrier takes the exhibit back, under the laboratory's seal, less what the test has consumed."""


class SealBroken(BreaksSeal, register="case"):
    """A parcel is opened, or its seal is found broken. It stays open until it is sealed again under a named seal."""


class PropertyResealed(ResealsParcel, register="case"):
    """A parcel is sealed, at first or again. The new seal is named, and left with another person after use."""


class InventoryCertified(CertifiesInventory, register="case"):
    """A Magistrate certifies the inventory, the photographs or the samples of a seized drug (NDPS s.52A)."""


class PropertySplit(SplitsProperty, register="case"):
    """Samples are drawn from an article. What they, the remainder and the test used must add up to what there was."""


class ExhibitDerived(DerivesExhibit, register="case"):
    """From an exhibit a copy, an extract or a part is made or taken: each is an exhibit of its own."""


class PropertyProducedInCourt(ProducesInCourt, register="case"):
    """An article is produced before the court, which keeps it until it is returned."""


class PropertyStatementPrepared(PreparesStatement, register="case"):
    """The court prepares a statement of the property produced, within fourteen days (BNSS s.497(2))."""


class PropertyPhotographed(PhotographsForCourt, register="case"):
    """The property is photographed or filmed for the court before it is disposed of (BNSS s.497(3))."""


class PropertyReturnedFromCourt(CourtReturns, register="case"):
    """The court gives an article back to the police. A parcel opened there may come back under the court's seal."""


class PropertyReleasedOnBond(ReleasesOnBond, register="case"):
    """An article is given to a person on bond (supurdnama), who must produce it when the court asks."""


class PropertyRecalled(RecallsFromBond, register="case"):
    """The person on bond brings the article back, and the acting officer takes it."""


class DisposalOrdered(OrdersDisposal, register="case"):
    """A court orders what becomes of an article (BNSS s.497, 498, 503), or an SP its sale (s.106(3) proviso)."""


class PropertyDisposed(DisposesOfProperty, register="case"):
    """The order is carried out and custody ends: the article is returned, sold, destroyed, confiscated, transferred."""


class PropertyMissing(MissesProperty, register="case"):
    """An article is not where the register shows it. Its last holder stays answerable."""


class PropertyFound(FindsProperty, register="case"):
    """A missing article is found, and the acting officer takes it."""


class PropertyDamaged(FindsDamaged, register="case"):
    """An article in custody is found damaged. Its holder stays answerable; by order it may be written off."""
