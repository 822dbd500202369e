"""What the law clocks and this book doesn't yet, each with what it waits for; and the acts that no clock concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import domain
from domain.event import ACTS
from domain.law.book import read_beside
from domain.law.rule import BadRule

NOTHING = "nothing"
"""What a row waits for when no duty ends on a day."""


@dataclass(frozen=True)
class Waiting:
    """A period of the law without a rule: its name, its law, what it waits for, and what it is."""

    row: str
    law: str
    waits_for: str
    why: str


def waiting() -> tuple[Waiting, ...]:
    """Every period that has no rule, in the order of the file. Raises BadRule for a row that lacks something."""
    return tuple(Waiting(**_row(each, set(Waiting.__annotations__))) for each in read_beside("waiting.yaml"))


def unclocked() -> Mapping[str, str]:
    """The acts that no rule names, and why: without a register, of `case`; with a star for it, of every register.

    Raises BadRule for one that stands twice, and for a star that stands for nothing.
    """
    domain.load()
    found: dict[str, str] = {}
    for each in read_beside("unclocked.yaml"):
        row = _row(each, {"why", "acts"})
        for act in row["acts"]:
            names = _everywhere(act) if act.startswith("*.") else [act if "." in act else f"case.{act}"]
            if not names:
                message = f"unclocked.yaml:{each.line}: no register has the act {act}"
                raise BadRule(message)
            if any(name in found for name in names):
                message = f"unclocked.yaml:{each.line}: {act} stands twice"
                raise BadRule(message)
            found |= dict.fromkeys(names, row["why"])
    return found


def _everywhere(act: str) -> list[str]:
    """The act of this name in each register that has it, by hand."""
    return sorted(name for name, cls in ACTS.items() if cls.by_hand and name.partition(".")[2] == act[2:])


def _row(given: Any, keys: set[str]) -> dict[str, Any]:  # noqa: ANN401 (what stands in a file)
    if given.keys() != keys or not all(given.values()):
        message = f"{given.line}: a row has {', '.join(sorted(keys))}, and nothing else"
        raise BadRule(message)
    return dict(given)
