"""Who is shown what: four copies of one record, under one root.

What is not shown stays withheld, visibly: a copy lists each digest that it doesn't open, with the reason. Which column
is whose to see is a proposal that no lawyer has reviewed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Audience = Literal["court", "accused", "public", "sealed"]
VICTIMS = re.compile("V[0-9]{1,3}")
ACCUSED = re.compile("[AB][0-9]{1,3}")
NOT_PUBLIC = frozenset({"meta.actor", "meta.cause", "meta.doubts", "meta.signature"})


@dataclass(frozen=True)
class Rule:
    """What one audience may see: which open columns not, and whose sealed ones."""

    name: Audience
    hidden: frozenset[str]
    persons: re.Pattern[str] | None
    but: re.Pattern[str] | None = None
    purpose: str = "court"
    """As `AccessRecorded` has it."""

    def shows(self, column: str) -> bool:
        """Whether an open column is shown."""
        return column not in self.hidden

    def opens(self, person: str) -> bool:
        """Whether a person's sealed columns are opened."""
        return bool(self.persons and self.persons.fullmatch(person)) and not (self.but and self.but.fullmatch(person))


RULES: dict[str, Rule] = {
    "public": Rule("public", NOT_PUBLIC, None),
    "accused": Rule("accused", frozenset({"meta.cause"}), ACCUSED, None, "copy for the accused"),
    "court": Rule("court", frozenset(), re.compile(".+"), VICTIMS),
    "sealed": Rule("sealed", frozenset(), re.compile(".+")),
}
AUDIENCES: dict[str, dict[str, str]] = {
    "court": {"hi": "न्यायालय के लिए", "en": "for the court"},
    "accused": {"hi": "अभियुक्त के लिए", "en": "for the accused"},
    "public": {"hi": "सार्वजनिक", "en": "public"},
    "sealed": {"hi": "सीलबंद लिफ़ाफ़ा", "en": "sealed cover"},
}
"""What each copy is called. The Hindi is ours."""
