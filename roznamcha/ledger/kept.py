"""The ledger as it is kept: logs, leaves, tiles and signed checkpoints, read from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import Connection
from psycopg.rows import tuple_row

from roznamcha.errors import Broken, Refused
from roznamcha.ledger.leaf import Chain
from roznamcha.ledger.merkle import FULL, HASH, Tile, Tiles, consistency, inclusion, leaf_hash, root_of, width
from roznamcha.ledger.notes import proof_of
from roznamcha.ledger.statements import Asked
from roznamcha.ledger.tiles import Place, bundle_of
from roznamcha.ledger.verify import Checkpoint, open_checkpoint

MEMORY = 4_096
"""Tiles that one reader remembers."""
STALE = 600
"""Seconds after which nobody waits for a copy to be closed: who asks waits for 40 (WAITING), and withdraws then."""


class Log(NamedTuple):
    """One log, as far as it has come."""

    number: int
    origin: str
    year: int
    vkey: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Leaf:
    """A leaf and where it stands; `position` and `record_id` are None for what the ledger says of itself."""

    log: int
    index: int
    data: bytes
    position: int | None
    record_id: UUID | None
    place: int | None


REACHED = """
    SELECT l.position FROM roznamcha.leaves l JOIN roznamcha.logs g ON g.number = l.log
    WHERE l.position IS NOT NULL AND (l.index < g.size OR g.number < (SELECT max(number) FROM roznamcha.logs))
    ORDER BY l.position DESC LIMIT 1
"""
"""A row beyond the size of the log that grows is no leaf of it, whoever has put it there. What lies beyond the end of
an earlier one a break tells, or the audit: its position can't be given to another leaf."""
LEAF = "SELECT log, index, leaf, position, record_id, place FROM roznamcha.leaves"


class Ledger:
    """Reads the ledger over one connection."""

    def __init__(self, connection: Connection[Any]) -> None:
        """Nothing is read yet."""
        self.connection = connection

    def rows(self, query: str, *parameters: Any) -> list[Any]:  # noqa: ANN401 (rows of plain tuples)
        """What a query finds, in binary: text halves the speed of bytes."""
        with self.connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            return cursor.execute(query.encode(), parameters).fetchall()

    def logs(self) -> list[Log]:
        """Every log, the oldest first."""
        return [
            Log(*row)
            for row in self.rows("SELECT number, origin, year, vkey, size, root FROM roznamcha.logs ORDER BY 1")
        ]

    def log(self, origin: str = "") -> Log:
        """The log of that name (its last part is enough), or the newest. Raises Refused where there is none."""
        logs = self.logs()
        if not logs:
            how = "`roznamcha ledger key new --name NAME` draws its key, then `roznamcha ledger run` begins it"
            raise Refused([f"no ledger was begun in this store: {how}"])
        named = [each for each in logs if origin in {"", each.origin, each.origin.rpartition("/")[2]}]
        if not named:
            raise Refused([f"there is no log {origin[:80]!r}; they are {', '.join(each.origin for each in logs)}"])
        return named[-1]

    def tree(self, log: Log) -> Tree:
        """The tree of a log."""
        return Tree(self, log)

    def leaves(self, log: Log, first: int, end: int) -> list[Leaf]:
        """The leaves from `first` to `end`, without those that don't exist."""
        query = f"{LEAF} WHERE log = %s AND index >= %s AND index < %s ORDER BY index"
        return [Leaf(*row) for row in self.rows(query, log.number, first, end)]

    def of_record(self, record_id: UUID) -> list[Leaf]:
        """The leaves of one record, in the order of its chain."""
        return [Leaf(*row) for row in self.rows(f"{LEAF} WHERE record_id = %s ORDER BY place", record_id)]

    def at_position(self, position: int) -> Leaf:
        """The leaf of an entry. Raises Refused where it has none yet."""
        found = self.rows(f"{LEAF} WHERE position = %s", position)
        if not found:
            raise Refused(
                [f"the entry at position {position} has no leaf (yet): `roznamcha ledger status` shows how far"]
            )
        return Leaf(*found[0])

    def chains(self, records: Iterable[UUID]) -> dict[UUID, Chain]:
        """Where the chains of these records stand, of those that have begun."""
        query = """
            SELECT w.record_id, l.place, l.leaf FROM unnest(%b::uuid[]) AS w(record_id) CROSS JOIN LATERAL (
                SELECT place, leaf FROM roznamcha.leaves i WHERE i.record_id = w.record_id ORDER BY place DESC LIMIT 1
            ) l
        """
        return {record: Chain(place, leaf_hash(leaf)) for record, place, leaf in self.rows(query, list(records))}

    def head(self) -> int:
        """The position of the last entry there is."""
        found: int = self.rows("SELECT coalesce(max(notification_id), 0) FROM roznamcha.entries")[0][0]
        return found

    def last_of(self, record_id: UUID) -> int:
        """The position of the last entry of a record; 0 where it has none."""
        query = "SELECT coalesce(max(notification_id), 0) FROM roznamcha.entries WHERE record_id = %s"
        found: int = self.rows(query, record_id)[0][0]
        return found

    def entered_since(self, record_id: UUID, position: int, but: int, closed: UUID) -> bool:
        """Whether an entry of a record, but one, came behind a position and before the leaf that closes a copy."""
        query = """
            SELECT EXISTS (SELECT FROM roznamcha.leaves l JOIN roznamcha.leaves c ON c.record_id = l.record_id
            WHERE c.act = %s AND l.record_id = %s AND l.position > %s AND l.position <> %s AND l.place < c.place)
        """
        return bool(self.rows(query, closed, record_id, position, but)[0][0])

    def asked(self, limit: int, *, stamps: bool = True) -> list[Asked]:
        """What the ledger is asked to say and hasn't said yet: of records, and the stamps on heads.

        Without what was withdrawn, and without copies that were asked for more than STALE seconds ago by the
        database's clock: whoever asked was killed, or the database was restored.
        """
        query = """
            SELECT a.id, a.record_id, a.salt, a.content, a.asked_at FROM roznamcha.ledger_acts a
            WHERE NOT EXISTS (SELECT FROM roznamcha.leaves l WHERE l.act = a.id)
            AND NOT EXISTS (SELECT FROM roznamcha.ledger_withdrawn w WHERE w.act = a.id)
            AND CASE WHEN a.record_id IS NULL THEN %s ELSE a.asked_at > now() - make_interval(secs => %s) END
            ORDER BY a.number LIMIT %s
        """
        return [each for row in self.rows(query, stamps, STALE, limit) if (each := Asked(*row)).sound]

    def reached(self) -> int:
        """The position of the last entry that has a leaf."""
        found = self.rows(REACHED)
        return found[0][0] if found else 0

    def checkpoint(self, log: Log, covering: int = 1) -> Checkpoint:
        """The first signed checkpoint that has so many leaves, or the last. Raises Refused where none was signed."""
        query = "SELECT note FROM roznamcha.checkpoints WHERE log = %s AND size {} ORDER BY size {} LIMIT 1"
        order = (">= %s", "") if covering > 1 else ("> 0 AND %s > 0", "DESC")
        found = self.rows(query.format(*order), log.number, covering)
        if not found:
            raise Refused([f"no checkpoint of {log.origin} with {covering} leaves was signed yet: wait ten seconds"])
        return open_checkpoint(found[0][0])

    def last_note(self) -> bytes | None:
        """The checkpoint that was signed last, of whatever log."""
        found = self.rows("SELECT note FROM roznamcha.checkpoints ORDER BY number DESC LIMIT 1")
        return found[0][0] if found else None

    def file(self, log: Log, place: Place) -> bytes | None:
        """What lies at a place of a log's files; None where the log doesn't reach."""
        if place.width > width(log.size, place.level or 0, place.number):
            return None
        if place.level is None:
            first = place.number * FULL
            return bundle_of([each.data for each in self.leaves(log, first, first + place.width)])
        return self.tree(log).tiles((place.level, place.number))[: place.width * HASH]


class Tree:
    """The tree of one log, its tiles read as they are needed."""

    def __init__(self, ledger: Ledger, log: Log) -> None:
        """As far as `log` says."""
        self.ledger, self.log = ledger, log
        self._known: dict[Tile, bytes] = {}

    @cached_property
    def tiles(self) -> Tiles:
        """Gives the hashes of a tile. Raises Broken for one that is missing or too short."""

        def read(tile: Tile) -> bytes:
            if tile not in self._known:
                if len(self._known) >= MEMORY:
                    self._known.clear()
                query = "SELECT hashes FROM roznamcha.tiles WHERE log = %s AND level = %s AND number = %s"
                found = self.ledger.rows(query, self.log.number, *tile)
                if not found or len(found[0][0]) < width(self.log.size, *tile) * HASH:
                    message = f"tile {tile[1]} of level {tile[0]} of {self.log.origin} is missing: see `ledger audit`"
                    raise Broken(message)
                self._known[tile] = found[0][0]
            return self._known[tile]

        return read

    def learn(self, changed: dict[Tile, bytes]) -> None:
        """Take tiles that were just written for known."""
        if len(self._known) >= MEMORY:
            self._known.clear()
        self._known |= changed

    def root(self, size: int) -> bytes:
        """The root when it had so many leaves. Raises Refused beyond the log."""
        self._within(size)
        return root_of(self.tiles, size)

    def prove(self, index: int, head: Checkpoint) -> bytes:
        """The proof that a leaf is under a signed head, as c2sp.org/tlog-proof. Raises Refused where it isn't."""
        self._within(head.size)
        if not 0 <= index < head.size:
            raise Refused([f"leaf {index} is not among the {head.size} that the checkpoint covers"])
        return proof_of(index, inclusion(self.tiles, index, head.size), head.note)

    def extends(self, size: int, larger: int) -> list[bytes]:
        """The proof that the tree of `larger` begins with that of `size`. Raises Refused for sizes that have none."""
        self._within(larger)
        if not 0 < size <= larger:
            message = f"no proof leads from {size} leaves to {larger}: the first must be 1 or more, and not the larger"
            raise Refused([f"{message}; where it was signed once, give the file with that checkpoint"])
        return consistency(self.tiles, size, larger)

    def _within(self, size: int) -> None:
        if size > self.log.size:
            raise Refused([f"{self.log.origin} has {self.log.size} leaves, and not {size}"])


def all_leaves(ledger: Ledger, log: Log, page: int = 2_048) -> Iterator[Leaf]:
    """Every leaf of a log, a page at a time. A missing one ends it."""
    for first in range(0, log.size, page):
        yield from ledger.leaves(log, first, min(first + page, log.size))
