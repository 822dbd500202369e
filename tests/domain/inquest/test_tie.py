"""Two records that name each other: of the right register, free, and there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

import domain
from domain.case.case import Case
from domain.common.tie import TiesRecords, decide_tie, knowing, names_of_other
from domain.diary.diary import NO_RECORD
from domain.event import ACTS, Decision, changed, fold
from domain.inquest.inquest import Inquest
from domain.shape import columns
from projections.ties import ties
from tests.domain.case.builders_fir import fir
from tests.domain.inquest.builders import converted, inquest, reported, struck
from tests.dsl import DAY, RECORD, given

MARG, FIR = UUID(int=41), UUID(int=12)


def marg(*acts: Any) -> Inquest:
    """The inquest MARG/0041/2026."""
    record: Inquest = changed(inquest(reported(), *acts).record, id=MARG)
    return record


def case(**fields: Any) -> Case:
    """The case 0012/2026."""
    record: Case = changed(given(fir(**fields)).record, id=FIR)
    return record


def by(act: Any, at: Any = DAY + timedelta(hours=5)) -> Any:
    """The act, dated."""
    return replace(act, meta=replace(act.meta, occurred_at=at))


def test_both_sides_name_each_other() -> None:
    """Without a reason or a doubt; by number or by id."""
    naming = case(inquest_number="MARG/0041/2026")
    assert decide_tie(by(converted()), marg(), naming) == Decision()
    assert decide_tie(by(fir(inquest_number="MARG/0041/2026")), Case.blank(FIR), marg(converted())) == Decision()
    known = case(inquest_number="MARG/0041/2026", inquest_record=MARG)
    assert decide_tie(by(converted()), marg(), known) == Decision()


def test_what_belongs_to_another_is_refused() -> None:
    """On either side, by number and by id; with what to strike."""
    taken = decide_tie(by(fir(inquest_number="MARG/0041/2026")), Case.blank(FIR), marg(converted(fir="0013/2026")))
    assert taken.reasons == (
        (
            "MARG/0041/2026 already belongs to 0013/2026, as it shows since 2 July 2026. Name another record, or "
            "strike entry 2 of MARG/0041/2026 first."
        ),
    )
    keyed = marg(converted(fir="register-19:7"))
    assert decide_tie(by(fir(inquest_number="MARG/0041/2026")), Case.blank(FIR), keyed, "register-19:7") == Decision()
    assert decide_tie(by(fir(inquest_number="MARG/0041/2026")), Case.blank(FIR), keyed, "register-19:8").reasons
    others = case(inquest_number="MARG/0042/2026", inquest_record=UUID(int=42))
    assert "already belongs to MARG/0042/2026" in decide_tie(by(converted()), marg(), others).reasons[0]


def test_another_register_and_the_record_itself_are_refused() -> None:
    """An inquest is converted to no inquest, and not to itself."""
    other = changed(marg(), id=UUID(int=9))
    assert "is a record of the register inquest" in decide_tie(by(converted()), marg(), other).reasons[0]
    assert "is another record than that of the id given" in " ".join(
        decide_tie(by(converted(fir_record=UUID(int=5))), marg(), case()).reasons
    )
    itself = changed(case(), id=MARG)
    assert "is this record itself" in decide_tie(by(converted()), marg(), itself).reasons[0]


def test_what_is_not_there_yet_is_doubted() -> None:
    """Papers come in any order; and an FIR that is there should name the inquest, and come first."""
    missing = decide_tie(by(converted()), marg(), None)
    assert missing.doubts == ("no record of the register case is called 0012/2026 here",)
    assert decide_tie(by(converted()), marg(), case()).doubts == ("0012/2026 does not name this record from its side",)
    early = decide_tie(by(converted(), DAY - timedelta(hours=1)), marg(), case(inquest_number="MARG/0041/2026"))
    assert early.doubts == ("this is dated before 0012/2026 was registered on 2 July 2026",)


def test_who_names_nobody_is_tied_to_nobody() -> None:
    """Most FIRs come from no inquest."""
    assert decide_tie(fir(), Case.blank(FIR), None) == Decision()
    assert names_of_other(fir()) == ()
    assert names_of_other(converted()) == ("0012/2026", "CG-RPR-01/0012/2026")
    assert knowing(converted(), FIR).other_id == FIR
    assert knowing(knowing(converted(), FIR), MARG).other_id == FIR


def test_a_struck_conversion_lets_the_inquest_go() -> None:
    """It belongs to nobody then."""
    free = marg(converted(fir="0013/2026"), struck(converted(), 2))
    assert decide_tie(by(fir(inquest_number="MARG/0041/2026")), Case.blank(FIR), free) == Decision()


domain.load()
TYING: list[type[TiesRecords]] = [cls for cls in ACTS.values() if issubclass(cls, TiesRecords)]


@pytest.mark.parametrize("cls", TYING, ids=lambda cls: cls.name)
def test_a_tie_has_its_columns_and_its_other_side(cls: type[TiesRecords]) -> None:
    """The columns it names are the act's, each word leads somewhere but the one that says: of no record.

    What leads back is a tie of the other register that leads here.
    """
    named = {each.name: each.shape.choices for each in columns(cls)}
    words = {word for tie in cls.kinds for word in named.get(tie.choice, ())}
    assert {word for tie in cls.kinds for word in tie.words} == words - {NO_RECORD}
    assert (NO_RECORD in words) == (cls.name == "diary.EntryMade")
    for tie in cls.kinds:
        assert {tie.column, tie.record} <= named.keys()
        assert tie == ties()[tie.id]
        if tie.back:
            back = ties()[tie.back]
            assert (back.back, back.register) == (tie.id, cls.register)
            assert tie.register in {each.register for each in TYING if back in each.kinds}


def test_folding_remembers_whom_a_record_names() -> None:
    """Also after the id was found."""
    entry = changed(knowing(converted(), FIR), meta=changed(converted().meta, version=2))
    record = fold(inquest(reported()).record, [entry])
    tied = entry.tied(record)
    assert tied is not None
    assert (tied.record, tied.done.version, record.id) == (FIR, 2, RECORD)
