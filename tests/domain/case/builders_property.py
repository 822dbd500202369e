"""Articles in custody, each entry complete enough to raise no doubt of its own."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.case.case import Case
from domain.case.property_seizure import SeizureWitness
from domain.event import Actor, Event, Sealed
from domain.malkhana.article import Article, SeizedItem, standing
from tests.domain.case.builders_fir import SID, fir
from tests.dsl import OFFICER, Given, act, given

SOMEONE = Sealed(text="Someone")
KEEPER = Actor(id="CG-2001", rank="HC", role="malkhana moharrir", station="CG-RPR-01")
CARRIER = Actor(id="CG-3001", rank="Constable", role="carrier", station="CG-RPR-01")
OTHER = Actor(id="CG-4001", rank="ASI", role="investigating officer", station="CG-RPR-01")
FSL = "FSL Raipur"
COURT = "CJM Raipur"
BOTH = (SeizureWitness(code="W1", witness_name=SOMEONE), SeizureWitness(code="W2", witness_name=SOMEONE))
MEMO: dict[str, Any] = {
    "memo": "SM/1", "place": "Bus stand, Raipur", "kind": "recovered", "gd_entry": "21", "sid": SID, "witnesses": BOTH,
    "seal_kept_by": "W1",
}  # fmt: skip
DEPOSIT: dict[str, Any] = {
    "property_id": "PR/1", "malkhana_serial": 7, "malkhana_year": 2026, "place": "rack 4", "depositor": OFFICER.id,
    "depositor_rank": "SI", "keeper": KEEPER.id, "keeper_rank": "HC", "gd_entry": "23", "seal": "K",
    "specimen_seal_deposited": True,
}  # fmt: skip
DISPATCH: dict[str, Any] = {
    "property_id": "PR/1", "laboratory": FSL, "road_certificate": "RC/5", "carrier": CARRIER.id,
    "carrier_rank": CARRIER.rank, "seal": "K", "specimen_seal_sent": True,
}  # fmt: skip
RECEIPT: dict[str, Any] = {"property_id": "PR/1", "laboratory": FSL, "receipt": "R/88", "seal": "K"}
RETURN: dict[str, Any] = {
    "property_id": "PR/1", "laboratory": FSL, "carrier": CARRIER.id, "carrier_rank": CARRIER.rank, "seal": "FSL",
}  # fmt: skip
PRODUCTION: dict[str, Any] = {"property_id": "PR/1", "court": COURT, "requisition": "summons 9", "seal": "K"}
BOND: dict[str, Any] = {
    "property_id": "PR/1", "person": "V1", "receiver": SOMEONE, "court": COURT, "order": "O/3", "bond": "B/1",
    "seal": "K",
}  # fmt: skip
ORDER: dict[str, Any] = {
    "property_id": "PR/1", "order": "O/9", "authority": COURT, "provision": "BNSS 497", "manner": "destroyed",
}  # fmt: skip
DISPOSAL: dict[str, Any] = {
    "property_id": "PR/1", "order": "O/9", "manner": "destroyed", "place": "Bhilai", "seal": "K",
}  # fmt: skip


def item(number: int = 1, **row: Any) -> SeizedItem:
    """A sealed row of the seizure memo: 500 g of something."""
    usual = {
        "id": f"PR/{number}", "category": "other", "description": "a packet", "quantity": Decimal(500), "unit": "g",
        "seal": "K", "seal_count": 2,
    }  # fmt: skip
    return SeizedItem(**{**usual, **row})


def seized(*items: SeizedItem, at: datetime | None = None, by: Actor = OFFICER, **fields: Any) -> Event[Any]:
    """A seizure of these articles, or of PR/1."""
    return act("case.PropertySeized", at=at, by=by, items=items or (item(),), **{**MEMO, **fields})


def deposited(at: datetime | None = None, by: Actor = KEEPER, **fields: Any) -> Event[Any]:
    """The article in the malkhana."""
    return act("case.PropertyDeposited", at=at, by=by, **{**DEPOSIT, **fields})


def sent(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The article on its way to the laboratory."""
    return act("case.PropertySentToLaboratory", at=at, by=KEEPER, **{**DISPATCH, **fields})


def received(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The article in the laboratory."""
    return act("case.PropertyReceivedByLaboratory", at=at, by=CARRIER, **{**RECEIPT, **fields})


def produced(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The article in court."""
    return act("case.PropertyProducedInCourt", at=at, by=KEEPER, **{**PRODUCTION, **fields})


def bonded(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The article released on bond to V1."""
    return act("case.PropertyReleasedOnBond", at=at, by=KEEPER, **{**BOND, **fields})


def missing(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The article is not found."""
    return act("case.PropertyMissing", at=at, by=KEEPER, **{"property_id": "PR/1", **fields})


def ordered(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The court has ordered that the article be destroyed."""
    return act("case.DisposalOrdered", at=at, **{**ORDER, **fields})


def disposed(at: datetime | None = None, **fields: Any) -> Event[Any]:
    """The order is carried out."""
    return act("case.PropertyDisposed", at=at, by=KEEPER, **{**DISPOSAL, **fields})


def in_malkhana(*items: SeizedItem, **fields: Any) -> Given:
    """The case with its FIR, a seizure and the deposit of PR/1."""
    return given(fir(), seized(*items), deposited(**fields))


def then(before: Given, *acts: Event[Any]) -> Given:
    """The same record with further entries."""
    return given(*before.entries, *acts)


def on(what: str, *, by: Actor = KEEPER, at: datetime | None = None, **fields: Any) -> Event[Any]:
    """Any act of custody on PR/1, by this officer."""
    return act(f"case.{what}", at=at, by=by, **{"property_id": "PR/1", **fields})


def article(case: Case, property_id: str = "PR/1") -> Article:
    """The article as the register shows it."""
    found = standing(case, property_id)
    assert found is not None
    return found
