"""Marks: what is counted of a record, on which day, in which station; and what no late entry can better."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from domain.event import Event, changed
from domain.law.book import load_book
from domain.ranking.score import Count, standings
from projections.deadlines import reckon_entries
from projections.marks import HELD, Marks
from projections.view import fold_record
from roznamcha.ranking import Period, counted, marks_of
from roznamcha.schemes import shipped
from tests.domain.case.builders_fir import by_station
from tests.domain.ranking import by_hand
from tests.domain.test_fold import history
from tests.dsl import DAY, RECORD, act, given

INDIA = ZoneInfo("Asia/Kolkata")
VIEW = Marks(shipped(), INDIA)


def fir(**fields: Any) -> Event[Any]:
    """A registered case."""
    return act("case.FIRRegistered", at=DAY, fir_number=12, year=2026, sections=("BNS 303(2)",), **fields)


def details(hours: int) -> Event[Any]:
    """The crime details, so many hours after the FIR."""
    return act("case.CrimeDetailsRecorded", at=DAY + timedelta(hours=hours))


def late(days: int, *entries: Event[Any]) -> list[Event[Any]]:
    """These entries, each recorded so many days after its act."""
    return [
        changed(each, meta=changed(each.meta, recorded_at=each.meta.occurred_at + timedelta(days=days)))
        for each in entries
    ]


def marks(entries: list[Event[Any]]) -> dict[str, tuple[str, date, int, int]]:
    """Of each indicator its one mark: station, day, good, of."""
    return {row.indicator: (row.station, row.day, row.good, row.of) for row in fold_record(VIEW, entries)}


def month(histories: list[list[Event[Any]]], name: str, level: str = "station") -> Any:
    """What is counted of these records in a month."""
    first = date.fromisoformat(f"{name}-01")
    period = Period(name, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    rows = [row for entries in histories for row in marks_of(entries, VIEW, book())]
    return counted(rows, level, period).tally


book = cache(load_book)


@cache
def district() -> list[list[Event[Any]]]:
    """Forty cases of the sample district, each a record of its own."""
    return [
        [changed(each, meta=changed(each.meta, record_id=UUID(int=n + 1))) for each in history(n)] for n in range(40)
    ]


@pytest.mark.parametrize("name", ["2026-05", "2026-06", "2026-07", "2026-08"])
def test_every_score_of_the_sample_is_recomputed_by_hand(name: str) -> None:
    """Counts and scores agree with plain loops over the entries that share no code with the ranking."""
    clocks = [reckon_entries(entries, book(), INDIA).clocks for entries in district()]
    found = by_hand.counts(district(), [list(each) for each in clocks], INDIA, name)
    tally = month(district(), name)
    assert {unit: {key: list(count) for key, count in each.items()} for unit, each in tally.items()} == found
    if not tally:
        return
    scores = by_hand.scores(found, "heads")
    for each in standings(shipped().schemes["heads"], tally):
        assert abs(float(each.score) - float(scores[each.unit])) < 1e-9, each.unit


def test_the_sample_is_counted_at_all() -> None:
    """The comparison above isn't of nothing with nothing."""
    whole = [month(district(), name) for name in ("2026-05", "2026-06", "2026-07", "2026-08")]
    assert sum(count.of for tally in whole for each in tally.values() for count in each.values()) > 300
    assert len({key for tally in whole for each in tally.values() for key in each}) > 7


def test_shuffled_records_give_the_same_rows() -> None:
    """Order holds within a record and nowhere else: however the records are mixed, the states fold to the same rows."""
    whole = {str(row) for entries in district() for row in fold_record(VIEW, entries)}
    for seed in range(3):
        waiting = [list(entries) for entries in district()]
        chance, states = random.Random(seed), {}
        while waiting:
            mine = chance.choice(waiting)
            entry = mine.pop(0)
            state = states.setdefault(entry.meta.record_id, VIEW.empty((entry.meta.record_id,)))
            for _, handler in VIEW.touched(entry):
                handler(VIEW, state, entry)
            waiting = [each for each in waiting if each]
        assert {str(row) for each in states.values() for row in VIEW.rows(each)} == whole


def test_an_act_in_time_is_marked_on_the_day_its_time_was_over() -> None:
    """A week after the FIR, in the station of whoever did it."""
    found = marks(list(given(fir(), details(5)).entries))
    assert found["crime-details"] == ("CG-RPR-01", date(2026, 7, 9), 1, 1)
    assert found["timely-entry"] == ("CG-RPR-01", date(2026, 7, 2), 2, 2)


@pytest.mark.parametrize(
    ("hours", "recorded", "good"),
    [(168, 0, 1), (169, 0, 0), (168, 24, 1), (168, 25, 0), (5, 24 * 7, 1), (5, 24 * 8, 0)],
)
def test_what_is_written_too_late_is_not_done_in_time(hours: int, recorded: int, good: int) -> None:
    """A day after the last moment is soon enough to write it down, and no more."""
    first, second = given(fir(), details(hours)).entries
    second = changed(second, meta=changed(second.meta, recorded_at=second.meta.occurred_at + timedelta(hours=recorded)))
    assert marks([first, second])["crime-details"][2:] == (good, 1)


def test_a_duty_that_left_the_station_is_not_counted_and_one_taken_over_counts_there() -> None:
    """A case sent away owes no crime details here; a seizure's clock that ran out there is theirs."""
    sent = act("case.CaseTransferred", at=DAY + timedelta(hours=30), to_station="CG-RPR-02", reason="jurisdiction")
    assert "crime-details" not in marks(list(given(fir(), sent).entries))
    received = by_station(act("case.CaseReceived", at=DAY + timedelta(hours=40), from_station="CG-RPR-01"))
    sought = act("case.ProsecutionOpinionSought", at=DAY + timedelta(hours=1))
    sought = changed(sought, meta=changed(sought.meta, version=4, record_id=RECORD, recorded_at=DAY))
    first, _, there = given(fir(), sent, received).entries
    assert marks([first, sought, there])["e-prosecution"] == ("CG-RPR-02", date(2026, 7, 17), 0, 1)
    held = {row.station for row in fold_record(VIEW, [first, sought, there]) if row.indicator == HELD}
    assert held == {"CG-RPR-01", "CG-RPR-02"}


@pytest.mark.parametrize(
    "way", [("CG-B", "CG-A"), ("CG-Z", "CG-A"), ("CG-A", "CG-Z"), ("CG-A", "CG-B", "CG-A")], ids=str
)
def test_of_a_day_the_last_station_holds_the_record(way: tuple[str, ...]) -> None:
    """A case that comes to several stations on one day is held by one: who has it when the day ends."""
    came = [act("case.CaseReceived", at=DAY + timedelta(hours=1 + n), from_station="CG-XX") for n in range(len(way))]
    rows = fold_record(VIEW, given(fir(), *map(by_station, came, way)).entries)
    assert [row.station for row in rows if row.indicator == HELD] == [way[-1]]


def test_an_exemption_that_is_entered_too_late_exempts_nothing() -> None:
    """Else a station could take out of the count whatever went wrong, by a paper of an earlier date."""
    sent = act("case.CaseTransferred", at=DAY + timedelta(hours=30), to_station="CG-RPR-02", reason="jurisdiction")
    first, second = given(fir(), sent).entries
    assert marks([first, *late(20, second)])["crime-details"][2:] == (0, 1)


def test_a_struck_act_is_not_counted_but_its_delay_is() -> None:
    """Striking heals no delay in entering."""
    struck = act("case.EntryCorrected", entry=UUID(int=1), version=2, reason="twice", at=DAY + timedelta(hours=9))
    first, second, third = given(fir(), details(5), struck).entries
    found = marks([first, *late(3, second), third])
    assert found["crime-details"][2:] == (0, 1)
    assert found["timely-entry"][2:] == (2, 3)


@pytest.mark.parametrize(("hours", "counted"), [(24, (1, 1)), (25, (1, 2))], ids=["soon", "later"])
def test_a_difference_that_is_struck_later_is_still_one(hours: int, counted: tuple[int, int]) -> None:
    """Else a shelf would be made whole by a paper. Within a day a slip of the pen may be struck."""
    seen = act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/1")
    missing = act("malkhana_audit.ItemNotFound", at=DAY, property_id="PR/2")
    struck = act("malkhana_audit.EntryCorrected", entry=UUID(int=1), version=2, reason="found", at=DAY)
    entries = [
        changed(each, meta=changed(each.meta, version=n + 1, recorded_at=DAY + timedelta(hours=hours * (n == 2))))
        for n, each in enumerate((seen, missing, struck))
    ]
    assert shelf(*entries) == counted
    struck_good = changed(entries[2], version=1)
    assert shelf(*entries[:2], struck_good) == (0, 1)


def test_a_duty_that_was_not_done_is_not_struck_away() -> None:
    """A case whose details were never recorded owes them, also when its FIR is struck after their week."""
    for hours, owed in ((24 * 8, None), (24 * 8 + 1, (0, 1))):
        struck = act("case.EntryCorrected", entry=UUID(int=1), version=1, reason="twice", at=DAY)
        first, second = given(fir(), struck).entries
        second = changed(second, meta=changed(second.meta, recorded_at=DAY + timedelta(hours=hours)))
        found = marks([first, second]).get("crime-details")
        assert (found and found[2:]) == owed


@pytest.mark.parametrize("how", [1, 40], ids=["one", "many"])
def test_a_back_dated_bulk_entry_lowers_its_station(how: int) -> None:
    """Cases of the month that are entered a year later, all acts of them as if done in time: the score falls."""
    heads, name = shipped().schemes["heads"], "2026-07"
    good = [[*given(fir(), details(5)).entries] for _ in range(12)]
    other = [[changed(e, meta=changed(e.meta, station="CG-RPR-02")) for e in entries] for entries in good]
    bulk = [late(365, *given(fir(), details(5)).entries) for _ in range(how)]

    def score(histories: list[list[Event[Any]]]) -> Any:
        return next(each.score for each in standings(heads, month(histories, name)) if each.unit == "CG-RPR-01")

    before, after = score([*good, *other]), score([*good, *other, *bulk])
    assert after < before


def test_an_article_of_an_audit_is_a_share() -> None:
    """What is found where the register has it, of all that is looked for."""
    from domain.ranking.scheme import Indicator  # noqa: PLC0415 (this test alone)
    from projections.marks import Fact, _share  # noqa: PLC0415

    shelf = Indicator("shelf", "share", {}, "", acts=frozenset({"a.B", "a.C"}), good=frozenset({"a.B"}))
    facts = [Fact(n, name, "S", "D", DAY, DAY, {}) for n, name in enumerate(["a.B", "a.C", "a.B", "a.X"])]
    assert sorted((fact.version, done is not None, many) for fact, _, done, many in _share(shelf, facts, [])) == [
        (0, True, 1), (1, False, 1), (2, True, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "now", "shown"),
    [
        ("2026-10", datetime(2026, 11, 26, 12, tzinfo=INDIA), ("2026-10", date(2026, 10, 31), True)),
        ("", datetime(2026, 11, 26, 12, tzinfo=INDIA), ("2026-10", date(2026, 10, 31), True)),
        ("", datetime(2027, 1, 1, 0, 0, tzinfo=INDIA), ("2026-12", date(2026, 12, 31), False)),
        ("2026-11", datetime(2026, 11, 26, 12, tzinfo=INDIA), ("2026-11", date(2026, 11, 26), False)),
        ("2028-02", datetime(2028, 2, 29, 23, 59, tzinfo=INDIA), ("2028-02", date(2028, 2, 29), False)),
        ("2028-02", datetime(2028, 3, 1, 23, 59, tzinfo=INDIA), ("2028-02", date(2028, 2, 29), False)),
        ("2028-02", datetime(2028, 3, 2, 0, 0, tzinfo=INDIA), ("2028-02", date(2028, 2, 29), True)),
    ],
)
def test_a_month_is_counted_as_far_as_it_has_come(text: str, now: datetime, shown: tuple[str, date, bool]) -> None:
    """Without a name it is the last one that is over, by the station's calendar."""
    period = Period.of(text, now, INDIA)
    assert (period.month, period.last, period.over) == shown


def test_counts_are_of_pairs() -> None:
    """Good ones and all of them."""
    assert Count(1, 2).plus(Count(2, 3)) == (3, 5)


def shelf(*entries: Event[Any]) -> tuple[int, int]:
    """How much of a shelf was as the register has it: good, of."""
    return marks(list(entries))["malkhana-shelf"][2:]


def test_what_a_list_found_agreed_counts_item_by_item() -> None:
    """A shelf compared by a list stands as one that was sighted piece by piece; another seal is a difference."""
    listed = act("malkhana_audit.StockListReconciled", at=DAY, digest="d", lines=100, in_register=100, agreed=97,
                 differences=3)  # fmt: skip
    missing = [act("malkhana_audit.ItemNotFound", at=DAY, property_id=f"PR/{n}") for n in range(2)]
    other_seal = act("malkhana_audit.SealMismatched", at=DAY, property_id="PR/9", seal="X")
    assert shelf(listed, *missing, other_seal) == (97, 100)
    assert shelf(act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/7"), *missing) == (1, 3)
    assert shelf(*late(5, listed)) == (0, 97)


def audited(*acts: Event[Any]) -> tuple[int, int]:
    """How much of a shelf of ten and one is as the register has it, by an audit's entries in their order."""
    return shelf(*(changed(each, meta=changed(each.meta, version=n)) for n, each in enumerate(acts, start=1)))


def test_a_thing_counts_once_however_often_it_is_looked_at() -> None:
    """Piece by piece and then by the list that these make, by the same list five times, by lists of two rooms."""
    seen = [act("malkhana_audit.ItemSighted", at=DAY, property_id=f"PR/{n}") for n in range(10)]
    odd = act("malkhana_audit.PlaceMismatched", at=DAY, property_id="PR/99", register_place="rack 1")
    heavy = act("malkhana_audit.QuantityMismatched", at=DAY, property_id="PR/99", quantity="1", register_quantity="2")

    def listed(agreed: int) -> Event[Any]:
        return act("malkhana_audit.StockListReconciled", at=DAY, digest="d", lines=11, in_register=11, agreed=agreed,
                   differences=1)  # fmt: skip

    assert audited(*seen, odd) == audited(*seen, odd, heavy) == (10, 11)
    assert audited(*seen, odd, listed(10)) == (10, 11)
    assert audited(odd, *[listed(10)] * 5) == (10, 11)
    assert audited(odd, listed(4), listed(6)) == (10, 11)
    assert audited(odd, *[listed(11)] * 2) == (10, 11)


def test_each_thing_without_a_label_counts() -> None:
    """They have no name by which they could be one."""
    bags = [act("malkhana_audit.ItemUnrecorded", at=DAY, description="a bag", property_id="", matter="", alike=n)
            for n in (1, 2)]  # fmt: skip
    assert audited(act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/1"), *bags) == (1, 3)


def test_a_thing_whose_seal_is_not_whole_is_not_as_it_should_be() -> None:
    """It is seen where the register has it, and somebody was at it."""
    seen = act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/1")
    broken = act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/2", seal_state="broken")
    assert audited(seen, broken) == (1, 2)
    assert audited(broken, act("malkhana_audit.ItemSighted", at=DAY, property_id="PR/2")) == (0, 1)


def test_a_thing_that_was_missed_stays_a_difference_when_it_is_found_later() -> None:
    """Struck a week later, and then seen: it is one thing, and was not where the register had it."""
    missing = act("malkhana_audit.ItemNotFound", at=DAY, property_id="PR/1")
    struck = act("malkhana_audit.EntryCorrected", entry=UUID(int=1), version=1, reason="found", at=DAY)
    found = act("malkhana_audit.ItemSighted", at=DAY + timedelta(days=7), property_id="PR/1")
    assert audited(missing, *late(7, struck), found) == (0, 1)
    assert audited(missing, struck, found) == (1, 1)


@pytest.mark.parametrize("back", ["R1", "R2"])
def test_each_request_to_the_prosecution_needs_its_own_answer(back: str) -> None:
    """Of two requests one was answered."""
    sought = [act("case.ProsecutionOpinionSought", at=DAY + timedelta(hours=n), request=f"R{n}") for n in (1, 2)]
    cleared = act("case.ProsecutionClearanceGiven", at=DAY + timedelta(hours=5), request=back)
    assert marks(list(given(fir(), *sought, cleared).entries))["e-prosecution"][2:] == (1, 2)


def test_an_inquest_that_went_elsewhere_is_owed_there() -> None:
    """As of a case: whoever receives it has what falls due from then on."""
    came = act("inquest.InquestReceivedByStation", at=DAY + timedelta(hours=2), from_station="CG-RPR-01")
    entries = [act("inquest.DeathReported", at=DAY), by_station(came, "CG-RPR-02")]
    held = [row.station for row in fold_record(VIEW, entries) if row.indicator == HELD]
    assert held == ["CG-RPR-02"]
