"""A day of the General Diary: serials from 1, both hours, nothing rubbed out, and the closing."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from domain.common.corrections import OrdersErasure
from domain.common.tie import Ties, decide_tie, names_of_other
from domain.diary.diary import Page
from domain.event import ACTS, Decision, changed
from roznamcha.numbers import number_name, serial_of, with_number
from tests.acts import act as through_the_door
from tests.domain.case.builders_fir import fir
from tests.domain.diary.builders import ON, diary, entry, struck
from tests.dsl import DAY, act, given

TOMORROW = date(2026, 7, 3)


def test_a_day_has_serials_from_one() -> None:
    """Each is used once, also by hand; the first one opens the day."""
    record = diary().when("diary.EntryMade", serial=1, day=ON).entered()
    assert (record.number, record.stage, record.day) == ("GD/2026-07-02", "open", ON)
    diary(entry()).when("diary.EntryMade", serial=1, day=ON).refused("serial 1 of GD/2026-07-02 is used")
    diary(entry()).when("diary.EntryMade", serial=0, day=ON).refused("counts from 1 each day")
    diary(entry()).when("diary.EntryMade", serial=2, day=TOMORROW).refused("this record is GD/2026-07-02")


def test_the_hours_follow_each_other() -> None:
    """The event before its entry, one serial after the other, and all of it on its day."""
    diary(entry()).when("diary.EntryMade", serial=2, day=ON, event_at=DAY + timedelta(days=1)).doubted("came after it")
    first = entry(at=DAY + timedelta(hours=3))
    diary(first).when("diary.EntryMade", serial=2, day=ON).doubted("before an entry with a lower serial")
    diary().when("diary.EntryMade", serial=1, day=TOMORROW).doubted("made on 2 July 2026, and stands in the diary of 3")


def test_a_struck_entry_keeps_its_serial() -> None:
    """It can be read, the day can be closed at it, and no act erases anything of a diary."""
    record = diary(entry(), entry(serial=2), struck(entry(), 2)).record
    assert set(record.part(Page).serials) == {1}
    one_struck = diary(entry(), entry(serial=2), struck(entry(), 2))
    one_struck.when("diary.DayClosed", day=ON, last_serial=2).entered()
    one_struck.when("diary.DayClosed", day=ON, last_serial=9).doubted("at serial 9, and its last one is 1")
    assert [name for name, cls in ACTS.items() if cls.register == "diary" and issubclass(cls, OrdersErasure)] == []


def test_a_day_is_closed_once_at_its_last_serial() -> None:
    """After its last entry; what comes later is looked at twice."""
    assert diary(entry()).when("diary.DayClosed", day=ON, last_serial=1).entered().stage == "closed"
    diary(entry()).when("diary.DayClosed", day=ON, last_serial=3).doubted("at serial 3, and its last one is 1")
    early = DAY - timedelta(minutes=5)
    diary(entry(at=DAY)).when("diary.DayClosed", day=ON, last_serial=1, at=early).doubted("before its last entry")
    over = act("diary.DayClosed", day=ON, last_serial=1)
    diary(entry(), over).when("diary.DayClosed", day=ON, last_serial=1).refused("is closed since 2 July 2026")
    diary(entry(), over).when("diary.EntryMade", serial=2, day=ON).doubted("was closed on 2 July 2026")
    late = diary(entry(at=DAY), changed(over, meta=changed(over.meta, occurred_at=DAY + timedelta(hours=9))))
    late.when("diary.EntryMade", serial=2, day=ON, at=DAY + timedelta(hours=8)).doubted("was closed without this")


def test_an_entry_names_the_record_it_is_about() -> None:
    """Of the register it says; a case is named by many entries."""
    case = changed(given(fir()).record, id=UUID(int=12))
    day = changed(diary(entry()).record, id=UUID(int=2))
    assert decide_tie(entry(serial=2, number="0012/2026", about="case"), day, case) == Decision()
    other = entry(serial=2, number="0012/2026", about="inquest")
    assert "names one of inquest" in decide_tie(other, day, case).reasons[0]


def test_an_entry_that_names_nothing_is_about_no_record() -> None:
    """Nobody said that the opening of the day is about a case; and a number without its register is none."""
    opening = entry()
    assert (opening.about, opening.other_called, names_of_other(opening)) == ("no record", "", ())
    assert diary(opening).record.part(Ties).tied == {}
    assert decide_tie(opening, diary().record, None) == Decision()
    when = diary().when("diary.EntryMade", serial=1, day=ON, number="0012/2026")
    when.refused("names 0012/2026 and not of which register that is")


def test_the_door_gives_the_next_serial_of_the_day_and_finds_its_record() -> None:
    """Numbers restart each day; the record is the station's day unless another is named."""
    made = through_the_door("diary.EntryMade")
    assert (made.record, made.new) == ("CG-RPR-01/GD/2026-07-02", None)
    assert serial_of(made.event) == ("GD", "CG-RPR-01", 20260702)
    last = {("GD", "CG-RPR-01", 20260702): 13}
    assert number_name(with_number(made.event, last)) == "CG-RPR-01/GD/2026-07-02/0014"
    late = through_the_door("diary.EntryMade", at="2026-07-02T23:59:00+05:30")
    early = through_the_door("diary.EntryMade", at="2026-07-03T00:01:00+05:30")
    assert [each.event.day for each in (late, early)] == [ON, TOMORROW]
    assert number_name(with_number(early.event, dict(last))) == "CG-RPR-01/GD/2026-07-03/0001"
    assert through_the_door("case.FIRRegistered").record == ""
