"""Each system from end to end: the request goes out, an answer comes in, the hand-over is closed, its clock stands."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from consumers.embedded import connected
from roznamcha.alone import alone
from roznamcha.errors import Usage
from roznamcha.exchange.answers import Taking
from roznamcha.exchange.published import schema_of
from roznamcha.exchange.systems import shipped, system_called, text_of
from roznamcha.importing import take_in
from tests.acts import sent
from tests.fault.test_order import until
from tests.roznamcha.exchanging import (
    CASE,
    CNR,
    JULY,
    REQUESTS,
    SYSTEMS,
    as_csv,
    as_lines,
    asked,
    asking,
    day,
    enter,
    took_in,
)
from tests.roznamcha.kit import Program
from tests.roznamcha.test_closing import WAITING
from tests.roznamcha.test_store import store_on


@pytest.fixture
def station(program: Program) -> Program:
    """The program with a request to each system, entered on 20 July."""
    return asking(program)


def messages(station: Program, system: str, *more: str) -> list[dict[str, Any]]:
    """What goes out."""
    return [json.loads(each) for each in station.run("exchange", "out", system, *more).stdout.splitlines()]


def answer(message: dict[str, Any], status: str, at: str, number: int, **told: str) -> dict[str, Any]:
    """An answer to one message."""
    return {"message_id": f"M{number}", "in_reply_to": message["message_id"], "status": status, "at": at} | told


ANSWERS: dict[str, list[tuple[str, str, dict[str, str]]]] = {
    "medleapr": [
        ("REGISTERED", day(3, 10), {"portal_number": "P/1"}),
        ("EXAMINED", day(3, 12), {}),
        ("FROZEN", day(4), {}),
        ("RECEIVED_BY_IO", day(4, 12), {"mlr_number": "MLR/1", "frozen": "true", "findings": "a bruise"}),
    ],
    "e-fsl": [
        ("ACCEPTED", day(6), {"fsl_number": "FSL/1"}),
        ("UNDER_PROCESS", day(7), {"fsl_number": "FSL/1"}),
        ("REPORT_READY", day(8), {"fsl_number": "FSL/1", "report_number": "R/1", "properties": "PR/1"}),
        ("DOWNLOADED", day(9), {"fsl_number": "FSL/1", "report_number": "R/1", "about": "A1", "result": "it is"}),
    ],
    "e-prosecution": [("RETURNED", day(7), {"officer": "ADPO-1", "defects": "document missing,witness missing"})],
    "e-chargesheet": [
        ("ACKNOWLEDGED", day(7), {"sr_number": "SR/1"}),
        ("REGISTERED", day(8), {"cnr": CNR, "sr_number": "SR/1"}),
    ],
}
CLOCKS = {"medleapr": ("mlr-due", "MR/1"), "e-fsl": ("fsl-due", "FSL/1"), "e-chargesheet": ("def-bail", "A1")}
"""The clock that an answer stops. No law and no policy gives the prosecutor a time."""


COLUMNS = shipped()["e-fsl"].answers[1:]


def state_of(station: Program, rule: str, subject: str, record: str = CASE) -> str:
    """How the clock of a rule stands."""
    (clock,) = (
        each for each in station.json("deadlines", record) if (each["rule"], each["subject"]) == (rule, subject)
    )
    state: str = clock["state"]
    return state


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_request_goes_out_and_its_answer_closes_it(station: Program, system: str) -> None:
    """Out as CSV, in as JSON; a second time nothing is recorded; the views agree with the entries."""
    text = station.run("exchange", "out", system, "--format", "csv").stdout
    station.run("exchange", "out", system, "-o", "out.csv")
    assert (station.folder / "out.csv").read_text() == text
    mine = [each for each in csv.DictReader(io.StringIO(text)) if each["called"] == "CG-RPR-01/0001/2026"]
    (message,) = mine
    assert REQUESTS[system] in message.values()
    assert (message["kind"], message["station"]) == ("request", "CG-RPR-01")
    lines = [answer(message, status, at, n, **told) for n, (status, at, told) in enumerate(ANSWERS[system])]
    tally, refused = took_in(station, system, as_lines(*reversed(lines)))
    passed = {"e-fsl": {"UNDER_PROCESS": 1}, "e-chargesheet": {"ACKNOWLEDGED": 1}}.get(system, {})
    assert (tally["recorded"], tally["passed"], refused) == (len(lines) - len(passed), passed, {})
    waiting = {each["subject"] for each in station.json("handoffs", CASE)["hand_offs"]}
    assert waiting == set(REQUESTS.values()) - {REQUESTS[system]}
    if system in CLOCKS:
        assert state_of(station, *CLOCKS[system]) == "entered late"  # done in time, and it is long past July
    store = store_on(station.url, JULY)
    again = take_in(store, station.folder / "answers.json", read=Taking(store, system_called(system), "json").lines)
    store.datastore.close()
    assert (again.recorded, again.already, again.rejected) == (0, tally["recorded"], 0)
    if system == "e-chargesheet":
        station.run("tick", "--once")
        facts = {(each["name"], each["rule"]) for each in station.json("deadlines", CASE, "--facts")}
        assert ("deadline.EnteredLate", "def-bail") in facts
        assert station.json("verify")["ok"] is True


def test_an_answer_in_time_and_one_too_late(program: Program) -> None:
    """Recorded in July the report is in time; one that comes after the sixty days is late, and both ends are told."""
    rows = [
        {"status": "ACCEPTED", "at": day(6), "fsl_number": "FSL/1"},
        {"status": "REPORT_READY", "at": day(9), "fsl_number": "FSL/1", "report_number": "R/1"},
    ]
    late = [rows[0], rows[1] | {"at": "2026-10-01T09:00:00+05:30"}]
    store = enter(program.with_key().url, JULY, *asked())
    file = program.folder / "answers.json"
    told = [each | {"record": CASE, "note": "FN/1", "message_id": f"A{n}"} for n, each in enumerate(rows)]
    file.write_bytes(as_lines(*told))
    assert take_in(store, file, read=Taking(store, system_called("e-fsl"), "json").lines).recorded == 2
    store.datastore.close()
    assert state_of(program, "fsl-due", "FSL/1") == "met"
    told = [each | {"record": "old:2", "note": "FN/1", "message_id": f"B{n}"} for n, each in enumerate(late)]
    data = as_csv(["message_id", *COLUMNS], *told)
    assert took_in(program, "e-fsl", data, "answers.csv")[0]["recorded"] == 2
    assert state_of(program, "fsl-due", "FSL/1", "old:2") == "met late"


def test_what_goes_out_is_told_in_spans(station: Program) -> None:
    """Two spans make one whole, in either form; a day is a span too; nothing sealed is in it; a strike is told."""
    whole = messages(station, "e-fsl")
    assert [each["called"] for each in whole] == ["CG-RPR-01/0001/2026", "CG-RPR-01/0002/2026"]
    assert whole == messages(station, "e-fsl", "--since", "2026-07-20")
    assert messages(station, "e-fsl", "--since", "2026-07-21") == []
    assert [(each["questions"], each["withheld"]) for each in whole] == [(None, ["questions"])] * 2
    assert whole[0]["properties"] == ["PR/1"]
    file = station.folder / "out.json"
    told = station.json("exchange", "out", "e-fsl", "--until", "7", "-o", str(file))
    first = file.read_text()
    assert (told["messages"], told["next"]) == (1, 7)
    told = station.json("exchange", "out", "e-fsl", "--since", "7", "-o", str(file))
    assert [json.loads(each) for each in (first + file.read_text()).splitlines()] == whole
    assert told["next"] == station.count("entries")
    entry = station.json("history", CASE)["entries"][4]
    strike = {"version": 5, "entry": entry["entry_id"], "reason": "no"}
    enter(station.url, JULY, sent("case.EntryCorrected", CASE, at=day(9), **strike)).datastore.close()
    assert messages(station, "e-fsl", "--since", str(told["next"])) == [whole[0] | {"kind": "withdrawn"}]
    assert messages(station, "e-fsl") == [*whole, whole[0] | {"kind": "withdrawn"}]
    assert messages(station, "medleapr", "--since", str(told["next"])) == []


def test_sealed_columns_are_opened_for_whom_they_are_addressed_to(station: Program) -> None:
    """Only when somebody answers for it, and the record says so; what is not addressed to a system is never opened."""
    opened = ("--open", "--by", "CG-9001,SI,exchange officer", "--reason", "asked of the laboratory")
    done = station.run("exchange", "out", "e-fsl", "--open", check=False)
    assert (done.returncode, "say who has it done" in done.stderr) == (2, True), done.stderr
    done = station.run("exchange", "out", "medleapr", *opened, check=False)
    assert (done.returncode, "nothing sealed is addressed to medleapr" in done.stderr) == (2, True), done.stderr
    found = messages(station, "e-fsl", *opened)
    assert [(each["questions"], each["withheld"]) for each in found] == [("is it what A1 said it is", [])] * 2
    last = station.json("history", CASE)["entries"][-1]
    assert (last["name"], last["actor"]["id"]) == ("case.AccessRecorded", "CG-9001")
    assert last["fields"]["columns"] == [{"version": 5, "column": "questions", "person": "A1"}]
    assert last["fields"]["purpose"] == "investigation"


def test_a_state_brings_its_own_file(station: Program) -> None:
    """The file that ships, with other columns and statuses, reads what that State's system writes."""
    own = station.folder / "own.yaml"
    text = station.run("exchange", "list", "e-fsl", "--yaml").stdout
    for old, new in (
        ("  status: status\n", "  status: haal\n"),
        ("note, status, at,", "note, haal, din,"),
        ('at: "{at}"', 'at: "{din:noon}"'),
        ("ACCEPTED", "SWEEKRIT"),
        ("{status: ", "{haal: "),
        ("    note: note\n", "    patra: note\n"),
        ("  fills: {laboratory: laboratory}\n", "  fills: {laboratory: laboratory}\n  ignore: [tippani]\n"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    own.write_text(text, encoding="utf-8")
    (message, _) = messages(station, "e-fsl", "--map", str(own))
    assert message["patra"] == "FN/1"
    row = {"message_id": "1", "record": CASE, "note": "FN/1", "haal": "SWEEKRIT", "din": "2026-07-06", "tippani": "x"}
    row |= {"fsl_number": "FSL/1"}
    tally, refused = took_in(station, "e-fsl", as_lines(row), "a.json", "--map", str(own), "--dry-run")
    assert (tally["recorded"], tally["dry_run"], refused) == (1, True, {})
    assert station.count("entries") == len(asked())
    tally, refused = took_in(station, "e-fsl", as_lines(row), "a.json", "--map", str(own))
    assert (tally["recorded"], refused) == (1, {})
    assert station.json("history", CASE)["entries"][-1]["occurred_at"] == "2026-07-06T06:30:00Z"


BAD_MAPS = [
    ("system: e-fsl", "system: e-lab", "is of e-lab, and e-fsl was asked for"),
    ("system: e-fsl", "", "'system' is missing"),
    ("exchange: 1", "exchange: 1\nmore: 1", "unknown key 'more'"),
    ("  status: status", "  status: stat", "'stat' is none of them"),
    ("case.ForwardingNoteSent: {}", "case.FIRRegistered: {}", "is no act by which something is sent"),
    ("case.ForwardingNoteSent: {}", "case.ForwardingNoteSent: {channel: [paper]}", "'channel' is none of them"),
    ("    note: note", "    note: notes", "'notes' is none of them"),
    ("$called", "$name", "'name' is none of them"),
    ("{questions: investigation}", "{note: investigation}", "'note' is none of them"),
    ("after: [ACCEPTED]", "after: [TAKEN]", "'TAKEN' is none of them"),
    ("{status: REJECTED}", "{status: TURNED}", "'TURNED' is none of them"),
    ("name: case.LaboratoryRejected", "name: case.LaboratoryRejectd", "did you mean case.LaboratoryRejected"),
    ("zone: Asia/Kolkata", "zone: Asia/Raipur", "is no time zone"),
    ("against: [REJECTED]", "against: [REJECTED", "is not YAML"),
]


@pytest.mark.parametrize(("old", "new", "why"), BAD_MAPS, ids=[why for *_, why in BAD_MAPS])
def test_a_map_that_is_wrong_is_told_before_the_first_line(tmp_path: Path, old: str, new: str, why: str) -> None:
    """By what is wrong in it, and which names there are."""
    text = text_of("e-fsl")
    assert old in text
    (tmp_path / "own.yaml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(Usage, match=re.escape(why)):
        system_called("e-fsl", tmp_path / "own.yaml")


def test_the_systems_are_listed(tmp_path: Path) -> None:
    """With acts, statuses and identifiers; their words in both languages; the shape of the files as JSON Schema."""
    program = Program(tmp_path, "postgresql://nobody@127.0.0.1:1/none")  # nothing of a database is asked
    found = {each["system"]: each for each in program.json("exchange", "list")}
    assert tuple(found) == SYSTEMS
    assert found["medleapr"]["identifiers"] == {
        "ours": "request",
        "theirs": ["portal_number", "mlr_number", "pmr_number"],
    }
    for each in found.values():
        assert {"sends", "statuses", "hand_offs", "columns", "opens", "source"} <= each.keys()
        assert all(status["says"]["en"] and status["says"]["hi"] for status in each["statuses"])
    text = program.run("exchange", "list", "e-prosecution").stdout
    assert "अभियोजन स्वीकृति दी गई" in text
    assert "case.ProsecutionClearanceRefused" in text
    done = program.run("exchange", "out", "e-fsl", "--since", "yesterday", check=False)
    assert (done.returncode, "neither a position of the log nor a day" in done.stderr) == (2, True), done.stderr
    with pytest.raises(Usage, match="there are e-chargesheet, e-fsl, e-prosecution, medleapr"):
        system_called("e-court")
    with pytest.raises(Usage, match="cannot be read"):
        system_called("e-fsl", tmp_path / "none.yaml")


def test_the_published_shape_fits_what_is_written() -> None:
    """Every column of a message and of an answer is in the schema, and the statuses are the system's own."""
    for system in shipped().values():
        defs = schema_of(system)["$defs"]
        assert list(defs["message"]["properties"]) == list(system.columns)
        assert list(defs["answer"]["properties"]) == list(system.answers)
        assert defs["answer"]["properties"][system.names["status"]] == {"enum": list(system.statuses)}


def test_of_two_files_at_once_the_second_sees_what_the_first_answered(station: Program) -> None:
    """One is taken in after the other: a request is not accepted by one and rejected by the other."""
    (message,) = [each for each in messages(station, "e-fsl") if each["called"] == "CG-RPR-01/0001/2026"]
    accepted = answer(message, "ACCEPTED", day(6), 1, fsl_number="FSL/1")
    rejected = answer(message, "REJECTED", day(6), 2, reason="the seal was broken")
    (station.folder / "late.json").write_text(json.dumps(rejected))
    with connected(station.url) as connection, alone(station.url, "exchange e-fsl"):
        waits = station.start("exchange", "in", "e-fsl", "late.json", "--json")
        assert until(lambda: connection.execute(WAITING).fetchone()[0] == 1, 60)
        (station.folder / "first.json").write_bytes(as_lines(accepted))
        store = store_on(station.url)
        first = take_in(store, station.folder / "first.json", read=Taking(store, system_called("e-fsl"), "json").lines)
        store.datastore.close()
        assert (first.recorded, first.rejected) == (1, 0)
    told, words = waits.communicate(timeout=120)
    assert (waits.returncode, json.loads(told)["rejected"]) == (1, 1), words
    names = [each["name"] for each in station.json("history", CASE)["entries"]]
    assert ("case.LaboratoryAccepted" in names, "case.LaboratoryRejected" in names) == (True, False)


def test_some_answers_refused_is_an_exit_code_of_its_own(station: Program) -> None:
    """5 where others went in, 1 where none did, 0 where all did; said alike by the rehearsal."""
    (message,) = [each for each in messages(station, "e-fsl") if each["called"] == "CG-RPR-01/0001/2026"]
    good = as_lines(answer(message, "ACCEPTED", day(6), 1, fsl_number="FSL/1"))
    for data, code in ((good + b"rubbish\n", 5), (b"rubbish\n", 1), (good, 0), (good + b"rubbish\n", 5)):
        (station.folder / "answers.json").write_bytes(data)
        for more in (["--dry-run"], ["--json"], []):
            done = station.run("exchange", "in", "e-fsl", "answers.json", *more, check=False)
            assert done.returncode == code, (data, more, done.stdout + done.stderr)
