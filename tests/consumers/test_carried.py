"""What is no entry is told in words that a person can act on, and that quote nothing of the message."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID

import pytest

from consumers.carried import Undeliverable, carried, key_of
from consumers.slots import slot_of
from schemas import catalogue

RECORD = UUID(int=7)
WHOLE = {"position": b"5", "previous": b"0", "ce_type": b"roznamcha.case.FIRRegistered"}


def lies(key: bytes | None = key_of(RECORD), **headers: bytes | None) -> SimpleNamespace:
    """A message with these headers instead of an entry's; one that is None is not there, or has no value."""
    told = [(name, value) for name, value in (WHOLE | headers).items() if value is not None]
    return SimpleNamespace(key=key, value=b"x", headers=told, partition=slot_of(RECORD))


def test_an_entry_is_none_of_these() -> None:
    """What the others are made of is carried."""
    assert carried(catalogue(), lies()).kept.position == 5


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (lies(None), "it has no key"),
        (lies(b"geheim"), "its key is no UUID"),
        (lies(b"\xff"), "its key is no UUID"),
        (lies(position=None), "it has no header position"),
        (lies(previous=None), "it has no header previous"),
        (lies(ce_type=None), "it has no header ce_type"),
        (lies(position=b"geheim"), "its header position is no position"),
        (lies(previous=b"%d" % 2**63), "its header previous is no position"),
        (lies(ce_type=b"roznamcha.\0"), "its header ce_type is no name of an act"),
        (lies(ce_type=b"\xff"), "its header ce_type is no name of an act"),
    ],
)
def test_it_is_said_what_is_not_an_entrys(message: SimpleNamespace, why: str) -> None:
    """Which header is missing, or what the key is not."""
    with pytest.raises(Undeliverable) as told:
        carried(catalogue(), message)
    assert str(told.value) == f"a message whose key or headers are not an entry's: {why}"


def test_a_header_without_a_value_is_none() -> None:
    """As some clients write one."""
    message = lies()
    message.headers[0] = ("position", None)
    with pytest.raises(Undeliverable, match="it has no header position"):
        carried(catalogue(), message)
