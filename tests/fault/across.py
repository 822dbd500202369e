"""From the station's entries to another system's tables, all of it at work: what is hurt, and what must be true after.

One PostgreSQL, one broker, a station that keeps entering acts, a relay, two followers of the topic, another system. A
fault befalls them; then all must catch up, and what everybody has is compared, entry by entry.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consumers import letters
from consumers.embedded import connected, read_log
from roznamcha.postgres import Embedded
from tests.broker.nodes import NoBroker, new_prefix
from tests.broker.shared import REQUIRED
from tests.consumers.feed import digest
from tests.consumers.subscribing import TABLE, came_once, query
from tests.fault.barracks import Barracks
from tests.fault.jobs import MASTER, views
from tests.fault.kit import check_store, check_views, count_acknowledged, fresh
from tests.roznamcha.told import told as untold

ROUNDS = "ROZNAMCHA_ROUNDS"
"""How many rounds of each fault; without it few, as a test names them."""
PATIENCE = 120.0
"""Seconds within which all must have caught up after a fault."""
KEPT = ("relay", "first", "second", "court")
"""Who is kept at work: the relay, two followers, another system."""
SEEN = """
    SELECT count(*) FROM roznamcha.entries e JOIN ops.checkpoints c
    ON c.view_group = 'main' AND c.slot = e.slot AND c.position >= e.notification_id
"""
"""How many entries the views have taken, as their checkpoints say."""
NUMBERS = count(1)


def rounds(few: int) -> range:
    """The rounds of a fault."""
    return range(int(os.environ.get(ROUNDS) or few))


@contextmanager
def a_broker_or_none() -> Iterator[None]:
    """Where there can be no broker of a test's own it is skipped, or fails where that is not allowed."""
    try:
        yield
    except NoBroker as error:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no real broker, and {REQUIRED} is set: {error}")
        pytest.skip(f"no real broker: {error}")


@dataclass
class Scene:
    """All who are at work between one store and one subscriber."""

    barracks: Barracks
    url: str
    own: str
    bootstrap: str
    folder: Path
    prefix: str = field(default_factory=lambda: new_prefix().removesuffix("."))
    options: dict[str, Any] = field(default_factory=dict)
    posted: dict[str, int] = field(default_factory=dict)
    """The start of each post that was ordered last; a later one means that its holder was gone."""
    journals: list[Path] = field(default_factory=list)

    # --- setting up ----------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Make topics, keys and the other system's table."""
        key = self.folder / "data" / "keys" / "master.key"
        key.parent.mkdir(parents=True, mode=0o700)
        key.write_text(MASTER.hex())
        key.chmod(0o600)
        (self.folder / "options.json").write_text(json.dumps(self.options))
        self.barracks.do("topics", self.order("topics"))
        with psycopg.connect(self.own) as connection:
            connection.execute(TABLE)

    def order(self, job: str, **more: Any) -> dict[str, Any]:
        """An order, with all that this scene's people must know."""
        return {
            "job": job, "url": self.url, "own": self.own, "broker": self.bootstrap, "topics": self.prefix,
            "options": str(self.folder / "options.json"), **more,
        }  # fmt: skip

    def program(self, *arguments: str, **more: Any) -> dict[str, Any]:
        """An order to be the program."""
        environment = {
            "ROZNAMCHA_DATA": str(self.folder / "data"), "ROZNAMCHA_DATABASE_URL": self.url,
            "ROZNAMCHA_KAFKA": self.bootstrap, "ROZNAMCHA_TOPICS": self.prefix,
            "ROZNAMCHA_KAFKA_OPTIONS": str(self.folder / "options.json"),
        }  # fmt: skip
        return self.order("program", arguments=list(arguments), environment=environment, **more)

    def post(self, name: str, **more: Any) -> None:
        """Put somebody to work."""
        if name.startswith("relay"):
            order = self.program("relay", **more)
        elif name.startswith("court"):
            order = self.order("subscriber", **more)
        else:
            order = self.program("project", "--source", "kafka", **more)
        self.barracks.post(name, order)
        self.posted[name] = self.barracks.times(name)

    def begin(self) -> None:
        """Put everybody to work, and see the first entries come through; facts of clocks go into a second topic."""
        self.write()
        self.until(lambda: self.entered() > 10, "nobody enters anything")
        self.barracks.do("ticker", self.program("tick", "--once"))
        for name in KEPT:
            self.post(name)
        self.flows()

    def write(self, pause: float = 0.25) -> None:
        """Have the station enter acts, until `rest`."""
        journal = self.folder / f"journal.{len(self.journals)}"
        self.journals.append(journal)
        order = self.order("writer", journal=str(journal), seed=len(self.journals) * 100_000, pause=pause)
        self.barracks.post("writer", order, kept=False)

    def rest(self) -> None:
        """Have the station stop; none of its acts may have failed."""
        self.barracks.dismiss("writer")
        assert self.barracks.ended("writer") == "done", self.barracks.said("writer")

    # --- looking -------------------------------------------------------------------------------------------------

    def entered(self) -> int:
        """How many entries there are."""
        found: int = query(self.url, "SELECT count(*) FROM roznamcha.entries")[0][0]
        return found

    def counts(self) -> tuple[int, int, int]:
        """How many entries the store has, how many the views, and how many the other system."""
        ((seen,),) = query(self.url, SEEN)
        ((had,),) = query(self.own, "SELECT count(*) FROM received")
        return self.entered(), seen, had

    def until(self, what: Callable[[], bool], why: str, patience: float = PATIENCE) -> None:
        """Wait until something is so; nobody may have failed meanwhile."""
        end = time.monotonic() + patience
        while not what():
            if time.monotonic() > end:
                pytest.fail(f"{why}: it never came to that; {self.counts()}\n{self.words()}")
            self.nobody_failed()
            time.sleep(0.05)

    def leaders(self, *names: str) -> list[tuple[str, int, int, int]]:
        """Of these topics: name, partition, the node that leads it, and how many copies are complete."""
        return [tuple(each) for each in json.loads(self.barracks.do("leaders", self.order("leaders", of=names)))]

    def words(self, *names: str) -> str:
        """What these said last, and those who are kept at work."""
        asked = dict.fromkeys((*names, *KEPT, "writer"))
        return "\n".join(f"--- {name}\n{self.barracks.said(name)[-2_000:]}" for name in asked)

    def nobody_failed(self) -> None:
        """Whoever ended by himself had a reason outside himself."""
        self.barracks.hear()
        failed = {name: how for name, how in self.barracks.ends if how.startswith("failed")}
        assert not failed, f"{failed}\n{self.words(*failed)}"

    def flows(self, patience: float = PATIENCE) -> None:
        """What is entered from now on arrives everywhere."""
        at = self.entered() + 1
        self.until(lambda: min(self.counts()) >= at, "entries don't flow", patience)

    # --- judging -------------------------------------------------------------------------------------------------

    def judge(self, fault: str) -> None:
        """All catch up. Then everything acknowledged is there, once, with everybody, and nothing else is."""
        self.rest()
        began = time.monotonic()
        self.until(lambda: len(set(self.counts())) == 1 and not untold(self.url), "not all have caught up")
        waited = time.monotonic() - began
        found = count_acknowledged(self.url, self.journals)
        before = self.rows()
        found.wrong += check_store(self.url) + self.reconciled() + check_views(self.url, views())
        with connected(self.url) as connection:
            found.wrong += [f"a dead letter: {each}" for each in letters.kept(connection)]
            log = read_log(connection, 0, 1_000_000)
        if self.rows() != before:
            found.wrong.append("the followers' tables were not yet what the log comes to")
        found.wrong += self.rows_told()
        assert not found.wrong, f"{found}\n{self.words()}"
        came_once(self.own, log)
        self.nobody_failed()
        ends = Counter(how for _, how in self.barracks.ends)
        print(f"{fault}; all there after {waited:.1f} s: {len(log)} entries; {dict(ends)}; {found}", flush=True)
        self.write()

    def rows_told(self) -> list[str]:
        """What is wrong with the rows that a reader of their topics holds."""
        self.barracks.post("rows", self.order("rows"), kept=False)
        how = self.barracks.ended("rows", 120)
        return [] if how == "done" else [f"rows: {how}: {self.barracks.said('rows')}"]

    def rows(self) -> str:
        """The digest of every row of the views."""
        with connected(self.url) as connection:
            return digest(connection, views())

    def reconciled(self) -> list[str]:
        """What `reconcile` says against store, topics and the other system. Each of them must have all there is."""
        wrong, entries = [], self.entered()
        for name, more in (("entries", ["--subscriber", self.own]), ("deadlines", ["--topic", "deadlines"])):
            self.barracks.post("reconcile", self.program("reconcile", "--json", *more), kept=False)
            how, said = self.barracks.ended("reconcile"), self.barracks.said("reconcile", "out")
            if how != "done" or not json.loads(said)["ok"]:
                wrong.append(f"reconcile {name}: {how}: {self.barracks.said('reconcile')}")
                continue
            told = json.loads(said)
            sides = [told["topic"], *([told["subscriber"]] if told["subscriber"] else [])]
            if name == "entries" and any(each["entries"] != entries for each in sides):
                wrong.append(f"reconcile {name}: not everybody has {entries}: {told}")
        return wrong


@contextmanager
def scene(
    barracks: Barracks, server: Embedded, folder: Path, bootstrap: str, options: Mapping[str, Any] | None = None
) -> Iterator[Scene]:
    """Everybody at work on fresh databases and fresh topics; ended with the block."""
    here = folder / f"scene-{next(NUMBERS)}"
    here.mkdir()
    with fresh(server.url) as url, fresh(server.url) as own:
        made = Scene(barracks, url, own, bootstrap, here, options=dict(options or {}))
        made.set_up()
        made.begin()
        yield made
        barracks.end_all()
