"""The rule book at the command line: every rule, its words and sources, one computation at a time, and its checks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

import domain
from domain.event import ACTS
from domain.law.book import load_book, shipped_texts
from domain.law.counting import written_day, written_start
from domain.law.due import due as due_of
from domain.law.lint import flaws
from domain.law.rule import BadQuestion, Rule, Trigger, UnknownLaw, Version
from domain.law.waiting import unclocked, waiting
from domain.law.words import day_words
from domain.shape import columns
from roznamcha import errors
from roznamcha.closed_days import closed_days
from roznamcha.commands.law_check import law_check
from roznamcha.errors import Usage
from roznamcha.lab.rules import texts_in
from roznamcha.law_table import limits, page
from roznamcha.screen import AsJson, print_json, say, table
from roznamcha.settings import settings

law = typer.Typer(help="The rule book: list it, show a rule, compute a date, try rules on a log.", no_args_is_help=True)
law.command("check")(law_check)


@law.command("list")
def list_rules(*, as_json: AsJson = False) -> None:
    """List every rule with its law, and whether a lawyer has reviewed it."""
    rules = load_book().rules.values()
    if as_json:
        print_json([_listed(rule) for rule in rules])
        return
    newest = [(each, each.versions[-1]) for each in rules]
    rows = [
        (each.id, each.title["en"], each.title["hi"], limits(now), now.law, _standing(each)) for each, now in newest
    ]
    table("the rule book", ("rule", "title", "शीर्षक", "limit", "law", "state"), rows)
    say("`roznamcha law show RULE` shows a rule's words, sources and worked examples.")


@law.command("show")
def show_rule(rule: Annotated[str, typer.Argument(help="The rule: def-bail")], *, as_json: AsJson = False) -> None:
    """Show a rule: its words, its versions with their sources, its worked examples."""
    found = _rule(rule)
    if as_json:
        print_json(_shown(found))
        return
    says = found.consequence["says"]
    say(
        f"{found.id}: {found.title['en']} · {found.title['hi']} ({_standing(found)})",
        f"{found.duty}; for each {found.per}; counted: {found.counting}; closed days: {found.closed_days}; "
        f"governed by the {found.governed_by}",
        f"class {found.consequence['class']}: {says['en']} · {says['hi']}",
    )
    if found.start_setting is not None:
        say(f"The text states no start. By setting: {found.start_setting['en']} · {found.start_setting['hi']}")
    say(f"starts: {_facts(found.starts)}", f"stops: {_facts(found.stops)}")
    versions = [
        (each.since, each.until, each.law, f"“{each.quote}”", limits(each), _source(each)) for each in found.versions
    ]
    table("versions", ("from", "to", "law", "words", "limit", "source"), versions)
    examples = [(each.start, _given(each.attrs), each.due_at or each.last_day, each.why) for each in found.examples]
    table("worked examples", ("start", "given", "last day or hour", "why"), examples)
    say(*(text for text in (found.note, *(each.note for each in found.versions)) if text), f"digest {found.digest}")


@law.command()
def due(
    rule: Annotated[str, typer.Argument(help="The rule: def-bail")],
    start: Annotated[str, typer.Option(help="When it begins: a date, or an RFC 3339 time with its zone")],
    attr: Annotated[list[str] | None, typer.Option(help="What the limit depends on: class90=true")] = None,
    governed: Annotated[str, typer.Option(help="The date that picks the version; default: the start")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Compute one limit: the last day, and from when it has lapsed."""
    found, zone = _rule(rule), settings().zone
    try:
        answer = due_of(found, _start(start), _attributes(attr or []), _day(governed, "--governed"), zone,
                        closed=closed_days(settings()))  # fmt: skip
    except UnknownLaw as error:
        raise errors.UnknownLaw(*error.args) from None
    except BadQuestion as error:
        raise Usage(str(error)) from None
    if as_json:
        print_json(answer.to_json())
        return
    last = day_words(answer.last_day)
    ends = answer.due_at.strftime(", %H:%M:%S") if isinstance(answer.lapses_from, datetime) else ""
    say(f"{found.title['en']} · {found.title['hi']}: {last.en}{ends} · {last.hi}{ends}  ({answer.law})")
    for line in answer.explain:
        say(f"  {line.en}", f"  {line.hi}")


@law.command("table")
def print_table(*, as_json: AsJson = False) -> None:
    """Print the whole book as one page of Markdown: `docs/rule-book.md` is this."""
    text = page(load_book(), waiting(), unclocked())
    if as_json:
        print_json({"markdown": text})
    else:
        sys.stdout.write(text)


@law.command("check-book")
def check_book(
    folder: Annotated[Path | None, typer.Argument(help="A folder of rule files; default: the book that ships")] = None,
    *,
    foreign: Annotated[
        bool, typer.Option("--foreign", help="Rules for another log: any activity may be named")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check every rule file, and tell every flaw with its file, line and reason. Exit code 2 when there is one."""
    texts = shipped_texts() if folder is None else texts_in(folder)
    domain.load()
    acts = {name: {column.name: column.shape for column in columns(act)} for name, act in ACTS.items()}
    zone = settings().zone
    found = flaws(texts, None if foreign else acts, zone, datetime.now(zone).date())
    if as_json:
        shown = [{"file": each.file, "line": each.line, "why": each.why} for each in found]
        print_json({"ok": not found, "files": len(texts), "flaws": shown})
    else:
        said = f"{len(texts)} rule files: {'nothing to complain of' if not found else f'{len(found)} flaws'}"
        say(*map(str, found), said)
    if found:
        raise typer.Exit(Usage.exit_code)


def _rule(name: str) -> Rule:
    try:
        return load_book().rule(name)
    except UnknownLaw as error:
        raise errors.UnknownLaw(*error.args) from None


def _start(text: str) -> datetime | date:
    try:
        found = written_start(text)
        return found.astimezone(UTC) if isinstance(found, datetime) else found
    except (ValueError, OverflowError):
        pass
    message = f"--start {text!r}: give a date like 2026-03-01, or a time with its zone like 2026-03-01T10:00:00+05:30"
    raise Usage(message)


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return written_day(text)
    except ValueError:
        message = f"{option} {text!r} is no date like 2024-06-30"
        raise Usage(message) from None


def _attributes(given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name or name in found:
            message = f"--attr {each!r}: give name=value, each name once"
            raise Usage(message)
        found[name] = {"true": True, "false": False}.get(value.casefold(), value)
    return found


def _standing(rule: Rule) -> str:
    """How sure anybody is of a rule."""
    words = ["policy, no law"] if rule.is_policy else []
    if any(each.source.read == "secondary" for each in rule.versions):
        words.append("partly read in secondary sources")
    return ", ".join([*words, "reviewed" if rule.is_reviewed else "not reviewed"])


def _given(attributes: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={str(value).lower()}" for name, value in attributes.items())


def _source(version: Version) -> str:
    return f"{version.source.title}; {version.source.where} ({version.source.read or 'not said'})"


def _facts(triggers: tuple[Trigger, ...]) -> str:
    shown = []
    for each in triggers:
        where = f" where {' and '.join(map(str, each.when))}" if each.when else ""
        shown.append(f"{each.fact}{f'.{each.at}' if each.at else ''}{where}")
    return ", ".join(shown)


def _listed(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": dict(rule.title),
        "duty": rule.duty,
        "consequence": {"class": rule.consequence["class"], "says": dict(rule.consequence["says"])},
        "per": rule.per,
        "counting": rule.counting,
        "closed_days": rule.closed_days,
        "governed_by": rule.governed_by,
        "start_is_a_setting": rule.start_setting is not None,
        "attributes": sorted(rule.attributes()),
        "law": rule.versions[-1].law,
        "policy": rule.is_policy,
        "reviewed": rule.is_reviewed,
        "digest": rule.digest,
    }


def _shown(rule: Rule) -> dict[str, Any]:
    return _listed(rule) | {
        "start_setting": dict(rule.start_setting) if rule.start_setting is not None else None,
        "starts": [each.fact for each in rule.starts],
        "stops": [each.fact for each in rule.stops],
        "alarm": [str(each) for each in rule.alarm],
        "note": rule.note,
        "versions": [
            {
                "from": each.since.isoformat(),
                "to": each.until.isoformat() if each.until else None,
                "law": each.law,
                "quote": each.quote,
                "source": {"title": each.source.title, "where": each.source.where, "read": each.source.read},
                "limits": [str(span) for span in each.limit.spans()],
                "at_most": str(each.at_most) if each.at_most else None,
                "within": [str(span) for span in each.within.spans()] if each.within else None,
                "applies": [str(condition) for condition in each.applies],
                "note": each.note,
            }
            for each in rule.versions
        ],
        "examples": [
            {
                "start": each.start,
                "attrs": dict(each.attrs),
                "governed": each.governed.isoformat() if each.governed else None,
                "last_day": each.last_day.isoformat() if each.last_day else None,
                "lapses_from": each.lapses_from or None,
                "due_at": each.due_at or None,
                "why": each.why,
            }
            for each in rule.examples
        ],
    }
