"""Whoever rules the database attacks it: each attack is mounted on a real one, and the command is named that tells it.

The exit status is that of a script: 3 for what was rewritten, 1 for times that can't all be true.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from roznamcha.ledger.notes import Signer, vkey_of
from roznamcha.ledger.verify import COSIGNATURE, judge, read_policy
from tests.acts import NOW, act
from tests.fault.test_restore import dumped, loaded
from tests.ledger.authority import authority
from tests.ledger.copies import BY, Court
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.witness import witness
from tests.roznamcha.test_store import store_on

TABLES = ("logs", "leaves", "tiles", "checkpoints", "entries")
LOG = f"{BASE}/2026"


def note_of(court: Court) -> Path:
    """The last signed head, in a file that somebody else keeps."""
    path = court.keeper.folder / "kept-elsewhere"
    path.write_text(court.run("ledger", "checkpoint")["note"])
    return path


def audited(court: Court, *more: str, code: int = 3) -> list[str]:
    """What the audit says is wrong, or of which times; the exit status must be that."""
    told = court.run("ledger", "audit", *more, code=code)
    found: list[str] = told["wrong"] or told["times"]
    return found


def copy_of(court: Court, *, code: int = 3) -> str:
    """Why no copy is made of the record; nothing lies under its name then."""
    to = court.keeper.folder / "copy.zip"
    told: str = court.run("bundle", court.record, "--for", "public", "-o", str(to), code=code)
    assert to.exists() == (code == 0)
    return told


TURNED = "UPDATE roznamcha.entries SET state = set_byte(state, {0}, get_byte(state, {0}) # 1) WHERE notification_id = 2"
PUT_IN = """
    INSERT INTO roznamcha.entries SELECT originator_id, 99, topic, state, {}, record_id, slot
    FROM roznamcha.entries WHERE notification_id = 2
"""
SWAPPED = """
    UPDATE roznamcha.entries e SET state = o.state FROM roznamcha.entries o
    WHERE e.notification_id + o.notification_id = 5 AND e.notification_id IN (2, 3)
"""
REMADE = """
    UPDATE roznamcha.leaves SET leaf = convert_to(regexp_replace(convert_from(leaf, 'UTF8'), '"state":"[^"]*"',
    '"state":"' || rtrim(translate(encode(sha256((SELECT state FROM roznamcha.entries WHERE notification_id = 2)),
    'base64'), '+/', '-_'), '=') || '"'), 'UTF8') WHERE position = 2
"""
ATTACKS = {
    "edit": (TURNED.format("length(state) - 1"), f"leaf 2 of {LOG} is of position 2, which is another entry now",
             "the entry at position 2 is another than leaf 2 commits to"),
    "edit of what no column shows": (TURNED.format(60), f"leaf 2 of {LOG} is of position 2, which is another entry",
                                     "the entry at position 2 is another than leaf 2 commits to"),
    "delete": ("DELETE FROM roznamcha.entries WHERE notification_id = 2",
               f"leaf 2 of {LOG} is of position 2, at which no entry stands", "the entry at position 2 is gone"),
    "insert": (PUT_IN.format(0), "the entry at position 0 has no leaf, and later ones have",
               "the entry at position 0 has no leaf, and later ones have"),
    "reorder": (SWAPPED, f"leaf 2 of {LOG} is of position 2, which is another entry now",
                "the entry at position 2 is another than leaf 2 commits to"),
}  # fmt: skip
"""What is done, what `ledger audit` says of it, and what whoever asks for a copy is told."""


def test_each_attack_on_an_entry_is_named(attacked: Court) -> None:
    """By the audit with its place, and by the next copy of the record, which isn't made; both end with 3."""
    for how, (statement, why, no_copy) in ATTACKS.items():
        attacked.keeper.tamper("DROP TABLE IF EXISTS public.kept; CREATE TABLE public.kept AS TABLE roznamcha.entries")
        attacked.keeper.tamper(statement)
        assert any(why in each for each in audited(attacked)), how
        assert no_copy in copy_of(attacked), how
        to = attacked.keeper.folder / "fir.pdf"
        assert "no copy is made of this record" in attacked.run(
            "copy", attacked.record, "-o", str(to), *BY[:2], code=3
        ), how
        assert not to.exists()
        attacked.keeper.tamper("DELETE FROM roznamcha.entries; INSERT INTO roznamcha.entries TABLE public.kept")
    assert audited(attacked, code=0) == []
    copy_of(attacked, code=0)


def test_the_leaf_of_an_edited_entry_is_made_anew(attacked: Court) -> None:
    """Entry and leaf fit each other again; the tiles don't, and with them neither does the signed head."""
    attacked.keeper.tamper(
        TURNED.format("length(state) - 1"),
        REMADE,
    )
    assert f"the tiles of {LOG} are others than its leaves make" in audited(attacked)
    assert "LOGGED: leaves/000001.json is not in the log" in copy_of(attacked)


@contextmanager
def unguarded(court: Court) -> Iterator[psycopg.Connection]:
    """What a superuser does: the triggers are switched off, and on again when he is done."""
    with psycopg.connect(court.keeper.url) as connection:
        for each in (*TABLES[1:2], *TABLES[3:], "cosignatures", "ledger_acts"):
            connection.execute(f"ALTER TABLE roznamcha.{each} DISABLE TRIGGER ALL".encode())
        yield connection
        for each in (*TABLES[1:2], *TABLES[3:], "cosignatures", "ledger_acts"):
            connection.execute(f"ALTER TABLE roznamcha.{each} ENABLE TRIGGER ALL".encode())


def memory(court: Court) -> Path:
    """The last head that this machine remembers."""
    return court.keeper.folder / "data" / "ledger" / "checkpoint"


def test_a_superuser_rewrites_everything_and_signs_anew(attacked: Court) -> None:
    """Fences down, an entry edited, leaves, tiles and heads made anew, the memory too, all signed by the log's key.

    By itself it is sound. Whoever kept a head tells it: a file, a witness, an informant's paper; each with 3.
    """
    old, to = note_of(attacked), attacked.keeper.folder
    paper = attacked.run("copy", attacked.record, "-o", str(to / "fir.pdf"), *BY[:2])["qr"]
    with witness("hc.example", attacked.policy.logs[0]) as hc:
        policy = to / "policy"
        policy.write_text(f"{attacked.policy_text.partition('quorum')[0]}{hc.line}quorum hc.example\n")
        attacked.run("ledger", "witness", str(policy))
        with unguarded(attacked) as connection:
            connection.execute(TURNED.format("length(state) - 1").replace("= 2", "= 1").encode())
            for each in ("cosignatures", "checkpoints", "leaves", "tiles", "logs"):
                connection.execute(f"DELETE FROM roznamcha.{each}".encode())
        memory(attacked).unlink()
        attacked.run("ledger", "run", "--once")
        assert audited(attacked, code=0) == []
        (why,) = audited(attacked, "--against", str(old))
        assert why == f"the first 6 leaves of {LOG} are others than those signed"
        assert "are others than those signed" in attacked.run("ledger", "run", "--once", "--against", str(old), code=3)
        assert "does not begin with the 6 leaves" in attacked.run("ledger", "consistency", str(old), code=3)
        assert "hc.example has seen another history" in attacked.run("ledger", "witness", str(policy), code=3)
        asked = ("bundle", attacked.record, "--for", "public", "-o", str(to / "c.zip"), "--policy", str(policy))
        assert "hc.example has seen another history" in attacked.run(*asked, code=3)
        assert not (to / "c.zip").exists()
    told = attacked.run("verify", "--qr", paper, "--policy", str(policy), code=3)
    lines = {each["line"]: each["verdict"] for each in told}
    assert lines == {"SIGNED": "OK", "LOGGED": "FAILED", "GROWN": "FAILED", "PRINTED": "NOT CHECKED"}


def test_an_old_dump_is_restored_and_work_goes_on(attacked: Court) -> None:
    """pg_dump, more entries, the dump back: nothing is signed any more, and the witness has seen more (409)."""
    dump = dumped(attacked.keeper.url, "-n", "roznamcha")
    store = store_on(attacked.keeper.url)
    store.record(act("case.HearingHeld", attacked.record))
    store.datastore.close()
    attacked.run("ledger", "run", "--once")
    new = note_of(attacked)
    with witness("hc.example", attacked.policy.logs[0]) as hc:
        policy = attacked.keeper.folder / "policy"
        policy.write_text(f"{attacked.policy_text.partition('quorum')[0]}{hc.line}quorum hc.example\n")
        attacked.run("ledger", "witness", str(policy))
        with psycopg.connect(attacked.keeper.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA roznamcha CASCADE")
        loaded(attacked.keeper.url, dump)
        why = f"leaves 6 to 6 of {LOG} were signed and are not here"
        assert why in attacked.run("ledger", "run", "--once", code=3)
        assert any(why in each for each in audited(attacked))
        assert why in copy_of(attacked)
        assert "hc.example has seen 7 leaves" in attacked.run("ledger", "witness", str(policy), code=3)
        memory(attacked).unlink()  # and whoever restores the machine restores the memory too
        assert audited(attacked, code=0) == []
        assert why in attacked.run("ledger", "run", "--once", "--against", str(new), code=3)
        assert any(why in each for each in audited(attacked, "--against", str(new)))
        assert "hc.example has seen 7 leaves" in attacked.run("ledger", "witness", str(policy), code=3)
        store = store_on(attacked.keeper.url)
        store.record(act("case.CopyGivenToInformant", attacked.record))  # who goes on all the same makes a fork
        store.datastore.close()
        attacked.run("ledger", "run", "--once")
        assert "hc.example has seen another history" in attacked.run("ledger", "witness", str(policy), code=3)


def test_the_logs_tail_is_taken_away(attacked: Court) -> None:
    """The last entry and its leaf, tile and head: what was signed isn't here, and nothing is added or signed."""
    with unguarded(attacked) as connection:
        for each in (
            "DELETE FROM roznamcha.checkpoints", "DELETE FROM roznamcha.leaves WHERE index > 4",
            "DELETE FROM roznamcha.entries WHERE notification_id > 4",
            "UPDATE roznamcha.logs SET size = 5, root = sha256('')",
            "UPDATE roznamcha.tiles SET hashes = substr(hashes, 1, 160)",
        ):  # fmt: skip
            connection.execute(each.encode())
    why = f"leaves 5 to 5 of {LOG} were signed and are not here"
    assert why in attacked.run("ledger", "run", "--once", code=3)
    assert any(why in each for each in audited(attacked))


CLOCKS = {
    "set back": (timedelta(), timedelta(hours=-1), "the entry before it", "back-dated, or the clock was set back"),
    "set forward": (timedelta(hours=1), timedelta(hours=1), "and lies under a head that 127.0.0.1 stamped at", ""),
    "behind from the start": (timedelta(hours=-1), timedelta(hours=-1), "was added after 127.0.0.1 had stamped at", ""),
}


@pytest.mark.parametrize("how", CLOCKS)
def test_the_servers_clock_is_moved(database: str, tmp_path: Path, how: str) -> None:
    """An entry's time disagrees with the order of the log, or with an authority's stamp: told by the audit with 1."""
    early, late, *why = CLOCKS[how]
    now = datetime.now(UTC)
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "data" / "keys" / "master.key").write_text((b"k" * 32).hex())
    made = Court(Keeper(database, tmp_path))
    made.run("ledger", "key", "new", "--name", BASE, "--year", str(now.year))
    with authority(tmp_path / "tsa") as (url, ca):
        for record, clock in (("clock:1", now + early), ("clock:2", now + late)):
            store = store_on(database, clock)
            made.record = str(store.record(act("case.FIRRegistered", record)).record_id)
            store.datastore.close()
            made.run("ledger", "run", "--once")
            made.run("ledger", "stamp", "--tsa", url)
            made.run("ledger", "run", "--once")
        (found, *_) = audited(made, code=1)
        assert all(each in found for each in why), found
        with witness("hc.example", made.policy.logs[-1]) as hc:
            policy = tmp_path / "policy"
            policy.write_text(made.policy_text.replace("quorum none", f"{hc.line.strip()}\nquorum {hc.signer.name}"))
            _, data = made.copy("public", "--tsa", url, "--policy", str(policy))
    trusted = read_policy(policy.read_text())
    ahead = how == "set forward"
    stamped = read_policy(made.policy_text)
    for policy, seen in ((trusted, "hc.example had seen at"), (stamped, "was stamped at")):
        lines = {line: (verdict, says) for line, verdict, says in judge(data, policy, ca)}
        assert lines["TIMED"][0] == ("FAILED" if ahead else "OK"), "what is earlier than that could be true of one copy"
        assert (f"and lies under a head that {seen}" in lines["TIMED"][1]) == ahead
    absent = Signer("absent.example", b"a" * 32, COSIGNATURE)
    two = (
        f"{hc.line.strip()}\nwitness absent {vkey_of(absent.key)}\ngroup both all {hc.signer.name} absent\nquorum both"
    )
    both = read_policy(made.policy_text.replace("quorum none", two))
    lines = {line: (verdict, says) for line, verdict, says in judge(data, both)}
    assert (lines["TIMED"][0], lines["WITNESSED"][0]) == ("NOT CHECKED", "FAILED"), "one of two is not believed alone"
    lines = {line: (verdict, says) for line, verdict, says in judge(data, trusted, ca)}
    assert {lines[each][0] for each in ("INTACT", "WITNESSED", "LOGGED", "COMPLETE", "DISCLOSED")} == {"OK"}


def test_a_clock_that_is_right_disagrees_with_nothing(attacked: Court, tmp_path: Path) -> None:
    """Stamps before and after, the entries' times between them: nothing is wrong."""
    with authority(tmp_path / "tsa") as (url, _):
        attacked.run("ledger", "stamp", "--tsa", url)
        attacked.run("ledger", "run", "--once")
        store = store_on(attacked.keeper.url, datetime.now(UTC))
        store.record(act("case.HearingHeld", attacked.record))
        store.datastore.close()
        attacked.run("ledger", "run", "--once")
        attacked.run("ledger", "stamp", "--tsa", url)
        attacked.run("ledger", "run", "--once")
    assert audited(attacked, code=0) == []


def test_a_back_dated_entry_behind_the_others(attacked: Court) -> None:
    """It is put in at the end, as new, and says that it was recorded weeks ago: it gets its leaf, and is told."""
    store = store_on(attacked.keeper.url, NOW - timedelta(days=20))
    store.record(act("case.FIRRegistered", "late:1"))
    store.datastore.close()
    attacked.run("ledger", "run", "--once")
    (found,) = audited(attacked, code=1)
    assert found.startswith(f"leaf 6 of {LOG} says 2026-11-04T06:30:00Z, and the entry before it 2026-11-24T06:30:00Z")
