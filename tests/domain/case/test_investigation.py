"""The investigation: its officer, its diary, sections, further accused, and who is told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.case.fir import named
from domain.case.investigation import (
    AccusedNamed,
    CaseDiaryWritten,
    Investigation,
    InvestigatorAssigned,
    InvestigatorChanged,
    ProgressToldToVictim,
    SectionsAltered,
)
from tests.domain.case.builders_accused import after, struck
from tests.domain.case.builders_fir import THEFT, fir, suspect, told, victim, zero
from tests.dsl import Actor, act, given

LEADS: dict[str, Any] = {"investigator": "CG-1001", "investigator_rank": "SI"}
CHANGE: dict[str, Any] = {
    "from_officer": "CG-1001", "investigator": "CG-1002", "investigator_rank": "SI", "diary_handed_over": True,
}  # fmt: skip
PAGES: dict[str, Any] = {"diary_date": date(2026, 7, 2), "first_page": 1, "last_page": 3}
LED = act(InvestigatorAssigned, **LEADS)
WRITTEN = act(CaseDiaryWritten, **PAGES)
ATROCITY = {"sections": ("POA 3(1)",)}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (InvestigatorAssigned, LEADS),
        (InvestigatorChanged, CHANGE),
        (CaseDiaryWritten, PAGES),
        (SectionsAltered, {"sections": ("BNS 304(2)",)}),
        (AccusedNamed, {"accused": "A1"}),
        (ProgressToldToVictim, {"person": "I1"}),
    ],
)
def test_an_investigation_follows_an_fir(kind: type, fields: dict[str, Any]) -> None:
    """Without an FIR, or dated before it, each of these acts is entered with its doubt."""
    given(told()).when(kind, **fields).doubted("is entered before any FIR is registered in this record")
    given(fir()).when(kind, at=after(-1), **fields).doubted("is dated before 0012/2026 was registered on 2 July 2026")


def test_an_officer_leads_the_investigation() -> None:
    """From then on the case is under investigation, also a zero FIR at the station that registered it."""
    case = given(fir()).when(InvestigatorAssigned, **LEADS).entered()
    assert (case.stage, case.part(Investigation).investigator) == ("under investigation", "CG-1001")
    assert given(zero()).when(InvestigatorAssigned, **LEADS).entered().stage == "under investigation"
    assert given(told()).when(InvestigatorAssigned, **LEADS).doubted("before any FIR").stage == "information"


def test_one_officer_leads() -> None:
    """Another is not assigned beside him: that is a change."""
    other = {**LEADS, "investigator": "CG-1002"}
    given(fir(), LED).when(InvestigatorAssigned, **other).doubted("CG-1001 investigates 0012/2026")
    given(fir(), LED).when(InvestigatorAssigned, **LEADS).entered()
    given(fir(), LED, struck(LED, 2)).when(InvestigatorAssigned, **other).entered()


def test_an_atrocity_is_investigated_by_a_dysp() -> None:
    """SC/ST (PoA) Rules r.7: not by an officer below that rank."""
    given(fir(**ATROCITY)).when(InvestigatorAssigned, **LEADS).doubted("the investigator is a DySP or above")
    given(fir(**ATROCITY)).when(InvestigatorAssigned, **{**LEADS, "investigator_rank": "DySP"}).entered()
    given(fir(**ATROCITY)).when(InvestigatorChanged, **CHANGE).doubted("the investigator is a DySP or above")


def test_the_investigation_passes_to_another_officer() -> None:
    """With the case diary."""
    case = given(fir(), LED).when(InvestigatorChanged, **CHANGE).entered()
    assert case.part(Investigation).investigator == "CG-1002"
    undone = {**CHANGE, "diary_handed_over": False}
    given(fir(), LED).when(InvestigatorChanged, **undone).doubted("diary of 0012/2026 was not handed over")


def test_the_investigation_passes_from_the_officer_who_has_it() -> None:
    """From another, or from nobody known: doubted. To the same: refused."""
    given(fir(), LED).when(InvestigatorChanged, **{**CHANGE, "from_officer": "CG-9"}).doubted(
        "and CG-1001 investigates"
    )
    given(fir()).when(InvestigatorChanged, **CHANGE).doubted("nobody has entered who investigated 0012/2026 before")
    given(fir(), LED).when(InvestigatorChanged, **{**CHANGE, "investigator": "CG-1001"}).refused(
        "from the same officer"
    )


def test_the_diary_is_written_day_by_day() -> None:
    """On its day or the next (BNSS s.192); later, or before the day, it is doubted."""
    record = given(fir())
    record.when(CaseDiaryWritten, **PAGES).entered()
    record.when(CaseDiaryWritten, at=after(1), **PAGES).entered()
    record.when(CaseDiaryWritten, at=after(2), **PAGES).doubted("is written only on 4 July 2026 (day by day")
    record.when(CaseDiaryWritten, **{**PAGES, "diary_date": date(2026, 7, 3)}).doubted("before that day")
    record.when(CaseDiaryWritten, **PAGES, began_at=after(), closed_at=after(-1)).doubted("closed before it is begun")


@pytest.mark.parametrize("wrong", [{"volume": 0}, {"first_page": 0}, {"first_page": 4}])
def test_the_diarys_pages_count_forwards(wrong: dict[str, int]) -> None:
    """From 1, and the last page is not before the first."""
    given(fir()).when(CaseDiaryWritten, **{**PAGES, **wrong}).refused("volumes and pages count from 1")


def test_the_diarys_pages_follow_each_other() -> None:
    """A gap, or a page written twice, is doubted; a new volume begins anew."""
    record, follows = given(fir(), WRITTEN), {**PAGES, "first_page": 4, "last_page": 5}
    assert record.when(CaseDiaryWritten, **follows).entered().part(Investigation).last_page == 5
    record.when(CaseDiaryWritten, **PAGES).doubted("page 1 of the diary follows page 3 in volume 1")
    record.when(CaseDiaryWritten, **PAGES, volume=2).entered()
    given(fir(), WRITTEN, struck(WRITTEN, 2)).when(CaseDiaryWritten, **PAGES).entered()


def test_the_investigator_writes_the_diary() -> None:
    """Written by another officer it is doubted."""
    given(fir(), LED).when(CaseDiaryWritten, **PAGES).entered()
    other = given(fir(), LED).when(CaseDiaryWritten, **PAGES, by=Actor(id="CG-9"))
    other.doubted("the diary is written by CG-9, and CG-1001 investigates")


def test_sections_are_altered_as_a_whole() -> None:
    """The list given is the list from then on."""
    new = ("BNS 303(2)", "BNS 317(2)")
    assert given(fir()).when(SectionsAltered, sections=new).entered().sections == new


def test_sections_are_altered_into_others() -> None:
    """None at all is refused; the same, or unreadable ones, are doubted."""
    given(fir()).when(SectionsAltered, sections=()).refused("cannot be left without a section")
    given(fir()).when(SectionsAltered, sections=THEFT).doubted("are these already")
    given(fir()).when(SectionsAltered, sections=("robbery",)).doubted("not written as Act and number")


def test_a_further_person_is_named() -> None:
    """An accused whom the FIR did not name, or named as unknown, is known now."""
    record = given(fir(accused=(suspect("A1", "unknown"),)))
    assert named(record.when(AccusedNamed, accused="A1").entered())["A1"] == "known"
    assert set(named(record.when(AccusedNamed, accused="A2").entered())) == {"A1", "A2"}


def test_a_further_person_has_a_code_of_their_own() -> None:
    """Not that of a known accused, of a victim or of the informant; and a code at all."""
    record = given(fir("A1", victims=(victim(),)))
    record.when(AccusedNamed, accused="A1").refused("A1 is a known accused", "Give this person the next free code")
    record.when(AccusedNamed, accused="V1").refused("V1 is the code of an informant or a victim")
    record.when(AccusedNamed, accused="Ramesh").refused("entered by a code")
    naming = act(AccusedNamed, accused="A2")
    given(fir("A1"), naming, struck(naming, 2)).when(AccusedNamed, accused="A2").entered()


def test_progress_is_told_to_the_informant_or_a_victim() -> None:
    """BNSS s.193(3)(ii); to somebody else with a doubt, to a name never."""
    record = given(fir(victims=(victim(),)))
    record.when(ProgressToldToVictim, person="V1").entered()
    record.when(ProgressToldToVictim, person="W1").doubted("W1 is told of the progress and is neither")
    record.when(ProgressToldToVictim, person="Sita").refused("entered by a code")
