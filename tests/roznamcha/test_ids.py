"""Chance is drawn many bytes at a time, and none of it is given twice."""

from __future__ import annotations

import hmac

import pytest

from roznamcha import ids
from roznamcha.ids import AT_ONCE, Drawn, uuid7
from roznamcha.sealing import Keyring
from schemas import catalogue


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the system gave, in a row."""
    given: list[bytes] = []

    def draw(count: int) -> bytes:
        given.append(bytes((len(given) * 7 + n) % 251 for n in range(count)))
        return given[-1]

    monkeypatch.setattr(ids.os, "urandom", draw)
    return given


def test_no_byte_is_given_twice(system: list[bytes]) -> None:
    """Each is the next of what was drawn; what is left of a draw and too short is given to nobody."""
    drawn = Drawn()
    counts = [10, 16] * 60
    found = [drawn(each) for each in counts]
    assert [len(each) for each in found] == counts
    assert len(system) == 2
    first = next(n for n in range(len(counts)) if sum(counts[: n + 1]) > AT_ONCE)
    assert b"".join(found[:first]) == system[0][: sum(counts[:first])]
    assert b"".join(found[first:]) == system[1][: sum(counts[first:])]


def test_more_than_is_drawn_at_once(system: list[bytes]) -> None:
    """It is drawn for the asking."""
    assert Drawn()(AT_ONCE * 3) == system[0]
    assert len(system[0]) == AT_ONCE * 3


def test_each_piece_of_work_draws_its_own(system: list[bytes]) -> None:
    """Two share nothing."""
    Drawn()(16)
    Drawn()(16)
    assert len(system) == 2


def test_an_id_has_its_version_and_its_chance() -> None:
    """RFC 9562 §5.7, by bytes from anywhere."""
    made = uuid7(lambda count: b"\xff" * count)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int & (1 << 62) - 1 == (1 << 62) - 1


def test_a_digest_under_a_key_is_an_hmac() -> None:
    """However it is computed: digests that lie in the store since before must be found again."""
    master = b"m" * 32
    ring = Keyring(None, catalogue(), master)  # type: ignore[arg-type]  # nothing is asked of the database here
    key = hmac.digest(master, b"roznamcha: digest of commands", "sha256")
    for content in (b"", b"a", b"long " * 1_000):
        assert ring.command_digest(content) == hmac.digest(key, content, "sha256")
