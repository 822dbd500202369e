"""How the entries of each schema are read: worked out once, when the first of them is met, and kept beside the schemas.

A plan is a decoder written for the schema that makes the domain's own objects as it goes. Old versions of a schema have
none: the general decoder brings them to today's shape.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import domain
from consumers.columns import READERS, Convert, identity, moment
from domain.event import ACTS, Actor, Event, Meta
from domain.shape import Shape, columns, once
from schemas import Catalogue, SchemaError
from schemas.codec import schema_of
from schemas.decoding import Decoder, NotPlain, Run, decoder_of


class UnknownAct(SchemaError):
    """An entry of an act this release doesn't know."""


class NotRead:
    """Stands for what was stepped over. Whoever looks into it, or tries to keep it, fails: it never looks empty."""

    def _refused(self, *_: object) -> Any:  # noqa: ANN401 (it never answers)
        message = "this column was stepped over: no view is known to read it"
        raise LookupError(message)

    __bool__ = __eq__ = __iter__ = __len__ = __str__ = __hash__ = __getattr__ = _refused


NOT_READ: Final = NotRead()
FOR_NO_VIEW = ("command_id", "correlation_id", "causation_id", "salt", "signature", "reported_at")
"""Columns of an entry's meta that no view reads."""
Plan = tuple[str, type[Event[Any]], Decoder]
"""How the entries of one schema are read: the act's name, its class, and the decoder that was written for both."""


Wanted = Callable[[type[Event[Any]]], frozenset[str] | None]
"""Tells which columns of an act are wanted; None for all of them."""


def plan_of(catalogue: Catalogue, state: bytes, wanted: Wanted | None = None) -> Plan | None:
    """How entries that begin like this one are read; None when only the general decoder can.

    With `wanted`, all other columns are stepped over, and what no view reads besides. Raises SchemaError for a
    beginning that is no schema's, UnknownAct for an act nobody knows.
    """
    writer = schema_of(catalogue, state)
    cls = act_of(writer.name)
    if catalogue.latest[writer.name] is not writer:
        return None
    made: dict[str, Convert] = {"": _maker(cls), **META}
    sealed: dict[str, object] = {}
    for each in columns(cls):
        _paths(each.shape, each.name, made, sealed)
    stepped = sealed | {f"meta.{name}": NOT_READ for name in FOR_NO_VIEW} if wanted else {}
    if wanted and (mine := wanted(cls)) is not None:
        stepped |= {each.name: NOT_READ for each in columns(cls) if each.name not in mine}
    try:
        return writer.name, cls, decoder_of(writer, made, stepped, RUNS)
    except NotPlain:
        return None


def _paths(shape: Shape, path: str, made: dict[str, Convert], stepped: dict[str, object]) -> None:
    """Note what is made of the values of a column, and which of them are stepped over."""
    if shape.inner is not None:
        if shape.kind == "optional":
            _paths(shape.inner, path, made, stepped)
            return
        made[path] = tuple
        _paths(shape.inner, f"{path}[]", made, stepped)
    elif shape.of is not None:
        made[path] = _maker(shape.of)
        for each in shape.columns:
            _paths(each.shape, f"{path}.{each.name}", made, stepped)
    elif shape.kind in READERS:
        made[path] = READERS[shape.kind]
        if shape.kind == "sealed":
            stepped[path] = NOT_READ


@once
def _maker(cls: type) -> Convert:
    """What makes an instance of a frozen dataclass of its columns, which it then keeps as they are."""
    new, put = object.__new__, object.__setattr__

    def make(columns: dict[str, Any]) -> Any:  # noqa: ANN401 (an instance of it)
        made: Any = new(cls)
        put(made, "__dict__", columns)  # past the constructor, which costs more than decoding
        return made

    return make


def _meta_of(kept: dict[str, Any]) -> Meta:
    """The meta of its columns as they were decoded, which it then keeps."""
    kept["actor"], kept["station"], kept["district"] = kept.pop("actor_id")
    if kept["stream_id"] is None:
        kept["stream_id"] = kept["record_id"]
    made = object.__new__(Meta)
    object.__setattr__(made, "__dict__", kept)
    return made


def _actor(person: str, rank: str, role: str, own: str, station: str, district: str) -> tuple[Actor, str, str]:  # noqa: PLR0913
    """An officer as of an entry, station and district: the same few make most entries."""
    return Actor(id=person, rank=rank, role=role, station=own or station), station, district


def act_of(name: str) -> type[Event[Any]]:
    """The class of an act. Raises UnknownAct."""
    cls = ACTS.get(name)
    if cls is None:
        domain.load()
        cls = ACTS.get(name)
    if cls is None:
        message = f"this release knows no act {name}"
        raise UnknownAct(message)
    return cls


RUNS = {
    "meta.actor_id": Run(("actor_id", "actor_rank", "actor_role", "actor_station", "station", "district"), _actor),
}
META: dict[str, Convert] = {
    "meta": _meta_of,
    "meta.doubts": tuple,
    "meta.record_id": lru_cache(maxsize=4096)(identity),  # the same one comes again
    **{f"meta.{name}": identity for name in ("entry_id", "stream_id", *FOR_NO_VIEW[:3])},
    **{f"meta.{name}": moment for name in ("occurred_at", "recorded_at", "reported_at")},
}
