"""What a topic of rows comes to is compared with the table, row for row, whatever waits and comes meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from consumers.building import prepare
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.slots import slot_of
from consumers.topics import Topics
from projections.articles import Articles
from projections.case_state import CaseState
from projections.ranking import Ranking
from roznamcha.closing import close
from roznamcha.reconciling_rows import Comparison, Reader, RowsReconciled, reconcile_rows, view_of
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.copies import position, write
from tests.broker.reading import read_topic
from tests.consumers.feed import following, write_cases
from tests.roznamcha.test_closing import FIRST, JULY, LATER, ranked
from tests.roznamcha.told import publish, views

SHORTS = ("case-state", "custody")


def compared(url: str, broker: Broker, topics: Topics, short: str) -> RowsReconciled:
    """A topic and its table."""
    with connected(url) as connection:
        view = view_of(views(), short)
        assert view is not None
        return reconcile_rows(connection, broker, topics, catalogue(), view, short)


def test_topic_and_outbox_come_to_the_table(database: str, broker: Broker, topics: Topics) -> None:
    """Before anything is told, when all is published, while some waits; then one message more is a double."""
    write_cases(database, 3)
    with following(database, views()) as follower:
        follower.catch_up()
        assert [compared(database, broker, topics, each).opened for each in SHORTS] == [False, False]
        publish(database, broker, topics)
        for short in SHORTS:
            report = compared(database, broker, topics, short)
            assert (report.ok, report.unpublished) == (True, 0), report.differences
            assert report.rows == report.held > 0
        write_cases(database, 2, first=3)
        follower.catch_up()
        for short in SHORTS:
            report = compared(database, broker, topics, short)
            assert report.ok, report.differences
            assert report.rows == report.held
            assert report.unpublished > 0
    name = topics["custody"].name
    twice = read_topic(broker, name)[-1]
    write(broker, name, [twice])
    (found,) = compared(database, broker, topics, "custody").differences
    assert (found.kind, found.position, found.partition) == ("doubled", position(twice), twice.partition)


def test_closed_months_are_compared_with_what_was_published_of_them(
    database: str, broker: Broker, topics: Topics
) -> None:
    """Closed, published, closed again by late entries: the topic comes to the table, and not to one changed by hand."""
    with connected(database) as connection:
        prepare(connection, views())
        everything = (connection, broker, topics, catalogue())
        for closing in ((ranked(40, 40), FIRST), (ranked(40, 50), LATER)):
            close(connection, JULY, *closing)
            relay = Relay(*everything, [Ranking()])
            relay.publish()
            relay.close()
        report = reconcile_rows(*everything, Ranking(), "ranking")
        assert (report.ok, report.rows, report.held, report.messages) == (True, 2, 2, 4), report.differences
        connection.execute("UPDATE views.ranking SET score = '99' WHERE unit = 'B'")
        (found,) = reconcile_rows(*everything, Ranking(), "ranking").differences
        assert (found.where, found.kind) == ("row", "altered")


# --- without a broker ------------------------------------------------------------------------------------------------

RECORDS = [UUID(int=n) for n in range(400)]
HERE = [each for each in RECORDS if slot_of(each) == slot_of(RECORDS[0])][:4]
SLOT = slot_of(HERE[0])


class Plain(Reader):
    """Rows whose bytes are their digest; the first is a record's only one."""

    def __init__(self) -> None:
        """Of nothing."""

    def read(self, record_id: UUID, value: bytes | None) -> tuple[tuple[str, ...], bytes | None]:
        """As they are."""
        return (str(record_id),), value


def message(seq: int, record: UUID, value: bytes | None, **more: Any) -> Any:
    """A message of the topic."""
    headers = [("position", b"%d" % seq)]
    told = {"partition": SLOT, "offset": 10 + seq, "key": str(record).encode(), "value": value, "headers": headers}
    return SimpleNamespace(**told | more)


TOLD = [message(1, HERE[0], b"a"), message(2, HERE[1], b"b"), message(3, HERE[0], b"c"), message(4, HERE[2], b"d")]
TABLE = {(str(HERE[0]),): b"c", (str(HERE[1]),): b"b", (str(HERE[2]),): b"d"}
Change = Callable[[list[Any]], list[Any]]
ROW = "row"
CHANGES: dict[str, tuple[Change, list[tuple[str, str, int | None]], list[tuple[str, str, int | None]]]] = {
    "nothing": (lambda m: m, [], []),
    "one left out": (lambda m: [m[0], *m[2:]], [("topic", "missing", 2), (ROW, "missing", None)],
                     [(ROW, "missing", None)]),
    "the last left out": (lambda m: m[:3], [("topic", "missing", 4), (ROW, "missing", None)], [(ROW, "missing", None)]),
    "an old one left out": (lambda m: m[1:], [("topic", "missing", 1)], []),
    "one twice": (lambda m: [*m[:2], m[1], *m[2:]], [("topic", "doubled", 2)], [("topic", "doubled", 2)]),
    "one again later": (lambda m: [*m, m[1]], [("topic", "misplaced", 2)], [("topic", "misplaced", 2)]),
    "another value": (lambda m: [*m[:3], message(4, HERE[2], b"x")], [(ROW, "altered", None)],
                      [(ROW, "altered", None)]),
    "said to be gone": (lambda m: [*m[:3], message(4, HERE[2], None)], [(ROW, "missing", None)],
                        [(ROW, "missing", None)]),
    "a stranger": (lambda m: [*m, message(5, HERE[0], b"x", headers=[])], [("topic", "extra", None)],
                   [("topic", "extra", None)]),
    "no key": (lambda m: [*m, message(5, HERE[0], b"x", key=None)], [("topic", "extra", None)],
               [("topic", "extra", None)]),
    "elsewhere": (lambda m: [*m, message(1, HERE[3], b"x", partition=(SLOT + 1) % 60)], [("topic", "extra", None)],
                  [("topic", "extra", None)]),
    "told meanwhile": (lambda m: [*m, message(5, HERE[1], b"new")], [], []),
    "never told": (lambda m: [*m, message(6, HERE[1], b"x")], [("topic", "extra", 6)], [("topic", "extra", 6)]),
}  # fmt: skip


@pytest.mark.parametrize("compacted", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_what_a_topic_has_otherwise_is_named(what: str, compacted: bool) -> None:
    """Each message and each row, and nothing else; compaction may leave out what was told again later."""
    change, kept, compact = CHANGES[what]
    report = RowsReconciled("t")
    coming = Comparison(Plain(), report, {SLOT: 4}, compacted=compacted)
    for each in change(list(TOLD)):
        coming.take(each)
    coming.end(TABLE, {SLOT: 5})
    found = [(each.where, each.kind, each.position) for each in report.differences]
    assert found == (compact if compacted else kept)


def test_what_waits_comes_behind_what_is_published() -> None:
    """Also where some of it is published already: each counts once."""
    report = RowsReconciled("t")
    coming = Comparison(Plain(), report, {SLOT: 4}, compacted=False)
    for each in TOLD[:3]:
        coming.take(each)
    coming.wait({SLOT: {3: (HERE[0], b"c"), 4: (HERE[2], b"d")}})
    coming.end(TABLE, {SLOT: 4})
    assert report.ok, report.differences
    assert replace(report, unlisted=1).ok is False


def test_each_topic_of_rows_has_its_view() -> None:
    """And topics of entries have none."""
    assert isinstance(view_of(views(), "custody"), Articles)
    assert isinstance(view_of(views(), "case-state"), CaseState)
    assert view_of(views(), "entries") is None
