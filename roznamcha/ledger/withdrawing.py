"""A copy that is given up: its request for a closing leaf is withdrawn, so that no leaf tells of a copy nobody has.

A request is either withdrawn or has its leaf. Both are written under one lock, by whoever finds the other lacking.
What is killed withdraws nothing: its request is left alone once it is older than STALE.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection

from roznamcha.ledger.kept import Ledger

BOUND = b"SELECT set_config('lock_timeout', '5s', true)"
"""Who withdraws waits no longer for a sequencer that stands still: the request grows stale by itself."""
LOCK = b"SELECT pg_advisory_xact_lock(hashtextextended('ledger requests', 0))"
TAKEN = "SELECT pg_try_advisory_xact_lock(hashtextextended('ledger requests', 0))"
WITHDRAW = b"""
    INSERT INTO roznamcha.ledger_withdrawn (act)
    SELECT %s WHERE NOT EXISTS (SELECT FROM roznamcha.leaves WHERE act = %s)
"""


def withdrawn(connection: Connection[Any], act: UUID) -> bool:
    """Withdraw a request for a leaf. False where it has its leaf already, or the database gave no answer.

    If we die here, or the database is away, the request grows stale and has no leaf either.
    """
    try:
        with connection.transaction():
            connection.execute(BOUND)
            connection.execute(LOCK)
            # A statement of its own: it sees what was committed before the lock was free.
            return connection.execute(WITHDRAW, (act, act)).rowcount == 1
    except psycopg.Error:
        return False


def may_close(ledger: Ledger) -> bool:
    """Whether nobody withdraws just now; then nobody does until the caller's transaction ends."""
    return bool(ledger.rows(TAKEN)[0][0])
