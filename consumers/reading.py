"""Reading a topic, alone or with others: partitions that come and go, where each begins, and noticing a stall.

Where to begin is asked of whoever reads, in the reader's own thread and not in the listener: the library calls that one
from the thread that also sends heartbeats, where nothing may wait for a database. What was fetched of a partition
before it was begun is thrown away; what Kafka itself keeps as a group's offsets is never asked.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, Self
from uuid import UUID

import structlog

from consumers.clients import (
    Away,
    Broker,
    KafkaError,
    NoTopic,
    OffsetAndMetadata,
    RebalanceListener,
    TopicPartition,
    for_code,
    leave,
)
from consumers.groups import unshared

STALL = 30.0
"""Seconds of polling in which a partition that has more may give nothing, or be ours and not begun."""
NOT_BEGUN, GONE = "not begun", "gone"
"""What can be the matter with a partition beside the offset it stands at."""
SLICE = 0.1
"""Seconds of polling after which what came and went is looked at."""
ASKING = 5_000
"""Milliseconds in which a broker must say where partitions end."""
ELECTING = 10.0
"""Seconds for which a topic may be without a leader."""
CLOSING = 5_000
"""Milliseconds a consumer may take to say goodbye."""
log = structlog.get_logger()
Where = Callable[[set[int]], Mapping[int, int]]
"""Of these partitions, just gained: from which offset to read each. One that is left out is not read."""


class _Moves(RebalanceListener):  # type: ignore[misc]  # kafka-python has no types
    """Notes what comes and goes; the reader's own thread acts on it. What comes is not fetched until it is begun."""

    def __init__(self, pause: Callable[..., None]) -> None:
        self.pause = pause
        self.seen: deque[tuple[bool, set[int]]] = deque()

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        came = set(assigned)
        self.pause(*came)
        self.seen.append((True, {each.partition for each in came}))

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self.seen.append((False, {each.partition for each in revoked}))

    def on_partitions_lost(self, lost: Iterable[Any]) -> None:
        self.on_partitions_revoked(lost)


class Reading:
    """A consumer of one topic, owned by one thread, that is replaced when it stalls."""

    def __init__(  # noqa: PLR0913 (who reads what, with whom, from where)
        self,
        broker: Broker,
        topic: str,
        group: str | None,
        where: Where,
        *,
        lost: Callable[[set[int]], None] = lambda _gone: None,
        partitions: Collection[int] = (),
        called: str = "roznamcha",
        stall: float = STALL,
        **options: Any,  # noqa: ANN401 (kafka-python's)
    ) -> None:
        """Read with a `group`, or alone these `partitions`. Raises Away.

        `where` says from which offset each new partition is read; `lost` is told of those that are gone.
        """
        self.broker, self.topic, self.group, self.where, self.lost = broker, topic, group, where, lost
        self.partitions, self.called, self.stall, self.options = tuple(partitions), called, stall, options
        self.held: set[int] = set()
        """Partitions that are ours and begun."""
        self.renewed = 0
        """How many times a consumer that stalled was replaced."""
        self.consumer: Any = None
        """None only while no broker lets a stalled one be replaced."""
        self._open()

    def _open(self) -> None:
        self.consumer = self.broker.consumer(self.group, called=self.called, **self.options)
        self._moves = _Moves(self.consumer.pause)
        self._fresh: set[int] = set()
        self._stopped: set[int] = set()
        self._left_out: set[int] = set()
        self._polled = self._looked = 0.0
        self._out: float | None = None
        self._idle: float | None = None
        self._noted: dict[int, tuple[int | str | None, float]] = {}
        if self.group is None:
            parts = [self._part(each) for each in self.partitions]
            self.consumer.assign(parts)
            self._moves.on_partitions_assigned(parts)
        else:
            self.consumer.subscribe([self.topic], listener=self._moves)
            # Known before the group is joined: a member that shares out a topic it knows nothing of gives nothing to
            # anybody, and where that falls together with the answer kafka-python 3.0.12 never does it again.
            self.consumer.partitions_for_topic(self.topic)

    def _part(self, number: int) -> Any:  # noqa: ANN401 (kafka-python's)
        return TopicPartition(self.topic, number)

    # --- polling -------------------------------------------------------------------------------------------------

    def poll(self, seconds: float) -> dict[int, list[Any]]:
        """What comes within `seconds`, by partition. Begins partitions that are new, lets go those that are gone."""
        began = time.monotonic()
        while (left := seconds - (time.monotonic() - began)) > 0:
            if self.consumer is None:
                self._replace(left)
                continue
            if self._polled - self._looked > self.stall / 2:
                self._look()
                continue
            self._settle()
            fetching = time.monotonic()
            found = self._fetch(min(left, SLICE))
            self._polled += min(time.monotonic() - fetching, 2 * SLICE)  # whoever was suspended has not polled
            self._take_note()
            messages = {part.partition: each for part, each in found.items() if part.partition in self.held}
            if messages:
                return messages
        return {}

    def _fetch(self, seconds: float) -> dict[Any, list[Any]]:
        """What the library gives. What it wants to be asked again for is asked again, and counts as nothing."""
        try:
            found: dict[Any, list[Any]] = self.consumer.poll(int(seconds * 1_000))
        except KafkaError as error:
            if not error.retriable:
                raise
            log.warning("polling again", topic=self.topic, why=type(error).__name__)
            time.sleep(seconds)
            return {}
        return found

    def _take_note(self) -> None:
        """Take note of what came and went, in that order."""
        while self._moves.seen:
            came, parts = self._moves.seen.popleft()
            self.held -= parts
            self._stopped -= parts
            self._left_out -= parts
            if came:
                self._fresh |= parts
            else:
                self._fresh -= parts
                self.lost(parts)

    def _settle(self) -> None:
        """Begin what is new. It stays new when `where` fails."""
        self._take_note()
        if self._fresh:
            offsets = self.where(set(self._fresh))
            self.begin(offsets)
            self._left_out |= self._fresh - offsets.keys()
            self._fresh = set()

    def begin(self, offsets: Mapping[int, int]) -> None:
        """Read these partitions from these offsets, whatever was fetched of them before."""
        for number, offset in offsets.items():
            part = self._part(number)
            if part in self.consumer.assignment():  # it may be gone again meanwhile
                self.consumer.seek(part, offset)
                self.consumer.resume(part)
                self.held.add(number)
                self._stopped.discard(number)
                self._noted.pop(number, None)

    def again(self, partitions: Iterable[int] | None = None) -> None:
        """Ask `where` once more: somebody else has moved on, or what was read came to nothing."""
        wanted = (set(self.held) if partitions is None else set(partitions)) & self.held
        self.begin(self.where(wanted))

    def stop(self, partition: int) -> None:
        """Read no more of this partition, and keep it: nobody else shall run into what stands there."""
        self._stopped.add(partition)
        with suppress(KeyError, KafkaError):
            self.consumer.pause(self._part(partition))

    def hold(self, seconds: float) -> None:
        """Stay a member for so long without reading: who waits for a database is not dead. A broker may be away too."""
        if self.consumer is None:
            time.sleep(seconds)
            return
        parts = [self._part(each) for each in self.held]
        until = time.monotonic() + seconds
        self.consumer.pause(*(each for each in parts if each in self.consumer.assignment()))
        while (left := until - time.monotonic()) > 0:
            try:
                self.consumer.poll(int(min(left, SLICE) * 1_000))
            except KafkaError as error:  # whoever reads on meets it again, and deals with it then
                log.warning("the broker is away", topic=self.topic, why=type(error).__name__)
                time.sleep(min(left, SLICE))
            self._take_note()
        here = self.consumer.assignment()
        going_on = self.held - self._stopped
        self.consumer.resume(*(each for each in parts if each in here and each.partition in going_on))

    # --- how far -------------------------------------------------------------------------------------------------

    def position(self, partition: int) -> int | None:
        """The offset of what is read next: beyond the marks that transactions leave. None when it isn't known."""
        part = self._part(partition)
        if self.consumer is None or part not in self.consumer.assignment():
            return None
        found: int | None = self.consumer.position(part, timeout_ms=0)
        return found

    def ends(self, partitions: Iterable[int]) -> dict[int, int]:
        """Where what was committed ends, as of now. Raises KafkaError."""
        parts = [self._part(each) for each in partitions]
        found = self.consumer.end_offsets(parts, timeout_ms=ASKING) if parts else {}
        return {part.partition: offset for part, offset in found.items()}

    def hint(self, offsets: Mapping[int, int]) -> None:
        """Tell Kafka how far we are, after the fact, for those who watch lag. Nothing is ever read from it."""
        if self.group is not None and self.consumer is not None:
            with suppress(KafkaError):
                self.consumer.commit_async(
                    {self._part(each): OffsetAndMetadata(offset, "", -1) for each, offset in offsets.items()}
                )

    # --- stalls --------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Mend what has stood still for a stall: each partition has its own time, and none is hidden by the others.

        One that has more and gives nothing gets another consumer, one that is ours and was never begun is begun, and
        one that we believe to be ours and isn't is let go. A member to whom nothing was given asks whether others have
        it all: of a topic that was being made anew a group can have been told that there is nothing to share out, and
        kafka-python 3.0.12 may never do it again.
        """
        now = self._looked = self._polled
        self._take_note()
        here = {each.partition for each in self.consumer.assignment()}
        states: dict[int, int | str | None] = {each: self.position(each) for each in here & self.held - self._stopped}
        states |= dict.fromkeys(here - self.held - self._fresh - self._left_out, NOT_BEGUN)
        states |= dict.fromkeys(self.held - here, GONE)
        before = self._noted
        self._noted = {
            each: before[each] if each in before and before[each][0] == state else (state, now)
            for each, state in states.items()
        }
        still = {each for each, (_, since) in self._noted.items() if now - since >= self.stall}
        out = self.group is not None and self.consumer.group_metadata().generation_id < 0
        self._out = (self._out or now) if out else None
        self._idle = (self._idle or now) if self.group is not None and not out and not here else None
        out, idle = (since is not None and now - since >= self.stall for since in (self._out, self._idle))
        self._mend({each: states[each] for each in still}, out=out, idle=idle)

    def _mend(self, still: Mapping[int, int | str | None], *, out: bool, idle: bool) -> None:
        strange = {each for each, state in still.items() if state in {NOT_BEGUN, GONE}}
        try:
            ends = self.ends(still.keys() - strange)
            out |= idle and self.group is not None and unshared(self.broker, self.group, self.topic)
        except (Away, KafkaError) as error:
            log.warning("the broker does not answer", topic=self.topic, why=type(error).__name__)
            self._noted, self._out, self._idle = {}, None, None  # nothing can move while it doesn't
            return
        if idle:
            self._idle = None  # asked once in a stall
        if strange:
            log.warning("partitions that came or went unseen", topic=self.topic, partitions=sorted(strange))
            gone = strange & self.held
            self.held -= gone
            self._fresh |= strange - gone
            if gone:
                self.lost(gone)
        stuck = [each for each, end in ends.items() if still[each] != end]
        if stuck or out:
            log.warning("reading stalled: a new consumer", topic=self.topic, partitions=stuck)
            self.renew()

    def renew(self) -> None:
        """Give the consumer up for another one. From where it reads on is asked of `where` again."""
        self.renewed += 1
        self.close()
        self.consumer, self.held = None, set()

    def _replace(self, seconds: float) -> None:
        """Make a new consumer, or wait a little when no broker is there."""
        try:
            self._open()
        except (Away, KafkaError) as error:
            log.warning("the broker is away", topic=self.topic, why=type(error).__name__)
            time.sleep(min(seconds, 1.0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the group, within CLOSING milliseconds."""
        if self.consumer is not None:
            leave(self.consumer, CLOSING)


def topic_id(broker: Broker, topic: str) -> str:
    """The id of a topic: another id under the same name is another topic, whose offsets mean nothing here.

    Raises LookupError when there is no such topic, and KafkaError for whatever else the broker says. What it says in
    the midst of an election is asked again, for ELECTING seconds.
    """
    until = time.monotonic() + ELECTING
    with broker.admin() as admin:
        while code := (told := admin.describe_topics([topic])[0])["error_code"]:
            error = for_code(code)
            if error is NoTopic:
                message = f"there is no topic {topic}"
                raise LookupError(message)
            if not error.retriable or time.monotonic() > until:
                raise error(topic)
            time.sleep(SLICE)
    found: UUID = told["topic_id"]
    return str(found)
