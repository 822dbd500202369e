"""Views and the register never disagree: whatever was accepted, and whatever was struck, both show the same."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import domain
from domain.case.case import Case
from domain.case.court import Charge
from domain.case.judgment import AccusedResult
from domain.common.matter import shown
from domain.event import ACTS, Actor, Event, changed, decide, fold
from domain.malkhana.article import standing
from projections.articles import Articles
from projections.case_state import CaseState
from projections.malkhana import Malkhana
from projections.slip import act_of, slip_of
from projections.view import fold_record
from roznamcha.agreeing import disagreements, elsewhere, otherwise
from tests.domain.case.builders_accused import acknowledged, arrested, submitted
from tests.domain.case.builders_chance import ACTORS, INSTANTS
from tests.domain.case.builders_fir import by_station, fir
from tests.domain.case.builders_property import KEEPER, deposited, item, received, seized, sent
from tests.domain.case.test_property_by_chance import CHOICES, walked
from tests.domain.test_fold import history
from tests.dsl import RECORD, act
from tests.dsl import given as given_acts

UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CNR = "CGRP010012342026"


def differences(entries: list[Event[Any]]) -> list[str]:
    """In what the views differ from the case of these entries. States are as the tables give them back: JSON."""
    case = fold(Case.blank(RECORD), entries)
    return [*otherwise(case, _rows(CaseState(), entries)[0]), *elsewhere(case, _shelf(entries))]


def _rows(view: CaseState | Articles, entries: list[Event[Any]]) -> list[Any]:
    state = view.empty((RECORD,))
    for entry in entries:
        for _, handler in view.touched(entry):
            handler(view, state, entry)
        for name in ("slips", "corrections", "districts"):
            if hasattr(state, name):
                setattr(state, name, json.loads(json.dumps(getattr(state, name))))
    return list(view.rows(state))


def _shelf(entries: list[Event[Any]]) -> dict[str, Malkhana.Row]:
    return {row.property_id: row for row in _rows(Articles(), entries) if isinstance(row, Malkhana.Row)}


def usual() -> list[Event[Any]]:
    """What brings a case on, in some order, at two stations."""
    domain.load()
    here = [
        fir("A1"), fir("A1", "A2", fir_number=13), arrested("A1"), arrested("A2"), submitted("CS/1", "A1"),
        acknowledged("CS/1", "A1"), act("case.SectionsAltered", sections=("BNS 103(1)",)),
        act("case.AccusedNamed", accused="A3", how="known"), act("case.InvestigatorAssigned", investigator="CG-1"),
        act("case.InvestigatorChanged", from_officer="CG-1", investigator="CG-2"),
        act("case.InformationReceived", sections=("BNS 64(1)",)),
        act("case.NonCognizableReported", ncr_number=1, year=2026),
        act("case.ZeroFIRRegistered", zero_number=1, year=2026, for_station="CG-RPR-02"),
        act("case.PreliminaryEnquiryOrdered"), act("case.PreliminaryEnquiryConcluded", outcome="close"),
        act("case.CaseTransferred", to_station="CG-RPR-02"), act("case.FIRTransferred", to_station="CG-RPR-02"),
        act("case.CaseMerged", direction="to the other"), act("case.CaseReopened", reason="new evidence"),
        act("case.FinalReportPrepared", number="CS/1", kind="untraced", accused=()),
        act("case.ChargesheetReturnedWithDefect", number="CS/1"), act("case.FinalReportFiled", number="FR/1"),
        act("case.FinalReportAcknowledged", number="FR/1", cnr=CNR),
        act("case.FinalReportDecided", number="FR/1", outcome="accepted", cnr=CNR),
        act("case.FinalReportDecided", number="FR/1", outcome="further investigation ordered", cnr=CNR),
        act("case.CognizanceTaken", cnr=CNR), act("case.CaseCommitted", cnr=CNR),
        act("case.ChargeFramed", charges=(Charge(code="A1", sections=("BNS 303(2)",)),), cnr=CNR),
        act("case.JudgmentPronounced", results=(AccusedResult(code="A1", result="convicted"),), cnr=CNR),
        act("case.SentencePassed", accused="A1", punishments=("fine",)),
        act("case.AppealFiled", appeal="1", against="conviction"), act("case.AppealDecided", appeal="1"),
        act("case.AppealDecided", appeal="1", result="retrial ordered"), seized(),
    ]  # fmt: skip
    there = [
        act("case.CaseReceived", from_station="CG-RPR-01"),
        act("case.FIRReceivedByStation", from_station="CG-RPR-01"),
    ]
    return [*here, *map(by_station, there)]


def lives(choices: list[tuple[int, Actor, datetime]]) -> Iterator[Event[Any]]:
    """Whatever may be entered next of a case's life, chosen by chance; every third time something is struck."""
    entries: list[Event[Any]] = []
    case = Case.blank(RECORD)
    for choice, by, at in choices:
        strike = act("case.EntryCorrected", version=choice % (case.version + 1), reason="entered wrongly")
        asked = [strike, strike] if entries and choice % 3 == 0 else usual()
        ready = [
            changed(each, meta=changed(each.meta, version=case.version + 1, occurred_at=at, actor=by)) for each in asked
        ]
        accepted = [each for each in ready if not decide(each, case).reasons]
        if accepted:
            entry = accepted[choice % len(accepted)]
            case = fold(case, [entry], entries.copy)
            entries.append(entry)
            yield entry


@UNHURRIED
@given(st.lists(st.tuples(st.integers(0, 9_999), ACTORS, INSTANTS), min_size=5, max_size=30))
def test_the_board_shows_the_case_as_the_register_has_it(choices: list[tuple[int, Actor, datetime]]) -> None:
    """Stage, number, station, sections, accused and arrests, through transfers, mergers, courts and corrections."""
    entries = list(lives(choices))
    assert not entries or differences(entries) == []


@UNHURRIED
@given(CHOICES)
def test_the_shelf_shows_each_article_as_the_register_has_it(choices: list[tuple[int, Actor, datetime]]) -> None:
    """State, place, holder, seal and quantity, whatever was accepted of an article, and whatever of it was struck."""
    first = seized()
    entries = [changed(first, meta=changed(first.meta, version=1))]
    entries += [entry for entry, _, _ in walked(choices, corrected=True)]
    assert differences(entries) == []


@pytest.mark.parametrize("number", range(40))
def test_a_sample_case_agrees(number: int) -> None:
    """So do the sample district's cases, as far as each has come."""
    assert differences(history(number)) == []


def test_a_view_that_disagrees_is_named() -> None:
    """The comparison isn't empty: it names the column, the article that is too many and the one that is missing."""
    entries = list(given_acts(fir("A1"), seized(), deposited(by=KEEPER)).entries)
    case = fold(Case.blank(RECORD), entries)
    (state,) = fold_record(CaseState(), entries)
    shelf = _shelf(entries)
    assert list(otherwise(case, None)) == ["the view case_state has no row for a record of the register"]
    state.stage, state.sections = "judgment", ["BNS 103(1)"]
    assert list(otherwise(case, state)) == ["the view case_state says otherwise than the register: stage, sections"]
    shelf["PR/1"].holder = "CG-9"
    assert list(elsewhere(case, shelf)) == ["the view malkhana says otherwise than the register of PR/1: holder"]
    assert list(elsewhere(case, {})) == ["the view malkhana lacks PR/1, unlike the register"]
    shelf["PR/9"] = shelf["PR/1"]
    found = [
        why for _, why in disagreements({RECORD: entries}, {"malkhana": shelf.values(), "case_state": [state]}, {})
    ]
    assert len(found) == 2
    assert list(disagreements({RECORD: entries}, {"case_state": [state]}, {"case_state": {RECORD}})) == []


def test_what_moves_the_case_is_told() -> None:
    """An act that writes into a line of the case itself is among those the view keeps, so that none is forgotten."""
    lines = ("stage=", "sections=", "number=", "registered_at=", "results=", ".naming(")
    domain.load()
    for name, cls in ACTS.items():
        written = "".join(inspect.getsource(vars(each)["apply"]) for each in cls.__mro__ if "apply" in vars(each))
        moves = any(line in written for line in lines)
        assert not moves or shown(cls) is not None, name


def test_a_slip_has_no_sealed_column() -> None:
    """What is sealed goes on no slip, and an act can be made of a slip again, down to the last row."""
    told: Any = fir("A1", "A2")
    slip = slip_of(told)
    assert "Someone" not in json.dumps(slip)
    assert [each["code"] for each in slip["columns"]["accused"]] == ["A1", "A2"]
    again: Any = act_of(json.loads(json.dumps(slip)))
    assert (again.fir_number, again.sections, again.gd_entry) == (told.fir_number, told.sections, told.gd_entry)
    assert [each.code for each in again.accused] == ["A1", "A2"]
    assert slip_of(told, shown(type(told)))["columns"].keys() < slip["columns"].keys()


def test_consumption_samples_and_seals_are_the_registers() -> None:
    """What the laboratory used up, and what a split left, stand on the shelf as in the register."""
    acts = (fir(), seized(item()), deposited(), sent(), received())
    back = act("case.PropertyReturnedFromLaboratory", property_id="PR/1", laboratory="FSL Raipur", carrier="CG-3001",
               seal="FSL", consumed=Decimal(20))  # fmt: skip
    entries = list(given_acts(*acts, back).entries)
    article = standing(fold(Case.blank(RECORD), entries), "PR/1")
    row = _shelf(entries)["PR/1"]
    assert article is not None
    assert (row.quantity, row.holder, row.seal, row.state) == ("480", "CG-3001", "FSL", "issued")
    assert row.quantity == str(article.quantity)
