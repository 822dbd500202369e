"""How a rule says how long, and on what that depends: a closed grammar of spans, conditions and choices.

    60 days
    {when: {offence.class90: true}, then: 90 days, otherwise: 60 days}
    {when: {decided_by_rank: {in: [DySP, SP]}}, …}
    {share: 1/2, of: offence.max_years}

Nothing is evaluated from text. What isn't known meets a negative condition and no positive one; so the shorter limit is
written as the `otherwise`, and the explanation tells what wasn't known.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any

PART = re.compile(r"([1-9])/([1-9])")
TERM = "offence.max_years"
"""Of what a share may be: the longest imprisonment that the offences of a case may be punished with."""
CLOSE = Decimal("0.01")
"""So near to whole months a number of years is meant for them."""
SPAN = re.compile(r"(-?)([1-9][0-9]{0,4}) (hour|day|month|year)s?")
UNITS = {
    "hours": {"hour"},
    "days-first-excluded": {"day"},
    "days-first-included": {"day"},
    "months": {"month", "year"},
    "forthwith": {"hour", "day"},
}
"""The units that each way of counting counts."""


class NotGrammar(ValueError):
    """Text that isn't in the grammar. The message says what would be."""


@dataclass(frozen=True)
class Span:
    """A length of time as the law words it: 24 hours, 60 days, 2 months. Negative before a last day (`-10 days`)."""

    count: int
    unit: str

    def __str__(self) -> str:
        """As it is read."""
        return f"{self.count} {self.unit}{'' if abs(self.count) == 1 else 's'}"


class NotKnown(LookupError):
    """A limit is a share of something that isn't known of the case. The message says of what."""


@dataclass(frozen=True)
class Share:
    """A part of a number of years that is computed from the case: half the longest term of its offence."""

    part: Fraction
    attribute: str

    def of(self, known: Mapping[str, Any]) -> Span:
        """The length of time it comes to: whole months; days, thirty to a month, where no whole months come out.

        Raises NotKnown.
        """
        years = _number(known.get(self.attribute))
        if years is None or years <= 0:
            message = f"{self} can't be counted: {self.attribute} is not known, or there is none"
            raise NotKnown(message)
        whole = round(years * 12)  # the tables write a month as 0.0833 years
        term = Fraction(whole) if whole and abs(years * 12 - whole) < CLOSE else Fraction(years * 12)
        months = term * self.part
        return Span(int(months), "month") if months.denominator == 1 else Span(max(1, int(months * 30)), "day")

    def __str__(self) -> str:
        """As it is read."""
        return f"{self.part} of {self.attribute}"


def span_of(text: object, *, negative: bool = False) -> Span:
    """A span from its text. Raises NotGrammar."""
    found = SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None or bool(found[1]) is not negative:
        like = "-10 days" if negative else "60 days, 24 hours, 2 months or 1 year"
        message = f"{text!r} is no length of time; write one like {like}"
        raise NotGrammar(message)
    return Span(int(found[1] + found[2]), found[3])


@dataclass(frozen=True)
class Condition:
    """One comparison of an attribute with what the rule says."""

    attribute: str
    operator: str
    value: Any
    test: Callable[[Any], bool | None] = field(compare=False, repr=False)

    def holds(self, known: Mapping[str, Any]) -> bool | None:
        """Whether it is met. None when it needs something that isn't known."""
        value = known.get(self.attribute)
        if value is None:
            return True if self.operator in NEGATIVE else None
        return self.test(value)

    def __str__(self) -> str:
        """As a lawyer reads it."""
        value = ", ".join(map(str, self.value)) if isinstance(self.value, tuple) else str(self.value)
        return f"{self.attribute} {self.operator} {value.lower() if isinstance(self.value, bool) else value}"


def all_hold(conditions: Iterable[Condition], known: Mapping[str, Any]) -> bool | None:
    """Whether all are met: False if one isn't, None if it can't be told."""
    sure: bool | None = True
    for each in conditions:
        held = each.holds(known)
        if held is False:
            return False
        sure = sure if held else None
    return sure


@dataclass(frozen=True)
class Limit:
    """A span or a share, or a choice between two limits by conditions."""

    span: Span | Share | None = None
    when: tuple[Condition, ...] = ()
    then: Limit | None = None
    otherwise: Limit | None = None

    def pick(self, known: Mapping[str, Any]) -> tuple[Span, tuple[tuple[Condition, bool | None], ...]]:
        """The span for what is known, and each condition that led there with how it came out. Raises NotKnown."""
        if isinstance(self.span, Span):
            return self.span, ()
        limit, path = self, []
        while limit.span is None:
            met = all_hold(limit.when, known)
            path += [(each, each.holds(known)) for each in limit.when]
            chosen = limit.then if met else limit.otherwise
            assert chosen is not None  # noqa: S101 (a limit has a span or both branches)
            limit = chosen
        span = limit.span.of(known) if isinstance(limit.span, Share) else limit.span
        return span, tuple(path)

    def needs(self) -> frozenset[str]:
        """The attributes on which it depends."""
        own = frozenset(each.attribute for each in self.when)
        own |= {self.span.attribute} if isinstance(self.span, Share) else set()
        return own.union(*(each.needs() for each in (self.then, self.otherwise) if each))

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition on the way to one of its spans."""
        return (*self.when, *(found for each in (self.then, self.otherwise) if each for found in each.conditions()))

    def spans(self) -> tuple[Span | Share, ...]:
        """Every span it may come to, or the share of which."""
        if self.span is not None:
            return (self.span,)
        return tuple(span for each in (self.then, self.otherwise) if each for span in each.spans())


def limit_of(given: object, counting: str) -> Limit:
    """A limit from its YAML, fit for this way of counting. Raises NotGrammar."""
    if isinstance(given, str):
        span = span_of(given)
        if span.unit not in UNITS[counting]:
            message = f"{span} can't be counted as {counting}"
            raise NotGrammar(message)
        return Limit(span=span)
    if isinstance(given, Mapping) and set(given) == {"share", "of"}:
        return Limit(span=_share(given["share"], given["of"], counting))
    if not isinstance(given, Mapping) or set(given) != {"when", "then", "otherwise"}:
        message = "a limit is a length of time, or has exactly when, then and otherwise, or share and of"
        raise NotGrammar(message)
    return Limit(None, conditions_of(given["when"]), limit_of(given["then"], counting),
                 limit_of(given["otherwise"], counting))  # fmt: skip


def _share(part: object, attribute: object, counting: str) -> Share:
    found = PART.fullmatch(part) if isinstance(part, str) else None
    if found is None or not 0 < int(found[1]) <= int(found[2]):
        message = f"{part!r} is no share; write one like 1/2, or 1/1 for the whole"
        raise NotGrammar(message)
    if attribute != TERM or counting != "months":
        message = f"a share is one of {TERM}, and counted as months"
        raise NotGrammar(message)
    return Share(Fraction(int(found[1]), int(found[2])), TERM)


def conditions_of(given: object) -> tuple[Condition, ...]:
    """Conditions from their YAML: `{attribute: value}` or `{attribute: {operator: value}}`. Raises NotGrammar."""
    if not isinstance(given, Mapping) or not given:
        message = "a condition names attributes and what they must be"
        raise NotGrammar(message)
    found = []
    for attribute, wanted in given.items():
        compared = wanted if isinstance(wanted, Mapping) else {"=": wanted}
        found += [_condition(attribute, sign, value) for sign, value in compared.items()]
        if not compared:
            message = f"{attribute} is compared with nothing"
            raise NotGrammar(message)
    return tuple(found)


def _condition(attribute: str, sign: str, value: object) -> Condition:
    if sign not in OPERATORS:
        message = f"{attribute}: there is no operator {sign!r}; there are {', '.join(OPERATORS)}"
        raise NotGrammar(message)
    listed = isinstance(value, list) and bool(value) and all(isinstance(each, str | int) for each in value)
    if sign in LISTED and not listed:
        message = f"{attribute}: {sign!r} needs a list of values"
        raise NotGrammar(message)
    if sign not in LISTED and not isinstance(value, str | int):
        message = f"{attribute}: {sign!r} needs one value"
        raise NotGrammar(message)
    if sign in ORDERED and _number(value) is None:
        message = f"{attribute}: {sign!r} needs a number"
        raise NotGrammar(message)
    kept = tuple(value) if isinstance(value, list) else value
    return Condition(attribute, sign, kept, OPERATORS[sign](kept))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Text without what forms write differently: case, blanks, dots. `Dy. S.P.` is `dysp`."""
    return "".join(filter(str.isalnum, text)).casefold()


@lru_cache(maxsize=4096)
def neat(text: str) -> str:
    """Text without case and needless blanks. Brackets stay: `IPC 37(6)` isn't `IPC 376`."""
    return " ".join(text.casefold().split())


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _same(wanted: Any) -> Callable[[Any], bool]:  # noqa: ANN401 (what a rule compares with)
    return _among((wanted,))


def _among(wanted: Iterable[Any]) -> Callable[[Any], bool]:
    """Whether a value is one of these: a number by its size (7 is 7.0 and not 70), text without dots and case."""
    wanted = tuple(wanted)
    numbers = frozenset(map(_number, wanted)) - {None}
    whole = frozenset(Decimal(each) for each in wanted if type(each) is int)
    texts = frozenset(plain(str(each)) for each in wanted if type(each) is not int)

    def met(value: Any) -> bool:  # noqa: ANN401 (anything an entry has)
        if _counts(value):
            return _number(value) in numbers
        return plain(str(value)) in texts or (bool(whole) and _number(value) in whole)

    return met


def _counts(value: object) -> bool:
    """Whether it is a number, and no text that looks like one."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _meets(wanted: Iterable[Any]) -> Callable[[Any], bool]:
    """Whether a list (of sections, of codes) and the wanted values have one in common."""
    wanted = tuple(wanted)
    texts, numbers = frozenset(neat(str(each)) for each in wanted), frozenset(map(_number, wanted)) - {None}

    def met(value: Any) -> bool:  # noqa: ANN401 (anything an entry has)
        if isinstance(value, frozenset):  # names that are neat already
            return not texts.isdisjoint(value)
        held = value if isinstance(value, list | tuple) else (value,)
        return any(_number(each) in numbers if _counts(each) else neat(str(each)) in texts for each in held)

    return met


def _not(made: Callable[[Any], Callable[[Any], bool]]) -> Callable[[Any], Callable[[Any], bool]]:
    def negated(wanted: Any) -> Callable[[Any], bool]:  # noqa: ANN401 (what a rule compares with)
        test = made(wanted)
        return lambda value: not test(value)

    return negated


def _ordered(compare: Callable[[Decimal, Decimal], bool]) -> Callable[[Any], Callable[[Any], bool | None]]:
    def made(wanted: Any) -> Callable[[Any], bool | None]:  # noqa: ANN401 (what a rule compares with)
        bound = _number(wanted)

        def compared(value: Any) -> bool | None:  # noqa: ANN401 (anything an entry has)
            found = _number(value)
            return None if found is None or bound is None else compare(found, bound)

        return compared

    return made


OPERATORS: Mapping[str, Callable[[Any], Callable[[Any], bool | None]]] = {
    "=": _same,
    "not": _not(_same),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": _among,
    "not-in": _not(_among),
    "any-of": _meets,
    "none-of": _not(_meets),
    "begins": lambda wanted: lambda value: str(value).startswith(str(wanted)),
}
"""Each makes, of what the rule says, a test of what is known."""
NEGATIVE = frozenset({"not", "not-in", "none-of"})
LISTED = frozenset({"in", "not-in", "any-of", "none-of"})
IN_COMMON = frozenset({"any-of", "none-of"})
"""Those that look into a list: every other one compares one value."""
ORDERED = frozenset({"<", "<=", ">", ">="})
