"""What a rule of law is to this program: whose duty, from which act to which, how long, since when, and by which words.

Silence is refused: a rule that doesn't say how it counts, what closed days do or which date governs it is not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

COUNTINGS = ("hours", "days-first-excluded", "days-first-included", "months", "forthwith")
CLOSED_DAYS = ("do-not-extend", "next-open-day")
GOVERNING = ("proceeding", "start")
PER = ("record", "accused", "victim", "person", "property", "request", "search")
REPEATS = ("first", "each")
CLASSES = ("A", "B", "C", "D")
SPAN = re.compile(r"(\d+) (hour|day|month|year)s?")
OPERATORS = {
    ">=": lambda value, bound: value >= bound,
    "<=": lambda value, bound: value <= bound,
    ">": lambda value, bound: value > bound,
    "<": lambda value, bound: value < bound,
    "not": lambda value, bound: value != bound,
}
REQUIRED = {
    "rule", "title", "duty", "consequence", "per", "starts", "stops", "governed_by", "counting", "closed_days",
    "repeats", "versions", "reviewed", "examples",
}  # fmt: skip
OPTIONAL = {"applies", "extends", "suspends", "excludes", "exempts", "overtakes", "start_setting", "alarm", "note"}


class BadRule(ValueError):  # noqa: N818 (what is bad is the rule)
    """A rule file that can't be loaded; the message names the rule, what is wrong and, where known, the line."""


class UnknownLaw(LookupError):  # noqa: N818 (contracts.md names it so)
    """No such rule, or none of its versions governs this date."""


@dataclass(frozen=True)
class Span:
    """A length of time as the law words it: 24 hours, 60 days, 2 months."""

    count: int
    unit: str

    def __str__(self) -> str:
        """As it is read."""
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


@dataclass(frozen=True)
class Limit:
    """A span, or a choice between two limits by attributes of the case. Nothing is evaluated from strings."""

    span: Span | None = None
    when: Mapping[str, Any] = field(default_factory=dict)
    then: Limit | None = None
    otherwise: Limit | None = None

    def of(self, attributes: Mapping[str, Any]) -> Span:
        """The span for these attributes. An attribute that isn't known meets no condition."""
        if self.span is not None:
            return self.span
        chosen = self.then if meets(self.when, attributes) else self.otherwise
        assert chosen is not None  # noqa: S101 (a limit has a span or both branches)
        return chosen.of(attributes)

    def needs(self) -> set[str]:
        """The attributes on which it depends."""
        branches = [each.needs() for each in (self.then, self.otherwise) if each]
        return set(self.when).union(*branches) if branches else set()


def meets(condition: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    """Whether attributes fulfil every part of a condition; what isn't known fulfils nothing."""
    for name, wanted in condition.items():
        value = attributes.get(name)
        if value is None:
            return False
        if isinstance(wanted, Mapping):
            if not all(OPERATORS[operator](value, bound) for operator, bound in wanted.items()):
                return False
        elif value != wanted:
            return False
    return True


@dataclass(frozen=True)
class Trigger:
    """A fact or trait that starts, stops or changes a clock; `at` is its column that gives the time, if not the act's."""

    fact: str
    at: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)
    hours: str = ""


@dataclass(frozen=True)
class Version:
    """How the rule stood from one day to another (both included), by which law, in which words, read where."""

    since: date
    until: date | None
    law: str
    quote: str
    source: Mapping[str, str]
    limit: Limit
    applies: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Rule:
    """One statutory or policy deadline. `digest` is the SHA-256 of its file's text."""

    id: str
    title: Mapping[str, str]
    duty: str
    consequence: Mapping[str, Any]
    per: str
    starts: tuple[Trigger, ...]
    stops: tuple[Trigger, ...]
    extends: tuple[Trigger, ...]
    excludes: tuple[Trigger, ...]
    exempts: tuple[Trigger, ...]
    overtakes: tuple[Trigger, ...]
    governed_by: str
    counting: str
    closed_days: str
    repeats: str
    applies: Mapping[str, Any]
    start_setting: str
    versions: tuple[Version, ...]
    reviewed: Mapping[str, Any]
    examples: tuple[Mapping[str, Any], ...]
    alarm: tuple[str, ...]
    note: str
    folder: str
    digest: str

    def version_on(self, day: date) -> Version:
        """The version that governs `day`. Raises UnknownLaw, by the rule's name, for a day outside all."""
        for version in self.versions:
            if version.since <= day and (version.until is None or day <= version.until):
                return version
        first = self.versions[0].since
        where = f"it begins on {first.isoformat()}" if day < first else "it has ended"
        message = f"the rule {self.id} does not govern {day.isoformat()}: {where}"
        raise UnknownLaw(message)

    @property
    def is_reviewed(self) -> bool:
        """Whether a lawyer has compared it with the law and said so."""
        return bool(self.reviewed.get("on") and self.reviewed.get("by"))

    @property
    def is_policy(self) -> bool:
        """Whether it is a department's own rule, never to be shown as law."""
        return self.folder == "policy"


def made(loaded: Mapping[str, Any], *, folder: str, digest: str, foreign: bool = False) -> Rule:
    """A rule from its file's content, checked. `foreign` rule books need no examples, review or source.

    Raises BadRule that says what is wrong.
    """
    name = loaded.get("rule") if isinstance(loaded, Mapping) else None
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        message = "a rule file begins with `rule:` and a name of small letters, digits and -"
        raise BadRule(message)
    try:
        return _made(name, loaded, folder, digest, foreign=foreign)
    except BadRule as error:
        message = f"rule {name}: {error}"
        raise BadRule(message) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"rule {name}: {type(error).__name__}: {error}"
        raise BadRule(message) from None


def _made(name: str, loaded: Mapping[str, Any], folder: str, digest: str, *, foreign: bool) -> Rule:
    needed = REQUIRED - ({"examples", "reviewed", "title", "duty", "consequence", "repeats"} if foreign else set())
    if missing := sorted(needed - loaded.keys()):
        _bad(f"{missing[0]} is missing; nothing is assumed for it")
    if unknown := sorted(loaded.keys() - REQUIRED - OPTIONAL):
        _bad(f"unknown key {unknown[0]!r}")
    if loaded.get("suspends"):
        _bad("suspends: suspensions are not counted yet, so a rule that needs one is not loaded")
    consequence = loaded.get("consequence", {"class": "D", "says": {"en": "", "hi": ""}})
    _one_of("consequence.class", consequence.get("class"), CLASSES)
    examples = tuple(loaded.get("examples", ()))
    if not foreign and len(examples) < 3:  # noqa: PLR2004 (law.md asks for three)
        _bad("needs at least three worked examples")
    return Rule(
        id=name,
        title=loaded.get("title", {"en": name, "hi": name}),
        duty=loaded.get("duty", ""),
        consequence=consequence,
        per=_one_of("per", loaded["per"], PER),
        starts=_triggers("starts", loaded["starts"]),
        stops=_triggers("stops", loaded["stops"]),
        extends=_triggers("extends", loaded.get("extends", [])),
        excludes=_triggers("excludes", loaded.get("excludes", [])),
        exempts=_triggers("exempts", loaded.get("exempts", [])),
        overtakes=_triggers("overtakes", loaded.get("overtakes", [])),
        governed_by=_one_of("governed_by", loaded["governed_by"], GOVERNING),
        counting=_one_of("counting", loaded["counting"], COUNTINGS),
        closed_days=_one_of("closed_days", loaded["closed_days"], CLOSED_DAYS),
        repeats=_one_of("repeats", loaded.get("repeats", "each"), REPEATS),
        applies=_condition("applies", loaded.get("applies", {})),
        start_setting=loaded.get("start_setting", ""),
        versions=_versions(loaded["versions"], loaded["counting"], foreign=foreign),
        reviewed=loaded.get("reviewed", {"on": None, "by": None}),
        examples=examples,
        alarm=tuple(loaded.get("alarm", ())),
        note=loaded.get("note", ""),
        folder=folder,
        digest=digest,
    )


def _triggers(key: str, given: Any) -> tuple[Trigger, ...]:  # noqa: ANN401 (YAML)
    found = []
    for each in given if isinstance(given, list) else [given]:
        part: Mapping[str, Any] = {"fact": each} if isinstance(each, str) else each
        if not isinstance(part, Mapping) or not isinstance(part.get("fact"), str):
            _bad(f"{key}: each is a fact's name, or an object with `fact`")
        if unknown := sorted(part.keys() - {"fact", "when", "sets", "hours"}):
            _bad(f"{key}: unknown key {unknown[0]!r}")
        register, dot, rest = part["fact"].partition(".")
        act, _, column = rest.partition(".")
        fact = f"{register}.{act}" if dot else register
        found.append(Trigger(fact, column, part.get("when", {}), part.get("sets", {}), part.get("hours", "")))
    if key in {"starts", "stops"} and not found:
        _bad(f"{key}: at least one fact")
    return tuple(found)


def _versions(given: Sequence[Mapping[str, Any]], counting: str, *, foreign: bool) -> tuple[Version, ...]:
    found = []
    for each in given:
        if unknown := sorted(each.keys() - {"from", "to", "law", "quote", "source", "limit", "applies"}):
            _bad(f"versions: unknown key {unknown[0]!r}")
        source = each.get("source", {})
        if not each.get("law") or (not foreign and not (source.get("title") and source.get("where"))):
            _bad(f"the version from {each.get('from')} has no law, or no source with title and where")
        until = each.get("to")
        found.append(
            Version(
                since=date.fromisoformat(each["from"]),
                until=date.fromisoformat(until) if until else None,
                law=each["law"],
                quote=each.get("quote", ""),
                source=source,
                limit=limit_of(each["limit"], counting),
                applies=_condition("applies", each["applies"]) if "applies" in each else None,
            )
        )
    if not found:
        _bad("versions: at least one")
    for older, newer in zip(found, found[1:], strict=False):
        if older.until is None or older.until >= newer.since:
            _bad(f"the versions from {older.since} and from {newer.since} overlap")
        if (newer.since - older.until).days != 1:
            _bad(f"no version governs the time between {older.until} and {newer.since}")
    return tuple(found)


def limit_of(given: Any, counting: str) -> Limit:  # noqa: ANN401 (YAML)
    """A limit from its YAML. Raises BadRule for what isn't in the grammar."""
    if isinstance(given, str):
        match = SPAN.fullmatch(given)
        if match is None:
            _bad(f"limit: {given!r} is no span like `60 days`")
        span = Span(int(match[1]), match[2])
        fits = {"hours": {"hour"}, "forthwith": {"hour", "day"}, "months": {"month", "year"}}
        if span.unit not in fits.get(counting, {"day"}):
            _bad(f"limit: {span} can't be counted as {counting}")
        return Limit(span=span)
    if not isinstance(given, Mapping) or set(given) != {"when", "then", "otherwise"}:
        _bad("limit: a span, or when / then / otherwise")
    condition = _condition("limit", given["when"])
    return Limit(None, condition, limit_of(given["then"], counting), limit_of(given["otherwise"], counting))


def _condition(key: str, given: Any) -> Mapping[str, Any]:  # noqa: ANN401 (YAML)
    if not isinstance(given, Mapping):
        _bad(f"{key}: a condition names attributes and their values")
    found: Mapping[str, Any] = given
    for name, wanted in found.items():
        if isinstance(wanted, Mapping) and (unknown := sorted(wanted.keys() - OPERATORS.keys())):
            _bad(f"{key}: {name} has the unknown operator {unknown[0]!r}; there are {', '.join(OPERATORS)}")
        if isinstance(wanted, list):
            _bad(f"{key}: {name} is compared with one value, not a list")
    return found


def _one_of(key: str, given: Any, known: Sequence[str]) -> str:  # noqa: ANN401 (YAML)
    if given not in known:
        _bad(f"{key}: {given!r} is none of {', '.join(known)}")
    return str(given)


def _bad(message: str) -> NoReturn:
    raise BadRule(message)
