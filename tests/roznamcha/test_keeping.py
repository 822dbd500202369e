"""Keeping the house and its contracts: what is wrong is told as what it is, with the exit code that says so."""

from __future__ import annotations

import json

import pytest

from tests.acts import sent
from tests.roznamcha.kit import ROOT, Program

FIR = "case.FIRRegistered"


@pytest.fixture
def program(program: Program) -> Program:
    """The program on a register with one case."""
    fields = json.dumps(sent(FIR)["fields"])
    options = ("--by", "1,SI,IO", "--station", "CG-RPR-01", "--at", "2026-07-02T09:00:00+05:30", "--json-fields", "-")
    program.run("record", FIR, *options, stdin=fields)
    return program


@pytest.mark.parametrize(
    ("options", "code", "part"),
    [
        ((), 0, ""),
        (("--kafka", "127.0.0.1:1"), 4, "relay broker"),
        (("--kafka", "127.0.0.1:1", "--kafka-options", "nowhere.json"), 2, "relay settings"),
        (("--registry-url", "http://localhost"), 0, ""),
        (("--timezone", "nonsense"), 2, "settings"),
        (("--database-url", "nonsense"), 2, "settings"),
        (("--database-url", "host=/nowhere user=x dbname=y"), 4, "database"),
    ],
)
def test_the_doctor_always_prints_settings_and_parts(
    program: Program, options: tuple[str, ...], code: int, part: str
) -> None:
    """A wrong setting is wrong use, a server that is away is away, and only what is kept can be broken."""
    done = program.run(*options, "doctor", "--json", check=False)
    told = json.loads(done.stdout)
    assert done.returncode == code, told
    assert told["settings"]["ROZNAMCHA_DATA"]
    assert [each["part"] for each in told["parts"] if each["ok"] is False] == part.split()
    shown = program.run(*options, "doctor", check=False)
    assert "settings in force" in shown.stdout
    assert bool(part) is ("NOT WELL" in shown.stdout)


def test_the_parking_lot_notices_a_slip(program: Program) -> None:
    """A view or a record that isn't there is told, and where nothing was parked that is told too."""
    case = "CG-RPR-01/0001/2026"
    for arguments, code in (
        (("show", "nope", case), 2),
        (("show", "history", "nope"), 1),
        (("replay", "nope"), 2),
        (("replay", "history", "nope"), 1),
    ):
        assert program.run("parked", *arguments, check=False).returncode == code, arguments
    assert "nothing is parked" in program.run("parked", "replay").stdout
    assert "nothing of that is parked" in program.run("parked", "replay", "history", case).stdout
    assert "nothing of this record waits" in program.run("parked", "show", "history", case).stdout


def test_an_act_is_shown_with_its_parts_and_what_the_register_gives(program: Program) -> None:
    """Number and year may be left out; the columns of a list's rows have lines of their own."""
    fields = {each["name"]: each for each in program.json("acts", "--name", FIR)[0]["fields"]}
    assert all(fields[name]["given_by_register"] and not fields[name]["required"] for name in ("fir_number", "year"))
    assert fields["sections"]["required"]
    printed = program.run("acts", "--name", FIR).stdout
    assert printed.count("given by the register") == 2
    assert "accused[].how" in printed
    assert "A record may begin with it." in printed


@pytest.mark.parametrize(
    "arguments",
    [
        ("acts", "--name", "case.FIRRegisterd"),
        ("acts", "--name", "FIRRegisterd"),
        ("schemas", "draft", "FIRRegisterd"),
        ("schemas", "show", "case.FIRRegisterd"),
    ],
)
def test_a_misspelt_act_is_guessed_wherever_it_is_named(program: Program, arguments: tuple[str, ...]) -> None:
    """As the door guesses it."""
    done = program.run(*arguments, check=False)
    assert done.returncode == 2
    assert f"did you mean {FIR}?" in done.stderr


def test_schemas_are_found_from_any_folder(program: Program) -> None:
    """The lock of this checkout, whose content doesn't change; a draft has a number from 1."""
    before = (ROOT / "schemas/schemas.lock").read_bytes()
    assert program.json("schemas", "lock")["schemas"] == program.json("schemas", "check")["schemas"]
    assert (ROOT / "schemas/schemas.lock").read_bytes() == before
    assert program.json("schemas", "show", FIR)["name"] == program.json("schemas", "draft", FIR)["name"]
    assert program.run("schemas", "draft", FIR, "--version", "0", check=False).returncode == 2
