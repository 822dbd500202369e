"""Time stamps: an authority says that it has seen a head by its own clock (RFC 3161). Ours is never evidence.

Only asking is here. Whether a token is good is for openssl to say, with the authority's certificate from elsewhere.
Each token is entered in the ledger, whole and with the head that it is on: so every later one stamps all earlier ones
anew, and outlasts an authority's certificate (as RFC 4998 renews).
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import httpx
from psycopg import Connection
from psycopg.types.json import Jsonb

from roznamcha.errors import Unavailable
from roznamcha.ids import uuid7
from roznamcha.ledger.notes import base64_text
from roznamcha.settings import masked

ENTER = b"INSERT INTO roznamcha.ledger_acts (id, salt, content) VALUES (%s, %s, %s)"
NOTIFY = b"SELECT pg_notify('entries', '')"
LARGEST = 40_000
"""Bytes of a token that a leaf has room for, in base64 and with its head. Tokens have some thousand."""

QUERY = bytes.fromhex("30390201013031300d060960864801650304020105000420")
"""A request of version 1 for a SHA-256, as DER, up to the digest (RFC 3161 section 2.4.1)."""
WITH_CERTIFICATE = bytes.fromhex("0101ff")
GRANTED = (b"\x02\x01\x00", b"\x02\x01\x01")
"""Granted, and granted with changes (section 2.4.2)."""
PATIENCE = 30.0
"""Seconds in which an authority must answer."""


def query(data: bytes) -> bytes:
    """What an authority is asked for."""
    return QUERY + sha256(data).digest() + WITH_CERTIFICATE


def stamp(url: str, data: bytes) -> bytes:
    """The authority's whole answer for `data`. Raises Unavailable when it gives no token for it."""
    try:
        answer = httpx.post(url, content=query(data), headers={"content-type": "application/timestamp-query"},
                            timeout=PATIENCE)  # fmt: skip
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        message = f"the time stamping authority at {masked(url)} is away: {type(error).__name__}"
        raise Unavailable(message) from None
    told = answer.content
    if answer.status_code != httpx.codes.OK or not any(each in told[:16] for each in GRANTED):
        message = f"the time stamping authority at {masked(url)} grants no token: status {answer.status_code}"
        raise Unavailable(message)
    if sha256(data).digest() not in told:
        message = f"the time stamping authority at {masked(url)} has stamped something else"
        raise Unavailable(message)
    if len(told) > LARGEST:
        message = f"the token of the authority at {masked(url)} has {len(told):,} bytes: more than a leaf holds"
        raise Unavailable(message)
    return told


def stamped(connection: Connection[Any], url: str, note: bytes) -> bytes:
    """The authority's answer for a head, which the ledger is asked to enter. Raises Unavailable as `stamp` does."""
    token = stamp(url, note)
    content = {"authority": urlsplit(url).hostname or "", "head": note.decode(), "token": base64_text(token)}
    connection.execute(ENTER, (uuid7(), secrets.token_bytes(16), Jsonb(content)))
    connection.execute(NOTIFY)
    return token
