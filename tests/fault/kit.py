"""Killing and counting: the steps by name, the forge that runs and kills, and what is found afterwards.

What was acknowledged is known from journals that the killed processes wrote, each line on the disk before the next act.
Afterwards the store is asked: is every acknowledged entry there, once, where its writer was told it is?
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from consumers import entries
from consumers.building import prepare
from consumers.embedded import Follower, connected
from projections.view import View
from roznamcha.migrate import migrate
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.verifying import verify
from schemas import catalogue
from tests.fault.jobs import MASTER, views
from tests.roznamcha.kit import ROOT

NUMBERS = count(1)


def steps(root: Path = ROOT) -> dict[str, str]:
    """Every named step in the source: its name, and where it is."""
    found: dict[str, str] = {}
    for path in sorted([*root.glob("consumers/**/*.py"), *root.glob("roznamcha/**/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "reach":
                (name,) = node.args
                assert isinstance(name, ast.Constant), f"{path}:{node.lineno}: a step's name is a literal"
                found[name.value] = f"{path.relative_to(root)}:{node.lineno}"
    return found


# --- running and killing ---------------------------------------------------------------------------------------------


@dataclass
class Forge:
    """The driver, which forks a child for each job."""

    process: subprocess.Popen[str]

    def begin(self, jobs: Sequence[Mapping[str, Any]], patience: float = 120) -> None:
        """Start jobs, and go on."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jobs": jobs, "patience": patience}) + "\n")
        self.process.stdin.flush()

    def end(self) -> list[dict[str, str]]:
        """Wait for the jobs that were begun; give what became of each."""
        assert self.process.stdout is not None
        answer: list[dict[str, str]] = json.loads(self.process.stdout.readline())
        return answer

    def run(self, *jobs: Mapping[str, Any], patience: float = 120) -> list[str]:
        """Run jobs side by side until each has ended or was killed; none may fail of itself. Give how each ended."""
        self.begin(jobs, patience)
        told = self.end()
        assert not [each for each in told if each["how"] in {"failed", "hung"}], "\n".join(
            f"{job['job']}: {each['how']}\n{each['said']}" for job, each in zip(jobs, told, strict=True)
        )
        return [each["how"] for each in told]


@contextmanager
def forge() -> Iterator[Forge]:
    """A driver, ended with its block."""
    command = [sys.executable, "-c", "from tests.fault.driver import main; main()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Forge(process)
        assert process.stdin is not None
        process.stdin.close()


@contextmanager
def fresh(server: str) -> Iterator[str]:
    """A new database on a server, with today's tables; gone afterwards."""
    name = f"fault_{next(NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = psycopg.conninfo.make_conninfo(server, dbname=name)
    migrate(url)
    yield url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


# --- counting --------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    """What was sent, acknowledged, and found again. What is wrong is told in `wrong`, and counted by kind."""

    attempted: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One line."""
        told = (
            f"attempted {self.attempted}, acknowledged {self.acknowledged}, found again {self.found}, "
            f"lost {self.lost}, doubled {self.doubled}"
        )
        return told + "".join(f"; {each}" for each in self.wrong[:5])


def read_journals(paths: Iterable[Path]) -> tuple[set[str], dict[str, list[list[Any]]]]:
    """What was sent, and for each command what was acknowledged, as often as it was. A torn last line is no line."""
    sent: set[str] = set()
    told: dict[str, list[list[Any]]] = {}
    for path in paths:
        for line in path.read_text().splitlines(keepends=True) if path.exists() else ():
            if not line.endswith("\n"):
                continue
            kind, items = json.loads(line)
            if kind == "sent":
                sent.update(items)
                continue
            for command, *rest in items:
                told.setdefault(command, []).append(rest)
    return sent, told


def count_acknowledged(url: str, journals: Iterable[Path], after: int = 0) -> Found:
    """Compare what writers were told with what the store holds; of entries up to `after` nothing is asked."""
    sent, told = read_journals(journals)
    found = Found(attempted=len(sent), acknowledged=len(told))
    query = """
        SELECT c.command_id::text, e.notification_id, e.record_id::text, e.originator_version, e.state
        FROM roznamcha.commands c JOIN roznamcha.entries e
        ON e.originator_id = c.stream_id AND e.originator_version = c.version WHERE e.notification_id > %s
    """
    with psycopg.connect(url) as connection:
        held = {command: rest for command, *rest in connection.execute(query, (after,)).fetchall()}
        refused = {row[0] for row in connection.execute("SELECT command_id::text FROM roznamcha.refusals").fetchall()}
        later = "SELECT notification_id, state FROM roznamcha.entries WHERE notification_id > %s"
        states = connection.execute(later, (after,)).fetchall()
    commands = Counter(str(entries.read(catalogue(), bytes(state), at).meta.command_id) for at, state in states)
    found.doubled = sum(times - 1 for times in commands.values())
    for command, answers in told.items():
        if len({json.dumps(each[1:]) for each in answers}) > 1:
            found.wrong.append(f"command {command} was answered in two ways: {answers}")
        _, position, entry_id, record_id, version = answers[0]
        if not position:
            found.found += command in refused
            found.lost += command not in refused
            continue
        here = held.get(command)
        if here is None:
            found.lost += 1
        elif here[:3] != [position, record_id, version] or entry_id != _entry_id(here):
            found.wrong.append(f"command {command} was told {answers[0]} and is at {here[:3]}")
        else:
            found.found += 1
    if found.lost or found.doubled:
        found.wrong.append("an acknowledged act is not there, or a command is there twice")
    return found


def _entry_id(held: Sequence[Any]) -> str:
    return str(entries.read(catalogue(), bytes(held[3]), held[0]).meta.entry_id)


def check_store(url: str) -> list[str]:
    """What is wrong with a store in itself: versions and numbers without a gap, an entry for each command."""
    questions = {
        "a record's versions have a gap": """
            SELECT originator_id FROM roznamcha.entries GROUP BY 1
            HAVING count(*) <> max(originator_version) OR min(originator_version) <> 1""",
        "a series of numbers has a gap": """
            SELECT series, station, year FROM roznamcha.names WHERE series IS NOT NULL GROUP BY 1, 2, 3
            HAVING count(*) <> max(number)""",
        "a command has no entry, or an entry no command": """
            SELECT 1 FROM roznamcha.commands c FULL JOIN roznamcha.entries e
            ON e.originator_id = c.stream_id AND e.originator_version = c.version
            WHERE c.command_id IS NULL OR e.notification_id IS NULL""",
        "a command was both entered and refused": """
            SELECT 1 FROM roznamcha.commands JOIN roznamcha.refusals USING (command_id)""",
    }
    with psycopg.connect(url) as connection:
        return [what for what, query in questions.items() if connection.execute(query.encode()).fetchone()]


def check_views(url: str, chosen: Sequence[View]) -> list[str]:
    """Bring these views to the head and compare each with an independent fold of the entries."""
    datastore = Datastore(url)
    with connected(url) as connection:
        assert prepare(connection, chosen) == []
        Follower(connection, chosen, catalogue()).catch_up()
        report = verify(connection, list(chosen), catalogue(), unseal=Keyring(datastore, catalogue(), MASTER).open)
    datastore.close()
    wrong = [] if report.ok else [f"verify: {report.first_bad}"]
    lines = report.rows.get("lines", report.entries)  # a view with a row for each entry
    return wrong if lines == report.entries else [*wrong, f"{lines} lines of {report.entries} entries"]


def examine(url: str, journals: Iterable[Path], chosen: Sequence[View] | None = None) -> Found:
    """All that must be true after any fault, of the store and of these views (all); raises when it isn't."""
    found = count_acknowledged(url, journals)
    of = views() if chosen is None else chosen
    found.wrong += check_store(url) + (check_views(url, of) if of else [])
    assert not found.wrong, str(found)
    return found


def total(found: Iterable[Found]) -> Found:
    """Several counts as one."""
    summed = Found()
    for each in found:
        for name in ("attempted", "acknowledged", "found", "lost", "doubled"):
            setattr(summed, name, getattr(summed, name) + getattr(each, name))
        summed.wrong += each.wrong
    return summed
