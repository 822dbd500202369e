"""The page for other systems says what is true: its example runs as it stands, killed and begun again."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from consumers.clients import Broker
from consumers.slots import SLOTS
from consumers.topics import Topics, data
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import own, publish, query, until
from tests.roznamcha.kit import ROOT

__all__ = ["own"]
PAGE = (ROOT / "docs" / "subscribing.md").read_text(encoding="utf-8")


def example() -> str:
    """The program on the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    return str(code)


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
    second.terminate()
    assert second.wait(60) == 0
    assert query(own, "SELECT * FROM firs") == [("CG-RPR-01", 10)]
    assert query(own, "SELECT sum(count)::int FROM roznamcha_subscriber.roznamcha_seen") == [(40,)]


def test_the_page_names_what_is_there() -> None:
    """Topics and the number of partitions, as they stand in the data."""
    topics = Topics()
    assert topics.entries in PAGE
    assert topics.deadlines in PAGE
    assert data()["topics"]["entries"]["partitions"] == SLOTS == 60
