"""An inquest and the case it became: named from either side, in any order, and shown from both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.acts import sent
from tests.roznamcha.kit import Program

DEATH, FIR, TURNED = "inquest.DeathReported", "case.FIRRegistered", "inquest.ConvertedToFIR"


def import_all(program: Program, folder: Path, *acts: dict[str, Any], code: int = 0) -> dict[str, Any]:
    """Enter acts from a file, to this exit code; gives the tally."""
    (folder / "acts.jsonl").write_text("".join(json.dumps(each) + "\n" for each in acts))
    found: dict[str, Any] = program.json("import", "acts.jsonl", "--rejects", "rejects.jsonl", code=code)
    return found


def test_either_record_leads_to_the_other(program: Program, tmp_path: Path) -> None:
    """In one batch, by number; a second FIR that names the inquest is refused, and says whose it is."""
    done = import_all(
        program,
        tmp_path,
        sent(DEATH, "marg"),
        sent(FIR, "fir", inquest_number="MARG/0001/2026"),
        sent(TURNED, "marg", fir="CG-RPR-01/0001/2026", at="2026-07-02T10:00:00+05:30"),
        sent(FIR, "second", inquest_number="MARG/0001/2026"),
        sent(FIR, "third", inquest_number="CG-RPR-01/0001/2026"),
        code=5,
    )
    assert (done["recorded"], done["rejected"]) == (3, 2)
    reasons = (tmp_path / "rejects.jsonl").read_text()
    assert "MARG/0001/2026 already belongs to CG-RPR-01/0001/2026" in reasons
    assert (
        "CG-RPR-01/0001/2026 is a record of the register case, and case.FIRRegistered names one of inquest" in reasons
    )
    for mine, other, register in (("marg", "fir", "case"), ("fir", "marg", "inquest")):
        its = program.json("show", other)["record"]
        for command in ("show", "history"):
            ties = program.json(command, mine)["ties"]
            assert {(each["record"], each["register"]) for each in ties} == {(its, register)}
            assert {each["side"] for each in ties} == {"this", "other"}
    assert "अपराध में परिवर्तित" in program.run("show", "marg").stdout
    assert program.json("show", "fir", "--known-at", "2020-01-01")["ties"] == []
    assert program.json("show", "marg")["stage"] == "converted"
    assert program.json("verify")["ok"] is True


def test_who_is_named_before_being_entered_is_found_later(program: Program, tmp_path: Path) -> None:
    """The inquest's papers come late: the FIR has its doubt for ever, and the tie is there once both are."""
    import_all(program, tmp_path, sent(FIR, "fir", inquest_number="MARG/0001/2026"))
    (tie,) = program.json("show", "fir")["ties"]
    assert (tie["record"], tie["called"]) == (None, "MARG/0001/2026")
    assert "not entered here" in program.run("history", "fir").stdout
    (doubt,) = (each["doubt"] for each in program.json("show", "fir")["doubts"] if "inquest" in each["doubt"])
    assert doubt == "no record of the register inquest is called MARG/0001/2026 here"
    import_all(program, tmp_path, sent(DEATH, "marg"))
    (from_fir,), (from_marg,) = program.json("show", "fir")["ties"], program.json("show", "marg")["ties"]
    assert from_fir["record"] == program.json("show", "marg")["record"]
    assert from_marg["record"] == program.json("show", "fir")["record"]


def test_a_struck_tie_leads_nowhere(program: Program, tmp_path: Path) -> None:
    """And the inquest may be converted to another FIR then."""
    first = sent(TURNED, "marg", fir="CG-RPR-01/0001/2026", at="2026-07-02T10:00:00+05:30")
    import_all(program, tmp_path, sent(DEATH, "marg"), sent(FIR, "fir"), sent(FIR, "other"), first)
    entry = program.json("history", "marg")["entries"][1]["entry_id"]
    strike = sent(
        "inquest.EntryCorrected", "marg", entry=entry, version=2, reason="wrong FIR", at="2026-07-02T11:00:00+05:30"
    )
    again = sent(TURNED, "marg", fir="CG-RPR-01/0002/2026", at="2026-07-02T12:00:00+05:30")
    assert import_all(program, tmp_path, strike, again)["recorded"] == 2
    assert program.json("show", "fir")["ties"] == []
    (tie,) = program.json("show", "other")["ties"]
    assert tie["called"] == "CG-RPR-01/MARG/0001/2026"
