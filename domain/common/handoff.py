"""What goes from one side to another: what it is, who has to enter that it came, and who asks after it until then.

A hand-over has two sides, sent and received. As long as only the first is entered the other one is open, with an owner.
Each kind of hand-over is declared once, in the chapter whose acts send it; the acts of both sides name it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple, get_args

from domain.common.matter import Entry

Role = Literal[
    "court", "government", "investigating_officer", "laboratory", "malkhana_keeper", "medical_practitioner", "officer",
    "prosecutor", "station_officer",
]  # fmt: skip
ROLES: tuple[str, ...] = get_args(Role)
"""Who may stand on a side of a hand-over: the words in which rules say whose duty something is, and three more."""


@dataclass(frozen=True)
class HandOff:
    """One kind of hand-over; `id` says in English what goes, `hi` in Hindi.

    `owner` has to enter that it came, `chaser` asks after it until then. `subject` is the column, of both sides, that
    tells one from another which is under way at the same time; it is empty where a record can send only one.
    `addressee` is the sending's column that names to whom. `other` is the column by which the receiving side names the
    record of the sending one, where it may have a record of its own. `alone`: the receipt is entered without a sending
    as well, so that one without it is nothing to ask about.
    """

    id: str
    hi: str
    owner: Role
    chaser: Role
    subject: str = ""
    addressee: str = ""
    other: str = ""
    alone: bool = False


class HandsOff(Entry):
    """An act by which something goes to another side: that side is open until an act of its own is entered."""

    hand_off: ClassVar[HandOff]

    @property
    def under_way(self) -> bool:
        """Whether anything goes at all."""
        return True


class ClosesHandOff(Entry):
    """An act after which a hand-over is no longer open: the other side answers it, or events have overtaken it."""

    answers: ClassVar[tuple[HandOff, ...]] = ()
    """What the other side has received, as this act shows."""
    overtakes: ClassVar[tuple[HandOff, ...]] = ()
    """What nobody waits for any more after this act, though nobody has received it."""


Side = Literal["sent", "answered", "overtaken"]


class Touched(NamedTuple):
    """What an entry is to a hand-over: which side of which kind, of which subject, to whom or for which record."""

    hand_off: HandOff
    side: Side
    subject: str
    named: str = ""
    """Of a sending the addressee; of an answer the record of the sending side, where the answer names it."""


def touched(entry: Entry) -> Iterator[Touched]:
    """The hand-overs an entry closes, then the one it begins. One without its subject says nothing of any."""
    if isinstance(entry, ClosesHandOff):
        for each in entry.answers:
            yield from _named(entry, each, "answered", each.other)
        for each in entry.overtakes:
            if each not in entry.answers:
                yield from _named(entry, each, "overtaken")
    if isinstance(entry, HandsOff) and entry.under_way:
        yield from _named(entry, entry.hand_off, "sent", entry.hand_off.addressee)


def read_of(cls: type[Entry]) -> frozenset[str] | None:
    """The columns of an act at which `touched` looks; None when it may be any of them."""
    found: set[str] = set()
    if issubclass(cls, ClosesHandOff):
        found |= {column for each in cls.answers for column in (each.subject, each.other)}
        found |= {each.subject for each in cls.overtakes}
    if issubclass(cls, HandsOff):
        if cls.under_way is not HandsOff.under_way:
            return None
        found |= {cls.hand_off.subject, cls.hand_off.addressee}
    return frozenset(found - {""})


def _named(entry: Entry, hand_off: HandOff, side: Side, column: str = "") -> Iterator[Touched]:
    subject = str(getattr(entry, hand_off.subject)) if hand_off.subject else ""
    if subject or not hand_off.subject:
        named = getattr(entry, column) if column else None
        yield Touched(hand_off, side, subject, "" if named is None else str(named))
