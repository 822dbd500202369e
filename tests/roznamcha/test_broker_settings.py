"""What is told of a broker that is named wrongly, or with options that are none: before it is asked for anything."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from consumers.clients import Away, Broker, KafkaError, Timeout, WrongOption
from roznamcha import log
from roznamcha.broker import broker_of, reaching
from roznamcha.errors import Unavailable, Usage
from roznamcha.settings import Settings
from tests.roznamcha.kit import ROOT


def test_a_mistyped_address_is_wrong_usage(tmp_path: Path) -> None:
    """Also among good ones."""
    with pytest.raises(Usage, match="ROZNAMCHA_KAFKA, or --kafka: 'b' is no address"):
        broker_of(Settings(tmp_path, kafka="a:1,b"))


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('{"bootstrap": "x"}', "doesn't know: 'bootstrap'"),
        ('{"ssl_cafile": "nowhere.pem"}', "names a file as ssl_cafile"),
        ('{"value_serializer": "x"}', "must be an object without .*value_serializer"),
        ('{"check_crcs": false}', "must be an object without .*check_crcs"),
        ('{"request_timeout_ms": "30000"}', "something else as request_timeout_ms than a number"),
        ('{"ssl_check_hostname": "false"}', "something else as ssl_check_hostname than"),
        ("[" * 100_000, "holds no JSON"),
    ],
    ids=["unknown", "no file", "what is written", "what is read", "no number", "no yes or no", "deep"],
)
def test_options_that_are_of_no_use_are_wrong_usage(tmp_path: Path, written: str, words: str) -> None:
    """Not the broker's word."""
    (tmp_path / "options.json").write_text(written)
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
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    net = logging.getLogger("kafka.net.selector")
    try:
        log.set_up()
        assert not net.isEnabledFor(logging.ERROR)
        log.set_up(verbose=True)
        assert net.isEnabledFor(logging.INFO)
    finally:
        logging.getLogger("kafka.net").setLevel(logging.NOTSET)
        logging.getLogger().setLevel(logging.WARNING)
        logging.captureWarnings(capture=False)


SAYS = """
import logging, threading, warnings
from roznamcha import log
log.set_up()
said = logging.getLogger("kafka.producer.sender")
said.warning("Got %s\\nfrom node %d", "an error", 5)
try:
    {}["secret"]
except KeyError:
    said.exception("Uncaught error")
warnings.warn("it is renamed")
thread = threading.Thread(target=lambda: {}["secret"], name="sender")
thread.start()
thread.join()
"""


def test_what_libraries_say_is_an_object_in_a_line_too() -> None:
    """Warnings, errors that were caught, Python's own warnings, threads that ended: no trace and no value of theirs."""
    done = subprocess.run([sys.executable, "-c", SAYS], capture_output=True, text=True, check=True, cwd=ROOT)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [each["event"].partition(" <")[0].rpartition(": ")[2] for each in told] == [
        "Got an error from node 5", "Uncaught error", "it is renamed", "a thread has ended",
    ]  # fmt: skip
    assert [each["level"] for each in told] == ["warning", "error", "warning", "error"]
    assert [each.get("error") for each in told] == [None, "KeyError", None, "KeyError"]
    assert [each.get("where", "")[:9] for each in told] == ["", "<string>:", "", "<string>:"]
    assert told[-1]["thread"] == "sender"
    assert "secret" not in done.stderr
    assert done.stdout == ""
