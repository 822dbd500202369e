"""How a copy is made: for whom its files are, and that nothing is entered of one that can't be made."""

from __future__ import annotations

import json
import os
import re
import stat
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from roznamcha.cli import app
from roznamcha.commands import bundling
from roznamcha.ledger import bundle
from roznamcha.ledger.verify import judge, unpack
from tests.acts import act
from tests.ledger.authority import authority
from tests.ledger.copies import BY, Court, values
from tests.ledger.logs import SIGNER
from tests.ledger.witness import witness
from tests.roznamcha.test_store import store_on

AWAY = "http://[::1]:1/"


def test_files_that_open_seals_are_for_their_owner(attacked: Court, tmp_path: Path) -> None:
    """The sealed cover, the papers made of it, the informant's copy and a form: nobody else reads them."""
    before = os.umask(0)
    try:
        attacked.copy("sealed", *BY)
        cover, files = attacked.keeper.folder / "sealed.zip", [tmp_path / f"{n}.pdf" for n in range(5)]
        attacked.run("report", str(cover), "-o", str(files[0]))
        attacked.run("certificate", str(cover), "-o", str(files[1]))
        attacked.run("copy", attacked.record, "-o", str(files[2]), *BY)
        attacked.run("form", "IIF-1", attacked.record, "--for", "court", "-o", str(files[3]), *BY)
        attacked.run("print", attacked.record, "--for", "court", "-o", str(files[4]), *BY)
    finally:
        os.umask(before)
    assert {stat.S_IMODE(each.stat().st_mode) for each in (cover, *files)} == {0o600}


def test_an_authority_that_is_away_is_found_before_anything_is_entered(attacked: Court, tmp_path: Path) -> None:
    """No reading and no closing leaf: the record doesn't tell of a copy that was not made. The same of a witness."""
    before = leaves(attacked)
    asked = ("bundle", attacked.record, "--for", "court", "-o", str(tmp_path / "x.zip"), *BY)
    assert "is away" in attacked.run(*asked, "--tsa", AWAY, code=4)
    policy = tmp_path / "policy"
    with witness("hc.example/w", SIGNER.key) as hc:
        policy.write_text(attacked.policy_text.replace("quorum none", f"{hc.line.strip()}\nquorum none"))
    assert "is away" in attacked.run(*asked, "--policy", str(policy), code=4)
    attacked.run("ledger", "run", "--once")
    assert leaves(attacked) == before
    assert not (tmp_path / "x.zip").exists()


def test_an_authority_that_goes_away_meanwhile_is_told(
    attacked: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answered the trial and not the copy: the leaf that closed it stands, and the refusal says so."""
    asked = ("bundle", attacked.record, "--for", "public", "-o", str(tmp_path / "x.zip"))
    close = bundle.Binder.close
    with ExitStack() as stack:
        url, _ = stack.enter_context(authority(tmp_path / "tsa"))

        def closed(*arguments: Any) -> UUID:
            stack.close()
            return close(*arguments)

        monkeypatch.setattr(bundle.Binder, "close", closed)
        told = attacked.run(*asked, "--tsa", url, code=4)
    assert "closes a copy that was not made: ask for it again" in told
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("by", ["CG-1", "CG-1,SI", "CG-1,,writer", ",SI,writer", "CG-1,SI,"])
def test_whoever_makes_it_is_named_whole(attacked: Court, tmp_path: Path, by: str) -> None:
    """What is missing of the three words is asked for as the option that has them."""
    asked = ("bundle", attacked.record, "--for", "court", "-o", str(tmp_path / "x.zip"), "--reason", "y", "--by", by)
    assert "--by ID,RANK,ROLE" in attacked.run(*asked, code=2)


@pytest.mark.parametrize(
    "command", [("bundle",), ("report",), ("certificate",), ("ledger", "stamp"), ("ledger", "witness")]
)
def test_the_help_has_an_example(command: tuple[str, ...]) -> None:
    """One that can be typed: each of its options is one that the command has."""
    told = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "300"}).output
    example = told[told.index("Example: roznamcha " + " ".join(command)) :]
    options = re.findall(r" (--?[a-z-]+) ", example)
    assert all(f"{each} " in told.partition("Example: ")[0] for each in options)
    assert options or command == ("ledger", "witness")


def leaves(case: Court) -> int:
    """How many leaves the ledger has."""
    (log,) = case.run("ledger", "status")["logs"]
    return int(log["size"])


def test_nothing_is_opened_that_was_not_entered_as_read(attacked: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """An arrest that is entered while a copy is made: it is made again, of all, and the reading tells of it too."""
    store, entered, real = store_on(attacked.keeper.url), list[str](), bundling.extracts

    def meanwhile(*given: Any) -> Any:
        if len(entered) < 2:
            arrest = {"accused": f"A{len(entered) + 2}", "accused_name": f"Zzyxlate {len(entered)}"}
            store.record(act("case.AccusedArrested", attacked.record, at="2026-07-05T12:00:00+05:30", **arrest))
            entered.append(arrest["accused"])
        return real(*given)

    monkeypatch.setattr(bundling, "extracts", meanwhile)
    _, data = attacked.copy("court", *BY)
    store.datastore.close()
    files = unpack(data)
    last_reading = [value for name, value in values(files) if name == "columns"][-1]
    assert {"A1", "A2", "A3"} <= {each["person"] for each in last_reading}
    opened = [name for name, value in values(files) if str(value).startswith("Zzyxlate")]
    assert len(opened) == 2
    assert {how for _, how, _ in judge(data, attacked.policy)} <= {"OK", "NOT CHECKED"}


def test_a_record_that_never_rests_is_not_copied(attacked: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some tries it is said, and no file is there."""
    store, real = store_on(attacked.keeper.url), bundling.extracts

    def meanwhile(*given: Any) -> Any:
        store.record(act("case.CopyGivenToInformant", attacked.record))
        return real(*given)

    monkeypatch.setattr(bundling, "extracts", meanwhile)
    path = attacked.keeper.folder / "never.zip"
    said = attacked.run("bundle", attacked.record, "--for", "public", "-o", str(path), code=4)
    store.datastore.close()
    assert "something was entered in this record each time" in said
    assert not path.exists()


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/dev/zero", "a pipe or a device"),
        ("missing.mp4", "cannot be read"),
        (".", "cannot be read"),
        ("/dev/null", "device"),
    ],
)
def test_an_exhibit_that_is_no_file(attacked: Court, tmp_path: Path, path: str, why: str) -> None:
    """It is refused before it is read: a device never ends. Nothing is entered, and no file is there."""
    before, to = leaves(attacked), tmp_path / "x.zip"
    asked = ("bundle", attacked.record, "--for", "public", "-o", str(to), "--exhibit", path)
    assert why in str(attacked.run(*asked, code=2))
    assert leaves(attacked) == before
    assert not to.exists()


def test_the_kinds_of_leaves_are_counted(attacked: Court) -> None:
    """What a record's history shows are its acts; a copy has the facts of its deadlines and the ends of copies too."""
    attacked.run("tick", "--once")
    told, data = attacked.copy("court", *BY)
    kinds = [json.loads(leaf)["kind"] for name, leaf in unpack(data).items() if name.startswith("leaves/")]
    facts, ends = kinds.count("deadline"), kinds.count("copy")
    assert facts
    assert told["kinds"] == {"acts": len(kinds) - facts - ends, "deadline_facts": facts, "copies_closed": ends}
    assert sum(told["kinds"].values()) == told["leaves"] == sum(name.startswith("leaves/") for name in unpack(data))
