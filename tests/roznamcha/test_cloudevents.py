"""Entries on Kafka are CloudEvents: the CloudEvents project's own library reads what the relay has published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka, to_binary
from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from consumers import entries
from consumers.carried import headers_of
from consumers.clients import Broker
from consumers.embedded import connected
from consumers.folding import Kept
from consumers.topics import Topics
from roznamcha.relay import Relay
from schemas import catalogue
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases


class AsItIs(JSONFormat):
    """Leaves Avro alone: the library knows JSON and text."""

    def read_data(self, body: bytes, datacontenttype: str | None) -> Any:
        """The bytes."""
        return body

    def write_data(self, data: Any, datacontenttype: str | None) -> bytes:
        """The bytes."""
        written: bytes = data
        return written


def published(database: str, broker: Broker, topics: Topics) -> list[Any]:
    """The messages of some cases, as a consumer is given them."""
    write_cases(database, 4)
    with connected(database) as connection:
        relay = Relay(connection, broker, topics, catalogue())
        relay.publish()
        relay.close()
    return read_topic(broker, topics.entries)


def test_the_library_reads_every_attribute(database: str, broker: Broker, topics: Topics) -> None:
    """Id, source, type, time, subject and content type are the entry's; its data are the stored bytes, untouched."""
    for message in published(database, broker, topics):
        meta = entries.read(catalogue(), message.value).meta
        event = from_kafka(KafkaMessage(dict(message.headers), message.key, message.value), AsItIs(), CloudEvent)
        assert event.get_specversion() == "1.0"
        assert event.get_id() == str(meta.entry_id)
        assert event.get_source() == f"/roznamcha/{meta.district}/{meta.station}"
        assert event.get_type() == f"roznamcha.{catalogue_name(message.value)}"
        assert event.get_time() == meta.occurred_at
        assert event.get_time().utcoffset() == timedelta()
        assert event.get_subject() == event.get_extension("partitionkey") == str(meta.record_id)
        assert event.get_datacontenttype() == "application/avro"
        assert event.get_data() == message.value


def catalogue_name(value: bytes) -> str:
    """The act whose schema a value names."""
    return catalogue().by_id(int.from_bytes(value[1:5], "big")).name


def test_the_library_would_write_the_same(database: str, broker: Broker, topics: Topics) -> None:
    """Written again by the library, each of its headers has the same bytes, but for a second's zeros."""
    for message in published(database, broker, topics)[:3]:
        ours = dict(message.headers)
        event = from_kafka(KafkaMessage(ours, None, message.value), AsItIs(), CloudEvent)
        theirs = to_binary(event, AsItIs())
        assert theirs.value == message.value
        for name, value in theirs.headers.items():
            assert ours[name].replace(b".000000Z", b"Z") == value, name


@pytest.mark.parametrize(
    ("name", "value"),
    [("ce_id", b""), ("ce_source", None), ("ce_type", None), ("ce_subject", b""), ("ce_specversion", b"2.0")],
)
def test_the_library_refuses_what_is_none(name: str, value: bytes | None) -> None:
    """Without what every CloudEvent has it is no event: so its reading ours means something."""
    kept = Kept(41, 0, UUID(int=7), "case.SceneVisited", b"\x00")
    headers = {**dict(headers_of(kept, 1, 0, None)), name: value}
    message = KafkaMessage({key: each for key, each in headers.items() if each is not None}, None, b"")
    with pytest.raises((CloudEventValidationError, ValueError)):
        from_kafka(message, AsItIs(), CloudEvent)


def test_an_entry_that_cannot_be_read_is_an_event_too() -> None:
    """Published with what the log knows of it, it has all that a CloudEvent must have."""
    kept = Kept(41, 0, UUID(int=7), "case.SceneVisited", b"\x00")
    event = from_kafka(KafkaMessage(dict(headers_of(kept, 1, 0, None)), None, b"\x00"), AsItIs(), CloudEvent)
    assert (event.get_id(), event.get_source()) == ("position/41", "/roznamcha")
    assert (event.get_type(), event.get_subject()) == ("roznamcha.case.SceneVisited", str(kept.record_id))
