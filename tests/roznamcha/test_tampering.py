"""Whoever rules the database changes it behind our back: what `verify` and the next opening say of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psycopg
import pytest

from consumers import entries
from domain.case.registration import FIRRegistered
from domain.event import changed
from schemas import catalogue
from tests.acts import sent
from tests.roznamcha.kit import Program

NAME = "Zzyxname Markedperson"
TAMPER = {
    "a command taken away": ("DELETE FROM roznamcha.commands", "entries came by no command"),
    "an entry taken away": (
        "DELETE FROM roznamcha.entries WHERE notification_id = (SELECT max(notification_id) FROM roznamcha.entries)",
        "the views have seen position 3, the store ends at 2",
    ),
    "a number taken away": ("DELETE FROM roznamcha.names WHERE number = 1", "is missing among the names"),
    "a number given to another record": (
        "UPDATE roznamcha.names n SET record_id = m.record_id FROM roznamcha.names m WHERE n.number < m.number",
        "among the names",
    ),
    "a person's key taken away": ("DELETE FROM roznamcha.person_keys", "is gone, and no erasure of it was entered"),
    "a number changed": ("UPDATE roznamcha.names SET number = 700 WHERE number = 2", "among the names"),
    "checkpoints set ahead": (
        "UPDATE ops.checkpoints SET position = 100000",
        "the views have seen position 100000, the store ends at",
    ),
    "an actor changed": (
        "UPDATE roznamcha.entries SET topic = 'case.HearingHeld'",
        "name another record, version or act",
    ),
    "a row of a view taken away": ("DELETE FROM views.case_state", "lacks a row"),
}


@pytest.fixture
def program(tmp_path: Path, database: str) -> Program:
    """The program with three cases."""
    made = Program(tmp_path, database)
    (tmp_path / "acts.jsonl").write_text(
        "".join(f"{json.dumps(sent('case.FIRRegistered', f'old:{n}', informant_name=NAME))}\n" for n in range(3))
    )
    made.run("import", "acts.jsonl")
    made.run("verify")
    return made


def tamper(program: Program, statement: str) -> None:
    """Do what only the database's own ruler can."""
    with psycopg.connect(program.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode())


@pytest.mark.parametrize("how", TAMPER)
def test_verify_notices(program: Program, how: str) -> None:
    """Each of these was done by hand, and each is told."""
    statement, said = TAMPER[how]
    tamper(program, statement)
    done = program.run("verify", check=False)
    assert done.returncode == 3
    assert said in done.stderr


def test_verify_notices_a_changed_seal(program: Program) -> None:
    """A sealed column in which one bit was turned no longer opens, while its person's key exists."""
    with psycopg.connect(program.url) as connection:
        connection.execute("SET session_replication_role = replica")
        row = connection.execute("SELECT state FROM roznamcha.entries WHERE notification_id = 2").fetchone()
        assert row is not None
        entry = entries.read(catalogue(), bytes(row[0]))
        assert isinstance(entry, FIRRegistered)
        seal = entry.informant_name
        assert seal is not None
        turned = changed(entry, informant_name=changed(seal, box=seal.box[:-1] + bytes([seal.box[-1] ^ 1])))
        query = "UPDATE roznamcha.entries SET state = %s WHERE notification_id = 2"
        connection.execute(query, (entries.write(catalogue(), turned),))
    done = program.run("verify", check=False)
    assert done.returncode == 3
    assert "does not open with its person's key: it was changed (position 2" in done.stderr
    assert NAME not in done.stdout + done.stderr


def test_a_lost_master_key_is_not_replaced(program: Program) -> None:
    """A second key would split the store in two: better to stop, and to say which file to restore."""
    key = program.folder / "data" / "keys" / "master.key"
    kept = key.read_text()
    key.unlink()
    done = program.run("history", "old:1", check=False)
    assert done.returncode == 3
    assert "restore it from its safe copy" in done.stderr
    assert not key.exists()
    key.write_text(os.urandom(32).hex())
    done = program.run("history", "old:1", check=False)
    assert done.returncode == 3
    assert "another master key" in done.stderr
    key.write_text(kept)
    program.run("verify")


@pytest.mark.parametrize("address", ["junk", "mysql://h/d", "postgresql://user:Zzyxsecret@[half/d"])
def test_an_address_that_is_none_is_told_as_such(program: Program, address: str) -> None:
    """A typing error in a setting is not a broken store."""
    done = program.run("--database-url", address, "verify", check=False)
    assert done.returncode == 2
    assert "no address of a PostgreSQL database" in done.stderr
    assert "Zzyxsecret" not in done.stderr


@pytest.mark.parametrize("command", ["show", "history", "custody", "deadlines", "verify"])
def test_reading_makes_no_store(tmp_path: Path, command: str) -> None:
    """In another folder than yesterday's the program says so, and leaves nothing there."""
    done = Program(tmp_path, "").run(command, "CG-RPR-01/0001/2026", check=False)
    assert done.returncode == 2
    assert "name the folder of the data with --data" in done.stderr
    assert not (tmp_path / "data").exists()


def test_what_was_known_is_told_with_its_day(program: Program) -> None:
    """The heading says which day is shown; a day on which nothing was known is no empty record."""
    assert (
        "as it was known on 2999-01-01: 1 of 1 entries"
        in program.run("show", "old:1", "--known-at", "2999-01-01").stdout
    )
    done = program.run("show", "old:1", "--known-at", "2001-01-01", check=False)
    assert done.returncode == 1
    assert "nothing of old:1 was known by 2001-01-01" in done.stderr
