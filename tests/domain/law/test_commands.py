"""The rule book at the command line: what contracts.md promises of `law list`, `law show` and `law due`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.law.book import shipped_texts
from roznamcha.errors import RoznamchaError, UnknownLaw, Usage
from roznamcha.law_commands import law
from tests.domain.law.kit import BOOK


def run(*arguments: str, code: int = 0) -> str:
    """What the program prints on stdout before it ends with `code`; a refusal is raised."""
    found = CliRunner(env={"ROZNAMCHA_TIMEZONE": "Asia/Kolkata"}).invoke(law, arguments, catch_exceptions=False)
    if isinstance(found.exception, RoznamchaError):
        raise found.exception
    assert found.exit_code == code
    return found.stdout


def ask(*arguments: str, code: int = 0) -> Any:
    """The JSON document it prints."""
    return json.loads(run(*arguments, "--json", code=code))


def test_due_answers_in_the_shape_that_others_script_against() -> None:
    """Rule, version, law, last day, the last instant, from when it has lapsed, and the counting."""
    found = ask("due", "def-bail", "--start", "2020-05-14", "--attr", "class90=false")
    assert {key: found[key] for key in ("rule", "version", "law", "last_day", "due_at", "lapses_from")} == {
        "rule": "def-bail",
        "version": "1978-12-18",
        "law": "CrPC 1973 s.167(2) proviso (a)",
        "last_day": "2020-07-12",
        "due_at": "2020-07-12T23:59:59.999999+05:30",
        "lapses_from": "2020-07-13",
    }
    assert all(set(line) == {"en", "hi"} for line in found["explain"])
    assert (found["reviewed"], found["policy"]) == (False, False)
    assert ask("due", "fsl-due", "--start", "2026-02-20")["policy"] is True


@pytest.mark.parametrize(
    ("arguments", "due_at"),
    [
        (["prod-24", "--start", "2026-07-02T09:00:00+05:30", "--attr", "journey_hours=5"], "2026-07-03T14:00:00+05:30"),
        (["prod-24", "--start", "2026-07-02T03:30:00Z"], "2026-07-03T09:00:00+05:30"),
        (
            ["fir-web", "--start", "2026-07-02 09:00:00+05:30", "--attr", "difficulty=geography"],
            "2026-07-05T09:00:00+05:30",
        ),
    ],
)
def test_hours_are_counted_to_the_instant(arguments: list[str], due_at: str) -> None:
    """By the clock, in the zone of the settings."""
    found = ask("due", *arguments)
    assert (found["due_at"], found["lapses_from"], found["last_day"]) == (due_at, due_at, due_at[:10])


def test_the_proceeding_picks_the_version() -> None:
    """`--governed` is the date by which the law is chosen."""
    found = ask("due", "def-bail", "--start", "2024-08-01", "--attr", "class90=TRUE", "--governed", "2024-06-30")
    assert (found["version"], found["last_day"]) == ("1978-12-18", "2024-10-29")


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (["due", "nope", "--start", "2026-01-01"], UnknownLaw, "there is no rule 'nope'; `roznamcha law list`"),
        (["due", "prelim", "--start", "2020-01-01"], UnknownLaw,
         "rule prelim governs nothing on 2020-01-01: its first version is from 2024-07-01"),
        (["show", "nope"], UnknownLaw, "there is no rule 'nope'"),
        (["due", "def-bail", "--start", "tomorrow"], Usage, "--start 'tomorrow': give a date like 2026-03-01"),
        (["due", "def-bail", "--start", "2026-W01-1"], Usage, "--start '2026-W01-1': give a date like 2026-03-01"),
        (["due", "def-bail", "--start", "2026-01-01", "--governed", "20240101"], Usage, "--governed '20240101' is no"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "proceeding_began=2024-W01-1"], Usage, "no day like"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "proceeding_began=20240101"], Usage, "is no day like"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "proceeding_began=2024-01-01 x"], Usage, "no day like"),
        (["due", "def-bail", "--start", "2026-02-30"], Usage, "--start '2026-02-30': give a date"),
        (["due", "def-bail", "--start", "2026-01-01T10:00:00"], Usage, "or a time with its zone"),
        (["due", "prod-24", "--start", "2026-01-01"], Usage, "rule prod-24 counts hours"),
        (["due", "def-bail", "--start", "2026-01-01", "--governed", "old"], Usage, "--governed 'old' is no date"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "class90"], Usage, "--attr 'class90': give name=value"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "x=1"], Usage, "knows no attribute 'x'"),
        (["due", "def-bail", "--start", "2026-01-01", "--attr", "class90=true", "--attr", "class90=false"], Usage,
         "each name once"),
        *((["due", "def-bail", "--start", "2026-08-03", "--attr", f"class90={value}"], Usage, "neither true nor false")
          for value in ("yes", "1", "ja", "YES", "")),
        (["due", "fir-web", "--start", "2026-07-02T09:00:00+05:30", "--attr", "difficulty=geografy"], Usage,
         "'geografy' is nothing that rule fir-web names; give connectivity, geography or none"),
        (["due", "prod-24", "--start", "2026-07-02T09:00:00+05:30", "--attr", "journey_hours=three"], Usage,
         "'three' is no number"),
    ],
)  # fmt: skip
def test_what_has_no_answer_is_told_in_one_line(arguments: list[str], error: type[RoznamchaError], told: str) -> None:
    """Exit code 1 where the law has no answer, 2 where the question has no sense."""
    with pytest.raises(error) as refused:
        run(*arguments)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == (1 if error is UnknownLaw else 2)


def test_the_list_has_every_rule() -> None:
    """In a table for a person, in a document for a script."""
    found = ask("list")
    assert [each["rule"] for each in found] == sorted(BOOK.rules)
    assert all(each["reviewed"] is False and each["title"]["hi"] for each in found)
    printed = run("list")
    assert all(each in printed for each in BOOK.rules)


@pytest.mark.parametrize("rule", sorted(BOOK.rules))
def test_a_rule_is_shown_with_words_sources_and_examples(rule: str) -> None:
    """Everything a lawyer would ask for."""
    found = ask("show", rule)
    assert found["digest"] == BOOK[rule].digest
    for version in found["versions"]:
        assert version["law"]
        assert bool(version["quote"]) is not found["policy"]
        assert version["source"]["where"]
    assert len(found["examples"]) >= 3
    printed = run("show", rule)
    assert "not reviewed" in printed
    assert BOOK[rule].title["hi"] in printed


def test_a_computation_is_printed_in_both_languages() -> None:
    """Line by line, with the last day first."""
    printed = run("due", "copies-14", "--start", "2026-02-20")
    assert "6 March 2026 · 6 मार्च 2026  (BNSS 2023 s.230)" in printed
    assert "20 February 2026 is not counted, and the last day is 6 March 2026" in printed
    assert "20 फ़रवरी 2026 नहीं गिना जाता" in printed
    assert "09:00:00" in run("due", "search-48", "--start", "2026-02-20T09:00:00+05:30")


def test_a_value_nobody_can_enter_is_a_flaw(tmp_path: Path) -> None:
    """Of a rule for the register's own acts; another log has words of its own."""
    (tmp_path / "bnss").mkdir()
    text = shipped_texts()["uapa/uapa-180.yaml"].replace("outcome: accepted", "outcome: acepted")
    (tmp_path / "bnss" / "uapa-180.yaml").write_text(text, encoding="utf-8")
    (flaw,) = ask("check-book", str(tmp_path), code=2)["flaws"]
    assert flaw["line"] == 15
    assert "overtakes: when: outcome: 'acepted' is none of accepted, " in flaw["why"]
    assert ask("check-book", str(tmp_path), "--foreign")["ok"] is True


def test_a_time_beyond_which_a_limit_does_not_reach_is_shown() -> None:
    """Fifteen days of police custody lie in the first forty or sixty; one computation knows no first remand."""
    *_, now = ask("show", "pc-15")["versions"]
    assert (now["limits"], now["within"]) == (["15 days"], ["60 days", "40 days"])
    assert ask("show", "def-bail")["versions"][0]["within"] is None
    for attributes, window in (([], "40 days"), (["--attr", "class90=true"], "60 days")):
        told = [each["en"] for each in ask("due", "pc-15", "--start", "2026-02-20", *attributes)["explain"]]
        assert (
            f"nor does it reach beyond the first {window} from case.AccusedRemanded: that is not counted here" in told
        )
