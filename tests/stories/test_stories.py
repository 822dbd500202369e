"""Whole lives of cases: each story is entered as a station would, and must come to what it says.

The domain enters every story by itself, and a real store enters them all on a real PostgreSQL; both give the same
lives.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from consumers import entries
from domain.event import ACTS, RECORDS, Event, fold
from domain.shape import columns
from roznamcha.store import Store
from schemas import catalogue
from tests.roznamcha.test_store import store_on
from tests.stories.outcome import unlike
from tests.stories.story import FOLDER, LINE, Life, Misread, Story, Strand, lived, moment, read_story, stored, stories

STORIES = stories()
TITLES = [each.title for each in STORIES]
LIVES: dict[str, Life] = {}


def life_of(story: Story) -> Life:
    """The life of a story, entered once for all tests."""
    if story.key not in LIVES:
        LIVES[story.key] = lived(story)
    return LIVES[story.key]


@pytest.mark.parametrize("story", STORIES, ids=TITLES)
def test_a_story_comes_to_what_it_says(story: Story) -> None:
    """Every line is answered as told, and the case stands as expected: file, custody and legal clocks."""
    life = life_of(story)
    assert life.surprises + unlike(story, life) == []


def test_the_store_enters_every_story_alike(database: str) -> None:
    """Through door, store, sealing, schema and PostgreSQL each case comes to the same as by the domain alone."""
    store = store_on(database)
    found = {story.title: through(store, story) for story in STORIES}
    store.datastore.close()
    assert found == {title: [] for title in TITLES}


ACROSS = ("was ever numbered in this register", "was given by hand and leaves a gap")
"""Doubts that only a whole register can have: a story is one case, and knows nothing of the numbers of others."""


def through(store: Store, story: Story) -> list[str]:
    """Every point in which a story is another one once it went through the store."""

    def history(name: str) -> list[Event[Any]]:
        record_id = store.find(story.reference(name))
        kept = store.recorder.entries_of([record_id]) if record_id else []
        return [entries.read(catalogue(), state) for _, _, state in kept]

    surprises = [each for each in stored(story, store, history) if not any(words in each for words in ACROSS)]
    life = Life()
    for name, register in story.records.items():
        found = history(name)
        life.strands[name] = Strand(fold(RECORDS[register].blank(found[0].meta.record_id), found), found)
    return surprises + unlike(story, life)


def spoilt(expect: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every way to make one expectation wrong: each value changed, each list replaced."""
    if isinstance(expect, dict) and expect:
        for key, value in expect.items():
            if key not in {"rule", "for", "opened", "as_of", "known_at"}:
                yield from spoilt(value, (*path, key))
    elif isinstance(expect, list) and expect and isinstance(expect[0], dict):
        for number, value in enumerate(expect):
            yield from spoilt(value, (*path, number))
    elif path[-1] in {"no clock", "no law"}:
        yield path, [*expect, "fir-web", "no such rule"]
    else:
        yield path, {"spoilt": {}} if isinstance(expect, dict) else ["spoilt"] if isinstance(expect, list) else "spoilt"


@pytest.mark.parametrize("story", STORIES, ids=TITLES)
def test_no_expectation_is_idle(story: Story) -> None:
    """Each expectation of each story, made wrong, is found to be wrong: none of them passes whatever happens."""
    life, ways = life_of(story), list(spoilt(story.expect))
    assert len(ways) > 5
    for path, wrong in ways:
        expect: Any = copy.deepcopy(story.expect)
        inner = expect
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = wrong
        assert unlike(Story(story.key, {**story.told, "expect": expect}), life), f"{path} can be anything"


def test_an_answer_that_was_not_told_is_noticed() -> None:
    """A doubt the story is silent of, a doubt that did not come and a refusal that did not come each spoil it."""
    story = next(each for each in STORIES if each.key == "rape-consent-refused")
    changes: tuple[tuple[int, dict[str, Any]], ...] = (
        (1, {"doubted": []}),
        (1, {"doubted": ["by a DySP", "on a Sunday"]}),
        (0, {"refused": "twice"}),
    )
    for line, change in changes:
        changed = copy.deepcopy(dict(story.told))
        changed["entries"][line] |= change
        assert lived(Story(story.key, changed)).surprises
    assert not life_of(story).surprises


@pytest.mark.parametrize(
    ("was", "is_now", "words"),
    [
        ("hindi:", "urdu:", "a story has"),
        ("act: FIRRegistered", "act: FIRInvented", "there is no act FIRInvented"),
        ("fir_number: 71", "fir_numbre: 71", "no such field"),
        ('"2026-02-10 09:00"', '"10.2.2026"', "is no time"),
        ("by: CG-1000", "by: CG-7777", "none of the story's officers"),
        ("stage: registered", "stages: registered", "stages is none of"),
        ("as_of:", "asof:", "asof is none of"),
    ],
)
def test_a_story_is_read_strictly(was: str, is_now: str, words: str) -> None:
    """What nobody would look at (an unknown key, act, column or officer) isn't passed over."""
    text = (FOLDER / "rape-consent-refused.yaml").read_text("utf-8")
    assert was in text
    with pytest.raises(Misread, match=words):
        told(text.replace(was, is_now, 1))


def told(text: str) -> list[str]:
    """A story from its text to its end."""
    story = read_story(text, "spoilt")
    life = lived(story)
    return life.surprises + unlike(story, life)


def test_a_line_s_own_words_are_no_column_of_any_act() -> None:
    """`at`, `by`, `refused` and the rest say something of the line; no act may have such a column."""
    assert not {each.name for cls in ACTS.values() for each in columns(cls)} & LINE


def test_a_time_is_by_the_clock_of_india() -> None:
    """Noon in a story is half past six in UTC."""
    assert moment("2026-07-02 12:00").utctimetuple()[3:5] == (6, 30)


def test_a_story_has_its_title_in_both_languages_and_its_lines_in_the_order_of_recording() -> None:
    """Hindi is written in its script, titles are told apart, and nothing is recorded before what stands above it."""
    assert len(set(TITLES)) == len(STORIES) >= 12
    for story in STORIES:
        assert any("\u0900" <= letter <= "\u097f" for letter in story.told["hindi"]), story.key
        for strand in life_of(story).strands.values():
            times = [each.meta.recorded_at for each in strand.entries]
            assert times == sorted(times), story.key
