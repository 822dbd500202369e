"""What `verify.py` shows of a copy as text, and how two copies are compared: with nothing but that file."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.verify import Bad, Policy, against, harmless, judge, open_checkpoint, shown
from roznamcha.ledger.verify import __file__ as alone
from tests.ledger.copies import ACCUSED, VICTIM, WITNESS, Court, packed, values
from tests.ledger.keeping import BASE

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
    """A leaf with a forged value is left out, the others are shown; where another line fails nothing is."""
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
    """Copies that contradict each other: of another record, another leaf at one place, another root at one size."""
    (tmp_path / "a.zip").write_bytes(case.copies["public"])
    (tmp_path / "b.zip").write_bytes(attacked.copy("public")[1])
    code, lines = run(tmp_path, "a.zip", "--against", "b.zip")
    assert code == 3
    assert "the other copy is of another record" in lines[7]
    sealed = case.files("sealed")
    leaf = {"leaves/000001.json": sealed["leaves/000001.json"].replace(b"2026", b"2027", 1)}
    with pytest.raises(Bad, match="leaf 1 is another in the other copy"):
        against(case.copies["public"], packed(sealed | leaf))
    (name,) = (each for each in case.files("public") if each.endswith("/checkpoint"))
    note = case.files("public")[name]
    root = note.split(b"\n")[2]
    head = {name: note.replace(root, b"A" * 43 + b"=")}
    assert open_checkpoint(head[name]).size == open_checkpoint(note).size
    with pytest.raises(Bad, match="has another root in the other copy"):
        against(case.copies["public"], packed(case.files("public") | head))
    assert against(case.copies["public"], packed(case.files("public")))[1] == []


def test_the_page_on_top_leads_a_clerk_through(case: Court, tmp_path: Path) -> None:
    """What the README says is done as it says it: the key made, the file read; the same in Hindi and in English."""
    files = case.files("accused")
    page = files["README.txt"].decode()
    hindi, english = page[: page.index("WHAT THIS IS")], page[page.index("WHAT THIS IS") :]
    assert "अभियुक्त के लिए (accused)" in hindi
    for each in (
        *("INTACT", "LOGGED", "WITNESSED", "TIMED", "SIGNED", "COMPLETE", "DISCLOSED", "NOT CHECKED", "FAILED"),
        *(
            "quorum none",
            "--show",
            "--against",
            "openssl pkeyutl",
            "openssl ts",
            "sha256sum",
            "Get-FileHash",
            "py -I -S",
        ),
        *("trust/", "milestones/", "anchors/", "--policy POLICY.txt", f"{BASE}/2026  ", "certutil", "-attime"),
        "py -I -S",
    ):
        assert each in hindi, each
        assert each in english, each
    assert "विधि-विशेषज्ञ ने समीक्षा नहीं" in hindi
    (key,) = case.run("ledger", "key", "list")
    for part in (hindi, english):
        lines = part[part.index("VKEY=") : part.index("bash tools/verify-one.sh")].replace("NAME+ID+KEY", key["vkey"])
        for name in ("checkpoint.body", "log.sig"):
            (tmp_path / "anchors/2026").mkdir(parents=True, exist_ok=True)
            (tmp_path / "anchors/2026" / name).write_bytes(files[f"anchors/2026/{name}"])
        shell = ["sh", "-ec", lines.replace("YEAR", "2026")]
        assert subprocess.run(shell, cwd=tmp_path, capture_output=True, check=False).returncode == 0
        assert (tmp_path / "LOG.pem").read_text() == key["pem"]
        (tmp_path / "LOG.pem").unlink()


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        ("log {key}\n", "add a line `quorum none`"),
        ("{pem}", "this is a PEM file, and a policy is wanted: a line `log NAME+ID+KEY`"),
        ("log {key}\nquorum none\nquorum none\n", "must have one quorum"),
    ],
)
def test_a_policy_that_is_none_says_what_to_write(case: Court, tmp_path: Path, policy: str, says: str) -> None:
    """The mistakes that a clerk makes with two lines are answered with the line that is missing."""
    (key,) = case.run("ledger", "key", "list")
    (tmp_path / "policy").write_text(policy.format(key=key["vkey"], pem=key["pem"]))
    (tmp_path / "c.zip").write_bytes(case.copies["public"])
    code, (line,) = run(tmp_path, "c.zip", "--policy", "policy")
    assert code == 2
    assert says in line


def test_a_broken_download_is_no_forgery(case: Court, tmp_path: Path) -> None:
    """What was cut off, is no zip file or was packed by another program is told as that, each by its own words."""
    copy, zipped = case.copies["public"], io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in case.files("public").items():
            written.writestr(name, data)
    for data, says in (
        (b"<html>", "is no zip file"), (copy[: len(copy) // 2], "it is cut off in"),
        (copy[:-1], "its end is cut off"), (copy[: copy.index(b"PK\x01\x02")], "its end is cut off"),
        (zipped.getvalue(), "is compressed"), (copy + b"x", "holds more than its files"),
    ):  # fmt: skip
        (tmp_path / "c.zip").write_bytes(data)
        code, lines = run(tmp_path, "c.zip", "--show")
        assert (code, lines[0].split()[:2]) == (3, ["INTACT", "FAILED"])
        assert says in lines[0]
        assert "a broken download, or a copy packed anew, is likelier than a forger" in lines[0]
        assert lines[-1].startswith("Nothing is shown: INTACT FAILED")


def test_reasons_are_counted(case: Court) -> None:
    """Each reason once, with how many columns it withholds; they add up to what is not shown."""
    (says,) = (says for line, _, says in judge(case.copies["public"]) if line == "DISCLOSED")
    share, *reasons = says.split("; ")
    shown_of, entered = map(int, share.split("/"))
    counts = [int(each.removeprefix("withheld: ").split()[0]) for each in reasons]
    assert len(reasons) > 1
    assert sum(counts) == entered - shown_of
