"""A medico-legal case from the hospital's memo to its case, or to its closure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from domain.common.tie import decide_tie
from domain.event import Decision, changed
from tests.domain.case.builders_fir import fir
from tests.domain.medico_legal.builders import SOMEONE, intimated, linked, mlc, numbered, requested, struck
from tests.dsl import DAY, act, given

BASE = (intimated(), numbered())
CLOSED: dict[str, Any] = {"ground": "accident", "reasons": SOMEONE, "ordered_by": "SHO"}
NAME = "medico_legal."


def fields_of(entry: Any) -> dict[str, Any]:
    """The columns of an act."""
    return {name: value for name, value in vars(entry).items() if name != "meta"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hospital_number": ""}, "own number of the case is not given"),
        ({"gd_entry": ""}, "names no General Diary entry"),
        ({"received_at": DAY + timedelta(hours=5)}, "before it was received"),
        ({"examined_at": DAY}, "before the patient was examined"),
        ({"nature": "brought dead"}, "into the register of inquests (BNSS s.194)"),
    ],
)
def test_what_of_an_intimation_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """Numbers, hours, and a patient who was dead."""
    usual = fields_of(intimated())
    mlc().when(f"{NAME}HospitalIntimated", **{**usual, **fields}).doubted(words)
    assert mlc().when(f"{NAME}HospitalIntimated", **usual).entered().stage == "intimated"


def test_a_record_is_one_patient_s() -> None:
    """One intimation; codes of their own; a name with its code."""
    usual = fields_of(intimated())
    mlc(intimated()).when(f"{NAME}HospitalIntimated", **usual).refused("of one patient")
    mlc().when(f"{NAME}HospitalIntimated", **{**usual, "bringer": "V1"}).refused("is the code of the patient")
    mlc().when(f"{NAME}HospitalIntimated", **{**usual, "bringer_name": SOMEONE}).refused("Give the code in bringer")
    mlc(*BASE).when(f"{NAME}MedicalExaminationRequested", **{**fields_of(requested()), "person": "V2"}).doubted(
        "is for V2, and the patient of MLC/0107/2026 is V1"
    )


def test_it_is_numbered_once() -> None:
    """In its year."""
    record = mlc(intimated()).when(f"{NAME}PoliceNumbered", mlc_number=107, year=2026, enquirer="CG-4").entered()
    assert (record.number, record.stage, record.officer) == ("MLC/0107/2026", "registered", "CG-4")
    mlc(*BASE).when(f"{NAME}PoliceNumbered", mlc_number=108, year=2026).refused("is MLC/0107/2026 since 2 July 2026")
    mlc(intimated()).when(f"{NAME}PoliceNumbered", mlc_number=0, year=2026).refused("counts from 1")
    mlc(intimated()).when(f"{NAME}PoliceNumbered", mlc_number=1, year=2025).doubted("bears another year")


def test_the_examination_is_asked_and_its_report_received() -> None:
    """As in a case: the same acts, by the same rules."""
    usual = {"request": "MR/1", "person": "V1", "mlr_number": "9", "frozen": True, "examined_at": DAY}
    mlc(*BASE, requested()).when(f"{NAME}MLRReceived", **usual).entered()
    mlc(*BASE).when(f"{NAME}MLRReceived", **usual).refused("Record medico_legal.MedicalExaminationRequested first")
    mlc(*BASE).when(
        f"{NAME}MedicalExaminationRequested", **{**fields_of(requested()), "consent": "not needed"}
    ).doubted("without consent")
    mlc(*BASE, requested()).when(f"{NAME}MedicalExaminationRequested", **fields_of(requested())).refused("already made")


def test_it_belongs_to_one_case_which_may_have_several() -> None:
    """Two were hurt in one fight: both medico-legal cases are of one FIR, and each of them is of no other."""
    record = mlc(*BASE).when(f"{NAME}LinkedToCase", case="0012/2026").entered()
    assert record.stage == "linked"
    mlc(*BASE, linked()).when(f"{NAME}LinkedToCase", case="0013/2026").refused("was linked to 0012/2026 on 2 July 2026")
    mlc(*BASE, linked(), struck(linked(), 3)).when(f"{NAME}LinkedToCase", case="0013/2026").entered()
    mlc(*BASE).when(f"{NAME}LinkedToCase", case=" ").refused("is linked to no case")
    later = DAY + timedelta(hours=9)
    first = act("case.PapersJoined", whose="medico-legal case", number="MLC/0107/2026")
    case = changed(given(fir(), first).record, id=UUID(int=12))
    second = changed(mlc(*BASE).record, id=UUID(int=108), number="MLC/0108/2026")
    assert decide_tie(linked(at=later), second, case) == Decision()
    taken = changed(mlc(*BASE, linked(case="0099/2026")).record, id=UUID(int=107))
    assert "already belongs to 0099/2026" in " ".join(
        decide_tie(first, changed(case, number="0012/2026"), taken).reasons
    )


def test_it_is_closed_when_nothing_is_open_and_the_hurt_is_no_offence() -> None:
    """Not without the report that was asked for, and not lightly when the hurt is grave."""
    assert mlc(*BASE).when(f"{NAME}ClosedWithoutCase", **CLOSED).entered().stage == "closed"
    mlc(*BASE, requested()).when(f"{NAME}ClosedWithoutCase", **CLOSED).doubted("received on request MR/1")
    grave = intimated(nature="grievous")
    mlc(grave, numbered()).when(f"{NAME}ClosedWithoutCase", **CLOSED).doubted("and the hurt is grievous")
    mlc(*BASE, linked()).when(f"{NAME}ClosedWithoutCase", **CLOSED).refused("cannot be closed without a case")
    closed = act(f"{NAME}ClosedWithoutCase", **CLOSED)
    mlc(*BASE, closed).when(f"{NAME}ClosedWithoutCase", **CLOSED).refused("is closed since 2 July 2026")
    assert mlc(*BASE, closed).when(f"{NAME}LinkedToCase", case="1/2026").doubted("was closed on").stage == "linked"
