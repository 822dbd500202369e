"""A map tells how the lines of a foreign register become acts: which line means which act, and where each column goes.

Nothing in a map is evaluated: conditions compare a column with listed values, and texts name columns in braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from domain.law.book import StrictLoader
from roznamcha.bounded import HEAD, must_be_text, read_at_most
from roznamcha.errors import Refused, Usage
from roznamcha.templates import check_act

PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?(?:\|([^{}]*))?\}")
"""`{column}`, `{column:form}`, and what stands in for an empty one: `{column|NONE}`."""
KEYS = {
    "map",
    "source",
    "columns",
    "record",
    "together",
    "lead",
    "time",
    "station",
    "district",
    "actor",
    "codes",
    "acts",
}
RULE_KEYS = {"when", "first", "enter", "note"}
ENTER_KEYS = {"name", "fields"}
LARGEST = 1_000_000
"""Bytes of a map."""
Row = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """Lines that mean the same: a condition on columns, whether it is the group's first such line, and the acts."""

    when: Mapping[str, frozenset[str]]
    first: bool | None
    enter: Sequence[Mapping[str, Any]]
    note: str = ""

    def fits(self, row: Row, *, first: bool) -> bool:
        """Whether this rule is the one for `row`."""
        if self.first is not None and self.first is not first:
            return False
        return all(row.get(column) in values for column, values in self.when.items())


@dataclass
class Group:
    """What is remembered while the lines of one record go by: who has which code, and what has been seen."""

    codes: dict[tuple[str, str], str] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Map:
    """A map file, read and checked."""

    source: str
    columns: tuple[str, ...]
    together: str
    lead: Mapping[str, frozenset[str]]
    zone: ZoneInfo
    template: Mapping[str, Any]
    codes: Mapping[str, str]
    rules: tuple[Rule, ...]

    def ordered(self, rows: list[tuple[int, Row]]) -> list[tuple[int, Row]]:
        """The lines of one record as they are entered: those that begin a record first, else in the file's order."""
        if not self.lead:
            return rows
        return sorted(rows, key=lambda each: not _meets(self.lead, each[1]))

    def acts(self, row: Row, group: Group) -> Iterator[dict[str, Any]]:
        """The acts a line stands for, as JSON objects. Raises Refused when no rule fits it."""
        values = dict(row)
        for code, column in self.codes.items():
            key = (code, row.get(column, ""))
            if key not in group.codes:
                group.counts[code] = group.counts.get(code, 0) + 1
                group.codes[key] = accused_code(group.counts[code])
            values[code] = group.codes[key]
        for number, rule in enumerate(self.rules):
            first = number not in group.seen and not any(
                n in group.seen for n, other in enumerate(self.rules) if other.when == rule.when
            )
            if not rule.fits(row, first=first):
                continue
            group.seen.add(number)
            for each in rule.enter:
                yield {
                    **_filled(self.template, values, self.zone),
                    "name": each["name"],
                    "fields": _filled(each.get("fields", {}), values, self.zone),
                }
            return
        raise Refused([self._unruled(row)])

    def _unruled(self, row: Row) -> str:
        """Why no rule of the map is for this line."""
        shown = ", ".join(f"{column} {row.get(column, '')[:40]!r}" for column in self._deciding())
        kinds = {rule.first for rule in self.rules if _meets(rule.when, row)}
        if not kinds:
            return f"the map has no rule for a line with {shown}"
        only, this = ("the first", "a further one") if True in kinds else ("a further", "the first one")
        return f"the map's rule for a line with {shown} is only for {only} such line of a record, and this is {this}"

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Of which columns each part of an act is made: `occurred_at` of `date`."""
        parts = [*_parts(self.template, "")]
        parts += [part for rule in self.rules for act in rule.enter for part in _parts(act.get("fields", {}), "")]
        found: dict[str, set[str]] = {}
        for path, text in parts:
            found.setdefault(path, set()).update(self.codes.get(match[1], match[1]) for match in PLACE.finditer(text))
        return {path: ", ".join(sorted(columns)) for path, columns in found.items() if columns}

    def _deciding(self) -> list[str]:
        return sorted({column for rule in self.rules for column in rule.when})


def accused_code(number: int) -> str:
    """The code of the arrest memo (IIF-3): A1 … A9, then B1 for the tenth and so on."""
    letter, digit = divmod(number - 1, 9)
    return f"{chr(ord('A') + letter)}{digit + 1}" if letter < 26 else f"Z{number}"  # noqa: PLR2004 (the alphabet)


def _parts(part: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 (any JSON)
    """Every text of a template, with where it goes."""
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, Mapping):
        for key, each in part.items():
            yield from _parts(each, f"{path}.{key}" if path else str(key))
    elif isinstance(part, list):
        for number, each in enumerate(part):
            yield from _parts(each, f"{path}[{number}]")


def _meets(condition: Mapping[str, frozenset[str]], row: Row) -> bool:
    return all(row.get(column) in values for column, values in condition.items())


def _filled(part: Any, values: Row, zone: ZoneInfo) -> Any:  # noqa: ANN401 (any JSON)
    """A template with its places filled; a text that is one empty place becomes nothing and is left out."""
    if isinstance(part, str):
        whole = PLACE.fullmatch(part)
        text = PLACE.sub(lambda match: _place(match[1], match[2], values, zone) or match[3] or "", part)
        return text if text or not whole else None
    if isinstance(part, Mapping):
        filled = {key: _filled(each, values, zone) for key, each in part.items()}
        return {key: each for key, each in filled.items() if each is not None}
    if isinstance(part, list):
        return [each for each in (_filled(each, values, zone) for each in part) if each is not None]
    return part


def _place(column: str, form: str | None, values: Row, zone: ZoneInfo) -> str:
    value = values.get(column, "")
    if form == "noon":  # a date without an hour: noon of that day, where the register was kept
        try:
            return datetime.fromisoformat(f"{value}T12:00:00").replace(tzinfo=zone).isoformat()
        except ValueError:
            return f"{value}T12:00:00Z"  # the door says that there is no such day
    if form == "code":
        return re.sub(r"[^A-Z0-9]+", "-", value.upper()).strip("-")[:100]
    if form == "year":
        return value[:4]
    return value


def load_map(path: Path) -> Map:
    """Read a map file. Raises Usage that names what is wrong and where."""
    return checked(path, map_of)


T = TypeVar("T")


def checked(path: Path, read: Callable[[Any], T]) -> T:
    """What `read` makes of a YAML file. Raises Usage that names what is wrong and where."""
    try:
        data = read_at_most(path, LARGEST)
        must_be_text(data[:HEAD], path)
        text = data.decode("utf-8-sig")
        loaded = yaml.load(text, Loader=StrictLoader)  # noqa: S506 (a SafeLoader, stricter)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        message = f"the map {path} is not YAML: {' '.join(str(error).split())}"
        raise Usage(message) from None
    except RecursionError:
        message = f"the map {path} is nested too deeply"
        raise Usage(message) from None
    if not isinstance(loaded, dict):
        message = f"the map {path} cannot be used: it is no list of keys with what stands under them"
        raise Usage(message)
    try:
        return read(loaded)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        what = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        message = f"the map {path} cannot be used: {what}"
        raise Usage(message) from None


def map_of(loaded: Mapping[str, Any]) -> Map:
    """A map from what its file says. Raises ValueError, KeyError and their like that name what is wrong."""
    only(loaded, KEYS, "the map")
    columns, codes = tuple(loaded["columns"]), loaded.get("codes", {})
    rules = []
    for each in loaded["acts"]:
        only(each, RULE_KEYS, "a rule")
        for act in each["enter"]:
            only(act, ENTER_KEYS, "an act")
            _places(act, {*columns, *codes})
            check_act(act["name"], act.get("fields", {}), PLACE)
        rules.append(
            Rule(_condition(each["when"], columns), each.get("first"), tuple(each["enter"]), each.get("note", ""))
        )
    template = {key: loaded[key] for key in ("record", "station", "district", "actor") if key in loaded}
    template["occurred_at"] = loaded["time"]["at"]
    _places(template, {*columns, *codes})
    for column in codes.values():
        _known(column, columns)
    _known(loaded["together"], columns)
    return Map(
        source=loaded["source"],
        columns=columns,
        together=loaded["together"],
        lead=_condition(loaded.get("lead", {}), columns),
        zone=_zone(loaded["time"]["zone"]),
        template=template,
        codes=codes,
        rules=tuple(rules),
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"time: zone {name!r} is no time zone; use a name like Asia/Kolkata"
        raise ValueError(message) from None


def only(part: Mapping[str, Any], known: set[str], what: str) -> None:
    """Raise ValueError for a key that nobody knows."""
    if unknown := part.keys() - known:
        message = f"{what} has the unknown key {min(unknown)!r}; it may have {', '.join(sorted(known))}"
        raise ValueError(message)


def _known(column: str, columns: Sequence[str]) -> None:
    if column not in columns:
        message = f"it names the column {column!r}, which is not among its columns"
        raise ValueError(message)


def _places(part: Any, columns: set[str]) -> None:  # noqa: ANN401 (any JSON)
    if isinstance(part, str):
        for match in PLACE.finditer(part):
            _known(match[1], sorted(columns))
    for each in part.values() if isinstance(part, Mapping) else part if isinstance(part, list) else ():
        _places(each, columns)


def _condition(part: Mapping[str, Any], columns: Sequence[str]) -> dict[str, frozenset[str]]:
    for column in part:
        _known(column, columns)
    return {column: frozenset(each if isinstance(each, list) else [each]) for column, each in part.items()}
