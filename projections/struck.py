"""Entries that were struck: still there, still shown, but no longer counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.common.corrections import CorrectsEntry


def strike(corrections: Mapping[str, int], correction: CorrectsEntry) -> dict[str, int]:
    """Which version each correction strikes, with one more."""
    return {**corrections, str(correction.meta.version): correction.version}


def struck(corrections: Mapping[str, int]) -> dict[int, int]:
    """Which versions are struck, each by which. A correction that is struck itself strikes nothing."""
    found: dict[int, int] = {}
    for by in sorted(map(int, corrections), reverse=True):
        if by not in found:
            found.setdefault(corrections[str(by)], by)
    return found


def standing(facts: Iterable[dict[str, Any]], corrections: Mapping[str, int]) -> list[dict[str, Any]]:
    """The facts whose entries (`version`) still stand."""
    if not corrections:
        return list(facts)
    gone = struck(corrections)
    return [each for each in facts if each["version"] not in gone]
