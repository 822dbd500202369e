"""Time stamps: an authority says that it has seen a head by its own clock (RFC 3161). Ours is never evidence.

Only asking is here, and whether what came is an answer to this very query. Whether a token is good is for openssl to
say, with the authority's certificate from elsewhere. Each token is entered in the ledger, whole and with the head that
it is on: so every later one stamps all earlier ones anew, and outlasts an authority's certificate (as RFC 4998 renews).
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

import httpx
from psycopg import Connection
from psycopg.types.json import Jsonb
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
from rfc3161_client.tsp import PKIStatus, TimeStampRequest, TimeStampResponse

from roznamcha.errors import Unavailable
from roznamcha.ids import uuid7
from roznamcha.ledger.notes import base64_text
from roznamcha.settings import masked

ENTER = b"INSERT INTO roznamcha.ledger_acts (id, salt, content) VALUES (%s, %s, %s)"
NOTIFY = b"SELECT pg_notify('entries', '')"
LARGEST = 40_000
"""Bytes of a token that a leaf has room for, in base64 and with its head. Tokens have some thousand."""

PATIENCE = 30.0
"""Seconds in which an authority must answer."""


def stamp(url: str, data: bytes) -> bytes:
    """The authority's whole answer for `data`. Raises Unavailable when it gives no token for it, and for this query."""
    query = TimestampRequestBuilder(data, HashAlgorithm.SHA256).build()
    try:
        answer = httpx.post(url, content=query.as_bytes(), headers={"content-type": "application/timestamp-query"},
                            timeout=PATIENCE)  # fmt: skip
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        message = f"the time stamping authority at {masked(url)} is away: {type(error).__name__}"
        raise Unavailable(message) from None
    told = answer.content
    try:
        wrong = (
            f"grants no token: status {answer.status_code}"
            if answer.status_code != httpx.codes.OK
            else _wrong(query, decode_timestamp_response(told))
        )
    except ValueError:
        wrong = "gives no answer of RFC 3161"
    if not wrong and len(told) > LARGEST:
        wrong = f"gives a token of {len(told):,} bytes: more than a leaf holds"
    if wrong:
        message = f"the time stamping authority at {masked(url)} {wrong}"
        raise Unavailable(message)
    return told


def _wrong(query: TimeStampRequest, answer: TimeStampResponse) -> str:
    """Why an answer holds no token for a query; nothing where it does. Raises ValueError for one that can't be read."""
    if answer.status not in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS):
        return f"grants no token: {' '.join(answer.status_string)[:200] or f'PKI status {answer.status}'}"
    asked, found = query.message_imprint, answer.tst_info.message_imprint
    if (found.hash_algorithm, found.message) != (asked.hash_algorithm, asked.message):
        return "has stamped something else"
    return "" if answer.tst_info.nonce == query.nonce else "has answered another question of before"


def stamped(connection: Connection[Any], url: str, note: bytes) -> bytes:
    """The authority's answer for a head, which the ledger is asked to enter. Raises Unavailable as `stamp` does."""
    token = stamp(url, note)
    content = {"authority": urlsplit(url).hostname or "", "head": note.decode(), "token": base64_text(token)}
    connection.execute(ENTER, (uuid7(), secrets.token_bytes(16), Jsonb(content)))
    connection.execute(NOTIFY)
    return token
