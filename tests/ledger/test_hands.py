"""More hands for the sequencer: the same leaves whoever makes them, and nothing lost with a hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from consumers.embedded import connected
from roznamcha.errors import Broken
from roznamcha.ledger import sequencer as of_sequencer
from roznamcha.ledger.hands import CALLED, Hands
from roznamcha.ledger.kept import Ledger, all_leaves
from roznamcha.ledger.leaf import Entries
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.statements import CLOSING, STAMPED
from schemas import catalogue
from tests.acts import NOW, act
from tests.consumers.feed import store_on, write_cases
from tests.ledger.keeping import Keeper
from tests.roznamcha.kit import ROOT

NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
EMPTY = ["TRUNCATE roznamcha.leaves, roznamcha.logs CASCADE", "TRUNCATE roznamcha.ledger_acts"]


@pytest.fixture
def keeper(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keeper:
    """Nine cases of four entries each, and pages of few are handed over too."""
    monkeypatch.setattr(of_sequencer, "FEW", 2)
    write_cases(database, 9)
    made = Keeper(database, tmp_path)
    made.keys.make("tlog.example/cg/2026")
    return made


@contextmanager
def sequencing(keeper: Keeper, count: int, now: datetime = NOW) -> Iterator[Sequencer]:
    """A sequencer with so many hands, on an empty ledger."""
    keeper.tamper(*EMPTY)
    keeper.memory.path.unlink(missing_ok=True)
    hands = Hands(catalogue(), count, keeper.url)
    try:
        with connected(keeper.url) as connection:
            made = Sequencer(connection, catalogue(), keeper.keys, keeper.memory, lambda: now, hands)
            made.begin()
            yield made
    finally:
        hands.close()


def leaves(keeper: Keeper) -> list[bytes]:
    """All of them."""
    with connected(keeper.url) as connection:
        ledger = Ledger(connection)
        return [each.data for each in all_leaves(ledger, ledger.log())]


def test_the_same_leaves_and_the_same_signature(keeper: Keeper) -> None:
    """With none, one, two or three hands, in whatever batches: every byte, and the head that is signed."""
    seen = []
    for count, batch in ((0, 1_024), (1, 1_024), (2, 7), (3, 5)):
        with sequencing(keeper, count, NEXT_YEAR) as sequencer:
            while sequencer.add(batch):
                pass
            sequencer.sign()
        seen.append((leaves(keeper), keeper.memory.read()))
    assert all(each == seen[0] for each in seen)
    assert len(seen[0][0]) == 37


def test_a_year_that_ends_amid_a_page(keeper: Keeper) -> None:
    """What the hands had ready of the next year stands in its own log, behind it late entries of the old year."""
    for year, records in ((NEXT_YEAR, range(3)), (NOW, range(3, 5))):
        store = store_on(keeper.url, year)
        for each in records:
            store.record(act("case.CopyGivenToInformant", f"feed:{each}"))
        store.datastore.close()
    seen = []
    for count, batch in ((0, 1_024), (2, 1_024), (2, 9), (1, 5)):
        for each in keeper.folder.glob("keys/*2027*"):
            each.unlink()
        with sequencing(keeper, count, NEXT_YEAR) as sequencer:
            while sequencer.add(batch):
                pass
            assert len(sequencer.hands.at_work) == count
            logs = sequencer.ledger.logs()
            assert [(each.year, each.size) for each in logs] == [(2026, 37), (2027, 6)]
            seen.append([[each.data for each in sequencer.ledger.leaves(one, 1, one.size)] for one in logs])
    assert all(each == seen[0] for each in seen)


@pytest.mark.parametrize("when", ["before", "amid", "cut"])
def test_a_hand_that_is_killed(keeper: Keeper, when: str) -> None:
    """Killed before it is asked or with its work in hand, or cut off: the sequencer goes on by itself, with all."""
    with sequencing(keeper, 0) as sequencer:
        sequencer.catch_up()
    without = leaves(keeper)
    with sequencing(keeper, 2) as sequencer:
        if when != "before":
            sequencer.add(7)
        if when == "cut":
            with psycopg.connect(keeper.url) as owner:
                cut = b"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
                assert owner.execute(cut, [CALLED]).fetchall() == [(True,)] * 2
        for process, *_ in sequencer.hands.at_work:
            if when != "cut":
                os.kill(process.pid, signal.SIGKILL)
                process.join()
        while sequencer.add(7):
            pass
        assert not sequencer.hands.at_work
    assert leaves(keeper) == without


def test_an_entry_that_cannot_be_read_is_named(keeper: Keeper) -> None:
    """By its position, as without hands; what stands before its page has its leaves."""
    keeper.tamper("UPDATE roznamcha.entries SET state = substr(state, 1, 60) WHERE notification_id = 20")
    with sequencing(keeper, 2) as sequencer:
        assert [sequencer.add(7) for _ in range(3)] == [6, 6, 6]
        with pytest.raises(Broken, match="the entry at position 20 cannot be read"):
            sequencer.add(7)
    assert len(leaves(keeper)) == 1 + 18


def test_what_nobody_wants_is_not_taken_for_the_next(keeper: Keeper) -> None:
    """Stretches that were asked for and are not wanted any more: the next answer is to the next question."""
    with connected(keeper.url) as connection:
        rows = Ledger(connection).rows("SELECT notification_id, state FROM roznamcha.entries ORDER BY 1")
    hands, entries = Hands(catalogue(), 2, keeper.url), Entries(catalogue())
    try:
        hands.ask(0, 3)
        hands.ask(3, 8)
        hands.ask(8, 11)
        hands.forget()
        hands.ask(8, 20)
        assert hands.taken() == [(position, *entries.ready(state)) for position, state in rows if 8 < position <= 20]
        assert len(hands.at_work) == 2
    finally:
        hands.close()


def test_no_hand_outlives_whom_it_works_for() -> None:
    """A sequencer that is killed leaves nobody behind."""
    program = (
        "import os, signal\nfrom schemas import catalogue\nfrom roznamcha.ledger.hands import CALLED, Hands\n"
        "hands = Hands(catalogue(), 2)\n"
        "print(*[process.pid for process, *_ in hands.at_work], flush=True)\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert done.stdout is not None
    left = {int(each) for each in done.stdout.readline().split()}
    done.stdout.close()
    assert done.wait() == -signal.SIGKILL
    assert len(left) == 2
    until = time.monotonic() + 60
    while left and time.monotonic() < until:
        left = {each for each in left if alive(each)}
        time.sleep(0.1)
    assert not left


def alive(pid: int) -> bool:
    """Whether a process is there, and not only its number."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_copy_is_closed_while_entries_wait(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a backlog is. A stamp waits until nothing else does: what it is a leaf behind, it tells of."""
    monkeypatch.setattr(of_sequencer, "ROUND", 0.0)
    with sequencing(keeper, 0) as sequencer:
        sequencer.add(4)
        record = sequencer.ledger.rows("SELECT record_id FROM roznamcha.leaves WHERE position = 1")[0][0]
        for n, of in enumerate((record, None)):
            ask = "INSERT INTO roznamcha.ledger_acts (id, record_id, salt, content) VALUES (%s, %s, %s, %s)"
            sequencer.connection.execute(
                ask, (UUID(int=n), of, b"s" * 16, Jsonb(dict.fromkeys(STAMPED if of is None else CLOSING, "x")))
            )
        assert sequencer.add(4) == 5
        while sequencer.add(4):
            pass
        said = "SELECT act FROM roznamcha.leaves WHERE act IS NOT NULL ORDER BY index"
        assert [act for (act,) in sequencer.ledger.rows(said)] == [UUID(int=0), UUID(int=1)]
        assert sequencer.ledger.rows("SELECT max(index) FROM roznamcha.leaves WHERE act = %s", UUID(int=1)) == [(38,)]
