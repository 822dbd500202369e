"""Where tiles and leaves lie for whoever reads the log from outside: the paths and files of c2sp.org/tlog-tiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from roznamcha.ledger.merkle import FULL, width

LARGEST = 0xFFFF
"""Bytes of the largest leaf that the format takes."""
PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]|[1-5][0-9]|6[0-3])/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Place:
    """One file: hashes of a level, or leaves where `level` is None; `width` of them, from `number` times 256 on."""

    level: int | None
    number: int
    width: int = FULL

    @property
    def path(self) -> str:
        """Below the log's prefix."""
        digits = f"{self.number:0{-(-len(str(self.number)) // 3) * 3}}"
        threes = [digits[n : n + 3] for n in range(0, len(digits), 3)]
        number = "/".join([*(f"x{each}" for each in threes[:-1]), threes[-1]])
        partial = "" if self.width == FULL else f".p/{self.width}"
        return f"tile/{'entries' if self.level is None else self.level}/{number}{partial}"


def place_of(path: str) -> Place | None:
    """The place that a path names; None for one that is written in any other way."""
    found = PATH.fullmatch(path)
    if found is None or len(path) > 64:  # noqa: PLR2004 (more than any log that fits this world)
        return None
    level = None if found["level"] == "entries" else int(found["level"])
    place = Place(
        level, int(found["number"].replace("/x", "").replace("x", "").replace("/", "")), int(found["width"] or FULL)
    )
    return place if place.path == path else None


def places(size: int, since: int = 0) -> Iterator[Place]:
    """Every file of a log of `size`, or those that are other than when it had `since` leaves."""
    level = 0
    while size >> 8 * level:
        for number in range((since >> 8 * level) // FULL, -(-(size >> 8 * level) // FULL)):
            wide = width(size, level, number)
            if wide > width(since, level, number):
                yield Place(level, number, wide)
                if not level:
                    yield Place(None, number, wide)
        level += 1


def bundle_of(leaves: Sequence[bytes]) -> bytes:
    """Leaves as the format bundles them: each behind its length in two bytes. Raises ValueError for one too long."""
    if any(len(each) > LARGEST for each in leaves):
        message = f"a leaf has more than {LARGEST} bytes"
        raise ValueError(message)
    return b"".join(len(each).to_bytes(2, "big") + each for each in leaves)


def leaves_of(bundle: bytes) -> list[bytes]:
    """The leaves in a bundle. Raises ValueError for a bundle that is cut."""
    found, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if at + 2 > len(bundle) or end > len(bundle):
            message = "a bundle of leaves is cut"
            raise ValueError(message)
        found.append(bundle[at + 2 : end])
        at = end
    return found
