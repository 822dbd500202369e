"""The envelope of a sealed document: the same bytes come out, or nothing does; its length tells little."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Callable

import pytest

from roznamcha.documents import envelope
from roznamcha.documents.envelope import CHUNK, MAGIC, TAG, closed, opened, padded, stored_size
from roznamcha.errors import Broken

KEY, OTHER = bytes(32), bytes(31) + b"\x01"
PIECE = CHUNK + TAG
SIZES = [1, 4087, 4088, 4089, 70_000, CHUNK - 8, CHUNK - 7, CHUNK, 3 * CHUNK + 17]


def shut(data: bytes, key: bytes = KEY) -> bytes:
    """The envelope of some bytes."""
    return b"".join(closed(key, len(data), [data]))


def unshut(data: bytes, key: bytes = KEY) -> bytes:
    """What is in an envelope."""
    return b"".join(opened(key, [data]))


@pytest.mark.parametrize("size", SIZES)
def test_what_goes_in_comes_out(size: int) -> None:
    """At every edge: of the padding, of a chunk; in whatever pieces it is brought."""
    data = os.urandom(size)
    made = b"".join(closed(KEY, size, (data[n : n + 1000] for n in range(0, size, 1000))))
    assert len(made) == stored_size(size)
    assert made == shut(data), "the same document has the same envelope"
    assert unshut(made) == data
    assert b"".join(opened(KEY, (made[n : n + 777] for n in range(0, len(made), 777)))) == data


def test_the_length_tells_little() -> None:
    """Sizes that lie near one another have one length, which is at most an eighth more; small ones all the same."""
    assert len({stored_size(size) for size in range(1, 4000)}) == 1
    assert len({stored_size(size) for size in range(1_000_000, 1_010_000)}) <= 2
    for size in (4097, 10_000, 123_456, 10**6, 10**9, 5 * 2**30):
        assert size <= padded(size) <= size * 1.12


def _without(n: int) -> Callable[[bytes], bytes]:
    return lambda made: made[: len(MAGIC) + n * PIECE] + made[len(MAGIC) + (n + 1) * PIECE :]


ATTACKS: dict[str, Callable[[bytes], bytes]] = {
    "the last chunk is cut off": lambda made: made[: len(MAGIC) + 2 * PIECE],
    "a byte is cut off": lambda made: made[:-1],
    "the first chunk is left out": _without(0),
    "a chunk in the middle is left out": _without(1),
    "two chunks change places": lambda made: (
        made[: len(MAGIC)]
        + made[len(MAGIC) + PIECE : len(MAGIC) + 2 * PIECE]
        + made[len(MAGIC) : len(MAGIC) + PIECE]
        + made[len(MAGIC) + 2 * PIECE :]
    ),
    "a chunk is there twice": lambda made: made[: len(MAGIC) + PIECE] + made[len(MAGIC) :],
    "something is added": lambda made: made + bytes(PIECE),
    "a bit in the middle is turned": lambda made: made[:2_000_000] + bytes([made[2_000_000] ^ 1]) + made[2_000_001:],
    "it begins otherwise": lambda made: b"ROZDOC02" + made[8:],
    "nothing is left": lambda _: b"",
    "only its beginning is left": lambda made: made[:8],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_envelope_that_was_touched_does_not_open(attack: str) -> None:
    """Cut, moved, doubled, lengthened, changed: it is noticed each time."""
    made = shut(os.urandom(3 * CHUNK - 100_000))
    with pytest.raises(Broken):
        unshut(ATTACKS[attack](made))


def test_zeros_that_are_cut_off_are_missed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """An envelope ends with its last chunk, also where nothing of the document is in it."""
    monkeypatch.setattr(envelope, "CHUNK", 512)
    made = shut(b"a short one")
    assert unshut(made) == b"a short one"
    with pytest.raises(Broken):
        unshut(made[: -(512 + TAG)])


def test_a_chunk_of_another_document_does_not_open() -> None:
    """Each document has a key of its own."""
    one, other = shut(bytes(2 * CHUNK)), shut(bytes(2 * CHUNK), OTHER)
    with pytest.raises(Broken):
        unshut(one[: len(MAGIC) + PIECE] + other[len(MAGIC) + PIECE :])
    with pytest.raises(Broken):
        unshut(one, OTHER)


def test_more_or_less_than_was_said_is_no_envelope() -> None:
    """A file that grows or shrinks while it is shut is noticed."""
    for brought in (b"abc", b"abcde"):
        with pytest.raises(ValueError, match="4 bytes"):
            b"".join(closed(KEY, 4, [brought]))


def test_a_large_document_needs_no_more_memory_than_a_few_chunks() -> None:
    """Forty-eight chunks go through in the room of sixteen, two envelopes at work."""
    zeros = (bytes(CHUNK) for _ in range(48))
    tracemalloc.start()
    size = sum(len(piece) for piece in opened(KEY, closed(KEY, 48 * CHUNK, zeros)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 48 * CHUNK
    assert most < 16 * CHUNK, most
