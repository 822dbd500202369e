"""The envelope of a sealed document: its bytes under AES-256-GCM-SIV, chunk by chunk, in bounded memory.

Chunks are numbered and the last one is marked (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár 2015),
so that none can be left out, moved or cut off. In front stands the document's size, behind it zeros: how long the
envelope is tells of the document's size no more than Padmé (Nikitin et al. 2019) does. The key belongs to one document
of one person in one record, so the same document always gives the same envelope; a cipher that bears a second text
under one key and nonce (RFC 8452) is used all the same, because a file may change while it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from roznamcha.errors import Broken

MAGIC = b"ROZDOC01"
"""What an envelope begins with; it is authenticated with every chunk."""
CHUNK = 1 << 20
"""Bytes of a chunk before it is encrypted."""
TAG = 16
SIZE = 8
"""Bytes in which the document's size is written."""
LEAST = 4096
"""No envelope tells that less lies in it."""


def padded(length: int) -> int:
    """The length to which so many bytes are filled up: at most 12 % more (Padmé), and never less than `LEAST`."""
    if length <= LEAST:
        return LEAST
    exponent = length.bit_length() - 1
    mask = (1 << (exponent - exponent.bit_length())) - 1
    return (length + mask) & ~mask


def stored_size(size: int) -> int:
    """How many bytes the envelope of a document of `size` bytes has."""
    filled = padded(SIZE + size)
    return len(MAGIC) + filled + TAG * -(-filled // CHUNK)


def closed(key: bytes, size: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The envelope of the `size` bytes that `blocks` bring, in pieces. The key is 32 bytes.

    Raises ValueError when they bring more or fewer.
    """
    cipher, number = AESGCMSIV(key), 0
    yield MAGIC
    held: bytes | None = None
    for chunk in _chunks(_filled(size, blocks), CHUNK):
        if held is not None:
            yield cipher.encrypt(_nonce(number, last=False), held, MAGIC)
            number += 1
        held = chunk
    yield cipher.encrypt(_nonce(number, last=True), held or b"", MAGIC)


def opened(key: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The document in an envelope, in pieces of its own. Nothing is given of a chunk that was changed.

    What was given before an error must not be used. Raises Broken for what is no envelope, was changed or cut off, or
    was closed with another key.
    """
    cipher, left = AESGCMSIV(key), -1
    for number, (chunk, last) in enumerate(_sealed_chunks(pieces)):
        try:
            plain = cipher.decrypt(_nonce(number, last=last), chunk, MAGIC)
        except InvalidTag:
            message = "the stored file does not open with its key: it was changed, cut off or put together anew"
            raise Broken(message) from None
        if left < 0:
            left, plain = int.from_bytes(plain[:SIZE], "big"), plain[SIZE:]
        yield plain[:left]
        left -= min(left, len(plain))
    if left:
        message = "the stored file ends before the document does"
        raise Broken(message)


def _filled(size: int, blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Size, document and zeros."""
    yield size.to_bytes(SIZE, "big")
    left = size
    for block in blocks:
        left -= len(block)
        if left < 0:
            break
        yield block
    if left:
        message = f"a document of {size} bytes brings others"
        raise ValueError(message)
    rest = padded(SIZE + size) - SIZE - size
    while rest:
        some = min(rest, CHUNK)
        yield bytes(some)
        rest -= some


def _chunks(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in chunks of `size`; the last one may be shorter."""
    held = bytearray()
    for block in blocks:
        held += block
        while len(held) >= size:
            yield bytes(held[:size])
            del held[:size]
    if held:
        yield bytes(held)


def _sealed_chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each encrypted chunk, and whether it is the last. Raises Broken where there is none."""
    found = _after_magic(pieces)
    held: bytes | None = None
    for chunk in _chunks(found, CHUNK + TAG):
        if held is not None:
            yield held, False
        held = chunk
    if held is None or len(held) < TAG:
        message = "the stored file is no sealed document, or is cut off"
        raise Broken(message)
    yield held, True


def _after_magic(pieces: Iterable[bytes]) -> Iterator[bytes]:
    begin = b""
    for piece in pieces:
        if len(begin) >= len(MAGIC):
            yield piece
            continue
        begin += piece
        if len(begin) >= len(MAGIC):
            if not begin.startswith(MAGIC):
                break
            yield begin[len(MAGIC) :]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
