"""A moment that is asked about: a day is its last instant, by the zone of the settings, and is written in one way."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from roznamcha.commands.reading import moment_given
from roznamcha.errors import Usage


def office(zone: str) -> Any:
    """An office in a zone."""
    return SimpleNamespace(settings=SimpleNamespace(zone=ZoneInfo(zone)))


@pytest.mark.parametrize(
    ("zone", "text", "moment"),
    [
        ("Asia/Kolkata", "2026-03-01", "2026-03-01T18:29:59.999999Z"),
        ("America/Santiago", "2026-04-04", "2026-04-05T03:59:59.999999Z"),
        ("Asia/Kolkata", "2026-03-01T10:00:00+05:30", "2026-03-01T04:30:00Z"),
    ],
)
def test_a_day_is_its_last_instant(zone: str, text: str, moment: str) -> None:
    """Where clocks go back at midnight the last hour comes twice, and the second one ends the day."""
    assert moment_given(text, office(zone)) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("text", ["2026-W01-1", "2026-02-30", "20260101", "2026-03-01T10:00", "soon", "2026-03-01 "])
def test_what_is_written_otherwise_is_refused(text: str) -> None:
    """A week is no day here, as everywhere else."""
    with pytest.raises(Usage, match="is no moment"):
        moment_given(text, office("Asia/Kolkata"))
