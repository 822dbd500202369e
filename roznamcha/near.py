"""What was meant by a word that nothing here is called."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def near(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, with what looks most like the word; nothing where nothing does."""
    found = get_close_matches(word[:100], sorted({each for each in known if each}), n=1)
    return f"; did you mean {found[0]}?" if found else ""
