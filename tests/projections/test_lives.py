"""A record's life for process mining: what stands, in the order of time, with its objects and without a name."""

from __future__ import annotations

from functools import cache

import pytest

from domain.malkhana.custody import ConcernsProperty
from projections.lives import Life, Link, life_of
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import deposited, seized
from tests.dsl import RECORD, given
from tests.projections.custody_acts import split
from tests.stories.story import Strand, lived, stories

TOLD = {each.key: each for each in stories()}


@cache
def strands(key: str) -> list[Strand]:
    """The records of a story."""
    return list(lived(TOLD[key]).strands.values())


def lives() -> list[Life]:
    """The life of every record of every story."""
    found = [life_of(strand.entries) for key in TOLD for strand in strands(key)]
    return [each for each in found if each]


def test_an_article_has_its_states_and_a_sample_what_it_comes_from() -> None:
    """Each change of an article's state is a value from that moment on; the sample names the parcel."""
    life = life_of(given(fir(), seized(), deposited(), split()).entries)
    assert life
    article, sample = (life.things[f"{RECORD}/property/{each}"] for each in ("PR/1", "PR/1/S1"))
    assert [each.value for each in article.values if each.column == "state"] == ["seized", "deposited"]
    assert Link(article.id, "from") in sample.links
    assert Link(str(RECORD), "of") in sample.links
    seizure, deposit, sampled = life.steps[1:]
    assert (Link(article.id, "new") in seizure.links, Link(article.id, "property") in deposit.links) == (True, True)
    assert {Link(article.id, "property"), Link(sample.id, "new")} <= set(sampled.links)
    assert sampled.codes("property") == ["PR/1", "PR/1/S1"]


def test_whoever_is_named_is_a_person_of_that_record_alone() -> None:
    """A code is an object under its record's id; every object that an act names is there."""
    found = lives()
    assert sum("/person/" in each for life in found for each in life.things) > 50
    for life in found:
        assert {each.id for step in life.steps for each in step.links} <= life.things.keys() | life.others.keys()
        assert all(each.startswith(str(life.record_id)) for each in life.things)


def test_records_that_name_each_other_are_linked() -> None:
    """One life through four registers: from each record to the next."""
    story = strands("one-life-through-four-registers")
    found = {str(each.record.id): life_of(each.entries) for each in story}
    others = {name: life.others for name, life in found.items() if life}
    assert len(found) == 4
    assert all(others.values())
    assert set().union(*others.values()) == found.keys()


@pytest.mark.parametrize("key", sorted(TOLD))
def test_steps_stand_in_the_order_of_time_and_struck_ones_not_at_all(key: str) -> None:
    """Whatever the order of recording; what is struck has never happened."""
    for strand in strands(key):
        life = life_of(strand.entries)
        times = [each.entry.meta.occurred_at for each in life.steps] if life else []
        struck = {each.strikes for each in strand.entries} - {0}
        assert times == sorted(times)
        assert len(times) == len(strand.entries) - len(struck)
        assert struck.isdisjoint(each.entry.meta.version for each in life.steps) if life else not struck


def test_a_refused_attempt_names_no_article_that_nobody_has() -> None:
    """Where an act names an article that isn't in the register, a text stands there that anybody may have written."""
    for life in lives():
        for step in life.steps:
            named = isinstance(step.entry, ConcernsProperty) and step.entry.property_id
            known = {each.id for each in life.things.values() if each.kind == "property"}
            assert {each.id for each in step.links if each.qualifier == "property"} <= known or not named
    assert life_of(()) is None
