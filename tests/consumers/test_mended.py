"""What is mended in kafka-python: connections that come to nothing are closed, and those of who can't take leave."""

from __future__ import annotations

import socket
from collections import deque
from collections.abc import Coroutine, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from kafka.net.inet import KafkaNetSocket

from consumers import mended
from consumers.clients import Broker, KafkaError, Timeout, leave
from consumers.topics import Topics
from tests.broker.nodes import free_ports, new_prefix
from tests.consumers.subscribing import until

assert mended


class Waits:
    """An event loop in which what waits to be written to waits."""

    async def wait_write(self, _sock: socket.socket, *, timeout_at: float | None) -> None:
        """Wait for ever."""
        await Never()


class Never:
    """What doesn't come."""

    def __await__(self) -> Iterator[None]:
        yield


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    """The sockets that the library makes meanwhile; connecting says that it is under way."""
    every: list[socket.socket] = []

    def new(_self: Any, *given: Any) -> socket.socket:
        every.append(socket.socket(*given))
        return every[-1]

    monkeypatch.setattr(KafkaNetSocket, "socket", new)
    return every


def connecting(port: int) -> Coroutine[Any, Any, Any]:
    """The library on its way to a port of this machine."""
    (address,) = socket.getaddrinfo("127.0.0.1", port, socket.AF_INET, socket.SOCK_STREAM)
    found: Coroutine[Any, Any, Any] = KafkaNetSocket().connect(Waits(), address)
    return found


def test_a_client_that_is_closed_while_it_connects(made: list[socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its socket is closed with it."""
    monkeypatch.setattr(KafkaNetSocket, "connect_ex", lambda *_: 115)  # it is under way
    way = connecting(9)
    way.send(None)
    assert made[0].fileno() >= 0
    way.close()
    assert made[0].fileno() == -1


def test_nobody_listens(made: list[socket.socket]) -> None:
    """The socket is closed, and who asked hears of it."""
    (port,) = free_ports(1)
    way = connecting(port)
    with pytest.raises(KafkaError, match="ECONNREFUSED"):
        deque(iter(lambda: way.send(None), 0), maxlen=0)
    assert made[0].fileno() == -1


def test_who_cannot_take_leave_goes(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The group doesn't answer as a consumer is closed: its connections are closed nevertheless."""
    consumer = broker.consumer("g")
    consumer.topics()
    ways = list(consumer._client._manager._conns.values())  # noqa: SLF001 (the library doesn't show them)
    assert any(each.connected for each in ways)

    def no_answer(**_: Any) -> None:
        raise Timeout

    monkeypatch.setattr(consumer, "_coordinator", SimpleNamespace(close=no_answer))
    leave(consumer, 100)
    assert not any(each.connected for each in ways)


def test_a_connection_that_was_replaced_is_closed_too(broker: Broker) -> None:
    """The client has forgotten it, and closes it all the same when it is closed itself."""
    consumer = broker.consumer("g")
    consumer.topics()
    ways = consumer._client._manager._conns  # noqa: SLF001
    (forgotten,) = [each.transport._sock for each in ways.values() if each.connected]  # noqa: SLF001
    ways.clear()
    assert forgotten.fileno() >= 0
    leave(consumer, 1_000)
    assert forgotten.fileno() == -1


def test_a_join_whose_reason_is_gone_is_finished(broker: Broker, topics: Topics) -> None:
    """A member that shares out begins for a topic made anew, and knows all of it before it takes what it has joined."""
    consumer = broker.consumer(new_prefix())
    try:
        consumer.subscribe([topics.entries])
        until(lambda: consumer.poll(100) or consumer.assignment())
        coordinator = consumer._coordinator  # noqa: SLF001
        coordinator._assignment_snapshot = {topics.entries: set()}  # noqa: SLF001 (as it was told in between)
        until(lambda: consumer.poll(1) or coordinator._join_task is not None)  # noqa: SLF001
        until(coordinator._join_task.succeeded)  # noqa: SLF001 (nobody polls, and its outcome is there)
        until(lambda: consumer.poll(100) or coordinator.stable(), 20)
        assert len(consumer.assignment()) == topics["entries"].partitions
    finally:
        leave(consumer, 1_000)
