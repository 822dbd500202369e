"""What was told of a record's clocks, read back: the facts of its deadline stream, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from consumers import entries
from domain.deadline.owed import key_of
from domain.deadline.sheet import TellsOfClock, stream_of
from domain.event import Event
from domain.law.clock import Reckoning
from domain.law.words import Line, words
from projections.deadlines import reckon_entries
from roznamcha.office import Office
from roznamcha.plain import plain, plain_entry
from roznamcha.screen import say, table, when

PLACE = ("position", "version", "name", "entry_id", "occurred_at", "recorded_at")


def facts_of(office: Office, record_id: UUID) -> list[TellsOfClock]:
    """Every fact told of a record's clocks, in order; none when nothing was told yet."""
    kept = office.store.recorder.entries_of([stream_of(record_id)])
    found = [entries.read(office.catalogue, state, position) for _, position, state in kept]
    return [each for each in found if isinstance(each, TellsOfClock)]


def shown_fact(fact: Event[Any]) -> dict[str, Any]:
    """A fact as `deadlines --facts --json` lists it: its own columns, and where it stands."""
    line = plain_entry(fact)
    kept: dict[str, Any] = {key: line[key] for key in PLACE}
    kept |= {"record": str(fact.meta.record_id), "causation_id": plain(fact.meta.causation_id)}
    return {**kept, **line["fields"]}


def explained(office: Office, facts: Sequence[TellsOfClock], entered: Sequence[Event[Any]]) -> Iterator[Sequence[Line]]:
    """Of each fact how its clock was counted: from the entries that were known when it was told, by the same text.

    Where the rule, the tables or the zone are others today it can't be counted so again; then all that is said is what
    the fact itself holds of how sure anybody is of it.
    """
    reckoned: dict[int, Reckoning] = {}
    book, zone = office.book, office.settings.zone
    for fact in facts:
        rule = book.rules.get(fact.rule)
        if rule is None or (rule.digest, book.basis, str(zone)) != (fact.digest, fact.basis, fact.zone):
            sure = [("policy", fact.policy), ("unreviewed", not fact.reviewed)]
            yield [words("another text", zone), *(words(key, zone) for key, so in sure if so)]
            continue
        if fact.counted not in reckoned:
            known = [each for each in entered if each.meta.version <= fact.counted]
            reckoned[fact.counted] = reckon_entries(known, book, zone)
        clock = next((each for each in reckoned[fact.counted] if key_of(each) == fact.key), None)
        yield clock.explain if clock else [words("no clock", zone)]


def standing(*, policy: bool, reviewed: bool) -> str:
    """What stands behind the law of a clock, or its name, in each list: a policy is no law, and who is sure of it."""
    return f"{' (policy, no law)' if policy else ''}{'' if reviewed else ' (not reviewed)'}"


def list_facts(
    facts: Sequence[TellsOfClock], called: str, zone: ZoneInfo, explanations: Sequence[Sequence[Line]] = ()
) -> None:
    """The facts as a table, and behind it how the clock of each was counted."""
    rows = [
        (
            each.meta.version,
            each.kind,
            each.rule,
            each.subject,
            when(each.due_at, zone),
            when(each.fell_due_at, zone),
            when(each.noticed_at, zone),
            each.law + standing(policy=each.policy, reviewed=each.reviewed),
        )
        for each in facts
    ]
    heads = ("no.", "told", "rule", "for", "due", "to be told since", "noticed", "law")
    table(f"told of the legal clocks of {called}", heads, rows)
    for fact, lines in zip(facts, explanations, strict=False):
        say("", f"{fact.meta.version}  {fact.kind} · {fact.rule} {fact.subject}".rstrip())
        for line in lines:
            say(f"  {line.en}", f"  {line.hi}")
