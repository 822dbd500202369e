"""The rule book: every rule that ships, read from its file, checked, and known by the facts it waits for.

Below the shell only this file and the offence tables are read, and only as parts of the program itself.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from domain.law.closed import NEVER, ClosedDays
from domain.law.form import Marked
from domain.law.offences import Offences, packaged
from domain.law.rule import BadRule, Rule, UnknownLaw
from domain.law.rule_form import read_form

FOLDERS = ("bnss", "crpc", "pocso", "poa", "ndps", "uapa", "jj", "mv", "judgments", "policy")

PROCEEDING = ("case.FIRRegistered", "case.ZeroFIRRegistered")
"""The facts that begin the proceeding of a case: their earliest date picks the version (BNSS s.531(2)(a))."""

BELIEVED = ("case.InformationReceived", "case.PreliminaryEnquiryOrdered")
"""Before there is an FIR, these tell what offences are believed to have been done; afterwards they change nothing."""

RECEIVED = ("case.FIRReceivedByStation", "case.CaseReceived")
"""With these a case comes from elsewhere: they tell for which offences it is, where its own record doesn't."""

SECTIONS = (*BELIEVED, *PROCEEDING, *RECEIVED, "case.SectionsAltered")
"""The facts whose `sections` tell for which offences the case is; each replaces the list before it."""

WAY = 3
"""The way of counting. Raised when the same rule, tables and entries would give another date than they gave before."""

MOST_DIGITS = 18
"""Of a number in a file, its sign among them: what any reader of numbers takes."""

HALF = re.compile("[\ud800-\udfff]")
"""Half of a pair of surrogates: no text can be written that has one alone."""

MOST = 10_000
"""So many sets of facts are remembered, with the rules that may have begun."""

STRIKES = "CorrectsEntry"
"""The trait of an entry that strikes another one, named by its column `entry`."""


def _strange(event: Any) -> str:  # noqa: ANN401 (of one parser or the other)
    """Why nothing may stand in a file as this does; nothing for what may."""
    if isinstance(event, yaml.AliasEvent):
        return "an alias (*) stands for something elsewhere; write it out"
    if event.tag is not None:
        return "a tag (!) says what kind of value follows; write the value alone, and text in quotes"
    half = HALF.search(event.value) if isinstance(event, yaml.ScalarEvent) and not event.value.isascii() else None
    return f"\\u{ord(half[0]):04X} is half a character" if half else ""


class StrictLoader(yaml.SafeLoader):
    """YAML without its surprises: every plain scalar is text unless it is a whole number, true, false or null.

    So `187.10` stays `187.10`, `NO` stays `NO`, `24:00` stays `24:00`, `on` stays `on` and a date stays text; a key is
    text and stands once. Tables know their lines. Nothing stands for something elsewhere: a few aliases of aliases
    would be a text without end. Nothing has a tag: what a value is, it shows itself.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """What stands here, written out."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if told := _strange(event):
            raise yaml.composer.ComposerError(None, None, told, event.start_mark)
        return super().compose_node(parent, index)


StrictLoader.yaml_implicit_resolvers = {}
for _kind, _pattern, _first in (
    ("int", r"[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789"),
    ("bool", r"(?:true|false)$", "tf"),
    ("null", r"(?:null|~|)$", ("n", "~", "")),
):
    StrictLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_kind}", re.compile(_pattern), list(_first))


def _table(loader: StrictLoader, node: yaml.MappingNode) -> Marked:
    found, lines = Marked(), {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            told = f"the key {key!r} is not text; put it in quotes"
            raise yaml.constructor.ConstructorError(None, None, told, key_node.start_mark)
        if key in found:
            told = f"the key {key!r} stands twice"
            raise yaml.constructor.ConstructorError(None, None, told, key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
        lines[key] = key_node.start_mark.line + 1
    found.line, found.lines = node.start_mark.line + 1, lines
    return found


def _whole_number(loader: StrictLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if len(text) > MOST_DIGITS:
        told = f"a number of {len(text):,} digits; no number has more than {MOST_DIGITS}"
        raise yaml.constructor.ConstructorError(None, None, told, node.start_mark)
    return int(text)


StrictLoader.add_constructor("tag:yaml.org,2002:map", _table)
StrictLoader.add_constructor("tag:yaml.org,2002:int", _whole_number)


def _quick() -> type[StrictLoader]:
    """The same loader with libyaml to read the text, where PyYAML has it: five times as fast."""
    try:
        from yaml._yaml import CParser  # noqa: PLC0415 (not there where PyYAML was built without it)
    except ImportError:
        return StrictLoader

    class Quick(StrictLoader):
        """Everything above the parser's events is the strict loader's own."""

        def __init__(self, stream: str) -> None:
            yaml.composer.Composer.__init__(self)
            yaml.constructor.SafeConstructor.__init__(self)
            yaml.resolver.Resolver.__init__(self)
            parser = CParser(stream)
            for name in ("check_event", "peek_event", "get_event", "dispose"):
                setattr(self, name, getattr(parser, name))

    return Quick


QuickLoader = _quick()


@dataclass(frozen=True)
class Book:
    """Rules by name, in the order of their names; what they wait for; and the offences they depend on."""

    rules: Mapping[str, Rule]
    offences: Offences
    interests: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The facts and traits that matter to any rule, and which of their columns. Keep those, and only those."""
    proceeding: tuple[str, ...] = PROCEEDING
    closed: ClosedDays = NEVER
    """The closed days of courts and offices, for the rules that heed them."""

    @cached_property
    def basis(self) -> str:
        """The SHA-256 of what each rule is counted by besides its text: the way, the tables, the closed days."""
        told = f"{WAY} {self.offences.digest} {self.closed.digest}".strip()
        return hashlib.sha256(told.encode()).hexdigest()

    @cached_property
    def heard(self) -> dict[tuple[str, frozenset[str]], tuple[str, ...]]:
        """Of facts that were met, by their names and traits, the names that matter to any rule."""
        return {}

    @cached_property
    def concerned(self) -> Mapping[str, frozenset[str]]:
        """The rules whose clocks one more fact of this name or trait may change; all others stay as they are.

        A list of sections, or what begins the proceeding, concerns every rule that asks for more than its own facts.
        """
        found: dict[str, set[str]] = {name: set() for name in self.interests}
        for rule in self.rules.values():
            for trigger in rule.triggers():
                found[trigger.fact].add(rule.id)
            if rule.conditional or rule.applies_by or rule.governed_by == "proceeding":
                for name in {*SECTIONS, *self.proceeding} & found.keys():
                    found[name].add(rule.id)
        found[STRIKES] = set(self.rules)
        return {name: frozenset(rules) for name, rules in found.items()}

    def begun_by(self, names: frozenset[str]) -> tuple[Rule, ...]:
        """The rules that may have begun where facts of these names are there: few records differ in what they have."""
        found = self._begun.get(names)
        if found is None:
            rules = (
                self.rules[each] for each in sorted({rule for name in names for rule in self.started_by.get(name, ())})
            )
            found = tuple(rule for rule in rules if all(each.fact in names for each in rule.starts_with))
            if len(self._begun) >= MOST:
                self._begun.clear()
            self._begun[names] = found
        return found

    @cached_property
    def _begun(self) -> dict[frozenset[str], tuple[Rule, ...]]:
        return {}

    @cached_property
    def started_by(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that each fact or trait starts, so that nobody need ask all of them."""
        found: dict[str, list[str]] = {}
        for rule in self.rules.values():
            for name in rule.start_names:
                found.setdefault(name, []).append(rule.id)
        return {name: tuple(rules) for name, rules in found.items()}

    def rule(self, name: str) -> Rule:
        """The rule of that name. Raises UnknownLaw."""
        try:
            return self.rules[name]
        except KeyError:
            message = f"there is no rule {name!r}; `roznamcha law list` lists them"
            raise UnknownLaw(message) from None

    def __getitem__(self, name: str) -> Rule:
        """The rule of that name. Raises UnknownLaw."""
        return self.rule(name)


def book_of(rules: Iterable[Rule], offences: Offences) -> Book:
    """A book of these rules. Raises BadRule when two have one name."""
    found: dict[str, Rule] = {}
    interests: dict[str, set[str]] = {name: {"sections"} for name in SECTIONS} | {STRIKES: {"entry"}}
    for rule in sorted(rules, key=lambda each: each.id):
        if rule.id in found:
            message = f"rule {rule.id}: two files have a rule of that name"
            raise BadRule(message)
        found[rule.id] = rule
        for trigger in rule.triggers():
            interests.setdefault(trigger.fact, set()).update(trigger.columns())
        needed = {name for version in rule.versions for name in version.limit.needs()}
        needed -= {name for each in rule.extends for name in each.sets}
        for trigger in rule.starts:
            interests[trigger.fact].update(name for name in needed if not name.startswith("offence."))
    return Book(found, offences, {name: frozenset(columns) for name, columns in sorted(interests.items())})


def read_yaml(text: str, where: str) -> Any:  # noqa: ANN401 (what a file holds)
    """What stands in a YAML file; its tables know their lines. Raises BadRule that names file and line."""
    try:
        return yaml.load(text, Loader=QuickLoader)  # noqa: S506 (a SafeLoader made stricter)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _read_carefully(text, where)  # whose words for what is wrong are the better ones


def _read_carefully(text: str, where: str) -> Any:  # noqa: ANN401 (as above)
    try:
        return yaml.load(text, Loader=StrictLoader)  # noqa: S506 (as above)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        message = f"{where}:{line}: {error.problem}"
        raise BadRule(message) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        message = f"{where}:1: this is no YAML: {' '.join(str(error).split())}"
        raise BadRule(message) from None


def read_rule(text: str, *, folder: str = "", where: str = "", foreign: bool = False) -> Rule:
    """A rule from its file's text. Raises BadRule that names file, line and what is wrong."""
    loaded = read_yaml(text, where)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return read_form(loaded, where=where, folder=folder, digest=digest, foreign=foreign)


def shipped_texts() -> dict[str, str]:
    """The text of every rule file that ships with this release, by folder and name."""
    root = resources.files("domain.law")
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8")
        for folder in FOLDERS
        for file in _files(root / folder)
    }


def read_beside(name: str) -> Any:  # noqa: ANN401 (what a file holds)
    """What stands in a data file that ships beside the folders. Raises BadRule."""
    return read_yaml((resources.files("domain.law") / name).read_text(encoding="utf-8"), name)


@cache
def load_book() -> Book:
    """The rule book that ships with this release, read once. Raises BadRule."""
    rules = [read_rule(text, folder=name.partition("/")[0], where=name) for name, text in shipped_texts().items()]
    return book_of(rules, packaged())


def load_book_from(texts: Mapping[str, str]) -> Book:
    """A foreign rule book: the text of each file by its name. No examples, review or titles are asked of it."""
    return book_of((read_rule(text, where=name, foreign=True) for name, text in sorted(texts.items())), packaged())


def _files(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((each for each in folder.iterdir() if each.name.endswith(".yaml")), key=lambda each: each.name)
