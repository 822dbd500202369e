"""The rule book at the command line: every rule, its words and sources, and one computation at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer

from domain.law.book import load_book
from domain.law.due import due as due_of
from domain.law.rule import BadQuestion, Rule, UnknownLaw
from roznamcha import errors
from roznamcha.errors import Usage
from roznamcha.intake import INSTANT
from roznamcha.plain import plain
from roznamcha.screen import AsJson, print_json, say, table
from roznamcha.settings import settings

law = typer.Typer(help="The rule book: list it, show a rule, compute a date.", no_args_is_help=True)


@law.command("list")
def list_rules(*, as_json: AsJson = False) -> None:
    """List every rule with its law, and whether a lawyer has reviewed it."""
    rules = load_book().rules.values()
    if as_json:
        print_json([_shown(rule) for rule in rules])
        return
    rows = [
        (
            rule.id,
            rule.title["en"],
            rule.title["hi"],
            str_limit(rule),
            rule.versions[-1].law,
            "policy" if rule.is_policy else "reviewed" if rule.is_reviewed else "not reviewed",
        )
        for rule in rules
    ]
    table("the rule book", ("rule", "title", "शीर्षक", "limit", "law", "state"), rows)


def str_limit(rule: Rule) -> str:
    """The limit of the newest version in words: both branches where it depends on something."""
    limit = rule.versions[-1].limit
    spans = []
    while limit.span is None:
        assert limit.then is not None  # noqa: S101 (no span, so both branches)
        assert limit.otherwise is not None  # noqa: S101
        spans.append(str(limit.then.span))
        limit = limit.otherwise
    return " / ".join([*spans, str(limit.span)])


@law.command("show")
def show_rule(rule: Annotated[str, typer.Argument(help="The rule: def-bail")], *, as_json: AsJson = False) -> None:
    """Show a rule: its words, its versions with their sources, its worked examples."""
    found = _rule(rule)
    if as_json:
        print_json(_shown(found))
        return
    say(f"{found.id}: {found.title['en']} · {found.title['hi']}")
    if not found.is_reviewed:
        say("No lawyer has reviewed this rule against the text yet.")
    if found.start_setting:
        say(f"The text states no start. By setting: {found.start_setting}.")
    says = found.consequence["says"]
    say(f"if it passes: {says['en']} · {says['hi']}", f"counted: {found.counting}; closed days: {found.closed_days}")
    rows = [
        (each.since, each.until or "", each.law, f"“{each.quote}”", f"{each.source.title}; {each.source.where}")
        for each in found.versions
    ]
    table("versions", ("from", "to", "law", "words", "source"), rows)
    worked = [
        (each.start, each.attrs or "", each.last_day or each.due_at, each.lapses_from, each.why)
        for each in found.examples
    ]
    table("worked examples", ("start", "given", "last day or hour", "lapses from", "why"), worked)
    if found.note:
        say(found.note)


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
    began = _start(start)
    attributes = dict(_attribute(each) for each in attr or [])
    try:
        governs = date.fromisoformat(governed) if governed else None
    except ValueError:
        message = f"--governed {governed!r} is no date"
        raise Usage(message) from None
    try:
        answer = due_of(found, began, attributes, governs, zone)
    except UnknownLaw as error:
        raise errors.UnknownLaw(str(error).strip("'\"")) from None
    except BadQuestion as error:
        raise Usage(str(error)) from None
    if as_json:
        print_json(answer.to_json())
        return
    last = answer.last_day.isoformat()
    say(
        f"{found.title['en']} · {found.title['hi']}: the last day is {last} ({answer.law}), lapses from {answer.lapses_from}"
    )
    for line in answer.explain:
        say(f"  {line.en}", f"  {line.hi}")


def _rule(name: str) -> Rule:
    try:
        return load_book().rule(name)
    except UnknownLaw as error:
        raise errors.UnknownLaw(str(error).strip('"')) from None


def _start(text: str) -> datetime | date:
    try:
        if len(text) == 10:  # noqa: PLR2004 (a date)
            return date.fromisoformat(text)
        if INSTANT.fullmatch(text):
            return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    message = f"--start {text!r}: give a date, or an RFC 3339 time with its zone"
    raise Usage(message)


def _attribute(given: str) -> tuple[str, Any]:
    name, equals, value = given.partition("=")
    if not equals:
        message = f"--attr {given!r}: give name=value"
        raise Usage(message)
    known = {"true": True, "false": False}
    if value in known:
        return name, known[value]
    return name, int(value) if value.lstrip("-").isdigit() else value


def _shown(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": plain(rule.title),
        "duty": rule.duty,
        "consequence": plain(rule.consequence),
        "per": rule.per,
        "counting": rule.counting,
        "closed_days": rule.closed_days,
        "governed_by": rule.governed_by,
        "start_setting": rule.start_setting,
        "policy": rule.is_policy,
        "reviewed": rule.is_reviewed,
        "digest": rule.digest,
        "versions": [
            {
                "from": plain(each.since),
                "to": plain(each.until),
                "law": each.law,
                "quote": each.quote,
                "source": plain(each.source),
            }
            for each in rule.versions
        ],
        "examples": plain(list(rule.examples)),
        "note": rule.note,
    }
