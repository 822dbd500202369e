"""A case with every personal column marked, in an order in which a station could enter it; and what is refused."""

from __future__ import annotations

from typing import Any

import domain
from domain.common.document import AttachesDocuments
from domain.event import ACTS
from domain.shape import Shape, columns
from tests.acts import _value, sent

MARK = "Zzyxqq"
"""Stands in every personal column of the case; no other text contains it."""


def marked(shape: Shape, sample: Any) -> Any:
    """A value whose personal parts are marked."""
    if shape.kind == "sealed":
        return f"{MARK} {MARK.lower()}"
    if shape.inner is not None:
        inner = sample[0] if isinstance(sample, list) and sample else sample
        inner = inner if inner is not None else _value(shape.inner, "sample")
        return [marked(shape.inner, inner)] if shape.kind == "list" else marked(shape.inner, inner)
    if shape.of is not None:
        given = sample if isinstance(sample, dict) else _value(shape, "sample")
        return {
            column.name: marked(column.shape, given.get(column.name))
            for column in shape.columns
            if column.required or personal(column.shape)
        } | {name: value for name, value in given.items() if value is not None and not _personal_name(shape, name)}
    return sample


def personal(shape: Shape) -> bool:
    """Whether something sealed may stand in it."""
    inner = [shape.inner] if shape.inner else []
    return shape.kind == "sealed" or any(map(personal, [*inner, *(column.shape for column in shape.columns)]))


def _personal_name(shape: Shape, name: str) -> bool:
    return any(column.name == name and personal(column.shape) for column in shape.columns)


def marked_act(name: str, record: str, **fields: Any) -> dict[str, Any]:
    """An act with every personal column marked."""
    document = sent(name, record, **fields)
    for column in columns(ACTS[name]):
        if personal(column.shape):
            document["fields"][column.name] = marked(column.shape, document["fields"].get(column.name))
    return document


def every_act() -> list[dict[str, Any]]:
    """An act of every kind, on one record, in the order of the alphabet: most of them are refused."""
    domain.load()
    names = sorted(ACTS, key=lambda each: (each != "case.FIRRegistered", each))
    return [marked_act(name, "marked:1") for name in names]


domain.load()
PERSONAL = frozenset(
    name
    for name, cls in ACTS.items()
    if any(personal(each.shape) for each in columns(cls)) and not issubclass(cls, AttachesDocuments)
)
"""The acts that have a personal column and may come by an import: documents come with their files."""

PACKET = {"category": "other", "description": "a packet", "quantity": "500", "unit": "g"}
ITEMS = [{"id": each, **PACKET} for each in ("PR/1", "PR/2")]
VICTIM = [{"code": "V1", "harm": "none"}]
CHARGED = [{"code": "A1", "status": "in custody"}]

IN_ORDER: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("told", "InformationReceived", {}),
    ("told", "PreliminaryEnquiryOrdered", {}),
    ("told", "PreliminaryEnquiryConcluded", {"outcome": "close"}),
    ("noted", "NonCognizableReported", {}),
    ("zero", "ZeroFIRRegistered", {"for_station": "CG-RPR-02"}),
    ("1", "FIRRegistered", {}),
    ("1", "SceneVisited", {}),
    ("1", "CrimeDetailsRecorded", {"victims": VICTIM}),
    ("1", "AccusedNamed", {"accused": "A2"}),
    ("1", "NoticeOfAppearanceServed", {}),
    ("1", "DecisionNotToArrestSent", {}),
    ("1", "SearchRecorded", {"occupant": "W5"}),
    ("1", "StatementRecorded", {}),
    ("1", "CaseDiaryWritten", {}),
    ("1", "ProgressToldToVictim", {}),
    ("1", "AccusedArrested", {}),
    ("1", "GroundsGiven", {}),
    ("1", "RelativeInformed", {}),
    ("1", "AccusedExamined", {}),
    ("1", "UndertrialDetentionContinued", {}),
    ("1", "BailGranted", {}),
    ("1", "AccusedReleased", {}),
    ("1", "PropertySeized", {"items": ITEMS, "from_code": "A1"}),
    ("1", "DisposalOrdered", {"property_id": "PR/2", "order": "O/1", "manner": "returned", "recipient_code": "W7"}),
    ("1", "PropertyDisposed", {"property_id": "PR/2", "order": "O/1", "manner": "returned", "recipient_code": "W7"}),
    ("1", "PropertyReleasedOnBond", {"property_id": "PR/1"}),
    ("1", "MedicalExaminationRequested", {"request": "MR/1", "subject": "victim", "consent": "given"}),
    ("1", "MLRReceived", {"request": "MR/1"}),
    ("1", "PostMortemRequested", {"request": "MR/2"}),
    ("1", "PMRReceived", {"request": "MR/2"}),
    ("1", "ForwardingNoteSent", {"properties": ["PR/1"], "about": "V1"}),
    ("1", "LaboratoryReportReceived", {"about": "V1"}),
    ("1", "ProsecutionOpinionSought", {"request": "OP/1", "subject": "draft chargesheet"}),
    ("1", "ProsecutionClearanceRefused", {"request": "OP/1"}),
    ("1", "ProsecutionOpinionSought", {"request": "OP/2", "subject": "draft chargesheet"}),
    ("1", "ProsecutionClearanceGiven", {"request": "OP/2"}),
    ("1", "GovernmentSanctionRequested", {"request": "GS/1"}),
    ("1", "GovernmentSanctionRefused", {"request": "GS/1"}),
    ("1", "FinalReportPrepared", {"number": "CS/1", "accused": CHARGED}),
    ("1", "ChargesheetSubmitted", {"number": "CS/1", "accused": ["A1"]}),
    ("1", "ChargesheetReturnedWithDefect", {"number": "CS/1"}),
    ("1", "FinalReportFiled", {"number": "FR/1"}),
    ("1", "TimeExtended", {"provision": "BNSS 232", "days": 60}),
    ("1", "LimitationCondoned", {}),
    ("1", "AppealDecided", {}),
)
"""Acts by the record they are entered in."""

INQUEST: tuple[tuple[str, dict[str, Any]], ...] = (
    ("BodyFound", {}),
    ("BodyIdentified", {"identified_by": "W1"}),
    ("InquestHeld", {"witnesses": [{"code": "W1"}, {"code": "W2"}]}),
    ("PostMortemRequested", {"request": "MR/3", "person": "D1"}),
    ("PMRReceived", {"request": "MR/3", "person": "D1"}),
    ("VisceraSent", {"note": "FN/9"}),
    ("VisceraReportReceived", {"note": "FN/9"}),
    ("BodyDisposed", {"received_by": "W1"}),
    ("InquestClosed", {}),
)
"""Acts of an inquest with personal columns, and what they need."""

UNCLAIMED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PropertyFoundUnclaimed", {"items": [{"id": "PR/1", **PACKET}], "finder": "W1"}),
    ("ClaimMade", {"claim": "C/1", "claimant": "V1"}),
    ("PropertyReleasedOnBond", {"property_id": "PR/1", "person": "V1"}),
    ("DisposalOrdered", {"property_id": "PR/1", "order": "O/1", "recipient_code": "V1", "manner": "returned"}),
    ("PropertyDisposed", {"property_id": "PR/1", "order": "O/1", "recipient_code": "V1", "manner": "returned"}),
)
"""Acts of a find of unclaimed property with personal columns, and what they need."""

COMPLAINT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("ComplaintReceived", {"against": [{"code": "R1"}]}),
    ("EnquiryReported", {}),
    ("ComplaintDisposed", {}),
)
"""Acts of a complaint with personal columns, and what they need."""

MISSING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PersonReportedMissing", {"person": "M1"}),
    ("LeadRecorded", {"lead": "L/1", "person": "M1"}),
    ("PersonNotTraced", {"person": "M1"}),
    ("PersonTraced", {"person": "M1", "condition": "well", "handed_to": "W1"}),
)
"""Acts of a search with personal columns, and what they need."""

MLC: tuple[tuple[str, dict[str, Any]], ...] = (
    ("HospitalIntimated", {"person": "V1", "bringer": "W1"}),
    ("MedicalExaminationRequested", {"request": "MR/9", "person": "V1"}),
    ("MLRReceived", {"request": "MR/9", "person": "V1"}),
    ("ClosedWithoutCase", {}),
)
"""Acts of a medico-legal case with personal columns, and what they need."""

PREVENTIVE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("PersonDetained", {"person": "R1"}),
    ("ActionProposed", {"persons": [{"code": "R1"}]}),
    ("InquiryContinued", {"person": "R1"}),
    ("BondExecuted", {"person": "R1"}),
    ("BondViolated", {"person": "R1"}),
    ("PersonHeldForDirection", {"person": "R2"}),
    ("UrgentOrderMade", {"order_number": "UO/1"}),
    ("NuisanceCauseShown", {"order_number": "NO/1"}),
    ("NuisanceTimeExtended", {"order_number": "NO/1"}),
    ("ProceedingsDropped", {}),
)
"""Acts of a preventive action with personal columns, and what they need."""

DIARY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("EntryMade", {"serial": 1, "day": "2026-07-02", "number": ""}),
    ("DayClosed", {"last_serial": 1, "day": "2026-07-02"}),
)
"""Acts of the diary with personal columns, and what they need."""

UNCODED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("SealBroken", {"property_id": "PR/1", "present": [f"{MARK} s/o Mohan, Ward 5"]}),
    ("PropertyResealed", {"property_id": "PR/1", "seal_kept_by": f"{MARK} Kumar"}),
    ("PropertySeized", {"items": [{"id": "PR/3", **PACKET}], "seal_kept_by": f"{MARK} Kumar", "from_code": "A1"}),
    ("HearingHeld", {"witnesses_examined": [f"{MARK} Bai"]}),
    ("CopiesSupplied", {"victim": f"{MARK} Bai"}),
    ("ErasureOrdered", {"person": f"{MARK} Bai"}),
    ("LegalHoldPlaced", {"persons": [f"{MARK} Bai"]}),
    ("MedicalConsentRefused", {"witness": f"{MARK} Bai"}),
    ("FinalReportPrepared", {"number": "CS/2", "accused": [{"code": f"{MARK} Lal", "status": "in custody"}]}),
)
"""A name where a person's code belongs: refused, and not repeated in the refusal."""


def valid_case() -> list[dict[str, Any]]:
    """Every act that has a personal column, in an order in which each is accepted."""
    cases = [marked_act(f"case.{name}", f"marked:{record}", **fields) for record, name, fields in IN_ORDER]
    inquest = [marked_act(f"inquest.{name}", "marked:marg", **fields) for name, fields in INQUEST]
    find = [marked_act(f"property_unclaimed.{name}", "marked:find", **fields) for name, fields in UNCLAIMED]
    complaint = [marked_act(f"complaint.{name}", "marked:shk", **fields) for name, fields in COMPLAINT]
    missing = [marked_act(f"missing_person.{name}", "marked:gum", **fields) for name, fields in MISSING]
    mlc = [marked_act(f"medico_legal.{name}", "marked:mlc", **fields) for name, fields in MLC]
    action = [marked_act(f"preventive.{name}", "marked:ist", **fields) for name, fields in PREVENTIVE]
    marg = marked_act("inquest.DeathReported", "marked:marg2")
    diary = [marked_act(f"diary.{name}", "marked:gd", **fields) for name, fields in DIARY]
    return [*cases, marg, *inquest, *find, *complaint, *missing, *mlc, *action, *diary]


def names_for_codes() -> list[dict[str, Any]]:
    """Acts of that case in which a name stands for a code."""
    return [marked_act(f"case.{name}", "marked:1", **fields) for name, fields in UNCODED]
