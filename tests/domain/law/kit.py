"""Builders for the tests of the law: facts at Indian times, and the clocks that come of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from domain.law.book import load_book
from domain.law.clock import Clock, Fact, Reckoning, evaluate

ZONE = ZoneInfo("Asia/Kolkata")
BOOK = load_book()
NUMBERS = count(1)


def at(text: str) -> datetime:
    """A moment by the clock of India: `2026-07-02` is its first instant, `2026-07-02 09:30` half past nine."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def fact(act: str, when: str, recorded: str = "", **values: Any) -> Fact:
    """An act of a case, recorded five minutes later unless a time is given; `victims_code` is `victims.code`."""
    occurred = at(when)
    columns = {name.replace("victims_code", "victims.code"): value for name, value in values.items()}
    recorded_at = at(recorded) if recorded else occurred + timedelta(minutes=5)
    traits = frozenset({"CorrectsEntry"}) if act == "EntryCorrected" else frozenset[str]()
    return Fact(f"case.{act}", f"e{next(NUMBERS):05d}", occurred, recorded_at, traits, columns)


def fir(when: str, *sections: str, **values: Any) -> Fact:
    """An FIR under these sections."""
    return fact("FIRRegistered", when, sections=list(sections), **values)


def clocks(*facts: Fact, **asked: Any) -> Reckoning:
    """All clocks of a record with these facts."""
    return evaluate(BOOK, facts, asked.pop("zone", ZONE), **asked)


def only(rule: str, found: Iterable[Clock], subject: str | None = None) -> Clock:
    """The one clock of a rule (for a subject)."""
    mine = [each for each in found if each.rule.id == rule and subject in {None, each.subject}]
    assert len(mine) == 1, f"{rule}: {mine}"
    return mine[0]


def of(rule: str, found: Iterable[Clock]) -> list[Clock]:
    """Every clock of a rule."""
    return [each for each in found if each.rule.id == rule]


def told(clock: Clock) -> str:
    """The English explanation as one text."""
    return "\n".join(line.en for line in clock.explain)


REMAND = {"custody": "judicial", "days": 15}
ARREST = {"manner": "arrested", "status": "arrested and forwarded"}


def remanded(accused: str, when: str, recorded: str = "") -> Fact:
    """A remand of an accused."""
    return fact("AccusedRemanded", when, recorded, accused=accused, **REMAND)
