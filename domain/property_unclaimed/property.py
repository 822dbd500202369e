"""The malkhana acts of the register of unclaimed property; what each asks and does is that of every register."""

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
from domain.malkhana.end import FindsDamaged, FindsProperty, MissesProperty
from domain.malkhana.laboratory import LaboratoryReceives, LaboratoryRejects, LaboratoryReturns, SendsToLaboratory
from domain.malkhana.moves import DepositsProperty, HandsOverProperty, MovesWithinMalkhana, TakesOverProperty
from domain.malkhana.parcel import BreaksSeal, CertifiesInventory, ResealsParcel, SplitsProperty


class PropertyDeposited(DepositsProperty, register="property_unclaimed"):
    """The keeper takes an article into the malkhana under a serial of its register. He is not the depositor."""


class PropertyMoved(MovesWithinMalkhana, register="property_unclaimed"):
    """An article is put in another place within the malkhana; its keeper stays the same."""


class PropertyHandedOver(HandsOverProperty, register="property_unclaimed"):
    """The holder hands an article over to another officer. He stays answerable until the other takes it over."""


class PropertyTakenOver(TakesOverProperty, register="property_unclaimed"):
    """The officer to whom an article was handed over takes it over and becomes its only holder."""


class PropertySentToLaboratory(SendsToLaboratory, register="property_unclaimed"):
    """A sealed exhibit leaves the malkhana for the laboratory under a road certificate."""


class PropertyReceivedByLaboratory(LaboratoryReceives, register="property_unclaimed"):
    """The laboratory takes the parcel in, gives its own receipt, and says whether the seal is whole."""


class PropertyRejectedByLaboratory(LaboratoryRejects, register="property_unclaimed"):
    """The laboratory will not examine the exhibit, and says why. It waits there to be taken back."""


class PropertyReturnedFromLaboratory(LaboratoryReturns, register="property_unclaimed"):
    """The carrier takes the exhibit back, under the laboratory's seal, less what the test has consumed."""


class SealBroken(BreaksSeal, register="property_unclaimed"):
    """A parcel is opened, or its seal is found broken. It stays open until it is sealed again under a named seal."""


class PropertyResealed(ResealsParcel, register="property_unclaimed"):
    """A parcel is sealed, at first or again. The new seal is named, and left with another person after use."""


class InventoryCertified(CertifiesInventory, register="property_unclaimed"):
    """A Magistrate certifies the inventory, the photographs or the samples of a seized drug (NDPS s.52A)."""


class PropertySplit(SplitsProperty, register="property_unclaimed"):
    """Samples are drawn from an article. What they, the remainder and the test used must add up to what there was."""


class ExhibitDerived(DerivesExhibit, register="property_unclaimed"):
    """From an exhibit a copy, an extract or a part is made or taken: each is an exhibit of its own."""


class PropertyProducedInCourt(ProducesInCourt, register="property_unclaimed"):
    """An article is produced before the court, which keeps it until it is returned."""


class PropertyStatementPrepared(PreparesStatement, register="property_unclaimed"):
    """The court prepares a statement of the property produced, within fourteen days (BNSS s.497(2))."""


class PropertyPhotographed(PhotographsForCourt, register="property_unclaimed"):
    """The property is photographed or filmed for the court before it is disposed of (BNSS s.497(3))."""


class PropertyReturnedFromCourt(CourtReturns, register="property_unclaimed"):
    """The court gives an article back to the police. A parcel opened there may come back under the court's seal."""


class PropertyReleasedOnBond(ReleasesOnBond, register="property_unclaimed"):
    """An article is given to a person on bond (supurdnama), who must produce it when the court asks."""


class PropertyRecalled(RecallsFromBond, register="property_unclaimed"):
    """The person on bond brings the article back, and the acting officer takes it."""


class PropertyMissing(MissesProperty, register="property_unclaimed"):
    """An article is not where the register shows it. Its last holder stays answerable."""


class PropertyFound(FindsProperty, register="property_unclaimed"):
    """A missing article is found, and the acting officer takes it."""


class PropertyDamaged(FindsDamaged, register="property_unclaimed"):
    """An article in custody is found damaged. Its holder stays answerable; by order it may be written off."""
