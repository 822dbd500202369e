"""A sample district: invented cases that are the same every time, shaped by the volumes a real State publishes.

Shape: in Chhattisgarh about 183 FIRs a day were registered under the new laws and about half of the cases were
charge-sheeted ten months later (review of 21 April 2025); liquor, drugs, vehicles and jewellery fill real malkhanas.
Every name is made of a word that is nobody's name and a number.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")
BEGINS = datetime(2026, 3, 2, 8, 0, tzinfo=INDIA)
ENDS = datetime(2026, 9, 30, 20, 0, tzinfo=INDIA)
"""The district is looked at on this evening, wherever and whenever the demo runs."""
DISTRICT = "CG-NMN"
STATIONS = {
    "CG-NMN-01": ("Namuna Kotwali", "नमूना कोतवाली"),
    "CG-NMN-02": ("Namuna Bazar", "नमूना बाज़ार"),
    "CG-NMN-03": ("Namuna Ghat", "नमूना घाट"),
    "CG-NMN-04": ("Namuna Pahar", "नमूना पहाड़"),
    "CG-NMN-05": ("Namuna Mahila", "नमूना महिला थाना"),
}
COURT = "CJM Namuna"
LABORATORY = "FSL Namuna"
HOSPITAL = "District Hospital Namuna"
NAMESPACE = uuid.UUID("a7c0f7c4-6d2b-5f0e-8a52-3f5b3f0f9d21")
INVENTED = ("Namuna", "Udaharan", "Kalpana", "Drishtant", "Aadarsh", "Pratirup", "Baangi", "Misaal")
"""Words for sample, example, imagination …: no family is called so."""


@dataclass(frozen=True)
class Kind:
    """A kind of case: its sections, how often, what is seized, and which systems it passes through."""

    sections: tuple[str, ...]
    weight: int
    article: tuple[str, str, str, str] | None = None
    laboratory: bool = False
    victim: str = ""
    sensitive: str = ""
    chargesheet: float = 0.6
    medical: bool = False


KINDS = (
    Kind(("BNS 303(2)",), 26, ("vehicle", "motorcycle", "1", "piece"), chargesheet=0.4),
    Kind(("BNS 305",), 10, ("jewellery or precious metal", "gold chain", "18.50", "g"), chargesheet=0.4),
    Kind(("BNS 115(2)", "BNS 351(2)"), 18, ("clothing or weapon of offence", "bamboo stick", "1", "piece"), victim="male", medical=True),
    Kind(("BNS 318(4)",), 10, ("digital device", "mobile telephone", "1", "piece"), laboratory=True, chargesheet=0.3),
    Kind(("BNS 281", "BNS 106(1)"), 10, ("vehicle", "pick-up van", "1", "piece"), victim="male", medical=True),
    Kind(("BNS 64(1)",), 6, ("biological or medical sample", "sealed swab", "2", "piece"), laboratory=True, victim="female", sensitive="sexual offence", chargesheet=0.8, medical=True),
    Kind(("BNS 65(1)", "POCSO 6"), 6, ("biological or medical sample", "sealed swab", "2", "piece"), laboratory=True, victim="child", sensitive="POCSO", chargesheet=0.8, medical=True),
    Kind(("NDPS 20(b)(ii)(B)",), 6, ("drugs", "ganja", "4.250", "kg"), laboratory=True, chargesheet=0.8),
    Kind(("BNS 103(1)",), 4, ("clothing or weapon of offence", "axe", "1", "piece"), laboratory=True, victim="male", chargesheet=0.9, medical=True),
    Kind(("BNS 316(5)",), 2, ("document or valuable security", "cash book", "1", "piece"), chargesheet=0.5),
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Planned:
    """An act of the sample, in the order in which it is entered."""

    recorded_at: datetime
    case: int
    number: int
    act: dict[str, Any] = field(compare=False)


def planned(cases: int, seed: int = 1861) -> list[Planned]:
    """Every act of the sample district that was entered by `ENDS`, in the order of entering."""
    acts = [each for number in range(cases) for each in _Case(number, seed).acts()]
    return sorted(each for each in acts if each.recorded_at <= ENDS)


class _Case:
    """One case of the sample and its dice: the same for the same number and seed, however many cases there are."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.dice = random.Random(f"{seed}:{number}")  # noqa: S311 (invented cases, no secret)
        self.kind = self.dice.choices(KINDS, [kind.weight for kind in KINDS])[0]
        station = "CG-NMN-05" if self.kind.sensitive and self.dice.random() < 0.6 else self.dice.choice(list(STATIONS))  # noqa: PLR2004
        self.station = station
        span = (ENDS - BEGINS) / timedelta(minutes=1)
        self.begins = BEGINS + timedelta(minutes=int(self.dice.random() * span))
        self.officer = {"id": f"{station}-IO{self.dice.randint(1, 3)}", "rank": "SI", "role": "investigating officer"}
        self.keeper = {"id": f"{station}-HM1", "rank": "HC", "role": "malkhana moharrir"}
        self.done: list[tuple[datetime, timedelta, dict[str, Any]]] = []

    def acts(self) -> list[Planned]:
        """Its life, from the first information on, as far as it has come."""
        at = self.begins
        accused = [f"A{n + 1}" for n in range(self.dice.choices((0, 1, 2), (2, 6, 2))[0])]
        self._published(self._registered(at, accused))
        if self.kind.medical:
            self._medical(at)
        seized = self._seized(at) if self.kind.article and self.dice.random() < 0.85 else None  # noqa: PLR2004
        if seized is not None and self.kind.laboratory:
            self._to_laboratory(seized)
        for code in accused:
            self._arrested(code, at)
        if self.dice.random() < self.kind.chargesheet and accused:
            self._chargesheeted(accused, at)
        elif self.dice.random() < 0.3:  # noqa: PLR2004
            filed = at + self._days(40, 110)
            self._do(filed, "FinalReportFiled", kind="untraced", court=COURT, number=f"FR/{self.number}")
        if self.dice.random() < 0.6:  # noqa: PLR2004
            self._do(at + self._days(30, 100), "ProgressToldToVictim", person="I1", means="message")
        return list(self._entered())

    def _entered(self) -> Iterator[Planned]:
        """The acts in the order in which they happened, each entered after the one before it."""
        last = BEGINS
        for number, (at, delay, act) in enumerate(sorted(self.done, key=lambda each: each[0])):
            last = max(at + delay, last)
            yield Planned(last, self.number, number, act)

    def _do(self, at: datetime, name: str, by: dict[str, str] | None = None, **fields: Any) -> None:
        """One act; most are entered within hours, a few only after days."""
        slow = self.dice.random() < 0.01  # noqa: PLR2004
        delay = self._days(2, 12) if slow else timedelta(minutes=self.dice.randint(5, 300))
        command = uuid.uuid5(NAMESPACE, f"{self.number}:{len(self.done)}:{name}")
        act = {
            "name": f"case.{name}", "record": f"sample:{self.number:05d}", "command_id": str(command),
            "occurred_at": at.isoformat(), "actor": by or self.officer, "station": self.station, "district": DISTRICT,
            "fields": fields,
        }  # fmt: skip
        self.done.append((at, delay, act))

    def _registered(self, at: datetime, accused: list[str]) -> datetime:
        informant = self._name()
        electronic = self.dice.random() < 0.1  # noqa: PLR2004
        told = {"mode": "electronic" if electronic else "oral", "sections": list(self.kind.sections), "informant_name": informant}
        place = self.dice.choice(("Namuna Bazar road", "Namuna village", "bus stand", "weekly market"))
        self._do(at, "InformationReceived", gist=f"{informant} reports an offence at {place}", place=place, gd_entry=f"GD/{self.number}", **told)
        registered = at + timedelta(minutes=self.dice.randint(20, 180))
        if electronic:
            registered = at + self._days(1, 4)
            self._do(registered, "InformationSigned", means="signature")
        victims = []
        if self.kind.victim:
            child = self.kind.victim == "child"
            gender = "female" if child else self.kind.victim
            victims = [{"code": "V1", "victim_name": self._name(), "gender": gender, "age_years": self.dice.randint(9, 16) if child else self.dice.randint(19, 60)}]
        named = [{"code": code, "how": "known", "accused_name": self._name(), "gender": "male"} for code in accused]
        self._do(
            registered, "FIRRegistered", information_received_at=at.isoformat(), gd_entry=f"GD/{self.number}", place=place,
            contents=f"{informant} states what happened at {place}", victims=victims, accused=named,
            investigator=self.officer["id"], investigator_rank="SI", **told,
        )  # fmt: skip
        self._do(registered + timedelta(minutes=10), "CopyGivenToInformant", means="in person", receipt_taken=True)
        self._do(registered + timedelta(hours=3), "ReportSentToMagistrate", magistrate=COURT, means="electronic")
        return registered

    def _published(self, at: datetime) -> None:
        if self.kind.sensitive:
            self._do(at + timedelta(hours=5), "PublicationWithheld", by={"id": "CG-NMN-SDOP", "rank": "DySP", "role": "supervising officer"},
                     reason_class=self.kind.sensitive, reason="the victim must not be known", decided_by="CG-NMN-SDOP", decided_by_rank="DySP")  # fmt: skip
            return
        if self.station == "CG-NMN-04" and self.dice.random() < 0.3:  # noqa: PLR2004
            self._do(at + timedelta(hours=8), "PublicationDelayed", difficulty="geography", reason="no network at the hill station")
        late = self.dice.random() < 0.15  # noqa: PLR2004
        self._do(at + (timedelta(hours=self.dice.randint(26, 90)) if late else timedelta(hours=self.dice.randint(4, 20))),
                 "FIRPublished", url=f"https://police.example/fir/{self.station}/{self.number}")  # fmt: skip

    def _medical(self, at: datetime) -> None:
        request = f"MLC/{self.number}"
        subject = "victim" if self.kind.sensitive else "injured"
        self._do(at + timedelta(hours=4), "MedicalExaminationRequested", request=request, person="V1", subject=subject, consent="given", hospital=HOSPITAL)
        if self.kind.sensitive:
            late = timedelta(hours=30) if self.dice.random() < 0.15 else timedelta(hours=6)  # noqa: PLR2004
            self._do(at + late, "VictimSentForExamination", request=request, person="V1", hospital=HOSPITAL)
        held = at + timedelta(hours=34)
        self._do(held, "MedicalExaminationHeld", request=request, person="V1", hospital=HOSPITAL)
        received = held + self._days(1, 10)
        doctor = {"id": "DH-NMN-MO", "rank": "MO", "role": "medical officer"}
        self._do(received, "MLRReceived", by=doctor, request=request, person="V1", hospital=HOSPITAL, mlr_number=f"MLR/{self.number}", findings="findings of the examination")
        self._do(received + timedelta(days=1), "ReportAttachedToDiary", kind="MLR", report=f"MLR/{self.number}", diary_number=f"CD/{self.number}")

    def _seized(self, at: datetime) -> datetime:
        category, what, quantity, unit = self.kind.article or ("other", "article", "1", "piece")
        seized = at + timedelta(hours=self.dice.randint(3, 60))
        seal = f"SEAL-{self.dice.randint(11, 99)}"
        item = {"id": "PR/1", "category": category, "description": what, "quantity": quantity, "unit": unit, "seal": seal, "seal_count": 2}
        if category == "digital device" and self.dice.random() < 0.8:  # noqa: PLR2004
            item |= {"device_hash": self.dice.randbytes(32).hex(), "hash_algorithm": "SHA-256"}
        both = self.dice.random() < 0.9  # noqa: PLR2004
        witnesses = [{"code": f"W{n}", "person": self._name()} for n in (1, 2)[: 2 if both else 1]]
        sid = f"{self.dice.randrange(10**16):016d}"
        self._do(seized, "PropertySeized", items=[item], place="at the place of offence", memo=f"SM/{self.number}", kind="involved",
                 gd_entry=f"GD/{self.number}", witnesses=witnesses, seal_kept_by="W1", recording=sid if both else "")  # fmt: skip
        self._do(seized + timedelta(hours=6), "SeizureReportedToMagistrate", memo=f"SM/{self.number}", court=COURT)
        kept = timedelta(hours=40) if self.dice.random() < 0.1 else timedelta(hours=3)  # noqa: PLR2004
        deposited = seized + kept
        room = f"almirah {self.dice.randint(1, 6)}, rack {self.dice.randint(1, 9)}"
        self._do(deposited, "PropertyDeposited", by=self.keeper, property_id="PR/1", malkhana_serial=self.number + 1, malkhana_year=2026, place=room,
                 depositor=self.officer["id"], depositor_rank="SI", keeper=self.keeper["id"], keeper_rank="HC", gd_entry=f"GD/{self.number}", seal=seal,
                 specimen_seal_deposited=True, refrigerated=category.startswith("biological"))  # fmt: skip
        if self.dice.random() < 0.03:  # noqa: PLR2004
            # Somebody tries to send what is not in the malkhana: refused, and the attempt recorded.
            self._do(deposited + timedelta(hours=1), "PropertyRecalled", property_id="PR/1", person="A1", place=room, seal=seal)
        self.seal, self.room = seal, room
        return deposited

    def _to_laboratory(self, deposited: datetime) -> None:
        note, seal = f"FN/{self.number}", self.seal
        sent = deposited + (self._days(4, 9) if self.dice.random() < 0.2 else timedelta(hours=20))  # noqa: PLR2004
        self._do(sent - timedelta(hours=2), "ForwardingNoteSent", note=note, laboratory=LABORATORY, properties=["PR/1"])
        paper = f"RC/{self.number}" if self.dice.random() < 0.93 else ""  # noqa: PLR2004
        carrier = f"{self.station}-C{self.dice.randint(1, 4)}"
        self._do(sent, "PropertySentToLaboratory", by=self.keeper, property_id="PR/1", laboratory=LABORATORY, seal=seal, carrier=carrier, carrier_rank="C",
                 road_certificate=paper, forwarding_note=note, specimen_seal_sent=True)  # fmt: skip
        clerk = {"id": "FSL-NMN-01", "rank": "SA", "role": "laboratory receipt desk"}
        arrived = sent + timedelta(hours=self.dice.randint(3, 20))
        broken = self.dice.random() < 0.05  # noqa: PLR2004
        self._do(arrived, "PropertyReceivedByLaboratory", by=clerk, property_id="PR/1", laboratory=LABORATORY, seal=f"{seal}x" if broken else seal,
                 receipt=f"LR/{self.number}", received_by="FSL-NMN-01", seal_intact=not broken)  # fmt: skip
        self._do(arrived, "LaboratoryAccepted", by=clerk, note=note, fsl_number=f"FSL/{self.number}/2026")
        if self.dice.random() < 0.6:  # noqa: PLR2004
            issued = arrived + self._days(15, 60)
            report = {"fsl_number": f"FSL/{self.number}/2026", "report_number": f"R/{self.number}", "laboratory": LABORATORY}
            self._do(issued, "LaboratoryReportIssued", by=clerk, **report)
            self._do(issued + timedelta(days=2), "LaboratoryReportReceived", **report)
            self._do(issued + timedelta(days=3), "ReportAttachedToDiary", kind="FSL", report=f"R/{self.number}", diary_number=f"CD/{self.number}")
            self._do(issued + timedelta(days=4), "PropertyReturnedFromLaboratory", property_id="PR/1", laboratory=LABORATORY, seal=seal, carrier=carrier, carrier_rank="C")

    def _arrested(self, code: str, at: datetime) -> None:
        if self.dice.random() < 0.3:  # noqa: PLR2004
            return
        arrested = at + timedelta(hours=self.dice.randint(6, 400))
        name = self._name()
        self._do(arrested, "AccusedArrested", accused=code, manner="arrested", status="arrested and forwarded", place="near the bus stand", gd_entry=f"GD/{self.number}",
                 accused_name=name, gender="male", age_years=self.dice.randint(19, 55), witnesses=[{"code": "W1", "witness_name": self._name()}])  # fmt: skip
        self._do(arrested + timedelta(minutes=30), "GroundsGiven", accused=code, how="in writing", language="Hindi", receipt_taken=True)
        self._do(arrested + timedelta(minutes=50), "RelativeInformed", accused=code, relative_name=self._name(), relation="brother", means="telephone", place_held=self.station,
                 designated_officer_told_at=(arrested + timedelta(hours=1)).isoformat())  # fmt: skip
        hours = self.dice.randint(26, 30) if self.dice.random() < 0.06 else self.dice.randint(6, 22)  # noqa: PLR2004
        produced = arrested + timedelta(hours=hours)
        self._do(produced, "AccusedProduced", accused=code, court=COURT, purpose="first production", journey_hours="1.5", journey_evidence=f"GD/{self.number}")
        self._do(produced, "AccusedRemanded", accused=code, custody="judicial", days=14, court=COURT)
        if self.dice.random() < 0.4:  # noqa: PLR2004
            self._do(produced + self._days(10, 50), "BailGranted", accused=code, court=COURT, kind="regular")

    def _chargesheeted(self, accused: list[str], at: datetime) -> None:
        number, ready = f"CS/{self.number}", at + self._days(25, 85)
        office = {"id": "DPO-NMN", "rank": "ADPO", "role": "prosecutor"}
        self._do(ready, "ProsecutionOpinionSought", request=f"PO/{self.number}", office="DPO Namuna", subject="draft chargesheet")
        if self.kind.sections == ("BNS 316(5)",):
            government = {"id": "GOV-CG", "rank": "Secretary", "role": "sanctioning authority"}
            self._do(ready, "GovernmentSanctionRequested", request=f"GS/{self.number}", authority="State Government", accused=accused[0])
            self._do(ready + timedelta(days=5), "GovernmentSanctionRequestReceived", by=government, request=f"GS/{self.number}", authority="State Government")
            if self.dice.random() < 0.5:  # noqa: PLR2004
                self._do(ready + timedelta(days=20), "GovernmentSanctionGranted", by=government, request=f"GS/{self.number}", order_number=f"GO/{self.number}")
        if self.dice.random() < 0.2:  # noqa: PLR2004
            self._do(ready + timedelta(days=3), "ProsecutionClearanceRefused", by=office, request=f"PO/{self.number}", officer="ADPO", defects=["laboratory report awaited"])
            ready += timedelta(days=9)
        self._do(ready + timedelta(days=4), "ProsecutionClearanceGiven", by=office, request=f"PO/{self.number}", officer="ADPO")
        self._do(ready + timedelta(days=4), "FinalReportPrepared", number=number, kind="chargesheet", medical_report="attached" if self.kind.medical else "not needed",
                 brief_facts="the facts found in the investigation", sections=list(self.kind.sections), accused=[{"code": code, "status": "in custody"} for code in accused])  # fmt: skip
        self._do(ready + timedelta(days=5), "ChargesheetSubmitted", number=number, accused=accused, channel="ICJS", court=COURT)
        clerk = {"id": "COURT-NMN", "rank": "Reader", "role": "filing section"}
        cnr = f"CGNM01{self.number + 1:06d}2026"
        if self.dice.random() < 0.15:  # noqa: PLR2004
            self._do(ready + timedelta(days=7), "ChargesheetReturnedWithDefect", by=clerk, number=number, court=COURT, defects=["annexure missing"])
            self._do(ready + timedelta(days=10), "ChargesheetSubmitted", number=number, accused=accused, channel="ICJS", court=COURT)
            ready += timedelta(days=6)
        if self.dice.random() < 0.92:  # noqa: PLR2004
            self._do(ready + timedelta(days=6), "ChargesheetAcknowledged", by=clerk, number=number, cnr=cnr, accused=accused, court=COURT)
            self._do(ready + timedelta(days=9), "CognizanceTaken", by=clerk, court=COURT, cnr=cnr)
            for code in accused:
                self._do(ready + timedelta(days=12), "AccusedProduced", accused=code, court=COURT, purpose="after chargesheet", journey_hours="1")
                self._do(ready + self._days(14, 32), "CopiesSupplied", accused=code, means="electronic")

    def _days(self, least: int, most: int) -> timedelta:
        return timedelta(minutes=self.dice.randint(least * 1440, most * 1440))

    def _name(self) -> str:
        return f"{self.dice.choice(INVENTED)} {self.dice.randint(100, 999)}"


def cases_of(acts: list[Planned]) -> Iterator[int]:
    """The numbers of the cases in a plan."""
    yield from sorted({each.case for each in acts})
