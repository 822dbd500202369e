"""Shelf against register: a list of what lies there is compared with what the register says, item by item.

Pure, and each item is looked at once, so that a malkhana of tens of thousands is a matter of moments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.malkhana.units import measure


@dataclass(frozen=True)
class Shelved:
    """An article as the register has it. `deposited` says whether it should lie on this shelf."""

    matter: str
    property_id: str
    record_id: UUID | None = None
    deposited: bool = True
    whereabouts: str = ""
    """Its place; where it is not deposited, where else the register shows it."""
    quantity: Decimal = Decimal(0)
    unit: str = ""
    seal: str = ""


@dataclass(frozen=True)
class Seen:
    """A line of the list. What is None was not looked at. A thing without a label has no `property_id`."""

    matter: str
    property_id: str
    place: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    seal: str | None = None
    description: str = ""
    alike: int = 1
    """Which of several things without a label that are described alike, in one place."""


Difference = tuple[str, dict[str, Any]]
"""The name of the act that states it, without its register, and its columns."""


@dataclass(frozen=True)
class Reconciled:
    """What came of it."""

    agreed: int
    in_register: int
    """How many articles the register has on this shelf."""
    differences: tuple[Difference, ...]
    """What differs and is not said yet."""
    said: tuple[Difference, ...] = ()
    """What differs and was said before."""


def reconcile(
    register: Iterable[Shelved],
    seen: Iterable[Seen],
    *,
    whole: bool = True,
    said: Sequence[Difference] = (),
    own: bool = False,
) -> Reconciled:
    """Compare; where the list is `whole`, what it leaves out and the register has on the shelf is not found.

    `said` are the differences that the audit has already. Where `seen` is what the audit's `own` entries say, they all
    count, and no item agrees of which one says that it differs.
    """
    known = {(each.matter, each.property_id): each for each in register}
    disputed = {_key(columns) for _, columns in said} if own else set()
    differences: list[Difference] = []
    listed: set[tuple[str, str]] = set()
    agreed = 0
    for line in seen:
        key = line.matter, line.property_id
        listed.add(key)
        article = known.get(key)
        found = list(_differs(article, line) if article else _unrecorded(line))
        differences += found
        agreed += not found and key not in disputed
    expected = [each for each in known.values() if each.deposited]
    if whole:
        for each in expected:
            if (each.matter, each.property_id) not in listed:
                differences.append(("ItemNotFound", _item(each, each.whereabouts)))
    before = {_told(each, known) for each in said}
    again = said if own else [each for each in differences if _told(each, known) in before]
    fresh = [each for each in differences if _told(each, known) not in before]
    return Reconciled(agreed, len(expected), tuple(fresh), tuple(again))


def _key(columns: Mapping[str, Any]) -> tuple[str, str]:
    return columns["matter"], columns["property_id"]


def _told(difference: Difference, known: Mapping[tuple[str, str], Shelved]) -> tuple[Any, ...]:
    """By what a difference is the same as another: what was seen of the item, by whomever it was entered."""
    name, columns = difference
    what: object = None
    if name == "PlaceMismatched":
        what = _plain(columns["place"])
    elif name == "QuantityMismatched":
        article = known.get(_key(columns))
        what = measure(columns["quantity"], columns["unit"] or (article.unit if article else ""))
    elif name == "SealMismatched":
        what = columns["seal"]
    elif name == "ItemUnrecorded" and not columns["property_id"]:
        what = _plain(columns["description"]), _plain(columns["place"]), columns.get("alike", 1)
    return name, *_key(columns), what


def _differs(article: Shelved, seen: Seen) -> Iterator[Difference]:
    item = _item(article, seen.place)
    if not article.deposited or (seen.place and _plain(seen.place) != _plain(article.whereabouts)):
        yield "PlaceMismatched", item | {"register_place": article.whereabouts or "not known"}
    if seen.quantity is not None:
        unit = seen.unit or article.unit
        if measure(seen.quantity, unit) != measure(article.quantity, article.unit):
            quantities = {"quantity": seen.quantity, "unit": unit, "register_quantity": article.quantity}
            yield "QuantityMismatched", item | quantities | {"register_unit": article.unit}
    if seen.seal is not None and seen.seal != article.seal:
        yield "SealMismatched", item | {"seal": seen.seal, "register_seal": article.seal}


def _unrecorded(seen: Seen) -> Iterator[Difference]:
    item: dict[str, Any] = {"matter": seen.matter, "property_id": seen.property_id, "place": seen.place}
    item |= {"description": seen.description, "unit": seen.unit, "seal": seen.seal or ""}
    item |= {} if seen.quantity is None else {"quantity": seen.quantity}
    yield "ItemUnrecorded", item | ({"alike": seen.alike} if seen.alike > 1 else {})


def _item(article: Shelved, place: str) -> dict[str, Any]:
    named = {"matter": article.matter, "property_id": article.property_id, "place": place}
    return named | ({"article_record": article.record_id} if article.record_id else {})


def _plain(place: str) -> str:
    return " ".join(place.casefold().split())
