"""Notice or arrest, grounds, relatives, medical examination: what the register takes, doubts and refuses."""

from __future__ import annotations

import pytest

from domain.case.arrest import (
    AccusedArrested,
    AccusedExamined,
    Arrests,
    DecisionNotToArrestSent,
    GroundsGiven,
    MemoWitness,
    NoticeOfAppearanceServed,
    RelativeInformed,
    standing,
)
from domain.case.remand import BailGranted
from tests.domain.case.builders_accused import SOMEONE, after, arrested, fir, of_kind, struck
from tests.dsl import act, given

WITNESSES = (MemoWitness(code="W1", witness_name=SOMEONE),)


def notice(number: str = "N/1", code: str = "A1", days: float = 7) -> object:
    """A notice of appearance for a week later."""
    return act(NoticeOfAppearanceServed, accused=code, notice=number, appear_at=after(days))


def test_an_arrest_puts_the_accused_in_custody() -> None:
    """Whom the FIR names and a witness saw arrested is in custody without a doubt."""
    case = given(fir("A1")).when(AccusedArrested, accused="A1", witnesses=WITNESSES).entered()
    assert standing(case, "A1").how == "arrested"
    assert standing(case, "A1").arrested_at == after(hours=1)
    assert standing(case, "A1").since == after(hours=1)


@pytest.mark.parametrize(
    ("status", "how"),
    [
        ("arrested and forwarded", "arrested"),
        ("bailed by police", "on bail"),
        ("surrendered and bailed", "on bail"),
        ("judicial custody", "judicial custody"),
        ("police remand", "police custody"),
    ],
)
def test_the_memo_says_what_became_of_the_accused(status: str, how: str) -> None:
    """The status on the arrest memo decides in whose custody the accused is."""
    case = given(fir("A1")).when(AccusedArrested, accused="A1", witnesses=WITNESSES, status=status).entered()
    assert standing(case, "A1").how == how


def test_an_arrest_may_come_before_the_fir() -> None:
    """An arrest on the spot may begin the record, with the doubt that no FIR is in it."""
    case = given().when(AccusedArrested, accused="A1", witnesses=WITNESSES).doubted("before any FIR in this record")
    assert case.station == "CG-RPR-01"


def test_an_arrest_dated_before_the_fir_is_doubted() -> None:
    """An arrest earlier than the registration is entered with its doubt."""
    given(fir("A1")).when(AccusedArrested, at=after(-1), accused="A1", witnesses=WITNESSES).doubted(
        "A1 was arrested before 0012/2026 was registered on 2 July 2026"
    )


def test_somebody_the_fir_does_not_name_may_be_arrested() -> None:
    """The arrest of a person whom the FIR does not name is doubted, not refused."""
    case = given(fir("A1")).when(AccusedArrested, accused="A2", witnesses=WITNESSES).doubted("does not name A2")
    assert standing(case, "A2").how == "arrested"


def test_a_second_arrest_in_custody_is_doubted() -> None:
    """Somebody in custody is arrested again: doubted. After a release it is no matter for doubt."""
    given(fir("A1"), arrested()).when(AccusedArrested, accused="A1", witnesses=WITNESSES).doubted(
        "A1 is arrested again while in custody (arrested since 2 July 2026)"
    )
    released = act("case.AccusedReleased", accused="A1", reason="remand refused")
    given(fir("A1"), arrested(), released).when(AccusedArrested, accused="A1", witnesses=WITNESSES).entered()


def test_a_new_arrest_forgets_the_earlier_production() -> None:
    """The production of an earlier arrest does not count for a new one."""
    produced = act("case.AccusedProduced", accused="A1", purpose="first production")
    released = act("case.AccusedReleased", accused="A1", reason="remand refused")
    case = given(fir("A1"), arrested(), produced, released, arrested()).record
    assert standing(case, "A1").produced_at is None


def test_an_arrest_against_anticipatory_bail_is_doubted() -> None:
    """Who has anticipatory bail in this case should not be arrested in it."""
    bail = of_kind(BailGranted, "anticipatory", accused="A1")
    given(fir("A1"), bail).when(AccusedArrested, accused="A1", witnesses=WITNESSES).doubted(
        "although anticipatory bail was granted"
    )


def test_a_memo_without_a_witness_is_doubted() -> None:
    """Somebody signs the arrest memo as a witness."""
    given(fir("A1")).when(AccusedArrested, accused="A1").doubted("no witness has signed the arrest memo of A1")


def test_a_surrender_names_its_court() -> None:
    """A surrender needs no witness to a memo, but a court."""
    surrender = {"accused": "A1", "manner": "surrendered in court"}
    given(fir("A1")).when(AccusedArrested, **surrender).doubted("the court is not named")
    given(fir("A1")).when(AccusedArrested, **surrender, court="CJM Raipur").entered()


def test_a_woman_is_not_arrested_at_night_without_permission() -> None:
    """Between sunset and sunrise a woman is arrested with a Magistrate's prior permission only (BNSS s.43(5))."""
    night = {"accused": "A1", "gender": "female", "after_sunset": True, "witnesses": WITNESSES}
    given(fir("A1")).when(AccusedArrested, **night).doubted("BNSS s.43(5)")
    given(fir("A1")).when(AccusedArrested, **night, permission="M/7").entered()


def test_a_name_in_place_of_the_code_is_refused_and_not_repeated() -> None:
    """An accused goes by a code; a name that was written there appears in no message."""
    answer = given(fir("A1")).when(AccusedArrested, accused="Ramesh Kumar", witnesses=WITNESSES)
    answer.refused("by a code")
    assert not any("Ramesh" in reason for reason in answer.decision.reasons)


def test_a_victims_code_is_not_an_accuseds() -> None:
    """One code means one person: the code of the informant is refused for an accused."""
    given(fir("A1")).when(AccusedArrested, accused="I1", witnesses=WITNESSES).refused("I1 is the code of an informant")


def test_an_fir_that_was_struck_counts_no_more() -> None:
    """After the registration was struck there is no FIR in the record, and nobody is named in one."""
    given(fir("A1"), struck(fir("A1"), 1)).when(AccusedArrested, accused="A1", witnesses=WITNESSES).doubted(
        "before any FIR in this record"
    )


def test_a_notice_makes_the_accused_known() -> None:
    """A notice of appearance is served on somebody the FIR names, for a day to come."""
    case = given(fir("A1")).when(NoticeOfAppearanceServed, accused="A1", notice="N/1", appear_at=after(7)).entered()
    assert standing(case, "A1").how == "at large"
    assert case.part(Arrests).notices == {"N/1": 2}


def test_a_notice_is_served_once() -> None:
    """The same notice number is not served twice, unless the first entry was struck."""
    again = {"accused": "A1", "notice": "N/1", "appear_at": after(7)}
    served = given(fir("A1"), notice())
    served.when(NoticeOfAppearanceServed, **again).refused("notice N/1 of 0012/2026 was already served")
    given(*served.entries, struck(served.entries[1], 2)).when(NoticeOfAppearanceServed, **again).entered()


def test_a_notice_to_a_stranger_is_doubted() -> None:
    """A notice to somebody this record has not named is doubted."""
    given(fir("A1")).when(NoticeOfAppearanceServed, accused="A3", notice="N/1", appear_at=after(7)).doubted(
        "A3 is so far named neither"
    )


def test_a_notice_to_a_prisoner_is_doubted() -> None:
    """Who is in custody need not be called."""
    given(fir("A1"), arrested()).when(NoticeOfAppearanceServed, accused="A1", notice="N/1", appear_at=after(7)).doubted(
        "while in custody (arrested)"
    )


def test_a_notice_calls_to_a_time_to_come() -> None:
    """A notice that calls to a time already past is doubted."""
    given(fir("A1")).when(NoticeOfAppearanceServed, accused="A1", notice="N/1", appear_at=after(-7)).doubted(
        "to a time before it was served"
    )


def test_the_same_moment_is_in_order() -> None:
    """Arrest at the moment of registration, and grounds at the moment of arrest and production, are in order."""
    given(fir("A1")).when(AccusedArrested, accused="A1", witnesses=WITNESSES, at=after()).entered()
    given(fir("A1")).when(NoticeOfAppearanceServed, accused="A1", notice="N/1", appear_at=after(hours=1)).entered()
    produced = act("case.AccusedProduced", accused="A1", purpose="first production")
    grounds = {"accused": "A1", "how": "in writing"}
    given(fir("A1"), arrested()).when(GroundsGiven, **grounds, at=after(hours=1)).entered()
    given(fir("A1"), arrested(), produced).when(GroundsGiven, **grounds, at=after(hours=2)).entered()


def test_a_notice_and_a_decision_go_by_the_code() -> None:
    """A name in place of the code is refused."""
    given(fir("A1")).when(NoticeOfAppearanceServed, accused="Ramesh", notice="N/1").refused("by a code")
    given(fir("A1")).when(DecisionNotToArrestSent, accused="Ramesh").refused("by a code")


def test_a_decision_not_to_arrest_leaves_the_accused_at_large() -> None:
    """The decision not to arrest is sent to the Magistrate and changes no custody."""
    case = given(fir("A1")).when(DecisionNotToArrestSent, accused="A1").entered()
    assert standing(case, "A1").how == "at large"


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (GroundsGiven, {"how": "in writing"}),
        (RelativeInformed, {"designated_officer_told_at": after()}),
        (AccusedExamined, {"began_at": after(), "ended_at": after()}),
    ],
)
def test_what_follows_an_arrest_is_doubted_without_one(kind: type, fields: dict[str, object]) -> None:
    """Grounds, relatives and the medical examination come after an arrest that is entered."""
    given(fir("A1")).when(kind, accused="A1", **fields).doubted("no arrest of A1 is entered in 0012/2026")
    given(fir("A1"), arrested()).when(kind, accused="A1", at=after(hours=0.5), **fields).doubted(
        "before the arrest of A1 on 2 July 2026"
    )
    given(fir("A1"), arrested()).when(kind, accused="A1", **fields).entered()


def test_grounds_told_but_not_written_are_doubted() -> None:
    """The grounds are given in writing (Mihir Rajesh Shah, 2025 INSC 1288)."""
    given(fir("A1"), arrested()).when(GroundsGiven, accused="A1", how="orally").doubted("not given in writing")


def test_grounds_after_production_are_doubted() -> None:
    """The grounds come before the production, not after."""
    produced = act("case.AccusedProduced", accused="A1", purpose="first production")
    given(fir("A1"), arrested(), produced).when(GroundsGiven, accused="A1", how="in writing").doubted(
        "after production before the Magistrate"
    )


def test_the_designated_officer_is_told_too() -> None:
    """Telling a relative is half of the duty: the designated officer of the district is told too (BNSS s.37, s.48)."""
    given(fir("A1"), arrested()).when(RelativeInformed, accused="A1").doubted("designated officer of the district")


def test_an_examination_ends_after_it_began() -> None:
    """An examination that ends before it begins is doubted."""
    given(fir("A1"), arrested()).when(AccusedExamined, accused="A1", began_at=after(2), ended_at=after(1)).doubted(
        "ends before it begins"
    )
