"""The second half of a sample case: arrest, remand, and the way of the chargesheet to the court."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented cases)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from roznamcha.sample import COURT

if TYPE_CHECKING:
    from roznamcha.sample_life import Life

CLERK = {"id": "COURT-NMN", "rank": "Reader", "role": "filing section"}
ABOVE = "Sessions Judge Namuna"
BY_MAGISTRATE = frozenset({"BNS 303(2)", "BNS 305", "BNS 115(2)", "BNS 318(4)", "BNS 281"})
"""First sections of the cases of the sample that come to their end before it does: a Magistrate tries them."""


def arrested(life: Life, code: str, at: datetime) -> None:
    """The arrest of one accused, what must follow it, and the first remand."""
    if life.dice.random() < 0.3:
        return
    arrested = at + timedelta(hours=life.dice.randint(6, 400))
    name = life.name()
    life.do(
        arrested,
        "AccusedArrested",
        accused=code,
        manner="arrested",
        status="arrested and forwarded",
        place="near the bus stand",
        gd_entry=f"GD/{life.number}",
        accused_name=name,
        gender="male",
        age_years=life.dice.randint(19, 55),
        witnesses=[{"code": "W1", "witness_name": life.name()}],
    )
    life.do(
        arrested + timedelta(minutes=30),
        "GroundsGiven",
        accused=code,
        how="in writing",
        language="Hindi",
        receipt_taken=True,
    )
    life.do(
        arrested + timedelta(minutes=50),
        "RelativeInformed",
        accused=code,
        relative_name=life.name(),
        relation="brother",
        means="telephone",
        place_held=life.station,
        designated_officer_told_at=(arrested + timedelta(hours=1)).isoformat(),
    )
    hours = life.dice.randint(26, 30) if life.dice.random() < 0.06 else life.dice.randint(6, 22)
    produced = arrested + timedelta(hours=hours)
    life.do(
        produced,
        "AccusedProduced",
        accused=code,
        court=COURT,
        purpose="first production",
        journey_hours="1.5",
        journey_evidence=f"GD/{life.number}",
    )
    life.do(produced, "AccusedRemanded", accused=code, custody="judicial", days=14, court=COURT)
    if life.dice.random() < 0.4:
        life.do(produced + life.days(10, 50), "BailGranted", accused=code, court=COURT, kind="regular")


def chargesheeted(life: Life, accused: list[str], at: datetime) -> None:
    """The prosecutor, the Government where it must be asked, the court, and the copies."""
    number, ready = f"CS/{life.number}", at + life.days(25, 85)
    office = {"id": "DPO-NMN", "rank": "ADPO", "role": "prosecutor"}
    life.do(
        ready,
        "ProsecutionOpinionSought",
        request=f"PO/{life.number}",
        office="DPO Namuna",
        subject="draft chargesheet",
    )
    if life.kind.sections == ("BNS 316(5)",):
        government = {"id": "GOV-CG", "rank": "Secretary", "role": "sanctioning authority"}
        life.do(
            ready,
            "GovernmentSanctionRequested",
            request=f"GS/{life.number}",
            authority="State Government",
            accused=accused[0],
        )
        life.do(
            ready + timedelta(days=5),
            "GovernmentSanctionRequestReceived",
            by=government,
            request=f"GS/{life.number}",
            authority="State Government",
        )
        if life.dice.random() < 0.5:
            life.do(
                ready + timedelta(days=20),
                "GovernmentSanctionGranted",
                by=government,
                request=f"GS/{life.number}",
                order_number=f"GO/{life.number}",
            )
    if life.dice.random() < 0.2:
        life.do(
            ready + timedelta(days=3),
            "ProsecutionClearanceRefused",
            by=office,
            request=f"PO/{life.number}",
            officer="ADPO",
            defects=["laboratory report awaited"],
        )
        ready += timedelta(days=9)
    life.do(
        ready + timedelta(days=4),
        "ProsecutionClearanceGiven",
        by=office,
        request=f"PO/{life.number}",
        officer="ADPO",
    )
    life.do(
        ready + timedelta(days=4),
        "FinalReportPrepared",
        number=number,
        kind="chargesheet",
        medical_report="attached" if life.kind.medical else "not needed",
        brief_facts="the facts found in the investigation",
        sections=list(life.kind.sections),
        accused=[{"code": code, "status": "in custody"} for code in accused],
    )
    life.do(
        ready + timedelta(days=5),
        "ChargesheetSubmitted",
        number=number,
        accused=accused,
        channel="ICJS",
        court=COURT,
    )
    cnr = f"CGNM01{life.number + 1:06d}2026"
    if life.dice.random() < 0.15:
        life.do(
            ready + timedelta(days=7),
            "ChargesheetReturnedWithDefect",
            by=CLERK,
            number=number,
            court=COURT,
            defects=["annexure missing"],
        )
        life.do(
            ready + timedelta(days=10),
            "ChargesheetSubmitted",
            number=number,
            accused=accused,
            channel="ICJS",
            court=COURT,
        )
        ready += timedelta(days=6)
    if life.dice.random() < 0.92:
        life.do(
            ready + timedelta(days=6),
            "ChargesheetAcknowledged",
            by=CLERK,
            number=number,
            cnr=cnr,
            accused=accused,
            court=COURT,
        )
        life.do(ready + timedelta(days=9), "CognizanceTaken", by=CLERK, court=COURT, cnr=cnr)
        life.in_court = cnr, ready + timedelta(days=9)
        for code in accused:
            life.do(
                ready + timedelta(days=12),
                "AccusedProduced",
                accused=code,
                court=COURT,
                purpose="after chargesheet",
                journey_hours="1",
            )
            life.do(ready + life.days(14, 32), "CopiesSupplied", accused=code, means="electronic")


def tried(life: Life, accused: list[str]) -> None:
    """Charge, judgment and sentence of a case that a Magistrate tries quickly, and now and then an appeal."""
    if life.in_court is None or life.kind.sections[0] not in BY_MAGISTRATE or life.dice.random() < 0.5:
        return
    cnr, at = life.in_court
    sections = list(life.kind.sections)
    at += life.days(15, 30)
    charges = [{"code": code, "sections": sections, "plea": "not guilty"} for code in accused]
    life.do(at, "ChargeFramed", by=CLERK, court=COURT, cnr=cnr, charges=charges)
    at += life.days(14, 40)
    life.do(at, "ArgumentsConcluded", by=CLERK, court=COURT, cnr=cnr)
    at += life.days(3, 12)
    convicted = life.dice.random() < 0.7
    results = [
        {"code": code, "result": "convicted" if convicted else "acquitted", "sections": sections} for code in accused
    ]
    orders = [{"property_id": "PR/1", "order": "keep until appeal"}] if life.seal else []
    ends = {"case_number": f"RCC/{life.number + 1}/2026", "results": results, "property_orders": orders}
    life.do(at, "JudgmentPronounced", by=CLERK, court=COURT, cnr=cnr, **ends)
    for code in accused if convicted else ():
        terms = {
            "punishments": ["simple imprisonment", "fine"],
            "months": life.dice.randint(1, 11),
            "fine_paise": 50_000,
        }
        life.do(at, "SentencePassed", by=CLERK, accused=code, court=COURT, sections=sections, **terms)
    if not convicted or life.dice.random() < 0.4:
        return
    number = {"appeal": f"CRA/{life.number + 1}/2026", "court": ABOVE}
    at += life.days(8, 25)
    life.do(at, "AppealFiled", by=CLERK, filed_by="accused", against="sentence", accused=accused, **number)
    if life.dice.random() < 0.7:
        life.do(
            at + life.days(15, 35),
            "AppealDecided",
            by=CLERK,
            result=life.dice.choice(("dismissed", "allowed")),
            **number,
        )


def left_untraced(life: Life, at: datetime) -> None:
    """The final report of a case in which nobody was found, and the court's note that it has it."""
    filed, number = at + life.days(40, 110), f"FR/{life.number}"
    life.do(filed, "FinalReportFiled", kind="untraced", court=COURT, number=number)
    life.do(filed + timedelta(days=1), "FinalReportAcknowledged", by=CLERK, number=number, court=COURT)
