"""The deadline facts of every story: told live, told all at once, and told when every entry arrives late."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from domain.deadline.sheet import TellsOfClock, Told
from domain.event import EPOCH
from domain.law.fact import Fact
from projections.deadlines import fact_of
from tests.domain.deadline.kit import Desk
from tests.domain.deadline.test_by_chance import recorded, standing
from tests.domain.law.kit import BOOK
from tests.stories.story import Story, Strand, moment
from tests.stories.test_stories import STORIES, life_of
from tests.stories.told import FOLDER, file_of, lines

STRANDS = [
    pytest.param(story, name, id=f"{story.key} {name}".strip()) for story in STORIES for name in life_of(story).strands
]
STATES = {
    "met": {"Met", "EnteredLate"}, "met late": {"MetLate"}, "entered late": {"EnteredLate"}, "exempted": {"Exempted"},
    "overtaken": {"Overtaken"}, "lapsed": {"Lapsed"}, "open": {"Opened"}, "extended": {"Extended"},
}  # fmt: skip
"""What is last told of a clock that stands so."""


def facts_of(strand: Strand) -> list[Fact]:
    """What the law sees of a record's entries."""
    return [found for each in strand.entries if (found := fact_of(each, BOOK)) is not None]


def tick(desk: Desk, until: datetime) -> None:
    """Tell whatever falls due, at its own moment."""
    while due := min((each for each in desk.next_at().values() if each and each <= until), default=None):
        desk.tell(due)


def live(facts: list[Fact], end: datetime) -> Desk:
    """Entry by entry, as they are recorded, with a ticker that never sleeps."""
    desk = Desk()
    for each in recorded(facts):
        if desk.entries:
            tick(desk, each.recorded_at - timedelta(microseconds=1))
        desk.enter(each)
        desk.tell(each.recorded_at)
    tick(desk, end)
    return desk


def end_of(facts: list[Fact]) -> datetime:
    """Two years after the last of them; a record of which the law counts nothing ends as it began."""
    return max((each.recorded_at for each in facts), default=EPOCH) + timedelta(days=730)


def comes_to(desk: Desk) -> dict[tuple[str, str, datetime | None], Told]:
    """What stands of each clock, by rule, subject and start."""
    found: dict[tuple[str, str, datetime | None], Told] = {}
    for key, told in desk.sheet.told.items():
        if told.opened_at is not None:
            found[key.rule, key.subject, told.opened_at] = replace(told, times={}, alarmed_at=None, end_by="")
    return found


NAMES = {(story.key, name): story for story in STORIES for name in life_of(story).strands}


@cache
def lived(key: str, name: str) -> Desk:
    """The desk of a story's record, told live to its end."""
    facts = facts_of(life_of(NAMES[key, name]).strands[name])
    return live(facts, end_of(facts))


def told_live(story: Story, name: str) -> list[TellsOfClock]:
    """What is told live of a story's record, in the order in which it is told."""
    return lived(story.key, name).facts


@pytest.mark.parametrize(("story", "name"), STRANDS)
def test_live_at_once_and_late_come_to_the_same_facts(story: Story, name: str) -> None:
    """Replayed, the same stands of every clock; entered two years late, what was done in time is entered late."""
    facts = facts_of(life_of(story).strands[name])
    if not facts:  # of a complaint the law counts nothing
        assert not story.expected(name).get("clocks")
        return
    end = end_of(facts)
    at_once, now = Desk(), lived(story.key, name)
    at_once.enter(*recorded(facts))
    at_once.tell(end)
    assert standing(now) == standing(at_once)
    in_order = sorted(facts, key=lambda each: each.recorded_at)
    arriving = [replace(each, recorded_at=end + timedelta(minutes=number)) for number, each in enumerate(in_order)]
    late = comes_to(live(arriving, end + timedelta(days=1)))
    assert late.keys() == comes_to(now).keys()
    for key, told in comes_to(now).items():
        done = told.end in {"Met", "EnteredLate"} and told.due_at < end
        expected = replace(told, end="EnteredLate" if done else told.end)
        assert late[key] == expected, key


@pytest.mark.parametrize(("story", "name"), STRANDS)
def test_the_facts_told_live_are_those_that_the_story_writes(story: Story, name: str) -> None:
    """For every clock and day of the story: what was last told of that clock by then is what the story says."""
    desk = lived(story.key, name)
    for asked in story.expected(name).get("clocks", []):
        as_of = moment(asked["as_of"])
        mine = [
            each for each in desk.facts
            if (each.rule, each.subject) == (asked["rule"], asked.get("for", "")) and each.meta.occurred_at <= as_of
            and each.kind not in {"Approaching", "Withdrawn"}
        ]  # fmt: skip
        assert mine, asked
        assert mine[-1].kind in STATES[asked["state"]], (asked, [each.kind for each in mine])


@pytest.mark.parametrize(("story", "name"), STRANDS)
def test_exactly_the_facts_beside_the_story_are_told(story: Story, name: str) -> None:
    """Of every clock of the record, none more and none less, each with its moment and its end."""
    path, told = file_of(story.key, name), lines(told_live(story, name))
    assert told == (path.read_text(encoding="utf-8").splitlines() if path.exists() else [])


def test_no_facts_are_kept_of_a_story_that_is_gone() -> None:
    """Each file is read by the test above."""
    assert {path.name for path in FOLDER.iterdir()} <= {file_of(*key).name for key in NAMES}
