"""What is told of a broker that is named wrongly, or with options that are none: before it is asked for anything."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from consumers.clients import Away, Broker, KafkaError, Timeout, WrongOption
from roznamcha import log
from roznamcha.broker import broker_of, reaching
from roznamcha.errors import Unavailable, Usage
from roznamcha.settings import Settings


def test_a_mistyped_address_is_wrong_usage(tmp_path: Path) -> None:
    """Also among good ones."""
    with pytest.raises(Usage, match="ROZNAMCHA_KAFKA: 'b' is no address"):
        broker_of(Settings(tmp_path, kafka="a:1,b"))


@pytest.mark.parametrize(
    ("options", "words"),
    [({"bootstrap": "x"}, "doesn't know: 'bootstrap'"), ({"ssl_cafile": "nowhere.pem"}, "names a file as ssl_cafile")],
)
def test_options_that_are_of_no_use_are_wrong_usage(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    """Not the broker's word."""
    (tmp_path / "options.json").write_text(json.dumps(options))
    with pytest.raises(Usage, match=words):
        broker_of(Settings(tmp_path, kafka="a:1", kafka_options=str(tmp_path / "options.json")))


@pytest.mark.parametrize(
    ("error", "told", "words"),
    [
        (Away("a:1 speaks TLS"), Unavailable, "^a:1 speaks TLS$"),
        (WrongOption("linger_ms"), Usage, "ROZNAMCHA_KAFKA_OPTIONS: linger_ms"),
        (Timeout(), Unavailable, "the broker at a:1 says KafkaTimeoutError"),
        (KafkaError("x" * 5_000), Unavailable, "says KafkaError: x{288}$"),
    ],
)
def test_what_the_broker_and_the_library_say_is_told(error: Exception, told: type[Exception], words: str) -> None:
    """In a line, with the address, each as what it is."""
    with pytest.raises(told, match=words), reaching(Broker("a:1")):
        raise error


def test_the_library_does_not_speak_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each connection that fails, and of its own slow steps, it would tell in several lines; asked for, it may."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    net = logging.getLogger("kafka.net.selector")
    try:
        log.set_up()
        assert not net.isEnabledFor(logging.ERROR)
        log.set_up(verbose=True)
        assert net.isEnabledFor(logging.INFO)
    finally:
        logging.getLogger("kafka.net").setLevel(logging.NOTSET)
        logging.getLogger().setLevel(logging.WARNING)
