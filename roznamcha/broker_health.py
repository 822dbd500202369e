"""Whether the broker is well: reached, its topics as the data have them, and what lies there this store's and whole.

Imported only where a broker is named. Each finding says what to do; what could not be asked is said to be unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from psycopg import Connection

from consumers.clients import Away, Broker, KafkaError
from consumers.topics import Topics
from roznamcha.broker import reaching
from roznamcha.broker_ends import LOOKED_AT, told_by_ends
from roznamcha.errors import Unavailable, Usage
from roznamcha.topic_plan import TopicPlan, plan

Finding = tuple[str, bool | None, str]
ENDS = ("position", "rows", "checkpoints")
"""The parts that the topics' ends tell of."""


def look_at(broker: Broker, topics: Topics, connection: Connection[Any] | None) -> Iterator[Finding]:
    """(part, well or None where it was not asked, words); without a `connection` the store is away."""
    try:
        yield "broker", True, _reached(broker)
    except (Unavailable, Usage) as error:
        yield "broker", False, str(error)
        yield from ((part, None, "not asked: the broker is away") for part in ("topics", *ENDS))
        return
    try:
        found = plan(broker, topics)
        yield from _topics(topics, found)
        named = {topics[each].name for each in LOOKED_AT}
        unlike = {each.name for each in found.missing} | {each.topic for each in found.partitions}
        if lacking := sorted(named & unlike):
            yield from ((part, None, f"not asked: {lacking[0]} is not as it must be") for part in ENDS)
        elif connection is None:
            yield from ((part, None, "not asked: the store, with which it is compared, is away") for part in ENDS)
        else:
            yield from told_by_ends(broker, topics, connection, found.ids)
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
