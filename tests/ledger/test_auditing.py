"""The audit and the counters: whoever rewrites what is kept is named; others read the log as files and over HTTP."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from consumers.embedded import connected
from roznamcha.cli import app
from roznamcha.errors import RoznamchaError
from roznamcha.ledger.auditing import Audit, audit
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.merkle import HASH
from roznamcha.ledger.serving import Window, export
from roznamcha.ledger.tiles import leaves_of, places
from schemas import catalogue
from tests.consumers.feed import write_cases
from tests.ledger.keeping import Keeper
from tests.ledger.logs import SIGNER, log_of
from tests.peers.installed import NoPeer, go_reader
from tests.peers.published import needs


@pytest.fixture
def kept(database: str, tmp_path: Path) -> Keeper:
    """Three cases, all of them in the ledger, in two checkpoints."""
    keeper = Keeper(database, tmp_path)
    write_cases(database, 2)
    keeper.keep()
    write_cases(database, 1, first=2)
    keeper.keep()
    return keeper


@pytest.fixture
def ledger(kept: Keeper) -> Iterator[Ledger]:
    """That ledger."""
    with connected(kept.url) as connection:
        yield Ledger(connection)


def audited(keeper: Keeper, *kept_elsewhere: bytes) -> Audit:
    """What the audit finds."""
    with connected(keeper.url) as connection:
        return audit(Ledger(connection), catalogue(), kept_elsewhere)


def test_nothing_is_wrong(kept: Keeper) -> None:
    """Of a ledger that nobody touched; entries that have no leaf yet are none that lack one."""
    write_cases(kept.url, 1, first=3)
    found = audited(kept)
    assert found.shown() == {
        "ok": True,
        "leaves": 13,
        "entries": 12,
        "checkpoints": 2,
        "wrong": [],
        "more": 0,
        "times": [],
        "breaks": [],
    }


SWAP = """
    UPDATE roznamcha.entries e SET state = o.state FROM roznamcha.entries o
    WHERE e.notification_id + o.notification_id = 7 AND e.notification_id IN (3, 4)
"""
EDIT = "UPDATE roznamcha.{} SET {} = set_byte({}, {}, {}) WHERE {}"
EARLIER = """
    INSERT INTO roznamcha.entries SELECT originator_id, 99, topic, state, 0, record_id, slot
    FROM roznamcha.entries WHERE notification_id = 5
"""
OTHER = "CASE get_byte(note, length(note) - 40) WHEN 65 THEN 66 ELSE 65 END"
OTHER_LEAF = """
    UPDATE roznamcha.leaves SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), 'case', 'core'), 'UTF8')
    WHERE index = 3
"""
STRAY = """
    INSERT INTO roznamcha.leaves (log, index, leaf, record_id, place)
    SELECT 7, 2, leaf, gen_random_uuid(), 0 FROM roznamcha.leaves WHERE index = 4
"""
REWRITTEN = {
    "edit": (EDIT.format("entries", "state", "state", 60, "get_byte(state, 60) # 1", "notification_id = 5"),
             "leaf 5 of tlog.example/cg/2026 is of position 5"),
    "delete": ("DELETE FROM roznamcha.entries WHERE notification_id = 5", "position 5, at which no entry stands"),
    "back-date": (EARLIER, "the entry at position 0 has no leaf, and later ones have"),
    "reorder": (SWAP, "leaf 3 of tlog.example/cg/2026 is of position 3, which is another entry now"),
    "a leaf taken away": ("DELETE FROM roznamcha.leaves WHERE index = 4", "leaf 4 of tlog.example/cg/2026 is missing"),
    "another leaf": (OTHER_LEAF, "leaf 3 of tlog.example/cg/2026 is of position 3"),
    "another place": ("UPDATE roznamcha.leaves SET place = 77 WHERE index = 4",
                      "leaf 4 of tlog.example/cg/2026 is kept as number 77 of its record, not"),
    "another record": ("UPDATE roznamcha.leaves SET record_id = gen_random_uuid(), place = 0 WHERE index = 4",
                       "leaf 4 of tlog.example/cg/2026 is of position 4"),
    "a log that there is not": (STRAY, "1 leaves, from 2 on, are of a log 7 that there is not"),
    "behind the end": (
        "INSERT INTO roznamcha.leaves (log, index, leaf, position) VALUES (1, 1000000000, 'x', 99)",
        "1 leaves, from 1000000000 on, lie behind the end of tlog.example/cg/2026"),
    "another tile": ("UPDATE roznamcha.tiles SET hashes = sha256('') || substr(hashes, 33)",
                     "the tiles of tlog.example/cg/2026 are others"),
    "another head": ("UPDATE roznamcha.logs SET root = sha256('')", "the head of tlog.example/cg/2026 is another"),
    "another signature": (EDIT.format("checkpoints", "note", "note", "length(note) - 40", OTHER, "number = 1"),
                          "is not its own"),
    "another checkpoint": ("UPDATE roznamcha.checkpoints SET note = '' WHERE number = 1", "is no signed note"),
}  # fmt: skip


def test_whatever_is_rewritten_is_named(kept: Keeper) -> None:
    """Each of these was done by the database's own ruler, and undone: the audit names the first place."""
    tables = ("entries", "leaves", "tiles", "logs", "checkpoints")
    kept.tamper(*(f"CREATE TABLE public.copy_{each} AS TABLE roznamcha.{each}" for each in tables))
    for how, (statement, why) in REWRITTEN.items():
        kept.tamper(statement)
        found = audited(kept)
        assert any(why in each for each in found.wrong), (how, found.wrong)
        for each in tables:
            kept.tamper(f"DELETE FROM roznamcha.{each}", f"INSERT INTO roznamcha.{each} TABLE public.copy_{each}")
    assert audited(kept).ok


def test_a_superuser_who_rewrites_everything(kept: Keeper, tmp_path: Path) -> None:
    """All made anew, and signed with our own key: sound by itself, and not what others have kept."""
    note = kept.memory.read() or b""
    kept.tamper(
        EDIT.format("entries", "state", "state", 12, "get_byte(state, 12) # 1", "notification_id = 12"),
        *(f"DELETE FROM roznamcha.{each}" for each in ("checkpoints", "leaves", "tiles", "logs")),
    )
    kept.memory.path.unlink()
    kept.keep()
    assert audited(kept).ok
    (why,) = audited(kept, note).wrong
    assert why == "the first 13 leaves of tlog.example/cg/2026 are others than those signed"


def test_the_log_over_http(kept: Keeper, ledger: Ledger) -> None:
    """The files of the format, for ever the same where they are full; nothing beyond what was signed."""
    with kept.sequencing() as sequencer:
        write_cases(kept.url, 1, first=3)
        sequencer.add()
    client = TestClient(Starlette(routes=Window(kept.url).routes()))
    (log,) = client.get("/ledger").json()
    assert (log["origin"], log["size"], log["signed"], log["prefix"]) == (
        "tlog.example/cg/2026",
        17,
        13,
        "/ledger/2026",
    )
    head = client.get("/ledger/2026/checkpoint")
    assert (head.content, head.headers["content-type"]) == (ledger.last_note(), "text/plain; charset=utf-8")
    assert client.get("/ledger/2026/vkey").text.strip() == log["vkey"]
    tile = client.get("/ledger/2026/tile/0/000.p/13")
    assert (len(tile.content), tile.headers["content-type"]) == (13 * HASH, "application/octet-stream")
    assert "immutable" in tile.headers["cache-control"]
    leaves = leaves_of(client.get("/ledger/2026/tile/entries/000.p/13").content)
    assert leaves == [each.data for each in ledger.leaves(ledger.log(), 0, 13)]
    for path in ("2026/tile/0/000", "2026/tile/0/000.p/14", "2026/tile/1/000.p/1", "2025/checkpoint", "2026/x"):
        assert client.get(f"/ledger/{path}").status_code == 404
    assert client.post("/ledger").status_code == 405


def test_the_log_as_files(kept: Keeper, ledger: Ledger, tmp_path: Path) -> None:
    """Written once, the next time only what is new; Go's own modules read them."""
    folder = tmp_path / "files"
    assert export(ledger.connection, folder) == {"tlog.example/cg/2026": 2}
    assert export(ledger.connection, folder) == {"tlog.example/cg/2026": 0}
    write_cases(kept.url, 1, first=3)
    kept.keep()
    assert export(ledger.connection, folder) == {"tlog.example/cg/2026": 2}
    below = folder / "2026"
    (below / "consistency").write_text(_consistency(ledger))
    try:
        done = subprocess.run([go_reader(), str(below)], capture_output=True, text=True, check=False)
    except NoPeer as missing:
        needs(missing)
    assert done.stdout.startswith("17 "), done.stderr


def _consistency(ledger: Ledger) -> str:
    """From the first checkpoint to the last, as the Go program reads it."""
    log = ledger.log()
    old, tree = ledger.checkpoint(log, covering=2), ledger.tree(log)
    hashes = [old.root, *tree.extends(old.size, log.size)]
    return " ".join([str(old.size), *(base64.b64encode(each).decode() for each in hashes)])


def test_files_of_a_large_log_are_those_of_a_small_one() -> None:
    """Whatever was full stays; what was partial has another name when it has grown."""
    small, large = ({each.path for each in places(size)} for size in (300, 700))
    assert small - large == {"tile/0/001.p/44", "tile/entries/001.p/44", "tile/1/000.p/1"}
    assert {each.path for each in places(700, 300)} == large - small
    assert log_of(3).signer == SIGNER


def test_the_commands(kept: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them once, in this process: what a script reads, and the exit codes."""
    old = tmp_path / "old"
    old.write_bytes(kept.memory.read() or b"")
    command = commands(kept, tmp_path, monkeypatch)
    made = command("key", "new", "--name", "tlog.example/cg", "--year", "2026")
    assert command("key", "list") == [made]
    write_cases(kept.url, 1, first=3)
    assert command("run", "--once") == {"added": 4, "signed": 1, "origin": "tlog.example/cg/2026", "size": 17}
    (log,) = command("status")["logs"]
    assert (log["size"], log["signed"], log["vkey"]) == (17, 17, made["vkey"])
    head = command("checkpoint")
    assert (head["size"], head["root"]) == (17, log["root"])
    proved = command("prove", "16", "--to", str(tmp_path / "proof"))
    assert (proved["index"], (tmp_path / "proof" / "16.tlog-proof").read_text()) == (16, proved["proof"])
    grown = command("consistency", str(old))
    assert (grown["old"]["size"], grown["new"]["size"], len(grown["proof"])) == (13, 17, 6)
    assert command("consistency", "13", "17")["proof"] == grown["proof"]
    assert command("audit", "--against", str(old))["ok"] is True
    assert command("export-tiles", str(tmp_path / "out"))["written"] == {"tlog.example/cg/2026": 2}
    assert command("discontinuity", "--by", "CG-1", "--reason", "none", code=1) is None
    assert command("prove", "99", code=1) is None
    kept.tamper("DELETE FROM roznamcha.leaves WHERE index > 9")
    kept.tamper("DELETE FROM roznamcha.tiles", "UPDATE roznamcha.logs SET size = 10")
    assert command("audit", code=3)["ok"] is False
    assert "leaves 10 to 16" in parts(kept, tmp_path)["ledger"]["says"]
    assert command("run", "--once", code=3) is None
    broken = command("discontinuity", "--by", "CG-1", "--reason", "restored from Monday")
    assert broken["lost"] == {"first": 10, "last": 16}
    assert broken["origin"] != "tlog.example/cg/2026" == broken["previous"]["origin"]
    assert command("run", "--once")["added"] == 7


def parts(keeper: Keeper, folder: Path) -> Any:
    """What the doctor says of each part."""
    done = CliRunner().invoke(app, ["doctor", "--json"])
    return {each["part"]: each for each in json.loads(done.stdout)["parts"]}


def commands(keeper: Keeper, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command of the ledger with `--json`; gives what it prints, None where it prints nothing."""
    data = folder / "data"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "master.key").write_text((b"k" * 32).hex())
    keeper.keys.folder.rename(data / "keys" / "ledger")
    keeper.memory.path.parent.rename(data / "ledger")
    monkeypatch.setenv("ROZNAMCHA_DATA", str(data))
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", keeper.url)

    def command(*arguments: str, code: int = 0) -> Any:
        done = CliRunner().invoke(app, ["ledger", *arguments, "--json"])
        error = done.exception
        found = error.exit_code if isinstance(error, RoznamchaError) else done.exit_code
        assert found == code, (arguments, done.output, error)
        return json.loads(done.stdout) if done.stdout else None

    return command
