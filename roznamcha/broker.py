"""The broker that the settings name, and its topics. Imported only by what speaks to it: others need not pay for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from consumers.clients import (
    RESERVED,
    Away,
    Broker,
    KafkaError,
    Unreadable,
    WrongOption,
    addresses,
    ill_typed,
    unknown,
)
from consumers.topics import Topics
from roznamcha.errors import Broken, Unavailable, Usage
from roznamcha.settings import Settings

FILES = {"ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_crlfile"}
LONGEST = 300
"""Letters of what the library says: it quotes whole requests."""
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


def broker_of(settings: Settings) -> Broker:
    """The broker in force. Raises Usage when none is named, or its options can't be read."""
    if not settings.kafka:
        message = "no broker is named: set ROZNAMCHA_KAFKA, or give --kafka HOST:PORT before the command"
        raise Usage(message)
    try:
        addresses(settings.kafka)
    except ValueError as error:
        message = f"ROZNAMCHA_KAFKA, or --kafka: {error}"
        raise Usage(message) from None
    return Broker(settings.kafka, _options(settings.kafka_options))


@contextmanager
def reaching(broker: Broker) -> Iterator[None]:
    """While the broker is spoken to: one that is away, or refuses, is told in a line. Raises Unavailable, Usage.

    Broken where a message in its topics can't be read: nobody of ours wrote it.
    """
    try:
        yield
    except Away as error:
        raise Unavailable(str(error)) from None
    except WrongOption as error:
        message = f"ROZNAMCHA_KAFKA_OPTIONS: {error}"
        raise Usage(message) from None
    except Unreadable as error:
        message = f"{error}: a message that can't be read, and none of ours; see `roznamcha reconcile`"
        raise Broken(message) from None
    except KafkaError as error:
        message = f"the broker at {broker.bootstrap} says {(str(error) or type(error).__name__)[:LONGEST]}"
        raise Unavailable(message) from None


def topics_of(settings: Settings) -> Topics:
    """The topics under the prefix in force. Raises Usage for one that no broker takes."""
    return Topics(settings.prefix)


def _options(path: str) -> dict[str, Any]:
    """kafka-python's options from a JSON file: where secrets are kept away from command lines and logs."""
    if not path:
        return {}
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:  # what was given may be the options themselves, with a password: it is not shown
        message = f"ROZNAMCHA_KAFKA_OPTIONS is not the path of a file that can be read ({type(error).__name__})"
        raise Usage(message) from None
    except (ValueError, RecursionError):
        message = f"ROZNAMCHA_KAFKA_OPTIONS: {path} holds no JSON"
        raise Usage(message) from None
    if not isinstance(found, dict) or any(key in RESERVED for key in found):
        message = f"ROZNAMCHA_KAFKA_OPTIONS: {path} must be an object without {', '.join(sorted(RESERVED))}"
        raise Usage(message)
    if strange := unknown(found):
        message = f"ROZNAMCHA_KAFKA_OPTIONS: {path} has an option that kafka-python doesn't know: {strange[0][:60]!r}"
        raise Usage(message)
    if strange := ill_typed(found):
        message = f"ROZNAMCHA_KAFKA_OPTIONS: {path} has something else as {strange[0]} than a number, or true or false"
        raise Usage(message)
    if (said := found.get("security_protocol", PROTOCOLS[0])) not in PROTOCOLS:  # the library takes it for the first
        message = f"ROZNAMCHA_KAFKA_OPTIONS: security_protocol is {said!r}, and none of {', '.join(PROTOCOLS)}"
        raise Usage(message)
    for name in FILES & found.keys():
        if not Path(str(found[name])).is_file():
            message = f"ROZNAMCHA_KAFKA_OPTIONS: {path} names a file as {name} that is not there"
            raise Usage(message)
    return found
