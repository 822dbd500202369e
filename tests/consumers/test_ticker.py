"""The ticker: everything that is due is told, once, in order with the case, and no lapse that an entry cures."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from consumers import ticker as ticking
from consumers.embedded import head, read_log
from consumers.rebuild import rebuild
from consumers.runner import Outdated
from consumers.slots import slot_of
from consumers.ticker import ClockAhead, Owing, Ticker, believed
from domain.deadline.sheet import stream_of
from roznamcha.noting import SheetDesk
from schemas import catalogue
from tests.consumers.watch import Watch, at, watching


@pytest.fixture
def watch(database: str) -> Iterator[Watch]:
    """A watch that begins on the morning of 2 July 2026."""
    with watching(database) as made:
        yield made


def test_facts_follow_an_entry_and_the_hours(watch: Watch) -> None:
    """Opened behind the FIR, an alarm six hours before the end, the lapse after it; nothing is said twice."""
    record = watch.fir("a")
    assert watch.tick("2026-07-02 09:01") == {"Opened": 1}
    assert watch.kinds(record) == ["Opened"]
    assert watch.tick("2026-07-03 02:59") == {}
    assert watch.tick("2026-07-03 03:00") == {"Approaching": 1}
    assert watch.tick("2026-07-03 09:00") == {}
    assert watch.tick("2026-07-03 09:01") == {"Lapsed": 1}
    assert watch.tick("2026-07-03 09:01") == {}
    assert watch.kinds(record) == ["Opened", "Approaching", "Lapsed"]


def test_a_fact_travels_with_its_case_and_leaves_its_versions_alone(watch: Watch) -> None:
    """Its slot and record are the case's; its stream and versions are its own; it names its cause and the engine."""
    record = watch.fir("a")
    watch.tick("2026-07-02 09:01")
    watch.enter("HearingHeld", "a", "2026-07-02 10:00")
    log = read_log(watch.connection, 0)
    assert {(each.record_id, each.slot) for each in log} == {(record, slot_of(record))}
    case = watch.store.shelf.get(record)
    assert case is not None
    assert case.record.version == 2
    fact = watch.facts(record)[0]
    assert (fact.meta.stream_id, fact.meta.record_id) == (stream_of(record), record)
    assert fact.meta.entry_id == fact.meta.command_id
    assert (fact.meta.actor.id, fact.meta.station) == ("roznamcha", "CG-RPR-01")
    assert fact.meta.causation_id == fact.opened_by


def test_a_week_s_outage_is_caught_up_and_told_with_both_moments(watch: Watch) -> None:
    """Each fact says when it fell due and when it was noticed; all that was entered meanwhile is told too."""
    lapsed, met = watch.fir("a"), watch.fir("b", "2026-07-02 10:00")
    watch.enter("FIRPublished", "b", "2026-07-02 20:00")
    watch.tick("2026-07-09 09:00")
    assert (watch.kinds(lapsed), watch.kinds(met)) == (["Opened", "Lapsed"], ["Opened", "Met"])
    fact = watch.facts(lapsed)[1]
    assert fact.fell_due_at == at("2026-07-03 09:00") + timedelta(microseconds=1)
    assert fact.noticed_at == fact.meta.recorded_at == at("2026-07-09 09:00")
    assert fact.meta.occurred_at == fact.fell_due_at


def test_done_in_time_and_entered_late_takes_the_lapse_back(watch: Watch) -> None:
    """The lapse is withdrawn by name, and the late entry stands."""
    record = watch.fir("a")
    watch.tick("2026-07-04 09:00")
    watch.enter("FIRPublished", "a", "2026-07-02 20:00", recorded="2026-07-04 10:00")
    watch.tick("2026-07-04 10:01")
    assert watch.kinds(record) == ["Opened", "Lapsed", "Withdrawn", "EnteredLate"]
    _, lapsed, withdrawn, _ = watch.facts(record)
    assert withdrawn.fact == lapsed.meta.entry_id  # type: ignore[attr-defined]


def test_live_and_caught_up_come_to_the_same_facts(watch: Watch) -> None:
    """Told behind each entry or after all of them, and after the view was built anew: ids and columns are the same."""
    acts = (
        ("FIRRegistered", "2026-07-02 09:00", {"sections": ["BNS 303(2)"]}),
        ("PublicationDelayed", "2026-07-02 12:00", {"difficulty": "connectivity"}),
        ("PublicationDelayed", "2026-07-03 18:00", {"difficulty": "geography"}),
        ("FIRPublished", "2026-07-04 20:00", {}),
    )
    for name, when, fields in acts:
        live = watch.enter(name, "live", when, **fields)
        watch.tick(when)
    for name, when, fields in acts:
        late = watch.enter(name, "late", when, **fields)
    watch.tick("2026-07-04 20:00")
    said = [(each.kind, each.number, each.due_at, each.fell_due_at) for each in watch.facts(live)]
    assert said == [(each.kind, each.number, each.due_at, each.fell_due_at) for each in watch.facts(late)]
    assert [kind for kind, *_ in said] == ["Opened", "Extended", "Extended", "Met"]


def test_a_rebuild_tells_nothing(watch: Watch) -> None:
    """Side effects are off while a view is built anew, and after the swap everything has been told already."""
    watch.fir("a")
    watch.tick("2026-07-04 09:00")
    before = head(watch.connection)
    assert rebuild(watch.connection, watch.view, catalogue()).same
    assert watch.tick("2026-07-04 09:00") == {}
    assert head(watch.connection) == before


def test_a_view_built_by_another_release_tells_nothing(watch: Watch) -> None:
    """What its rows mean isn't known here."""
    watch.fir("a")
    watch.follower.catch_up()
    watch.connection.execute("UPDATE ops.built SET version = version + 1")
    with pytest.raises(Outdated):
        watch.tick("2026-07-04 09:00")
    assert head(watch.connection) == 1


def test_an_entry_already_in_the_log_cures_before_a_lapse_is_told(watch: Watch) -> None:
    """The view is behind: the lapse it shows isn't told; once it has caught up there is none."""
    record = watch.fir("a")
    watch.tick("2026-07-02 09:01")
    watch.enter("FIRPublished", "a", "2026-07-02 20:00")
    with watch.connection.transaction():
        owing = list(watch.ticker._owing([record], at("2026-07-04 09:00")))  # noqa: SLF001 (what a slow ticker has read)
    assert [fact.kind for each in owing for fact in each.facts] == ["Lapsed"]
    assert watch.desk.tell(owing) == {}
    watch.tick("2026-07-04 09:00")
    assert watch.kinds(record) == ["Opened", "Met"]


def test_one_record_that_moved_on_keeps_no_other_waiting(watch: Watch) -> None:
    """Of a page, only the record with an entry beyond the checkpoint is left out."""
    moved, other = watch.fir("a"), watch.fir("b")
    watch.tick("2026-07-02 09:01")
    watch.enter("HearingHeld", "a", "2026-07-02 20:00")
    with watch.connection.transaction():
        owing = list(watch.ticker._owing([moved, other], at("2026-07-04 09:00")))  # noqa: SLF001 (as above)
    assert watch.desk.tell(owing) == {"Lapsed": 1}
    assert (watch.kinds(moved), watch.kinds(other)) == (["Opened"], ["Opened", "Lapsed"])
    watch.tick("2026-07-04 09:00")
    assert watch.kinds(moved) == ["Opened", "Lapsed"]


def test_nothing_is_told_of_a_parked_record(watch: Watch) -> None:
    """The view doesn't know all of it: it waits, and all others are told of."""
    parked, other = watch.fir("a"), watch.fir("b")
    watch.follower.catch_up()
    watch.connection.execute("INSERT INTO ops.parked VALUES ('deadlines', %s, 1, 'x', 'y')", (parked,))
    watch.tick("2026-07-04 09:00")
    assert (watch.kinds(parked), watch.kinds(other)) == ([], ["Opened", "Lapsed"])
    watch.connection.execute("DELETE FROM ops.parked")
    watch.tick("2026-07-04 09:00")
    assert watch.kinds(parked) == ["Opened", "Lapsed"]


def test_two_tickers_at_once_tell_each_fact_once(database: str, watch: Watch) -> None:
    """Four tickers sweep the same clocks while entries come in: every stream is whole, no fact stands twice."""
    records = [watch.fir(f"r{n}") for n in range(12)]
    stop = threading.Event()
    failures: list[BaseException] = []

    def sweep() -> None:
        try:
            with watching(database) as mine:
                while not stop.is_set():
                    mine.tick("2026-07-04 09:00")
        except BaseException as error:  # noqa: BLE001 (shown by the test)
            failures.append(error)

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for each in threads:
        each.start()
    for n in range(6):
        watch.enter("FIRPublished", f"r{n}", "2026-07-02 20:00", recorded="2026-07-04 10:00")
    stop.set()
    for each in threads:
        each.join()
    assert failures == []
    watch.tick("2026-07-04 10:01")
    ids = [each.meta.entry_id for record in records for each in watch.facts(record)]
    assert len(ids) == len(set(ids))
    for n, record in enumerate(records):
        told = watch.kinds(record)
        assert told in (
            [["Opened", "EnteredLate"], ["Opened", "Lapsed", "Withdrawn", "EnteredLate"]]
            if n < 6
            else [["Opened", "Lapsed"]]
        )


def test_pages_follow_each_other_to_the_end(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More clocks are due than a page holds: none is left out, and each record is told of once, with all its clocks."""
    monkeypatch.setattr(ticking, "PAGE", 3)
    told: list[UUID] = []
    with watching(database, "fir-web", "progress-90") as watch:

        def counting(owing: Sequence[Owing]) -> object:
            told.extend(each.sheet.id for each in owing)
            return watch.desk.tell(owing)

        watch.ticker.tell = counting  # type: ignore[assignment]
        records = [watch.fir(f"r{n}") for n in range(5)]
        watch.tick("2026-07-04 09:00")
        assert all(watch.kinds(record) == ["Opened", "Lapsed", "Opened"] for record in records)
    assert len(told) == len(set(told)) == 5


def test_a_page_of_which_nothing_can_be_told_keeps_no_other_waiting(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first three wait in the lot: the next page is read all the same."""
    monkeypatch.setattr(ticking, "PAGE", 3)
    records = [watch.fir(f"r{n}", f"2026-07-02 09:0{n}") for n in range(5)]
    watch.follower.catch_up()
    for each in records[:3]:
        watch.connection.execute("INSERT INTO ops.parked VALUES ('deadlines', %s, 1, 'x', 'y')", (each,))
    watch.tick("2026-07-04 09:00")
    assert [watch.kinds(each) for each in records] == [[], [], [], *[["Opened", "Lapsed"]] * 2]


def test_a_clock_set_back_takes_nothing_back(watch: Watch) -> None:
    """Asked again as of an earlier hour, nothing is told and nothing untold; an entry then is still told in order."""
    record = watch.fir("a")
    watch.tick("2026-07-04 09:00")
    assert watch.tick("2026-07-02 10:00") == {}
    watch.now = at("2026-07-02 10:00")
    watch.enter("PublicationDelayed", "a", "2026-07-02 10:00", difficulty="connectivity")
    watch.ticker.tick(at("2026-07-05 09:00"))
    assert watch.kinds(record) == ["Opened", "Lapsed", "Withdrawn", "Extended", "Lapsed"]
    times = [each.meta.recorded_at for each in watch.facts(record)]
    assert times == sorted(times)


def test_a_clock_set_forward_is_not_believed(watch: Watch) -> None:
    """More than two minutes ahead of the database's clock nothing is told: what has not come can't be untold."""
    now = datetime.now(UTC)
    assert believed(watch.connection, now) == now
    assert believed(watch.connection, now - timedelta(days=400))
    with pytest.raises(ClockAhead, match="ahead of the database's clock"):
        believed(watch.connection, now + timedelta(minutes=3))


def test_a_ticker_that_follows_is_woken_by_an_entry_and_stops_when_told(watch: Watch, database: str) -> None:
    """It tells right behind the entry; a clock that runs ahead makes it wait, not fall."""
    stop, ahead = threading.Event(), [timedelta(days=1)]
    with watching(database) as mine:
        thread = threading.Thread(
            target=mine.ticker.follow, args=(stop, lambda: datetime.now(UTC) + ahead[0]), kwargs={"net": 0.05}
        )
        thread.start()
        record = watch.fir("a", "2026-07-02 09:00")
        stop.wait(0.3)
        assert watch.kinds(record) == []
        ahead[0] = timedelta()
        waited = threading.Event()
        for _ in range(200):
            if watch.kinds(record) == ["Opened", "Lapsed"]:
                break
            waited.wait(0.05)
        stop.set()
        thread.join()
    assert watch.kinds(record) == ["Opened", "Lapsed"]


def test_the_sweep_reads_by_the_index_of_what_is_due(watch: Watch) -> None:
    """What is open and not due isn't looked at."""
    watch.fir("a")
    watch.tick("2026-07-02 09:01")
    with watch.connection.transaction():
        watch.connection.execute("SET LOCAL enable_seqscan = off")
        query = "EXPLAIN SELECT 1 FROM views.deadlines WHERE next_at IS NOT NULL AND next_at <= now() ORDER BY next_at"
        plan = "\n".join(row[0] for row in watch.connection.execute(query.encode()))
    assert "next_at" in plan.partition("Index")[2].split("\n")[0]


def test_what_was_told_can_never_be_changed(watch: Watch, database: str) -> None:
    """A fact is an entry like all others."""
    watch.fir("a")
    watch.tick("2026-07-02 09:01")
    with psycopg.connect(database) as owner, pytest.raises(psycopg.Error, match="an entry is never changed"):
        owner.execute("DELETE FROM roznamcha.entries WHERE topic LIKE 'deadline.%'")


def test_a_desk_that_dies_before_the_commit_has_told_nothing(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the append and the commit everything falls back; told again, it is the same."""
    record = watch.fir("a")
    watch.follower.catch_up()

    def dies(step: str) -> None:
        if step == "ticker: facts written":
            raise KeyboardInterrupt

    monkeypatch.setattr("consumers.steps.WATCHERS", [dies])
    with pytest.raises(KeyboardInterrupt):
        watch.tick("2026-07-04 09:00")
    monkeypatch.setattr("consumers.steps.WATCHERS", [])
    assert watch.kinds(record) == []
    other = Ticker(watch.follower, watch.view, SheetDesk(watch.store).tell)
    other.tick(at("2026-07-04 09:00"))
    assert watch.kinds(record) == ["Opened", "Lapsed"]
