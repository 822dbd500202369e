"""The systems of other offices: which acts go out to each, which acts its answers are, and by which identifiers.

None of their interfaces is public. So each is a file of columns and statuses, which a State changes to what its own
system writes; nothing in one is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import domain
from domain.common.handoff import HandOff, HandsOff
from domain.event import ACTS, Event
from domain.shape import columns
from roznamcha.errors import Usage
from roznamcha.mapping import PLACE, Map, Row, Rule, checked, map_of, only
from roznamcha.sealing import sealed_columns

SHIPPED = resources.files("roznamcha.exchange")
KEYS = {"exchange", "system", "title", "source", "theirs", "out", "in"}
OUT_KEYS = {"acts", "columns", "opens"}
IN_KEYS = {
    "message", "reply", "record", "request", "status", "columns", "ignore", "fills", "at", "zone", "actor", "statuses",
    "acts",
}  # fmt: skip
STATUS_KEYS = {"says", "after", "same", "against", "before", "once"}
OURS = ("message", "kind", "act", "record", "called", "station", "district", "sent_at", "position", "withheld")
"""What is told of a message beside the columns of its act; a file names it with a dollar."""
SENT = ("sent_act", "sent_record", "sent_station", "sent_district")
"""What a map may name of our message that an answer belongs to."""


@dataclass(frozen=True)
class Status:
    """An answer that a system gives, and which answers of the same request go with it."""

    says: Mapping[str, str]
    after: tuple[str, ...] = ()
    """One of these was given before it; `same` names a column that is the same in both."""
    same: str = ""
    against: tuple[str, ...] = ()
    """None of these was given to the same sending."""
    before: tuple[str, ...] = ()
    """None of these was given at an earlier time."""
    once: tuple[str, ...] = ()
    """Identifiers that are given once."""


@dataclass(frozen=True)
class System:
    """A system of another office, read and checked."""

    id: str
    title: Mapping[str, str]
    source: str
    theirs: tuple[str, ...]
    sends: Mapping[str, Mapping[str, frozenset[str]]]
    """The acts that go out, each with the values of its columns for which it doesn't."""
    columns: Mapping[str, str]
    """The columns of the file that goes out, and what stands in each."""
    opens: Mapping[str, str]
    """Sealed columns that are addressed to this system, and what they are opened for, as AccessRecorded has it."""
    names: Mapping[str, str]
    """What the columns message, reply, record, request and status are called in its answers."""
    answers: tuple[str, ...]
    ignores: frozenset[str]
    fills: Mapping[str, str]
    """Columns of an answer that, left empty, are as they were in our message."""
    statuses: Mapping[str, Status]
    map: Map

    @property
    def hand_offs(self) -> tuple[HandOff, ...]:
        """The kinds of hand-over that go out."""
        return tuple(dict.fromkeys(_sending(each).hand_off for each in self.sends))

    def goes(self, event: Event[Any]) -> bool:
        """Whether an act goes out to this system."""
        unless = self.sends.get(event.name)
        return unless is not None and not any(getattr(event, column) in values for column, values in unless.items())

    def acts_of(self, status: str) -> tuple[str, ...]:
        """The acts that a status enters, in any register."""
        rules = (rule for rule in self.map.rules if status in rule.when.get(self.names["status"], ()))
        return tuple(dict.fromkeys(each["name"] for rule in rules for each in rule.enter))

    def told_by(self, event: Event[Any]) -> Iterator[str]:
        """The statuses that an entry stands for, whoever entered it."""
        for rule in self.map.rules:
            if any(_is(event, each) for each in rule.enter):
                yield from sorted(rule.when.get(self.names["status"], ()))

    def passes(self, values: Row) -> str:
        """Why an answer that is well known enters nothing; empty for one that enters something."""
        rule = self._rule(values)
        return "" if rule is None or rule.enter else rule.note or "nothing is entered for it"

    def _rule(self, values: Row) -> Rule | None:
        return next((rule for rule in self.map.rules if rule.fits(values, first=True)), None)


def _is(event: Event[Any], entered: Mapping[str, Any]) -> bool:
    """Whether an entry is what a map enters: the act, with what the map itself says in its columns."""
    if entered["name"] != event.name:
        return False
    said = {name: text for name, text in entered.get("fields", {}).items() if not PLACE.search(str(text))}
    return all(getattr(event, name) == text for name, text in said.items())


@cache
def shipped() -> Mapping[str, System]:
    """The systems that ship, by their names."""
    names = sorted(each.name for each in SHIPPED.iterdir() if each.name.endswith(".yaml"))
    with_paths = {name.removesuffix(".yaml"): name for name in names}
    found = {}
    for system, name in with_paths.items():
        with resources.as_file(SHIPPED / name) as path:
            found[system] = checked(path, system_of)
    return found


def text_of(name: str) -> str:
    """The file of a system that ships, to be changed to what a State's own system writes."""
    return (SHIPPED / f"{system_called(name).id}.yaml").read_text(encoding="utf-8")


def system_called(name: str, own: Path | None = None) -> System:
    """A system by its name, as it ships or as a State's own file has it. Raises Usage."""
    found = shipped()
    if name not in found:
        message = f"there is no system {name[:40]!r}; there are {', '.join(found)}"
        raise Usage(message)
    if own is None:
        return found[name]
    system = checked(own, system_of)
    if system.id != name:
        message = f"the map {own} is of {system.id}, and {name} was asked for"
        raise Usage(message)
    return system


def system_of(loaded: Mapping[str, Any]) -> System:
    """A system from what its file says. Raises ValueError, KeyError and their like that name what is wrong."""
    domain.load()
    only(loaded, KEYS, "the exchange")
    out, into = loaded["out"], loaded["in"]
    only(out, OUT_KEYS, "out")
    only(into, IN_KEYS, "in")
    answers = tuple(into["columns"])
    names = {key: into[key] for key in ("message", "reply", "record", "request", "status")}
    for column in (*names.values(), *into.get("fills", {})):
        _among(column, answers, "in: columns")
    mapped = map_of(
        {
            "map": 1, "source": loaded["system"], "columns": [*answers, *SENT], "together": names["message"],
            "record": "{sent_record}", "station": "{sent_station}", "district": "{sent_district}",
            "time": {"at": into["at"], "zone": into["zone"]}, "actor": into["actor"], "acts": into["acts"],
        }
    )  # fmt: skip
    found = System(
        id=loaded["system"],
        title=loaded["title"],
        source=" ".join(loaded["source"].split()),
        theirs=tuple(loaded["theirs"]),
        sends={act: _unless(act, unless) for act, unless in out["acts"].items()},
        columns=dict(out["columns"]),
        opens=dict(out["opens"]),
        names=names,
        answers=answers,
        ignores=frozenset(into.get("ignore", ())),
        fills=into.get("fills", {}),
        statuses={name: _status(name, said, into["statuses"]) for name, said in into["statuses"].items()},
        map=mapped,
    )
    _check(found)
    return found


def _check(system: System) -> None:
    """What goes out is an act's column, and every status of a rule is told. Raises ValueError."""
    known = {each.name for act in system.sends for each in columns(ACTS[act])}
    for column, source in system.columns.items():
        if source.startswith("$"):
            _among(source[1:], OURS, f"out: columns: {column}: what begins with $")
        else:
            _among(source, sorted(known), f"out: columns: {column}: the columns of its acts")
    sealed = {each for act in system.sends for each in sealed_columns(ACTS[act])}
    for column in system.opens:
        _among(column, sorted(sealed), "out: opens: the sealed columns of its acts")
    for rule in system.map.rules:
        for status in rule.when.get(system.names["status"], ()):
            _among(status, tuple(system.statuses), "in: statuses")


def _sending(act: str) -> type[HandsOff]:
    cls = ACTS.get(act)
    if cls is None or not issubclass(cls, HandsOff):
        message = f"out: acts: {act!r} is no act by which something is sent"
        raise ValueError(message)
    return cls


def _unless(act: str, unless: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    known = [each.name for each in columns(_sending(act))]
    for column in unless:
        _among(column, known, f"out: acts: {act}")
    return {column: frozenset(values) for column, values in unless.items()}


def _status(name: str, said: Mapping[str, Any], known: Mapping[str, Any]) -> Status:
    only(said, STATUS_KEYS, f"the status {name}")
    others = {key: tuple(said.get(key, ())) for key in ("after", "against", "before")}
    for each in (one for named in others.values() for one in named):
        _among(each, tuple(known), f"the status {name}: in: statuses")
    return Status(says=said["says"], same=said.get("same", ""), once=tuple(said.get("once", ())), **others)


def _among(name: str, known: Sequence[str], where: str) -> None:
    if name not in known:
        message = f"{where} are {', '.join(known)}: {name!r} is none of them"
        raise ValueError(message)
