"""The scene, the crime details form, and statements."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case.scene import (
    CrimeDetailsRecorded,
    CrimeVictim,
    MagistrateStatementRecorded,
    SceneVisited,
    SceneWitness,
    StatementRecorded,
)
from tests.domain.case.builders_accused import after
from tests.domain.case.builders_fir import SID, fir, told, victim
from tests.dsl import given

PANCH = SceneWitness(code="W1")
DETAILS: dict[str, Any] = {"inspected_from": after(), "witnesses": (PANCH,)}
STATED: dict[str, Any] = {"person": "W1", "capacity": "witness"}
RAPE = ("BNS 64(1)",)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (SceneVisited, {}),
        (CrimeDetailsRecorded, DETAILS),
        (StatementRecorded, STATED),
        (MagistrateStatementRecorded, {"person": "W1"}),
    ],
)
def test_evidence_follows_an_fir(kind: type, fields: dict[str, Any]) -> None:
    """After an FIR it is entered; without one, or dated before it, with a doubt."""
    given(fir()).when(kind, **fields).entered()
    given(told()).when(kind, **fields).doubted("is entered before any FIR")
    given(fir()).when(kind, at=after(-1), **fields).doubted("is dated before 0012/2026 was registered")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (SceneVisited, {"sid": "12"}),
        (CrimeDetailsRecorded, {**DETAILS, "sids": (SID, "12")}),
        (StatementRecorded, {**STATED, "sid": "12"}),
    ],
)
def test_an_esakshya_id_has_sixteen_digits(kind: type, fields: dict[str, Any]) -> None:
    """Another is doubted."""
    given(fir()).when(kind, **fields).doubted("12 is no eSakshya id: one has 16 digits")


def test_a_visit_to_the_scene_is_complete() -> None:
    """Times in order, the recording's id, the expert's unit: else doubted."""
    record = given(fir())
    record.when(SceneVisited, left_at=after()).doubted("was left before it was reached")
    record.when(SceneVisited, videographed=True).doubted("the eSakshya id of the recording is not given")
    record.when(SceneVisited, forensic_expert_came=True).doubted("from where is not given")
    whole = {"videographed": True, "sid": SID, "forensic_expert_came": True, "forensic_unit": "FSL Raipur"}
    record.when(SceneVisited, **whole, left_at=after(hours=3)).entered()


def test_a_person_stands_once_on_the_crime_details_form() -> None:
    """By a code; a code twice, or a name for a code, is refused."""
    record = given(fir())
    record.when(CrimeDetailsRecorded, **{**DETAILS, "witnesses": (PANCH, PANCH)}).refused("W1 stands twice")
    record.when(CrimeDetailsRecorded, **{**DETAILS, "witnesses": (SceneWitness(code="he"),)}).refused("by a code")


def test_the_crime_details_form_fits_the_fir() -> None:
    """Its victims are the FIR's."""
    record, harmed = given(fir(victims=(victim(),))), (CrimeVictim(code="V1", harm="none"),)
    record.when(CrimeDetailsRecorded, **DETAILS, victims=harmed).entered()
    given(fir()).when(CrimeDetailsRecorded, **DETAILS, victims=harmed).doubted("whom 0012/2026 does not name: V1")


def test_the_inspection_has_a_witness() -> None:
    """Who has signed."""
    unsigned = (SceneWitness(code="W1", signed=False),)
    given(fir()).when(CrimeDetailsRecorded, **{**DETAILS, "witnesses": unsigned}).doubted("no witness has signed")


def test_the_inspections_times_follow_each_other() -> None:
    """After the FIR, before the form, and its end after its beginning: else doubted."""
    record = given(fir())
    early, late = {**DETAILS, "inspected_from": after(-1)}, {**DETAILS, "inspected_from": after(1)}
    record.when(CrimeDetailsRecorded, **early).doubted("inspected before 0012/2026 was registered on 2 July 2026")
    record.when(CrimeDetailsRecorded, **late).doubted("written before the inspection")
    record.when(CrimeDetailsRecorded, **DETAILS, inspected_to=after(-1)).doubted("ended before it began")


def test_a_statement_is_a_persons_with_a_code() -> None:
    """A name for a code is refused, also before a Magistrate."""
    given(fir()).when(StatementRecorded, **{**STATED, "person": "Ramesh"}).refused("entered by a code")
    given(fir()).when(MagistrateStatementRecorded, person="Ramesh").refused("entered by a code")


@pytest.mark.parametrize(
    ("person", "capacity", "doubt"),
    [
        ("A1", "accused", ""),
        ("A2", "accused", "examined as an accused and is not named"),
        ("V1", "victim", ""),
        ("W1", "victim", "examined as victim and is neither informant nor victim"),
        ("W1", "informant", "examined as informant and is neither"),
        ("A1", "witness", "examined as a witness and is named as an accused"),
        ("W1", "witness", ""),
        ("A1", "other", ""),
    ],
)
def test_who_states_is_who_the_record_says(person: str, capacity: str, doubt: str) -> None:
    """The capacity of the person fits the FIR; else the statement is doubted."""
    then = given(fir("A1", victims=(victim(),))).when(StatementRecorded, person=person, capacity=capacity)
    if doubt:
        then.doubted(doubt)
    else:
        then.entered()


def test_a_magistrates_record_has_its_times_in_order() -> None:
    """Asked for, recorded, copied: else doubted."""
    record = given(fir())
    record.when(MagistrateStatementRecorded, person="W1", requested_at=after(1)).doubted("before being asked")
    record.when(MagistrateStatementRecorded, person="W1", copy_received_at=after()).doubted(
        "came before it was recorded"
    )


def test_an_accused_confesses() -> None:
    """A confession of anybody else is doubted."""
    record = given(fir("A1"))
    record.when(MagistrateStatementRecorded, person="A1", nature="confession").entered()
    record.when(MagistrateStatementRecorded, person="W1", nature="confession").doubted("W1 confesses and is not named")


def test_a_victim_of_a_sexual_offence_is_heard_by_a_woman() -> None:
    """As far as practicable, by a woman Magistrate (BNSS s.183(6)(a)); others by any."""
    record = given(fir(sections=RAPE, victims=(victim(),)))
    record.when(MagistrateStatementRecorded, person="V1").doubted("was not heard by a woman Magistrate")
    record.when(MagistrateStatementRecorded, person="V1", woman_magistrate=True).entered()
    record.when(MagistrateStatementRecorded, person="W1").entered()
    given(fir(victims=(victim(),))).when(MagistrateStatementRecorded, person="V1").entered()
