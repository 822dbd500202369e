"""Who is where and for how long, as far as the acts of a chain say so; and who is at two places at one time.

Of one article's own way this tells nothing: times are written to the minute, and that it is dealt with at one place
while it is still at another "overlaps" and "out of order" tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.case.property_seizure import PropertySeized
from domain.malkhana.laboratory import LaboratoryReceives, SendsToLaboratory
from domain.malkhana.moves import DepositsProperty
from projections.breaks import Break


@dataclass(frozen=True)
class Presence:
    """One person at one place, for one moment or for as long as the act lasted, with these articles."""

    who: str
    place: str
    since: datetime
    until: datetime
    articles: frozenset[str]


@dataclass
class Whereabouts:
    """Where everybody of a record is by its acts."""

    moments: dict[tuple[str, datetime], dict[str, set[str]]] = field(default_factory=dict)
    """The places at which each person is from that moment on, with which articles."""
    lasting: dict[str, list[Presence]] = field(default_factory=dict)
    """The presences of each person that last."""
    known: dict[str, list[Presence]] = field(default_factory=dict)
    """All presences of each person."""
    by_entry: dict[int, list[Presence]] = field(default_factory=dict)
    """The presences of which each entry tells."""

    @classmethod
    def of(cls, acts: Iterable[Any]) -> Whereabouts:
        """Those of all these acts."""
        found, carriers = cls(), dict[str, str]()
        for act in acts:
            if isinstance(act, SendsToLaboratory):
                carriers[act.property_id] = act.carrier
            told = [*presences(act, carriers.get(getattr(act, "property_id", ""), ""))]
            found.by_entry[act.meta.version] = told
            for each in told:
                places = found.moments.setdefault((each.who, each.since), {})
                places.setdefault(each.place, set()).update(each.articles)
                found.known.setdefault(each.who, []).append(each)
                if each.until > each.since:
                    found.lasting.setdefault(each.who, []).append(each)
        return found

    def at_two_places(self, act: Any) -> Iterator[Break]:  # noqa: ANN401 (any act)
        """Whoever of this act is elsewhere at the same time."""
        for each in self.by_entry.get(act.meta.version, ()):
            places = self.moments[each.who, each.since].items()
            others = self.known if each.until > each.since else self.lasting
            if any(place != each.place and each.articles.isdisjoint(articles) for place, articles in places) or any(
                _apart(each, other) for other in others.get(each.who, ())
            ):
                yield Break("two places", each.who)


def presences(act: Any, carrier: str = "") -> Iterator[Presence]:  # noqa: ANN401 (any act)
    """Who is where by this act: who did it or is named in it, not who typed it. Two racks of a malkhana are one place.

    A memo lasts until its end. A laboratory has its parcel from the `carrier`, whom the entry before names.
    """
    at, by, malkhana = act.meta.occurred_at, act.meta.actor.id, f"malkhana of {act.meta.station}"
    if isinstance(act, PropertySeized):
        until, items = max(at, act.ended_at or at), frozenset(each.id for each in act.items)
        for who in dict.fromkeys((by, *(each.code for each in act.witnesses if each.signed))):
            yield Presence(who, act.place, at, until, items)
    elif isinstance(act, DepositsProperty):
        for who in (act.depositor, act.keeper):
            yield Presence(who, malkhana, at, at, frozenset({act.property_id}))
    elif isinstance(act, SendsToLaboratory):
        yield Presence(by, malkhana, at, at, frozenset({act.property_id}))
    elif isinstance(act, LaboratoryReceives) and carrier:
        yield Presence(carrier, act.laboratory, at, at, frozenset({act.property_id}))


def _apart(one: Presence, other: Presence) -> bool:
    """At two places while one of them lasts, with other articles."""
    first, second = sorted((one, other), key=lambda each: each.since)
    during = first.since < second.since < first.until
    return during and one.place != other.place and not one.articles & other.articles
