"""A copy that was given up has its request withdrawn: it has its leaf or is withdrawn, and never both."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.ids import uuid7
from roznamcha.ledger import bundle
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import ASK, Binder
from roznamcha.ledger.kept import STALE, Ledger
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.withdrawing import LOCK, withdrawn
from schemas import catalogue
from tests.ledger.copies import Court

CLOSING = {"audience": "public", "files": {}, "withheld": ""}
ASKED_AT = "UPDATE roznamcha.ledger_acts SET asked_at = asked_at - make_interval(secs => {})"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def ledger(attacked: Court) -> Iterator[Ledger]:
    """The ledger of a court's store."""
    with connected(attacked.keeper.url) as connection:
        yield Ledger(connection)


def requests(ledger: Ledger) -> list[tuple[bool, bool]]:
    """Of each request for a copy, whether it has its leaf, and whether it is withdrawn."""
    query = """
        SELECT EXISTS (SELECT FROM roznamcha.leaves WHERE act = a.id),
               EXISTS (SELECT FROM roznamcha.ledger_withdrawn WHERE act = a.id)
        FROM roznamcha.ledger_acts a WHERE record_id IS NOT NULL ORDER BY number
    """
    return [tuple(row) for row in ledger.rows(query)]


def close(court: Court, ledger: Ledger, keep: Callable[[], Any]) -> UUID:
    """Close a public copy."""
    return Binder(ledger, catalogue(), None).close(UUID(court.record), RULES["public"], {}, keep)


def asked(court: Court, ledger: Ledger) -> UUID:
    """A request, as a copy makes it."""
    act = uuid7()
    ledger.connection.execute(ASK, (act, UUID(court.record), b"s" * 16, psycopg.types.json.Jsonb(CLOSING)))
    return act


def test_a_copy_that_is_given_up_is_not_closed_later(
    attacked: Court, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited for a sequencer that doesn't come: the one that comes later gives no leaf, and the audit is content."""
    monkeypatch.setattr(bundle, "WAITING", 0.3)
    with pytest.raises(Unavailable, match="no sequencer has signed its last leaf"):
        close(attacked, ledger, lambda: None)
    assert requests(ledger) == [(False, True)]
    size = ledger.log().size
    attacked.run("ledger", "run", "--once")
    assert ledger.log().size == size
    assert attacked.run("ledger", "audit")["ok"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_whatever_ends_the_waiting_withdraws(attacked: Court, ledger: Ledger, error: type[BaseException]) -> None:
    """Ctrl-C while it waits, or a failure."""

    def keep() -> None:
        if requests(ledger):
            raise error

    with pytest.raises(error):
        close(attacked, ledger, keep)
    attacked.run("ledger", "run", "--once")
    assert requests(ledger) == [(False, True)]


def test_what_has_its_leaf_is_not_withdrawn(attacked: Court, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sequencer has added it and died before it signed: the leaf stands, and the refusal says so."""
    monkeypatch.setattr(bundle, "WAITING", 0.5)

    def keep() -> None:
        with sequencing(attacked) as at_work:
            at_work.add()

    with pytest.raises(Unavailable, match="a leaf may stand in the ledger that closes this copy, which was not made"):
        close(attacked, ledger, keep)
    assert requests(ledger) == [(True, False)]


def sequencing(court: Court) -> AbstractContextManager[Sequencer]:
    """A sequencer on the court's store, with the court's own keys."""
    keeper = type(court.keeper)(court.keeper.url, court.keeper.folder)
    (court.keeper.folder / "keys").mkdir(exist_ok=True)
    for key in (court.keeper.folder / "data" / "keys" / "ledger").iterdir():
        (court.keeper.folder / "keys" / key.name).write_bytes(key.read_bytes())
        (court.keeper.folder / "keys" / key.name).chmod(0o600)
    return keeper.sequencing()


def test_one_that_is_just_being_added(attacked: Court, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who withdraws while the sequencer writes its leaf waits for it, and withdraws nothing."""
    act, found, real = asked(attacked, ledger), list[bool](), Sequencer._write_asked  # noqa: SLF001

    def meanwhile(self: Any, to: Any, given: Any) -> None:
        other.start()
        time.sleep(0.5)
        assert other.is_alive()
        real(self, to, given)

    other = threading.Thread(target=lambda: found.append(withdrawn(ledger.connection, act)))
    monkeypatch.setattr(Sequencer, "_write_asked", meanwhile)
    with sequencing(attacked) as at_work:
        assert at_work.add() == 1
    other.join()
    assert found == [False]
    assert requests(ledger) == [(True, False)]


def test_one_that_is_just_being_withdrawn(attacked: Court, ledger: Ledger) -> None:
    """The sequencer doesn't wait: it adds nothing that somebody withdraws just now, and nothing that was withdrawn."""
    act = asked(attacked, ledger)
    with sequencing(attacked) as at_work:
        with ledger.connection.transaction():
            ledger.connection.execute(LOCK)
            ledger.connection.execute("INSERT INTO roznamcha.ledger_withdrawn (act) VALUES (%s)", (act,))
            assert at_work.add() == 0
        assert at_work.add() == 0
    assert requests(ledger) == [(False, True)]


def test_both_at_once_many_times(attacked: Court, ledger: Ledger) -> None:
    """Fifty requests, one who withdraws and one who adds: each has its leaf or is withdrawn."""
    acts, withdrew = [asked(attacked, ledger) for _ in range(50)], list[bool]()
    other = threading.Thread(target=lambda: withdrew.extend(withdrawn(ledger.connection, each) for each in acts))
    with sequencing(attacked) as at_work:
        other.start()
        while other.is_alive():
            at_work.add(limit=1)
        other.join()
        while at_work.add():
            pass
    found = requests(ledger)
    assert all(leaf != withdrew for leaf, withdrew in found)
    assert [each for _, each in found] == withdrew


def test_both_are_named_by_the_audit(attacked: Court, ledger: Ledger) -> None:
    """Who puts a withdrawal beside a leaf that is there, past the lock, is found."""
    act = asked(attacked, ledger)
    attacked.run("ledger", "run", "--once")
    ledger.connection.execute("INSERT INTO roznamcha.ledger_withdrawn (act) VALUES (%s)", (act,))
    told = attacked.run("ledger", "audit", code=3)
    assert "closes a copy whose request was withdrawn" in " ".join(told["wrong"])


def test_a_withdrawal_stays(ledger: Ledger) -> None:
    """The application's role may not take it back."""
    ledger.connection.execute("INSERT INTO roznamcha.ledger_withdrawn (act) VALUES (%s)", (uuid7(),))
    for each in (b"DELETE FROM roznamcha.ledger_withdrawn", b"UPDATE roznamcha.ledger_withdrawn SET act = act"):
        with pytest.raises(psycopg.Error):
            ledger.connection.execute(each)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_bundle_that_is_stopped(attacked: Court, ledger: Ledger, tmp_path: Path, how: signal.Signals) -> None:
    """Ctrl-C withdraws. What was killed is withdrawn by nobody, and has no leaf once it is stale."""
    here = {"ROZNAMCHA_DATA": str(attacked.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": attacked.keeper.url}
    to = tmp_path / "x.zip"
    program = [sys.executable, "-c", "from roznamcha.cli import main; main()"]
    command = [*program, "bundle", attacked.record, "--for", "public", "-o", str(to)]
    # Somebody keeps the ledger and does nothing: it waits.
    ledger.rows("SELECT pg_advisory_lock(hashtextextended('ledger', 0))")
    with subprocess.Popen(command, env=os.environ | here, cwd=ROOT, stderr=subprocess.PIPE) as made:
        until = time.monotonic() + 30
        while not requests(ledger) and time.monotonic() < until:
            time.sleep(0.05)
        made.send_signal(how)
        made.communicate(timeout=30)
    ledger.rows("SELECT pg_advisory_unlock(hashtextextended('ledger', 0))")
    assert made.returncode == (130 if how == signal.SIGINT else -how)
    assert requests(ledger) == [(False, how == signal.SIGINT)]
    attacked.keeper.tamper(ASKED_AT.format(STALE + 1))
    attacked.run("ledger", "run", "--once")
    assert requests(ledger) == [(False, how == signal.SIGINT)]
    assert not to.exists()


def test_what_waits_for_long_is_stale(attacked: Court, ledger: Ledger) -> None:
    """A request of just now has its leaf; one of before has none; a stamp is entered however old."""
    assert timedelta(seconds=STALE) > 4 * timedelta(seconds=bundle.WAITING)
    asked(attacked, ledger)
    attacked.keeper.tamper(ASKED_AT.format(STALE + 1))
    asked(attacked, ledger)
    attacked.keeper.tamper(ASKED_AT.format(STALE - 60))
    stamp = uuid7()
    query = b"INSERT INTO roznamcha.ledger_acts (id, salt, content, asked_at) VALUES (%s, %s, %s, '2026-01-01Z')"
    told = {"authority": "tsa.example", "head": "h", "token": "t"}
    ledger.connection.execute(query, (stamp, b"s" * 16, psycopg.types.json.Jsonb(told)))
    attacked.run("ledger", "run", "--once")
    assert requests(ledger) == [(False, False), (True, False)]
    assert ledger.rows("SELECT count(*) FROM roznamcha.leaves WHERE act = %s", stamp) == [(1,)]
