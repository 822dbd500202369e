"""What answers at an address, asked when no client could begin there: the library says only that it could not.

A Kafka broker tells by its answer to one small question whether it is one, also before anybody has proved who he is;
and by its answer to another which ways of proving it there are.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

SECONDS = 2.0
"""In which an answer must come."""
NAMED = 31
"""The number of our questions, by which the answers are known."""
VERSIONS = bytes.fromhex("0000000a 0012 0000") + NAMED.to_bytes(4, "big") + b"\xff\xff"
"""ApiVersions, version 0: every broker answers it to anybody."""
HANDSHAKE = bytes.fromhex("0000000d 0011 0001") + NAMED.to_bytes(4, "big") + b"\xff\xff\x00\x01?"
"""SaslHandshake, version 1, with a way that doesn't exist: the answer lists those that do."""
UNKNOWN_WAY = 33
"""The broker's code for a way of proving who one is that it doesn't have; others mean that it has none at all."""
HOST = re.compile(r"\[[0-9a-fA-F:.%]+\]|[^\s:/\[\]@]+")
SIZE = 4
"""Bytes at the beginning of an answer, that tell how long it is."""
LARGEST = 1 << 20
"""Bytes of an answer."""


def addresses(bootstrap: str) -> list[tuple[str, int]]:
    """The hosts and ports of a list of addresses. Raises ValueError with what is wrong."""
    found = []
    for each in bootstrap.split(","):
        host, _, port = each.strip().rpartition(":")
        if not (HOST.fullmatch(host) and port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
            message = (
                f"{each.strip()[:60]!r} is no address of a broker: give HOST:PORT, several with commas between them"
            )
            raise ValueError(message)
        found.append((host.strip("[]"), int(port)))
    return found


def why_not(bootstrap: str, options: Mapping[str, Any]) -> str:
    """Why no client could begin at one of these addresses with these options; nothing when that isn't known."""
    protocol = str(options.get("security_protocol", "PLAINTEXT"))
    for host, port in addresses(bootstrap):
        with suppress(OSError):
            if told := _why(host, port, protocol, options):
                return f"{host}:{port} {told}"
    return ""


def _why(host: str, port: int, protocol: str, options: Mapping[str, Any]) -> str:
    clear = _ask(host, port, VERSIONS)
    tls = _begins_tls(host, port) if not _is_answer(clear) else False
    if not _is_answer(clear) and not tls:
        return f"takes a connection, and answers {'as no Kafka broker does' if clear else 'nothing'}"
    if tls and not protocol.endswith("SSL"):
        return f"speaks TLS, and we were told {protocol}: say SSL or SASL_SSL as security_protocol"
    if not tls and protocol.endswith("SSL"):
        return f"speaks no TLS, and we were told {protocol}: say PLAINTEXT or SASL_PLAINTEXT as security_protocol"
    if tls:
        return _certificate(host, port, protocol, options)
    return _ways(_ask(host, port, HANDSHAKE), protocol, options)


def _ways(answer: bytes, protocol: str, options: Mapping[str, Any]) -> str:
    """What is the matter with how we prove who we are, by the ways that are told."""
    sasl, mine = (
        _is_answer(answer) and int.from_bytes(answer[8:10], "big") == UNKNOWN_WAY,
        options.get("sasl_mechanism"),
    )
    if not sasl:
        say = "SSL" if protocol.endswith("SSL") else "PLAINTEXT"
        return f"asks nobody who he is, and we were told {protocol}: say {say}" if "SASL" in protocol else ""
    ways = _texts(answer[10:])
    if "SASL" not in protocol:
        named = ", ".join(ways)
        return f"wants to know who we are ({named}): say SASL_{protocol} as security_protocol, and the sasl_… options"
    if mine not in ways:
        return f"takes {', '.join(ways)} as proof of who we are, and we were told {mine}: see sasl_mechanism"
    return f"doesn't take our proof of who we are ({mine}): are name and password right?"


def _certificate(host: str, port: int, protocol: str, options: Mapping[str, Any]) -> str:
    """What is the matter with its certificate, as far as our own authorities tell, or with how we prove who we are."""
    try:
        context = ssl.create_default_context(cafile=options.get("ssl_cafile"))
    except ssl.SSLError:
        return "speaks TLS, and the file that ssl_cafile names holds no certificate that can be read"
    context.check_hostname = bool(options.get("ssl_check_hostname", True))
    try:
        answer = _ask(host, port, HANDSHAKE, context)
    except ssl.SSLCertVerificationError as error:
        return f"shows a certificate that isn't taken: {error.verify_message}; see ssl_cafile"
    return _ways(answer, protocol, options) if _is_answer(answer) else ""


def _begins_tls(host: str, port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # who it is doesn't matter here
    with suppress(OSError), socket.create_connection((host, port), SECONDS) as plain:
        try:
            context.wrap_socket(plain, server_hostname=host).close()
        except ssl.SSLError as error:  # who speaks TLS and no version of ours says so in an alert
            return "ALERT" in (error.reason or "") and error.reason != "WRONG_VERSION_NUMBER"
        return True
    return False


def _ask(host: str, port: int, question: bytes, context: ssl.SSLContext | None = None) -> bytes:
    """What is answered to a question, in the clear or over TLS: one answer, or what came of it.

    Raises OSError: nobody is there, or his certificate isn't taken.
    """
    answer = b""
    with (
        socket.create_connection((host, port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) if context else plain as there,
        suppress(OSError),
    ):
        there.sendall(question)
        while len(answer) < SIZE or len(answer) < SIZE + min(int.from_bytes(answer[:SIZE], "big"), LARGEST):
            part = there.recv(4096)
            if not part:
                break
            answer += part
    return answer


def _is_answer(answer: bytes) -> bool:
    """Whether these bytes are a broker's answer to a question of ours."""
    return len(answer) >= SIZE + 6 and int.from_bytes(answer[4:8], "big") == NAMED  # its size, number and code


def _texts(raw: bytes) -> list[str]:
    """A list of texts as the protocol writes it."""
    count, at, found = int.from_bytes(raw[:4], "big"), 4, []
    for _ in range(min(count, 20)):
        size = int.from_bytes(raw[at : at + 2], "big")
        found.append(raw[at + 2 : at + 2 + size].decode(errors="replace"))
        at += 2 + size
    return found
