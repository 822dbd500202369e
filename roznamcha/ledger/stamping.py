"""Time stamps: an authority says that it has seen a head by its own clock (RFC 3161). Ours is never evidence.

Only asking is here. Whether a token is good is for openssl to say, with the authority's certificate from elsewhere.
"""

from __future__ import annotations

from hashlib import sha256

import httpx

from roznamcha.errors import Unavailable
from roznamcha.settings import masked

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
    return told
