"""What was meant by a word that nothing is called is told: a state, a stage, a path into a record."""

from __future__ import annotations

import json
from pathlib import Path

from roznamcha.near import near
from tests.acts import sent
from tests.roznamcha.kit import Program


def test_only_what_looks_alike_is_proposed() -> None:
    """The nearest of the known words, or nothing."""
    assert near("lapse", ["open", "lapsed", ""]) == "; did you mean lapsed?"
    assert near("x", ["open", "lapsed"]) == ""
    assert near("", []) == ""


def test_a_slip_is_told_where_nothing_is_found(tmp_path: Path, database: str) -> None:
    """In the answer of `explain`, `deadlines` and `records`; who finds something, or asks for JSON, is told nothing."""
    program = Program(tmp_path, database)
    (tmp_path / "acts.jsonl").write_text(
        json.dumps(sent("complaint.ComplaintReceived", at="2026-07-02T09:00:00+05:30"))
    )
    program.run("import", "acts.jsonl")
    number = program.json("records")["records"][0]["called"]
    for arguments, code, said in (
        (("explain", number, "stagee"), 1, "did you mean stage?"),
        (("deadlines", "--state", "lapse"), 2, "did you mean lapsed?"),
        (("records", "--stage", "registred"), 0, "nothing has the stage 'registred'; did you mean registered?"),
        (("records", "--station", "CG-RPR-1"), 0, "nothing has the station 'CG-RPR-1'; did you mean CG-RPR-01?"),
    ):
        done = program.run(*arguments, check=False)
        assert (done.returncode, said in " ".join(done.stderr.split())) == (code, True), done.stderr
    found = program.run("records", "--stage", "registered")
    assert ("nothing has" in found.stderr, "1 record" in found.stdout) == (False, True)
    assert program.json("records", "--stage", "registred") == {"records": [], "total": 0}
