"""Things without a label: they stand in a stock list by what they are, and somebody finds out later whose they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.roznamcha.kit import Program
from tests.roznamcha.test_audit_whole import FIR, audited, enter, shelf

HEAD = "matter,property_id,place,quantity,unit,seal,description"
SEEN = f"{FIR},PR/1,rack 1,500,g,K,"
ASKED = ("malkhana", "audit", "import", "list.csv", "--audit", "audit")


def listed(program: Program, *lines: str) -> Any:
    """What comes of a list of these lines."""
    (program.folder / "list.csv").write_text("\n".join([HEAD, *lines]) + "\n")
    return program.json(*ASKED)


def found(program: Program, name: str) -> list[dict[str, Any]]:
    """The entries of this name in the audit, with their versions."""
    entries = program.json("history", "audit")["entries"]
    return [each["fields"] | {"version": each["version"]} for each in entries if each["name"].endswith(f".{name}")]


def test_a_thing_without_a_label_is_a_difference_with_what_the_list_says(program: Program) -> None:
    """Each one, though they be alike; the same list, and the same things in another order, are nothing new."""
    enter(program, *shelf())
    bags = [",,Rack 9,2,kg,M,a brown  bag", ",,rack 9,3,kg,,a brown bag", f"{FIR},,rack 9,,,,a torn label"]
    taken = listed(program, SEEN, *bags)
    assert (taken["refused"], taken["agreed"], taken["entered"]) == (0, 1, 6)
    assert taken["differences"] == {"ItemNotFound": 2, "ItemUnrecorded": 3}
    first, second, third = found(program, "ItemUnrecorded")
    assert (first["description"], first["place"], first["seal"]) == ("a brown  bag", "Rack 9", "M")
    assert (first["quantity"], first["unit"], first["property_id"], first["alike"]) == ("2", "kg", "", 1)
    assert (second["quantity"], second["alike"], third["matter"], third["alike"]) == ("3", 2, FIR, 1)
    again = listed(program, SEEN, *bags)
    assert (again["entered"], again["already"], again["differences"]) == (0, 6, taken["differences"])
    turned = listed(program, bags[2], bags[0], bags[1], SEEN)
    assert (turned["entered"], turned["already"]) == (1, 5)  # the list itself is another one
    more = listed(program, SEEN, *bags, ",,rack 4,,,,a knife")
    assert (more["entered"], more["already"], more["differences"]["ItemUnrecorded"]) == (2, 5, 4)
    assert "what lies without a label in rack 9 (a brown bag, no. 2)" in doubts(program)


def doubts(program: Program) -> str:
    """What is doubted where the second bag is entered again by hand."""
    again = {"place": "rack 9", "description": "a brown bag", "alike": 2, "property_id": "", "matter": ""}
    enter(program, audited("ItemUnrecorded", **again))
    return str(program.json("history", "audit")["entries"][-1]["doubts"])


def test_whose_it_is_is_found_out_later(program: Program) -> None:
    """What it was taken for is struck, and so is that its article was not found; then the article is seen."""
    enter(program, *shelf())
    rest = [f"{FIR},PR/2,rack 1,500,g,K,"]
    listed(program, SEEN, *rest, ",,rack 1,500,g,K,a packet")
    (bag,), (gone,) = found(program, "ItemUnrecorded"), found(program, "ItemNotFound")
    assert gone["property_id"] == "PR/3"
    struck = []
    for each in (bag, gone):
        wrong = audited("EntryCorrected", version=each["version"], kind="other", reason="the packet is PR/3")
        del wrong["fields"]["entry"]
        struck.append(wrong)
    enter(program, *struck, audited("ItemSighted", "PR/3", place="rack 1", seal="K", seal_state="whole"))
    enter(program, audited("AuditClosed"))
    assert program.json("show", "audit")["stage"] == "closed without difference"


def test_item_by_item_it_counts_once_and_the_audit_is_finished(program: Program) -> None:
    """What was entered by hand is said already, and the rest is not found."""
    enter(program, *shelf())
    bag = {"place": "rack 9", "description": "a brown bag"}
    enter(program, audited("ItemUnrecorded", **bag), audited("ItemUnrecorded", **bag, alike=2))
    finished = program.json("malkhana", "audit", "finish", "audit")
    assert finished["differences"] == {"ItemNotFound": 3, "ItemUnrecorded": 2}
    assert (finished["entered"], finished["already"], finished["not_taken"]) == (4, 2, {})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "without a description"),
        ({"property_id": "PR/7"}, "without its matter"),
        ({"description": "a bag", "alike": 0}, "count from 1"),
        ({"description": "a bag", "quantity": "-1"}, "what was weighed or counted"),
    ],
)
def test_what_says_nothing_is_refused(program: Program, fields: dict[str, Any], why: str) -> None:
    """A thing without a label is known by what it is, one with a label by the whole of it."""
    enter(program, *shelf())
    options = [f"{key}={value}" for key, value in fields.items()]
    asked = [word for each in options for word in ("--field", each)]
    who = ("--record", "audit", "--by", "CG-1001,SI,auditor", "--station", "CG-RPR-01")
    refused = program.run("record", "malkhana_audit.ItemUnrecorded", *who, *asked, check=False)
    assert (refused.returncode, why in refused.stderr) == (1, True)
