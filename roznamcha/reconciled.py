"""What a reconciliation found: what each side has, every difference, and what waits to be published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from roznamcha.differing import Difference
from roznamcha.screen import lasting, many


@dataclass
class Counts:
    """What one side has: entries and the records they are of, and what else it has to say."""

    entries: int = 0
    records: int = 0
    more: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """As in JSON."""
        return {"entries": self.entries, "records": self.records, **self.more}


@dataclass
class Reconciled:
    """What was compared, and every difference."""

    topic_name: str
    published_to: int = 0
    store: Counts = field(default_factory=Counts)
    topic: Counts = field(default_factory=Counts)
    subscriber: Counts | None = None
    differences: list[Difference] = field(default_factory=list)
    unlisted: int = 0
    """Records that differ beside those whose differences are listed."""

    @property
    def ok(self) -> bool:
        """Whether nothing differs. What is not yet published, or not yet received, is no difference."""
        return not self.differences and not self.unlisted

    def late(self, seconds: float | None) -> str:
        """Why what is published is not all that should be: an entry waits longer than so many seconds. None: no matter.

        One whose bytes don't say how old it is has waited too long.
        """
        age = self.store.more["oldest_unpublished_seconds"]
        if seconds is None or not self.store.more["unpublished"] or (age is not None and age <= seconds):
            return ""
        return f"{self._waiting()}: more than the {seconds:g} s allowed; does a relay run (`up`, `relay`)?"

    def _waiting(self) -> str:
        more = self.store.more
        age = more["oldest_unpublished_seconds"]
        since = f", the oldest for {lasting(age)}" if age is not None else ""
        entries = many(more["in_all"], "entry", "entries")
        return f"not yet published: {more['unpublished']:,} of the store's {entries}{since}"

    def says(self) -> Iterator[str]:
        """The report in sentences, for a person."""
        if self.published_to:
            yield (
                f"{self.topic_name}: {self.topic.entries:,} entries of {self.topic.records:,} records, published up to "
                f"position {self.published_to:,}; the store has {self.store.entries:,} of {self.store.records:,} "
                f"up to there, and {self.store.more['in_all']:,} in all"
            )
        else:
            yield f"{self.topic_name}: nothing is published, and so nothing was compared"
        if self.store.more["unpublished"]:
            yield self._waiting()
        if self.subscriber is not None:
            more = self.subscriber.more
            yield (
                f"the subscriber: {self.subscriber.entries:,} entries of {self.subscriber.records:,} records, "
                f"{more['behind']:,} behind, {more['parked']:,} parked, {len(more['stopped']):,} partitions stand still"
            )
            if not more["positions"]:
                yield "it gives no positions: what it has was compared, what it lacks may be missing or on its way"
        for each in self.differences:
            yield str(each)
        if self.unlisted:
            yield f"and {self.unlisted:,} more records"

    def shown(self) -> dict[str, Any]:
        """The JSON shape of `reconcile --json`."""
        return {
            "ok": self.ok,
            "published_to": self.published_to,
            "store": self.store.shown(),
            "topic": {"name": self.topic_name, **self.topic.shown()},
            "subscriber": self.subscriber and self.subscriber.shown(),
            "differences": [each.shown() for each in self.differences],
            "unlisted": self.unlisted,
        }
