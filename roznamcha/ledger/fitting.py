"""Whether entries are still those that the ledger has leaves of: asked of one record before a copy of it is made.

The audit asks it of everything. A copy would show by itself that a shown entry is another than its leaf commits to; it
would not show an entry that was put in and has no leaf, and its extracts would be made of that one too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from uuid import UUID

from roznamcha.errors import Broken
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.kept import Leaf, Ledger

STATES = "SELECT notification_id, state FROM roznamcha.entries WHERE notification_id = ANY(%s)"
WITHOUT = """
    SELECT e.notification_id FROM roznamcha.entries e
    WHERE e.record_id = %s AND e.notification_id <= %s
    AND NOT EXISTS (
        SELECT FROM roznamcha.leaves l JOIN roznamcha.logs g ON g.number = l.log AND l.index < g.size
        WHERE l.position = e.notification_id
    ) ORDER BY 1 LIMIT 1
"""
LOOK = "no copy is made of this record: `roznamcha ledger audit` shows all that is wrong"


def must_fit(leaf: Leaf, state: bytes | None) -> None:
    """Raise Broken unless these are the stored bytes to which a leaf commits; None for an entry that isn't there."""
    if state is None:
        message = f"the entry at position {leaf.position} is gone, and leaf {leaf.index} of the ledger has it: {LOOK}"
        raise Broken(message)
    if json.loads(leaf.data).get("state") != b64(sha256(state).digest()):
        message = f"the entry at position {leaf.position} is another than leaf {leaf.index} commits to: {LOOK}"
        raise Broken(message)


def states_of(ledger: Ledger, leaves: Sequence[Leaf]) -> Mapping[int, bytes]:
    """The stored bytes of the entries of these leaves, by position. Raises Broken for one that doesn't fit its leaf."""
    of_entries = [each for each in leaves if each.position is not None]
    found = dict(ledger.rows(STATES, [each.position for each in of_entries]))
    for each in of_entries:
        must_fit(each, found.get(each.position))
    return found


def must_be_logged(ledger: Ledger, record_id: UUID) -> None:
    """Raise Broken where an entry of a record isn't the one that was logged, or has no leaf though later ones have."""
    states_of(ledger, ledger.of_record(record_id))
    for (position,) in ledger.rows(WITHOUT, record_id, ledger.reached()):
        message = f"the entry at position {position} has no leaf, and later ones have: {LOOK}"
        raise Broken(message)
