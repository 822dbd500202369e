"""What the program's own role can write into the ledger's tables, without the log's key: nothing that is believed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import CheckViolation
from psycopg.types.json import Jsonb

from consumers.embedded import connected
from roznamcha.ledger import verify
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.leaf import Chain
from roznamcha.ledger.statements import STAMP, Asked
from roznamcha.ledger.verify import judge
from schemas import catalogue
from tests.acts import NOW, act
from tests.ledger.copies import Court, packed
from tests.roznamcha.answering import answer
from tests.roznamcha.test_store import store_on

FORGED = {"kind": "case", "record": str(UUID(int=7)), "place": 0, "prev": None, "_sd": [], "entry": "x", "at": "never"}
STAMPED = {"authority": "tsa.example", "head": "h", "token": "t"}
ASK = b"INSERT INTO roznamcha.ledger_acts (id, record_id, salt, content) VALUES (%s, %s, %s, %s)"


def as_app(url: str, statement: bytes, values: Sequence[Any] = ()) -> None:
    """Do something with the rights of the program."""
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE roznamcha_app")
        connection.execute(statement, values)


@pytest.mark.parametrize(
    "content",
    [FORGED, {**STAMPED, "kind": "case"}, {"authority": "a", "head": "h"}, {**STAMPED, "token": 5}, 5, [], None],
)
def test_nothing_is_asked_but_a_stamp_or_the_end_of_a_copy(attacked: Court, content: Any) -> None:
    """The database takes no other request; and none that is there all the same is given a leaf."""
    for record in (None, UUID(attacked.record)):
        with pytest.raises(CheckViolation):
            as_app(attacked.keeper.url, ASK, (uuid4(), record, bytes(16), Jsonb(content)))
        assert not Asked(uuid4(), record, bytes(16), content, NOW).sound
    attacked.keeper.tamper(
        "ALTER TABLE roznamcha.ledger_acts DROP CONSTRAINT ledger_acts_say_one_of_two",
        "INSERT INTO roznamcha.ledger_acts (id, record_id, salt, content) "
        f"VALUES (gen_random_uuid(), NULL, decode(repeat('00', 16), 'hex'), '{json.dumps(content)}')",
    )
    attacked.run("ledger", "run", "--once")
    with connected(attacked.keeper.url) as connection:
        ledger = Ledger(connection)
        acts = ledger.rows("SELECT leaf FROM roznamcha.leaves WHERE act IS NOT NULL AND record_id IS NULL")
    assert acts == []


def test_what_is_asked_puts_nothing_in_the_place_of_what_the_ledger_says() -> None:
    """Whatever stands in it, the leaf is a stamp's: its kind, log, time and entry are the ledger's own."""
    asked = Asked(uuid4(), None, bytes(16), {**FORGED, "log": "another", "v": 9}, NOW)
    told = json.loads(asked.leaf("tlog.example/cg/2026", Chain()))
    assert (told["kind"], told["log"], told["v"], told["entry"]) == (STAMP, "tlog.example/cg/2026", 1, str(asked.id))
    assert told["at"].startswith(f"{NOW:%Y-%m-%d}")


def test_a_row_behind_the_end_keeps_no_entry_out(attacked: Court, tmp_path: Path) -> None:
    """A leaf that is none, with the position of an entry to come: seen, and no copy goes out without the entry."""
    with connected(attacked.keeper.url) as connection:
        ledger = Ledger(connection)
        following = ledger.head() + 1
        stray = b"INSERT INTO roznamcha.leaves (log, index, leaf, position) VALUES (1, 1000000000, 'x', %s)"
        as_app(attacked.keeper.url, stray, (following,))
        assert ledger.reached() == following - 1
        store = store_on(attacked.keeper.url)
        assert store.record(act("case.HearingHeld", attacked.record)).position == following
        store.datastore.close()
        said = attacked.run("ledger", "run", "--once", code=3)
        assert "`roznamcha ledger audit`" in said
        assert ledger.reached() == following - 1
        found = audit(ledger, catalogue())
    assert any("lie behind the end of" in each for each in found.wrong)
    refused = answer_of(attacked, "bundle", attacked.record, "--for", "public", "-o", str(tmp_path / "c.zip"))
    assert refused
    assert not (tmp_path / "c.zip").exists()


def answer_of(court: Court, *arguments: str) -> bool:
    """Whether a command ends with another status than 0."""
    settings = {"ROZNAMCHA_DATA": str(court.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": court.keeper.url}
    try:
        answer(settings, arguments)
    except AssertionError:
        return True
    return False


def test_an_entry_that_lacks_in_a_copy_is_seen_by_its_number(case: Court) -> None:
    """The record counts its entries in the open: a chain without one of them is no whole chain."""
    files = case.files("court")
    bundle = verify.Bundle(files, case.policy)
    acts = [told for told in bundle.told if told["kind"] not in verify.OTHERS]
    assert [each["version"] for each in acts] == list(range(1, len(acts) + 1))
    bundle.complete()
    acts[-1]["version"] += 1
    with pytest.raises(verify.Bad, match="of this record, after entry"):
        bundle.complete()


@pytest.mark.parametrize("how", ["missing", "null", "odd", "reason", "line", "digits"])
def test_the_verdict_is_told_whatever_showing_meets(case: Court, tmp_path: Path, how: str) -> None:
    """A list that is missing or spoilt: seven lines and 3, with `--show` as without."""
    files = dict(case.files("court"))
    place = "disclosures/000001.txt"
    if how == "missing":
        del files[verify.WITHHELD]
    elif how == "line":
        files[place] = files[place][:-1]
    else:
        reason = b'[{"leaf":1,"digest":"x","reason":7}]'
        spoilt = {"null": b"null", "odd": b'[{"x":1}]', "reason": reason, "digits": b"9" * 5000}
        files[verify.WITHHELD] = spoilt[how]
    data = packed(files)
    (tmp_path / "c.zip").write_bytes(data)
    assert "FAILED" in {verdict for _, verdict, _ in judge(data)}
    for more in ((), ("--show",)):
        asked = [sys.executable, "-I", "-S", verify.__file__, str(tmp_path / "c.zip"), *more]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.startswith("INTACT")) == (3, True), done
