"""Whatever a station enters about an article, in whatever order: one holder, one place, and nothing lost or gained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.case.case import Case
from domain.event import ACTS, Actor, Event, Meta, decide
from domain.malkhana.article import ENDED, WITH_OFFICER, Article, Malkhana, standing
from domain.malkhana.custody import MovesProperty
from domain.malkhana.parcel import Sample
from domain.shape import Shape, columns
from tests.domain.case.builders_chance import INSTANTS, SIMPLE
from tests.domain.case.builders_property import (
    BOND,
    CARRIER,
    COURT,
    DEPOSIT,
    DISPATCH,
    DISPOSAL,
    FSL,
    KEEPER,
    ORDER,
    PRODUCTION,
    RECEIPT,
    RETURN,
    on,
    seized,
)
from tests.dsl import OFFICER, RECORD, act

CHAPTERS = {f"domain.case.{each}" for each in ("property_seizure", "property", "laboratory", "medical", "report")}
OFFICERS = st.sampled_from([OFFICER.id, KEEPER.id, CARRIER.id])
ARTICLES = st.sampled_from(["PR/1", "PR/1", "PR/1/S1", "PR/2"])
PERSONS = st.sampled_from(["V1", "V1", "A1", "somebody"])
PLACES = st.sampled_from(["FSL Raipur", "CJM Raipur"])
AMOUNTS = st.sampled_from([Decimal(each) for each in ("500", "250", "0", "0", "-1", "NaN", "sNaN", "Infinity")])
ACTORS = st.sampled_from([KEEPER, KEEPER, OFFICER, CARRIER, Actor()])
WORDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("property_id", "id", "properties"), ARTICLES),
    **dict.fromkeys(("person", "code", "from_code", "recipient_code", "about", "witness"), PERSONS),
    **dict.fromkeys(("carrier", "depositor", "keeper", "to_officer", "from_officer"), OFFICERS),
    **dict.fromkeys(("laboratory", "court", "place"), PLACES),
    **dict.fromkeys(("quantity", "remaining", "consumed"), AMOUNTS),
    "unit": st.just("g"), "version": st.integers(1, 4), "reason": st.just("why"),
}  # fmt: skip
"""What may stand in a column of this name; in any other text, a word that may have been used before."""
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def value(shape: Shape, name: str) -> st.SearchStrategy[Any]:
    """Anything that may stand in a column."""
    if shape.kind == "choice":
        return st.sampled_from(shape.choices)
    if shape.inner is not None:
        inner = value(shape.inner, name)
        return st.none() | inner if shape.kind == "optional" else st.lists(inner, max_size=2).map(tuple)
    if shape.of is not None:
        return st.builds(shape.of, **{each.name: value(each.shape, each.name) for each in shape.columns})
    plain = st.sampled_from(["", "1", "K"]) if shape.kind == "text" else SIMPLE[shape.kind]
    return WORDS.get(name, plain)


def likely() -> list[Event[Any]]:
    """What stations do with an article: acts that follow on one another in some order."""
    domain.load()
    made: list[Event[Any]] = []
    for officer in (OFFICER, CARRIER, KEEPER):
        made += [on("PropertyDeposited", **{**DEPOSIT, "depositor": officer.id, "keeper": "CG-2002"})]
        made += [on("PropertyTakenOver", from_officer=officer.id, place="office", reason="enquiry")]
        made += [on("PropertyHandedOver", to_officer=officer.id, purpose="enquiry")]
    for whole in (500, 250, 125):
        half = Decimal(whole) / 2
        samples = (Sample(id=f"PR/1/S{whole}", quantity=half, unit="g"),)
        made += [on("PropertySplit", samples=samples, remaining=half, reason="analysis")]
        made += [on("PropertySplit", samples=samples, remaining=Decimal(0), consumed=half, reason="analysis")]
    for consumed, quantity in ((Decimal(0), None), (Decimal(5), None), (Decimal(250), Decimal(0))):
        made += [on("PropertyReturnedFromLaboratory", **{**RETURN, "consumed": consumed, "quantity": quantity})]
    return [
        *made, on("PropertySentToLaboratory", **DISPATCH), on("PropertyReceivedByLaboratory", **RECEIPT),
        on("PropertyRejectedByLaboratory", laboratory=FSL, reason="no note"),
        on("PropertyProducedInCourt", **PRODUCTION),
        on("PropertyReturnedFromCourt", court=COURT, carrier=CARRIER.id), on("PropertyReleasedOnBond", **BOND),
        on("PropertyRecalled", person="V1", place="station"), on("DisposalOrdered", **ORDER),
        on("PropertyDisposed", **DISPOSAL), on("PropertyMissing"), on("PropertyFound", place="rack 9"),
    ]  # fmt: skip


def histories() -> st.SearchStrategy[list[Event[Any]]]:
    """Any sequence of acts of these chapters, at any times, by several officers, some struck afterwards."""
    domain.load()
    kinds = [cls for cls in ACTS.values() if cls.__module__ in CHAPTERS]
    kinds.append(ACTS["case.EntryCorrected"])
    made = [st.builds(cls, **{each.name: value(each.shape, each.name) for each in columns(cls)}) for cls in kinds]
    dated = st.builds(
        lambda act, at, by: replace(act, meta=Meta(occurred_at=at, actor=by, station="CG-RPR-01")),
        st.one_of(made),
        INSTANTS,
        ACTORS,
    )
    return st.lists(dated, min_size=15, max_size=40)


CHOICES = st.lists(st.tuples(st.integers(0, 999), ACTORS, INSTANTS), min_size=5, max_size=40)


def walked(choices: list[tuple[int, Actor, datetime]], *, corrected: bool) -> Iterator[tuple[Event[Any], Case, Case]]:
    """Whatever may be entered next, chosen by chance, again and again: each entry with the case before and after it."""
    case, usual = Case.blank(RECORD).after(_stamped(seized(), 1)), likely()
    for choice, by, at in choices:
        strike = act("case.EntryCorrected", version=choice % case.version + 1, reason="entered wrongly")
        ways = [*usual, strike] if corrected else usual
        asked = [_stamped(replace(each, meta=Meta(occurred_at=at, actor=by)), case.version + 1) for each in ways]
        accepted = [each for each in asked if not decide(each, case).reasons]
        if accepted:
            entry, before = accepted[choice % len(accepted)], case
            case = case.after(entry)
            yield entry, before, case


@UNHURRIED
@given(CHOICES)
def test_any_history_that_was_accepted_folds(choices: list[tuple[int, Actor, datetime]]) -> None:
    """Each article has one state; custody that ended goes on only when an entry is struck."""
    for entry, before, case in walked(choices, corrected=True):
        assert case.version == before.version + 1
        ended = [each for each in before.part(Malkhana).articles if _state(before, each) in ENDED]
        assert entry.name == "case.EntryCorrected" or all(_state(case, each) in ENDED for each in ended)


@UNHURRIED
@given(CHOICES)
def test_nothing_is_lost_or_gained(choices: list[tuple[int, Actor, datetime]]) -> None:
    """What was seized is in the register, in samples and all, but for what tests have used up."""
    total = Decimal(500)
    for entry, _, case in walked(choices, corrected=False):
        total -= getattr(entry, "consumed", 0)
        assert sum(each.quantity for each in _articles(case)) == total


@UNHURRIED
@given(CHOICES)
def test_there_is_one_holder_at_every_instant(choices: list[tuple[int, Actor, datetime]]) -> None:
    """The holder changes by a move of that article alone, and an officer's article only leaves his own hands."""
    for entry, before, case in walked(choices, corrected=False):
        for now in _articles(case):
            was = standing(before, now.property_id)
            if was is None or was.holder == now.holder:
                continue
            assert isinstance(entry, MovesProperty)
            assert entry.property_id == now.property_id
            assert was.state not in WITH_OFFICER or entry.giver in {"", was.holder}


@UNHURRIED
@given(histories())
def test_what_is_recorded_has_happened_and_no_answer_names_a_person(history: list[Event[Any]]) -> None:
    """Entries that today's rules would refuse fold, too; no reason or doubt holds a sealed text or a would-be code."""
    case = Case.blank(RECORD)
    for version, each in enumerate(history, start=1):
        entry = _stamped(each, version)
        answer = decide(entry, case)
        assert all((*answer.reasons, *answer.doubts))
        said = " ".join((*answer.reasons, *answer.doubts))
        assert "Someone" not in said
        assert "somebody" not in said
        if not answer.reasons:
            case = case.after(entry)
    for version, each in enumerate(history, start=case.version + 1):
        case = case.after(_stamped(each, version))


def _state(case: Case, property_id: str) -> str:
    found = standing(case, property_id)
    return found.state if found else ""


def _articles(case: Case) -> list[Article]:
    return [found for each in case.part(Malkhana).articles if (found := standing(case, each))]


def _stamped(entry: Event[Any], version: int) -> Event[Any]:
    return replace(entry, meta=replace(entry.meta, version=version))
