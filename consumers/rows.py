"""A view's row, or a signed head of the ledger, as Kafka carries it; `carried` does the same for entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from consumers.carried import TYPE, Carried, Undeliverable, framed, number_of
from consumers.folding import Kept
from consumers.outbox import GONE, kind_of
from consumers.slots import slot_of
from consumers.topics import Topic, Topics
from projections.articles import Articles
from projections.case_state import CaseState
from projections.ranking import Ranking
from schemas import Catalogue, SchemaError
from schemas.codec import decode

HEAD = "ledger.checkpoint"
"""What a signed head calls itself: it has no schema, being text that other programs read."""
CHECKPOINT = "checkpoint"
"""What topics.yaml says that the topic of heads carries."""
NOTHING = b"["
"""What is kept of a row that is gone begins so: its key, as JSON. No row begins with it."""


@dataclass(frozen=True)
class Row:
    """One row as it stands now, or that it is gone: then `values` is None, and only its key is known.

    `name` is its kind: `view.CaseState`, `view.Custody`, `view.Ranking`; or `ledger.checkpoint`, whose values are its
    `origin` and `note`. `key` is what a later row of the same key replaces; of a head its origin and number.
    """

    name: str
    key: tuple[str, ...]
    values: Mapping[str, Any] | None
    partition: int
    position: int
    """Of the message in its partition: 1, 2, 3 …"""

    @property
    def gone(self) -> bool:
        """Whether there is no such row any more."""
        return self.values is None


@cache
def keys() -> dict[str, tuple[str, ...]]:
    """The columns that make the key of each kind of row."""
    parts = [part for view in (CaseState(), Articles(), Ranking()) for part in view.published if part.topic]
    return {kind_of(part): part.Row.KEY for part in parts}  # type: ignore[attr-defined]  # every row declares it


def topic_named(name: str) -> Topic:
    """What a topic of rows or heads is, by its whole name under any prefix. Raises ValueError for another topic."""
    told = [each for each in Topics().all if each.about["carries"] in {*keys(), CHECKPOINT}]
    for each in told:
        prefix, dot, _ = name.rpartition(each.name.removeprefix(Topics().prefix))
        if prefix and dot:
            return Topics(prefix)[each.short]
    known = ", ".join(each.name for each in told)
    message = f"{name[:200]!r} is no topic of rows: those are {known}, each under the prefix in force"
    raise ValueError(message)


class RowReader:
    """Takes the messages of one topic of rows apart."""

    def __init__(self, catalogue: Catalogue, topic: Topic) -> None:
        """Nothing is asked of the broker."""
        carries = str(topic.about["carries"])
        self.catalogue, self.partitions = catalogue, topic.partitions
        self.compacted = topic.about["policy"] == "compacted"
        self.kind = HEAD if carries == CHECKPOINT else carries

    def carried(self, message: Any) -> Carried:  # noqa: ANN401 (kafka-python's record)
        """The row in a message, still as bytes. Raises Undeliverable.

        Rows are numbered in their partition without gaps, so the one before is known: who says otherwise is a stranger.
        """
        headers = dict(message.headers)
        try:
            key = message.key.decode("ascii")
            record_id = uuid5(NAMESPACE_URL, key) if self.kind == HEAD else UUID(key)
            position, previous = (number_of(headers[name]) for name in ("position", "previous"))
            named = headers["ce_type"]
        except (KeyError, ValueError, AttributeError):
            told = "a message whose key or headers are not a row's"
            raise Undeliverable(told) from None
        if named != TYPE + self.kind.encode():
            told = "a message of another kind than this topic's"
        elif slot_of(record_id) % self.partitions != message.partition:
            told = "a message in a partition that is not its record's slot"
        elif previous != position - 1:
            told = "a message that doesn't follow the one before it"
        elif message.value == b"" or (message.value is None and not (self.compacted and self.kind != HEAD)):
            told = "a message without a value, in a topic where none is without"
        else:
            gone = json.dumps([key]).encode()
            state = gone if message.value is None else framed(self.catalogue, message.value, headers)
            name = self.kind if self.kind != HEAD else f"{HEAD} {key}"
            return Carried(Kept(position, message.partition, record_id, name, state), previous, message)
        raise Undeliverable(told)

    def row(self, kept: Kept) -> Row:
        """The row in these bytes. Raises SchemaError for one that this release can't read, or of another record."""
        key: tuple[str, ...]
        values: dict[str, Any] | None
        if kept.state.startswith(NOTHING):
            key, values = tuple(map(str, json.loads(kept.state))), None
        elif self.kind == HEAD:
            origin = kept.name.removeprefix(f"{HEAD} ")
            key, values = (origin, str(kept.position)), {"origin": origin, "note": kept.state.decode(errors="replace")}
        else:
            name, found = decode(self.catalogue, kept.state)
            if name != self.kind or str(found["record_id"]) != str(kept.record_id):
                message = f"a row of {name}, or of another record"
                raise SchemaError(message)
            key = tuple(str(found[column]) for column in keys()[self.kind])
            values = None if found.pop(GONE, False) else found
        return Row(self.kind, key, values, kept.slot, kept.position)


RowTake = Callable[[Any, Row], object]
"""What a subscriber does with a row, with a cursor whose transaction is not its own to end."""
