"""A slip in a record's name never opens a new record; where one may be opened, it is said."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from roznamcha.errors import Refused
from roznamcha.intake import read_act
from roznamcha.opening import beginning, like_a_number
from tests.acts import NOW, sent
from tests.roznamcha.kit import Program

FIR, ARREST, HEARING = "case.FIRRegistered", "case.AccusedArrested", "case.HearingHeld"
BY = ("--by", "CG-1,SI,IO", "--station", "CG-RPR-01", "--at", "2026-07-02T09:00:00+05:30")


def entered(program: Program, name: str, *options: str, **changes: Any) -> tuple[int, str]:
    """Record one act by hand; the exit code and what was said."""
    fields = json.dumps(sent(name, **changes)["fields"])
    done = program.run("record", name, *BY, "--json-fields", "-", *options, check=False, stdin=fields)
    return done.returncode, done.stdout + done.stderr


def took_in(program: Program, *lines: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Import lines; give the tally and the rejected lines."""
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    rejects = program.folder / "rejects.jsonl"
    done = program.run("import", "acts.jsonl", "--rejects", str(rejects), "--json", check=False)
    return json.loads(done.stdout), rejects.read_text() if rejects.exists() else ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--record", "0001/2026"), "form of a register's number"),
        (("--record", "CG-RPR-01/0002/2026"), "form of a register's number"),
        (("--record", "0001/2026", "--new"), "form of a register's number"),
        (("--record", "typo:9"), "no record is called 'typo:9'"),
        (("--record", "{}"), "no record has the id"),
        (("--record", "{}", "--new"), "no record has the id"),
        ((), "record: missing"),
        (("--record", "CG-RPR-01/0001/2026", "--new"), "is there already"),
    ],
)
def test_a_slip_at_the_counter_opens_nothing(program: Program, options: tuple[str, ...], said: str) -> None:
    """What names no record is refused unless it is said to be a new one; ids and numbers the register gives alone."""
    assert entered(program, FIR)[0] == 0
    code, told = entered(program, ARREST, *(each.format(uuid4()) for each in options))
    assert (code, program.count("entries")) == (1, 1), told
    assert said in told


def test_a_new_record_is_said_and_told(program: Program) -> None:
    """An FIR needs nothing but itself, other acts that begin a record need `--new`; the answer says it was begun."""
    code, told = entered(program, FIR)
    assert code == 0
    assert "entry 1 of CG-RPR-01/0001/2026" in told
    assert "a NEW record" in told
    _, told = entered(program, ARREST, "--record", "CG-RPR-01/0001/2026")
    assert "entry 2 of CG-RPR-01/0001/2026" in told
    assert "NEW" not in told
    assert entered(program, ARREST, "--new")[0] == 0
    assert entered(program, ARREST, "--new", "--record", "diary:7")[0] == 0
    assert entered(program, FIR, "--record", "diary:7")[0] == 0
    assert program.json("show", "diary:7")["entries"] == 2
    assert entered(program, HEARING, "--new")[0] == 1


def test_the_same_command_again_is_answered_alike(program: Program) -> None:
    """`--new` is no part of the act: sent again under its command id it begins no second record."""
    options = ("--new", "--record", "diary:7", "--command-id", str(uuid4()))
    assert entered(program, ARREST, *options)[0] == 0
    code, told = entered(program, ARREST, *options)
    assert code == 0
    assert "entered before" in told
    assert program.count("entries") == 1


def test_a_register_that_is_taken_in_opens_records_by_its_own_keys_only(program: Program) -> None:
    """In an import a key of one's own opens a record, and the tally says how many; an id or a number opens none."""
    slips = [str(uuid4()), "0007/2026", "CG-RPR-01\u22150007\u22152026", "CG-RPR-01/0007/\u200b2026", ""]
    good = [sent(FIR, "old:1"), sent(ARREST, "old:1"), sent(ARREST, "old:2"), sent(ARREST) | {"new": True}, sent(FIR)]
    told, rejected = took_in(program, *good, *(sent(ARREST, each) for each in slips), sent(ARREST, "x") | {"new": 1})
    assert (told["recorded"], told["rejected"], told["opened"]) == (5, 6, 4), rejected
    again, _ = took_in(program, *good)
    assert (again["already"], again["opened"], program.count("entries")) == (5, 0, 5)


@pytest.mark.parametrize(
    ("reference", "like"),
    [
        ("CG-RPR-01/0012/2026", True),
        ("0012/2026", True),
        ("0012 / 2026", True),
        ("CG-RPR-01\uff0f0012\uff0f2026", True),
        ("CG-RPR-01\u20440012\u20442026", True),
        ("\u200b01a2b3c4-0000-7000-8000-000000000001", True),
        ("old:17", False),
        ("2026-0012", False),
        ("\u0915\u094d\u200d\u0937:12", False),
    ],
)
def test_what_reads_like_a_number_is_taken_for_one(reference: str, like: bool) -> None:
    """Whoever reads it would take it for the register's own, whatever signs it is written with."""
    assert like_a_number(reference) is like


def test_said_not_to_be_new_a_key_opens_nothing() -> None:
    """The counter's rule stands in the act, not in the command line: an FIR under an unknown key is a slip there."""
    act = read_act(sent(FIR, "old:1") | {"new": False}, now=NOW)
    assert "no record is called 'old:1'" in beginning(act)[0]
    assert beginning(read_act(sent(FIR, "old:1"), now=NOW)) == ()
    with pytest.raises(Refused, match="one line"):
        read_act(sent(FIR, "old:1\nold:2"), now=NOW)
