"""Reads rule files as a careful colleague would before they are used: every flaw, with file, line and reason.

`rule_form.py` refuses a file for the first thing that is wrong. Here each part is read by itself, so that a lawyer
mends a file once; and what only the whole book can tell is told too: acts and columns that there are, examples that
come out, names given twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, tzinfo
from functools import partial
from typing import Any

from domain.law.book import read_rule, read_yaml
from domain.law.counting import written_start
from domain.law.due import due
from domain.law.form import Flaw, Marked
from domain.law.grammar import UNITS, Span
from domain.law.offences import ACTS, packaged
from domain.law.rule import BadQuestion, BadRule, Example, Rule, Trigger, UnknownLaw, Version
from domain.law.rule_form import ALWAYS, OPTIONAL, PER, SHIPPED, TRIGGER_KEYS, RuleForm
from domain.law.values import Columns, odd_values
from domain.shape import Shape

WORDS: Mapping[str, tuple[str, ...]] = {
    "counting": tuple(UNITS),
    "per": tuple(PER),
    "repeats": ("each", "first"),
    "early_stop": ("ignored", "counts"),
    "governed_by": ("proceeding", "start"),
    "closed_days": ("do-not-extend", "next-open-day"),
}
"""The keys that take one of these words."""

PART_ONLY = "IPC "
"""The Act of which the tables have only the sections of old cases that matter most."""

TIMES, NUMBERS = {"instant"}, {"whole", "decimal"}
"""The kinds of column that hold a moment, and those that hold a number."""

DAYS = {"hour": 1 / 24, "day": 1, "month": 28, "year": 365}
"""The shortest that a unit can be, in days."""


def flaws(texts: Mapping[str, str], acts: Columns | None, zone: tzinfo, today: date = date.max) -> list[Flaw]:
    """Every flaw of these rule files, by their names (`bnss/def-bail.yaml`; the folder is part of the name).

    `acts` are every act and trait by name, with its columns and what may stand in each. Without them it is the book of
    somebody else's log: any activity may be named, and titles, examples and reviews are not asked for. No review is
    of a day after `today`.
    """
    found: list[Flaw] = []
    named: dict[str, str] = {}
    for file, text in sorted(texts.items()):
        try:
            folder = file.rpartition("/")[0].rpartition("/")[2]
            rule = read_rule(text, folder=folder, where=file, foreign=acts is None)
        except BadRule as error:
            found += _of_form(file, text, error, foreign=acts is None)
            continue
        table = read_yaml(text, file)
        if rule.id in named:
            why = f"rule {rule.id}: {named[rule.id]} has a rule of that name too"
            found.append(Flaw(file, table.lines["rule"], why))
        named.setdefault(rule.id, file)
        found += [Flaw(file, line, f"rule {rule.id}: {why}") for line, why in _of_rule(rule, table, acts, zone)]
        if acts is not None and rule.reviewed_on is not None and rule.reviewed_on > today:
            why = f"rule {rule.id}: reviewed: {rule.reviewed_on} is still to come"
            found.append(Flaw(file, table["reviewed"].lines["on"], why))
    return sorted({*found, *(odd_values(texts, acts) if acts is not None else ())})


def _flaw(file: str, error: BadRule) -> Flaw:
    line, _, why = str(error).removeprefix(f"{file}:").partition(":")  # the name itself may have a colon
    return Flaw(file, int(line), why.strip())


def _of_form(file: str, text: str, first: BadRule, *, foreign: bool) -> Iterator[Flaw]:
    """Every part that can't be read; the first complaint is among them."""
    yield _flaw(file, first)
    try:
        table = read_yaml(text, file)
    except BadRule:
        return
    if not isinstance(table, Marked) or not isinstance(table.get("rule"), str):
        return
    form = RuleForm(table, f"rule {table['rule']}", file)
    for read in _parts(form, foreign=foreign):
        try:
            read()
        except BadRule as error:
            yield _flaw(file, error)
        except (AttributeError, KeyError, TypeError):  # the part stands on one that was told already
            continue


def _parts(form: RuleForm, *, foreign: bool) -> Iterator[Callable[[], object]]:
    """How each part of a rule is read."""
    known, table = (*ALWAYS, *SHIPPED, *OPTIONAL), form.table
    for key in table:
        yield partial(_known, form, key, known)
    for key in ALWAYS if foreign else (*ALWAYS, *SHIPPED):
        yield partial(form.keys, tuple(table), (key,))
    yield from (form.consequence, form.reviewed, form.setting, form.alarm, form.pauses)
    if "title" in table:
        yield partial(form.both, "title")
    for key in ("duty", "note"):
        yield partial(form.text, key, long=True)
    for key, words in WORDS.items():
        yield partial(form.one_of, key, words, "" if key in ALWAYS else words[0])
    yield partial(form.one_of, "applies_by", ("start", "alterations"), "")
    for key in TRIGGER_KEYS.keys() - {"suspends"}:
        given = table.get(key, [])
        for each in given if isinstance(given, list) else [given]:
            yield partial(form.triggers, key, [each])
    yield from _rows(form, foreign=foreign)


def _known(form: RuleForm, key: str, known: tuple[str, ...]) -> None:
    if key not in known:
        form.bad(f"unknown key {key!r}", key)


def _rows(form: RuleForm, *, foreign: bool) -> Iterator[Callable[[], object]]:
    """The versions and the examples, each by itself and then as a list."""
    table, counting = form.table, str(form.table.get("counting"))
    versions = table.get("versions", [])
    for each in versions if isinstance(versions, list) else []:
        yield partial(
            RuleForm(_with(table, versions=[each]), form.name, form.where).versions, counting, foreign=foreign
        )
    yield partial(form.versions, counting, foreign=foreign)
    examples = table.get("examples", [])
    for each in examples if isinstance(examples, list) else []:
        yield partial(form.example, each)
    yield partial(form.examples, foreign=foreign)


def _with(table: Marked, **changed: Any) -> Marked:  # noqa: ANN401 (what stands in a file)
    other = Marked({**table, **changed})
    other.line, other.lines = table.line, table.lines
    return other


def _of_rule(rule: Rule, table: Marked, acts: Columns | None, zone: tzinfo) -> Iterator[tuple[int, str]]:
    """What a rule that can be read still says wrongly."""
    if acts is not None:
        yield from _acts(rule, table, acts)
        yield from _words(rule, table)
    yield from _alarms(rule, table)
    for pause in rule.suspends:
        begins, ends = ({(each.fact, each.when) for each in part} for part in (pause.begins, pause.ends))
        if both := {fact for fact, _ in begins & ends}:
            yield table.lines["suspends"], f"suspends: {', '.join(sorted(both))} can't both begin a pause and end it"
    for given, each in zip(table.get("examples", []), rule.examples, strict=True):
        if why := _come_out(rule, each, zone):
            yield given.line, f"examples: {each.start}: {why}"


def _named(rule: Rule, key: str) -> Iterator[Trigger]:
    """The facts that a rule names under a key."""
    if key == "suspends":
        yield from (each for pause in rule.suspends for each in (*pause.begins, *pause.ends))
    else:
        yield from getattr(rule, key)


def _acts(rule: Rule, table: Marked, acts: Columns) -> Iterator[tuple[int, str]]:
    """Acts and columns that nobody can enter."""
    for key in TRIGGER_KEYS:
        for trigger in _named(rule, key):
            if trigger.fact not in acts:
                yield table.lines[key], f"{key}: there is no act {trigger.fact}; `roznamcha acts` lists them"
                continue
            told = trigger.columns() - set(PER[rule.per])
            for column in sorted(each for each in told if each.partition(".")[0] not in acts[trigger.fact]):
                yield table.lines[key], f"{key}: {trigger.fact} has no column {column}"
            for column, wanted in _misfits(trigger, acts[trigger.fact]):
                yield table.lines[key], f"{key}: {trigger.fact}.{column} holds no such thing as {wanted}"
    named = list(dict.fromkeys(column for each in rule.starts for column in each.subject))
    held = {column for each in rule.starts for column in acts.get(each.fact, ())}
    if named and held.isdisjoint(column.partition(".")[0] for column in named):
        why = f"per: no start names any {rule.per}: none has the column {' or '.join(named)}"
        yield table.lines["per"], why


def _misfits(trigger: Trigger, columns: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """The columns from which a time or a number is taken and that hold none, with what is wanted."""
    asked = (trigger.at, "a time", TIMES), (trigger.adds, "a number", NUMBERS), (trigger.hours, "a number", NUMBERS)
    for column, wanted, kinds in asked:
        shape = columns.get(column)
        if shape is not None and shape.kind == "optional":
            shape = shape.inner
        if shape is not None and shape.kind not in kinds:
            yield column, wanted


def _words(rule: Rule, table: Marked) -> Iterator[tuple[int, str]]:
    """What must be there for a reader: the law's own words, and Hindi that is Hindi."""
    for given, version in zip(table["versions"], rule.versions, strict=True):
        if rule.is_policy and version.quote:
            yield given.lines["quote"], "quote: a policy is no law and has no words of a law"
        if not rule.is_policy and not version.quote:
            yield given.line, "versions: quote is missing: the exact words of the law"
        for section in _unheard(version):
            yield given.lines["applies"], f"applies: no table of offences has {section}"
        if not version.source.read:
            yield given.lines["source"], "source: read is missing: primary or secondary"
    hindi = {"title": rule.title["hi"], "consequence": rule.consequence["says"]["hi"]}
    if rule.start_setting is not None:
        hindi["start_setting"] = rule.start_setting["hi"]
    for key, text in hindi.items():
        if not any("\u0900" <= letter <= "\u097f" for letter in text):
            yield table.lines[key], f"{key}: the Hindi words are not in Devanagari"


def _unheard(version: Version) -> Iterator[str]:
    """The sections a version names that no table of offences has."""
    for each in version.applies:
        if each.attribute == "offence.sections":
            listed = each.value if isinstance(each.value, tuple) else (each.value,)
            for section in listed:
                whole = section in ACTS.values() or section.startswith(PART_ONLY)
                if not whole and not packaged().of(section):
                    yield section


def _alarms(rule: Rule, table: Marked) -> Iterator[tuple[int, str]]:
    """An alarm that would ring before the clock begins."""
    spans = [span for version in rule.versions for span in version.limit.spans() if isinstance(span, Span)]
    if not spans:  # shares of a term: how long they are, only a case tells
        return
    shortest = min(span.count * DAYS[span.unit] for span in spans)
    for each in rule.alarm:
        if -each.count * DAYS[each.unit] >= shortest:
            yield table.lines["alarm"], f"alarm: {each} is as long as the limit itself"


def _come_out(rule: Rule, each: Example, zone: tzinfo) -> str:
    """What a worked example comes to, when that is not what it says."""
    try:
        answer = due(rule, written_start(each.start), each.attrs, each.governed, zone)
    except (UnknownLaw, BadQuestion) as error:
        return str(error)
    if each.due_at and answer.due_at != written_start(each.due_at):
        return f"it ends {answer.due_at.isoformat()}, and the file says {each.due_at}"
    if each.last_day is not None and answer.last_day != each.last_day:
        return f"the last day is {answer.last_day}, and the file says {each.last_day}"
    if each.lapses_from and answer.lapses_from.isoformat() != each.lapses_from:
        return f"it has lapsed from {answer.lapses_from} on, and the file says {each.lapses_from}"
    return ""
