"""What a scheme of ranking is: what is counted of a station's entries, and how much each count weighs.

Both are data, printed with every ranking. An indicator says what is counted, a scheme names indicators and gives each
a weight. What is read here comes from files that somebody wrote: every fault is told with the place where it stands.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Literal

Kind = Literal["entered", "followed", "share", "clocks", "given"]

KINDS: Mapping[str, frozenset[str]] = {
    "entered": frozenset({"acts", "hours"}),
    "followed": frozenset({"acts", "by", "hours"}),
    "share": frozenset({"acts", "good"}),
    "clocks": frozenset({"rules"}),
    "given": frozenset({"figure"}),
}
"""How things may be counted, and what each needs.

`entered`   each of these entries (`*`: every one); good, if recorded within so many hours of the act
`followed`  each of these acts; good, if one of `by` was done within so many hours after it, and recorded in time too
`share`     each of these acts, or each thing that the columns `once` name; good, if there is none but `good` of it, and
            its column `unsound` hasn't the value named there. An act with the column `times` stands for so many good
            ones, of at most `most` in all of its record
`clocks`    each legal clock of these rules that came to its end; good, if it was met, and recorded in time too
`given`     nothing is counted: a figure between 0 and 100 that somebody gives for each station
"""
ALWAYS, SOMETIMES = frozenset({"title", "why"}), frozenset({"unless", "same", "times", "once", "most", "unsound"})
EVERY = "*"
ACT = re.compile(r"[a-z][a-z_]*\.[A-Z][A-Za-z]*")
NAME = re.compile(r"[a-z][a-z0-9-]*")
COLUMN = re.compile(r"[a-z][a-z0-9_]*")


class BadScheme(ValueError):
    """A scheme or an indicator that can't be meant so. The message has every fault."""


@dataclass(frozen=True)
class Indicator:
    """One thing that is counted: how often it came up (`of`), and how often it was as it should be (`good`)."""

    id: str
    kind: Kind
    title: Mapping[str, str]
    why: str
    acts: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    good: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    """Acts after which the duty was gone: what was exempted in time is not counted at all."""
    rules: frozenset[str] = frozenset()
    same: str = ""
    """The column by which `by` and `unless` belong to an act, where a record has several."""
    hours: int = 0
    times: str = ""
    """The column that tells how often an act counts which stands for many: a list compared, of which so many agreed."""
    once: tuple[str, ...] = ()
    """The columns that name a thing: of however many acts, it counts once in its record."""
    most: str = ""
    """The column of an act that stands for many which tells how many there are at all."""
    unsound: tuple[str, str] = ("", "")
    """The column of a good act, and what stands in it where something is wrong with the thing all the same."""

    @property
    def columns(self) -> frozenset[str]:
        """The columns of its acts that it looks at."""
        return frozenset(each for each in (self.same, self.times, self.most, self.unsound[0], *self.once) if each)

    @property
    def named(self) -> frozenset[str]:
        """Every act it names."""
        return (self.acts | self.by | self.good | self.unless) - {EVERY}


@dataclass(frozen=True)
class Zone:
    """A colour from so many points on. Zones have no gaps: each ends where the next one begins."""

    name: str
    at_least: Fraction


@dataclass(frozen=True)
class Scheme:
    """Which indicators count for how much, from which month on; and what is done so that the small aren't hurt."""

    id: str
    title: Mapping[str, str]
    since: date
    source: str
    weights: Mapping[str, Fraction]
    shrink: int
    minimum: int
    decimals: int
    zones: tuple[Zone, ...]
    digest: str


@dataclass(frozen=True)
class Scales:
    """All indicators and all schemes that are known, by name."""

    indicators: Mapping[str, Indicator]
    schemes: Mapping[str, Scheme]
    digest: str = ""
    """Of the indicators: other ones, other counts."""

    @property
    def named(self) -> frozenset[str]:
        """Every act that any indicator names."""
        return frozenset[str]().union(*(each.named for each in self.indicators.values()))


def digest_of(text: Any) -> str:  # noqa: ANN401 (JSON)
    """The first sixteen signs of the SHA-256 of what a file says, whatever its blanks and comments."""
    written = json.dumps(text, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def read_indicators(text: Any) -> dict[str, Indicator]:  # noqa: ANN401 (what a file says)
    """The indicators of a file. Raises BadScheme with every fault."""
    if not isinstance(text, Mapping) or not text:
        message = "a file of indicators is a table: a name, and below it what is counted"
        raise BadScheme(message)
    faults = [f"{name}: {fault}" for name, about in text.items() for fault in _indicator_faults(name, about)]
    if faults:
        raise BadScheme(" · ".join(faults))
    return {name: _indicator(name, about) for name, about in text.items()}


def _indicator_faults(name: Any, about: Any) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(name, str) or not NAME.fullmatch(name):
        yield "a name is small letters, digits and hyphens"
    if not isinstance(about, Mapping) or about.get("counts") not in KINDS:
        yield f"`counts` is one of {', '.join(KINDS)}"
        return
    needed = KINDS[about["counts"]] - {"figure"}
    for column in sorted((needed | ALWAYS) - about.keys()):
        yield f"`{column}` is missing"
    for column in sorted(about.keys() - needed - ALWAYS - SOMETIMES - {"counts"}):
        yield f"`{column}` means nothing for what counts {about['counts']!r}"
    yield from _title_faults(about.get("title"))
    for column in ("acts", "by", "good", "unless", "rules"):
        listed = about.get(column, [])
        if column in about and (not isinstance(listed, list) or not listed):
            yield f"`{column}` is a list of names"
            continue
        form = NAME if column == "rules" else ACT
        free = {EVERY} if column == "acts" and about["counts"] == "entered" else set()
        yield from (f"{each!r} in `{column}` is no name" for each in listed if each not in free and not _is(form, each))
    if "hours" in needed and not _whole(about.get("hours"), 1, 100_000):
        yield "`hours` is a whole number from 1 to 100000"
    yield from _column_faults(about)
    if about["counts"] == "share" and not set(about.get("good") or ()) <= set(about.get("acts") or ()):
        yield "`good` names acts that are not among `acts`"


def _column_faults(about: Mapping[str, Any]) -> Iterator[str]:
    for column in ("times", "most"):
        if column in about and (about["counts"] != "share" or not _is(COLUMN, about[column])):
            yield f"`{column}` is the name of a column, for what counts a share"
    unsound = about.get("unsound", {"x": "x"})
    told = [*unsound.items()] if isinstance(unsound, dict) else []
    one = len(told) == 1 and _is(COLUMN, told[0][0]) and isinstance(told[0][1], str)
    if not one or ("unsound" in about and about["counts"] != "share"):
        yield "`unsound` is one column with the text that says no, for what counts a share"
    once = about.get("once", ["x"])
    if (
        not isinstance(once, list) or not once or not all(_is(COLUMN, each) for each in once)
        or ("once" in about and about["counts"] != "share")
    ):  # fmt: skip
        yield "`once` is a list of columns, for what counts a share"


def _indicator(name: str, about: Mapping[str, Any]) -> Indicator:
    lists = {each: frozenset(about.get(each, ())) for each in ("acts", "by", "good", "unless", "rules")}
    return Indicator(
        id=name, kind=about["counts"], title=dict(about["title"]), why=str(about["why"]), same=about.get("same", ""),
        hours=about.get("hours", 0), times=about.get("times", ""),
        once=tuple(about.get("once", ())), most=about.get("most", ""),
        unsound=next(iter(about.get("unsound", {}).items()), ("", "")), **lists,
    )  # fmt: skip


def read_scheme(name: str, text: Any, indicators: Mapping[str, Indicator]) -> Scheme:  # noqa: ANN401 (a file)
    """A scheme from its file. Raises BadScheme with every fault."""
    faults = list(_scheme_faults(text, indicators))
    if faults:
        raise BadScheme(f"{name}: " + " · ".join(faults))
    return Scheme(
        id=name,
        title=dict(text["title"]),
        since=date.fromisoformat(str(text["since"])),
        source=str(text["source"]),
        weights={each: Fraction(str(weight)) for each, weight in text["weights"].items()},
        shrink=text["shrink"],
        minimum=text["minimum"],
        decimals=text["decimals"],
        zones=tuple(Zone(each["name"], Fraction(each["at_least"])) for each in text["zones"]),
        digest=digest_of(text),
    )


def _scheme_faults(text: Any, indicators: Mapping[str, Indicator]) -> Iterator[str]:  # noqa: ANN401
    known = {"title", "since", "source", "weights", "shrink", "minimum", "decimals", "zones"}
    if not isinstance(text, Mapping) or text.keys() != known:
        found = set(text) if isinstance(text, Mapping) else set()
        yield f"a scheme says {', '.join(sorted(known))}; not so: {', '.join(map(str, sorted(known ^ found)))}"
        return
    yield from _title_faults(text["title"])
    if not isinstance(text["since"], str) or not _day(text["since"]):
        yield "`since` is a date"
    if not isinstance(text["source"], str) or not text["source"].strip():
        yield "`source` says where the weights come from"
    yield from _weight_faults(text["weights"], indicators)
    yield from (
        f"`{each}` is a whole number from 0 to {most}"
        for each, most in (("shrink", 1_000_000), ("minimum", 1_000_000), ("decimals", 6))
        if not _whole(text[each], 0, most)
    )
    yield from _zone_faults(text["zones"])


def _weight_faults(weights: Any, indicators: Mapping[str, Indicator]) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(weights, Mapping) or not weights:
        yield "`weights` is a table: an indicator, and its weight"
        return
    yield from (f"there is no indicator {each!r}" for each in weights if each not in indicators)
    wrong = [each for each, weight in weights.items() if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", str(weight))]
    yield from (f"the weight of {each} is no number" for each in wrong)
    if not wrong and sum(Fraction(str(weight)) for weight in weights.values()) != 100:  # noqa: PLR2004 (per cent)
        yield "the weights add up to 100"
    yield from (
        f"the weight of {each} is nothing" for each in weights if each not in wrong and not Fraction(str(weights[each]))
    )


def _zone_faults(zones: Any) -> Iterator[str]:  # noqa: ANN401
    listed = zones if isinstance(zones, list) else []
    whole = all(isinstance(each, Mapping) and each.keys() == {"name", "at_least"} for each in listed)
    if not listed or not whole or not all(_whole(each["at_least"], 0, 100) for each in listed):
        yield "`zones` is a list, each with a `name` and from how many points on (`at_least`, 0 to 100)"
        return
    limits = [each["at_least"] for each in listed]
    if limits != sorted(set(limits), reverse=True) or limits[-1] != 0:
        yield "zones stand from the highest down, and the last begins at 0: there is no gap between them"


def _title_faults(title: Any) -> Iterator[str]:  # noqa: ANN401
    if (
        not isinstance(title, Mapping)
        or title.keys() != {"en", "hi"}
        or not all(map(str.strip, map(str, title.values())))
    ):
        yield "`title` is in English and Hindi (en, hi)"


def _whole(value: Any, least: int, most: int) -> bool:  # noqa: ANN401
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _is(form: re.Pattern[str], value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and form.fullmatch(value) is not None


def _day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def unknown(indicators: Iterable[Indicator], acts: Iterable[str], rules: Iterable[str]) -> list[str]:
    """What indicators name and nobody knows: rules, and acts of registers that are there.

    A register that isn't there yet may be named: its acts begin to count when they arrive (`awaited`).
    """
    known, clocks = set(acts), set(rules)
    registers = {each.partition(".")[0] for each in known}
    found = []
    for each in indicators:
        found += [f"{each.id}: there is no rule {rule}" for rule in sorted(each.rules - clocks)]
        missing = [name for name in sorted(each.named - known) if name.partition(".")[0] in registers]
        found += [f"{each.id}: there is no act {name}" for name in missing]
    return found


def awaited(indicator: Indicator, acts: Iterable[str]) -> bool:
    """Whether nothing of what it counts can be entered yet: its register isn't there."""
    return bool(indicator.acts - {EVERY}) and not (indicator.acts & set(acts)) and EVERY not in indicator.acts
