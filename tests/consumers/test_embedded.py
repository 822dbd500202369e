"""Waiting for the checkpoints: whoever works is waited for, whoever stands still is ended."""

from __future__ import annotations

import psycopg
import pytest

from consumers import embedded
from consumers.checkpoints import positions
from consumers.embedded import connected, unhindered
from tests.consumers.feed import following, write_cases


def test_a_command_is_not_held_up_by_who_stands_still(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits as long as a batch may take, ends who has the checkpoints in hand and says nothing, and goes on."""
    monkeypatch.setattr(embedded, "WAITING", 1)
    monkeypatch.setattr(embedded, "STANDING", 10)
    write_cases(database, 2)
    with following(database) as follower, connected(database) as other:
        follower.catch_up(until=3)
        other.execute("BEGIN")
        positions(other, lock=True)
        assert unhindered(follower.connection, follower.catch_up) == 5
        with pytest.raises(psycopg.OperationalError):
            other.execute("COMMIT")
        assert follower.connection.execute("SHOW lock_timeout").fetchone() == ("0",)
