"""Every client of the broker, made in one place: the library's own defaults skip entries and read undone ones.

kafka-python reads uncommitted records, commits offsets behind one's back and begins at the end of a topic unless it is
told otherwise. Nothing else in this project makes a client: an import contract sees to it.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.consumer.subscription_state import ConsumerRebalanceListener as RebalanceListener
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import InvalidProducerEpochError, KafkaError, ProducerFencedError, for_code
from kafka.errors import KafkaConnectionError as NoConnection
from kafka.errors import KafkaTimeoutError as Timeout
from kafka.errors import MessageSizeTooLargeError as TooLarge
from kafka.errors import SecurityDisabledError as NoRights
from kafka.errors import TopicAlreadyExistsError as AlreadyThere
from kafka.errors import UnknownTopicOrPartitionError as NoTopic
from kafka.structs import OffsetAndMetadata, TopicPartition

from consumers.mended import Unreadable
from consumers.probing import addresses, why_not

__all__ = [
    "ACL", "RESERVED", "ACLFilter", "ACLOperation", "ACLPermissionType", "ACLResourcePatternType",
    "AlreadyThere", "Away", "Broker", "ConfigResource", "ConfigResourceType", "KafkaError", "NoRights", "NoTopic",
    "OffsetAndMetadata", "OffsetSpec", "RebalanceListener", "ResourcePattern", "ResourcePatternFilter", "ResourceType",
    "Timeout", "TooLarge", "TopicPartition", "Unreadable", "WrongOption", "addresses", "commit", "for_code",
    "ill_typed", "leave", "let_go", "taken_over", "unknown",
]  # fmt: skip

TAKEN_OVER = (ProducerFencedError, InvalidProducerEpochError)
"""What a producer is told when another one has taken over its transactional id."""
PATIENCE_MS = 20_000
"""How long a transaction may stay open: one that is left behind holds up every reader of committed records until then,
or until the next relay begins."""
RECONNECTING_MS = 1_000
"""Milliseconds at most between two tries to reach a broker that is away. The library may wait half a minute."""
NEXT_MS = 20
"""Milliseconds until a relay asks again: a broker takes the next transaction only when the last one's marks are there,
which is a matter of a few. The library's hundred would be most of what each transaction takes."""
CONNECTING = 3.0
"""Seconds in which some broker must take a connection. The library itself would try for half a minute, in silence."""
ASKING = 10.0
"""Seconds in which some node must answer a question of an admin client."""
KINDS = (KafkaConsumer, KafkaProducer, KafkaAdminClient)
LARGEST = 8 * 1024 * 1024
"""Bytes of the largest message: topics are made with the same limit."""


RESERVED = frozenset(
    {"bootstrap_servers", "client_id", "isolation_level", "enable_auto_commit", "auto_offset_reset", "acks",
     "enable_idempotence", "transactional_id", "group_id", "check_crcs", "group_instance_id", "transaction_timeout_ms",
     "partition_assignment_strategy", "partitioner", "key_serializer", "value_serializer", "key_deserializer",
     "value_deserializer"}
)  # fmt: skip
"""Options on which exactness rests: nobody may set them otherwise."""


class Away(ConnectionError):
    """No broker takes a connection, or speaks with us. The message names the address, and the cause if it is known."""


class WrongOption(ValueError):
    """An option of the library's has a value that it doesn't take."""


@dataclass(frozen=True)
class Broker:
    """Where the broker is, and how one speaks to it: `options` are kafka-python's security_protocol, sasl_…, ssl_….

    An option goes to those clients that know it; one that none knows is refused by the library, by its name.
    """

    bootstrap: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def _common(self, kind: Any, called: str) -> dict[str, Any]:  # noqa: ANN401 (kafka-python's clients)
        _reachable(self.bootstrap)
        others = {name for each in KINDS for name in each.DEFAULT_CONFIG} - kind.DEFAULT_CONFIG.keys()
        return {
            "bootstrap_timeout_ms": 10_000,
            **{name: value for name, value in self.options.items() if name not in others},
            "bootstrap_servers": [each.strip() for each in self.bootstrap.split(",")],
            "client_id": called,
        }

    def _begun(self, kind: Any, **config: Any) -> Any:  # noqa: ANN401 (kafka-python's clients)
        """A client that has found its broker. Raises Away with the cause where it can be told, WrongOption."""
        try:
            return kind(**config)
        except KafkaError as error:
            if told := why_not(self.bootstrap, self.options):
                raise Away(told) from error
            raise
        except (AssertionError, TypeError, ValueError, OSError) as error:  # the library's ways to refuse a value
            message = f"kafka-python doesn't take these options: {type(error).__name__}: {str(error)[:200]}"
            raise WrongOption(message) from error

    def consumer(self, group: str | None = None, *, called: str = "roznamcha", **more: Any) -> Any:  # noqa: ANN401
        """A consumer of committed records, from the first one on, that commits nothing by itself.

        One thread owns it. With a `group` its partitions move one by one when members come and go.
        """
        if group is not None:
            more = {"partition_assignment_strategy": [CooperativeStickyAssignor()], "group_id": group, **more}
        return self._begun(
            KafkaConsumer,
            **{
                "max_poll_records": 2_000,
                "fetch_max_wait_ms": 100,
                "max_partition_fetch_bytes": LARGEST,
                **more,
                **self._common(KafkaConsumer, called),
            },
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )

    def producer(self, transactional_id: str | None = None, *, called: str = "roznamcha", **more: Any) -> Any:  # noqa: ANN401
        """A producer that neither doubles nor reorders; with an id, all is committed together or not at all."""
        if transactional_id is not None:
            limits = {
                "transaction_timeout_ms": PATIENCE_MS, "max_block_ms": PATIENCE_MS, "retry_backoff_ms": NEXT_MS,
            }  # fmt: skip
            more = {"transactional_id": transactional_id, **limits, **more}
        return self._begun(
            KafkaProducer,
            **{
                "linger_ms": 5,
                "batch_size": 64 * 1024,
                "reconnect_backoff_max_ms": RECONNECTING_MS,
                "max_request_size": LARGEST,
                **more,
                **self._common(KafkaProducer, called),
            },
            enable_idempotence=True,
            acks="all",
        )

    @contextmanager
    def admin(self, called: str = "roznamcha") -> Iterator[Any]:
        """A client for topics, settings and rights, closed with its block."""
        client = self._begun(KafkaAdminClient, **self._common(KafkaAdminClient, called))
        try:
            yield _Asking(client)
        finally:
            client.close()


class _Asking:
    """An admin client that asks again when the node it chose takes no connection: another one may.

    The library chooses one by chance, and gives up with it, though all others are there.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401 (kafka-python's)
        self._client = client

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        asked = getattr(self._client, name)
        if not callable(asked):
            return asked

        def ask(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            until = time.monotonic() + ASKING
            while True:
                try:
                    return asked(*given, **named)
                except NoConnection:
                    if time.monotonic() > until:
                        raise
                time.sleep(0.1)

        return ask


def let_go(producer: Any) -> None:  # noqa: ANN401
    """Close a producer, within a second or two, whatever it has under way.

    The library's own leaves it at work when something can't be sent in time; with an id it might even begin again under
    that, and fence whoever came after.
    """
    try:
        producer.close(timeout=1)
    except KafkaError:
        producer._sender.force_close()  # noqa: SLF001 (as the library does it when it gets that far)


def leave(consumer: Any, milliseconds: int) -> None:  # noqa: ANN401 (kafka-python's)
    """Close a consumer within so long. Where it can't take leave of its group, its connections are closed all the same.

    The library's own leaves them open then, for as long as the process lives.
    """
    try:
        consumer.close(autocommit=False, timeout_ms=milliseconds)
    except KafkaError:
        consumer._client.close()  # noqa: SLF001 (as the library does it when it gets that far)


def commit(producer: Any, milliseconds: int | None = None, *, undo: bool = False) -> None:  # noqa: ANN401
    """Commit a producer's transaction, or undo it. Raises Timeout, and KafkaError; how it ended is then unknown.

    The library's own would wait for ever, and has been seen to: its sender had lost the way to a broker that went and
    came again. After so long the transaction is over, one way or the other.
    """
    manager = producer._transaction_manager  # noqa: SLF001 (as the library does it)
    outcome = manager.begin_abort() if undo else manager.begin_commit()
    producer._sender.wakeup()  # noqa: SLF001
    milliseconds = PATIENCE_MS if milliseconds is None else milliseconds
    if not outcome.wait(milliseconds):
        message = f"no answer to a commit within {milliseconds / 1_000:.0f} s"
        raise Timeout(message)


def taken_over(producer: Any, error: KafkaError) -> bool:  # noqa: ANN401
    """Whether a transaction failed because another producer has this one's id now.

    The library says so only where it heard it; whatever is called afterwards fails for being "in an error state".
    """
    manager = producer._transaction_manager  # noqa: SLF001 (the library gives no other way to ask)
    return isinstance(error, TAKEN_OVER) or isinstance(manager.last_error, TAKEN_OVER)


def unknown(options: Mapping[str, Any]) -> list[str]:
    """The options that no kind of client knows."""
    return sorted(options.keys() - {name for kind in KINDS for name in kind.DEFAULT_CONFIG})


def ill_typed(options: Mapping[str, Any]) -> list[str]:
    """The options of which the library has a number, or a yes or no, and that are something else here.

    It would find that out where it reckons with them, and take it for a broker that doesn't answer.
    """
    known = [kind.DEFAULT_CONFIG for kind in KINDS]
    return sorted(name for name, value in options.items() if any(_other_kind(value, each.get(name)) for each in known))


def _other_kind(value: Any, usual: Any) -> bool:  # noqa: ANN401 (whatever stands there)
    if isinstance(usual, bool):
        return not isinstance(value, bool)
    return isinstance(usual, int | float) and (isinstance(value, bool) or not isinstance(value, int | float))


def _reachable(bootstrap: str) -> None:
    """Raise Away unless one of the addresses takes a connection, ValueError when one is none."""
    for address in addresses(bootstrap):
        with suppress(OSError), socket.create_connection(address, CONNECTING):
            return
    message = f"no broker at {bootstrap} takes a connection: is one running, and is this its address?"
    raise Away(message)
