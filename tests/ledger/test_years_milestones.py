"""A copy over three years' logs has the days that matter of each, every log's beginning and end; checked alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from consumers.embedded import connected
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.remembered import Memory
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import Files, judge, open_checkpoint
from schemas import catalogue
from tests.acts import NOW, act
from tests.ledger.copies import BY, Court, packed
from tests.ledger.keeping import BASE
from tests.roznamcha.test_store import store_on

YEARS = (2026, 2027, 2028)
LOGS = [f"{BASE}/{year}" for year in YEARS]
SUBMITTED = "case.ChargesheetSubmitted"


def enter(court: Court, then: datetime, record: str, name: str, **fields: object) -> None:
    """Enter an act at a time, and give it its leaf in the log of that year."""
    store = store_on(court.keeper.url, then)
    assert store.record(act(name, record, **fields)).status == "recorded"
    store.datastore.close()
    data = court.keeper.folder / "data"
    with connected(court.keeper.url) as connection:
        keys, memory = Keys(data / "keys" / "ledger"), Memory(data / "ledger" / "checkpoint")
        sequencer = Sequencer(connection, catalogue(), keys, memory, lambda: then)
        sequencer.begin()
        sequencer.catch_up()


@pytest.fixture
def years(attacked: Court) -> Court:
    """An FIR of 2026, of which a copy was made then; a chargesheet in each of the two years that follow."""
    attacked.copies["early"] = attacked.copy("public")[1]
    for year in YEARS[1:]:
        enter(attacked, NOW.replace(year=year), attacked.record, SUBMITTED, number=f"CS/{year}", accused=["A1"])
        enter(attacked, NOW.replace(year=year), f"other:{year}", "case.FIRRegistered")
    attacked.copies["court"] = attacked.copy("court", *BY)[1]
    return attacked


def lines(court: Court, data: bytes) -> dict[str, tuple[str, str]]:
    """What is said of a copy, under all keys."""
    return {line: (how, says) for line, how, says in judge(data, court.policy)}


def days(files: Files) -> dict[str, str]:
    """The log of each head of a day that matters, by its place."""
    return {
        name[11:17]: open_checkpoint(data).origin
        for name, data in files.items()
        if name.startswith("milestones/") and name.endswith(".checkpoint")
    }


def test_each_year_has_its_day_its_beginning_and_its_end(years: Court) -> None:
    """A milestone under each log's head, each log's first leaf, and a proof that each ended one is the one before."""
    files, found = years.files("court"), lines(years, years.copies["court"])
    assert {each: found[each][0] for each in ("INTACT", "LOGGED", "COMPLETE", "DISCLOSED")} == dict.fromkeys(
        ("INTACT", "LOGGED", "COMPLETE", "DISCLOSED"), "OK"
    ), found
    assert sorted(days(files).values()) == LOGS
    assert {open_checkpoint(data).origin for name, data in files.items() if name.endswith("/checkpoint")} == {*LOGS}
    ends = [f"beginnings/{year}.consistency" for year in YEARS[1:]]
    assert [name for name in sorted(files) if name.startswith("beginnings/") and name.endswith("ncy")] == ends
    for year in YEARS:
        told = json.loads(files[f"beginnings/{year}.json"])
        assert (told["previous"] or {}).get("origin") == (f"{BASE}/{year - 1}" if year > YEARS[0] else None)


def test_each_audience_has_such_a_copy(years: Court) -> None:
    """None of the four is refused, and none fails."""
    for audience in RULES:
        _, data = years.copy(audience, *BY)
        found = lines(years, data)
        assert not [line for line, (how, _) in found.items() if how == "FAILED"], (audience, found)


@pytest.mark.parametrize("log", LOGS)
def test_a_year_that_lacks_its_day(years: Court, log: str) -> None:
    """Left out, or with a head of another year's log: named."""
    files = years.files("court")
    (place,) = (each for each, origin in days(files).items() if origin == log)
    other = next(each for each, origin in days(files).items() if origin != log)
    mine, without = (
        f"milestones/{place}",
        {name: files[name] for name in files if place not in name or "mile" not in name},
    )
    assert f"leaf {int(place)} " in lines(years, packed(without))["DISCLOSED"][1]
    swapped = {**files, f"{mine}.checkpoint": files[f"milestones/{other}.checkpoint"]}
    assert lines(years, packed(swapped))["LOGGED"] == (
        "FAILED", f"{mine}.checkpoint is no head that has leaf {int(place)}",
    )  # fmt: skip


@pytest.mark.parametrize("year", YEARS[1:])
def test_a_year_that_does_not_go_on_from_the_one_before(years: Court, year: int) -> None:
    """The proof left out, or another one: the log before may be another."""
    files, name = years.files("court"), f"beginnings/{year}.consistency"
    others = {each: data for each, data in files.items() if each != name}
    assert lines(years, packed(others))["LOGGED"][0] == "FAILED"
    spoilt = files[name] + files["milestones/000000.consistency"] + b"A" * 43 + b"=\n"
    assert lines(years, packed(files | {name: spoilt}))["LOGGED"] == (
        "FAILED",
        f"{BASE}/{year - 1} is here with another history than the one from which {BASE}/{year} goes on",
    )


def test_a_stranger_checks_it_beside_the_early_one(years: Court, tmp_path: Path) -> None:
    """With nothing but its own verify.py: printed leaf by leaf, and compared with the copy of the first year."""
    (tmp_path / "verify.py").write_bytes(years.files("court")["tools/verify.py"])
    for name, data in (("a.zip", years.copies["court"]), ("b.zip", years.copies["early"])):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "policy").write_text(years.policy_text)
    command = [sys.executable, "-I", "-S", "verify.py", "a.zip", "--policy", "policy", "--show", "--against", "b.zip"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done
    assert "FAILED" not in done.stdout
    assert "AGAINST    OK" in done.stdout
    assert done.stdout.count(f"(UTC)  {SUBMITTED}") == len(YEARS) - 1
    assert years.run(
        "report", str(tmp_path / "a.zip"), "-o", str(tmp_path / "a.pdf"), "--policy", str(tmp_path / "policy")
    )


def test_a_year_in_which_nothing_was_entered(attacked: Court) -> None:
    """Its log lies between: its beginning and its last head are there, and none of its leaves."""
    enter(attacked, NOW.replace(year=2027), "other:2027", "case.FIRRegistered")
    enter(attacked, NOW.replace(year=2028), attacked.record, SUBMITTED, number="CS/1", accused=["A1"])
    _, data = attacked.copy("court", *BY)
    attacked.copies["court"] = data
    files, found = attacked.files("court"), lines(attacked, data)
    assert all(found[each][0] == "OK" for each in ("INTACT", "LOGGED", "COMPLETE", "DISCLOSED")), found
    leaves = [json.loads(each)["log"] for name, each in files.items() if name.startswith("leaves/")]
    assert {*leaves} == {LOGS[0], LOGS[2]}
    assert {name.split("/")[1] for name in files if name.startswith("anchors/")} == {"2026", "2027", "2028"}
    without = {name: each for name, each in files.items() if "2027" not in name.partition("/")[2]}
    assert lines(attacked, packed(without))["LOGGED"][0] == "FAILED"
