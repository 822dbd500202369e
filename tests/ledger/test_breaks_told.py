"""A break that was entered is told to whoever looks at the ledger; so is what keeps it from going on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from consumers.embedded import connected
from roznamcha.cli import app
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.standing import hints
from roznamcha.ledger.verify import Files, Policy, judge, unpack
from schemas import catalogue
from tests.acts import act
from tests.fault.test_restore import dumped, loaded
from tests.ledger.copies import Court, packed
from tests.ledger.keeping import BASE, Keeper
from tests.roznamcha.test_store import store_on

LOG = f"{BASE}/2026"
BREAK = ("ledger", "discontinuity", "--by", "CG-9001", "--reason", "Monday's dump was restored")


def enter(court: Court) -> None:
    """One more entry of the record."""
    store = store_on(court.keeper.url)
    store.record(act("case.HearingHeld", court.record))
    store.datastore.close()


@pytest.fixture
def restored(attacked: Court) -> Court:
    """The inconvenient end of the case is gone: a dump of before was restored, and the data folder was not."""
    dump = dumped(attacked.keeper.url, "-n", "roznamcha")
    enter(attacked)
    attacked.run("ledger", "run", "--once")
    with psycopg.connect(attacked.keeper.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA roznamcha CASCADE")
    loaded(attacked.keeper.url, dump)
    return attacked


def doctor(court: Court) -> dict[str, Any]:
    """What the doctor says of the ledger."""
    settings = {"ROZNAMCHA_DATA": str(court.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": court.keeper.url}
    told = json.loads(CliRunner(env=settings).invoke(app, ["doctor", "--json"]).stdout)
    found: dict[str, Any] = next(each for each in told["parts"] if each["part"] == "ledger")
    return found


def test_a_restored_store_is_not_shown_as_well(restored: Court) -> None:
    """`ledger status` ends with 3, as the doctor says; and a head that is larger than the log is no wrong argument."""
    (why,) = restored.run("ledger", "status", code=3)["wrong"]
    assert f"leaves 6 to 6 of {LOG} were signed and are not here" in why
    kept = restored.keeper.folder / "data" / "ledger" / "checkpoint"
    told = restored.run("ledger", "consistency", str(kept), code=3)
    assert f"{LOG} has 6 leaves, and 7 were signed by that checkpoint: it was taken back" in told
    forged = restored.keeper.folder / "forged"
    forged.write_bytes(kept.read_bytes().replace(b"\n7\n", b"\n9\n"))
    assert "it proves nothing" in restored.run("ledger", "consistency", str(forged), code=1)


def test_a_break_is_named_wherever_one_looks(restored: Court) -> None:
    """The audit ends with 0 and names it, and so do status and doctor; who entered it is told the new key."""
    entered = restored.run(*BREAK)
    assert entered["vkey"] == restored.run("ledger", "key", "list")[-1]["vkey"]
    assert entered["vkey"].startswith(f"{LOG}-2+")
    for command in ("audit", "status"):
        (told,) = restored.run("ledger", command)["breaks"]
        assert (told["origin"], told["by"], told["previous"]["size"]) == (f"{LOG}-2", "CG-9001", 7)
        assert f"1 signed leaves of {LOG} (6 to 6) were lost" in told["says"]
    assert f"{LOG}-2 begins with a break" in doctor(restored)["says"]


@contextmanager
def gone(key: Path) -> Iterator[None]:
    """Its key is away for a while."""
    key.rename(key.with_suffix(".away"))
    yield
    key.with_suffix(".away").rename(key)


def test_a_key_that_is_gone_is_missed(attacked: Court) -> None:
    """The doctor says that it isn't well, status names it, and no key is drawn under another name."""
    folder = attacked.keeper.folder / "data" / "keys" / "ledger"
    assert doctor(attacked)["ok"]
    with gone(folder / "2026.key"):
        assert not doctor(attacked)["ok"]
        for told in (doctor(attacked)["says"], attacked.run("ledger", "status")["hints"][0]):
            assert f"the key of the log {LOG} is gone: restore {folder / '2026.key'} from its safe copy" in told
        told = attacked.run("ledger", "key", "new", "--name", "tlog.example/other", code=1)
        assert f"this ledger is called {BASE}, for ever" in told
        told = attacked.run("ledger", "key", "new", "--year", "2026", code=3)
        assert f"the key of the log {LOG} is gone" in told
        assert not list(folder.glob("*.key"))
        assert attacked.run("ledger", "key", "new", "--year", "2027")["origin"] == f"{BASE}/2027"
    assert doctor(attacked)["ok"]


def test_the_first_key_needs_a_name(database: str, tmp_path: Path, attacked: Court) -> None:
    """It stays for ever, so none is drawn by chance."""
    for each in (attacked.keeper.folder / "data" / "keys" / "ledger").iterdir():
        each.unlink()
    attacked.keeper.tamper("TRUNCATE roznamcha.leaves, roznamcha.logs CASCADE")
    told = attacked.run("ledger", "key", "new", code=1)
    assert "the first key needs a name, which stays for ever" in told
    assert not list((attacked.keeper.folder / "data" / "keys" / "ledger").iterdir())


def test_next_years_key_is_asked_for_in_december(attacked: Court) -> None:
    """Drawn and published ahead, so that no policy fails in January."""
    keys = Keys(attacked.keeper.folder / "data" / "keys" / "ledger")
    with connected(attacked.keeper.url) as connection:
        ledger = Ledger(connection)
        assert hints(ledger, keys, datetime(2026, 11, 30, 23, 59, tzinfo=UTC)) == []
        (told,) = hints(ledger, keys, datetime(2026, 12, 1, tzinfo=UTC))
        assert f"the key of {BASE}/2027 is not drawn: `roznamcha ledger key new --year 2027`, and publish it" in told
        attacked.run("ledger", "key", "new", "--year", "2027")
        assert hints(ledger, keys, datetime(2026, 12, 1, tzinfo=UTC)) == []


def test_where_no_witness_can_be_asked_that_is_said(attacked: Court) -> None:
    """A policy without an address: no head is shown as if somebody had looked at it."""
    policy = attacked.keeper.folder / "policy"
    policy.write_text(attacked.policy_text)
    assert "nobody was asked" in attacked.run("ledger", "witness", str(policy), code=1)


def test_what_is_lost_is_bounded_by_what_was_kept(attacked: Court) -> None:
    """Folder and database were restored together and work went on: the first leaf that differs can't be known.

    A head alone says nothing of those before it; an older one that was kept as well says how far both agree.
    """
    older, newer = (attacked.keeper.folder / each for each in ("older", "newer"))
    older.write_text(attacked.run("ledger", "checkpoint")["note"])
    dump = dumped(attacked.keeper.url, "-n", "roznamcha")
    for _ in range(3):
        enter(attacked)
    attacked.run("ledger", "run", "--once")
    newer.write_text(attacked.run("ledger", "checkpoint")["note"])
    with psycopg.connect(attacked.keeper.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA roznamcha CASCADE")
    loaded(attacked.keeper.url, dump)
    (attacked.keeper.folder / "data" / "ledger" / "checkpoint").write_bytes(older.read_bytes())
    enter(attacked)
    attacked.run("ledger", "run", "--once")
    why = "leaves 7 to 8 of tlog.example/cg/2026 were signed and are not here, perhaps earlier ones too"
    assert why in attacked.run("ledger", "run", "--once", "--against", str(newer), code=3)
    told = attacked.run(*BREAK, "--against", str(newer), "--against", str(older))
    assert (told["lost"], told["agreed"]) == ({"first": 7, "last": 8}, 6)
    (entered,) = attacked.run("ledger", "audit")["breaks"]
    assert entered["says"] == f"at least 2 signed leaves of {LOG} (7 to 8) were lost, perhaps earlier ones, from 6 on"


def said(files: Files, policy: Policy) -> dict[str, tuple[str, str]]:
    """Each line's verdict of these files, and its words."""
    return {line: (how, words) for line, how, words in judge(packed(files), policy)}


@pytest.fixture
def copied(restored: Court) -> tuple[Files, Policy]:
    """The copy that is made after the break."""
    restored.run(*BREAK)
    enter(restored)
    restored.run("ledger", "run", "--once")
    return unpack(restored.copy("public")[1]), restored.policy


def test_a_copy_tells_the_court_of_the_break(copied: tuple[Files, Policy]) -> None:
    """COMPLETE is not green where signed leaves were lost since the record began."""
    files, policy = copied
    assert sorted(each[11:] for each in files if each.startswith("beginnings/")) == [
        "2026-2.consistency", "2026-2.json", "2026-2.tlog-proof", "2026.json", "2026.tlog-proof",
    ]  # fmt: skip
    lines = said(files, policy)
    assert lines["LOGGED"][0] == lines["INTACT"][0] == lines["DISCLOSED"][0] == "OK", lines
    how, words = lines["COMPLETE"]
    assert how == "NOT CHECKED"
    assert f"1 signed leaves of {LOG} (6 to 6) were lost: whether this record had entries among them" in words


def test_a_break_that_is_left_out_is_missed(copied: tuple[Files, Policy]) -> None:
    """The first leaf of a log can't be withheld from a copy, nor be another one, nor another's."""
    files, policy = copied
    new, old = "beginnings/2026-2", "beginnings/2026"
    without = {name: data for name, data in files.items() if not name.startswith(f"{new}.")}
    lines = said(without, policy)
    assert lines["LOGGED"] == (
        "FAILED",
        "beginnings/ does not hold just the first leaf of each log: a break may have been left out",
    )
    assert lines["COMPLETE"] == ("FAILED", f"the first leaf of {LOG}-2 is missing: it may be a break")
    told = json.loads(files[f"{new}.json"])
    harmless = {"v": 1, "log": told["log"], "kind": "begin", "at": told["at"], "previous": told["held"]}
    forged = files | {f"{new}.json": json.dumps(harmless).encode()}
    assert said(forged, policy)["LOGGED"] == ("FAILED", f"{new}.json is not the first leaf of {LOG}-2")
    later = next(n for n, data in files.items() if n.startswith("leaves/") and json.loads(data)["log"] == f"{LOG}-2")
    proof = files[later.replace("leaves/", "proofs/").replace(".json", ".tlog-proof")]
    other = files | {f"{new}.json": files[later], f"{new}.tlog-proof": proof}
    assert said(other, policy)["LOGGED"] == ("FAILED", f"{new}.json is not the first leaf of {LOG}-2")
    twice = files | {f"{old}-9.json": files[f"{old}.json"], f"{old}-9.tlog-proof": files[f"{old}.tlog-proof"]}
    assert said(twice, policy)["LOGGED"][0] == "FAILED"


def test_a_log_between_two_is_in_the_copy_too(restored: Court) -> None:
    """A record that has no leaf in the log that the break began: that log's first leaf is demanded all the same."""
    court = restored
    court.run(*BREAK)
    keeper = Keeper(court.keeper.url, court.keeper.folder / "data")
    moved = Keys(court.keeper.folder / "data" / "keys" / "ledger")
    with connected(keeper.url) as connection:
        sequencer = Sequencer(connection, catalogue(), moved, keeper.memory, lambda: datetime(2027, 1, 2, tzinfo=UTC))
        sequencer.begin()
        sequencer._year(2027)  # noqa: SLF001 (a year that begins with no entry of it)
        sequencer.sign()
    enter(court)
    files = unpack(court.copy("public")[1])
    logs = {json.loads(data)["log"] for name, data in files.items() if name.startswith("leaves/")}
    assert logs == {LOG, f"{BASE}/2027"}
    assert "beginnings/2026-2.json" in files
    lines = said(files, court.policy)
    assert (lines["LOGGED"][0], lines["COMPLETE"][0]) == ("OK", "NOT CHECKED"), lines
    without = {n: d for n, d in files.items() if not n.startswith(("beginnings/2026-2.", "anchors/2026-2/"))}
    assert said(without, court.policy)["COMPLETE"] == (
        "FAILED",
        f"the first leaf of the log before {BASE}/2027 is missing: it may be a break",
    )
