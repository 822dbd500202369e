"""The figures of health in Prometheus' form, in a registry of their own, measured when they are asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import psycopg
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from consumers.embedded import connected
from roznamcha.health import Health, examine
from roznamcha.published import Published
from roznamcha.sentry import Sentry
from schemas import catalogue

SHARE = 20
"""A measurement that took a second is good for so many: measuring anew at every scrape would cost what the log is long,
and this bounds it to a twentieth of the time. When it was measured is a figure of its own."""


class HealthCollector(Collector):
    """A figure that nobody renews must not stand there as if it were true: what can't be measured is not given."""

    def __init__(self, measure: Callable[[], Health | None]) -> None:
        """Ask `measure`, which gives nothing when the store doesn't answer."""
        self.measure = measure

    def collect(self) -> Iterator[Metric]:
        """The figures. Their names and labels are public."""
        health = self.measure()
        up = 0 if health is None else 1
        yield GaugeMetricFamily("roznamcha_store_up", "Whether the store answered: without it, no other figure", up)
        if health is None:
            return
        for name, told, value in (
            ("roznamcha_measured_timestamp_seconds", "When these figures were measured", health.at.timestamp()),
            ("roznamcha_entries", "Entries in the log", health.entries),
            ("roznamcha_head_position", "Position of the last entry", health.head),
            ("roznamcha_behind_entries", "Entries that the views have not folded", health.behind),
            ("roznamcha_behind_seconds", "Age of the oldest entry not folded", health.behind_seconds or 0.0),
            ("roznamcha_incomplete_slots", "Slots whose count or digest differs from the log", len(health.incomplete)),
            ("roznamcha_followers", "Processes that feed the views", health.followers),
            ("roznamcha_tickers", "Processes that tell of legal clocks", health.tickers),
            ("roznamcha_relays", "Processes that publish to Kafka, or wait to do so", health.relays),
            ("roznamcha_untold_deadlines", "Clocks of which something is due and untold", health.untold),
            ("roznamcha_untold_seconds", "Age of the oldest of them", health.untold_seconds or 0.0),
            (
                "roznamcha_parked_seconds",
                "Age of the oldest entry at which a record is parked",
                health.parked_seconds or 0.0,
            ),
        ):
            yield GaugeMetricFamily(name, told, value=value)
        parked = GaugeMetricFamily("roznamcha_parked_records", "Records that a view waits for", labels=["view"])
        for view, count in health.parked.items():
            parked.add_metric([view], count)
        yield parked
        if health.published is not None:
            yield from of_kafka(health.published, health.unpublished_seconds or 0.0)


def of_kafka(known: Published, seconds: float) -> Iterator[Metric]:
    """What is known of Kafka: there where a broker is named, and nowhere else."""
    for name, told, value in (
        ("roznamcha_relay_position", "Position of the last entry that is on Kafka", known.position),
        ("roznamcha_relay_published_entries", "Entries that are on Kafka, by the relay's own count", known.entries),
        ("roznamcha_relay_behind_entries", "Entries of the log that are not on Kafka", known.behind),
        ("roznamcha_relay_behind_seconds", "Age of the oldest entry that is not on Kafka", seconds),
        ("roznamcha_outbox_rows", "Rows of views that are told and not on Kafka", known.rows),
        ("roznamcha_dead_letters_unsent", "Dead letters that wait to be sent to their topic", known.unsent),
    ):
        yield GaugeMetricFamily(name, told, value=value)
    if known.looked_at is not None:
        told = "When a relay last published, or found nothing to publish"
        yield GaugeMetricFamily("roznamcha_relay_looked_timestamp_seconds", told, known.looked_at.timestamp())
    told = "How often a relay was fenced by another one"
    yield CounterMetricFamily("roznamcha_relay_fenced", told, known.taken_over)
    told = "Messages that were no entry, and positions that a topic lacked"
    yield CounterMetricFamily("roznamcha_dead_letters", told, known.letters)
    told = "What the last whole comparison with the store found to differ"
    differ = GaugeMetricFamily("roznamcha_reconcile_differences", told, labels=["topic"])
    told = "When a whole topic was last compared with the store"
    ran = GaugeMetricFamily("roznamcha_reconcile_last_run_timestamp_seconds", told, labels=["topic"])
    for short, found in known.compared.items():
        differ.add_metric([short], found.differences)
        ran.add_metric([short], found.at.timestamp())
    yield differ
    yield ran


class PostCollector(Collector):
    """What a guard knows of its posts."""

    def __init__(self, sentries: Sequence[Sentry]) -> None:
        """Of these."""
        self.sentries = sentries

    def collect(self) -> Iterator[Metric]:
        """The figures, a line for each post."""
        manned = GaugeMetricFamily("roznamcha_post_up", "Whether the process is at its post", labels=["post"])
        given_up = GaugeMetricFamily(
            "roznamcha_post_given_up", "Whether a process is no longer started again", labels=["post"]
        )
        starts = CounterMetricFamily("roznamcha_post_starts", "How often a process was started", labels=["post"])
        for each in self.sentries:
            manned.add_metric([each.post.name], each.seen)
            given_up.add_metric([each.post.name], each.given_up is not None)
            starts.add_metric([each.post.name], each.starts)
        yield from (manned, given_up, starts)


class Measured:
    """Measures the health of a store, by one at a time, and anew when the last measurement has served its time."""

    def __init__(self, url: str, topics: str | None) -> None:
        """Of the store at `url`, and of Kafka under the prefix `topics`."""
        self.url, self.topics, self.catalogue = url, topics, catalogue()
        self._lock = threading.Lock()
        self._last: Health | None = None
        self._good_until = 0.0

    def __call__(self) -> Health | None:
        """The health, at most SHARE times as old as measuring takes; None when the store doesn't answer."""
        with self._lock:
            began = time.monotonic()
            if began < self._good_until:
                return self._last
            try:
                with connected(psycopg.conninfo.make_conninfo(self.url, connect_timeout=5)) as connection:
                    self._last = examine(connection, self.catalogue, datetime.now(UTC), self.topics)
            except psycopg.Error:
                self._last = None
            now = time.monotonic()
            self._good_until = now + SHARE * (now - began) if self._last else 0.0
            return self._last


def registry(measure: Callable[[], Health | None]) -> CollectorRegistry:
    """A registry for what `measure` gives."""
    made = CollectorRegistry()
    made.register(HealthCollector(measure))
    return made


def posts_registry(sentries: Sequence[Sentry], url: str, topics: str | None) -> CollectorRegistry:
    """A registry of a guard's posts and of the store's health."""
    made = CollectorRegistry(auto_describe=False)
    made.register(PostCollector(sentries))
    made.register(HealthCollector(Measured(url, topics)))
    return made


def exposition(health: Health) -> str:
    """The figures as text, as a scrape gets them."""
    return generate_latest(registry(lambda: health)).decode()
