"""The sequencer: gives every committed entry its leaf, in the order of positions, and signs what the log has become.

Leaves, tiles and head are one transaction; what is signed was committed before. The index of a leaf is the log's own
number, without a gap: a position that a rolled-back insert has burnt is no entry. One sequencer works on a store at a
time: a lock says so, and the head is moved by compare-and-set besides.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg import Connection
from psycopg.errors import UniqueViolation

from consumers.columns import identity, micros, moment
from consumers.steps import reach
from roznamcha.errors import Broken, Unavailable
from roznamcha.ledger.added import INTO, New, rows_of
from roznamcha.ledger.hands import Hands, Placed
from roznamcha.ledger.kept import Ledger, Log, Tree
from roznamcha.ledger.keys import Keys, next_origin
from roznamcha.ledger.leaf import Chain, Entries, Ready
from roznamcha.ledger.merkle import EMPTY, grow, leaf_hash
from roznamcha.ledger.notes import Signer, body_of, note_of, vkey_of
from roznamcha.ledger.remembered import Memory, insist, stands
from roznamcha.ledger.statements import Asked, beginning, head
from roznamcha.ledger.withdrawing import may_close
from schemas import Catalogue, NewerSchema, SchemaError

BATCH = 1_024
"""Leaves added in one transaction, and signed under one checkpoint, at most."""
SECONDS = 10.0
"""After which a checkpoint is signed at the latest, where anything is new."""
KEPT = 50_000
"""Records whose chain is remembered."""
AHEAD = timedelta(days=1)
"""By which another's clock may say a year that has not begun by ours."""
FEW = 128
"""Entries that are made ready here, whatever hands there are: handing them over would take as long."""
PAGE = """
    SELECT notification_id, state FROM roznamcha.entries WHERE notification_id > %s ORDER BY notification_id LIMIT %s
"""
ROUND = 1.0
"""Seconds after which it looks for copies to close, however many entries wait."""
BEGUN = b"INSERT INTO roznamcha.logs (number, origin, year, vkey, size, root) VALUES (%s, %s, %s, %s, 0, %s)"
MOVED = b"""
    UPDATE roznamcha.logs SET size = %s, root = %s
    WHERE number = %s AND size = %s AND number = (SELECT max(number) FROM roznamcha.logs)
"""
TILES = b"""
    INSERT INTO roznamcha.tiles SELECT %s, * FROM unnest(%s::smallint[], %s::bigint[], %b::bytea[])
    ON CONFLICT (log, level, number) DO UPDATE SET hashes = excluded.hashes
"""
SIGNED = b"""
    INSERT INTO roznamcha.checkpoints (number, log, size, note)
    SELECT (SELECT coalesce(max(number), 0) + 1 FROM roznamcha.checkpoints), %s, %s, %s
    ON CONFLICT (log, size) DO NOTHING
"""
STRAY = "leaves_position_key"
"""What a row hurts that has an entry's position and is no leaf; two sequencers would meet at the log's index before."""
START = Chain()
log = structlog.get_logger()


class Sequencer:
    """Adds to the ledger of one store, over a connection it has to itself. After an error it must `begin` again."""

    def __init__(  # noqa: PLR0913 (what it works with)
        self,
        connection: Connection[Any],
        catalogue: Catalogue,
        keys: Keys,
        memory: Memory,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        hands: Hands | None = None,
    ) -> None:
        """Nothing is read yet. `now` gives the time for what the ledger says of itself; `hands` are its owner's."""
        self.connection, self.keys, self.memory, self.now = connection, keys, memory, now
        self.ledger, self.hands, self._entries = Ledger(connection), hands or Hands(catalogue), Entries(catalogue)
        self.added = self.signed = 0
        self.log: Log | None = None
        self._tree: Tree
        self._signer: Signer
        self._cursor = self._covered = 0
        self._chains: dict[bytes, Chain] = {}
        self._head, self._looked = 0, time.monotonic()

    def alone(self) -> bool:
        """Whether no other sequencer is at work on this store."""
        return bool(self.ledger.rows("SELECT pg_try_advisory_lock(hashtextextended('ledger', 0))")[0][0])

    # --- beginning -----------------------------------------------------------------------------------------------

    def begin(self, kept_elsewhere: Sequence[bytes] = ()) -> None:
        """Find the log, and that it goes on from what was signed last: here, in the memory, and by others.

        Raises Broken where it doesn't: nothing is added or signed then.
        """
        # What is signed must not be lost by a crash of the database's machine.
        self.connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') IN ('off', 'local')"
        )
        remembered = self.memory.read()
        notes = (self.ledger.last_note(), remembered, *kept_elsewhere)
        insist(self.ledger, [each for each in notes if each is not None])
        logs = self.ledger.logs()
        if logs:
            self._take(logs[-1])
        if remembered is not None and stands(self.ledger, remembered):
            self._enter(remembered)  # died after it was signed and before it was entered

    def _take(self, taken: Log) -> None:
        self._chains.clear()
        self.hands.forget()
        self.log, self._tree, self._cursor = taken, self.ledger.tree(taken), self.ledger.reached()
        if self._tree.root(taken.size) != taken.root:
            message = f"the tiles of {taken.origin} have another root than its head: see `roznamcha ledger audit`"
            raise Broken(message)
        self._signer = self.keys.signer(taken.origin)
        if vkey_of(self._signer.key) != taken.vkey:
            message = f"the key of {taken.origin} is another than the one it was begun with: restore the right one"
            raise Broken(message)
        found = self.ledger.rows("SELECT max(size) FROM roznamcha.checkpoints WHERE log = %s", taken.number)
        self._covered = found[0][0] or 0

    def open_log(self, origin: str, year: int, first: bytes) -> None:
        """Begin a log with its first leaf, in one transaction. If we die here, there is a key that signed nothing."""
        signer = self.keys.make(origin)
        number = self.log.number + 1 if self.log else 1
        with self.connection.transaction():
            self.connection.execute(BEGUN, (number, origin, year, vkey_of(signer.key), EMPTY))
            self._take(Log(number, origin, year, vkey_of(signer.key), 0, EMPTY))
            self._write([New(first, leaf_hash(first))])

    def _latest(self) -> int:
        """The last year of which a log may be begun. An entry that says a later one has its leaf among today's."""
        return (self.now() + AHEAD).year

    def _year(self, year: int) -> Log:
        """The log for entries of that year: the one we have, unless it is an earlier year's."""
        if self.log is None:
            origin = f"{self.keys.base()}/{year}"
            self.open_log(origin, year, beginning(origin, self.now(), None))
        elif self.log.year < year:
            self.sign()
            ended, origin = self.log, next_origin(self.log.origin, year)
            last = head(ended.origin, ended.size, ended.root)
            self.open_log(origin, year, beginning(origin, self.now(), last))
            log.info("another year's log", origin=origin)
        assert self.log is not None  # noqa: S101 (opened, if it was not there)
        return self.log

    # --- adding --------------------------------------------------------------------------------------------------

    def add(self, limit: int = BATCH) -> int:
        """Give the next entries their leaves, in one transaction; then what was asked for. Gives how many.

        A copy is closed also while entries wait; a stamp has its leaf when none does: it tells of all before it.

        Raises Broken for an entry whose bytes can't be read, Unavailable for one of a newer release.
        """
        made = self._by_hands(limit) or self._by_itself(limit)
        if not made:
            return self._add_asked(limit)
        latest = self._latest()
        if (year := moment(made[0][2]).year) > latest:
            log.warning("an entry of a year to come", position=made[0][0], year=year)
        to = self._year(min(year, latest))
        ends = micros(datetime(to.year + 1, 1, 1, tzinfo=UTC))
        count = next((n for n, each in enumerate(made) if each[2] >= ends and to.year < latest), len(made))
        if count < len(made):
            self.hands.forget()  # what is left is another log's
            del made[count:]
        self._remember({record for _, record, *_ in made})
        with self.connection.transaction():
            self._write([self._of_entry(to.origin, *each) for each in made])
        self._cursor = made[-1][0]
        return count + (self._add_asked(limit, stamps=False) if time.monotonic() > self._looked + ROUND else 0)

    def _by_itself(self, limit: int) -> list[Placed]:
        """The next entries, made ready here."""
        return [
            (position, *self._read(position, state)) for position, state in self.ledger.rows(PAGE, self._cursor, limit)
        ]

    def _by_hands(self, limit: int) -> list[Placed]:
        """The next entries, made ready by hands; none where there are no hands, or few entries."""
        made: list[Placed] = []
        while self.hands.at_work and not made and (self.hands.asked or self._waiting() >= FEW):
            count = len(self.hands.at_work)
            self._ask_ahead(max(1, limit // count))
            for _ in range(min(count, self.hands.asked)):
                found = self.hands.taken()
                if found is None:
                    return []
                made += found
        return made

    def _waiting(self) -> int:
        """How far the last entry is from the last that has a leaf."""
        self._head = self.ledger.head()
        return self._head - self._cursor

    def _ask_ahead(self, width: int) -> None:
        """See that every hand has something to do, as far as there is anything."""
        while self.hands.free:
            after = self.hands.reach or self._cursor
            if after >= self._head:
                self._waiting()
            if after >= self._head:
                break
            self.hands.ask(after, min(after + width, self._head))

    def _read(self, position: int, state: bytes) -> Ready:
        try:
            return self._entries.ready(state)
        except NewerSchema as error:
            message = f"{error}: let that release keep the ledger"
            raise Unavailable(message) from None
        except SchemaError as error:
            message = f"the entry at position {position} cannot be read, and has no leaf: {error}"
            raise Broken(message) from None

    def _of_entry(self, origin: str, position: int, record: bytes, *ready: Any) -> New:  # noqa: ANN401 (see Placed)
        chain = self._chains.get(record, START)
        return self._chained(Ready(record, *ready).leaf(origin, position, chain), chain, record, position, None)

    def _chained(self, leaf: bytes, chain: Chain, record: bytes, position: int | None, act: UUID | None) -> New:
        found, place = leaf_hash(leaf), chain.place + 1
        self._chains[record] = Chain(place, found)
        return New(leaf, found, position, act, record, place)

    def _add_asked(self, limit: int, *, stamps: bool = True) -> int:
        self._looked = time.monotonic()
        asked = self.ledger.asked(limit, stamps=stamps)
        if not asked:
            return 0
        to = self._year(self.log.year if self.log else min(asked[0].asked_at.year, self._latest()))
        with self.connection.transaction():
            # Read again under the lock: what was withdrawn meanwhile has no leaf, what has one is not withdrawn.
            asked = self.ledger.asked(limit, stamps=stamps) if may_close(self.ledger) else []
            self._write_asked(to, asked)
        return len(asked)

    def _write_asked(self, to: Log, asked: Sequence[Asked]) -> None:
        self._remember({each.record_id.bytes for each in asked if each.record_id is not None})
        found: list[New] = []
        for each in asked:
            record = each.record_id.bytes if each.record_id else None
            chain = self._chains.get(record, START) if record else START
            leaf = each.leaf(to.origin, chain)
            found.append(
                self._chained(leaf, chain, record, None, each.id) if record else New(leaf, leaf_hash(leaf), act=each.id)
            )
        if found:
            self._write(found)

    def _remember(self, records: set[bytes]) -> None:
        """Know where the chains of these records stand."""
        if len(self._chains) > KEPT:
            self._chains.clear()
        told = self.ledger.chains(map(identity, records - self._chains.keys()))
        self._chains |= {record.bytes: chain for record, chain in told.items()}

    def _write(self, new: Sequence[New]) -> None:
        """Leaves, tiles and head, inside the caller's transaction."""
        now, tree = self.log, self._tree
        assert now is not None  # noqa: S101 (who writes has taken a log)
        size, changed = grow(tree.tiles, now.size, [each.hash for each in new])
        with self.connection.cursor() as cursor:
            try:
                with cursor.copy(INTO) as copy:
                    copy.write(rows_of(now.number, now.size, new))
            except UniqueViolation as error:
                if error.diag.constraint_name != STRAY:
                    message = f"somebody else has added to {now.origin}: this sequencer stops"
                    raise Unavailable(message) from None
                message = f"a row has the place of a leaf of {now.origin}, and is none: see `roznamcha ledger audit`"
                raise Broken(message) from None
            where = list(changed)
            tiles = [[level for level, _ in where], [n for _, n in where], [changed[each] for each in where]]
            cursor.execute(TILES, (now.number, *tiles))
            grown = now._replace(size=size)
            tree.log = grown
            tree.learn(changed)
            self.log = grown._replace(root=tree.root(size))
            moved = cursor.execute(MOVED, (size, self.log.root, now.number, now.size))
            if moved.rowcount != 1:
                message = f"somebody else has added to {now.origin}, or begun the next log: this sequencer stops"
                raise Unavailable(message)
        reach("ledger: added")  # dies here: nothing was added, and the next sequencer reads the same entries
        self.added += len(new)

    # --- signing -------------------------------------------------------------------------------------------------

    def sign(self) -> bytes | None:
        """Sign the head, if it is new: remembered first, then entered. Gives the note; None where nothing is new."""
        if self.log is None or self.log.size == self._covered:
            return None
        body = body_of(self.log.origin, self.log.size, self.log.root)
        note = note_of(body, self._signer.sign(body))
        reach("ledger: signed")  # dies here: nobody has it; signed again it is the same to the byte
        self.memory.write(note)
        reach("ledger: remembered")  # dies here: the next sequencer enters it from the memory
        self._enter(note)
        self.signed += 1
        return note

    def _enter(self, note: bytes) -> None:
        """Enter a checkpoint among those that were signed; nothing happens where it is there."""
        origin, size, _ = note.decode().split("\n", 2)
        to = self.ledger.log(origin)
        self.connection.execute(SIGNED, (to.number, int(size), note))
        if self.log is not None and to.number == self.log.number:
            self._covered = max(self._covered, int(size))

    def catch_up(self, progress: Callable[[int], None] = lambda _: None, stop: threading.Event | None = None) -> int:
        """Add everything there is and sign it; give how many leaves are new."""
        before = self.added
        while not (stop and stop.is_set()) and self.add():
            if self.log and self.log.size - self._covered >= BATCH:
                self.sign()
            progress(self.added - before)
        self.sign()
        return self.added - before

    def follow(self, stop: threading.Event, *, net: float = 1.0, told: Callable[[], None] = lambda: None) -> None:
        """Add and sign until told to stop: woken by the store's NOTIFY, else every `net` seconds."""
        self.connection.execute("LISTEN entries")
        due = time.monotonic()
        while not stop.is_set():
            added = self.add()
            told()
            waiting = self.log.size - self._covered if self.log else 0
            if waiting and (waiting >= BATCH or time.monotonic() >= due):
                self.sign()
                due = time.monotonic() + SECONDS
            if not added:
                for _ in self.connection.notifies(timeout=net, stop_after=1):
                    break
        self.sign()
        self.connection.execute("UNLISTEN *")
