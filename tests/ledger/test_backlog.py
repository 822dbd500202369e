"""A copy that opens seals waits for what waits before its own reading: it tells how it goes on, or what to do."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from uuid import UUID

import pytest

from consumers.embedded import connected
from roznamcha.commands import receipts
from roznamcha.commands.reading import history_of
from roznamcha.errors import Refused, Unavailable
from roznamcha.ledger import backlog as of_backlog
from roznamcha.ledger.backlog import Backlog
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.verify import judge, unpack
from roznamcha.office import open_office
from roznamcha.settings import settings
from tests.acts import act
from tests.consumers.feed import write_cases
from tests.ledger.copies import BY, Court, values
from tests.ledger.test_withdrawing import ROOT, requests, sequencing
from tests.roznamcha.test_store import store_on

ALONE = "SELECT pg_advisory_lock(hashtextextended('ledger', 0))"
PROGRAM = [sys.executable, "-c", "from roznamcha.cli import main; main()"]


@pytest.fixture
def behind(attacked: Court) -> Court:
    """Forty entries of other records without a leaf, then one of this record, then four more."""
    write_cases(attacked.keeper.url, 10, first=100)
    store = store_on(attacked.keeper.url)
    store.record(act("case.HearingHeld", attacked.record))
    store.datastore.close()
    write_cases(attacked.keeper.url, 1, first=200)
    return attacked


@pytest.fixture
def ledger(behind: Court) -> Iterator[Ledger]:
    """Its ledger."""
    with connected(behind.keeper.url) as connection:
        yield Ledger(connection)


def test_it_waits_as_long_as_it_goes_on(behind: Court, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than its patience, where each round adds some; what is told counts up to what waited before it."""
    monkeypatch.setattr(of_backlog, "LOOK", 0.0)
    told = list[tuple[int, int]]()
    waits = Backlog(ledger, UUID(behind.record), lambda done, of: told.append((done, of)))
    assert waits.before() == 41
    with sequencing(behind) as at_work:

        def keep() -> None:
            time.sleep(0.2)
            at_work.add(7)

        before = time.monotonic()
        waits.wait(keep, 0.5)
        assert time.monotonic() - before > 1
    assert told == [(n, 41) for n in range(0, 41, 7)]
    assert waits.before() == waits.last() == 0
    assert ledger.rows("SELECT max(position) < (SELECT max(notification_id) FROM roznamcha.entries) FROM "
                       "roznamcha.leaves") == [(True,)]  # fmt: skip


def test_the_informants_paper_waits_as_long(behind: Court, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a head covers the FIR that was entered last; and no longer where nothing moves."""
    monkeypatch.setattr(receipts, "WAITING", 0.5)
    answer = {"ROZNAMCHA_DATA": str(behind.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": behind.keeper.url}
    for name, value in answer.items():
        monkeypatch.setenv(name, value)
    with open_office(settings()) as office:
        record, found = history_of(office, "feed:200")
        registered = receipts._registered(office, found, str(record))  # noqa: SLF001 (what the command asks)
        with pytest.raises(Refused, match="has no leaf"):
            receipts._receipt(ledger, registered, lambda: None)  # noqa: SLF001
        with sequencing(behind) as at_work:

            def keep() -> None:
                time.sleep(0.2)
                if not at_work.add(7):
                    at_work.sign()

            before = time.monotonic()
            receipt = receipts._receipt(ledger, registered, keep)  # noqa: SLF001
        assert time.monotonic() - before > 1
    assert receipt.head.size > receipt.index


def test_it_gives_up_when_nothing_moves(behind: Court, ledger: Ledger) -> None:
    """It says how many wait, and what to do; nothing is asked for."""
    why = "41 entries up to the last one .* for 0 seconds. See that a sequencer is at work .* ask for the copy again"
    with pytest.raises(Unavailable, match=why):
        Backlog(ledger, UUID(behind.record)).wait(lambda: None, 0.3)
    assert requests(ledger) == []


def waiting(court: Court, stderr: int) -> subprocess.Popen[bytes]:
    """A `bundle` of the court's copy, while somebody keeps the ledger and does nothing."""
    here = {"ROZNAMCHA_DATA": str(court.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": court.keeper.url}
    command = [*PROGRAM, "bundle", court.record, "--for", "court", "-o", str(court.keeper.folder / "x.zip"), *BY]
    return subprocess.Popen(command, env=os.environ | here | {"TERM": "xterm"}, cwd=ROOT, stderr=stderr)


def readings(ledger: Ledger) -> int:
    """How many entries say that something sealed was read."""
    found: int = ledger.rows("SELECT count(*) FROM roznamcha.entries WHERE topic LIKE '%%.AccessRecorded'")[0][0]
    return found


def stopped(ledger: Ledger, made: subprocess.Popen[bytes]) -> None:
    """It has entered its reading and waits: Ctrl-C."""
    until = time.monotonic() + 30
    while not readings(ledger) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(2.5)
    made.send_signal(signal.SIGINT)


def test_it_is_stopped_while_it_waits(behind: Court, ledger: Ledger) -> None:
    """The reading stands, as it was entered; nothing was asked for, no file is there; the next copy is whole."""
    ledger.rows(ALONE)
    with waiting(behind, subprocess.PIPE) as made:
        stopped(ledger, made)
        _, told = made.communicate(timeout=30)
    assert (made.returncode, readings(ledger), requests(ledger)) == (130, 1, [])
    assert "left" not in told.decode()
    assert not [each.name for each in behind.keeper.folder.iterdir() if "zip" in each.name]
    ledger.rows(ALONE.replace("pg_advisory_lock", "pg_advisory_unlock"))
    _, data = behind.copy("court", *BY)
    assert {how for _, how, _ in judge(data, behind.policy)} <= {"OK", "NOT CHECKED"}
    assert [name for name, _ in values(unpack(data))].count("columns") == 2


def test_a_person_sees_how_it_goes_on(behind: Court, ledger: Ledger) -> None:
    """On a terminal: how many entries are left."""
    ledger.rows(ALONE)
    ours, theirs = pty.openpty()
    with waiting(behind, theirs) as made:
        os.close(theirs)
        stopped(ledger, made)
        seen = b""
        try:
            while data := os.read(ours, 65_536):
                seen += data
        except OSError:  # how a terminal ends
            os.close(ours)
    assert made.returncode == 130
    assert "waiting for the ledger" in seen.decode()
    assert "46 left" in seen.decode()
