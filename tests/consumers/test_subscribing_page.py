"""The page for other systems says what is true: its example runs as it stands, killed and begun again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import psycopg
import pytest

from consumers.clients import Broker
from consumers.dak import Book
from consumers.slots import SLOTS
from consumers.topics import Topics, data
from tests.consumers.feed import following, write_cases
from tests.consumers.subscribing import own, publish, query, until
from tests.roznamcha.kit import ROOT
from tests.roznamcha.told import publish as publish_rows
from tests.roznamcha.told import views

__all__ = ["own"]
PAGE = (ROOT / "docs" / "subscribing.md").read_text(encoding="utf-8")


def example(nth: int = 0) -> str:
    """The programs on the page: for entries, and for rows."""
    found = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(found) == 2
    return str(found[nth])


def test_the_example_counts_each_entry_once(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Started, killed, started again while more comes, and stopped in good order."""
    assert len([line for line in example().splitlines() if line.strip()]) <= 20
    write_cases(database, 5)
    publish(database, broker, topics)
    env = {**os.environ, "COURT_DATABASE": own, "BROKER": broker.bootstrap, "TOPIC": topics.entries,
           "PYTHONPATH": str(ROOT)}  # fmt: skip

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", example()], env=env, stderr=subprocess.DEVNULL)

    def counted() -> int:
        there = query(own, "SELECT 1 FROM pg_tables WHERE tablename = 'firs'")
        return int(query(own, "SELECT coalesce(sum(registered), 0)::int FROM firs")[0][0]) if there else 0

    first = start()
    until(lambda: counted() > 0)
    first.kill()
    first.wait()
    second = start()
    write_cases(database, 5, first=5)
    publish(database, broker, topics)
    until(lambda: counted() >= 10)
    second.send_signal(signal.SIGINT)
    assert second.wait(60) == 0
    assert query(own, "SELECT * FROM firs") == [("CG-RPR-01", 10)]
    assert query(own, "SELECT sum(count)::int FROM roznamcha_subscriber.roznamcha_seen") == [(40,)]


def test_the_example_for_rows_keeps_them(database: str, own: str, broker: Broker, topics: Topics) -> None:
    """Each case with its stage, as the view has it."""
    write_cases(database, 4)
    with following(database, views()) as follower:
        follower.catch_up()
    publish_rows(database, broker, topics)
    with psycopg.connect(own) as connection:
        connection.execute("CREATE TABLE cases (record_id uuid PRIMARY KEY, stage text NOT NULL)")
    code = example(1).replace("roznamcha.case-state.v1", topics["case-state"].name).replace(".run(stop)", ".catch_up()")
    exec(compile(code, "example", "exec"), {"DATABASE": own, "BROKER": broker.bootstrap})  # noqa: S102 (our own page)
    assert query(own, "SELECT * FROM cases ORDER BY 1") == query(
        database, "SELECT record_id, stage FROM views.case_state ORDER BY 1"
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"BROKER": "127.0.0.1:1"}, "no broker at 127.0.0.1:1"),
        ({"TOPIC": "nowhere"}, "there is no topic nowhere"),
        ({"BROKER": "nowhere"}, "no address of a broker"),
        ({"COURT_DATABASE": "postgresql://nobody@127.0.0.1:1/none"}, "connection"),
    ],
)
def test_what_keeps_the_example_from_its_work_is_told_in_a_line(
    own: str, broker: Broker, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], words: str
) -> None:
    """No trace, and an exit code."""
    for name, value in ({"COURT_DATABASE": own, "BROKER": broker.bootstrap} | wrong).items():
        monkeypatch.setenv(name, value)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with pytest.raises(SystemExit) as ended:
            exec(compile(example(), "example", "exec"), {})  # noqa: S102 (our own page)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert str(ended.value.code).startswith("court: ")
    assert words in str(ended.value.code)


def test_a_schema_that_was_made_for_it_is_enough(own: str) -> None:
    """Who may make none in the database uses the one that is there."""
    with psycopg.connect(own, autocommit=True) as owner:
        owner.execute("DROP ROLE IF EXISTS court_alone")
        owner.execute("CREATE ROLE court_alone")
        owner.execute("CREATE SCHEMA mine")
        owner.execute("GRANT CREATE, USAGE ON SCHEMA mine TO court_alone")
        owner.execute("SET ROLE court_alone")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            Book("other", "t", "court").open(owner, "id")
        for _ in range(2):
            Book("mine", "t", "court").open(owner, "id")


def test_the_page_names_what_is_there() -> None:
    """Topics and the number of partitions, as they stand in the data."""
    topics = Topics()
    assert topics.entries in PAGE
    assert topics.deadlines in PAGE
    assert data()["topics"]["entries"]["partitions"] == SLOTS == 60
