"""In which words the screen tells of a record as it stands: English, Hindi, or both. What has no Hindi word says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from domain.law.book import StrictLoader
from projections.ties import ties
from roznamcha.drafting import walk
from roznamcha.errors import Usage
from roznamcha.forms.book import FOLDER, choices
from roznamcha.forms.printing import LANGUAGES, SAID
from roznamcha.forms.records import REGISTERS
from schemas import catalogue

NAME = re.compile("[a-z]+(?:_[a-z]+)*")
"""How the register names a column of its own; what looks otherwise (A1, PR/1) is somebody's value."""


class Wording:
    """The words of one way to tell: `language` is en, hi or both. Raises Usage for another one."""

    def __init__(self, language: str) -> None:
        """Tell in this language."""
        if language not in LANGUAGES:
            message = f"there are the languages {', '.join(LANGUAGES)}, and no {language[:20]!r}"
            raise Usage(message)
        self.languages = LANGUAGES[language]

    def told(self, english: str, hindi: str | None, aside: str = "") -> str:
        """A word as it is told; in Hindi alone one that has none stands in English, with `[en]` behind it."""
        spoken = {"en": aside or english, "hi": hindi or f"{english} [en]"}
        if self.languages == ("hi", "en") and hindi is None:
            return spoken["en"]
        return " · ".join(dict.fromkeys(spoken[each] for each in self.languages))

    def screen(self, word: str) -> str:
        """A word of the screen's own."""
        return self.told(word, _words()["screen"].get(word))

    def chapter(self, name: str) -> str:
        """A chapter of a record: arrests, malkhana."""
        return self.told(name.replace("_", " "), _words()["chapters"].get(name))

    def stage(self, name: str) -> str:
        """How far a record has come."""
        return self.told(name, _words()["stages"].get(name)) if name else ""

    def register(self, name: str) -> str:
        """A register by its name."""
        return self.told(name, REGISTERS.get(name, {}).get("hi"))

    def act(self, name: str) -> str:
        """An act by its name."""
        schema = catalogue().latest.get(name)
        return self.told(name, schema.raw.get("title", {}).get("hi") if schema else None)

    def key(self, name: str) -> str:
        """What stands before a value: a column of the register's own, a tie, or what somebody has entered."""
        hindi = _words()["columns"].get(name) or _labels().get(name) or _ties().get(name)
        return self.told(name, hindi) if hindi or NAME.fullmatch(name) else name

    def value(self, value: Any) -> str:  # noqa: ANN401 (any JSON that is no table and no list)
        """A value: a choice in its words, yes and no, and everything else as it was entered."""
        if isinstance(value, bool):
            return self.told(str(value), SAID["yes" if value else "no"]["hi"])
        text = str(value)
        spoken = choices().get(text) or _words()["stages"].get(text)
        return self.told(text, spoken) if spoken else text


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = yaml.load(
        (FOLDER / "standing.yaml").read_text(encoding="utf-8"),
        StrictLoader,  # noqa: S506 (it makes texts, numbers and tables alone)
    )
    return found


@cache
def _labels() -> Mapping[str, str]:
    """The Hindi label that the acts have for a column of this name."""
    found: dict[str, str] = {}
    for schema in catalogue().latest.values():
        for field in walk(schema.raw):
            if hindi := field.get("label", {}).get("hi"):
                found.setdefault(field["name"], hindi)
    return found


@cache
def _ties() -> Mapping[str, str]:
    return {kind.id: kind.hi for kind in ties().values()}
