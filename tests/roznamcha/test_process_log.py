"""Event logs for process mining: each form says the same, OCEL declares what it holds, the law lab reads ours."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.event import Actor
from projections.lives import Step
from roznamcha.lab import xes
from roznamcha.process_log import FORMS, writing
from tests.domain.law.bench import RULE, rules
from tests.domain.law.test_commands import ask
from tests.projections.test_lives import TOLD, lives, strands
from tests.stories.story import INVENTED

TYPES: dict[str, type] = {"string": str, "integer": int, "time": str}


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All stories in each form."""
    folder = tmp_path_factory.mktemp("logs")
    for form in FORMS:
        with writing(form, folder / f"log.{form}") as log:
            for life in lives():
                log.record(life)
    return {form: folder / f"log.{form}" for form in FORMS}


@pytest.fixture(scope="module")
def ocel(logs: dict[str, Path]) -> Any:
    """The stories as OCEL."""
    return json.loads(logs["ocel2"].read_text("utf-8"))


def test_every_form_tells_of_the_same_acts(logs: dict[str, Path], ocel: Any) -> None:
    """As often, at the same times; XES and CSV of the same records."""
    with logs["csv"].open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with logs["xes"].open("rb") as file:
        events = [row for _, row, _ in xes.events(file, "log.xes") if isinstance(row, dict)]
    acts = Counter((row["activity"], row["timestamp"]) for row in rows)
    assert acts.total() > 300
    assert acts == Counter((each["type"], each["time"]) for each in ocel["events"])
    assert [(each["case:concept:name"], each["concept:name"], each["time:timestamp"]) for each in events] == [
        (row["case_id"], row["activity"], row["timestamp"]) for row in rows
    ]
    shared = ("register", "district", "rank", "version", "recorded_at", "doubts", "property", "person")
    assert all(row[name] == each.get(name, "") for row, each in zip(rows, events, strict=True) for name in shared)


def test_ocel_declares_what_it_holds(ocel: Any) -> None:
    """Ids once each, types and columns declared with the kinds of their values, no link that leads nowhere."""
    assert set(ocel) == {"events", "objects", "eventTypes", "objectTypes"}
    known = {each["id"] for each in ocel["objects"]}
    assert len(known) == len(ocel["objects"])
    assert len({each["id"] for each in ocel["events"]}) == len(ocel["events"])
    for things, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {each["name"]: {one["name"]: one["type"] for one in each["attributes"]} for each in ocel[types]}
        assert declared.keys() == {each["type"] for each in ocel[things]}
        for each in ocel[things]:
            assert {link["objectId"] for link in each["relationships"]} <= known
            for value in each["attributes"]:
                assert type(value["value"]) is TYPES[declared[each["type"]][value["name"]]]
                assert things == "events" or value["time"].endswith("Z")


def test_a_record_that_is_named_and_not_asked_for_is_there_by_its_id_alone(tmp_path: Path) -> None:
    """A link must lead somewhere; and one that is asked for stands there once."""
    found = next(each for each in lives() if each.others)
    with writing("ocel2", tmp_path / "one") as log:
        log.record(found)
    objects = {each["id"]: each for each in json.loads((tmp_path / "one").read_text())["objects"]}
    assert [objects[other]["type"] for other in found.others] == list(found.others.values())
    assert all(objects[other]["attributes"] == [] for other in found.others)


def test_nothing_that_anybody_wrote_and_no_officer_is_in_a_log(logs: dict[str, Path]) -> None:
    """Sealed columns, places, reasons and descriptions stay out, and officers with their ids."""
    entries = [each for key in TOLD for strand in strands(key) for each in strand.entries]
    officers = {f'"{each.meta.actor.id}"' for each in entries} | {f",{each.meta.actor.id}," for each in entries}
    free = {getattr(each, name, "") for each in entries for name in ("place", "reason", "purpose", "laboratory")}
    for path in logs.values():
        text = path.read_text("utf-8")
        assert INVENTED not in text
        assert not [each for each in officers if each in text]
        assert not [each for each in free if isinstance(each, str) and len(each) > 12 and each in text]


def test_what_no_xml_may_hold_is_replaced(tmp_path: Path) -> None:
    """A rank with a quote, a tag and a control character is read again; the log is whole XML."""
    life = lives()[0]
    first = life.steps[0]
    actor = Actor(id="1", rank='a "<b>" & \x01', role="r")
    life.steps[0] = Step(replace(first.entry, meta=replace(first.entry.meta, actor=actor)), first.links)
    with writing("xes", tmp_path / "log.xes") as log:
        log.record(life)
    with (tmp_path / "log.xes").open("rb") as file:
        ranks = [row["rank"] for _, row, _ in xes.events(file, "log.xes") if isinstance(row, dict)]
    assert ranks[0] == 'a "<b>" & ?'


def test_a_log_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    """Whoever is stopped in the middle leaves the older file as it was, and nothing beside it."""
    (tmp_path / "log").write_text("older")
    with pytest.raises(KeyboardInterrupt), writing("csv", tmp_path / "log"):
        raise KeyboardInterrupt
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("log", "older")]


@pytest.mark.parametrize("form", ["xes", "csv"])
def test_the_law_lab_reads_what_is_written(tmp_path: Path, logs: dict[str, Path], form: str) -> None:
    """A rule from the registration to the first production before a Magistrate counts the same in both forms."""
    folder = rules(tmp_path, RULE.replace("Start", "case.FIRRegistered").replace("Stop", "case.AccusedProduced"))
    found = ask("check", "--log", str(logs[form]), "--rules", str(folder))["a-rule"]
    registered = sum(step.entry.name == "case.FIRRegistered" for life in lives() for step in life.steps)
    assert (found["opened"], found["log"]["rejected"], found["log"]["without_zone"]) == (registered, 0, 0)
    assert found["met"] > 0
