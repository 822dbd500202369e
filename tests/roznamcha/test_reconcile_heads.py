"""The topic of checkpoints is compared with what the ledger has signed, head by head."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha.ledger.heads import Head
from roznamcha.published import look, note_comparison
from roznamcha.reconciling_heads import Comparison, HeadsReconciled, reconcile_heads
from roznamcha.sides import whole_of
from schemas import catalogue
from tests.broker.copies import write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.ledger.keeping import Keeper
from tests.roznamcha.told import publish

HEADS = [Head(n, f"tlog.example/cg/{2025 + n // 3}", b"note %d" % n) for n in range(1, 6)]
SIGNED = {each.number: whole_of(dict(each.headers), each.origin, sha256(each.note).digest()) for each in HEADS}
Change = Callable[[list[Any]], list[Any]]


def message(head: Head, **more: Any) -> Any:
    """As the relay sends it."""
    told = {"offset": 10 + head.number, "key": head.origin.encode(), "value": head.note, "headers": head.headers}
    return SimpleNamespace(**told | more)


SENT = [message(each) for each in HEADS[:4]]
CHANGES: dict[str, tuple[Change, list[tuple[str, int | None]]]] = {
    "nothing": (lambda m: m, []),
    "one left out": (lambda m: [m[0], *m[2:]], [("missing", 2)]),
    "all left out": (lambda _: [], [("missing", n) for n in range(1, 5)]),
    "one twice": (lambda m: [*m[:2], m[1], *m[2:]], [("doubled", 2)]),
    "twice, and otherwise": (lambda m: [*m, message(HEADS[1], value=b"forged")], [("altered", 2)]),
    "another note": (lambda m: [*m[:3], message(HEADS[3], value=b"forged")], [("altered", 4)]),
    "under another log": (lambda m: [*m[:3], message(HEADS[3], key=b"other")], [("altered", 4)]),
    "two changed": (lambda m: [m[0], m[2], m[1], m[3]], [("misplaced", 2)]),
    "a stranger": (lambda m: [*m, message(HEADS[3], headers=[])], [("extra", None)]),
    "without a value": (lambda m: [*m[:3], message(HEADS[3], value=None)], [("altered", 4)]),
    "published meanwhile": (lambda m: [*m, message(HEADS[4])], []),
    "never signed": (lambda m: [*m, message(HEADS[4]._replace(number=6))], [("extra", 6)]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_the_topic_has_otherwise_is_named(what: str) -> None:
    """Each head, and nothing else; one that was signed and published while all was read is no difference."""
    change, expected = CHANGES[what]
    report = HeadsReconciled("t", published_to=4)
    coming = Comparison(report, {number: each for number, each in SIGNED.items() if number < 5})
    for each in change(list(SENT)):
        coming.take(each)
    coming.look_again(SIGNED, 5)
    coming.end()
    assert [(each.kind, each.position) for each in report.differences] == expected
    assert report.ok == (not expected)


def test_the_topic_is_compared_with_what_was_signed(
    database: str, broker: Broker, topics: Topics, tmp_path: Path
) -> None:
    """Before anything is published, when all is, and while one waits; then a message more, and a forged ledger."""
    keeper = Keeper(database, tmp_path)
    for n in range(2):
        write_cases(database, 1, first=n)
        keeper.keep()
    with connected(database) as connection:
        everything = (connection, broker, topics, catalogue())
        report = reconcile_heads(*everything)
        assert (report.ok, report.messages, report.unpublished) == (True, 0, 2)
        publish(database, broker, topics)
        write_cases(database, 1, first=2)
        keeper.keep()
        report = reconcile_heads(*everything)
        assert (report.ok, report.published_to, report.messages, report.unpublished) == (True, 2, 2, 1)
        name = topics["checkpoints"].name
        last = read_topic(broker, name, 1)[-1]
        write(broker, name, [last])
        keeper.tamper("UPDATE roznamcha.checkpoints SET note = 'forged' WHERE number = 1")
        report = reconcile_heads(*everything)
        assert [(each.kind, each.position) for each in report.differences] == [("altered", 1), ("doubled", 2)]
        assert report.shown()["differences"][1]["offset"] > last.offset
        keeper.tamper("DELETE FROM roznamcha.checkpoints WHERE number > 1")
        report = reconcile_heads(*everything)
        assert [(each.where, each.kind, each.position) for each in report.differences] == [
            ("relay.position", "extra", 2), ("topic", "altered", 1), ("topic", "extra", 2), ("topic", "doubled", 2),
        ]  # fmt: skip
        note_comparison(connection, topics.prefix, "checkpoints", report)
        assert look(connection, topics.prefix).compared["checkpoints"].differences == 4
