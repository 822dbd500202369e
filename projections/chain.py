"""The chain of custody of every article of a record: link after link, and every place where it breaks.

Both the custody view and the malkhana view are read off this chain. What an act could see by itself stands in its
doubts; what only shows when links are laid side by side is found here. The numbers are those of the patterns courts
ask about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.case.corrections import CorrectsEntry
from domain.case.property import ConcernsProperty, EndsCustody, MovesProperty, SeizesProperty
from domain.case.property_laboratory import PropertySentToLaboratory
from domain.case.property_parcel import PropertyResealed, PropertySplit, SealBroken
from domain.case.property_seizure import CustodyMoveRefused
from domain.case.registration import FIRRegistered, ZeroFIRRegistered
from projections.struck import standing, strike
from projections.view import SAME, View, on

OVERNIGHT = timedelta(hours=24)

BREAKS: Mapping[str, tuple[int, str, str]] = {
    "kept by officer": (1, "more than 24 hours between seizure and deposit", "जप्ती और जमा के बीच 24 घंटे से अधिक"),
    "seal differs": (4, "the seal is another than at the link before", "मुहर पिछली कड़ी से भिन्न है"),
    "no paper": (6, "the article left without a paper that proves it", "बिना कागज के निकाला गया"),
    "quantity differs": (8, "it measures another quantity than the register has", "मात्रा पंजी से भिन्न है"),
    "before the FIR": (11, "seized before the FIR was registered", "प्रथम सूचना रिपोर्ट से पहले जप्त"),
    "two places": (12, "the same officer acts at two places at one time", "एक ही अधिकारी एक समय दो स्थानों पर"),
    "out of order": (16, "dated before the link that precedes it", "पिछली कड़ी से पहले की तारीख"),
    "holder unknown": (0, "the link before does not lead to who gives it up", "देने वाले तक पिछली कड़ी नहीं पहुँचती"),
    "missing": (0, "the article was missed", "वस्तु गुम पाई गई"),
    "attempt refused": (0, "an impossible move was tried and refused", "असंभव स्थानांतरण का प्रयास अस्वीकृत"),
    "doubted": (0, "the entry was recorded with doubts", "प्रविष्टि संदेह सहित दर्ज"),
}  # fmt: skip
"""Each break by its code: the pattern's number (0: none of the eighteen), and what it is in both languages."""


@dataclass
class Chain:
    """What is kept of a record: its custody facts, which entries are struck, and when the FIR was registered."""

    record_id: UUID
    station: str = ""
    registered_at: str = ""
    facts: list[Any] = field(default_factory=list)
    struck: dict[str, Any] = field(default_factory=dict)

    KEY = ("record_id",)


class ChainView(View):
    """A view that is read off the chain. Subclasses publish what `shown` gives of its links."""

    ignores = frozenset({"domain.deadline.by_entry", "domain.deadline.by_time"}) | frozenset(
        f"domain.case.{chapter}"
        for chapter in (
            "information", "registration", "publication", "transfer", "investigation", "scene", "search", "further",
            "arrest", "remand", "prosecution", "sanction", "final_form", "chargesheet", "court", "judgment", "medical",
            "laboratory", "report", "reported", "extension", "property_seizure", "corrections",
        )
    )  # fmt: skip
    State = Chain

    @on(FIRRegistered, ZeroFIRRegistered, reads=())
    def registered(self, row: Chain, e: FIRRegistered) -> None:
        """Remember when the case began."""
        row.station, row.registered_at = e.meta.station, row.registered_at or e.meta.occurred_at.isoformat()

    @on(SeizesProperty)
    def seized(self, row: Chain, e: SeizesProperty) -> None:
        """The first link of each article goes from nobody to the officer."""
        row.station = row.station or e.meta.station
        for item in e.items:
            row.facts.append(
                _fact(e, item.id, "seized")
                | {
                    "to": e.holder_after, "rank": e.rank_after, "place": e.place_after, "purpose": "seizure",
                    "seal": item.seal, "paper": e.document, "quantity": str(item.quantity), "unit": item.unit,
                    "category": item.category, "what": item.description, "state": "seized",
                }
            )  # fmt: skip

    @on(MovesProperty)
    def moved(self, row: Chain, e: MovesProperty) -> None:
        """One more link."""
        row.facts.append(
            _fact(e, e.property_id, "ended" if isinstance(e, EndsCustody) else "moved")
            | {
                "from": e.giver, "to": e.holder_after, "rank": e.rank_after, "place": e.place_after,
                "purpose": e.purpose, "condition": e.condition, "seal": e.seal if e.seen or e.reseals else "",
                "reseals": e.reseals, "paper": e.document, "state": e.state_after,
                "quantity": None if e.quantity is None else str(e.quantity),
                "leaves": isinstance(e, PropertySentToLaboratory),
            }
        )  # fmt: skip

    @on(PropertySplit)
    def split(self, row: Chain, e: PropertySplit) -> None:
        """Samples get chains of their own that begin with their parent's holder."""
        row.facts.append(_fact(e, e.property_id, "split") | {"quantity": str(e.remaining), "seal": e.seal})
        row.facts.extend(
            _fact(e, sample.id, "drawn")
            | {
                "parent": e.property_id, "seal": sample.seal, "quantity": str(sample.quantity), "unit": sample.unit,
                "purpose": "sample", "to": e.meta.actor.id, "rank": e.meta.actor.rank,
            }
            for sample in e.samples
        )  # fmt: skip

    @on(SealBroken)
    def opened(self, row: Chain, e: SealBroken) -> None:
        """The parcel is open."""
        row.facts.append(_fact(e, e.property_id, "opened"))

    @on(PropertyResealed)
    def resealed(self, row: Chain, e: PropertyResealed) -> None:
        """A new seal, by name."""
        row.facts.append(_fact(e, e.property_id, "resealed") | {"seal": e.seal})

    @on(CustodyMoveRefused)
    def attempted(self, row: Chain, e: CustodyMoveRefused) -> None:
        """What was tried and refused."""
        row.facts.append(_fact(e, e.property_id, "refused") | {"what": e.attempted, "reasons": list(e.reasons)})

    @on(ConcernsProperty)
    def concerned(self, row: Chain, e: ConcernsProperty) -> object:
        """Anything else about an article leaves its doubts, if it has any."""
        if e.meta.doubts and not isinstance(e, MovesProperty | PropertySplit | SealBroken | PropertyResealed):
            row.facts.append(_fact(e, e.property_id, "noted"))
            return None
        return SAME

    @on(CorrectsEntry)
    def corrected(self, row: Chain, e: CorrectsEntry) -> None:
        """A struck entry no longer counts."""
        row.struck = strike(row.struck, e)

    def rows(self, state: Chain) -> Iterator[Any]:
        """What is shown of the links, which are followed once."""
        yield from self.shown(state, list(links(state)))

    def shown(self, chain: Chain, links: Sequence[Link]) -> Iterator[Any]:
        """The rows of these links."""
        raise TypeError(chain, links)


def _fact(e: ConcernsProperty | SeizesProperty | CustodyMoveRefused, property_id: str, kind: str) -> dict[str, Any]:
    meta = e.meta
    return {
        "v": meta.version, "p": property_id, "kind": kind, "act": e.name, "at": meta.occurred_at.isoformat(),
        "recorded": meta.recorded_at.isoformat(), "by": meta.actor.id, "doubts": list(meta.doubts),
    }  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One link: from whom to whom, when, where, why, in what condition, under which seal and by which paper."""

    property_id: str
    number: int
    version: int
    act: str
    occurred_at: datetime
    recorded_at: datetime
    giver: str
    holder: str
    holder_rank: str
    place: str
    purpose: str
    condition: str
    seal: str
    paper: str
    state: str
    quantity: str
    unit: str
    category: str
    description: str
    breaks: tuple[tuple[str, str], ...]


def links(chain: Chain) -> Iterator[Link]:
    """Every link of every article, in the order of the entries, each with what breaks there."""
    articles: dict[str, dict[str, Any]] = {}
    places: dict[tuple[str, str], set[str]] = {}
    facts = standing(chain.facts, chain.struck)
    for fact in facts:
        if fact.get("place"):
            places.setdefault((str(fact["by"]), str(fact["at"])), set()).add(str(fact["place"]))
    for fact in facts:
        property_id = str(fact["p"])
        begins = fact["kind"] in {"seized", "drawn"} and property_id not in articles
        now = articles.get(property_id, {"number": 0, "seal": "", "holder": "", "place": "", "at": "", "state": ""})
        breaks = [] if begins else list(_breaks(now, fact))
        breaks += _breaks_anywhere(chain, fact, places)
        parent = articles.get(str(fact.get("parent", "")), {})
        now = _after(now, fact, parent)
        articles[property_id] = now
        yield _link(now, fact, breaks)


def _after(now: Mapping[str, Any], fact: Mapping[str, Any], parent: Mapping[str, Any]) -> dict[str, Any]:
    """How an article stands after a fact."""
    moves = fact["kind"] in {"seized", "moved", "ended", "drawn"}
    holder = now["holder"]
    if fact["kind"] == "ended":
        holder = fact.get("to", "")
    elif moves:
        holder = fact.get("to") or holder
    seal = now["seal"]
    if fact["kind"] in {"seized", "drawn", "resealed"} or fact.get("reseals"):
        seal = fact.get("seal", "")
    elif fact["kind"] == "opened":
        seal = ""
    elif fact["kind"] == "split" and fact.get("seal"):
        seal = fact["seal"]
    return {
        **now,
        "number": now["number"] + 1,
        "giver": now["holder"],
        "holder": holder,
        "rank": fact.get("rank", ""),
        "place": fact.get("place") or now["place"] or parent.get("place", ""),
        "seal": seal,
        "at": max(str(fact["at"]), now["at"]),
        "seized": now.get("seized") or (fact["at"] if fact["kind"] == "seized" else ""),
        "state": fact.get("state") or now["state"] or parent.get("state", ""),
        "quantity": fact.get("quantity") or now.get("quantity", ""),
        "unit": fact.get("unit") or now.get("unit", ""),
        "category": fact.get("category") or now.get("category") or parent.get("category", ""),
        "what": fact.get("what") if fact["kind"] == "seized" else now.get("what") or parent.get("what", ""),
    }  # fmt: skip


def _breaks(now: Mapping[str, Any], fact: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What breaks between the link before and this one."""
    if str(fact["at"]) < str(now["at"]):
        yield "out of order", f"{fact['at']} after {now['at']}"
    if fact["kind"] not in {"moved", "ended"}:
        return
    if fact.get("seal") and now["seal"] and fact["seal"] != now["seal"] and not fact.get("reseals"):
        yield "seal differs", f"{now['seal']} → {fact['seal']}"
    if fact.get("leaves") and not fact.get("paper"):
        yield "no paper", str(fact["act"])
    if fact.get("quantity") and now.get("quantity") and fact["quantity"] != now["quantity"]:
        yield "quantity differs", f"{now['quantity']} → {fact['quantity']} {now['unit']}"
    if fact.get("from") and now["holder"] and fact["from"] != now["holder"]:
        yield "holder unknown", f"{now['holder']} → {fact['from']}"
    if fact.get("state") == "deposited" and now["state"] == "seized" and now.get("seized"):
        kept = datetime.fromisoformat(str(fact["at"])) - datetime.fromisoformat(now["seized"])
        if kept > OVERNIGHT:
            yield "kept by officer", f"{kept // timedelta(hours=1)} h"


def _breaks_anywhere(
    chain: Chain, fact: Mapping[str, Any], places: Mapping[tuple[str, str], set[str]]
) -> list[tuple[str, str]]:
    """What breaks at this fact whatever came before."""
    found: list[tuple[str, str]] = []
    if fact["kind"] == "seized" and chain.registered_at and str(fact["at"]) < chain.registered_at:
        found.append(("before the FIR", f"{fact['at']} before {chain.registered_at}"))
    if len(places.get((str(fact["by"]), str(fact["at"])), ())) > 1:
        found.append(("two places", str(fact["by"])))
    if fact["kind"] == "refused":
        found.append(("attempt refused", f"{fact['what']}: {'; '.join(fact['reasons'])}"))
    if fact.get("state") == "missing":
        found.append(("missing", ""))
    found += [("doubted", str(doubt)) for doubt in fact["doubts"]]
    return found


def _link(now: Mapping[str, Any], fact: Mapping[str, Any], breaks: Sequence[tuple[str, str]]) -> Link:
    return Link(
        property_id=str(fact["p"]),
        number=now["number"],
        version=int(fact["v"]),
        act=str(fact["act"]),
        occurred_at=datetime.fromisoformat(str(fact["at"])),
        recorded_at=datetime.fromisoformat(str(fact["recorded"])),
        giver=now["giver"],
        holder=now["holder"],
        holder_rank=now["rank"],
        place=now["place"],
        purpose=str(fact.get("purpose", "")),
        condition=str(fact.get("condition", "")),
        seal=now["seal"],
        paper=str(fact.get("paper", "")),
        state=now["state"],
        quantity=now["quantity"],
        unit=now["unit"],
        category=now["category"],
        description=now.get("what") or "",
        breaks=tuple(breaks),
    )
