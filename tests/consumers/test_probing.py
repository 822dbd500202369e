"""Why no client could begin at an address: what answers there is told apart, and what to say instead."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from consumers.clients import Away, Broker
from consumers.probing import NAMED, addresses, why_not

ANSWER = (6).to_bytes(4, "big") + NAMED.to_bytes(4, "big") + b"\0\0"
"""What a broker answers to the first question: its size, the question's number, and that all is well."""


def ways(code: int, *names: str) -> bytes:
    """What it answers to the second: the ways of proving who one is."""
    told = len(names).to_bytes(4, "big") + b"".join(len(each).to_bytes(2, "big") + each.encode() for each in names)
    body = NAMED.to_bytes(4, "big") + code.to_bytes(2, "big") + told
    return len(body).to_bytes(4, "big") + body


@contextmanager
def answering(answer: Callable[[bytes], bytes], context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Somebody who listens, and gives such answers; over TLS with a `context`."""

    def serve() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            plain.settimeout(2)
            with suppress(OSError), plain, context.wrap_socket(plain, server_side=True) if context else plain as there:
                there.sendall(answer(there.recv(1_000)))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def broker(question: bytes, sasl: bytes) -> bytes:
    """As a broker answers, by the number of what is asked."""
    return ANSWER if question[5] == 18 else sasl


OPEN, GUARDED = ways(34), ways(33, "PLAIN", "SCRAM-SHA-256")


@pytest.mark.parametrize(
    ("answer", "options", "words"),
    [
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", {}, "answers as no Kafka broker does"),
        (lambda _: b"", {}, "answers nothing"),
        (lambda q: broker(q, OPEN), {}, ""),
        (lambda q: broker(q, OPEN), {"security_protocol": "SSL"}, "speaks no TLS, and we were told SSL"),
        (lambda q: broker(q, OPEN), {"security_protocol": "SASL_PLAINTEXT"}, "asks nobody who he is"),
        (lambda q: broker(q, GUARDED), {}, "wants to know who we are (PLAIN, SCRAM-SHA-256): say SASL_PLAINTEXT"),
        (lambda q: broker(q, GUARDED), {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "OAUTHBEARER"},
         "takes PLAIN, SCRAM-SHA-256 as proof"),
        (lambda q: broker(q, GUARDED), {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "PLAIN"},
         "are name and password right?"),
    ],
)  # fmt: skip
def test_causes_are_told_apart(answer: Callable[[bytes], bytes], options: dict[str, str], words: str) -> None:
    """Each in words that say what to set, with the address; nothing where all is as it should be."""
    with answering(answer) as address:
        told = why_not(address, options)
    assert words in told
    assert bool(told) is bool(words)
    assert not told or told.startswith(address)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that nobody has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(1)).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "own.pem"
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(key.private_bytes(*private) + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("protocol", "words"),
    [("PLAINTEXT", "speaks TLS, and we were told PLAINTEXT"), ("SSL", "a certificate that isn't taken: self-signed")],
)
def test_tls_is_told_from_none(own: Path, protocol: str, words: str) -> None:
    """And a certificate that we don't take from a speaker of TLS that we can't understand."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    with answering(lambda _: b"", context) as address:
        assert words in why_not(address, {"security_protocol": protocol})


def test_a_client_that_cannot_begin_says_why() -> None:
    """Not that it could not."""
    with answering(lambda _: b"SSH-2.0-x\r\n") as address, pytest.raises(Away, match=f"{address} takes a connection"):
        Broker(address, {"bootstrap_timeout_ms": 300}).consumer()


@pytest.mark.parametrize("typed", ["host", "host:", ":9092", "http://host:9092", "host:x", "host:0", "a:1,", "a b:1",
                                   "host:65536", "::1:9092", "user@host:9092"])  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    """It is told before anything is asked."""
    with pytest.raises(ValueError, match="no address of a broker: give HOST:PORT"):
        addresses(typed)


def test_addresses() -> None:
    """Several, with blanks between them, and of either kind of IP."""
    assert addresses("a.b-c:1, [::1]:9092,10.0.0.1:65535") == [("a.b-c", 1), ("::1", 9092), ("10.0.0.1", 65535)]
