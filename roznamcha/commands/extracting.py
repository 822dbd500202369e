"""What lies in a copy beside its leaves, for reading: custody as tables and as CASE/UCO, legal clocks, texts of rules.

All of it is worked out from open columns when the copy is made, and an audience is told nothing of what is withheld
from it: what only a hidden column says reads as withheld, and a break that can't be seen without one is left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from domain.event import Actor, Event, changed
from domain.law.book import shipped_texts
from projections.custody import chain_of
from projections.links import WITHHELD, Link, follow
from roznamcha.case_export import case_of
from roznamcha.commands.custody import document_of
from roznamcha.commands.reading import history_of
from roznamcha.facts import facts_of, shown_fact
from roznamcha.ledger.audiences import Rule
from roznamcha.ledger.bundle import table
from roznamcha.office import Office


def extracts(office: Office, record_id: UUID, rule: Rule) -> dict[str, bytes]:
    """The files, as this audience may see them."""
    _, found = history_of(office, str(record_id))
    chain = chain_of(record_id, found)
    links, _ = follow(chain)
    if not (rule.shows("meta.actor") and rule.shows("meta.doubts")):
        seen, _ = follow(chain_of(record_id, _without(found, rule)))
        links = list(_seen(links, seen, rule))
    custody = document_of(chain, links, [])
    facts = facts_of(office, record_id)
    told = [shown_fact(each) for each in facts]
    if not rule.shows("meta.cause"):
        told = [{name: value for name, value in each.items() if name != "causation_id"} for each in told]
    files = {
        "extracts/custody.csv": table(custody["links"]),
        "extracts/custody-breaks.csv": table(custody["breaks"]),
        "extracts/deadlines.csv": table(told),
    }
    if links:
        called = office.store.shelf.called([record_id]).get(record_id, str(record_id))
        document = case_of(chain, called, links)
        files["extracts/custody.jsonld"] = json.dumps(document, ensure_ascii=False, indent=1).encode()
    for name, digest in sorted({(each.rule, each.digest) for each in facts}):
        text = _rule_text(office, name)
        if hashlib.sha256(text).hexdigest() == digest:  # one that was changed since is in the release it was told by
            files[f"extracts/rules/{name}.yaml"] = text
    return files


def _without(found: Iterable[Event[Any]], rule: Rule) -> Iterator[Event[Any]]:
    """The entries as if what the audience may not see had never been written in them."""
    hidden: dict[str, Any] = {"meta.actor": {"actor": Actor()}, "meta.doubts": {"doubts": ()}}
    gone = {key: value for name, kept in hidden.items() if not rule.shows(name) for key, value in kept.items()}
    for each in found:
        yield changed(each, meta=changed(each.meta, **gone))


def _seen(links: Sequence[Link], seen: Sequence[Link], rule: Rule) -> Iterator[Link]:
    """Each link as it can be told from what is shown; what the entry itself says otherwise is withheld."""
    for whole, part in zip(links, seen, strict=True):
        names = {
            name: getattr(part, name) if getattr(part, name) == getattr(whole, name) else WITHHELD
            for name in ("giver", "giver_rank", "holder_rank")
        }
        holder = part.article.holder if part.article.holder == whole.article.holder else WITHHELD
        yield changed(
            part, **names, article=changed(part.article, holder=holder),
            breaks=tuple(each for each in part.breaks if each in whole.breaks),
            doubts=part.doubts if rule.shows("meta.doubts") else (WITHHELD,),
        )  # fmt: skip


def _rule_text(office: Office, name: str) -> bytes:
    rule = office.book.rules.get(name)
    return shipped_texts().get(f"{rule.folder}/{name}.yaml", "").encode() if rule else b""
