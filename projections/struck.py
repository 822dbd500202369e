"""Entries that were struck: still there, still shown, but no longer counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from domain.case.corrections import CorrectsEntry


def strike(struck: Mapping[str, int], correction: CorrectsEntry) -> dict[str, int]:
    """Which versions are struck, and by which, after one more correction. A struck correction strikes nothing."""
    kept = {old: by for old, by in struck.items() if by != correction.version}
    return {**kept, str(correction.version): correction.meta.version}


def standing(facts: Iterable[Mapping[str, object]], struck: Mapping[str, int]) -> list[Mapping[str, object]]:
    """The facts whose entries (`v`) still stand."""
    return [each for each in facts if str(each["v"]) not in struck]
