"""`tick` and what it told, as others script against it; and a ticker that is killed or stopped at any moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from domain.event import changed
from domain.law.words import TEXTS
from roznamcha.facts import explained
from tests.acts import sent
from tests.domain.deadline.kit import web
from tests.domain.law.kit import BOOK, ZONE
from tests.roznamcha.kit import ROOT, Program

FIR = "case.FIRRegistered"
STEPS = ("ticker: due read", "ticker: facts written", "ticker: facts appended")


@pytest.fixture
def station(program: Program, tmp_path: Path) -> Program:
    """The program with three FIRs of July, of which nobody has told anything yet; the third was published in time."""
    acts = [sent(FIR, f"old:{n}") for n in range(3)]
    acts.append(sent("case.FIRPublished", "old:2", at="2026-07-02T20:00:00+05:30"))
    (tmp_path / "acts.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in acts))
    program.run("import", "acts.jsonl")
    return program


def told(program: Program, record: str) -> list[str]:
    """What was told of the FIR on the website."""
    facts = program.json("deadlines", "--facts", record)
    assert [each["version"] for each in facts] == list(range(1, len(facts) + 1))
    return [each["name"].partition(".")[2] for each in facts if each["rule"] == "fir-web"]


def test_tick_once_tells_what_is_due_and_the_second_time_nothing(station: Program) -> None:
    """The document says as of when, what was new, and when something is due next."""
    first = station.json("tick", "--once")
    assert first.keys() == {"now", "told", "next_at"}
    assert first["told"]["Opened"] >= 3
    assert first["told"]["Lapsed"] >= 2
    assert station.json("tick", "--once")["told"] == {}
    assert told(station, "old:0") == ["Opened", "Lapsed"]
    assert told(station, "old:2") == ["Opened", "EnteredLate"]
    assert "nothing is to be told" in station.run("tick", "--once").stdout
    assert station.json("verify")["ok"] is True


def test_a_fact_has_what_a_reader_downstream_needs(station: Program) -> None:
    """Rule, law and its digest, whose duty, what follows, whether reviewed, every moment, its basis and its place."""
    station.run("tick", "--once")
    fact = station.json("deadlines", "--facts", "old:0")[-1]
    keys = {
        "record", "name", "version", "entry_id", "rule", "subject", "opened_by", "opened_at", "due_at", "last_day",
        "zone", "law", "digest", "basis", "reviewed", "policy", "duty", "consequence", "number", "counted",
        "fell_due_at", "noticed_at", "occurred_at", "recorded_at", "causation_id", "position",
    }  # fmt: skip
    assert fact.keys() >= keys
    assert station.json("deadlines", "--facts", "old:0", "--known-at", "2026-07-10") == []
    for listed in (("--facts", "old:0"), ("old:0",)):
        assert "not reviewed" in " ".join(station.run("deadlines", *listed).stdout.split())


def test_a_fact_is_explained_as_it_was_counted_when_it_was_told(station: Program) -> None:
    """Line by line in both languages, with all that isn't sure: no review, a start that is a setting, a policy."""
    station.run("tick", "--once")
    facts = station.json("deadlines", "--facts", "--explain", "old:0")
    opened = {
        each["rule"]: [line["en"] for line in each["explain"]] for each in facts if each["name"].endswith("Opened")
    }
    assert all(any("no lawyer has reviewed" in line for line in lines) for lines in opened.values())
    assert any(line.startswith("the text states no start; this one is a setting") for line in opened["progress-90"])
    assert (
        {each["rule"] for each in facts if each["policy"]}
        == {rule for rule, lines in opened.items() if "this is a department's policy and no law" in lines}
        != set()
    )
    station.run("record", "case.FIRPublished", "--record", "old:0", "--by", "C1,SI,officer", "--station", "S-1",
                "--at", "2026-07-02T13:00:00+05:30", "--field", "url=https://example.in/1")  # fmt: skip
    again = [each for each in station.json("deadlines", "--facts", "--explain", "old:0") if each in facts]
    assert again == facts, "what came later changes no explanation of what was told before"
    printed = " ".join(station.run("deadlines", "--facts", "--explain", "old:0").stdout.split())
    assert "Opened · progress-90" in printed
    assert "विधि के पाठ में आरंभ नहीं लिखा है" in printed


def test_a_fact_that_was_counted_by_another_text_says_so() -> None:
    """It can't be counted so again; that nobody had reviewed the rule is said all the same."""
    desk = web()
    desk.tell("2026-07-02 09:10")
    office: Any = SimpleNamespace(book=BOOK, settings=SimpleNamespace(zone=ZONE))
    (fact,) = desk.facts
    for other in ({"digest": "0" * 64}, {"basis": "0" * 64}, {"zone": "UTC"}, {"rule": "gone"}):
        (lines,) = explained(office, [changed(fact, **other)], [])
        assert [line.en for line in lines] == [TEXTS["another text"][0], TEXTS["unreviewed"][0]]
    (lines,) = explained(office, [fact], [])
    assert [line.en for line in lines] == [TEXTS["no clock"][0]]


def test_the_history_stays_the_case_s_own(station: Program) -> None:
    """What was told stands beside it and is shown when asked for; the case's versions and numbers don't move."""
    before = station.json("history", "old:0"), station.json("show", "old:0")
    station.run("tick", "--once")
    assert (station.json("history", "old:0"), station.json("show", "old:0")) == before
    both: list[dict[str, Any]] = station.json("history", "old:0", "--deadlines")["entries"]
    names = [each["name"] for each in both]
    assert names[0] == FIR
    assert "deadline.Lapsed" in names
    assert {each["struck_by"] for each in both} == {None}
    station.run("history", "old:0", "--deadlines")
    assert station.json("doctor")["ok"] is True


def test_nobody_enters_a_fact_by_hand(station: Program) -> None:
    """Neither as an act of its own nor on a case; and it is not among the acts that can be entered."""
    for record in ("", "old:0"):
        (station.folder / "fact.jsonl").write_text(json.dumps(sent("deadline.Lapsed", record)) + "\n")
        done = station.run("import", "fact.jsonl", "--rejects", "rejects.jsonl", check=False)
        assert done.returncode == 1
        assert "is told by the engine itself" in (station.folder / "rejects.jsonl").read_text()
    assert not [each for each in station.json("acts") if each["register"] == "deadline"]
    assert len(station.json("acts", "--register", "deadline")) == 10


def test_time_can_be_given_but_not_ahead(station: Program) -> None:
    """As of a past moment the clocks are told as they stood; of the future nothing is told."""
    done = station.run("tick", "--now", "2999-01-01", check=False)
    assert done.returncode == 2
    assert "nothing is told of the future" in done.stderr
    assert told(station, "old:0") == []
    assert "Lapsed" not in station.json("tick", "--now", "2026-07-01")["told"]
    assert station.json("tick", "--once")["told"]["Lapsed"] >= 2
    for wrong in (("tick", "--now", "yesterday"), ("deadlines", "--facts")):
        assert station.run(*wrong, check=False).returncode == 2


def test_a_ticker_stops_when_told(station: Program) -> None:
    """It tells as it runs; SIGTERM ends it with what it told and exit code 0."""
    process = station.start("tick", "--json")
    until = time.monotonic() + 240
    while told(station, "old:0") == [] and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert json.loads(out)["told"]["Opened"] >= 3


@pytest.mark.parametrize("step", STEPS)
def test_a_ticker_killed_at_any_step_is_finished_by_the_next(station: Program, step: str) -> None:
    """Kill -9 there; then everything is told once, and verifies."""
    code = (
        "import os, signal\nfrom consumers.steps import WATCHERS\n"
        f"WATCHERS.append(lambda step: os.kill(os.getpid(), signal.SIGKILL) if step == {step!r} else None)\n"
        "import sys\nsys.argv = ['roznamcha', 'tick', '--once']\nfrom roznamcha.cli import main\nmain()\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=station.environment, cwd=station.folder, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    station.run("tick", "--once")
    assert told(station, "old:0") == ["Opened", "Lapsed"]
    assert told(station, "old:2") == ["Opened", "EnteredLate"]
    assert station.json("verify")["ok"] is True


def test_every_step_of_the_ticker_is_killed_above() -> None:
    """A step that was added is added there."""
    text = "".join((ROOT / name).read_text() for name in ("consumers/ticker.py", "roznamcha/noting.py"))
    assert {each.partition('"')[0] for each in text.split('reach("')[1:]} == set(STEPS)
