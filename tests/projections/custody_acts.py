"""Acts of custody from which histories are made that break, or nearly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.case.final_form import ChargedAccused, DeviceCustody, PropertyReliedOn
from domain.case.judgment import AccusedResult
from domain.event import Event
from domain.malkhana.derived import DerivedItem
from domain.malkhana.parcel import Sample
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    BOTH,
    CARRIER,
    FSL,
    KEEPER,
    OTHER,
    RETURN,
    deposited,
    item,
    on,
    received,
    seized,
    sent,
)
from tests.dsl import DAY, OFFICER, act

Acts = tuple[Event[Any], ...]
DRUG = item(category="drugs")
BARE = item(seal="")
PHONE = item(category="digital device", device_hash="ab12")
SWAB = item(category="biological or medical sample")
CERTIFIED = on("InventoryCertified", court="JMFC", certificate="52A/1")
FORM: dict[str, Any] = {
    "number": "CS/1",
    "kind": "chargesheet",
    "accused": (ChargedAccused(code="A1", status="on bail"),),
}
RELIED = (PropertyReliedOn(property_id="PR/1"),)
JUDGED = act("case.JudgmentPronounced", results=(AccusedResult(code="A1", result="acquitted"),))
TRACED = (DeviceCustody(property_id="PR/1", holder=KEEPER.id, from_at=DAY, purpose="safe custody"),)


def form(**given: Any) -> Event[Any]:
    """The final form, which charges A1."""
    return act("case.FinalReportPrepared", **{**FORM, **given})


def hours(number: float) -> datetime:
    """So many hours after the day on which every test begins."""
    return DAY + timedelta(hours=number)


def elsewhere(entry: Event[Any], station: str = "CG-RPR-02") -> Event[Any]:
    """The same act, entered by another station."""
    return replace(entry, meta=replace(entry.meta, station=station))


def split(**more: Any) -> Event[Any]:
    """A sample of 20 g drawn from PR/1."""
    drawn = Sample(id="PR/1/S1", quantity=Decimal(20), unit="g", seal="K")
    usual = {"samples": (drawn,), "remaining": Decimal(480), "seal": "K", "reason": "analysis"}
    return on("PropertySplit", **{**usual, **more})


def resealed(**more: Any) -> Event[Any]:
    """PR/1 is sealed again, with leave of the court."""
    return on("PropertyResealed", **{"seal": "M", "reason": "court", "seal_kept_by": "W1", "permission": "O/1", **more})


def handed(**more: Any) -> Acts:
    """PR/1 passes from the officer to another."""
    return (
        on("PropertyHandedOver", by=OFFICER, to_officer=OTHER.id, purpose="enquiry", seal="K"),
        on("PropertyTakenOver", by=OTHER, from_officer=OFFICER.id, place="office", reason="enquiry", seal="K", **more),
    )


def issued() -> Acts:
    """PR/1 leaves the malkhana for another officer."""
    return (
        on("PropertyHandedOver", to_officer=OTHER.id, purpose="test identification", seal="K"),
        on("PropertyTakenOver", by=OTHER, from_officer=KEEPER.id, place="office", reason="parade", seal="K"),
    )


def panch(**of: Any) -> tuple[Any, ...]:
    """Both witnesses, with these columns each."""
    return tuple(replace(each, **of) for each in BOTH)


def copied(**more: Any) -> Event[Any]:
    """A copy is made of PR/1."""
    made = DerivedItem(id="PR/1/C1", how="copy", category="electrical or electronic", description="image")
    return on("ExhibitDerived", items=(made,), place="malkhana", reason="analysis", **more)


def examined(witness: str, role: str = "malkhana keeper", **more: Any) -> Event[Any]:
    """Somebody is heard in court on the custody of the articles."""
    return act("case.CustodyWitnessExamined", witness=witness, role=role, **more)


OPENED = on("SealBroken", seal="K", reason="court", permission="O/1")
BACK = deposited(depositor=OTHER.id)
HEARD = act("case.HearingHeld", purpose="evidence", witnesses_examined=("W1",))
PROVED = examined(KEEPER.id, register_produced=True)
DISC = act("case.RecordingForwarded", recording="DVD-1", subject="seizure", document="SM/1", means="storage medium")
SENT = (fir(), seized(), deposited(), sent(), received())
SECOND = seized(item(2), at=hours(2), memo="SM/2", place="Mahasamund", witnesses=(
    replace(BOTH[0], code="W3"), replace(BOTH[1], code="W4")))  # fmt: skip
BACK_UNDER_SEAL = deposited(depositor=CARRIER.id, seal="FSL")
RETURNED = on("PropertyReturnedFromLaboratory", **RETURN)
AND_BACK = (sent(), received(), RETURNED, replace(BACK_UNDER_SEAL, refrigerated=True))
REJECTED = on("PropertyRejectedByLaboratory", laboratory=FSL, reason="no note", seal="K")
JULY_2024 = datetime(2024, 7, 1, 3, 30, tzinfo=UTC)
"""Nine o'clock on the day on which the BNSS began."""
