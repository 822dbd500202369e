"""A rule book for a log: read from a folder, every flaw told, and what its rules ask of the log."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from domain.law.book import PROCEEDING, Book, load_book_from
from domain.law.lab import names_of
from domain.law.lint import flaws
from domain.law.rule import BadRule, Rule, Trigger
from roznamcha.bounded import read_at_most
from roznamcha.errors import Usage
from roznamcha.lab.kept import SECTIONS

SUFFIXES = {".yaml", ".yml"}
MOST = 5
"""How many flaws are told at once."""
LARGEST = 256 * 1024
"""Bytes of a rule file. The largest that ships has 6,000."""


def texts_in(folder: Path) -> dict[str, str]:
    """The rule files below a folder, by their paths from it; in a folder of one law, under that folder's name.

    Raises Usage where there is none, and for one that is no plain file, is too large, or is not UTF-8.
    """
    files = sorted(each for each in folder.rglob("*") if each.suffix.lower() in SUFFIXES) if folder.is_dir() else []
    if not files:
        message = f"{folder}: no folder with rule files (*.yaml); name one"
        raise Usage(message)
    found = {}
    for file in files:
        if not file.is_file():  # whoever opens a pipe waits for a writer, and a device may have no end
            message = f"{file}: a rule file is a plain file; this is a folder, a pipe or a device, or leads nowhere"
            raise Usage(message)
        name = str(file.relative_to(folder))
        try:
            text = StringIO(read_at_most(file, LARGEST).decode("utf-8"), newline=None).read()
        except UnicodeDecodeError:
            message = f"{file}: can't be read as text in UTF-8"
            raise Usage(message) from None
        found[name if "/" in name else f"{folder.resolve().name}/{name}"] = text
    return found


def book_in(folder: Path, zone: ZoneInfo) -> Book:
    """The rule book in a folder. Raises Usage that names file, line and reason of its flaws."""
    texts = texts_in(folder)
    if found := flaws(texts, None, zone):
        more = f" · and {len(found) - MOST} more: `roznamcha law check-book {folder} --foreign`"
        message = " · ".join(map(str, found[:MOST])) + (more if len(found) > MOST else "")
        raise Usage(message)
    try:
        return load_book_from(texts)
    except BadRule as error:
        raise Usage(str(error)) from None


@dataclass(frozen=True)
class Asked:
    """What rule books ask of a log."""

    books: tuple[Book, ...]

    def rules(self) -> Iterator[Rule]:
        """The rules of all of them."""
        for book in self.books:
            yield from book.rules.values()

    @property
    def activities(self) -> dict[str, str]:
        """The activities that matter, each with the first rule that names it; and what begins a proceeding."""
        found: dict[str, str] = {}
        for rule in self.rules():
            for trigger in rule.triggers():
                found.setdefault(trigger.fact, rule.id)
        for book in self.books:
            for name in book.interests:
                found.setdefault(name, "")
        return found

    @property
    def columns(self) -> list[str]:
        """The columns that matter if a line has them."""
        found = {name for book in self.books for each in book.interests.values() for name in each}
        return sorted(found.union(*(each for rule in self.rules() for _, each in _asked(rule))))

    @property
    def times(self) -> dict[str, list[str]]:
        """Of each activity the columns that hold a time of its own, where a rule asks for one there."""
        found: dict[str, set[str]] = {}
        for trigger in (each for rule in self.rules() for each in rule.triggers() if each.at):
            found.setdefault(trigger.fact, set()).add(trigger.at)
        return {activity: sorted(columns) for activity, columns in found.items()}

    def missing(self, seen: set[str], has: AbstractSet[str]) -> list[str]:
        """The columns without which a rule would say something else than it means, of activities the log does have."""
        return list(
            dict.fromkeys(
                f"rule {rule.id}: {trigger.fact!r} is asked for {' or '.join(columns)}, and the log has no such column"
                for rule in self.rules()
                for trigger, columns in _asked(rule)
                if trigger.fact in seen and has.isdisjoint(columns)
            )
        )

    def doubts(self, seen: set[str]) -> Iterator[str]:
        """What a reader should know of the rules and this log, in the activities of which `seen` are."""
        for name, first in self.activities.items():
            if first and name not in seen:
                near = get_close_matches(name, seen, n=1)
                yield f"rule {first}: no line of the log is {name!r}" + (f"; is it {near[0]!r}?" if near else "")
        for rule in {each.id: each for each in self.rules()}.values():
            if names_of(rule).isdisjoint(seen):
                continue
            if rule.governed_by == "proceeding" and seen.isdisjoint(PROCEEDING):
                yield f"rule {rule.id}: the log tells of no proceeding, so the date of the start picks the version"
            if rule.closed_days == "next-open-day" and not any(book.closed for book in self.books):
                yield f"rule {rule.id}: no closed days are known here, so none moves an end"


def _asked(rule: Rule) -> Iterator[tuple[Trigger, tuple[str, ...]]]:
    """What each trigger of a rule is asked for: columns of which one at least must be there."""
    given = {name for each in rule.extends for name in each.sets}
    needs = {name for version in rule.versions for name in version.limit.needs()}
    needs |= {each.attribute for version in rule.versions for each in version.applies}
    needs = {SECTIONS if name.startswith("offence.") else name for name in needs}
    for trigger in rule.triggers():
        own = {trigger.at, trigger.adds, trigger.hours, *trigger.sets.values()} | {
            each.attribute for each in trigger.when
        }
        own |= needs - given if trigger in rule.starts else set()
        yield from ((trigger, (column,)) for column in sorted(own - {""}))
        if trigger.subject:
            yield trigger, trigger.subject
