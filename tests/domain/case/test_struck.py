"""A struck entry has never happened: for every act, and for every part of the case."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

import domain
from domain.case.arrest import standing
from domain.case.case import Case
from domain.case.court import Trial
from domain.common.corrections import Corrections, CorrectsEntry
from domain.event import ACTS, Event, fold, struck
from tests.domain.case.builders_accused import arrested, fir, remanded
from tests.domain.case.builders_accused import struck as striking
from tests.dsl import RECORD, _stamped, act, given

domain.load()
BEGUN = 3
ACTING = sorted(
    name for name, cls in ACTS.items() if cls.register == Case.register and not issubclass(cls, CorrectsEntry)
)


def history(name: str, seed: int) -> list[Event[Any]]:
    """The act among sixty others by chance, in a case with an FIR, an arrest and an article."""
    chance = random.Random(f"{name} {seed}")
    begun = [fir("A1"), arrested("A1"), act("case.PropertySeized")]
    others = [act(chance.choice(ACTING)) for _ in range(60)]
    acts = [*begun, *others]
    acts.insert(chance.randrange(BEGUN, len(acts)), act(name))
    return [_stamped(each, version) for version, each in enumerate(acts, start=1)]


def without_trace(case: Case) -> Case:
    """The case without its count of entries and without the list of what is struck."""
    part = case.part(Corrections)
    return replace(case, version=0, parts={**case.parts, Corrections: replace(part, struck={})})


@pytest.mark.parametrize("name", ACTING)
def test_struck_is_never_happened(name: str) -> None:
    """After a strike the case is the one without that entry, be it this act's or one of the first.

    When the strike is struck in turn, it was never made either.
    """
    for seed in range(BEGUN + 3):
        entries = history(name, seed)
        place = seed if seed < BEGUN else next(n for n, each in enumerate(entries) if each.name == name)
        blank = Case.blank(RECORD)
        strike = _stamped(striking(entries[place], place + 1), len(entries) + 1)
        never = fold(blank, [*entries[:place], *entries[place + 1 :]])
        after = fold(fold(blank, entries), [strike], lambda: entries)  # noqa: B023 (asked at once)
        assert without_trace(after) == without_trace(never)
        assert after.part(Corrections).struck == {place + 1: strike.meta.version}
        back = _stamped(striking(strike, strike.meta.version), strike.meta.version + 1)
        again = fold(after, [back], lambda: [*entries, strike])  # noqa: B023
        assert without_trace(again) == without_trace(fold(blank, entries))
        assert again.part(Corrections).struck == {strike.meta.version: back.meta.version}
        assert again == fold(blank, [*entries, strike, back])


def test_every_act_leaves_something_that_a_strike_must_take_away() -> None:
    """The test above would see an act that does not go: most acts change a case that knows nothing of them."""
    begun = history("case.HearingHeld", 0)[:BEGUN]
    before = without_trace(fold(Case.blank(RECORD), begun))
    changing = [
        name for name in ACTING if without_trace(fold(Case.blank(RECORD), [*begun, _stamped(act(name), 4)])) != before
    ]
    assert len(changing) > len(ACTING) // 2


def test_the_only_arrest_struck_leaves_nobody_in_custody() -> None:
    """Nobody is in custody, no days are counted, and the next arrest is the first."""
    record = given(fir("A1"), arrested("A1"), remanded("A1"), striking(arrested("A1"), 2), striking(arrested("A1"), 3))
    assert standing(record.record, "A1").how == "at large"
    assert standing(record.record, "A1").police_days == 0
    assert not any("again" in each for each in record.when("case.AccusedArrested", accused="A1").decision.doubts)


def test_the_fir_struck_leaves_no_registered_case() -> None:
    """Number, stage, station, sections and day of registration go with it."""
    case = given(fir("A1"), striking(fir("A1"), 1)).record
    assert (case.number, case.stage, case.station, case.sections, case.registered_at) == ("", "", "", (), None)
    assert case.version == 2


def test_what_a_court_did_struck_was_not_done() -> None:
    """The trial is what the entries that stand say."""
    taken = act("case.CognizanceTaken")
    case = given(fir("A1"), taken, striking(taken, 2)).record
    assert case.part(Trial) == Trial()
    assert case.stage == "registered"


def test_a_strike_of_a_strike_of_a_strike() -> None:
    """Each holds only while nothing that holds strikes it."""
    strikes = [striking(fir("A1"), 1), striking(fir("A1"), 2), striking(fir("A1"), 3)]
    entries = [_stamped(each, n) for n, each in enumerate([fir("A1"), *strikes], start=1)]
    assert struck(entries[:2]) == {1: 2}
    assert struck(entries[:3]) == {2: 3}
    assert struck(entries) == {1: 2, 3: 4}
    assert given(fir("A1"), *strikes).record.part(Corrections).struck == {1: 2, 3: 4}


def test_a_strike_needs_the_record_s_entries() -> None:
    """Folding one upon a record alone is a mistake of the program, and is not guessed at."""
    entry, strike = _stamped(fir("A1"), 1), _stamped(striking(fir("A1"), 1), 2)
    case = fold(Case.blank(RECORD), [entry])
    with pytest.raises(ValueError, match="not all at hand"):
        fold(case, [strike])
    with pytest.raises(ValueError, match="not all at hand"):
        fold(case, [strike], list)
