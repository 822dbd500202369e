"""The procedures of docs/ledger.md, by the commands that stand there: backup and restore, and erasure by order."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import psycopg
from typer.testing import CliRunner

from roznamcha.cli import app
from tests.fault.test_restore import dumped, loaded
from tests.ledger.copies import Court
from tests.ledger.test_breaks_told import enter

PAGE = (Path(__file__).parents[2] / "docs" / "ledger.md").read_text("utf-8")


def commands(heading: str) -> list[list[str]]:
    """The commands of the program in the first block of a section, as words."""
    block = re.search(r"```sh\n(.*?)```", PAGE.partition(f"## {heading}\n")[2], re.DOTALL)
    assert block
    lines = [shlex.split(line, comments=True) for line in block[1].replace("\\\n", "").splitlines()]
    return [words[1:] for words in lines if words[0] == "./run"]


def test_a_backup_is_restored_by_the_page(attacked: Court) -> None:
    """A new machine, folder and all: the head that somebody else has is the guard, as the program prints it."""
    settings = {"ROZNAMCHA_DATA": str(attacked.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": attacked.keeper.url}
    dump = dumped(attacked.keeper.url, "-n", "roznamcha")
    enter(attacked)
    attacked.run("ledger", "run", "--once")
    head = attacked.keeper.folder / "head"
    head.write_text(CliRunner(env=settings).invoke(app, ["ledger", "checkpoint"]).stdout)
    lines = commands("Backup and restore")
    run, audit = ([str(head) if each.endswith(".txt") else each for each in line] for line in lines)
    assert attacked.run(*run)["signed"] == 0
    assert attacked.run(*audit)["ok"]
    with psycopg.connect(attacked.keeper.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA roznamcha CASCADE")
    loaded(attacked.keeper.url, dump)
    (attacked.keeper.folder / "data" / "ledger" / "checkpoint").unlink()
    assert "were signed and are not here" in attacked.run(*run, code=3)
    assert not attacked.run(*audit, code=3)["ok"]
    attacked.run("ledger", "discontinuity", "--by", "CG-1", "--reason", "a new machine", "--against", str(head))
    assert attacked.run(*run)["origin"].endswith("/2026-2")


def test_a_key_is_replaced_by_the_page(attacked: Court) -> None:
    """Its command begins the other log, and everything goes on."""
    (line,) = [shlex.split(each)[1:] for each in PAGE.splitlines() if each.startswith("./run ledger key rotate ")]
    assert attacked.run(*line)["origin"].endswith("/2026-2")
    assert attacked.run("ledger", "audit")["ok"]


def test_a_person_is_erased_by_the_page(attacked: Court) -> None:
    """Hold, lift, order, execution, each by its command; while the hold stands the execution is refused."""
    lines = [[attacked.record if each == "RECORD" else each for each in line] for line in commands("Erased by order")]
    place, lift, order, execute, verify = lines
    attacked.run(*place)
    attacked.run(*order)
    assert "H/1 stands" in json.dumps(attacked.run(*execute, code=1))
    for each in (lift, execute, verify):
        attacked.run(*each)
