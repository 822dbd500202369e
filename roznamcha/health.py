"""Whether everything that was entered has arrived: positions, counts and digests compared, and never lag alone.

A runner that is dead reports nothing, so nothing here is asked of a runner: the log is compared with what views hold.
The history has a line for each entry of a record's own stream: these must be as many, with the same digest, as the log
has up to each slot's checkpoint. An entry that was skipped, doubled or taken away is seen although lag is zero. What
was told of legal clocks has streams of its own, and is worked out again by `verify`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection

from consumers import entries
from consumers.checkpoints import MAIN
from roznamcha.published import Published, look
from roznamcha.screen import lasting
from schemas import Catalogue, SchemaError

FOLLOWER = "roznamcha project"
TICKER = "roznamcha tick"
RELAY = "roznamcha relay"
LEDGER = "roznamcha ledger"
UP = "roznamcha up"
"""What the long-running processes call their connections, so that one can see from here whether they live."""
WITHOUT = f"{UP} without "
"""Begins the name of an `up` that has given posts up, which follow. It is gone with its connection."""
GIVEN_UP = "`up` has given {} up: mend what it said last, then start `up` anew"
GRACE = 300.0
"""Seconds for which entries may wait, and due clocks be untold. A follower may be connected, and have no way on."""
INTEGRITY = frozenset((
    "completeness", "parked", "fences", "schemas", "store", "partitions", "position", "rows", "checkpoints",
    "reconcile", "ledger", "documents",
))  # fmt: skip
"""Parts that are broken when they aren't well; of the others some process or service is away."""

BEHIND = """
    SELECT count(*), min(e.notification_id) FROM roznamcha.entries e
    LEFT JOIN ops.checkpoints c ON c.view_group = %s AND c.slot = e.slot
    WHERE e.notification_id > coalesce(c.position, 0)
"""
DIGEST = "sum(hashtextextended(concat_ws('/', {position}, {record}, {version}, {name}), 0)::numeric)"
IN_LOG = f"""
    SELECT e.slot, count(*), {
    DIGEST.format(position="e.notification_id", record="e.record_id", version="e.originator_version", name="e.topic")
}
    FROM roznamcha.entries e JOIN ops.checkpoints c ON c.view_group = %s AND c.slot = e.slot
    WHERE e.notification_id <= c.position AND e.originator_id = e.record_id AND NOT EXISTS (
        SELECT FROM ops.parked_entries p WHERE p.view = 'history' AND p.position = e.notification_id)
    GROUP BY e.slot
"""
IN_HISTORY = f"""
    SELECT e.slot, count(*), {
    DIGEST.format(position="h.position", record="h.record_id", version="h.version", name="h.name")
}
    FROM views.history h LEFT JOIN roznamcha.entries e ON e.notification_id = h.position GROUP BY e.slot
"""
LIVING = """
    SELECT split_part(application_name, ' of ', 1), count(*) FROM pg_stat_activity
    WHERE datname = current_database() GROUP BY 1
"""
"""Who is connected, by name; the sign by which its supervisor knows a process is left out."""
PARKED = """
    SELECT view, count(*), min(position) FROM ops.parked WHERE view NOT LIKE '%\\_\\_new' GROUP BY 1 ORDER BY 1
"""
UNTOLD = "SELECT count(*), min(next_at) FROM views.deadlines WHERE next_at <= %s"


@dataclass(frozen=True)
class Health:
    """What was found at `at`. Seconds are since the oldest entry, or clock, that waits; None when none does."""

    at: datetime
    entries: int = 0
    head: int = 0
    behind: int = 0
    behind_seconds: float | None = None
    incomplete: tuple[int, ...] = ()
    """Slots in which the history doesn't hold exactly what the log has up to the checkpoint; -1 for rows of nothing."""
    parked: dict[str, int] = field(default_factory=dict)
    parked_seconds: float | None = None
    followers: int = 0
    tickers: int = 0
    untold: int = 0
    untold_seconds: float | None = None
    relays: int = 0
    published: Published | None = None
    """What is known of Kafka; None where no broker is named."""
    unpublished_seconds: float | None = None
    given_up: frozenset[str] = frozenset()
    """Posts that an `up` has given up, and at which nobody else is."""

    @property
    def complete(self) -> bool:
        """Whether what was folded is all that was entered so far."""
        return not self.incomplete

    def says(self) -> Iterator[tuple[str, bool | None, str]]:
        """(part, well or None where nobody knows, words) for each thing that was asked."""
        if self.behind:
            waits = f"; the oldest waits for {lasting(self.behind_seconds)}" if self.behind_seconds is not None else ""
            well = (self.behind_seconds or 0) < GRACE
            who = "a follower is connected" if self.followers else "nobody follows: `project` does, or the next command"
            words = f"{self.behind:,} of {self.entries:,} entries are not folded{waits}; {who}"
            yield "lag", well, words
        else:
            yield "lag", True, f"none: {self.entries:,} entries, the last at position {self.head:,}"
        slots = ", ".join(map(str, self.incomplete[:10]))
        yield (
            "completeness",
            self.complete,
            f"count and digest differ from the log in slot {slots}: see `verify`, then `rebuild all`"
            if self.incomplete
            else "every slot holds as many entries as the log, with the same digest",
        )
        lots = ", ".join(f"{n} for {view}" for view, n in self.parked.items())
        age = f"; the oldest waits for {lasting(self.parked_seconds)}" if self.parked_seconds is not None else ""
        yield "parked", not self.parked, f"{lots}{age}: see `parked list`" if lots else "none"
        yield "followers", True, f"{self.followers} at work, {self.tickers} tickers"
        if self.untold:
            late = self.untold_seconds or 0.0
            who = "a ticker is at work" if self.tickers else "no ticker runs: `tick --once` tells them, `up` keeps one"
            words = f"{self.untold:,} clocks are due and untold, the oldest for {lasting(late)}; {who}"
            yield "deadlines", not self.tickers or late < GRACE, words
        else:
            yield "deadlines", True, "nothing that is due is untold"
        if others := sorted(self.given_up - {"relay"}):
            yield "up", False, GIVEN_UP.format(" and ".join(others))
        if self.published is not None:
            given_up = GIVEN_UP.format("the relay") if "relay" in self.given_up else ""
            yield from self.published.says(self.at, self.unpublished_seconds, self.relays, given_up)


def examine(connection: Connection[Any], catalogue: Catalogue, at: datetime, topics: str | None = None) -> Health:
    """Compare the views with the log, in one snapshot. Reads every entry's key, so it costs what the log is long.

    With `topics`, a prefix, also what the store knows of Kafka.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        behind, oldest = _one(connection, BEHIND, MAIN)
        count, head = _one(connection, "SELECT count(*), coalesce(max(notification_id), 0) FROM roznamcha.entries")
        untold, since = _one(connection, UNTOLD, at) if _there(connection, "views.deadlines") else (0, None)
        living = dict(connection.execute(LIVING.encode()).fetchall())
        lots = connection.execute(PARKED.encode()).fetchall()
        published = look(connection, topics) if topics else None
        return Health(
            at=at,
            entries=count,
            head=head,
            behind=behind,
            behind_seconds=_age(connection, catalogue, oldest, at),
            incomplete=tuple(_incomplete(connection)),
            parked={view: parked for view, parked, _ in lots},
            parked_seconds=_age(connection, catalogue, min((first for *_, first in lots), default=None), at),
            followers=living.get(FOLLOWER, 0),
            tickers=living.get(TICKER, 0),
            untold=untold,
            untold_seconds=None if since is None else (at - since).total_seconds(),
            relays=living.get(RELAY, 0),
            published=published,
            unpublished_seconds=_age(connection, catalogue, published.oldest, at) if published else None,
            given_up=_given_up(living),
        )


def _given_up(living: Mapping[str, int]) -> frozenset[str]:
    """The posts that some `up` has given up, and at which no process is seen."""
    posts = {post for name in living if name.startswith(WITHOUT) for post in name.removeprefix(WITHOUT).split(", ")}
    called = {"relay": RELAY, "project": FOLLOWER, "tick": TICKER, "ledger": LEDGER}
    return frozenset(post for post in posts if not living.get(called.get(post, ""), 0))


def _incomplete(connection: Connection[Any]) -> list[int]:
    """The slots in which history and log differ, by count or by digest."""
    in_log = {slot: rest for slot, *rest in connection.execute(IN_LOG, (MAIN,)).fetchall()}
    held = {}
    if _there(connection, "views.history"):
        held = {-1 if slot is None else slot: rest for slot, *rest in connection.execute(IN_HISTORY).fetchall()}
    return sorted(slot for slot in in_log.keys() | held.keys() if in_log.get(slot) != held.get(slot))


def _age(connection: Connection[Any], catalogue: Catalogue, position: int | None, at: datetime) -> float | None:
    """Seconds since the entry at `position` was recorded; None when there is none, or its bytes don't tell."""
    if position is None:
        return None
    (state,) = _one(connection, "SELECT state FROM roznamcha.entries WHERE notification_id = %s", position)
    try:
        return (at - entries.read(catalogue, bytes(state)).meta.recorded_at).total_seconds()
    except SchemaError:
        return None


def _there(connection: Connection[Any], table: str) -> bool:
    return _one(connection, "SELECT to_regclass(%s)", table)[0] is not None


def _one(connection: Connection[Any], query: str, *parameters: Any) -> Any:  # noqa: ANN401 (a row)
    return connection.execute(query.encode(), parameters).fetchone()
