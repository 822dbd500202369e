"""How a person is called in a record: by a code, so that no open column, rule or message holds a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.case.case import Case

PERSON = re.compile(r"[A-Z][0-9]{1,3}")


def unreadable(case: Case, *codes: str) -> Iterator[str]:
    """The reason when a code isn't one. What was given isn't repeated: somebody may have written a name there."""
    if not all(PERSON.fullmatch(code) for code in codes):
        yield f"a person of {case.label} is entered by a code (A1, V1, W2 …) and not otherwise. Give the code."
