"""The life of one sample case: what happens in it, how long after, and when it is entered, by dice of its own."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented cases)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import (
    COURT,
    ENDS,
    HOSPITAL,
    LABORATORY,
    Planned,
)
from roznamcha.sample_audit import audits
from roznamcha.sample_complaint import EVERY as CASES_TO_COMPLAINT
from roznamcha.sample_complaint import FROM_COMPLAINT, SampleComplaint
from roznamcha.sample_court import arrested, chargesheeted, left_untraced, tried
from roznamcha.sample_diary import EVERY as CASES_TO_DAY
from roznamcha.sample_diary import SampleDiary
from roznamcha.sample_inquest import EVERY, KILLED, SampleInquest, inquest_of
from roznamcha.sample_life import Life
from roznamcha.sample_missing import EVERY as CASES_TO_MISSING
from roznamcha.sample_missing import SampleMissing
from roznamcha.sample_mlc import EVERY as CASES_TO_MLC
from roznamcha.sample_mlc import HURT, SampleMLC
from roznamcha.sample_preventive import EVERY as CASES_TO_ACTION
from roznamcha.sample_preventive import SamplePreventive
from roznamcha.sample_unclaimed import EVERY as CASES_TO_FIND
from roznamcha.sample_unclaimed import SampleUnclaimed


def planned(cases: int, seed: int = 1861) -> list[Planned]:
    """Every act of the sample district that was entered by `ENDS`, in the order of entering."""
    lives: list[Life] = [SampleCase(number, seed) for number in range(cases)]
    killed = [each for each in lives if KILLED in each.kind.sections]
    inquests = [SampleInquest(each.number, seed, each) for each in killed]
    inquests += [SampleInquest(number, seed) for number in range(cases // EVERY)]
    complaints = [SampleComplaint(each.number, seed, each) for each in lives[::FROM_COMPLAINT]]
    complaints += [SampleComplaint(number, seed) for number in range(cases // CASES_TO_COMPLAINT)]
    missing = [SampleMissing(number, seed) for number in range(cases // CASES_TO_MISSING)]
    hurt = [each for each in lives if HURT in each.kind.sections][::2]
    mlcs = [SampleMLC(each.number, seed, each) for each in hurt]
    mlcs += [SampleMLC(number, seed) for number in range(cases // CASES_TO_MLC)]
    actions = [SamplePreventive(number, seed) for number in range(cases // CASES_TO_ACTION)]
    days = [SampleDiary(number, seed) for number in range(cases // CASES_TO_DAY)]
    finds = [SampleUnclaimed(number, seed) for number in range(cases // CASES_TO_FIND)]
    every = (*lives, *inquests, *complaints, *missing, *mlcs, *actions, *days, *finds)
    acts = sorted(each for life in every for each in life.acts())
    return sorted(each for each in (*acts, *audits(acts, seed)) if each.recorded_at <= ENDS)


class SampleCase(Life):
    """What happens in one sample case, chapter by chapter."""

    def acts(self) -> list[Planned]:
        """Its life, from the first information on, as far as it has come."""
        at = self.begins
        accused = [f"A{n + 1}" for n in range(self.dice.choices((0, 1, 2), (2, 6, 2))[0])]
        self._published(self._registered(at, accused))
        if self.kind.medical:
            self._medical(at)
        seized = self._seized(at) if self.kind.article and self.dice.random() < 0.85 else None
        if seized is not None and self.kind.laboratory:
            self._to_laboratory(seized)
        for code in accused:
            arrested(self, code, at)
        if self.dice.random() < self.kind.chargesheet and accused:
            chargesheeted(self, accused, at)
        elif self.dice.random() < 0.3:
            left_untraced(self, at)
        if self.dice.random() < 0.6:
            self.do(at + self.days(30, 100), "ProgressToldToVictim", person="I1", means="message")
        # Thrown last, so that these two change nothing of what the dice say above.
        self._looked_at()
        tried(self, accused)
        return list(self.entered())

    def _registered(self, at: datetime, accused: list[str]) -> datetime:
        informant = self.name()
        electronic = self.dice.random() < 0.1
        told: dict[str, Any] = {
            "mode": "electronic" if electronic else "oral",
            "sections": list(self.kind.sections),
            "informant_name": informant,
        }
        place = self.dice.choice(("Namuna Bazar road", "Namuna village", "bus stand", "weekly market"))
        self.do(
            at,
            "InformationReceived",
            gist=f"{informant} reports an offence at {place}",
            place=place,
            gd_entry=f"GD/{self.number}",
            **told,
        )
        registered = at + timedelta(minutes=self.dice.randint(20, 180))
        if electronic:
            registered = at + self.days(1, 4)
            self.do(registered, "InformationSigned", means="signature")
        victims = []
        if self.kind.victim:
            child = self.kind.victim == "child"
            gender = "female" if child else self.kind.victim
            victims = [
                {
                    "code": "V1",
                    "victim_name": self.name(),
                    "gender": gender,
                    "age_years": self.dice.randint(9, 16) if child else self.dice.randint(19, 60),
                }
            ]
        named = [{"code": code, "how": "known", "accused_name": self.name(), "gender": "male"} for code in accused]
        self.do(
            registered,
            "FIRRegistered",
            information_received_at=at.isoformat(),
            gd_entry=f"GD/{self.number}",
            place=place,
            contents=f"{informant} states what happened at {place}",
            victims=victims,
            accused=named,
            inquest_number=inquest_of(self.number) if KILLED in self.kind.sections else "",
            investigator=self.officer["id"],
            investigator_rank="SI",
            **told,
        )
        self.registered, self.scene = registered, place
        self.do(registered + timedelta(minutes=10), "CopyGivenToInformant", means="in person", receipt_taken=True)
        self.do(registered + timedelta(hours=3), "ReportSentToMagistrate", magistrate=COURT, means="electronic")
        return registered

    def _looked_at(self) -> None:
        """The crime details form, where the scene was looked at."""
        if self.dice.random() < 0.25:
            return
        began = self.registered + timedelta(minutes=self.dice.randint(40, 300))
        seen: dict[str, Any] = {"victims": [{"code": "V1", "harm": "other"}]} if self.kind.victim else {}
        self.do(
            began + timedelta(hours=2),
            "CrimeDetailsRecorded",
            major_head=self.kind.sections[0],
            minor_head="as in the FIR",
            method="as found at the place",
            place=self.scene,
            place_type="open place",
            photographed=True,
            spot_map_drawn=True,
            inspected_from=began.isoformat(),
            inspected_to=(began + timedelta(hours=1)).isoformat(),
            witnesses=[{"code": f"W{n}", "witness_name": self.name()} for n in (1, 2)],
            **seen,
        )

    def _published(self, at: datetime) -> None:
        if self.kind.sensitive:
            self.do(
                at + timedelta(hours=5),
                "PublicationWithheld",
                by={"id": "CG-NMN-SDOP", "rank": "DySP", "role": "supervising officer"},
                reason_class=self.kind.sensitive,
                reason="the victim must not be known",
                decided_by="CG-NMN-SDOP",
                decided_by_rank="DySP",
            )
            return
        if self.station == "CG-NMN-04" and self.dice.random() < 0.3:
            self.do(
                at + timedelta(hours=8),
                "PublicationDelayed",
                difficulty="geography",
                reason="no network at the hill station",
            )
        late = self.dice.random() < 0.15
        self.do(
            at + (timedelta(hours=self.dice.randint(26, 90)) if late else timedelta(hours=self.dice.randint(4, 20))),
            "FIRPublished",
            url=f"https://police.example/fir/{self.station}/{self.number}",
        )

    def _medical(self, at: datetime) -> None:
        request = f"MLC/{self.number}"
        subject = "victim" if self.kind.sensitive else "injured"
        self.do(
            at + timedelta(hours=4),
            "MedicalExaminationRequested",
            request=request,
            person="V1",
            subject=subject,
            consent="given",
            hospital=HOSPITAL,
        )
        if self.kind.sensitive:
            late = timedelta(hours=30) if self.dice.random() < 0.15 else timedelta(hours=6)
            self.do(at + late, "VictimSentForExamination", request=request, person="V1", hospital=HOSPITAL)
        held = at + timedelta(hours=34)
        self.do(held, "MedicalExaminationHeld", request=request, person="V1", hospital=HOSPITAL)
        received = held + self.days(1, 10)
        doctor = {"id": "DH-NMN-MO", "rank": "MO", "role": "medical officer"}
        self.do(
            received,
            "MLRReceived",
            by=doctor,
            request=request,
            person="V1",
            hospital=HOSPITAL,
            mlr_number=f"MLR/{self.number}",
            findings="findings of the examination",
        )
        self.do(
            received + timedelta(days=1),
            "ReportAttachedToDiary",
            kind="MLR",
            report=f"MLR/{self.number}",
            diary_number=f"CD/{self.number}",
        )

    def _seized(self, at: datetime) -> datetime:
        category, what, quantity, unit = self.kind.article or ("other", "article", "1", "piece")
        seized = at + timedelta(hours=self.dice.randint(3, 60))
        seal = f"SEAL-{self.dice.randint(11, 99)}"
        item = {
            "id": "PR/1",
            "category": category,
            "description": what,
            "quantity": quantity,
            "unit": unit,
            "seal": seal,
            "seal_count": 2,
        }
        if category == "digital device" and self.dice.random() < 0.8:
            item |= {"device_hash": self.dice.randbytes(32).hex(), "hash_algorithm": "SHA-256"}
        both = self.dice.random() < 0.9
        witnesses = [{"code": f"W{n}", "witness_name": self.name()} for n in (1, 2)[: 2 if both else 1]]
        sid = f"{self.dice.randrange(10**16):016d}"
        self.do(
            seized,
            "PropertySeized",
            items=[item],
            place="at the place of offence",
            memo=f"SM/{self.number}",
            kind="involved",
            gd_entry=f"GD/{self.number}",
            witnesses=witnesses,
            seal_kept_by="W1",
            sid=sid if both else "",
        )
        self.do(seized + timedelta(hours=6), "SeizureReportedToMagistrate", memo=f"SM/{self.number}", court=COURT)
        kept = timedelta(hours=40) if self.dice.random() < 0.1 else timedelta(hours=3)
        deposited = seized + kept
        room = f"almirah {self.dice.randint(1, 6)}, rack {self.dice.randint(1, 9)}"
        self.do(
            deposited,
            "PropertyDeposited",
            by=self.keeper,
            property_id="PR/1",
            malkhana_serial=self.number + 1,
            malkhana_year=2026,
            place=room,
            depositor=self.officer["id"],
            depositor_rank="SI",
            keeper=self.keeper["id"],
            keeper_rank="HC",
            gd_entry=f"GD/{self.number}",
            seal=seal,
            specimen_seal_deposited=True,
            refrigerated=category.startswith("biological"),
        )
        if self.dice.random() < 0.03:
            # Somebody tries to send what is not in the malkhana: refused, and the attempt recorded.
            self.do(
                deposited + timedelta(hours=1),
                "PropertyRecalled",
                property_id="PR/1",
                person="A1",
                place=room,
                seal=seal,
            )
        self.seal, self.room = seal, room
        return deposited

    def _to_laboratory(self, deposited: datetime) -> None:
        note, seal = f"FN/{self.number}", self.seal
        sent = deposited + (self.days(4, 9) if self.dice.random() < 0.2 else timedelta(hours=20))
        self.do(sent - timedelta(hours=2), "ForwardingNoteSent", note=note, laboratory=LABORATORY, properties=["PR/1"])
        paper = f"RC/{self.number}" if self.dice.random() < 0.93 else ""
        carrier = f"{self.station}-C{self.dice.randint(1, 4)}"
        self.do(
            sent,
            "PropertySentToLaboratory",
            by=self.keeper,
            property_id="PR/1",
            laboratory=LABORATORY,
            seal=seal,
            carrier=carrier,
            carrier_rank="C",
            road_certificate=paper,
            forwarding_note=note,
            specimen_seal_sent=True,
        )
        clerk = {"id": "FSL-NMN-01", "rank": "SA", "role": "laboratory receipt desk"}
        arrived = sent + timedelta(hours=self.dice.randint(3, 20))
        broken = self.dice.random() < 0.05
        self.do(
            arrived,
            "PropertyReceivedByLaboratory",
            by=clerk,
            property_id="PR/1",
            laboratory=LABORATORY,
            seal=f"{seal}x" if broken else seal,
            receipt=f"LR/{self.number}",
            received_by="FSL-NMN-01",
            seal_intact=not broken,
        )
        self.do(arrived, "LaboratoryAccepted", by=clerk, note=note, fsl_number=f"FSL/{self.number}/2026")
        if self.dice.random() < 0.6:
            issued = arrived + self.days(15, 60)
            report: dict[str, Any] = {
                "fsl_number": f"FSL/{self.number}/2026",
                "report_number": f"R/{self.number}",
                "laboratory": LABORATORY,
            }
            self.do(issued, "LaboratoryReportIssued", by=clerk, **report)
            self.do(issued + timedelta(days=2), "LaboratoryReportReceived", **report)
            self.do(
                issued + timedelta(days=3),
                "ReportAttachedToDiary",
                kind="FSL",
                report=f"R/{self.number}",
                diary_number=f"CD/{self.number}",
            )
            self.do(
                issued + timedelta(days=4),
                "PropertyReturnedFromLaboratory",
                property_id="PR/1",
                laboratory=LABORATORY,
                seal=seal,
                carrier=carrier,
                carrier_rank="C",
            )
