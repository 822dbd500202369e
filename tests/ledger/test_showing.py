"""What `verify.py` shows of a copy as text, and how two copies are compared: with nothing but that file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.verify import Policy, harmless, judge, shown, web
from roznamcha.ledger.verify import __file__ as alone
from tests.acts import act
from tests.ledger.copies import ACCUSED, VICTIM, WITNESS, Court, packed, values
from tests.roznamcha.test_store import store_on

NAMES = {"public": set(), "accused": {ACCUSED}, "court": {WITNESS, ACCUSED}, "sealed": {VICTIM, WITNESS, ACCUSED}}


def run(folder: Path, *arguments: str) -> tuple[int, list[str]]:
    """The one file, isolated; its exit status and lines."""
    command = [sys.executable, "-I", "-S", alone, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return done.returncode, (done.stdout + done.stderr).decode().splitlines()


def told(data: bytes, policy: Policy | None) -> str:
    """What is shown of a copy behind its verdict."""
    return "\n".join(shown(data, judge(data, policy)))


def test_anybody_reads_the_copy(case: Court, tmp_path: Path) -> None:
    """Every column and value of each copy stands there as text, and each reason; nothing before the verdict."""
    (tmp_path / "policy").write_text(case.policy_text)
    for audience in RULES:
        (tmp_path / "c.zip").write_bytes(case.copies[audience])
        code, lines = run(tmp_path, "c.zip", "--policy", "policy", "--show")
        assert (code, [line.split()[0] for line in lines[:8]][-2:]) == (1, ["DISCLOSED", "What"])
        assert lines[8].startswith("LEAF 0  recorded 20")
        assert lines[8].endswith("case.FIRRegistered")
        text = "\n".join(lines[7:])
        for name, value in values(case.files(audience)):
            assert not name or f"    {name}" in text
            assert not name or f" = {json.dumps(value, ensure_ascii=False)}" in text, name
        assert {each for each in (VICTIM, WITNESS, ACCUSED) if each in text} == NAMES[audience]
        withheld = json.loads(case.files(audience)["withheld.json"])
        assert sum(int(line.split()[1]) for line in lines if line.startswith("    withheld: ")) == len(withheld)
        assert all(each["reason"] in text for each in withheld)


def test_nothing_is_shown_as_entered_that_was_not(case: Court) -> None:
    """A leaf with a forged value is left out, the others are shown; a copy in which another line fails shows nothing."""
    files = case.files("court")
    place = "disclosures/000002.txt"
    forged = "eyJ" + files[place].decode()[3:]
    text = told(packed({**files, place: forged.encode()}), case.policy)
    assert "LEAF 2  recorded" in text
    assert text.count("NOT SHOWN: what stands here of it is not what was entered") == 1
    assert "DISCLOSED FAILED" in text.splitlines()[0]
    assert ACCUSED not in text
    assert WITNESS in text
    twice = packed({**files, place: files[place] + files[place].partition(b"\n")[0] + b"\n"})
    assert "NOT SHOWN" in told(twice, case.policy)
    leaf = packed({**files, "leaves/000001.json": files["leaves/000001.json"].replace(b"2026", b"2027", 1)})
    for spoilt in (leaf, case.copies["court"][:-1]):
        text = told(spoilt, case.policy)
        assert text.startswith("Nothing is shown: ")
        assert "LEAF" not in text
    assert told(case.copies["court"], None).startswith("Signed by nobody whom you have named")


def test_what_is_shown_paints_nothing() -> None:
    """What moves the cursor, turns the writing round or breaks a line is written as JSON escapes it."""
    painted = 'a\x1b[2J\n\x9b\u202e\u200d\U000e0041क्ष"'
    shown_as = harmless(json.dumps(painted, ensure_ascii=False))
    assert shown_as.isprintable()
    assert json.loads(shown_as) == painted
    assert "क्ष" in shown_as


def test_two_copies_of_one_record_agree(case: Court, tmp_path: Path) -> None:
    """Common leaves are the same, what only one shows is named; what can't be of one history is a failure."""
    for audience in RULES:
        (tmp_path / f"{audience}.zip").write_bytes(case.copies[audience])
    (tmp_path / "policy").write_text(case.policy_text)
    code, lines = run(tmp_path, "public.zip", "--against", "sealed.zip", "--policy", "policy")
    assert code == 1
    assert lines[7].startswith("AGAINST    OK           5 leaves are the same in both")
    alone_there = [line for line in lines[8:] if line.endswith("is shown by the other alone")]
    assert any("leaf 0: informant_name (" in line for line in alone_there)
    assert any("leaf 2: meta.actor (" in line for line in alone_there)
    _, turned = run(tmp_path, "sealed.zip", "--against", "public.zip", "--policy", "policy")
    assert [line.replace("this copy", "the other") for line in turned[8:] if "this copy" in line] == alone_there
    (tmp_path / "x.zip").write_bytes(case.copies["court"][:-1])
    code, lines = run(tmp_path, "public.zip", "--against", "x.zip")
    assert (code, lines[7]) == (3, "AGAINST    FAILED       a copy that fails can't be compared: INTACT of the other")
    code, lines = run(tmp_path, "public.zip", "--against", "none.zip")
    assert code == 2
    assert "none.zip" in lines[0]


def test_two_histories_of_one_record_are_found(case: Court, attacked: Court, tmp_path: Path) -> None:
    """Two copies that each are sound, of two logs of the same name: they contradict each other, or are of two records."""
    (tmp_path / "a.zip").write_bytes(case.copies["public"])
    (tmp_path / "b.zip").write_bytes(attacked.copy("public")[1])
    code, lines = run(tmp_path, "a.zip", "--against", "b.zip")
    assert code == 3
    assert "the other copy is of another record" in lines[7]
