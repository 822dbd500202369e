"""A map that is wrong is told before the first line, by act, column and value; what a line lacks is told by column."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from roznamcha.errors import Refused, Usage
from roznamcha.mapping import Group, load_map
from roznamcha.rejects import rejects_of
from tests.acts import NOW, sent
from tests.roznamcha.kit import Program

GOOD = """
map: 1
source: station
columns: [number, what, day, mode]
record: "station:{number}"
together: number
time: {zone: Asia/Kolkata, at: "{day}"}
station: CG-RPR-01
actor: {id: import, rank: SI, role: clerk}
acts:
  - when: {what: FIR}
    first: true
    enter:
      - name: case.FIRRegistered
        fields:
          mode: written
          sections: ["BNS 303(2)"]
          information_received_at: "{day}"
          contents: "as told"
          property_of_interest: [{category: cycle, description: "{mode}", value_paise: 100}]
"""


def load(tmp_path: Path, *changes: tuple[str, str]) -> Any:
    """The good map with some of its text changed."""
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "map.yaml").write_text(text)
    return load_map(tmp_path / "map.yaml")


BAD = [
    ("name: case.FIRRegistered", "name: case.FIRRegisterd", "did you mean case.FIRRegistered?"),
    ("      - name: case.FIRRegistered\n        fields:", "      - fields:", "'name' is missing"),
    ("          contents:", "          contens:", "there is no column 'contens'; did you mean contents?"),
    ("mode: written", "mode: writen", "mode: must be one of"),
    ("value_paise: 100", "value_paise: much", "property_of_interest[0].value_paise: must be a whole number"),
    ("{category: cycle, ", "{", "property_of_interest[0].the column 'category' is required"),
    ('          contents: "as told"\n', "", "the column 'contents' is required and not filled"),
    ('["BNS 303(2)"]', "[7]", "sections[0]: must be text"),
    ("zone: Asia/Kolkata", "zone: Asia/Kolkatta", "zone 'Asia/Kolkatta' is no time zone"),
    ("map: 1", "map: [" + "[" * 3_000 + "]" * 3_001, "nested too deeply"),
    ("map: 1", "map: &a [1, 2]", ""),
    ("map: 1", "map: &a [1]\nsource: *a", "an alias (*) stands for something elsewhere"),
]


@pytest.mark.parametrize(("old", "new", "said"), BAD, ids=[each[2][:30] for each in BAD])
def test_a_wrong_map_is_told_before_the_first_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What would be wrong in every line is told once, in one line."""
    if not said:
        load(tmp_path, (old, new))
        return
    with pytest.raises(Usage) as refused:
        load(tmp_path, (old, new))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_rule_for_another_line_of_the_record_is_not_called_missing(tmp_path: Path) -> None:
    """The rule is there; it is for the first such line only, or for the further ones."""
    row = {"number": "1", "what": "FIR", "day": "2026-07-02", "mode": "x"}
    group, found = Group(), load(tmp_path)
    list(found.acts(row, group))
    with pytest.raises(Refused, match="only for the first such line of a record, and this is a further one"):
        list(found.acts(row, group))
    with pytest.raises(Refused, match="only for a further such line of a record, and this is the first one"):
        list(load(tmp_path, ("first: true", "first: false")).acts(row, Group()))
    with pytest.raises(Refused, match="no rule for a line with what 'NCR'"):
        list(found.acts({**row, "what": "NCR"}, group))


def test_what_a_line_lacks_is_told_by_its_column(program: Program) -> None:
    """Its keeper knows the file's columns, not the act's."""
    (program.folder / "map.yaml").write_text(GOOD)
    (program.folder / "a.csv").write_text("number,what,day,mode\n1,FIR,2.7.2026,x\n")
    done = program.run("import", "a.csv", "--map", "map.yaml", "--json", check=False)
    reasons = [each["reason"] for each in json.loads(done.stdout)["reasons"]]
    assert any(each.startswith("occurred_at (column day): must be a time") for each in reasons), reasons


def test_a_file_without_a_line_of_columns_is_told_without_its_data(program: Program) -> None:
    """The first line may be somebody's: only what the map names is repeated."""
    (program.folder / "map.yaml").write_text(GOOD)
    for first, said in (
        ("Namuna,Namuna,7,8", "lacks the column 'number'"),
        ("number,what,day,mode,Namuna,Namuna", "a column twice that is not asked for"),
        ("number,what,day,mode,mode", "the column 'mode' twice"),
    ):
        (program.folder / "a.csv").write_text(f"{first}\n")
        done = program.run("import", "a.csv", "--map", "map.yaml", check=False)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Namuna" not in done.stderr


def test_what_is_no_file_is_not_waited_for(program: Program) -> None:
    """A pipe, a device: told at once."""
    os.mkfifo(program.folder / "pipe.jsonl")
    for name in ("pipe.jsonl", "/dev/zero"):
        done = program.run("import", name, check=False)
        assert done.returncode == 2
        assert "write it to a file first" in done.stderr


def test_rejected_lines_lie_beside_their_file(program: Program) -> None:
    """Not wherever one happens to stand; a pipe has no place beside it, and they are written here."""
    folder = program.folder / "registers"
    folder.mkdir()
    (folder / "old.jsonl").write_text("rubbish\n")
    told = json.loads(program.run("import", "registers/old.jsonl", "--json", check=False).stdout)
    assert told["rejects"] == "registers/old.jsonl.rejects.jsonl"
    assert (folder / "old.jsonl.rejects.jsonl").exists()
    assert not (program.folder / "old.jsonl.rejects.jsonl").exists()
    assert rejects_of(Path("/dev/fd/63")) == Path("63.rejects.jsonl")
    assert rejects_of(Path("/dev/null")) == Path("null.rejects.jsonl")


def test_rejected_lines_can_be_written_before_the_first_is_entered(program: Program) -> None:
    """Else it is told with nothing entered; the file is its owner's alone, and no link is followed."""
    lines = program.folder / "acts.jsonl"
    lines.write_text(f"{json.dumps(sent('case.FIRRegistered'))}\nrubbish\n")
    kept = program.folder / "kept.txt"
    kept.write_text("kept")
    (program.folder / "acts.jsonl.rejects.jsonl").symlink_to(kept)
    for options, said in (
        (("--rejects", "/nonexist/x"), "no file can be made there"),
        (("--rejects", "."), "cannot be written"),
        (("--rejects", "acts.jsonl"), "name another one"),
        ((), "it is a link"),
    ):
        done = program.run("import", "acts.jsonl", *options, check=False)
        assert (done.returncode, program.count("entries")) == (2, 0), done.stderr
        assert said in done.stderr
    assert kept.read_text() == "kept"
    kept.chmod(0o644)
    assert program.run("import", "acts.jsonl", "--rejects", "kept.txt", check=False).returncode == 5
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "rubbish" in kept.read_text()


def test_thousands_of_unknown_columns_are_told_as_some() -> None:
    """Each is compared with the known ones only while it is told."""
    from roznamcha.intake import read_act  # noqa: PLC0415 (one test of the door)

    document = sent("case.FIRRegistered")
    document["fields"] |= {f"unknown_{n}": n for n in range(60_000)}
    with pytest.raises(Refused) as refused:
        read_act(document, now=NOW)
    assert len(refused.value.reasons) < 50
    assert any("more keys that nobody knows" in each for each in refused.value.reasons)
