"""What is told of a clock: because of an entry, because of the hour, and once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.deadline.by_entry import EnteredLate, Extended, Met, Withdrawn
from domain.deadline.by_time import Approaching, Lapsed
from domain.deadline.sheet import identity
from domain.event import changed, decide
from tests.domain.deadline.kit import RECORD, Desk, arrested, entry_id, published, web
from tests.domain.law.kit import at, fact, fir

MORNING, NOON_AFTER = "2026-07-02 09:10", "2026-07-03 12:00"


def test_a_clock_that_starts_is_told_with_its_law_and_its_end() -> None:
    """A downstream reader learns rule, law, duty, consequence, digest and moments, and that nobody has reviewed it."""
    desk = web()
    assert desk.tell(MORNING) == ["Opened fir-web"]
    (opened,) = desk.facts
    assert (opened.rule, opened.law[:10], opened.duty, opened.consequence) == (
        "fir-web",
        "Youth Bar ",
        "station_officer",
        "C",
    )
    assert (opened.opened_at, opened.due_at, opened.zone) == (
        at("2026-07-02 09:00"),
        at("2026-07-03 09:00"),
        "Asia/Kolkata",
    )
    assert (opened.reviewed, opened.policy, len(opened.digest), opened.counted) == (False, False, 64, 1)
    assert str(opened.opened_by) == entry_id(0)
    assert opened.fell_due_at == at("2026-07-02 09:05")  # when the FIR was recorded
    assert opened.noticed_at == at(MORNING)


@pytest.mark.parametrize(
    ("done", "recorded", "told"),
    [
        ("2026-07-02 20:00", "", ["Met"]),
        ("2026-07-03 20:00", "", ["Lapsed", "MetLate"]),
        ("2026-07-02 20:00", "2026-07-05 09:00", ["EnteredLate"]),
    ],
)
def test_a_duty_done_in_time_late_or_entered_late(done: str, recorded: str, told: list[str]) -> None:
    """By when it was done, and when that was written down; done late, it has lapsed, though nobody looked then."""
    desk = web(published(done, recorded))
    assert desk.tell("2026-07-09") == ["Opened fir-web", *(f"{each} fir-web" for each in told)]
    assert desk.tell("2026-12-31") == []


def test_an_alarm_and_a_lapse_are_told_when_they_come_and_once() -> None:
    """Six hours before the end somebody is told; when it is over, that it lapsed; then nothing more."""
    desk = web()
    desk.tell(MORNING)
    assert desk.next_at() == {"fir-web": at("2026-07-03 03:00")}
    assert desk.tell("2026-07-03 02:59") == []
    assert desk.tell("2026-07-03 03:00") == ["Approaching fir-web"]
    assert desk.tell("2026-07-03 09:00") == []  # the last instant is in time
    assert desk.next_at() == {"fir-web": at("2026-07-03 09:00:00.000001")}
    assert desk.tell("2026-07-03 09:00:00.000001") == ["Lapsed fir-web"]
    assert desk.next_at() == {"fir-web": None}
    assert desk.tell("2027-01-01") == []


def test_after_an_outage_each_fact_says_when_it_fell_due_and_when_it_was_noticed() -> None:
    """Nobody looked for a week: the lapse is told with both moments; an alarm for what is past is no alarm."""
    desk = web()
    desk.tell(MORNING)
    assert desk.tell("2026-07-10 09:00") == ["Lapsed fir-web"]
    lapsed = desk.facts[-1]
    assert (lapsed.fell_due_at, lapsed.noticed_at) == (at("2026-07-03 09:00:00.000001"), at("2026-07-10 09:00"))


def test_nothing_is_noticed_before_it_was_there() -> None:
    """A clock set back asks as of an hour before the FIR was recorded: what follows was noticed then at best."""
    desk = web()
    assert desk.tell("2026-07-01 09:00") == ["Opened fir-web"]
    assert desk.facts[0].noticed_at == desk.facts[0].fell_due_at == at("2026-07-02 09:05")


def test_alarms_missed_while_there_is_time_are_each_told() -> None:
    """Ten and three days before the end of sixty days of custody: noticed together two days before it."""
    desk = Desk(
        fir("2026-07-01 09:00", "BNS 303(2)"),
        fact("AccusedRemanded", "2026-07-02 12:00", accused="A1", custody="judicial"),
        rule="def-bail",
    )
    desk.tell("2026-07-02 13:00")
    assert desk.tell("2026-08-29 00:00") == ["Approaching def-bail A1"] * 2
    assert [each.number for each in desk.facts if isinstance(each, Approaching)] == [1, 2]
    assert desk.tell("2026-08-29 12:00") == []


def test_done_in_time_and_entered_late_withdraws_the_lapse_and_stands_as_late_entry() -> None:
    """The lapse is taken back by name, and the back-dated entry doesn't pass silently."""
    desk = web()
    desk.tell(MORNING)
    desk.tell(NOON_AFTER)
    desk.enter(published("2026-07-02 20:00", "2026-07-04 10:00"))
    assert desk.tell("2026-07-04 11:00") == ["Withdrawn fir-web", "EnteredLate fir-web"]
    opened, lapsed, withdrawn, late = desk.facts
    assert isinstance(lapsed, Lapsed)
    assert isinstance(withdrawn, Withdrawn)
    assert isinstance(late, EnteredLate)
    assert (withdrawn.withdraws, withdrawn.fact) == ("Lapsed", lapsed.meta.entry_id)
    assert (late.met_at, late.entered_at, str(late.met_by)) == (
        at("2026-07-02 20:00"),
        at("2026-07-04 10:00"),
        entry_id(1),
    )
    assert desk.next_at() == {"fir-web": None}
    assert desk.tell("2026-12-31") == []
    assert opened.number == lapsed.number == 1


def test_done_late_leaves_the_lapse_standing() -> None:
    """What lapsed has lapsed; that it was done afterwards is told besides."""
    desk = web()
    desk.tell(NOON_AFTER)
    desk.enter(published("2026-07-03 20:00"))
    assert desk.tell("2026-07-04") == ["MetLate fir-web"]


def test_an_extension_noted_in_time_is_told_and_a_second_one_again() -> None:
    """Each has its number, its entry and the end before it."""
    desk = web(fact("PublicationDelayed", "2026-07-02 18:00", difficulty="connectivity"))
    assert desk.tell("2026-07-02 19:00") == ["Opened fir-web", "Extended fir-web"]
    assert desk.facts[0].due_at == at("2026-07-03 09:00")
    desk.enter(fact("PublicationDelayed", "2026-07-03 18:00", difficulty="geography"))
    assert desk.tell("2026-07-03 19:00") == ["Extended fir-web"]
    first, second = (each for each in desk.facts if isinstance(each, Extended))
    assert (first.number, first.due_at, str(first.extended_by)) == (1, at("2026-07-04 09:00"), entry_id(1))
    assert (second.number, second.due_at, second.was_due_at) == (2, at("2026-07-05 09:00"), first.due_at)
    assert first.meta.entry_id != second.meta.entry_id


def test_two_extensions_read_at_once_are_two() -> None:
    """After an outage the same facts are told as would have been told in between."""
    live = web()
    late = web()
    for each in (
        fact("PublicationDelayed", "2026-07-02 18:00", difficulty="connectivity"),
        fact("PublicationDelayed", "2026-07-03 18:00", difficulty="geography"),
        published("2026-07-04 08:00"),
    ):
        live.tell(live.recorded_at)
        live.enter(each)
        late.enter(each)
    live.tell(live.recorded_at)
    late.tell(live.recorded_at)
    assert [each.meta.entry_id for each in live.facts] == [each.meta.entry_id for each in late.facts]
    assert [each.due_at for each in live.facts] == [each.due_at for each in late.facts]
    assert [each.kind for each in live.facts] == ["Opened", "Extended", "Extended", "Met"]


def test_an_extension_entered_after_the_lapse_was_told_withdraws_it() -> None:
    """It was noted in time and written down late: the lapse was none, and the clock runs on and can lapse again."""
    desk = web()
    desk.tell(NOON_AFTER)
    desk.enter(fact("PublicationDelayed", "2026-07-02 18:00", "2026-07-03 13:00", difficulty="connectivity"))
    assert desk.tell("2026-07-03 14:00") == ["Withdrawn fir-web", "Extended fir-web"]
    assert desk.tell("2026-07-04 12:00") == ["Lapsed fir-web"]
    assert [each.number for each in desk.facts if isinstance(each, Lapsed)] == [1, 2]


def test_an_exemption_ends_the_clock() -> None:
    """A DySP withholds the FIR from the website: nothing is due any more."""
    desk = web(fact("PublicationWithheld", "2026-07-02 12:00", decided_by_rank="DySP"))
    assert desk.tell("2026-07-09") == ["Opened fir-web", "Exempted fir-web"]
    assert desk.next_at() == {"fir-web": None}


def test_events_overtake_a_clock() -> None:
    """A release before the twenty-four hours are over: production is pointless."""
    desk = Desk(
        fir("2026-07-02 08:00", "BNS 303(2)"),
        arrested("2026-07-02 09:00"),
        fact("AccusedReleased", "2026-07-02 15:00", accused="A1"),
        rule="prod-24",
    )
    assert desk.tell("2026-07-02 16:00")[-2:] == ["Opened prod-24 A1", "Overtaken prod-24 A1"]


def test_hours_shown_not_to_be_counted_are_an_extension() -> None:
    """The journey lengthens the time for production, and is known only with the production itself."""
    desk = Desk(
        fir("2026-07-02 08:00", "BNS 303(2)"),
        arrested("2026-07-02 09:00"),
        fact("AccusedProduced", "2026-07-03 11:00", accused="A1", journey_hours="5", journey_evidence="log book"),
        rule="prod-24",
    )
    assert desk.tell("2026-07-03 12:00") == ["Opened prod-24 A1", "Extended prod-24 A1", "Met prod-24 A1"]


def test_a_struck_start_withdraws_the_clock_and_its_return_opens_it_again() -> None:
    """The entry was wrong: no such clock ran. If the correction was wrong itself, the clock is opened a second time."""
    desk = web()
    desk.tell(NOON_AFTER)
    desk.enter(fact("EntryCorrected", "2026-07-03 13:00", entry=entry_id(0)))
    assert desk.tell("2026-07-03 14:00") == ["Withdrawn fir-web"]
    assert desk.tell("2026-07-03 15:00") == []
    desk.enter(fact("EntryCorrected", "2026-07-03 16:00", entry=entry_id(1)))
    assert desk.tell("2026-07-03 17:00") == ["Opened fir-web", "Lapsed fir-web"]
    assert [each.number for each in desk.facts] == [1, 1, 1, 2, 2]
    assert len({each.meta.entry_id for each in desk.facts}) == 5


def test_a_struck_stop_withdraws_what_it_had_fulfilled() -> None:
    """It was never published: the duty is open again, and has lapsed meanwhile."""
    desk = web(published("2026-07-02 20:00"))
    desk.tell("2026-07-02 21:00")
    desk.enter(fact("EntryCorrected", "2026-07-05 10:00", entry=entry_id(1)))
    assert desk.tell("2026-07-05 11:00") == ["Withdrawn fir-web", "Lapsed fir-web"]
    withdrawn = desk.facts[-2]
    assert isinstance(withdrawn, Withdrawn)
    assert withdrawn.withdraws == "Met"


def test_an_earlier_stop_entered_later_is_told_in_place_of_the_first() -> None:
    """Of two acts the first counts: the one told is withdrawn, the other told."""
    desk = web(published("2026-07-02 20:00"))
    desk.tell("2026-07-02 21:00")
    desk.enter(published("2026-07-02 18:00", "2026-07-02 22:00"))
    assert desk.tell("2026-07-02 23:00") == ["Withdrawn fir-web", "Met fir-web"]
    last = desk.facts[-1]
    assert isinstance(last, Met)
    assert (last.number, str(last.met_by)) == (2, entry_id(2))


def test_a_shorter_time_is_told_by_withdrawing_the_opening() -> None:
    """Lesser sections give fewer days: what was told with the longer end is taken back, and told anew."""
    desk = Desk(
        fir("2026-07-01 09:00", "BNS 103(1)"),
        fact("AccusedRemanded", "2026-07-02 12:00", accused="A1", custody="judicial"),
        rule="def-bail",
    )
    desk.tell("2026-07-02 13:00")
    desk.enter(fact("SectionsAltered", "2026-07-20 10:00", sections=["BNS 303(2)"]))
    assert desk.tell("2026-07-20 11:00") == [
        "Withdrawn def-bail A1",
        "Opened def-bail A1",
    ]
    *_, withdrawn, opened = desk.facts
    assert (withdrawn.due_at - opened.due_at).days == 30


def test_the_sheet_refuses_what_is_not_next() -> None:
    """A fact told twice, one of a clock never opened, one before its hour, one of a clock that has ended."""
    desk = web()
    early = desk.owed(at(NOON_AFTER))[-1]
    desk.tell(MORNING)
    (opened,) = desk.facts
    assert decide(opened, desk.sheet).reasons[0].startswith("deadline.Opened of fir-web was told 1 times")
    assert "was never told to run" in decide(early, changed(web().sheet, version=1)).reasons[0]
    too_soon = replace(early, noticed_at=at(MORNING))
    assert "falls due only at" in decide(too_soon, desk.sheet).reasons[0]
    desk.enter(published("2026-07-02 20:00"))
    desk.tell("2026-07-02 21:00")
    assert "does not run any more (Met)" in decide(early, desk.sheet).reasons[0]


def test_the_id_of_a_fact_follows_from_what_it_tells() -> None:
    """For ever: another derivation would tell everything a second time."""
    desk = web()
    desk.tell(NOON_AFTER)
    opened, lapsed = desk.facts
    assert [str(each.meta.entry_id) for each in desk.facts] == [
        str(identity(RECORD, each.key, each.kind, 1)) for each in (opened, lapsed)
    ]
    assert str(opened.meta.entry_id) == "96157dec-83ce-5400-b07d-ea87d53126e2"
