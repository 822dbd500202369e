"""What a scanned label says of an act that is being entered: which record, which article."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.event import ACTS
from domain.malkhana_audit.items import ConcernsItem
from domain.shape import Column, columns
from roznamcha.errors import Usage

OF_THE_SEAL = ("seal_state", "seal_intact")
"""Columns that say how the seal was found. A label knows nothing of it: only who has the parcel in hand does."""
Asks = Callable[[str, tuple[str, ...]], str]
"""Asks a person for the value of a column, one of these."""


def scanned(  # noqa: PLR0913 (what is read, and who can be asked)
    name: str,
    sent: dict[str, Any],
    record_id: UUID,
    property_id: str,
    called: Callable[[UUID], str],
    ask: Asks | None = None,
) -> None:
    """Fill in what the code says. `called` gives a record's number. Raises Usage where something else was said by hand.

    An act on an article belongs to the record of the label; an item of an audit to the audit, and names that record.
    How the seal was found is never taken for granted: somebody is asked, or must have said it.
    """
    cls = ACTS.get(name)
    if cls is None or "property_id" not in {each.name for each in columns(cls)}:
        message = f"--scan: {name} is about no single article; scan for an act that has the column property_id"
        raise Usage(message)
    read = {"property_id": property_id}
    if issubclass(cls, ConcernsItem):
        read |= {"matter": called(record_id), "article_record": str(record_id)}
    elif sent.get("record") not in {None, str(record_id)} and sent["record"] != called(record_id):
        message = "--scan: the label is of another record than --record names; leave --record out"
        raise Usage(message)
    else:
        sent |= {"record": str(record_id), "new": False}
    for column, value in read.items():
        if sent["fields"].get(column, value) != value:
            message = f"--scan: the label says another {column} than --field does; leave it out"
            raise Usage(message)
    sent["fields"] |= read
    for each in columns(cls):
        if each.name in OF_THE_SEAL and each.name not in sent["fields"]:
            sent["fields"][each.name] = _of_the_seal(each, ask)


def _of_the_seal(column: Column, ask: Asks | None) -> str:
    """What a person says of the seal. Raises Usage where nobody can be asked."""
    choices = column.shape.choices or ("true", "false")
    if ask is None:
        ways = " or ".join(shlex.quote(f"{column.name}={each}") for each in choices)
        message = f"--scan: the label does not say how its seal was found: say --field {ways}"
        raise Usage(message)
    return ask(column.name, choices)
