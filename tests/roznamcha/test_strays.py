"""A message that is nobody's: seen where it hinders, told as what it is, and laid aside by a person."""

from __future__ import annotations

import pytest

from consumers.clients import Broker
from consumers.embedded import connected
from consumers.topics import Topics
from roznamcha import broker_health
from roznamcha.errors import Broken
from tests.broker.copies import write
from tests.broker.reading import read_topic
from tests.consumers.feed import write_cases
from tests.roznamcha.test_relay import relaying


def test_the_doctor_sees_a_strangers_message_at_an_end_as_the_relay_does(
    database: str, broker: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both name topic, partition and offset, and say that it is no entry."""
    monkeypatch.setattr(broker_health, "PAUSE", 0.0)
    write_cases(database, 2)
    with connected(database) as connection, relaying(database, broker, topics) as relay:
        relay.publish()

        def position() -> tuple[bool | None, str]:
            told = {part: (good, says) for part, good, says in broker_health.look_at(broker, topics, connection)}
            return told["position"]

        good, says = position()
        assert (good, "they are this store's" in says) == (True, True)
        last = read_topic(broker, topics.entries)[-1]
        write(broker, topics.entries, [last._replace(key=None, value=b"hello", headers=[])])
        good, says = position()
        assert good is False
        assert says.startswith(f"partition {last.partition} of {topics.entries} ends with a message at offset ")
        assert "that is no entry" in says
        with pytest.raises(Broken) as refused:
            relay.begin()
        assert str(refused.value) == says
