"""What breaks while a parcel is kept and sent (patterns 1 to 8), as in `break_cases.py`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    CARRIER,
    KEEPER,
    OTHER,
    PRODUCTION,
    RETURN,
    bonded,
    deposited,
    item,
    on,
    produced,
    received,
    seized,
    sent,
)
from tests.dsl import OFFICER
from tests.projections.custody_acts import (
    AND_BACK,
    BACK_UNDER_SEAL,
    CERTIFIED,
    DRUG,
    HEARD,
    JUDGED,
    PROVED,
    REJECTED,
    SENT,
    SWAB,
    Acts,
    examined,
    form,
    handed,
    hours,
    split,
)

OF_PARCELS: dict[str, tuple[Acts, Acts]] = {
    "kept by officer": (
        (fir(), seized(at=hours(1)), deposited(at=hours(26))),
        (fir(), seized(at=hours(1)), deposited(at=hours(25))),
    ),
    "kept by officer, handed on": (
        (fir(), seized(at=hours(1)), *handed(), deposited(at=hours(26), depositor=OTHER.id)),
        (fir(), seized(at=hours(1)), on("PropertyProducedInCourt", by=OFFICER, **PRODUCTION),
         on("PropertyReturnedFromCourt", court="CJM Raipur", seal="K", carrier=CARRIER.id),
         deposited(at=hours(260), depositor=CARRIER.id)),
    ),
    "kept by officer, to the end": ((fir(), seized(), form()), (fir(), seized(), deposited(), form())),
    "no diary entry": ((fir(), seized(), deposited(gd_entry="")), (fir(), seized(), deposited())),
    "no specimen": (
        (fir(), seized(), deposited(specimen_seal_deposited=False)),
        (fir(), seized(item(seal="")), deposited(specimen_seal_deposited=False, seal="")),
    ),
    "no specimen sent": (
        (fir(), seized(), deposited(), sent(specimen_seal_sent=False)),
        (fir(), seized(item(seal="")), deposited(seal=""), sent(seal="", specimen_seal_sent=False)),
    ),
    "impressions differ": (
        (fir(), seized(), deposited(), sent(seal_count=2), received(seal_count=1)),
        (fir(), seized(), deposited(), sent(seal_count=2), received(seal_count=2)),
    ),
    "impressions differ, in form": (
        (fir(), seized(item(seal_impression="lion, CG 4")), deposited(seal_impression="lion, CG 7")),
        (fir(), seized(item(seal_impression="lion, CG 4")), deposited(seal_impression="lion, CG 4"), sent()),
    ),
    "impressions differ, after the laboratory": (
        (*SENT, on("PropertyReturnedFromLaboratory", **RETURN, seal_count=3),
         deposited(depositor=CARRIER.id, seal="FSL", seal_count=2)),
        (*SENT, on("PropertyReturnedFromLaboratory", **RETURN, seal_count=3),
         deposited(depositor=CARRIER.id, seal="FSL", seal_count=3)),
    ),
    "seal not given away": ((fir(), seized(seal_kept_by=OFFICER.id)), (fir(), seized(item(seal=""), seal_kept_by=""))),
    "seal not given away, resealed": (
        (fir(), seized(item(seal="")), on("PropertyResealed", by=OFFICER, seal="K", reason="packed")),
        (fir(), seized(item(seal="")),
         on("PropertyResealed", by=OFFICER, seal="K", reason="packed", seal_kept_by="W1")),
    ),
    "seal differs": (
        (fir(), seized(), deposited(seal="T")),
        (fir(), seized(), deposited(), sent(), received(), on("PropertyReturnedFromLaboratory", **RETURN)),
    ),
    "seal differs, opened": (
        (fir(), seized(), deposited(), on("SealBroken", seal="T", reason="court", permission="O/1")),
        (fir(), seized(), deposited(), on("SealBroken", seal="K", reason="court", permission="O/1")),
    ),
    "seal differs, though nobody examined it": (
        (fir(), seized(), deposited(), sent(), REJECTED, on("PropertyReturnedFromLaboratory", **RETURN)),
        (fir(), seized(), deposited(), sent(), REJECTED,
         on("PropertyReturnedFromLaboratory", **{**RETURN, "seal": "K"})),
    ),
    "laboratory differs": (
        (fir(), seized(), deposited(), sent(), received(laboratory="FSL Bilaspur")),
        (fir(), seized(), deposited(), sent(), received()),
    ),
    "laboratory differs, rejected": (
        (fir(), seized(), deposited(), sent(), replace(REJECTED, laboratory="FSL Bilaspur")),
        (*SENT, REJECTED),
    ),
    "laboratory differs, back": (
        (*SENT, on("PropertyReturnedFromLaboratory", **{**RETURN, "laboratory": "FSL Bilaspur"})),
        (*SENT, on("PropertyReturnedFromLaboratory", **RETURN)),
    ),
    "seal found broken": (
        (fir(), seized(), deposited(), sent(), received(seal_intact=False)),
        (fir(), seized(), deposited(), sent(), received()),
    ),
    "sent late": (
        (fir(), seized(SWAB, at=hours(1)), deposited(at=hours(2), refrigerated=True), sent(at=hours(50))),
        (fir(), seized(SWAB, at=hours(1)), deposited(at=hours(2), refrigerated=True),
         sent(at=hours(50), delay_reason="a strike")),
    ),
    "never sent": (
        (fir(), seized(SWAB), deposited(refrigerated=True), form()),
        (fir(), seized(SWAB), deposited(refrigerated=True), *AND_BACK, form()),
    ),
    "never sent, nor a sample of it": (
        (fir(), seized(DRUG), deposited(), CERTIFIED, split(), form()),
        (fir(), seized(DRUG), deposited(), CERTIFIED, split(),
         *(replace(each, property_id="PR/1/S1") for each in AND_BACK), form()),
    ),
    "carrier not examined": (
        (fir(), seized(), deposited(), *AND_BACK, PROVED, JUDGED),
        (fir(), seized(), deposited(), *AND_BACK, PROVED,
         examined(CARRIER.id, "carrier", road_certificate_produced=True), JUDGED),
    ),
    "keeper not examined": (
        (fir(), seized(), deposited(), examined("PMT-7", "other", register_produced=True), JUDGED),
        (fir(), seized(), deposited(), JUDGED),
    ),
    "keeper not examined, on this article": (
        (fir(), seized(), deposited(), examined("PMT-7", "other", register_produced=True),
         examined(KEEPER.id, property_ids=("PR/2",)), JUDGED),
        (fir(), seized(), deposited(), examined(KEEPER.id, register_produced=True, property_ids=("PR/1",)), JUDGED),
    ),
    "register not produced": (
        (fir(), seized(), deposited(), HEARD, examined(KEEPER.id), JUDGED),
        (fir(), seized(), deposited(), HEARD, PROVED, JUDGED),
    ),
    "no paper": (
        (fir(), seized(), deposited(), sent(road_certificate="")),
        (fir(), seized(), deposited(), produced(requisition="")),
    ),
    "no paper, no bond": (
        (fir(), seized(), deposited(), bonded(bond="")),
        (fir(), seized(), deposited(), bonded(court="")),
    ),
    "no paper, no order": (
        (fir(), seized(), deposited(), bonded(order="")),
        (fir(), seized(), deposited(), bonded()),
    ),
    "no carrier, back from the laboratory": (
        (*SENT, on("PropertyReturnedFromLaboratory", **{**RETURN, "carrier": ""}), BACK_UNDER_SEAL),
        (*SENT, on("PropertyReturnedFromLaboratory", **{**RETURN, "carrier": ""}, consumed=Decimal(500),
                   quantity=Decimal(0))),
    ),
    "no carrier, back from court": (
        (fir(), seized(), deposited(), produced(), on("PropertyReturnedFromCourt", court="CJM Raipur", seal="K")),
        (fir(), seized(), deposited(), produced(),
         on("PropertyReturnedFromCourt", court="CJM Raipur", seal="K", carrier=CARRIER.id)),
    ),
    "no carrier": ((fir(), seized(), deposited(), sent(carrier="")), (fir(), seized(), deposited(), sent())),
    "quantity differs": (
        (fir(), seized(), deposited(quantity=Decimal(499))),
        (fir(), seized(), deposited(quantity=Decimal("500.00"))),
    ),
    "quantity differs, back from the laboratory": (
        (fir(), seized(), deposited(), sent(), received(),
         on("PropertyReturnedFromLaboratory", **RETURN, consumed=Decimal(20), quantity=Decimal(470))),
        (fir(), seized(), deposited(), sent(), received(),
         on("PropertyReturnedFromLaboratory", **RETURN, consumed=Decimal(20), quantity=Decimal(480)),
         deposited(depositor=CARRIER.id, seal="FSL", quantity=Decimal(480))),
    ),
}  # fmt: skip
