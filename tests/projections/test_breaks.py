"""Each break of the chain: a history that has it, told once at its link, and a near miss that has not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.case.final_form import ChargedAccused, DeviceCustody, PropertyReliedOn
from domain.case.judgment import AccusedResult
from domain.event import Event
from domain.malkhana.derived import DerivedItem
from domain.malkhana.parcel import Sample
from projections.breaks import BREAKS
from projections.custody import Custody
from projections.view import fold_record
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    BOTH,
    CARRIER,
    KEEPER,
    OTHER,
    PRODUCTION,
    RETURN,
    deposited,
    item,
    missing,
    on,
    produced,
    received,
    seized,
    sent,
)
from tests.dsl import DAY, OFFICER, _stamped, act, given

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
CASES: dict[str, tuple[Acts, Acts]] = {
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
        (fir(), seized(SWAB), deposited(refrigerated=True), sent(), form()),
    ),
    "never sent, nor a sample of it": (
        (fir(), seized(DRUG), deposited(), CERTIFIED, split(), form()),
        (fir(), seized(DRUG), deposited(), CERTIFIED, split(), sent(property_id="PR/1/S1"), form()),
    ),
    "carrier not examined": (
        (*SENT, PROVED, JUDGED),
        (*SENT, PROVED, examined(CARRIER.id, "carrier", road_certificate_produced=True), JUDGED),
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
    "opened without leave": (
        (fir(), seized(), deposited(), on("SealBroken", seal="K", reason="curiosity")),
        (fir(), seized(), deposited(), sent(), received(), on("SealBroken", seal="K", reason="analysis")),
    ),
    "opened without leave, resealed": (
        (fir(), seized(item(seal="")), deposited(seal=""),
         on("PropertyResealed", seal="M", reason="it was open", seal_kept_by="W1")),
        (fir(), seized(item(seal="")), deposited(seal=""),
         on("PropertyResealed", seal="M", reason="it was open", seal_kept_by="W1", permission="O/1")),
    ),
    "opened without leave, sampled": (
        (fir(), seized(), deposited(), split()),
        (fir(), seized(), deposited(), OPENED, split()),
    ),
    "opened without leave, sampled long after the certificate": (
        (fir(), seized(DRUG), deposited(), CERTIFIED, split(at=hours(30))),
        (fir(), seized(DRUG), deposited(), CERTIFIED, split()),
    ),
    "opened without leave, copied": (
        (fir(), seized(), deposited(), copied()),
        (fir(), seized(), deposited(), sent(), received(), copied()),
    ),
    "opened without leave, resealed on the shelf": (
        (fir(), seized(), deposited(), resealed(permission="")),
        (fir(), seized(), deposited(), produced(), on("SealBroken", seal="K", reason="shown"), resealed(permission="")),
    ),
    "not certified": (
        (fir(), seized(DRUG), deposited(), sent()),
        (fir(), seized(DRUG), deposited(), CERTIFIED, sent()),
    ),
    "not certified, sampled": (
        (fir(), seized(DRUG), deposited(), OPENED, split()),
        (fir(), seized(), deposited(), OPENED, split()),
    ),
    "before the FIR": (
        (seized(at=hours(-3)), fir(at=hours(0))),
        (seized(at=hours(-3)), fir(at=hours(0)), act("case.EntryCorrected", version=2, reason="wrong record")),
    ),
    "before the departure": (
        (fir(), seized(at=hours(3), departure_gd_at=hours(4))),
        (fir(), seized(at=hours(3), departure_gd_at=hours(3))),
    ),
    "two places": (
        (fir(), seized(at=hours(1)), seized(item(2), at=hours(1), memo="SM/2", place="Mahasamund", witnesses=(
            replace(BOTH[0], code="W3"), replace(BOTH[1], code="W4")))),
        (fir(), seized(item(), item(2), at=hours(1)), deposited(at=hours(2)),
         deposited(at=hours(2), property_id="PR/2", place="rack 9")),
    ),
    "two places, a witness": (
        (fir(), seized(at=hours(1)), seized(item(2), at=hours(1), memo="SM/2", place="Mahasamund", by=OTHER)),
        (fir(), seized(at=hours(1)), seized(item(2), at=hours(2), memo="SM/2", place="Mahasamund", by=OTHER)),
    ),
    "overlaps": (
        (fir(), seized(at=hours(1), ended_at=hours(3)), deposited(at=hours(2))),
        (fir(), seized(at=hours(1), ended_at=hours(3)), deposited(at=hours(3))),
    ),
    "overlaps, a copy that is still made": (
        (fir(), seized(BARE), deposited(at=hours(2), seal=""), copied(at=hours(4), ended_at=hours(9)),
         sent(at=hours(8), seal="")),
        (fir(), seized(BARE), deposited(at=hours(2), seal=""), copied(at=hours(4), ended_at=hours(8)),
         sent(at=hours(8), seal="")),
    ),
    "holder unknown, to a copy": (
        (fir(), seized(), deposited(), OPENED, copied(by=OTHER)),
        (fir(), seized(), deposited(), sent(), received(), copied(by=OTHER)),
    ),
    "holder unknown, to the seal": (
        (fir(), seized(), deposited(), replace(OPENED, meta=deposited(by=OTHER).meta)),
        (fir(), seized(), deposited(), OPENED),
    ),
    "holder unknown, to the new seal": (
        (fir(), seized(), deposited(), OPENED, resealed(by=OTHER)),
        (fir(), seized(), deposited(), OPENED, resealed()),
    ),
    "holder unknown, to a sample": (
        (fir(), seized(), deposited(), OPENED, split(by=OTHER)),
        (fir(), seized(), deposited(), produced(), split(by=OTHER)),
    ),
    "too few witnesses": (
        (fir(), seized(witnesses=(BOTH[0], replace(BOTH[1], signed=False)))),
        (fir(), seized(witnesses=BOTH)),
    ),
    "witness from elsewhere": (
        (fir(), seized(witnesses=panch(inhabitant="of another place"))),
        (fir(), seized(witnesses=(BOTH[0], replace(BOTH[1], inhabitant="of another place")))),
    ),
    "stock witness": (
        (fir(), seized(witnesses=(BOTH[0], replace(BOTH[1], earlier_seizures=4)))),
        (fir(), seized(witnesses=(*BOTH, replace(BOTH[0], code="W3", earlier_seizures=4, signed=False)))),
    ),
    "not forwarded": (
        (fir(), seized(sid="DVD-1"), deposited(), form()),
        (fir(), seized(sid="DVD-1"), deposited(), DISC, form()),
    ),
    "not filmed": (
        (fir(), seized(sid="")),
        (fir(at=hours(-24 * 365 * 3)), seized(sid="", at=hours(-24 * 365 * 3 + 1))),
    ),
    "not refrigerated": (
        (fir(), seized(SWAB), deposited()),
        (fir(), seized(SWAB), deposited(refrigerated=True)),
    ),
    "out of order": (
        (fir(), seized(at=hours(5)), deposited(at=hours(2))),
        (fir(), seized(at=hours(5)), deposited(at=hours(5))),
    ),
    "serial out of order": (
        (fir(), seized(item(), item(2)), deposited(at=hours(2)),
         deposited(at=hours(5), property_id="PR/2", malkhana_serial=6)),
        (fir(), seized(item(), item(2)), deposited(at=hours(2)),
         elsewhere(deposited(at=hours(5), property_id="PR/2", malkhana_serial=6))),
    ),
    "not returned": (
        (fir(), seized(), deposited(), *issued(), form()),
        (fir(), seized(), deposited(), *issued(), BACK, form()),
    ),
    "not returned, at the judgment": (
        (fir(), seized(), deposited(), *issued(), JUDGED),
        (fir(), seized(), deposited(), *issued()),
    ),
    "no hash": (
        (fir(), seized(item(category="digital device"))),
        (fir(), seized(PHONE)),
    ),
    "no sequence": (
        (fir(), seized(PHONE), deposited(), form(relied_on=RELIED)),
        (fir(), seized(PHONE), deposited(), form(relied_on=RELIED, device_custody=TRACED)),
    ),
    "holder unknown": (
        (fir(), seized(), deposited(), replace(sent(), meta=deposited(by=OTHER).meta)),
        (fir(), seized(), deposited(), sent()),
    ),
    "impossible": (
        (*SENT, act("case.EntryCorrected", version=4, reason="wrong record")),
        (*SENT, act("case.EntryCorrected", version=5, reason="wrong record")),
    ),
    "missing": (
        (fir(), seized(), deposited(), missing()),
        (fir(), seized(), deposited(), missing(), act("case.EntryCorrected", version=4, reason="it lay behind")),
    ),
}  # fmt: skip
"""For each code, and each way there is to it: a history that has the break, and one that hasn't by a little."""


ONCE: dict[str, tuple[Acts, Acts]] = {
    "used elsewhere": (
        (fir(), seized(), deposited(), OPENED, split(remaining=Decimal(0), consumed=Decimal(480))),
        (fir(), seized(), deposited(), sent(), received(), split(remaining=Decimal(0), consumed=Decimal(480))),
    ),
}  # fmt: skip
"""The same, of what today's rules refuse: it stands in stores from the time before."""
EVERY = CASES | ONCE


def broken(acts: Acts) -> list[str]:
    """The codes of all breaks of all links of a history in which every act was accepted, one for each link."""
    return told(given(*acts).entries)


def told(entries: Acts) -> list[str]:
    """The codes of all breaks of all links of these entries."""
    return [each["code"] for row in fold_record(Custody(), entries) for each in row.breaks]


def stored(case: str, which: int) -> Acts:
    """The history with the break, or the near miss, as it stands in the store."""
    acts = EVERY[case][which]
    return tuple(_stamped(each, n) for n, each in enumerate(acts, 1)) if case in ONCE else given(*acts).entries


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_each_break_is_told_once(case: str) -> None:
    """The history has this break, at one link (two, where two are at two places), and no other."""
    code = case.partition(",")[0]
    assert told(stored(case, 0)) == [code] * (2 if code == "two places" else 1)


@pytest.mark.parametrize("case", EVERY, ids=str)
def test_a_near_miss_is_no_break(case: str) -> None:
    """The rules don't cry wolf."""
    assert told(stored(case, 1)) == []


@pytest.mark.parametrize("case", ONCE, ids=str)
def test_what_stands_from_before_is_refused_today(case: str) -> None:
    """Else it belongs among the others."""
    with pytest.raises(AssertionError, match="could not be given"):
        given(*ONCE[case][0])


def test_every_break_has_its_case() -> None:
    """None is named for nothing; the patterns are those of the courts, each in two languages."""
    assert {each.partition(",")[0] for each in EVERY} == BREAKS.keys()
    assert {pattern for pattern, _, _ in BREAKS.values()} == {0, *range(1, 19)}
    assert all(hindi and not hindi.isascii() for _, _, hindi in BREAKS.values())
