"""What the broker lacks of the topics and rights in the data, and making it so: never a partition more or fewer.

A partition is a slot for ever, so a topic with another number of them is told and left alone. All else can be done
again at any moment: what is there already is not done twice, and a run that was cut off is finished by the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from consumers.clients import AlreadyThere, Broker, ConfigResource, ConfigResourceType, TopicPartition, for_code
from consumers.topics import Topic, Topics, data
from roznamcha.errors import Unavailable
from roznamcha.rights import Right, beneath, give, granted, take_away, wanted

PATIENCE = 120.0
"""Seconds for which a deletion or the making of further copies is waited for."""
SETTLING = 10.0
"""Seconds for which a change may take to be seen on the node that is asked."""
Say = Callable[[str], None]


class Differs(NamedTuple):
    """Something of a topic that isn't as the data have it; `now` is None for a setting nobody knows."""

    topic: str
    what: str
    now: str | None
    wanted: str

    def __str__(self) -> str:
        """The difference in words."""
        return f"{self.topic}: {self.what} is {self.now}, and should be {self.wanted}"


@dataclass(frozen=True)
class TopicPlan:
    """How the broker differs from the data."""

    prefix: str
    nodes: int
    copies: int
    missing: tuple[Topic, ...]
    partitions: tuple[Differs, ...]
    """Can't be made so."""
    few: tuple[Differs, ...]
    """Topics with fewer copies than they should have."""
    settings: tuple[Differs, ...]
    strangers: tuple[str, ...]
    """Topics under the prefix that this release doesn't know: left alone."""
    rights: tuple[Right, ...] = ()
    extra: tuple[Right, ...] = ()
    """Rights under the prefix that the data don't grant: taken away only when that is asked for."""
    guarded: bool | None = None
    """Whether the broker has rights at all; None when nobody asked, because no principal was named."""
    ids: Mapping[str, str] = field(default_factory=dict)
    """The id that the broker gave to each of our topics when it was made, by its short name."""

    @property
    def left(self) -> bool:
        """Whether something is left that `apply` would do."""
        return bool(self.missing or self.few or self.settings or self.rights)

    @property
    def done(self) -> bool:
        """Whether nothing is left, neither what `apply` would do nor what nobody can."""
        return not (self.left or self.partitions)

    def says(self) -> Iterator[str]:
        """The differences, a line each."""
        yield from (f"{each.name}: is missing" for each in self.missing)
        yield from (f"{each}; that can't be changed: a partition is a slot, for ever" for each in self.partitions)
        yield from map(str, self.few)
        yield from map(str, self.settings)
        yield from (f"right missing: {each}" for each in self.rights)
        yield from (f"right that is not in the data: {each}" for each in self.extra)
        yield from (f"{each}: not a topic of this release, left alone" for each in self.strangers)

    def document(self) -> dict[str, Any]:
        """The same for scripts."""
        return {
            "prefix": self.prefix, "nodes": self.nodes, "copies": self.copies, "done": self.done,
            "missing": [each.name for each in self.missing],
            **{name: [each._asdict() for each in getattr(self, name)] for name in ("partitions", "few", "settings")},
            "strangers": list(self.strangers), "guarded": self.guarded,
            "rights": [each._asdict() for each in self.rights], "extra": [each._asdict() for each in self.extra],
        }  # fmt: skip


def plan(broker: Broker, topics: Topics, *, copies: int | None = None, services: Mapping[str, str] = {}) -> TopicPlan:
    """Compare the broker with the data. `services` names the principal of each service whose rights matter.

    Raises Away and KafkaError.
    """
    with broker.admin() as admin:
        return _plan(admin, topics, copies, services)


def _plan(admin: Any, topics: Topics, copies: int | None, services: Mapping[str, str]) -> TopicPlan:  # noqa: ANN401 (kafka-python's admin)
    nodes = len(admin.describe_cluster()["brokers"])
    kept = min(copies or data()["copies"], nodes)
    told = {each["name"]: each for each in admin.describe_topics() if not each["error_code"]}
    there = {name: each["partitions"] for name, each in told.items()}
    ours = [each for each in topics.all if each.name in there]
    few = {each.name: min(len(one["replica_nodes"]) for one in there[each.name]) for each in ours}
    known = {each.name for each in topics.all}
    has = granted(admin) if services else None
    needs = wanted(topics, services)
    return TopicPlan(
        topics.prefix,
        nodes,
        kept,
        missing=tuple(each for each in topics.all if each.name not in there),
        partitions=tuple(
            Differs(each.name, "the number of partitions", str(len(there[each.name])), str(each.partitions))
            for each in ours
            if len(there[each.name]) != each.partitions
        ),
        few=tuple(
            Differs(each.name, "the number of copies", str(few[each.name]), str(kept))
            for each in ours
            if few[each.name] < kept
        ),
        settings=tuple(_settings(admin, ours, {name: max(has, kept) for name, has in few.items()})),
        strangers=tuple(sorted(name for name in there if name.startswith(f"{topics.prefix}.") and name not in known)),
        rights=() if has is None else tuple(sorted(needs - has)),
        extra=() if has is None else tuple(sorted(each for each in has - needs if beneath(topics, each))),
        guarded=None if not services else has is not None,
        ids={each.short: str(told[each.name]["topic_id"]) for each in ours},
    )


def _settings(admin: Any, ours: list[Topic], copies: Mapping[str, int]) -> Iterator[Differs]:  # noqa: ANN401 (kafka-python's admin)
    """Reckoned from the copies a topic has: while a node is away no less is asked for than when it is there."""
    if not ours:
        return
    asked = [ConfigResource(ConfigResourceType.TOPIC, each.name) for each in ours]
    told = admin.describe_configs(asked, config_filter="all")["topic"]
    for each in ours:
        for name, value in each.settings(copies[each.name]).items():
            now = told[each.name].get(name, {}).get("value")
            if now != value:
                yield Differs(each.name, name, now, value)


def apply(  # noqa: PLR0913 (what may be asked for)
    broker: Broker,
    topics: Topics,
    *,
    copies: int | None = None,
    services: Mapping[str, str] = {},
    revoke: bool = False,
    told: Say = lambda _: None,
) -> TopicPlan:
    """Make the broker as the data have it; `told` is given a line for each thing done. Gives what differs then.

    Rights that aren't in the data are taken away with `revoke` only, and only from the principals named. Raises Away,
    KafkaError, and Unavailable when the broker refuses something.
    """
    with broker.admin() as admin:
        found = _plan(admin, topics, copies, services)
        _make(admin, found, told)
        # Copies before settings: with more copies asked for than there are, nobody could write.
        _copy(admin, found, told)
        _set(admin, _plan(admin, topics, copies, services), told)
        give(admin, found.rights)
        for right in found.rights:
            told(f"right given: {right}")
        gone = {each for each in found.extra if revoke and each.principal in services.values()}
        take_away(admin, gone)
        for right in sorted(gone):
            told(f"right taken away: {right}")
        return _settled(lambda: _plan(admin, topics, copies, services), gone)


def _settled(look: Callable[[], TopicPlan], gone: set[Right]) -> TopicPlan:
    """The plan when what was done can be seen: a node answers before it has heard of it from the controller."""
    until = time.monotonic() + SETTLING
    found = look()
    while (found.left or gone.intersection(found.extra)) and time.monotonic() < until:
        time.sleep(0.1)
        found = look()
    return found


def _make(admin: Any, found: TopicPlan, told: Say) -> None:  # noqa: ANN401 (kafka-python's admin)
    if not found.missing:
        return
    asked = {
        each.name: {
            "num_partitions": each.partitions,
            "replication_factor": found.copies,
            "configs": each.settings(found.copies),
        }
        for each in found.missing
    }
    for each in admin.create_topics(asked, raise_errors=False)["topics"]:
        error = for_code(each["error_code"])
        if error is AlreadyThere:
            continue  # somebody else who applies the same data at the same moment
        if each["error_code"]:
            message = f"the broker does not make {each['name']}: {each.get('error_message') or error.__name__}"
            raise Unavailable(message)
        told(f"made: {each['name']}")
    admin.wait_for_topics(list(asked), timeout_ms=int(PATIENCE * 1_000))


def _copy(admin: Any, found: TopicPlan, told: Say) -> None:  # noqa: ANN401 (kafka-python's admin)
    """Let further nodes keep copies. Those that have one keep it, so nothing is away in between."""
    if not found.few:
        return
    names = [each.topic for each in found.few]
    nodes = sorted(each["broker_id"] for each in admin.describe_cluster()["brokers"])
    asked = {
        TopicPartition(topic["name"], each["partition_index"]): spread(
            each["replica_nodes"], nodes, each["partition_index"], found.copies
        )
        for topic in admin.describe_topics(names)
        for each in topic["partitions"]
        if len(each["replica_nodes"]) < found.copies
    }
    refused = [error for error in admin.alter_partition_reassignments(asked).values() if error is not None]
    if refused:
        message = f"the broker does not make further copies: {refused[0].__name__}"
        raise Unavailable(message)
    _wait(lambda: not admin.list_partition_reassignments(list(asked)), "further copies are still being made")
    for each in found.few:
        told(f"{each.topic}: {each.wanted} copies, not {each.now}")


def spread(has: list[int], nodes: list[int], partition: int, copies: int) -> list[int]:
    """Who keeps a partition then: whoever does, and others in turn, so that each gets as many."""
    free = [each for each in nodes if each not in has]
    turn = partition % len(free) if free else 0
    return [*has, *free[turn:], *free[:turn]][:copies]


def _set(admin: Any, found: TopicPlan, told: Say) -> None:  # noqa: ANN401 (kafka-python's admin)
    asked: dict[str, dict[str, str]] = {}
    for each in found.settings:
        asked.setdefault(each.topic, {})[each.what] = each.wanted
    if not asked:
        return
    done = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, asked[name]) for name in asked])
    for name, answer in done["topic"].items():
        if answer != "OK":
            message = f"the broker does not change the settings of {name}: {answer}"
            raise Unavailable(message)
    for each in found.settings:
        told(f"{each.topic}: {each.what} is {each.wanted} now, and was {each.now}")


def clear(broker: Broker, topics: Topics, told: Say = lambda _: None) -> None:
    """Delete every topic of ours with all that is in it, and wait until they are gone. Others' stay.

    The relay then finds no position and publishes everything again, from the store.
    """
    names = {each.name for each in topics.all}
    with broker.admin() as admin:
        there = sorted(names.intersection(admin.list_topics()))
        if not there:
            return
        # Dies here, or between two of them: `apply` makes what is missing. The position's topic goes first, so that a
        # relay never finds a position without the entries it speaks of.
        there.sort(key=lambda name: name != topics.position)
        for name in there:
            _delete(admin, name)
            told(f"deleted: {name}")
        _wait(lambda: not names.intersection(admin.list_topics()), "topics are still being deleted")


def _delete(admin: Any, name: str) -> None:  # noqa: ANN401 (kafka-python's admin)
    (answer,) = admin.delete_topics([name], raise_errors=False)["topics"]
    if answer["error_code"]:
        error = for_code(answer["error_code"]).__name__
        message = f"the broker does not delete {name}: {answer.get('error_message') or error}"
        raise Unavailable(message)


def _wait(holds: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > until:
            message = f"{otherwise}; run it again in a while"
            raise Unavailable(message)
        time.sleep(0.1)
