"""A serial of the malkhana register is given once in a station, and who gave it to two records is told."""

from __future__ import annotations

import json
from typing import Any

from tests.acts import sent
from tests.roznamcha.kit import Program

STORED = {"depositor": "CG-1001", "keeper": "CG-2001", "place": "rack 1", "malkhana_year": 2026}


def item(number: int = 1) -> dict[str, Any]:
    """A thing."""
    return {"id": f"PR/{number}", "category": "other", "description": "a bag", "quantity": "2", "unit": "number"}


def elsewhere(line: dict[str, Any]) -> dict[str, Any]:
    """The same at another station."""
    return line | {"station": "CG-RPR-02"}


def case(key: str, *serials: int) -> list[dict[str, Any]]:
    """A case with a thing deposited under each of these serials."""
    ids = range(1, len(serials) + 1)
    return [
        sent("case.FIRRegistered", key, sections=["BNS 303(2)"]),
        sent("case.PropertySeized", key, items=[item(n) for n in ids], memo="SM/1"),
        *(
            sent("case.PropertyDeposited", key, property_id=f"PR/{n}", malkhana_serial=serial, **STORED)
            for n, serial in zip(ids, serials, strict=True)
        ),
    ]


def find(serial: int) -> list[dict[str, Any]]:
    """A find that belongs to nobody, deposited under this serial."""
    return [
        sent("property_unclaimed.PropertyFoundUnclaimed", "find", items=[item()]),
        sent("property_unclaimed.PropertyDeposited", "find", property_id="PR/1", malkhana_serial=serial, **STORED),
    ]


def enter(program: Program, *lines: dict[str, Any]) -> None:
    """These acts, in this order."""
    (program.folder / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    assert program.json("import", "acts.jsonl")["reasons"] == []


def shared(program: Program, *arguments: str) -> dict[int, list[tuple[str, str]]]:
    """The serials that the malkhana's list tells of, with what lies under each."""
    told = program.json("malkhana", "list", *arguments)["shared_serials"]
    return {each["serial"]: [(one["matter"], one["property_id"]) for one in each["deposits"]] for each in told}


def test_a_serial_in_two_records_of_a_station_is_told(program: Program) -> None:
    """Of two cases, and of a case and a find; not at another station, nor under a serial of another year."""
    away = [elsewhere(each) for each in case("away", 11)]
    last = case("last", 11)
    last[-1]["fields"]["malkhana_year"] = 2025
    enter(program, *case("one", 11, 12), *case("two", 11), *find(12), *away, *last)
    one, two, found = "CG-RPR-01/0001/2026", "CG-RPR-01/0002/2026", "CG-RPR-01/UNCLAIMED/0001/2026"
    expected = {11: {(one, "PR/1"), (two, "PR/1")}, 12: {(one, "PR/2"), (found, "PR/1")}}
    assert {serial: set(things) for serial, things in shared(program).items()} == expected
    assert shared(program, "--station", "CG-RPR-02") == {}
    told = program.run("malkhana", "list").stdout
    assert "malkhana register 12/2026" in told
    assert "stands in several records" in told
    lines = [each for each in told.splitlines() if "malkhana register 11/2026" in each]
    assert len(lines) == 1
    assert one in lines[0]
    assert two in lines[0]


def test_a_thing_that_comes_back_and_its_samples_keep_their_serial(program: Program) -> None:
    """That is one record's own, and no find."""
    back = {"property_id": "PR/1", "malkhana_serial": 11}
    samples = [{"id": "PR/1/S1", "quantity": "1", "unit": "number"}]
    enter(
        program,
        *case("one", 11),
        sent("case.PropertySplit", "one", property_id="PR/1", samples=samples, remaining="1", seal="K"),
        sent("case.PropertyProducedInCourt", "one", property_id="PR/1", court="CJM"),
        sent("case.PropertyReturnedFromCourt", "one", property_id="PR/1", court="CJM"),
        sent("case.PropertyDeposited", "one", **back, **STORED),
    )
    assert shared(program) == {}


def test_a_slip_that_was_struck_is_told_no_more(program: Program) -> None:
    """The deposit that bore the wrong serial has never happened."""
    enter(program, *case("one", 11), *case("two", 11))
    assert list(shared(program)) == [11]
    wrong = sent("case.EntryCorrected", "two", version=3, kind="wrong number or quantity", reason="it is 13")
    del wrong["fields"]["entry"]
    again = {"property_id": "PR/1", "malkhana_serial": 13}
    enter(program, wrong, sent("case.PropertyDeposited", "two", **again, **STORED))
    assert shared(program) == {}


def test_records_that_name_each_other_may_have_one_thing(program: Program) -> None:
    """A find whose papers joined a case is told with that; two cases that know nothing of each other are not."""
    whose = {"whose": "unclaimed property", "number": "UNCLAIMED/0001/2026"}
    enter(program, *case("one", 11, 12), *case("two", 11), *find(12), sent("case.PapersJoined", "one", **whose))
    told = program.json("malkhana", "list")["shared_serials"]
    assert {each["serial"]: each["tied"] for each in told} == {11: False, 12: True}
    assert program.run("malkhana", "list").stdout.count("perhaps it is one thing") == 1


def test_an_audit_tells_of_a_serial_in_two_records(program: Program) -> None:
    """With the names of both things, while it is compared; of its own station alone."""
    opened = sent("malkhana_audit.AuditOpened", "audit", scope="full", occasion="periodic", keeper="CG-2001")
    away = [elsewhere(each) for each in (*case("away", 9), *case("far", 9))]
    enter(program, *case("one", 11), *case("two", 11), *away, opened)
    rows = [f"CG-RPR-01/000{n}/2026,PR/1,rack 1" for n in (1, 2)]
    (program.folder / "list.csv").write_text("\n".join(["matter,property_id,place", *rows]) + "\n")
    asked = ("malkhana", "audit", "import", "list.csv", "--audit", "audit")
    taken = program.json(*asked, "--dry-run")
    assert taken["differences"] == {}
    assert [(each["station"], each["serial"], each["tied"]) for each in taken["shared_serials"]] == [
        ("CG-RPR-01", 11, False)
    ]
    assert "CG-RPR-01, malkhana register 11/2026" in program.run(*asked).stdout
