"""Taking entries into a subscriber's database: its own rows, and the book that says what came, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import Connection, Cursor

from consumers import entries
from consumers.dak import Book, Place, Untaken
from consumers.folding import Kept, place_of
from consumers.slots import slot_of
from consumers.sorting import Sorted
from consumers.steps import reach
from domain.event import Event
from schemas import Catalogue, SchemaError

ENDED = psycopg.errors.IdleInTransactionSessionTimeout
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, ENDED)
"""What a database says that is away, or has ended us: nothing is the matter with an entry."""
log = structlog.get_logger()
Take = Callable[[Cursor[Any], Event[Any]], object]
"""What a subscriber does with an entry, with a cursor whose transaction is not its own to end."""


class Taking:
    """Hands entries to the subscriber's function, of those acts and registers that it wants, and counts all of them."""

    def __init__(
        self,
        book: Book,
        catalogue: Catalogue,
        handle: Callable[[Cursor[Any], Any], object],
        acts: Collection[str] = (),
        registers: Collection[str] = (),
    ) -> None:
        """Write into `book`. With neither acts nor registers every entry is wanted."""
        self.book, self.catalogue, self.handle = book, catalogue, handle
        self.acts, self.registers = frozenset(acts), tuple(f"{each}." for each in registers)

    def commit(
        self,
        connection: Connection[Any],
        topic_id: str,
        at: Mapping[int, Place],
        work: Sorted,
        *,
        careful: bool = False,
    ) -> None:
        """One transaction: the book moves, the function is called for each entry, what came is counted.

        With care each entry has a savepoint, and one the function can't take parks its record; without, the first such
        entry undoes all. Raises Fenced when a partition isn't where it was.
        """
        values: dict[UUID, list[bytes]] = {}
        with connection.transaction():
            self.book.move(connection, topic_id, at, work.places)
            reach("subscriber: book moved")  # dies here: it falls back, and the same messages come again
            for _, kept in work.fresh:
                values.setdefault(kept.record_id, []).append(kept.state)
            # Asked under the lock on the partition, which a replay holds too: it may have let a record go just now.
            lots, letters = self.book.lots(connection, values), work.strangers[:]
            if careful:
                connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            with connection.cursor() as cursor:
                for message, kept in work.fresh:
                    if not self._wanted(kept):
                        continue
                    why = "" if kept.record_id in lots else self.hand_over(cursor, kept, careful=careful)
                    if why is not None:
                        lots.add(kept.record_id)
                        letters.append(Untaken(message, kept, why))
            self.book.park(connection, topic_id, letters)
            self.note(connection, values)
            reach("subscriber: rows written")  # dies here: effects, counts and offsets fall back together
        for each in letters:
            if each.why:
                about = {"partition": each.message.partition, "offset": each.message.offset}
                record = each.kept and str(each.kept.record_id)
                log.error("parked", group=self.book.subscriber, why=each.why, record=record, **about)

    def note(self, connection: Connection[Any], values: Mapping[UUID, list[bytes]]) -> None:
        """Note what came, by record and in order, in the transaction of its effects; a replay's was noted before."""
        if values:
            self.book.count(connection, values)

    def read(self, kept: Kept) -> Any:  # noqa: ANN401 (an act, or a row)
        """What is handed over. Raises SchemaError."""
        return entries.read(self.catalogue, kept.state, kept.position)

    def _wanted(self, kept: Kept) -> bool:
        if not self.acts and not self.registers:
            return True
        return kept.name in self.acts or kept.name.startswith(self.registers)

    def hand_over(self, cursor: Cursor[Any], kept: Kept, *, careful: bool) -> str | None:
        """Hand an entry to the function; None, or why it can't be taken. Without care its error is raised."""
        try:
            entry = self.read(kept)
        except SchemaError as error:
            return str(error)
        if not careful:
            self.handle(cursor, entry)
            return None
        try:
            with cursor.connection.transaction():
                self.handle(cursor, entry)
                cursor.execute("SELECT")  # a function that hid its database's refusal hides it no longer
        except AWAY:
            raise
        except Exception as error:  # as above
            if cursor.connection.closed:
                raise
            return place_of(error)
        return None

    def replay(self, connection: Connection[Any], record: UUID) -> str | None:
        """Hand over what waits of a record, in order: None when all is taken, or why it stands again. One commit."""
        with connection.transaction(), connection.cursor() as cursor:
            self.book.hold(connection, slot_of(record) % self.book.partitions)
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            why = None
            for kept in self.book.waiting(connection, record):
                why = self.hand_over(cursor, kept, careful=True)
                if why is not None:
                    self.book.note(connection, record, kept.position, why)
                    break
                self.book.leave(connection, record, kept.position)
            self.note(connection, {})
            reach("subscriber: replayed")  # dies here: the record waits as it did
        return why
