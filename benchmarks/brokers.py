"""What the benchmarks with a broker share: a real one of one node, with topics that are empty."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from consumers.clients import Broker
from consumers.topics import Topics
from tests.broker.copies import create, remove
from tests.broker.nodes import new_prefix, running


@contextmanager
def kafka() -> Iterator[Broker]:
    """A real broker of one node, with a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as cluster:
        yield cluster.broker


@contextmanager
def empty_topics(broker: Broker) -> Iterator[Topics]:
    """Topics of their own, gone afterwards."""
    topics = Topics(new_prefix().removesuffix("."))
    shorts = tuple(each.short for each in topics.all)
    create(broker, topics, shorts)
    yield topics
    remove(broker, topics, shorts)
