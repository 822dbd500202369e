"""After a restore: another log that says what is lost. What it says is still here must stay so, whenever we die."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from consumers.embedded import connected
from roznamcha.errors import Broken, Refused
from roznamcha.ledger import ending
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import open_checkpoint
from schemas import catalogue
from tests.acts import NOW
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import stopping, watching
from tests.ledger.keeping import BASE, Keeper


@pytest.fixture
def keeper(database: str, tmp_path: Any) -> Keeper:
    """Three cases of four entries each, and nothing in the ledger."""
    write_cases(database, 3)
    return Keeper(database, tmp_path)


@pytest.fixture
def ledger(keeper: Keeper) -> Iterator[Ledger]:
    """The ledger as others read it."""
    with connected(keeper.url) as connection:
        yield Ledger(connection)


@pytest.fixture
def restored(keeper: Keeper) -> Keeper:
    """A store whose ledger was taken back from 13 leaves to 9, while its last checkpoint is known."""
    with keeper.sequencing() as sequencer:
        sequencer.add(4)
        sequencer.sign()
        sequencer.add(4)
        sequencer.sign()
    restore = keeper.copied()
    keeper.keep()
    restore()
    return keeper


def break_off(keeper: Keeper, *kept_elsewhere: bytes) -> dict[str, Any]:
    """Enter the break."""
    with connected(keeper.url) as connection:
        sequencer = Sequencer(connection, catalogue(), keeper.keys, keeper.memory, lambda: NOW)
        return ending.break_off(sequencer, "CG-9001", "restored from the dump of Monday", kept_elsewhere)


def test_it_goes_on_only_through_a_recorded_break(restored: Keeper, ledger: Ledger) -> None:
    """Another log under another key, whose first leaf names what is lost, who says so and why."""
    with pytest.raises(Broken, match="leaves 9 to 12"):
        restored.keep()
    said = break_off(restored)
    with pytest.raises(Refused, match="no break to enter"):
        break_off(restored)
    assert said["lost"] == {"first": 9, "last": 12}
    first = json.loads(ledger.leaves(ledger.log(), 0, 1)[0].data)
    assert (first["log"], first["kind"], first["by"]) == (f"{BASE}/2026-2", "discontinuity", "CG-9001")
    assert (first["previous"]["size"], first["held"]["size"], first["lost"]) == (13, 9, said["lost"])
    write_cases(restored.url, 1, first=5)
    note = open_checkpoint(restored.keep())
    assert (note.origin, ledger.logs()[0].size) == (f"{BASE}/2026-2", 9)


def test_nothing_was_lost(keeper: Keeper) -> None:
    """A break is not entered where there is none."""
    keeper.keep()
    with pytest.raises(Refused, match="no break to enter"):
        break_off(keeper)


def test_what_is_still_here_after_a_break_is_watched(restored: Keeper, ledger: Ledger) -> None:
    """A break of 13 leaves, of which 9 are held, excuses the heads above 9; those below are compared as before."""
    old = ledger.log()
    lost = restored.memory.read()
    assert lost is not None
    kept = [ledger.checkpoint(old, size).note for size in (5, 9)]
    break_off(restored)
    restored.keep()
    assert break_in(ledger, [*kept, lost]) is None
    spoil = "UPDATE roznamcha.tiles SET hashes = sha256('x') || substr(hashes, 33) WHERE log = 1 AND level = 0"
    restored.tamper(spoil)
    for note, why in (
        (kept[0], "first 5 leaves"),
        (kept[1], "first 9 leaves"),
        (lost, "first 9 leaves are others than"),
    ):
        found = break_in(ledger, [note])
        assert found is not None
        assert why in found.why
    assert break_off(restored, kept[1])["held"]["size"] == 9, "and that is entered as the break that it is"
    restored.keep()
    assert break_in(ledger, [*kept, lost]) is None
    restored.tamper("UPDATE roznamcha.logs SET size = 5 WHERE number = 1")
    found = break_in(ledger, [lost])
    assert found is not None
    assert "or are gone" in found.why


SPOILT = {
    "other leaves": ("UPDATE roznamcha.tiles SET hashes = sha256('x') || substr(hashes, 33)", 13, None),
    "no tiles": ("UPDATE roznamcha.logs SET size = 9; DELETE FROM roznamcha.tiles", None, {"first": 9, "last": 12}),
    "no log": ("TRUNCATE roznamcha.leaves, roznamcha.logs CASCADE", None, {"first": 0, "last": 12}),
}


@pytest.mark.parametrize("how", SPOILT)
def test_every_break_can_be_entered_once(keeper: Keeper, ledger: Ledger, how: str) -> None:
    """Whatever was lost or stands there instead, its discontinuity lets the ledger go on, and says what is held."""
    note = keeper.keep()
    statement, held, lost = SPOILT[how]
    keeper.tamper(statement)
    said = break_off(keeper, note)
    assert ((said["held"] or {}).get("size"), said["lost"]) == (held, lost)
    assert open_checkpoint(keeper.keep(NOW)).origin == f"{BASE}/2026-2"
    assert break_in(ledger, [note]) is None


def test_dead_between_a_break_and_its_signature(restored: Keeper, ledger: Ledger) -> None:
    """The remembered head is of what was lost: it isn't entered in a log that lacks it; all goes on and is sound."""
    old = ledger.log()
    with watching(stopping("ledger: broken off")), pytest.raises(InterruptedError):
        break_off(restored)
    restored.keep()
    assert [(each.origin, each.size) for each in ledger.logs()] == [(old.origin, 9), (f"{BASE}/2026-2", 5)]
    assert ledger.checkpoint(old).size == 9
    assert ledger.tree(old).prove(1, ledger.checkpoint(old))
    found = audit(ledger, catalogue())
    assert found.ok, found.wrong
