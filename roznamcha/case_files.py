"""Reads a custody history from CASE/UCO JSON-LD, as forensic tools exchange it: each action on an exhibit is an act.

Of such a file custody alone is read: who acted, when, where, on which exhibits, and which came of it. A name or a
description stays out, as it may be somebody's: persons go by the end of their id, things by their kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.event import EPOCH
from roznamcha.strict_json import CONTROL

ACTION, RECORD = "InvestigativeAction", "ProvenanceRecord"
THINGS = {"Device", "Disk", "StorageMedium", "MobileDevice", "Computer", "SIMCard"}
"""Types of what can be held in the hand; anything else that comes from an exhibit is a copy or an extract of it."""
COPIES = {"Image", "ContentData"}
Node = Mapping[str, Any]


@dataclass(frozen=True)
class Exhibit:
    """An exhibit as the file numbers it, and the things that it is."""

    number: str
    objects: frozenset[str]
    kinds: frozenset[str]
    at: str = ""

    @property
    def what(self) -> str:
        """Its kind in words, and never its description."""
        return ", ".join(sorted(self.kinds)) or "exhibit"

    @property
    def how(self) -> str:
        """What it is to the exhibit that it comes from."""
        return "part" if self.kinds & THINGS else "copy" if self.kinds & COPIES else "extract"

    @property
    def category(self) -> str:
        """As the seizure memo groups things."""
        return "digital device" if self.kinds & THINGS else "electrical or electronic"


@dataclass(frozen=True)
class Deed:
    """One action: its id in the file, and the acts it stands for, or why it stands for none."""

    id: str
    acts: Sequence[Mapping[str, Any]] = ()
    reasons: tuple[str, ...] = ()


@dataclass
class History:
    """What is known of the exhibits on the way through a file."""

    nodes: dict[str, Node]
    exhibits: dict[str, Exhibit]
    held: dict[str, str] = field(default_factory=dict)
    """Who holds each exhibit, by the number under which it came into custody."""
    known: dict[str, str] = field(default_factory=dict)
    """Each thing in custody, and under which number."""


def deeds_of(document: Any, record: str, station: str) -> Iterator[Deed]:  # noqa: ANN401 (any JSON)
    """The acts of a file, in the order of their times, all in one record. Each action is answered for by itself."""
    nodes: dict[str, Node] = {}
    for each in _nodes(document):
        nodes[each["@id"]] = _together(nodes[each["@id"]], each) if each["@id"] in nodes else each
    exhibits = dict(_exhibits(nodes))
    history = History(nodes, exhibits)
    actions = [each for each in nodes.values() if ACTION in _kinds(each) and _touches(each, exhibits)]
    waiting = sorted(actions, key=lambda each: _order(_began(each, exhibits)))
    while waiting:
        action = next((each for each in waiting if _ready(history, each)), waiting[0])
        waiting.remove(action)
        yield _deed(history, action, record, station)


def _deed(history: History, action: Node, record: str, station: str) -> Deed:
    began, who = _began(action, history.exhibits), _first(action.get("uco-action:performer"))
    reasons = []
    if began is None or not _instant(began):
        reasons.append("no time is given, or none with a zone")
    if not who:
        reasons.append("nobody is named who did it")
    if reasons or began is None:
        return Deed(action["@id"], reasons=tuple(reasons))
    actor = {"id": _short(who), "rank": "not recorded", "role": "as the file names"}
    head = {"record": record, "station": station, "occurred_at": began, "actor": actor}
    acts = [{**head, **each} for each in _acts(history, action, actor["id"])]
    return Deed(action["@id"], acts, () if acts else ("it comes to no exhibit that is not in custody already",))


def _acts(history: History, action: Node, who: str) -> Iterator[Mapping[str, Any]]:
    place = _place(action)
    sources = list(dict.fromkeys(history.known[each] for each in _things(history, action) if each in history.known))
    fresh: list[Exhibit] = []
    for each in (history.exhibits[one] for one in _ids(action.get("uco-action:result")) if one in history.exhibits):
        again = next((history.known[one] for one in sorted(each.objects) if one in history.known), None)
        if again is None:
            fresh.append(each)
        elif history.held[again] != who:
            giver, history.held[again] = history.held[again], who
            given = {"id": giver, "rank": "not recorded", "role": "as the file names"}
            over = {"property_id": again, "to_officer": who, "purpose": "as the file names"}
            yield {"name": "case.PropertyHandedOver", "fields": over, "actor": given}
            taken = {"property_id": again, "from_officer": giver, "place": place, "reason": "as the file names"}
            yield {"name": "case.PropertyTakenOver", "fields": taken | {"receipt": each.number}}
    for each in fresh:
        history.held[each.number] = who
        history.known |= dict.fromkeys(each.objects, each.number)
    if fresh:
        yield _derived(action, fresh, sources, place) if sources else _seized(action, fresh, place)


def _seized(action: Node, fresh: Sequence[Exhibit], place: str) -> dict[str, Any]:
    items = [
        {"id": each.number, "category": each.category, "description": each.what, "quantity": "1", "unit": "number"}
        for each in fresh
    ]
    fields = {"items": items, "place": place, "memo": _short(action["@id"]), "kind": "involved"} | _end(action)
    return {"name": "case.PropertySeized", "fields": fields}


def _derived(action: Node, fresh: Sequence[Exhibit], sources: Sequence[str], place: str) -> dict[str, Any]:
    items = [{"id": e.number, "how": e.how, "category": e.category, "description": e.what} for e in fresh]
    tool = _first(action.get("uco-action:instrument"))
    fields = {
        "property_id": sources[0], "also_from": list(sources[1:]), "items": items, "place": place,
        "reason": "examination", "tool": _short(tool) if tool else "",
    }  # fmt: skip
    return {"name": "case.ExhibitDerived", "fields": fields | _end(action)}


def _end(action: Node) -> dict[str, str]:
    ended = _value(action.get("uco-action:endTime"))
    return {"ended_at": ended} if ended and _instant(ended) else {}


def _nodes(found: Any) -> Iterator[Node]:  # noqa: ANN401 (any JSON)
    """Every thing of the file that has an id and a type, however deep it stands."""
    if isinstance(found, dict):
        if isinstance(found.get("@id"), str) and "@type" in found:
            yield found
        for each in found.values():
            yield from _nodes(each)
    elif isinstance(found, list):
        for each in found:
            yield from _nodes(each)


def _together(one: Node, other: Node) -> Node:
    """A thing that stands at two places: what each says of it, and both where they say different things."""
    said = dict(one)
    for key, value in other.items():
        if key not in said:
            said[key] = value
        elif said[key] != value:
            both = [each if isinstance(each, list) else [each] for each in (said[key], value)]
            said[key] = [*both[0], *(each for each in both[1] if each not in both[0])]
    return said


def _exhibits(nodes: Mapping[str, Node]) -> Iterator[tuple[str, Exhibit]]:
    for each in nodes.values():
        number = each.get("case-investigation:exhibitNumber")
        if RECORD in _kinds(each) and isinstance(number, str) and number.strip() and not CONTROL.search(number):
            things = [one for one in _ids(each.get("uco-core:object")) if "Relationship" not in one]
            kinds = frozenset(kind for one in things[:1] for kind in _kinds(nodes.get(one, {})))
            at = _value(each.get("uco-observable:observableCreatedTime")) or ""
            yield each["@id"], Exhibit(number.strip(), frozenset(things[:1]), kinds, at)


def _ready(history: History, action: Node) -> bool:
    """Whether each exhibit that it is about is in custody, or comes into it by this: one entry follows another."""
    mine = {one for each in _ids(action.get("uco-action:result")) for one in _objects(history, each)}
    numbered = {one for each in history.exhibits.values() for one in each.objects}
    return all(one in history.known or one in mine or one not in numbered for one in _things(history, action))


def _objects(history: History, record: str) -> frozenset[str]:
    return history.exhibits[record].objects if record in history.exhibits else frozenset()


def _touches(action: Node, exhibits: Mapping[str, Exhibit]) -> bool:
    return any(one in exhibits for one in _ids(action.get("uco-action:result")))


def _things(history: History, action: Node) -> Iterator[str]:
    """The things an action is about, also those that it names by their exhibit."""
    for each in _ids(action.get("uco-action:object")):
        yield each
        yield from _objects(history, each)


def _began(action: Node, exhibits: Mapping[str, Exhibit]) -> str | None:
    """When it began; for an action without a time, when the first exhibit of it was entered."""
    told = _value(action.get("uco-action:startTime"))
    entered = (exhibits[one].at for one in _ids(action.get("uco-action:result")) if one in exhibits)
    return told or min(filter(None, entered), default=None)


def _place(action: Node) -> str:
    where = _first(action.get("uco-action:location"))
    return _short(where) if where else "not recorded"


def _ids(found: Any) -> Iterator[str]:  # noqa: ANN401 (any JSON)
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict) and isinstance(each.get("@id"), str):
            yield each["@id"]


def _first(found: Any) -> str:  # noqa: ANN401 (any JSON)
    return next(_ids(found), "")


def _value(found: Any) -> str | None:  # noqa: ANN401 (any JSON)
    value = found.get("@value") if isinstance(found, dict) else found
    return value if isinstance(value, str) else None


def _kinds(node: Node) -> Iterable[str]:
    kinds = node.get("@type", ())
    named = kinds if isinstance(kinds, list) else [kinds]
    return [str(each).rpartition(":")[2] for each in named if not str(each).startswith("prov:")]


def _short(name: str) -> str:
    """The end of an id: enough to tell one from another, and no name."""
    return f"X-{name.rpartition('-')[2][-12:]}"


def _order(told: str | None) -> datetime:
    """Where an action stands among the others; one without a time, which enters nothing, before them."""
    return datetime.fromisoformat(told) if told and _instant(told) else EPOCH


def _instant(told: str) -> bool:
    try:
        return datetime.fromisoformat(told).tzinfo is not None
    except ValueError:
        return False
