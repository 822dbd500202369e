"""Following the topic of entries: the same runner and the same views as from the store's own log, and equal tables.

What is read where is shared out by the broker among all who follow; what was folded is known by the checkpoints in
PostgreSQL alone. So a follower may die, be cut off, come too late or be doubled: whatever it does besides, the batch of
only one of them is committed, and each entry counts once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from psycopg import Connection

from consumers import despatch, letters, offsets
from consumers.arrivals import Arrivals, Messages, set_straight
from consumers.checkpoints import MAIN, Fenced
from consumers.clients import RECONNECTING_MS, Away, Broker, KafkaError, Timeout, Unreadable
from consumers.embedded import read_log
from consumers.folding import Read
from consumers.letters import MISSING, Letter
from consumers.reading import STALL, Reading, topic_id
from consumers.restored import agree
from consumers.runner import Runner
from consumers.slots import SLOTS
from consumers.steps import reach
from consumers.topics import Topics
from projections.view import View
from schemas import Catalogue

BATCH = 2_000
"""Messages folded and committed together at most."""
SESSION_MS = 10_000
"""Milliseconds after which a follower that says nothing is taken for dead, and its partitions are given to others."""
PATIENCE = 60.0
"""Seconds for which a broker, or the database, may stay away before the follower gives up."""
TRIES = 3
"""How often a message that can't be read is asked for: it may have been spoilt on the wire."""
LATER = 30.0
"""Seconds after which letters that could not be sent are tried again, or that have waited for a quiet moment."""
ASKING = 5.0
"""Seconds without a message after which the broker is asked whether it is there."""
log = structlog.get_logger()


class KafkaFollower:
    """Keeps a group of views up to date with the topic of entries; as many may do so at once as there are slots."""

    def __init__(  # noqa: PLR0913 (what to follow, from where, over what)
        self,
        connection: Connection[Any],
        views: Sequence[View],
        catalogue: Catalogue,
        broker: Broker,
        topics: Topics,
        group: str = MAIN,
        *,
        called: str = "roznamcha",
        batch: int = BATCH,
        stall: float = STALL,
        session_ms: int = SESSION_MS,
        patience: float = PATIENCE,
        ours: Callable[[], None] = lambda: None,
    ) -> None:
        """Follow over `connection`, which this follower has to itself. Raises Away, or LookupError.

        LookupError says that there is no such topic. `ours` is asked before anything of another topic of this name is
        read, and raises when what lies there is not this store's.
        """
        self.broker, self.topics, self.topic, self.group = broker, topics, topics.entries, group
        self.views, self.catalogue = views, catalogue
        self.connection, self.runner = connection, Runner(connection, views, catalogue, group)
        self.topic_id = topic_id(broker, self.topic)
        self._noted: dict[int, int] = {}
        self._unsent, self._again, self._paused = True, time.monotonic(), threading.Event()
        self._answered, self._away = time.monotonic(), 0.0
        self._afresh, self.patience, self._ours, self._known = False, patience, ours, ""
        self._unread: dict[int, tuple[int, int]] = {}
        self.reading = Reading(
            broker, self.topic, topics.group(group), self._where, lost=self._lost, called=called, stall=stall,
            max_poll_records=batch, session_timeout_ms=session_ms, heartbeat_interval_ms=session_ms // 5,
            reconnect_backoff_max_ms=RECONNECTING_MS,
        )  # fmt: skip

    # --- partitions that come and go -----------------------------------------------------------------------------

    def _where(self, slots: set[int]) -> dict[int, int]:
        """Where to read on in slots that were just assigned. Raises Ahead when the store was restored."""
        self.topic_id = topic_id(self.broker, self.topic)  # the topic may have been made anew meanwhile, by anybody
        if self.topic_id != self._known:
            self._ours()
            self._known = self.topic_id
        self.runner.load()
        agree(self.connection, self.group)
        found = offsets.known(self.connection, self.group, self.topic, self.topic_id, slots)
        reach("kafka: assigned")  # dies here: nothing was done yet
        self._noted = {slot: offset for slot, offset in self._noted.items() if slot not in slots} | found
        self._unsent = True  # whoever had these slots before may have died with letters in hand
        return {slot: found.get(slot, 0) for slot in slots}

    def _lost(self, _slots: set[int]) -> None:
        """Rows of slots that are gone are changed by others now. What was under way is undone by its checkpoint."""
        self.runner.forget()

    # --- one round -----------------------------------------------------------------------------------------------

    def step(self, seconds: float) -> int:
        """Take what comes within `seconds`, or see to what has time; give how many entries were new.

        Raises Ahead, Outdated, whatever the database says, and Away when the broker stays away for PATIENCE.
        """
        try:
            if self._afresh:
                self.reading.again()
                self._afresh = False
            messages: Messages = self.reading.poll(seconds)
            if not messages:
                self._ask()
        except Unreadable as one:
            return self._pass_by(one)
        except (KafkaError, Away) as error:
            self._endure(error)
            time.sleep(min(seconds, 1.0))
            return 0
        if messages:
            self._answered, self._away = time.monotonic(), 0.0
            return self._take(messages)
        self._note_where()
        self._send_letters()
        return 0

    def _take(self, messages: Messages) -> int:
        reach("kafka: polled")  # dies here: the same messages come again
        done, before = 0, dict(self.runner.positions)
        while messages:
            found = set_straight(self.connection, self.catalogue, messages, before)
            try:
                done += self._commit(found)
            except Fenced:
                messages = self._fenced(messages, before)
            else:
                messages = found.left
                reach("kafka: committed")  # dies here: Kafka's own offsets are a hint that nobody reads
                self._tell(found.offsets)
            before = dict(self.runner.positions)
        if time.monotonic() - self._again > LATER:  # it was never quiet for so long
            self._send_letters()
        return done

    def _commit(self, found: Arrivals) -> int:
        """Fold a batch; with its rows and checkpoint are committed where to read on, and the letters found in it."""
        kept: list[Letter] = []

        def beside(connection: Connection[Any], reads: Sequence[Read]) -> None:
            kept[:] = [*found.letters, *_undecoded(found, reads)]
            if kept:
                letters.keep(connection, self.group, self.topic, self.topic_id, kept)
            offsets.note(connection, self.group, self.topic, self.topic_id, found.offsets, found.positions)

        done = self.runner.take(found.batch, None, beside)
        self._noted |= found.offsets
        for each in kept:
            told = {"slot": each.slot, "offset": each.offset, "position": each.position}
            log.warning("missing from the topic" if each.why == MISSING else "dead letter", why=each.why, **told)
        if kept:
            if not self._unsent:
                self._unsent, self._again = True, time.monotonic()
            reach("kafka: dead letter kept")  # dies here: whoever gets the slot next finds it unsent
        return done

    def _fenced(self, messages: Messages, before: dict[int, int]) -> Messages:
        """Somebody else came first: go on from what is committed, with what is in hand of slots that are still ours."""
        self.runner.load()
        held = self.reading.held
        back = {slot for slot in held if self.runner.positions[slot] < before[slot]}
        if back:  # the views were taken back: what they lack may lie before what we read
            self.reading.again(back)
        return {slot: each for slot, each in messages.items() if slot in held - back}

    def _pass_by(self, one: Unreadable) -> int:
        """Go on behind a message that can't be read, when it was tried often enough to be no mishap of the network.

        It may have been an entry, or hide some: what the store has in this slot is taken, published already or not.
        """
        slot = one.partition
        last, tries = self._unread.get(slot, (-2, 0))
        tries = tries + 1 if one.offset - last in {0, 1} else 1  # of the rest of its batch each is tried once
        self._unread[slot] = one.offset, tries
        if tries < TRIES or slot not in self.reading.held:
            time.sleep(0.1)
            return 0
        letter = Letter(slot, one.offset, f"a message that can't be read: {type(one.__cause__).__name__}")
        here = read_log(self.connection, self.runner.positions[slot], BATCH, [slot])
        position = here[-1].position if here else self.runner.positions[slot]
        try:
            done = self._commit(Arrivals(here, [letter], offsets={slot: one.offset + 1}, positions={slot: position}))
        except Fenced:
            self.runner.load()  # it is met again, and passed by then
            return 0
        self.reading.begin({slot: one.offset + 1})
        return done

    # --- what has time -------------------------------------------------------------------------------------------

    def _note_where(self) -> None:
        """Note where reading has come beyond the last message: transactions leave marks behind it."""
        at = {slot: self.reading.position(slot) for slot in self.reading.held}
        moved = {
            slot: offset for slot, offset in at.items() if offset is not None and offset > self._noted.get(slot, 0)
        }
        if moved:
            with self.connection.transaction():
                offsets.note(self.connection, self.group, self.topic, self.topic_id, moved, self.runner.positions)
            self._noted |= moved
            self._tell(moved)

    def _tell(self, found: dict[int, int]) -> None:
        self.reading.hint({slot: offset for slot, offset in found.items() if slot in self.reading.held})

    def _send_letters(self) -> None:
        """Send what is kept and not sent, when it is quiet. Views wait some 5 seconds for it, once in LATER."""
        if not self._unsent or not self.reading.held or time.monotonic() < self._again:
            return
        try:
            despatch.send(self.connection, self.broker, self.group, self.topics.dead, self.reading.held)
            self._unsent = False
        except (KafkaError, Away) as error:
            self._again = time.monotonic() + LATER
            log.warning("dead letters wait", topic=self.topics.dead, why=type(error).__name__)

    def _ask(self) -> None:
        """Ask a broker that was silent for a while whether it is there."""
        if self.reading.consumer is None:
            message = "no broker takes a connection"
            raise Away(message)
        if time.monotonic() - self._answered > ASKING:
            self.reading.ends(self.reading.held or {0})
            self._answered, self._away = time.monotonic(), 0.0

    def _endure(self, error: Exception) -> None:
        now = time.monotonic()
        self._away = self._away or now
        if now - self._away > self.patience:
            message = f"the broker at {self.broker.bootstrap} stays away: {error}"
            raise Away(message) from None
        log.warning("the broker is away", why=type(error).__name__)

    # --- for as long as it runs ----------------------------------------------------------------------------------

    def pause(self) -> None:
        """Take nothing until `resume`, and stay a member of the group. May be called from any thread."""
        self._paused.set()

    def resume(self) -> None:
        """Go on."""
        self._paused.clear()

    def over(self, connection: Connection[Any]) -> None:
        """Go on over another connection. What was committed over the old one is read; all else comes again."""
        self.connection, self.runner = connection, Runner(connection, self.views, self.catalogue, self.group)
        self._afresh = True

    def follow(self, stop: threading.Event, *, net: float = 1.0, told: Callable[[], None] = lambda: None) -> None:
        """Follow until told to stop. `told` is called after each round: of `net` seconds when nothing comes."""
        while not stop.is_set():
            if self._paused.is_set():
                self.reading.hold(net)
            else:
                self.step(net)
            told()

    def catch_up(self, *, patience: float = 60.0) -> int:
        """Follow until what is committed on the topic as of now is folded, by us or others; give how many by us.

        Raises Timeout after `patience` seconds.
        """
        ends, done, until = self.reading.ends(range(SLOTS)), 0, time.monotonic() + patience
        while not self._reached(ends):
            if time.monotonic() > until:
                message = f"the end of {self.topic} was not reached within {patience:.0f} s"
                raise Timeout(message)
            done += self.step(0.1)
        return done

    def _reached(self, ends: dict[int, int]) -> bool:
        mine, others = {}, set(ends)
        for slot in self.reading.held:
            mine[slot] = self.reading.position(slot) or 0
        others -= mine.keys()
        if any(mine[slot] < ends[slot] for slot in mine):
            return False
        there = offsets.known(self.connection, self.group, self.topic, self.topic_id, others) if others else {}
        return all(there.get(slot, 0) >= ends[slot] for slot in others)

    def close(self) -> None:
        """Leave the group."""
        self.reading.close()


def _undecoded(found: Arrivals, reads: Sequence[Read]) -> list[Letter]:
    """A letter for each message whose entry can't be decoded. Its record is parked, in order, as from the log."""
    return [
        Letter(lay.partition, lay.offset, f"an entry that can't be decoded: {read.why}", read.kept.position, lay)
        for read in reads
        if read.event is None and (lay := found.lay.get((read.kept.slot, read.kept.position))) is not None
    ]
