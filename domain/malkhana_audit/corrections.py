"""What is done about entries of an audit afterwards; the rules are those of every register."""

from __future__ import annotations

from domain.common.corrections import (
    CorrectsEntry,
    ExecutesErasure,
    LiftsLegalHold,
    OrdersErasure,
    PassesEntryOver,
    PlacesLegalHold,
    RecordsAccess,
)
from domain.common.document import AttachesDocuments


class EntryCorrected(CorrectsEntry, register="malkhana_audit"):
    """An earlier entry is struck as wrong, with the reason; the right one is entered anew. Nothing is erased."""


class LegalHoldPlaced(PlacesLegalHold, register="malkhana_audit"):
    """By order, nothing of the named persons (or of the whole record) may be erased until the hold is lifted."""


class LegalHoldLifted(LiftsLegalHold, register="malkhana_audit"):
    """The authority lifts a legal hold: erasures that were ordered may be carried out."""


class ErasureOrdered(OrdersErasure, register="malkhana_audit"):
    """A court, a Board or the competent authority orders that one person's sealed columns be made unreadable."""


class ErasureExecuted(ExecutesErasure, register="malkhana_audit"):
    """Two officers destroy a person's key: the sealed columns can never be read again, and the proofs still hold."""


class AccessRecorded(RecordsAccess, register="malkhana_audit"):
    """A named officer has read sealed columns of this record. Looking is an act like any other, and has its reason."""


class EntryPassedOver(PassesEntryOver, register="malkhana_audit"):
    """A named person lets one view go on without one entry it cannot take. The entry itself stays as it is."""


class DocumentsAttached(AttachesDocuments, register="malkhana_audit"):
    """Papers or recordings are hung on an entry, by digest, size and media type; the files are never replaced."""
