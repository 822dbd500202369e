"""What is mended in kafka-python 3.0.12, which is pinned: done once, when this is imported, and by nobody else."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from kafka.consumer.fetcher import Fetcher
from kafka.coordinator.consumer import ConsumerCoordinator
from kafka.errors import KafkaError
from kafka.net import manager
from kafka.net.inet import KafkaNetSocket
from kafka.net.selector import NetworkSelector


class Unreadable(KafkaError):  # type: ignore[misc]  # kafka-python has no types
    """A message that the library can't take apart: its checksum is wrong, or a header's name is no text."""

    def __init__(self, where: Any, offset: int, why: str) -> None:  # noqa: ANN401 (kafka-python's partition)
        """Where it lies: in this topic's partition."""
        self.partition, self.offset = where.partition, offset
        super().__init__(f"{where.topic}, partition {where.partition}, offset {offset}: {why}")


class _Records(Fetcher.PartitionRecords):  # type: ignore[misc]  # as above
    """What was fetched of a partition, and is thrown away when a message in it can't be read.

    The library would go on asking what has ended with that error, and `poll` never come back.
    """

    def take(self, n: int | None = None) -> list[Any]:
        try:
            found: list[Any] = super().take(n)
        except Exception as error:
            self.drain()
            # Of a batch that was written together nothing behind such a message can be read either.
            offset = max(self.next_fetch_offset, self.fetch_offset)
            raise Unreadable(self.topic_partition, offset, type(error).__name__) from error
        return found


class _Tls(manager.KafkaSSLTransport):  # type: ignore[misc]  # as above
    """A connection over TLS that is closed when it can't be begun.

    The library leaves it open, at every try: one in a few seconds for as long as a certificate isn't taken.
    """

    def __init__(self, net: Any, sock: Any, host: str | None = None, **configs: Any) -> None:  # noqa: ANN401
        try:
            super().__init__(net, sock, host=host, **configs)
        except BaseException:
            sock.close()
            raise

    async def handshake(self) -> None:
        try:
            await super().handshake()
        except BaseException:
            self._sock.close()
            raise


class _Joining:
    """A join under way, which is done only when its outcome was taken.

    The library drops the outcome of a join that came while nobody polled, and joins again. Members that are busy with
    what they have read set each other off like that, and none of them reads.
    """

    def __init__(self, outcome: Any) -> None:  # noqa: ANN401 (kafka-python's)
        self._outcome = outcome

    @property
    def is_done(self) -> bool:
        """Whether to begin again: when it came to something the library doesn't look at."""
        return not (self._outcome.exception is None or isinstance(self._outcome.exception, KafkaError))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._outcome, name)

    def __await__(self) -> Any:  # noqa: ANN401
        return self._outcome.__await__()


def _set_join(coordinator: Any, outcome: Any) -> None:  # noqa: ANN401
    coordinator.__dict__["_join_task"] = None if outcome is None else _Joining(outcome)


_need_rejoin = ConsumerCoordinator.need_rejoin


def _needs_to_join(self: Any) -> bool:  # noqa: ANN401
    """Whether a member has to join; one whose join is under way has to until it has taken the outcome.

    The library asks only why it began. Where that was a topic made anew, who shares it out learns the new partitions on
    the way: the reason is gone, the outcome is never taken, and the member neither reads nor says that it lives.
    """
    return bool(self.rejoining or _need_rejoin(self))


_SOCKETS: WeakKeyDictionary[Any, WeakSet[Any]] = WeakKeyDictionary()
"""The sockets that each client has connected."""

_sock_connect = KafkaNetSocket.sock_connect
_close = NetworkSelector.close


async def _connecting(self: Any, net: Any, sock: Any, address: Any, timeout_at: float | None = None) -> Any:  # noqa: ANN401
    """Connect a socket, and close it when nothing comes of it, and when its client is closed.

    The library leaves it to the garbage collector: when nobody listens, and when a client is closed meanwhile.
    """
    _SOCKETS.setdefault(net, WeakSet()).add(sock)
    try:
        return await _sock_connect(self, net, sock, address, timeout_at=timeout_at)
    except BaseException:
        sock.close()
        raise


def _closing(self: Any) -> None:  # noqa: ANN401
    """Close a client's event loop, and with it whatever it has connected.

    The library leaves open a connection that it had replaced by another, and one that had yet to write something.
    """
    try:
        _close(self)
    finally:
        for sock in _SOCKETS.pop(self, ()):
            sock.close()


ConsumerCoordinator.need_rejoin = _needs_to_join
KafkaNetSocket.sock_connect = _connecting
NetworkSelector.close = _closing
Fetcher.PartitionRecords = _Records
manager.KafkaSSLTransport = _Tls
ConsumerCoordinator._join_task = property(lambda each: each.__dict__["_join_task"], _set_join)  # noqa: SLF001
