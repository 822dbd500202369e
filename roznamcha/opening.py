"""When an act may begin a new record, and under which name: a slip of the pen in a record's name must never do it.

Ids and numbers are given by the register alone, so one that it has not given is a slip. A key of one's own begins a
record where a register is taken in; at the counter it must be said that the record is a new one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category, normalize
from uuid import UUID

from domain.event import Record
from roznamcha.intake import Act
from roznamcha.numbers import number_name

NUMBER = re.compile(r"(?:^|/)\s*\d+\s*/\s*\d{4}\s*$")
"""How a register's own numbers end: number and year."""
SLASHES = str.maketrans(dict.fromkeys("\u2044\u2215\u29f8\u2571\u1735\u3033", "/"))
"""Signs that look like a slash and stay others when their compatibility forms are folded."""
SAY_SO = 'say that it is a new one (--new; "new": true in a line of JSON)'


def identity(reference: str) -> UUID | None:
    """The id that this reference is, if it is one: most names aren't, and are told by their length."""
    return _identity(reference) if len(reference) >= 32 else None  # noqa: PLR2004 (an id has as many digits)


@lru_cache(4_096)
def _identity(reference: str) -> UUID | None:
    try:
        return UUID(reference)
    except ValueError:
        return None


def like_a_number(reference: str) -> bool:
    """Whether somebody would read it as a register's own number or id, whatever signs it is written with."""
    plain = "".join(each for each in normalize("NFKC", reference).translate(SLASHES) if category(each) != "Cf")
    return NUMBER.search(plain) is not None or (plain != reference and identity(plain) is not None)


def as_written(reference: str) -> str:
    """How a record is named, by the name that found none: whole, and with the zeros that the register writes."""
    found = re.fullmatch(r"(.*?)(\d{1,3})/(\d{4})", reference.strip())
    if found and found[1].endswith("/"):
        return f"its number is written with four digits, {found[1]}{int(found[2]):04}/{found[3]}"[:120]
    return "give its id, its whole number like CG-RPR-01/0012/2026, or its legacy key"


def beginning(act: Act) -> tuple[str, ...]:
    """Why an act whose reference names no record may not begin one."""
    called, name = repr(act.record[:60]), act.event.name
    if not act.event.opens:
        if act.record:
            return (f"no record is called {called}; {name} needs one that is there: {as_written(act.record)}",)
        return (f"record: missing; {name} belongs to a record that is there already",)
    if act.record and act.record != number_name(act.event) and like_a_number(act.record):
        reason = f"record: {called} has the form of a register's number, which only the register gives"
        return (f"{reason}; name a case by its full number (CG-RPR-01/0012/2026), a new record by another key or none",)
    if act.record and act.new is False:
        return (f"no record is called {called}; if {name} begins a new record, {SAY_SO}",)
    if not act.record and not act.new and act.event.numbered is None:
        return (f"record: missing; if {name} begins a new record, {SAY_SO}, or name it by a key of your own",)
    return ()


def misnamed(act: Act, record: Record) -> tuple[str, ...]:
    """Why an act does not belong where it is sent: an id nobody was given, or a new record that is there already."""
    if not record.version and identity(act.record) is not None:
        reason = f"no record has the id {act.record}: the register gives the ids"
        return (f"{reason}; name a record that is there, or a new one by a key of your own or by none",)
    if record.version and act.new:
        return (f"record: {act.record[:60]!r} is there already, and this act was said to begin a new one",)
    return ()
