"""Writes a chain of custody as CASE/UCO JSON-LD, which forensic tools and other agencies read and can validate.

Each link is an investigative action by an officer at a place and time, on an exhibit with its number; an exhibit that
comes from another says so; each break is an annotation. Officers go by id, persons by code: no name is in a link.
Whoever is withheld from the reader is somebody without a name, at each move another one: nothing says who is whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from projections.breaks import BREAKS
from projections.links import WITHHELD, Chain, Link

CONTEXT = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-identity": "https://ontology.unifiedcyberontology.org/uco/identity/",
    "uco-location": "https://ontology.unifiedcyberontology.org/uco/location/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
Node = dict[str, Any]


def case_of(chain: Chain, called: str, links: Sequence[Link]) -> Node:
    """The document of one record: its exhibits, who held them, every move, and every break."""
    graph = [*_things(chain.record_id, links), *_links(chain.record_id, links)]
    investigation = _node(chain.record_id, "case-investigation", "Investigation", "the record", name=called)
    investigation["uco-core:object"] = [{"@id": each["@id"]} for each in graph]
    return {"@context": CONTEXT, "@graph": [investigation, *graph]}


def _things(record: UUID, links: Sequence[Link]) -> Iterator[Node]:
    """Exhibits, each with the record of its provenance; officers, offices and places."""
    seen: set[str] = set()
    for each in links:
        article = each.article
        holder, giver = _people(each)
        for kind, who in (("Identity", holder), ("Identity", giver), ("Location", article.place)):
            if who and f"{kind} {who}" not in seen:
                seen.add(f"{kind} {who}")
                yield _node(record, f"uco-{kind.lower()}", kind, who, name="" if who.startswith(WITHHELD) else who)
        if article.property_id not in seen:
            seen.add(article.property_id)
            yield _node(record, "uco-core", "UcoObject", article.property_id, name=each.description or article.category)
            provenance = _node(record, "case-investigation", "ProvenanceRecord", article.property_id)
            provenance["case-investigation:exhibitNumber"] = article.property_id
            if article.parent:
                provenance["case-investigation:rootExhibitNumber"] = _root(links, article.property_id)
            provenance["uco-core:object"] = [_ref(record, "UcoObject", article.property_id)]
            yield provenance


def _root(links: Sequence[Link], property_id: str) -> str:
    parents = {each.article.property_id: each.article.parent for each in links}
    while parents.get(property_id):
        property_id = parents[property_id]
    return property_id


def _links(record: UUID, links: Sequence[Link]) -> Iterator[Node]:
    for each in links:
        article, key = each.article, f"{each.article.property_id} {each.number}"
        action = _node(record, "case-investigation", "InvestigativeAction", key, name=each.act)
        action["uco-action:startTime"] = _time(each.occurred_at)
        holder, giver = _people(each)
        if giver or holder:
            action["uco-action:performer"] = _ref(record, "Identity", giver or holder)
        if holder:
            action["uco-action:participant"] = [_ref(record, "Identity", holder)]
        if article.place:
            action["uco-action:location"] = [_ref(record, "Location", article.place)]
        exhibit = [
            _ref(record, "ProvenanceRecord", article.property_id),
            _ref(record, "UcoObject", article.property_id),
        ]
        if each.number > 1:
            action["uco-action:object"] = exhibit
        else:
            action["uco-action:result"] = exhibit
            if article.parent:
                source = article.parent
                action["uco-action:object"] = [
                    _ref(record, "ProvenanceRecord", source), _ref(record, "UcoObject", source)
                ]  # fmt: skip
        told = (each.purpose, each.condition, each.paper and f"paper {each.paper}", each.seal and f"seal {each.seal}")
        if said := "; ".join(filter(None, told)):
            action["uco-core:description"] = said
        yield action
        for broken in each.breaks:
            note = _node(record, "uco-core", "Annotation", f"{key} {broken.code}")
            note["uco-core:statement"] = f"{BREAKS[broken.code][1]}: {broken.told()}".removesuffix(": ")
            note["uco-core:object"] = [_ref(record, "InvestigativeAction", key)]
            yield note


def _people(link: Link) -> tuple[str, str]:
    """Who holds it after a link and who gave it, each by what names them in the file."""
    key = f"{link.article.property_id} {link.number}"
    told = (("holder", link.article.holder), ("giver", link.giver))
    holder, giver = (f"{who} {role} of {key}" if who == WITHHELD else who for role, who in told)
    return holder, giver


def _node(record: UUID, vocabulary: str, kind: str, key: str, *, name: str = "") -> Node:
    node: Node = {**_ref(record, kind, key), "@type": f"{vocabulary}:{kind}"}
    return node | ({"uco-core:name": name} if name else {})


def _ref(record: UUID, kind: str, key: str) -> Node:
    return {"@id": f"kb:{kind}-{uuid5(record, f'{kind} {key}')}"}


def _time(at: datetime) -> Node:
    return {"@type": "xsd:dateTime", "@value": at.isoformat()}
