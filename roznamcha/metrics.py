"""The figures of health in Prometheus' form: gauges in a registry of their own, measured when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from roznamcha.health import Health


class HealthCollector(Collector):
    """Measures anew at every scrape: a figure that nobody renews must not stand there as if it were true."""

    def __init__(self, measure: Callable[[], Health]) -> None:
        """Ask `measure`."""
        self.measure = measure

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The gauges. Their names and labels are public."""
        health = self.measure()
        for name, told, value in (
            ("roznamcha_entries", "Entries in the log", health.entries),
            ("roznamcha_head_position", "Position of the last entry", health.head),
            ("roznamcha_behind_entries", "Entries that the views have not folded", health.behind),
            ("roznamcha_behind_seconds", "Age of the oldest entry not folded", health.behind_seconds or 0.0),
            ("roznamcha_incomplete_slots", "Slots whose count or digest differs from the log", len(health.incomplete)),
            ("roznamcha_followers", "Processes that feed the views", health.followers),
            ("roznamcha_tickers", "Processes that tell of legal clocks", health.tickers),
            ("roznamcha_untold_deadlines", "Clocks of which something is due and untold", health.untold),
            ("roznamcha_untold_seconds", "Age of the oldest of them", health.untold_seconds or 0.0),
        ):
            yield GaugeMetricFamily(name, told, value=value)
        parked = GaugeMetricFamily("roznamcha_parked_records", "Records that a view waits for", labels=["view"])
        for view, count in health.parked.items():
            parked.add_metric([view], count)
        yield parked


def registry(measure: Callable[[], Health]) -> CollectorRegistry:
    """A registry for `/metrics`."""
    made = CollectorRegistry()
    made.register(HealthCollector(measure))
    return made


def exposition(health: Health) -> str:
    """The figures as text, as a scrape gets them."""
    return generate_latest(registry(lambda: health)).decode()
