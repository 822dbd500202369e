"""Compares what a story expects with what the record, the views and the legal clocks show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.case.arrest import Arrests
from domain.common.matter import Matter
from domain.common.tie import Ties
from domain.event import Event
from domain.law.book import load_book
from domain.law.clock import Clock, Reckoning
from projections.case_state import CaseState
from projections.custody import Custody
from projections.deadlines import reckon_entries
from projections.hand_offs import HandOffs, Papers, hand_offs
from projections.malkhana import Malkhana
from projections.view import fold_record
from tests.stories.story import INDIA, Life, Misread, Story, moment

EXPECT = {
    "stage", "board", "number", "sections", "entries", "accused", "custody", "clocks", "no clock", "no law",
    "hand-overs", "ties",
}  # fmt: skip
ARTICLE = {"state", "place", "holder", "seal", "quantity", "breaks"}
CLOCK = {"rule", "for", "opened", "due", "last_day", "as_of", "state", "law", "explained"}
HAND_OVER = {"what", "for", "as_of", "known_at", "state", "sent", "to", "times"}
BOOK = load_book()


def differences(expect: Mapping[str, Any], record: Matter, entries: list[Event[Any]]) -> list[str]:
    """Every point in which the case is not what was expected, each in a line of words."""
    _known(expect, EXPECT, "expect")
    found = list(_file(expect, record, entries))
    found += _custody(expect.get("custody", {}), entries)
    found += _hand_overs(expect.get("hand-overs", []), entries)
    return found + list(_clocks(expect, entries))


def unlike(story: Story, life: Life) -> list[str]:
    """Every point in which any record of a story is not what was expected."""
    found: list[str] = []
    for name, strand in life.strands.items():
        found += differences(story.expected(name), strand.record, strand.entries)
    return found


def _known(told: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := told.keys() - keys:
        message = f"{where}: {', '.join(sorted(unknown))} is none of {', '.join(sorted(keys))}"
        raise Misread(message)


def _compared(where: str, told: Mapping[str, Any], shown: Mapping[str, Any]) -> Iterator[str]:
    for key, value in told.items():
        if value != shown[key]:
            yield f"{where}: {key} should be {value!r}, and is {shown[key]!r}"


def _file(expect: Mapping[str, Any], record: Matter, entries: list[Event[Any]]) -> Iterator[str]:
    """The case file itself, and the row of it on the station's board."""
    (row,) = fold_record(CaseState(), entries)
    shown = {
        "stage": record.stage,
        "board": row.stage,
        "number": f"{record.station}/{record.number}" if record.number else "",
        "sections": list(getattr(record, "sections", ())),
        "entries": len(entries),
        "accused": {code: each.how for code, each in record.part(Arrests).accused.items()},
        "ties": {tie: each.called for tie, each in record.part(Ties).tied.items()},
    }
    yield from _compared("the case", {key: value for key, value in expect.items() if key in shown}, shown)


def _custody(expect: Mapping[str, Any], entries: list[Event[Any]]) -> Iterator[str]:
    """Every article: where it lies, and where its chain breaks."""
    rows = {row.property_id: row for row in fold_record(Malkhana(), entries)}
    broken: dict[str, list[str]] = {}
    for link in fold_record(Custody(), entries):
        broken.setdefault(link.property_id, []).extend(each["code"] for each in link.breaks)
    if expect.keys() != rows.keys():
        yield f"the articles should be {sorted(expect)}, and are {sorted(rows)}"
    for article, told in expect.items():
        _known(told, ARTICLE, article)
        row = rows.get(article)
        if row is not None:
            shown = {name: getattr(row, name) for name in ("state", "place", "holder", "seal", "quantity")}
            yield from _compared(article, told, shown | {"breaks": sorted(broken[article])})


def _hand_overs(expected: list[dict[str, Any]], entries: list[Event[Any]]) -> Iterator[str]:
    """Every hand-over that the story names, as of its day and as it was known on a day: the last one of its kind."""
    view, kept = HandOffs(), Papers(entries[0].meta.record_id)
    for entry in entries:
        for _, handler in view.touched(entry):
            handler(view, kept, entry)
    ever = {(each.hand_off, each.subject) for each in hand_offs(kept)}
    for told in expected:
        _known(told, HAND_OVER, "a hand-over")
        if (told["what"], told["for"]) not in ever:
            yield f"there was never a {told['what']} {told['for']}"
        when = (moment(told["as_of"]), moment(told["known_at"]) if "known_at" in told else None)
        found = [
            each for each in hand_offs(kept, *when) if (each.hand_off, each.subject) == (told["what"], told["for"])
        ]
        shown = {"state": "none", "sent": "", "to": "", "times": 0}
        if found:
            last = max(found, key=lambda each: each.version)
            sent = _written(last.sent_at) if last.sent_at else ""
            shown = {"state": last.state, "sent": sent, "to": last.addressee, "times": last.times_sent}
        where = f"{told['what']} {told['for']} as of {told['as_of']}"
        yield from _compared(where, {key: value for key, value in told.items() if key in shown}, shown)


def _clocks(expect: Mapping[str, Any], entries: list[Event[Any]]) -> Iterator[str]:
    """Every legal clock that the story names, as of its day."""
    for told in expect.get("clocks", []):
        _known(told, CLOCK, "a clock")
        as_of = moment(told["as_of"])
        mine = [
            each
            for each in _reckoned(entries, as_of=as_of)
            if (each.rule.id, each.subject) == (told["rule"], told.get("for", ""))
            and ("opened" not in told or _written(each.opened_at) == told["opened"])
        ]
        where = f"{told['rule']} {told.get('for', '')} as of {told['as_of']}"
        if len(mine) != 1:
            yield f"{where}: there are {len(mine)} such clocks"
            continue
        yield from _clock(where, told, mine[0])
    everything = _reckoned(entries)
    running = {each.rule.id for each in everything}
    for rule in expect.get("no clock", []):
        if rule in running or rule not in BOOK.rules:
            yield f"{rule} should run no clock here"
    for rule in expect.get("no law", []):
        if rule not in {each.rule for each in everything.refused}:
            yield f"{rule} should be refused as governed by no law"


def _clock(where: str, told: Mapping[str, Any], clock: Clock) -> Iterator[str]:
    shown = {
        "due": _written(clock.due_at),
        "last_day": clock.last_day.isoformat() if clock.last_day else "",
        "state": clock.state(moment(told["as_of"])),
        "law": clock.law,
    }
    yield from _compared(where, {key: value for key, value in told.items() if key in shown}, shown)
    words = told.get("explained", "")
    if words and not any(words in line.en for line in clock.explain):
        yield f"{where}: nothing in its explanation says “{words}”"


def _reckoned(entries: list[Event[Any]], **asked: Any) -> Reckoning:
    return reckon_entries(entries, BOOK, INDIA, **asked)


def _written(at: Any) -> str:
    return f"{at.astimezone(INDIA):%Y-%m-%d %H:%M}"
