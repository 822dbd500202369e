"""One at a time: work whose reading and writing must not be parted by another who does the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from consumers.embedded import connected


@contextmanager
def alone(url: str, what: str) -> Iterator[None]:
    """Wait until nobody else does `what` in this database. Whoever dies lets go, with the connection."""
    with connected(url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", (what,))
        yield
