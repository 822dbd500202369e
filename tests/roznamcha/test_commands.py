"""The command line as others script against it: JSON shapes, exit codes, one document on stdout, one line of error."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.acts import sent
from tests.domain.law.bench import RULE
from tests.roznamcha.kit import ROOT, Program

FIR = "case.FIRRegistered"


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A small sample district in a private PostgreSQL."""
    program = Program(tmp_path_factory.mktemp("district"), "", cold=True)
    program.run("demo", "--cases", "40")
    yield program
    shutil.rmtree(program.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def number(district: Program) -> str:
    """The case with which the board tells to go on."""
    found = re.search(r"\./run custody (\S+)", district.run("demo", "--cases", "40").stdout)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def whole_district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The sample district as a stranger has it who has typed `./run`: the README names cases of it."""
    program = Program(tmp_path_factory.mktemp("whole"), "", cold=True)
    program.run("demo")
    yield program
    shutil.rmtree(program.folder, ignore_errors=True)


def test_the_demo_has_its_shape_and_is_the_same_twice(district: Program) -> None:
    """Run again it adds nothing and prints the same figures."""
    first, second = district.json("demo", "--cases", "40"), district.json("demo", "--cases", "40")
    assert first.keys() >= {"records", "entries", "views", "deadlines", "custody_breaks", "verified", "seconds"}
    assert (first["verified"], first["entered_now"]) == (True, 0)
    assert first["registers"]["case"] >= 40
    assert first["inquests"] >= 5
    views = {"case_state", "history", "custody", "malkhana", "hand_offs", "ties", "deadlines", "marks"}
    assert set(first["views"]) == views
    assert {**first, "seconds": 0} == {**second, "seconds": 0}
    assert first["custody_breaks"] > 0
    assert first["deadlines"]["lapsed"] > 0
    assert len(first["registers"]) == 9


def test_what_an_audit_of_the_sample_saw_lies_where_the_register_has_it(district: Program) -> None:
    """The sample counts the FIRs as the register does: what it looks for is there, under that number."""
    found = district.json("history", "sample:audit:00000")["entries"]
    seen = next(each for each in found if each["name"] == "malkhana_audit.ItemSighted")
    chain = district.json("custody", seen["fields"]["matter"], "--as-of", seen["occurred_at"])
    assert chain["links"][-1]["place"] == seen["fields"]["place"]


def test_a_log_for_process_mining_is_written_and_read_again(district: Program) -> None:
    """A register's records, one record, or a station's; what can't be asked for is told, and no file is left."""
    folder = district.folder
    (folder / "book").mkdir()
    (folder / "book" / "rule.yaml").write_text(RULE.replace("Start", FIR).replace("Stop", "case.AccusedProduced"))
    told = district.json("export", "--register", "case", "--format", "xes", "-o", "log.xes")
    checked = district.json("law", "check", "--log", "log.xes", "--rules", "book")["a-rule"]
    assert (checked["log"]["cases"], checked["log"]["read"], checked["log"]["rejected"]) == (
        checked["opened"], told["events"], 0
    )  # fmt: skip
    assert checked["opened"] == told["records"] >= 40
    for given, said in (
        (["--format", "ocel"], "there are case, ocel2, xes, csv"), (["--format", "case"], "name it"),
        (["--format", "csv", "--register", "cases"], "there are case, complaint"),
        (["--format", "csv", "--station", "NOWHERE"], "no log to write"),
    ):  # fmt: skip
        done = district.run("export", *given, "-o", "none", check=False)
        assert (done.returncode, said in done.stderr, (folder / "none").exists()) == (
            1 if "log" in said else 2,
            True,
            False,
        )


def test_an_fir_is_published_unless_it_is_withheld(district: Program) -> None:
    """Written whole, and nothing is entered by it; of a withheld one nothing is written."""
    told = district.json("publish", "CG-NMN-01/0001/2026", "-o", "fir.json")
    assert json.loads((district.folder / "fir.json").read_text()).items() <= told.items()
    district.run("export", "--format", "csv", "-o", "log.csv")
    acts = [line.split(",") for line in (district.folder / "log.csv").read_text().splitlines()]
    withheld = next(each[0] for each in acts if each[1] == "case.PublicationWithheld")
    for record, to, code, said in (
        (withheld, "none", 1, "is withheld from publication"),
        ("CG-NMN-01/0001/2026", "/nowhere/fir", 2, "cannot be written"),
    ):  # fmt: skip
        done = district.run("publish", record, "-o", to, check=False)
        assert (done.returncode, said in done.stderr, len(done.stderr.splitlines())) == (code, True, 1)
    assert not (district.folder / "none").exists()


def test_the_board_speaks_both_languages(district: Program) -> None:
    """Hindi and English, the systems by name, and three commands to try next."""
    board = district.run("demo", "--cases", "40").stdout
    for words in (
        "रोज़नामचा",
        "थाने",
        "Malkhana",
        "ITSSO",
        "e-FSL",
        "e-Chargesheet",
        "MedLEaPR",
        "Citizen portal",
        "सत्यापित",
    ):
        assert words in board
    assert len(re.findall(r"^  \./run ", board, re.MULTILINE)) == 3


def test_the_demo_never_mixes_with_real_cases(program: Program, tmp_path: Path) -> None:
    """A store that holds anything else is left alone."""
    (tmp_path / "one.jsonl").write_text(json.dumps(sent(FIR)) + "\n")
    program.run("import", "one.jsonl")
    refused = program.run("demo", "--cases", "3", check=False)
    assert refused.returncode == 1
    assert "no samples" in refused.stderr
    assert program.count("entries") == 1


def test_each_reading_has_its_shape(district: Program, number: str) -> None:
    """One JSON document on stdout, with the keys that were promised."""
    shown = district.json("show", number)
    assert (shown["number"], shown["register"]) == (number.partition("/")[2], "case")
    history = district.json("history", number)["entries"]
    assert [each["version"] for each in history] == list(range(1, len(history) + 1))
    assert shown["entries"] == len(history)
    assert history[0].keys() >= {"name", "occurred_at", "recorded_at", "actor", "doubts", "fields"}
    custody = district.json("custody", number)
    assert custody["links"]
    assert all(each["says"]["hi"] for each in custody["breaks"])
    clocks = district.json("deadlines", number, "--explain")
    keys = {"record", "rule", "subject", "opened_at", "due_at", "state", "met_at", "recorded_at", "law", "duty",
            "consequence", "explain"}  # fmt: skip
    assert clocks
    assert all(each.keys() >= keys for each in clocks)
    station = district.json("deadlines", "--station", "CG-NMN-01", "--state", "lapsed", "--as-of", "2026-09-30")
    assert all(each["state"] == "lapsed" for each in station)
    verified = district.json("verify", number)
    assert (verified["ok"], verified["records"], verified["first_bad"]) == (True, 1, None)
    acts = district.json("acts", "--register", "case")
    assert len(acts) >= 100
    assert acts[0].keys() >= {"name", "register", "doc", "fields"}
    assert acts[0]["fields"][0].keys() >= {"name", "type", "doc", "label", "sealed", "required"}
    assert district.json("schemas", "check")["ok"] is True
    assert district.json("doctor")["ok"] is True
    assert district.json("parked", "list") == []
    assert all(each["removed"] == each["added"] == 0 for each in district.json("rebuild", "all"))


def test_as_of_and_known_at_go_back_in_both_times(district: Program, number: str) -> None:
    """As of a day: what had happened; known at a day: what had been recorded; before the first entry, nothing."""
    whole = district.json("show", number)["entries"]
    assert district.json("show", number, "--as-of", "2020-01-01")["entries"] == 0
    assert district.json("show", number, "--known-at", "2026-12-31")["entries"] == whole
    early = district.json("show", number, "--known-at", district.json("history", number)["entries"][1]["recorded_at"])
    assert 2 <= early["entries"] <= whole


def test_a_sealed_column_is_shown_as_sealed(district: Program, number: str) -> None:
    """The history shows whose it is and its digest, and not what it says."""
    entries = district.json("history", number)["entries"]
    fir = next(each for each in entries if each["name"] == FIR)
    assert fir["fields"]["informant_name"].keys() == {"sealed", "digest"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "nobody"], 1),
        (["custody", "CG-NMN-01/0001/2026", "PR/99"], 1),
        (["show", "CG-NMN-01/0001/2026", "--as-of", "yesterday"], 2),
        (["deadlines", "--state", "asleep"], 2),
        (["rebuild", "nothing"], 2),
        (["acts", "--register", "nothing"], 2),
        (["law", "due", "nothing", "--start", "2026-01-01"], 1),
        (["--timezone", "Mars/Olympus", "deadlines"], 2),
        (["--database-url", "host=/nowhere user=x dbname=y", "verify"], 4),
        (["parked", "pass", "history", "CG-NMN-01/0001/2026", "--by", "1,SP,S", "--reason", "r", "--station", "S"], 2),
        (["bundle"], 2),
    ],
)
def test_each_failure_has_its_exit_code_and_one_line(district: Program, arguments: list[str], code: int) -> None:
    """0 done, 1 refused, 2 usage, 3 broken, 4 away; with --json the error is a document too."""
    done = district.run(*arguments, check=False)
    assert done.returncode == code, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    told = district.run(*arguments, "--json", check=False)
    assert told.returncode in {code, 2}
    assert json.loads(told.stdout)["error"]


def test_a_record_that_cannot_be_read_is_parked_and_told(program: Program, tmp_path: Path) -> None:
    """Every view parks it, verify names its position and exits with 3, and a replay leaves it where it is."""
    (tmp_path / "two.jsonl").write_text("".join(json.dumps(sent(FIR, f"old:{n}")) + "\n" for n in range(2)))
    program.run("import", "two.jsonl")
    with psycopg.connect(program.url, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER entries_never_change")
        owner.execute("UPDATE roznamcha.entries SET state = substring(state FROM 1 FOR 60) WHERE notification_id = 1")
    lots = program.json("parked", "list")
    views = {"case_state", "history", "articles", "hand_offs", "ties", "deadlines", "marks"}
    assert {each["view"] for each in lots} == views
    assert program.run("verify", check=False).returncode == 3
    assert "position 1" in program.run("verify", check=False).stderr
    assert program.run("parked", "replay", check=False).returncode == 3


def commands(text: str) -> list[str]:
    """The shell blocks of a page, without what needs a fresh machine or an hour."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    kept = [
        "\n".join(line for line in block.splitlines() if not re.match(r"\./run( +#| test| bench)", line))
        for block in blocks
    ]
    return [block for block in kept if block.strip()]


@pytest.mark.parametrize(
    "block", commands((ROOT / "README.md").read_text()), ids=lambda block: block.split("\n")[0][:40]
)
def test_every_command_of_the_readme_works(whole_district: Program, block: str, tmp_path: Path) -> None:
    """What the page tells a stranger to type does what it says."""
    program = shlex.join([sys.executable, "-c", "from roznamcha.cli import main; main()"])
    (whole_district.folder / "run").write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    (whole_district.folder / "run").chmod(0o755)
    script = re.sub(r"--data \S+", f"--data {tmp_path / 'station'}", block)
    # A folder of its own has a private PostgreSQL of its own.
    environment = {
        k: v for k, v in whole_district.environment.items() if script == block or k != "ROZNAMCHA_DATABASE_URL"
    }
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=whole_district.folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
