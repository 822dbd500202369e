"""Whether the broker is well: reached, its topics as the data have them, and what lies there this store's and whole.

Imported only where a broker is named. Each finding says what to do; what could not be asked is said to be unknown.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from psycopg import Connection

from consumers.clients import Away, Broker, KafkaError
from consumers.embedded import head
from consumers.tails import tails_of
from consumers.topics import Topics
from roznamcha.broker import reaching
from roznamcha.errors import Broken, Unavailable, Usage
from roznamcha.published import noted
from roznamcha.relayed import Position, agree, read_position
from roznamcha.topic_plan import TopicPlan, plan

Finding = tuple[str, bool | None, str]
COMPARED = ("entries", "deadlines", "relay.position")
"""The topics whose ends are looked at."""
LOOKS, PAUSE = 4, 0.5
"""How often the ends are looked at before something is wrong with them, and the seconds between."""


def look_at(broker: Broker, topics: Topics, connection: Connection[Any] | None) -> Iterator[Finding]:
    """(part, well or None where it was not asked, words); without a `connection` the store is away."""
    try:
        yield "broker", True, _reached(broker)
    except (Unavailable, Usage) as error:
        yield "broker", False, str(error)
        yield from ((part, None, "not asked: the broker is away") for part in ("topics", "position"))
        return
    try:
        found = plan(broker, topics)
        yield from _topics(topics, found)
        named = {topics[each].name for each in COMPARED}
        unlike = {each.name for each in found.missing} | {each.topic for each in found.partitions}
        if lacking := sorted(named & unlike):
            yield "position", None, f"not asked: {lacking[0]} is not as it must be"
        elif connection is None:
            yield "position", None, "not asked: the store, with which it is compared, is away"
        else:
            yield _position(broker, topics, connection)
    except (Away, KafkaError) as error:
        yield "broker", False, f"the broker at {broker.bootstrap} did not answer to the end: {type(error).__name__}"


def _reached(broker: Broker) -> str:
    with reaching(broker), broker.admin() as admin:
        cluster = admin.describe_cluster()
        brokers = cluster["brokers"]
        spoken = admin.get_broker_version_data(brokers[0]["broker_id"]).broker_version
    told = ".".join(map(str, spoken))
    nodes = f"{len(brokers)} node" + ("s" if len(brokers) > 1 else "")
    return (
        f"{broker.bootstrap}: {nodes}, cluster {cluster['cluster_id']}, speaks as Kafka {told} or newer does; "
        f"the client is kafka-python {version('kafka-python')}"
    )


def _topics(topics: Topics, found: TopicPlan) -> Iterator[Finding]:
    """How the topics differ from the data."""
    differs = [f"{each.name} is missing" for each in found.missing]
    differs += [str(each) for each in (*found.few, *found.settings)]
    more = f", and {len(differs) - 1} more" if len(differs) > 1 else ""
    if differs:
        yield "topics", False, f"{differs[0]}{more}: see `topics plan`; `topics apply` makes it so"
    else:
        yield "topics", True, f"all {len(topics.all)} under {topics.prefix} are as the data have them"
    for each in found.partitions:
        yield "partitions", False, f"{each}: a partition is a slot, for ever; `topics apply --anew` makes all again"


def _position(broker: Broker, topics: Topics, connection: Connection[Any]) -> Finding:
    """What Kafka itself says of how far was published, against the store and the topics' ends, as a relay begins."""
    was = noted(connection, topics.prefix)
    try:
        at = _agreed(broker, topics, connection)
    except Broken as error:
        return "position", False, str(error)
    if at.position < was:
        said = f"entries up to {was:,} were published, and Kafka holds them up to {at.position:,}"
        return "position", False, f"{said}: topics were deleted, or restored; a relay publishes what they lack"
    entries = sum(count for _, count in at.entries.values())
    last = head(connection)
    waits = f"; the log goes on to {last:,}" if last > at.position else ""
    return "position", True, f"Kafka holds {entries:,} entries, up to {at.position:,}, and they are this store's{waits}"


def _agreed(broker: Broker, topics: Topics, connection: Connection[Any]) -> Position:
    """The position, which store and topics agree with. Raises Broken when they don't.

    A relay at work moves all of them on, one partition after the other: what is wrong is wrong twice in the same words.
    """
    said = ""
    with tails_of(broker, *(topics[each].name for each in COMPARED)) as ends:
        for _ in range(LOOKS):
            at = read_position(ends(topics.position, [0]).get(0))
            try:
                agree(connection, ends, topics, at)
            except Broken as error:
                if str(error) == said:
                    raise
                said = str(error)
                time.sleep(PAUSE)
            else:
                break
        return at
