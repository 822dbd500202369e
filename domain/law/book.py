"""The rule book: every rule that ships, read from its file, checked, and known by the facts it waits for.

The one place below the shell that reads files, and only those that are part of the program.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from domain.law.offences import Offences, read_offences
from domain.law.rule import BadRule, Rule, Trigger, UnknownLaw, made

FOLDERS = ("bnss", "crpc", "pocso", "ndps", "judgments", "policy")


class StrictLoader(yaml.SafeLoader):
    """YAML without its surprises: every plain scalar is text unless it is a whole number, true, false or null.

    So `187.10` stays `187.10`, `NO` stays `NO`, `24:00` stays `24:00`, dates stay text; a key is text and stands once.
    """


StrictLoader.yaml_implicit_resolvers = {}
PLAIN = {
    "int": (r"[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    "bool": (r"(?:true|false)$", "tf"),
    "null": (r"(?:null|~|)$", ("n", "~", "")),
}
for _kind, (_pattern, _first) in PLAIN.items():
    StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), list(_first))


def _mapping(loader: StrictLoader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            message = f"line {line}: the key {key!r} is not text; put it in quotes"
            raise BadRule(message)
        if key in found:
            message = f"line {line}: the key {key!r} stands twice"
            raise BadRule(message)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass(frozen=True)
class Book:
    """Rules by name, and by the facts they react to."""

    rules: Mapping[str, Rule]
    offences: Offences
    by_fact: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    interests: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The facts and traits that matter to any rule, and which of their columns."""

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises UnknownLaw."""
        try:
            return self.rules[name]
        except KeyError:
            message = f"there is no rule {name!r}; `roznamcha law list` lists them"
            raise UnknownLaw(message) from None


ALWAYS: Mapping[str, frozenset[str]] = {
    "case.FIRRegistered": frozenset({"sections"}),
    "case.ZeroFIRRegistered": frozenset({"sections"}),
    "case.SectionsAltered": frozenset({"sections"}),
    "case.InformationReceived": frozenset({"sections"}),
}
"""Facts that tell when the proceeding began, and for which offences."""


def book_of(rules: Iterable[Rule], offences: Offences) -> Book:
    """A book of these rules. Raises BadRule when two have one name."""
    found: dict[str, Rule] = {}
    interests: dict[str, set[str]] = {name: set(columns) for name, columns in ALWAYS.items()}
    for rule in rules:
        if rule.id in found:
            message = f"rule {rule.id}: there are two of that name"
            raise BadRule(message)
        found[rule.id] = rule
        for trigger in triggers_of(rule):
            wanted = {trigger.at, trigger.hours, rule.per, *trigger.when, *trigger.sets.values()}
            interests.setdefault(trigger.fact, set()).update(wanted - {"", "record"})
    return Book(found, offences, interests={name: frozenset(columns) for name, columns in interests.items()})


def triggers_of(rule: Rule) -> tuple[Trigger, ...]:
    """Every fact a rule reacts to."""
    return (*rule.starts, *rule.stops, *rule.extends, *rule.excludes, *rule.exempts, *rule.overtakes)


def read_rule(text: str, *, folder: str = "", where: str = "", foreign: bool = False) -> Rule:
    """A rule from its file's text. Raises BadRule that names the file and, where it is known, the line."""
    try:
        loaded = yaml.load(text, Loader=StrictLoader)  # noqa: S506 (a SafeLoader made stricter)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        message = f"{where}: line {line}: {error.problem}"
        raise BadRule(message) from None
    except (yaml.YAMLError, BadRule) as error:
        message = f"{where}: {error}"
        raise BadRule(message) from None
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        return made(loaded, folder=folder, digest=digest, foreign=foreign)
    except BadRule as error:
        message = f"{where}: {error}"
        raise BadRule(message) from None


def load_book() -> Book:
    """The rule book that ships with this release."""
    root = resources.files("domain.law")
    rules = [
        read_rule(file.read_text(encoding="utf-8"), folder=folder, where=f"{folder}/{file.name}")
        for folder in FOLDERS
        for file in _files(root / folder, ".yaml")
    ]
    tables = {file.name: file.read_text(encoding="utf-8") for file in _files(root / "offences", ".csv")}
    return book_of(rules, read_offences(tables))


def _files(folder: Traversable, ending: str) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if each.name.endswith(ending)), key=lambda each: each.name)
