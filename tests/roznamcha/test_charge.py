"""The charge of a malkhana passes: two acts for each article, by two persons, and nothing passes that was not found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.acts import sent
from tests.roznamcha.kit import Program

OLD, NEW = "CG-2001,HC,malkhana moharrir", "CG-2002,HC,malkhana moharrir"
FIR = "CG-RPR-01/0001/2026"


def shelf(program: Program, *, counted: bool = True, changed: bool = True) -> None:
    """Three articles of a case and a found bag, all with CG-2001; one was not found in the audit of the change."""
    lines: list[dict[str, Any]] = [sent("case.FIRRegistered", "old:1")]
    item = {"category": "other", "description": "a packet", "quantity": "500", "unit": "g", "seal": "R"}
    items = [item | {"id": f"PR/{n}"} for n in (1, 2, 3)]
    lines.append(sent("case.PropertySeized", "old:1", memo="SM/1", items=items))
    lines.append(sent("property_unclaimed.PropertyFoundUnclaimed", "find:1", items=[item | {"id": "PR/1"}]))
    for number, (record, article) in enumerate((*(("old:1", f"PR/{n}") for n in (1, 2, 3)), ("find:1", "PR/1")), 1):
        register = "case" if record == "old:1" else "property_unclaimed"
        lines.append(
            sent(
                f"{register}.PropertyDeposited", record, property_id=article, place=f"rack {number}", seal="R",
                malkhana_serial=number, malkhana_year=2026, depositor="CG-1001", keeper="CG-2001", keeper_rank="HC",
            )
        )  # fmt: skip
    audit: dict[str, Any] = {"scope": "full", "occasion": "change of keeper", "keeper": "CG-2001"}
    lines.append(sent("malkhana_audit.AuditOpened", "audit:1", **audit))
    lines.append(sent("malkhana_audit.ItemNotFound", "audit:1", matter=FIR, property_id="PR/3"))
    lines.append(sent("malkhana_audit.SealMismatched", "audit:1", matter=FIR, property_id="PR/2", seal="S"))
    if counted:
        whole = {"digest": "9f", "lines": 4, "in_register": 4, "agreed": 2, "differences": 2}
        lines.append(sent("malkhana_audit.StockListReconciled", "audit:1", **whole))
    if changed:
        over = {"from_keeper": "CG-2001", "to_keeper": "CG-2002", "to_rank": "HC", "charge_report": "CR/7"}
        lines.append(sent("malkhana_audit.KeeperChanged", "audit:1", **over))
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["rejected"] == 0


def told(program: Program, *arguments: str, code: int = 0) -> Any:
    """A command with JSON, which ends so."""
    done = program.run("malkhana", *arguments, "--json", check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def how(passed: Any) -> dict[str, str]:
    """What became of each article, by its matter and id."""
    return {f"{each['matter']} {each['property_id']}": each["status"] for each in passed["articles"]}


def moves(program: Program, record: str) -> list[tuple[str, str, str]]:
    """The hand-overs of a record: act, article, who entered it."""
    found = program.json("history", record)["entries"]
    taken = ("PropertyHandedOver", "PropertyTakenOver")
    return [
        (each["name"].partition(".")[2], each["fields"]["property_id"], each["actor"]["id"])
        for each in found if each["name"].endswith(taken)
    ]  # fmt: skip


def test_a_whole_shelf_passes_article_by_article(tmp_path: Path, database: str) -> None:
    """Handed over by one and taken over by the other, each an entry of its own record; again, nothing is added."""
    program = Program(tmp_path, database)
    shelf(program)
    find = "CG-RPR-01/UNCLAIMED/0001/2026 PR/1"
    given = told(program, "hand-over", "audit:1", "--by", OLD)
    assert how(given) == {f"{FIR} PR/1": "recorded", f"{FIR} PR/2": "recorded", f"{FIR} PR/3": "left", find: "recorded"}
    assert told(program, "hand-over", "audit:1", "--by", OLD)["totals"] == {"left": 1}
    kept = program.json("malkhana", "take-over", "audit:1", "--by", NEW, "--without", find)
    assert how(kept) == {f"{FIR} PR/1": "recorded", f"{FIR} PR/2": "recorded", find: "left"}
    assert moves(program, "old:1") == [
        ("PropertyHandedOver", "PR/1", "CG-2001"), ("PropertyHandedOver", "PR/2", "CG-2001"),
        ("PropertyTakenOver", "PR/1", "CG-2002"), ("PropertyTakenOver", "PR/2", "CG-2002"),
    ]  # fmt: skip
    assert moves(program, "find:1") == [("PropertyHandedOver", "PR/1", "CG-2001")]
    assert how(told(program, "take-over", "audit:1", "--by", NEW)) == {find: "recorded"}
    links = {each["property_id"]: each for each in program.json("custody", FIR)["links"]}
    last = links["PR/2"]
    assert (last["holder"], last["holder_rank"], last["place"], last["seal"]) == ("CG-2002", "HC", "rack 2", "S")
    assert (last["purpose"], last["condition"], last["paper"]) == (
        "charge of the malkhana", "as counted in AUDIT/0001/2026", "CR/7",
    )  # fmt: skip
    assert (links["PR/3"]["holder"], links["PR/1"]["seal"]) == ("CG-2001", "R")


def test_only_the_two_persons_of_the_change_pass_anything(tmp_path: Path, database: str) -> None:
    """Not before the change is entered, not by another, not the taker before the giver; nothing is entered for it."""
    program = Program(tmp_path, database)
    shelf(program, changed=False)
    assert "has no change of keeper" in told(program, "hand-over", "audit:1", "--by", OLD, code=1)["message"]
    assert "and no audit" in told(program, "hand-over", "old:1", "--by", OLD, code=1)["message"]
    over = {"from_keeper": "CG-2001", "to_keeper": "CG-2002", "to_rank": "HC"}
    line = json.dumps(sent("malkhana_audit.KeeperChanged", "audit:1", **over))
    (tmp_path / "change.jsonl").write_text(line)
    assert program.json("import", "change.jsonl")["recorded"] == 1
    entries = program.count("entries")
    for by in (NEW, "CG-9,SI,somebody"):
        assert "it is for CG-2001 alone" in told(program, "hand-over", "audit:1", "--by", by, code=1)["message"]
    assert told(program, "take-over", "audit:1", "--by", NEW)["articles"] == []
    stray = ("--without", f"{FIR} PR/8")
    assert "not among what would pass" in told(program, "hand-over", "audit:1", "--by", OLD, *stray, code=1)["message"]
    assert program.count("entries") == entries
