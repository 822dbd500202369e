"""Another system holds the rows as they are, each taken once and in order, whoever dies, lacks something, stumbles."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from consumers.carried import Undeliverable
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.outbox import tell
from consumers.row_subscriber import Row
from consumers.rows import RowReader, keys, topic_named
from consumers.slots import slot_of
from consumers.steps import WATCHERS
from consumers.subscriber import Missing, Parted
from consumers.topics import Topics
from projections.case_state import CaseState
from projections.custody import Custody
from schemas import VIEW, SchemaError, catalogue
from tests.broker.copies import create, position, remove, write
from tests.broker.nodes import new_prefix
from tests.broker.reading import read_topic
from tests.consumers.feed import following, write_cases
from tests.consumers.holding import came, came_once, court, holds, take
from tests.consumers.posted import renumbered
from tests.consumers.subscribing import own, query, until
from tests.fault.kit import forge, steps
from tests.ledger.keeping import Keeper
from tests.roznamcha.told import publish, views

__all__ = ["own"]
SHORTS = ("case-state", "custody")
STEPS = [each for each in sorted(steps()) if each.startswith("subscriber: ") and each != "subscriber: replayed"]


@pytest.fixture
def station(database: str, broker: Broker, topics: Topics) -> list[UUID]:
    """Some cases, folded and published; their records."""
    records = write_cases(database, 6)
    fold(database)
    publish(database, broker, topics)
    return records


def fold(url: str) -> None:
    """Fold what was entered."""
    with following(url, views()) as follower:
        follower.catch_up()


def let_go(url: str, record: UUID, *, told: bool = True) -> None:
    """A row of each topic is gone: from the table, and, where it is `told`, in the topic."""
    with connected(url) as connection, connection.transaction(), connection.cursor() as cursor:
        (gone,) = cursor.execute("DELETE FROM views.custody WHERE record_id = %s AND version = (SELECT max(version) "
                                 "FROM views.custody WHERE record_id = %s) RETURNING property_id, version",
                                 (record, record)).fetchall()  # fmt: skip
        cursor.execute("DELETE FROM views.case_state WHERE record_id = %s", (record,))
        if told:
            tell(cursor, CaseState, (), [(record,)])
            tell(cursor, Custody, (), [(record, *gone)])


def test_every_row_comes_once_and_what_is_gone_is_gone(
    database: str, own: str, broker: Broker, topics: Topics, station: list[UUID], tmp_path: Path
) -> None:
    """Rows of both kinds and signed heads: after catching up, again, and after changes."""
    Keeper(database, tmp_path).keep()
    publish(database, broker, topics)
    members = {short: court(own, broker, topics[short].name, short.partition("-")[0]) for short in SHORTS}
    heads = court(own, broker, topics["checkpoints"].name, "heads")
    assert heads.catch_up() == 1
    for short, each in members.items():
        assert each.catch_up() > 0
        assert each.catch_up() == 0
        holds(own, each.book.schema.removeprefix("book_"), database, short)
    write_cases(database, 2, first=6)
    fold(database)
    let_go(database, station[0])
    Keeper(database, tmp_path).keep()
    publish(database, broker, topics)
    assert heads.catch_up() == 1
    for short, each in members.items():
        each.catch_up()
        who = each.book.schema.removeprefix("book_")
        holds(own, who, database, short)
        came_once(own, who, broker, topics[short].name)
    came_once(own, "heads", broker, topics["checkpoints"].name, 1)
    notes = [each.value.decode() for each in read_topic(broker, topics["checkpoints"].name, 1)]
    told = query(own, "SELECT values FROM rows WHERE who = 'heads' ORDER BY key")
    assert [values for (values,) in told] == [{"origin": "tlog.example/cg/2026", "note": each} for each in notes]


def test_killed_at_every_step(database: str, own: str, broker: Broker, topics: Topics, station: list[UUID]) -> None:
    """At each named step of the kit, and begun again: no row is lost, none has its effect twice."""
    name = topics["custody"].name
    jobs = []
    for nth, step in enumerate(STEPS):
        court(own, broker, name, f"step{nth}")
        order = {"job": "row subscriber", "url": own, "broker": broker.bootstrap, "topic": name, "who": f"step{nth}"}
        jobs.append({**order, "at": step, "nth": 2})
    with forge() as driver:
        assert driver.run(*jobs) == ["killed"] * len(STEPS)
        whole = len(read_topic(broker, name))
        assert all(len(came(own, each["who"])) < whole for each in jobs)
        assert driver.run(*({**each, "at": ""} for each in jobs)) == ["done"] * len(STEPS)
    for each in jobs:
        came_once(own, each["who"], broker, name)
        holds(own, each["who"], database, "custody")


def test_a_row_that_cannot_be_taken_parks_its_record(
    own: str, broker: Broker, topics: Topics, station: list[UUID], database: str
) -> None:
    """Its later rows wait behind it, all others go on; replayed, all is as if it had been taken at once."""
    name, bad = topics["custody"].name, str(station[1])
    mended = False

    def handle(cursor: Any, row: Row) -> None:
        take("clumsy")(cursor, row)
        if row.key[0] == bad and not mended:
            raise RuntimeError

    clumsy = court(own, broker, name, "clumsy", handle)
    clumsy.catch_up()
    (lot,) = clumsy.parked()
    assert (lot.record_id, lot.name) == (station[1], "view.Custody")
    assert lot.waiting > 1
    assert clumsy.replay(station[1]) is not None
    assert len(came(own, "clumsy")) == len(read_topic(broker, name)) - lot.waiting
    mended = True
    assert clumsy.replay(station[1]) is None
    came_once(own, "clumsy", broker, name, waited=station[1])
    holds(own, "clumsy", database, "custody")


# --- what lacks, is doubled, or is a stranger's ----------------------------------------------------------------------


def test_what_is_not_as_it_was_sent_is_named(
    own: str, broker: Broker, topics: Topics, station: list[UUID], database: str
) -> None:
    """Lost: its partition stands still, unless the topic is compacted. Doubled: once. A stranger's: set aside."""
    copy = Topics(new_prefix().removesuffix("."))
    create(broker, copy, SHORTS)
    try:
        custody = read_topic(broker, topics["custody"].name)
        full = next(each.partition for each in custody if position(each) == 2)
        lost = next(each for each in custody if each.partition == full)
        stranger = lost._replace(headers=[("position", b"1"), ("previous", b"0")], value=b"x")
        write(broker, copy["custody"].name, [stranger, *(each for each in custody if each is not lost), custody[0]])
        member = court(own, broker, copy["custody"].name, "lacking")
        with pytest.raises(
            Missing, match=f"partition {full} .* follows the entry at position 1, and the last one that came is at 0"
        ):
            member.catch_up()
        expected = [(each.partition, position(each)) for each in custody if each.partition != full]
        assert sorted(came(own, "lacking")) == sorted(expected)
        (lot,) = member.parked()
        assert (lot.record_id, lot.partition, lot.why) == (
            None, full, "a message whose key or headers are not a row's"
        )  # fmt: skip
        # Compacted: an older row may lack, the newest is what counts; one that was altered after it came is seen.
        states = read_topic(broker, topics["case-state"].name)
        left = [renumbered(each, position(each) + 4, position(each) + 3) for each in states]
        write(broker, copy["case-state"].name, left)
        member = court(own, broker, copy["case-state"].name, "compacted")
        assert member.catch_up() == len(left) == 6
        holds(own, "compacted", database, "case-state")
        write(broker, copy["case-state"].name, [left[-1]._replace(value=left[-1].value + b"x")])
        with pytest.raises(Parted, match="is another entry than the one that came"):
            member.catch_up()
    finally:
        remove(broker, copy, SHORTS)


# --- made anew -------------------------------------------------------------------------------------------------------


def test_a_topic_made_anew_is_told_again_and_what_is_not_is_gone(
    own: str, broker: Broker, topics: Topics, station: list[UUID], database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are numbered from 1 again. While the topic is empty nothing is forgotten; cut off meanwhile, it is done."""
    monkeypatch.setattr("consumers.row_subscriber.LOOK", 0.0)
    members = {short: court(own, broker, topics[short].name, short.partition("-")[0]) for short in SHORTS}
    for short, each in members.items():
        each.catch_up()
        holds(own, each.book.schema.removeprefix("book_"), database, short)
    remove(broker, topics, SHORTS)
    create(broker, topics, SHORTS)
    assert [each.catch_up() for each in members.values()] == [0, 0]
    assert len(query(own, "SELECT 1 FROM rows WHERE who = 'case'")) == 6
    let_go(database, station[0], told=False)
    let_go(database, station[1], told=False)
    publish(database, broker, topics)
    left = 3

    def die(step: str) -> None:
        nonlocal left
        left -= step == "subscriber: rows written" and members["case-state"].taken > 6
        if not left:
            raise InterruptedError

    WATCHERS.append(die)
    try:
        with pytest.raises(InterruptedError):
            members["case-state"].catch_up()
    finally:
        WATCHERS.remove(die)
    for short, each in members.items():
        each.catch_up()
        holds(own, each.book.schema.removeprefix("book_"), database, short)
    assert len(query(own, "SELECT 1 FROM rows WHERE who = 'case'")) == 4
    assert members["custody"].forgotten == 2
    assert query(own, "SELECT count(*) FROM book_custody.roznamcha_again") == [(0,)]


def test_what_was_told_again_and_could_not_be_taken_is_not_gone(
    own: str, broker: Broker, topics: Topics, station: list[UUID], database: str
) -> None:
    """It waits, with its record; replayed, the row is what it is now."""
    name, bad, clumsy = topics["custody"].name, str(station[2]), False

    def handle(cursor: Any, row: Row) -> None:
        if clumsy and row.key[0] == bad:
            raise RuntimeError
        take("clumsy")(cursor, row)

    court(own, broker, name, "clumsy", handle).catch_up()
    clumsy = True
    remove(broker, topics, ("custody",))
    create(broker, topics, ("custody",))
    let_go(database, station[2], told=False)
    publish(database, broker, topics)
    member = court(own, broker, name, "clumsy", handle)
    member.catch_up()
    (lot,) = member.parked()
    assert (lot.record_id, lot.waiting) == (station[2], 2), "a row told again, and one that was not"
    clumsy = False
    assert member.replay(station[2]) is None
    holds(own, "clumsy", database, "custody")


def test_a_member_that_runs_notices_that_the_topic_was_made_anew(
    own: str, broker: Broker, topics: Topics, station: list[UUID], database: str
) -> None:
    """By itself, in a group, within its stall; and forgets nothing while nobody tells it again."""
    member = court(own, broker, topics["case-state"].name, "member", stall=0.5, session_timeout_ms=6_000)
    with member.opened(member.group) as reading:

        def holding(count: int) -> bool:
            member._step(reading)  # noqa: SLF001 (what `run` does)
            return len(query(own, "SELECT 1 FROM rows WHERE who = 'member'")) == count

        until(lambda: holding(6))
        remove(broker, topics, ("case-state",))
        create(broker, topics, ("case-state",))
        again = "SELECT count(*) FROM book_member.roznamcha_again"
        until(lambda: holding(6) and query(own, again) == [(60,)])
        assert holding(6)
        let_go(database, station[0], told=False)
        publish(database, broker, topics)
        until(lambda: holding(5))
    holds(own, "member", database, "case-state")


# --- without a broker ------------------------------------------------------------------------------------------------


def told(kind: str, record: UUID, value: bytes | None, **more: Any) -> Any:
    """A message of a topic of rows."""
    headers = {"ce_type": b"roznamcha." + kind.encode(), "position": b"4", "previous": b"3", **more.pop("headers", {})}
    about = {"partition": slot_of(record), "offset": 9, "key": str(record).encode(), "value": value}
    return SimpleNamespace(**about | more, headers=[each for each in headers.items() if each[1] is not None])


RECORD = uuid4()


@pytest.mark.parametrize(
    ("short", "message", "words"),
    [
        ("custody", told("view.Custody", RECORD, None), "without a value"),
        ("case-state", told("view.CaseState", RECORD, b""), "without a value"),
        ("case-state", told("view.Custody", RECORD, b"x"), "of another kind"),
        ("case-state", told("view.CaseState", RECORD, b"x", partition=(slot_of(RECORD) + 1) % 60), "its record's slot"),
        ("case-state", told("view.CaseState", RECORD, b"x", headers={"previous": b"2"}), "doesn't follow"),
        ("case-state", told("view.CaseState", RECORD, b"x", headers={"previous": None}), "not a row's"),
        ("case-state", told("view.CaseState", RECORD, b"x", key=b"who"), "not a row's"),
        ("case-state", told("view.CaseState", RECORD, b"x", key=None), "not a row's"),
        ("checkpoints", told("ledger.checkpoint", RECORD, None, partition=0), "without a value"),
    ],
)
def test_what_is_no_row_is_told(short: str, message: Any, words: str) -> None:
    """By what is the matter with it, and never by what it says."""
    with pytest.raises(Undeliverable, match=words):
        RowReader(catalogue(), Topics()[short]).carried(message)


def test_bytes_that_cannot_be_read_park_their_record() -> None:
    """They are a row's by key and headers: which one nobody can tell."""
    reader = RowReader(catalogue(), Topics()["case-state"])
    kept = reader.carried(told("view.CaseState", RECORD, b"\0\0\0\0\x01nothing")).kept
    with pytest.raises(SchemaError):
        reader.row(kept)


def test_every_topic_of_rows_has_a_reader_and_no_other() -> None:
    """Also under another prefix, as a mirror has it."""
    for each in Topics("mirror.of.one").all:
        carries = str(each.about["carries"])
        if carries == "checkpoint" or carries.startswith(f"{VIEW}."):
            assert topic_named(each.name) == each
            assert carries == "checkpoint" or keys()[carries][0] == "record_id"
        else:
            with pytest.raises(ValueError, match="is no topic of rows"):
                topic_named(each.name)
