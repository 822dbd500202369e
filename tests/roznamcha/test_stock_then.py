"""A shelf is compared with the register of its own day: what is done with a parcel later makes no difference of it."""

from __future__ import annotations

import json
from typing import Any

from tests.acts import sent
from tests.roznamcha.kit import Program

FIR = "CG-RPR-01/0001/2026"
BEFORE, MORNING, NOON = "2026-07-02T10:00:00+05:30", "2026-07-03T09:30:00+05:30", "2026-07-03T12:00:00+05:30"
TAKEN = "2026-07-03T10:00:00+05:30"
KEEPER = {"id": "CG-2001", "rank": "HC", "role": "malkhana moharrir"}
PAST = range(1, 9)


def done(name: str, number: int, at: str, **fields: Any) -> dict[str, Any]:
    """The keeper does something with an article of the case."""
    return sent(f"case.{name}", "fir", at=at, property_id=f"PR/{number}", **fields) | {"actor": KEEPER}


def opened(number: int, at: str, old: str = "K") -> dict[str, Any]:
    """A parcel is opened."""
    return done("SealBroken", number, at, seal=old)


def resealed(number: int, at: str, seal: str) -> list[dict[str, Any]]:
    """A parcel is opened and sealed again."""
    return [opened(number, at), done("PropertyResealed", number, at, seal=seal)]


def sampled(number: int, at: str) -> list[dict[str, Any]]:
    """A sample is drawn from a parcel, which is sealed again."""
    sample = {"id": f"PR/{number}/S1", "quantity": "24", "unit": "g", "seal": "M"}
    return [opened(number, at), done("PropertySplit", number, at, samples=[sample], remaining="476", seal="M")]


def enter(program: Program, *lines: dict[str, Any]) -> None:
    """These acts, in this order."""
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    told = program.json("import", "acts.jsonl")
    assert told["rejected"] == 0, (program.folder / "acts.jsonl.rejects.jsonl").read_text()


def shelf(program: Program) -> None:
    """Eight parcels in the malkhana on the day before the audit; the ninth comes when the list was taken."""
    item = {"category": "other", "description": "d", "quantity": "500", "unit": "g", "seal": "K"}
    stored = {"depositor": "CG-1001", "keeper": "CG-2001", "place": "rack 1", "seal": "K"}
    enter(
        program,
        sent("case.FIRRegistered", "fir", sections=["BNS 303(2)"]),
        sent("case.PropertySeized", "fir", items=[item | {"id": f"PR/{n}"} for n in (*PAST, 9)], memo="SM/1"),
        *(done("PropertyDeposited", n, BEFORE if n in PAST else NOON, **stored) for n in (*PAST, 9)),
        sent("malkhana_audit.AuditOpened", "audit", at="2026-07-03T09:00:00+05:30",
             scope="full", occasion="periodic", keeper="CG-2001"),
    )  # fmt: skip


def compare(program: Program, *lines: str) -> Any:
    """The list of ten o'clock, compared after all that was done at noon."""
    head = "matter,property_id,place,quantity,unit,seal"
    (program.folder / "list.csv").write_text("\n".join([head, *(f"{FIR},{each}" for each in lines)]) + "\n")
    return program.json("malkhana", "audit", "import", "list.csv", "--audit", "audit", "--at", TAKEN)


def test_what_is_done_with_a_parcel_after_the_list_is_no_difference(program: Program) -> None:
    """Resealed, sampled, sent away or brought at noon; resealed before the list, though it is entered last.

    Nor is what was struck at noon: it never was.
    """
    shelf(program)
    enter(program, *resealed(8, MORNING, "Z"))
    wrong = [
        {"entry": each["entry_id"], "version": each["version"], "reason": "another parcel"}
        for each in program.json("history", "fir")["entries"][-2:]
    ]
    enter(
        program,
        *(sent("case.EntryCorrected", "fir", at=NOON, **each) for each in reversed(wrong)),
        *resealed(1, NOON, "M"),
        *sampled(2, NOON),
        *(done("PropertySentToLaboratory", n, NOON, seal="K") for n in (3, 4)),
        done("PropertyMoved", 5, NOON, place="rack 9"),
        *sampled(6, NOON),
        *resealed(7, MORNING, "N"),
    )
    ten = [*(f"PR/{n},rack 1,500,g,K" for n in (1, 2, 3, 5, 6, 8)), "PR/7,rack 1,500,g,N", "PR/9,rack 1,500,g,K"]
    told = compare(program, *ten)
    assert (told["differences"], told["agreed"], told["in_register"]) == ({}, 7, 7)
    assert told["moved_since"] == len({"PR/9", "PR/2/S1", "PR/6/S1", "PR/4"})
    again = compare(program, *ten)
    assert (again["entered"], again["already"]) == (0, 1)


def test_work_after_the_list_hides_no_difference(program: Program) -> None:
    """Another seal that is set at noon, a weight that is drawn, a parcel sent away, a loss that is reported."""
    shelf(program)
    enter(
        program,
        *resealed(1, NOON, "X"),
        *sampled(2, NOON),
        done("PropertySentToLaboratory", 3, NOON, seal="K"),
        done("PropertyMissing", 4, NOON),
        done("PropertyMoved", 5, NOON, place="rack 9"),
        *resealed(7, MORNING, "N"),
    )
    ten = [
        "PR/1,rack 1,500,g,X", "PR/2,rack 1,476,g,K", "PR/3,rack 1,400,g,K", "PR/5,rack 9,500,g,K",
        "PR/6,rack 1,500,g,K", "PR/7,rack 1,500,g,K", "PR/8,rack 1,500,g,K",
    ]  # fmt: skip
    told = compare(program, *ten)
    assert told["differences"] == {
        "SealMismatched": 2, "QuantityMismatched": 2, "PlaceMismatched": 1, "ItemNotFound": 1,
    }  # fmt: skip
    found = program.json("history", "audit")["entries"]
    said = {each["fields"]["property_id"]: each["fields"] for each in found if "property_id" in each["fields"]}
    assert {key: said[f"PR/{key}"]["register_seal"] for key in (1, 7)} == {1: "K", 7: "N"}
    assert said["PR/2"]["register_quantity"] == "500"
    assert said["PR/5"]["register_place"] == "rack 1"
