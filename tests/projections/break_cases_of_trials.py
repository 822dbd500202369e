"""What breaks before a court (patterns 9 to 18), and what is none of the patterns, as in `break_cases.py`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    BOTH,
    CARRIER,
    KEEPER,
    OTHER,
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
from tests.dsl import OFFICER, act
from tests.projections.custody_acts import (
    AND_BACK,
    BACK,
    BARE,
    CERTIFIED,
    DISC,
    DRUG,
    JUDGED,
    JULY_2024,
    OPENED,
    PHONE,
    REJECTED,
    RELIED,
    SECOND,
    SENT,
    SWAB,
    TRACED,
    Acts,
    copied,
    elsewhere,
    form,
    handed,
    hours,
    issued,
    panch,
    resealed,
    split,
)

OF_TRIALS: dict[str, tuple[Acts, Acts]] = {
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
    "opened without leave, copied from two": (
        (fir(), seized(item(), item(2)), deposited(), deposited(property_id="PR/2", malkhana_serial=8), OPENED,
         copied(also_from=("PR/2",))),
        (fir(), seized(item(), item(2)), deposited(), deposited(property_id="PR/2", malkhana_serial=8), OPENED,
         replace(OPENED, property_id="PR/2"), copied(also_from=("PR/2",))),
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
    "not certified, to the end": (
        (fir(), seized(DRUG), deposited(), produced(), JUDGED),
        (fir(), seized(DRUG), deposited(), produced(), CERTIFIED, JUDGED),
    ),
    "not certified, told once": (
        (fir(), seized(DRUG), deposited(), *AND_BACK, JUDGED),
        (fir(), seized(item(category="liquor")), deposited(), produced(), JUDGED),
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
    "two places, while a memo is written": (
        (fir(), seized(at=hours(1), ended_at=hours(3)), SECOND),
        (fir(), seized(at=hours(1), ended_at=hours(2)), SECOND),
    ),
    "two places, within a minute": (
        (fir(), seized(at=hours(2)), SECOND),
        (fir(), seized(at=hours(2)), deposited(at=hours(2), by=OFFICER)),
    ),
    "two places, a depositor": (
        (fir(), seized(at=hours(1)), *handed(), deposited(at=hours(3), by=OFFICER, depositor=OTHER.id),
         replace(SECOND, meta=deposited(at=hours(3), by=OTHER).meta)),
        (fir(), seized(at=hours(1)), *handed(), deposited(at=hours(3), by=OFFICER, depositor=OTHER.id),
         replace(SECOND, meta=deposited(at=hours(3), by=OFFICER).meta)),
    ),
    "two places, a carrier": (
        (fir(), seized(at=hours(1)), deposited(at=hours(2)), sent(at=hours(3)), received(at=hours(4)),
         replace(SECOND, meta=deposited(at=hours(4), by=CARRIER).meta)),
        (fir(), seized(at=hours(1)), deposited(at=hours(2)), sent(at=hours(3)),
         replace(received(), meta=deposited(at=hours(4), by=KEEPER).meta),
         replace(SECOND, meta=deposited(at=hours(4), by=KEEPER).meta)),
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
    "not filmed, as the BNSS began": (
        (fir(at=JULY_2024), seized(sid="", at=JULY_2024 + timedelta(days=11))),
        (fir(at=JULY_2024 - timedelta(days=1)), seized(sid="", at=JULY_2024 + timedelta(days=11))),
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
    "serial out of order, of another year": (
        (fir(), seized(), deposited(malkhana_year=1999)),
        (fir(), seized(), deposited(), *issued(), deposited(at=hours(24 * 200), depositor=OTHER.id)),
    ),
    "not returned": (
        (fir(), seized(), deposited(), *issued(), form()),
        (fir(), seized(), deposited(), *issued(), BACK, form()),
    ),
    "not returned, at the judgment": (
        (fir(), seized(), deposited(), *issued(), JUDGED),
        (fir(), seized(), deposited(), *issued()),
    ),
    "not returned, from the laboratory": (
        (*SENT, JUDGED),
        (*SENT, form()),
    ),
    "not returned, from the road": (
        (fir(), seized(), deposited(), sent(), JUDGED),
        (fir(), seized(), deposited(), sent(), form()),
    ),
    "not returned, though the laboratory rejected it": (
        (*SENT, REJECTED, form()),
        (*SENT, REJECTED, on("PropertyReturnedFromLaboratory", **{**RETURN, "seal": "K"}),
         deposited(depositor=CARRIER.id), form()),
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
