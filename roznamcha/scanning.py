"""What a scanned label says of an act that is being entered: which record, which article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from domain.event import ACTS
from domain.malkhana_audit.items import ConcernsItem
from domain.shape import columns
from roznamcha.errors import Usage


def scanned(name: str, sent: dict[str, Any], record_id: UUID, property_id: str, called: Callable[[UUID], str]) -> None:
    """Fill in what the code says. `called` gives a record's number. Raises Usage where something else was said by hand.

    An act on an article belongs to the record of the label; an item of an audit to the audit, and names that record.
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
