"""A form and its columns: what is missing, what is unknown, what is no date, each told with file, line and rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, NoReturn, Self, TypeVar

from domain.law.counting import written_day, written_start
from domain.law.grammar import NotGrammar
from domain.law.rule import BadRule

T = TypeVar("T")
TIME = "2026-03-01T10:00:00+05:30"


class Flaw(NamedTuple):
    """What is wrong, and where."""

    file: str
    line: int
    why: str

    def __str__(self) -> str:
        """As editors read it."""
        return f"{self.file}:{self.line}: {self.why}"


class Marked(dict[str, Any]):
    """A table read from a file, with the line on which each key stands."""

    line: int = 1
    lines: Mapping[str, int] = {}


class Form:
    """One table of a rule's file, and how to complain about it."""

    def __init__(self, table: Marked, name: str, where: str) -> None:
        """Read `table` of the rule `name` from the file `where`."""
        self.table, self.name, self.where = table, name, where

    def bad(self, message: str, key: str = "") -> NoReturn:
        """Refuse the file for this reason."""
        line = self.table.lines.get(key, self.table.line)
        told = f"{self.where}:{line}: {self.name}: {message}"
        raise BadRule(told)

    def inner(self, key: str, value: object, known: Sequence[str], needed: Sequence[str] = ()) -> Self:
        """A table inside this one, with its keys checked."""
        if not isinstance(value, Marked):
            self.bad(f"{key}: a table with {', '.join(known)} is needed", key)
        inner = type(self)(value, self.name, self.where)
        inner.keys(known, needed, f"{key}: ")
        return inner

    def keys(self, known: Sequence[str], needed: Sequence[str], told: str = "") -> None:
        """No key is unknown, none that is needed is missing or empty."""
        for key in self.table:
            if key not in known:
                self.bad(f"{told}unknown key {key!r}", key)
        for key in needed:
            value = self.table.get(key)
            if value in (None, [], {}) or (isinstance(value, str) and not value.strip()):
                self.bad(f"{told}{key} is missing; nothing is assumed for it", key)

    def text(self, key: str, *, long: bool = False) -> str:
        """Text, or nothing."""
        value = self.table.get(key)
        if value is None:
            return ""
        if not isinstance(value, str) or ("\n" in value.strip() and not long):
            self.bad(f"{key}: text is needed", key)
        return " ".join(value.split()) if long else value.strip()

    def one_of(self, key: str, known: Sequence[str], otherwise: str = "") -> str:
        """One of these words."""
        value = self.table.get(key, otherwise)
        if value not in known and value != otherwise:
            self.bad(f"{key}: {value!r} is none of {', '.join(known)}", key)
        return str(value)

    def flag(self, key: str) -> bool:
        """True, or nothing."""
        if self.table.get(key, True) is not True:
            self.bad(f"{key}: say true, or leave it out", key)
        return key in self.table

    def day(self, key: str) -> date | None:
        """A day as 2024-07-01, or nothing."""
        value = self.table.get(key)
        if value is None:
            return None
        try:
            return written_day(value)
        except (TypeError, ValueError):
            self.bad(f"{key}: {value!r} is no day like 2024-07-01", key)

    def moment(self, key: str) -> str:
        """A day as 2024-07-01 or a time with its zone, as it is written; or nothing."""
        text = self.text(key)
        try:
            written_start(text or "2024-07-01")
        except ValueError:
            self.bad(f"{key}: {text!r} is no day like 2024-07-01, and no time with its zone like {TIME}", key)
        return text

    def both(self, key: str) -> Mapping[str, str]:
        """Words in English and Hindi."""
        words = self.inner(key, self.table[key], ("en", "hi"), ("en", "hi"))
        return {language: words.text(language, long=True) for language in ("en", "hi")}

    def grammar(self, key: str, read: Callable[[], T]) -> T:
        """What `read` gives, or its complaint in the words of this form."""
        try:
            return read()
        except NotGrammar as error:
            self.bad(f"{key}: {error}", key)
