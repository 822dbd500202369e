"""Judgment, sentence, appeal: entered in whatever order the papers come, with the doubts that the order raises."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case.court import Trial
from domain.case.judgment import (
    AccusedResult,
    AppealDecided,
    AppealFiled,
    Appeals,
    JudgmentPronounced,
    JudgmentUploaded,
    SentencePassed,
)
from tests.domain.case.builders_accused import CNR, OTHER_CNR, after, fir, struck
from tests.domain.case.test_court import FRAMED, TRIED
from tests.dsl import act, given


def result(outcome: str, code: str = "A1") -> AccusedResult:
    """What the judgment says of A1, or of another."""
    return AccusedResult(code=code, result=outcome)  # type: ignore[arg-type]


CONVICTION = (result("convicted"),)
JUDGED = (*TRIED, FRAMED, act(JudgmentPronounced, results=CONVICTION))
PRISON: dict[str, Any] = {"accused": "A1", "punishments": ("rigorous imprisonment",), "years": 3}
SENTENCED = (*JUDGED, act(SentencePassed, **PRISON))
APPEAL: dict[str, Any] = {"appeal": "CRA/5", "accused": ("A1",), "against": "conviction"}
APPEALED = (*SENTENCED, act(AppealFiled, **APPEAL))


def test_a_judgment_gives_each_accused_a_result() -> None:
    """After a charge the court convicts or acquits."""
    case = given(*TRIED, FRAMED).when(JudgmentPronounced, results=CONVICTION).entered()
    assert case.part(Trial).results == {"A1": "convicted"}
    assert case.part(Trial).judged_at == after(hours=6)
    assert case.stage == "judgment"


def test_a_judgment_names_each_accused_once() -> None:
    """A judgment on nobody, or with two results for one accused, is refused."""
    given(*TRIED).when(JudgmentPronounced, results=()).refused("names nobody")
    both = (result("convicted"), result("acquitted"))
    given(*TRIED).when(JudgmentPronounced, results=both).refused("gives two results for A1")
    given(*TRIED).when(JudgmentPronounced, results=(result("convicted", "Ramesh"),)).refused("by a code")


@pytest.mark.parametrize("outcome", ["convicted", "acquitted"])
def test_a_judgment_without_a_charge_is_doubted(outcome: str) -> None:
    """Nobody is convicted or acquitted without a charge, or before it."""
    given(*TRIED).when(JudgmentPronounced, results=(result(outcome),)).doubted("a charge against A1 is not entered")
    given(*TRIED, FRAMED).when(JudgmentPronounced, results=(result(outcome),), at=after(-1)).doubted(
        "dated before a charge against A1"
    )


@pytest.mark.parametrize("outcome", ["discharged", "compounded", "withdrawn", "abated", "plea bargain"])
def test_a_case_may_end_before_a_charge(outcome: str) -> None:
    """Discharge, compounding, withdrawal, abatement and plea bargain need no charge."""
    given(*TRIED).when(JudgmentPronounced, results=(result(outcome),)).entered()


def test_a_second_judgment_is_doubted() -> None:
    """Who has a result already has it; the new one is entered with its doubt."""
    case = given(*JUDGED).when(JudgmentPronounced, results=(result("acquitted"),)).doubted("A1 was already convicted")
    assert case.part(Trial).results == {"A1": "acquitted"}


def test_a_judgment_on_a_stranger_or_under_another_number_is_doubted() -> None:
    """A judgment on somebody of whom the record has not heard, or under another CNR, is doubted."""
    strange = (result("discharged", "A7"),)
    given(*TRIED).when(JudgmentPronounced, results=strange, cnr=OTHER_CNR).doubted(
        "A7 is so far named neither", "the court's number here is"
    )
    given(fir("A1")).when(JudgmentPronounced, results=CONVICTION).doubted("no police report in court before this")


def test_a_judgment_is_uploaded() -> None:
    """There is a judgment to upload."""
    given(*JUDGED).when(JudgmentUploaded, cnr=CNR).entered()
    given(*TRIED).when(JudgmentUploaded, cnr=CNR).doubted("a judgment is not entered in 0012/2026 before this")
    given(*JUDGED).when(JudgmentUploaded, cnr=OTHER_CNR).doubted("the court's number here is")


def test_a_sentence_follows_a_conviction() -> None:
    """A convicted accused is sentenced."""
    case = given(*JUDGED).when(SentencePassed, **PRISON).entered()
    assert case.part(Trial).sentenced == {"A1": after(hours=7)}
    assert case.stage == "sentenced"


def test_a_sentence_out_of_order_is_doubted() -> None:
    """A sentence before the judgment, on somebody acquitted, dated before the judgment, or passed again."""
    given(*TRIED).when(SentencePassed, **PRISON).doubted("A1 is sentenced before any judgment on A1 in 0012/2026")
    acquitted = act(JudgmentPronounced, results=(result("acquitted"),))
    given(*TRIED, FRAMED, acquitted).when(SentencePassed, **PRISON).doubted("A1 is sentenced, and was acquitted")
    given(*JUDGED).when(SentencePassed, **PRISON, at=after(-1)).doubted("dated before the judgment of 2 July 2026")
    given(*SENTENCED).when(SentencePassed, **PRISON).doubted("A1 was already sentenced on 2 July 2026")
    given(*JUDGED).when(SentencePassed, **{**PRISON, "accused": "A7"}).doubted("A7 is so far named neither")


def test_the_same_moment_is_in_order() -> None:
    """Sentenced with the judgment, and decided on the day of filing: both in order."""
    given(*JUDGED).when(SentencePassed, **PRISON, at=after(hours=6)).entered()
    given(*APPEALED).when(AppealDecided, appeal="CRA/5", result="dismissed", at=after(hours=8)).entered()


def test_a_late_judgment_leaves_a_sentenced_case_sentenced() -> None:
    """The judgment that is entered after the sentence does not take the case back."""
    case = given(*TRIED, FRAMED, act(SentencePassed, **PRISON), act(JudgmentPronounced, results=CONVICTION)).record
    assert case.stage == "sentenced"


def test_a_sentence_is_a_punishment() -> None:
    """A sentence without a punishment, or with a term below nothing, is refused."""
    given(*JUDGED).when(SentencePassed, accused="A1", punishments=()).refused("names no punishment")
    given(*JUDGED).when(SentencePassed, **{**PRISON, "years": -1}).refused("a term or a sum below nothing")
    given(*JUDGED).when(SentencePassed, **PRISON, fine_paise=-1).refused("a term or a sum below nothing")
    given(*JUDGED).when(SentencePassed, **{**PRISON, "accused": "Ramesh"}).refused("by a code")


def test_an_appeal_is_filed_once() -> None:
    """An appeal has a number of its own, which may be entered anew when the entry was struck."""
    case = given(*SENTENCED).when(AppealFiled, **APPEAL).entered()
    assert case.stage == "appeal"
    given(*APPEALED).when(AppealFiled, **APPEAL).refused("appeal CRA/5 is already entered in 0012/2026")
    given(*APPEALED, struck(APPEALED[-1], len(APPEALED))).when(AppealFiled, **APPEAL).entered()


def test_an_appeal_goes_by_codes_and_numbers() -> None:
    """A name in place of a code, or what is no CNR, is refused."""
    given(*SENTENCED).when(AppealFiled, **{**APPEAL, "accused": ("Ramesh",)}).refused("by a code")
    given(*SENTENCED).when(AppealFiled, **APPEAL, appeal_cnr="12").refused("the CNR of appeal CRA/5 is not one")
    given(*SENTENCED).when(AppealFiled, **APPEAL, appeal_cnr=OTHER_CNR).entered()


def test_an_appeal_before_a_judgment_is_doubted() -> None:
    """There should be a judgment to appeal against; an order on the way needs none and moves nothing."""
    given(*TRIED).when(AppealFiled, **APPEAL).doubted("a judgment is not entered in 0012/2026 before this")
    given(*TRIED).when(AppealFiled, **{**APPEAL, "accused": ("A7",)}).doubted("A7 is so far named neither")
    case = given(*TRIED).when(AppealFiled, **{**APPEAL, "against": "other order"}).entered()
    assert case.stage == "cognizance taken"


def test_the_last_appeal_closes_the_case() -> None:
    """With the last open appeal decided the case is closed; until then it is in appeal."""
    case = given(*APPEALED).when(AppealDecided, appeal="CRA/5", result="dismissed").entered()
    assert case.stage == "closed"
    second = act(AppealFiled, **{**APPEAL, "appeal": "CRA/6"})
    case = given(*APPEALED, second).when(AppealDecided, appeal="CRA/5", result="dismissed").entered()
    assert case.stage == "appeal"


def test_an_appeal_against_an_order_on_the_way_closes_nothing() -> None:
    """The result of an appeal against another order leaves the trial where it is."""
    other = act(AppealFiled, **{**APPEAL, "against": "other order"})
    case = given(*TRIED, other).when(AppealDecided, appeal="CRA/5", result="dismissed").entered()
    assert case.stage == "cognizance taken"


def test_an_appeal_changes_results() -> None:
    """The result of the appeal for each accused replaces that of the trial."""
    results = (result("acquitted"),)
    case = given(*APPEALED).when(AppealDecided, appeal="CRA/5", result="allowed", results=results).entered()
    assert case.part(Trial).results == {"A1": "acquitted"}


def test_a_retrial_begins_anew() -> None:
    """When a retrial is ordered, result and sentence are open again."""
    case = given(*APPEALED).when(AppealDecided, appeal="CRA/5", result="retrial ordered").entered()
    assert case.stage == "cognizance taken"
    assert case.part(Trial).results == {}
    assert case.part(Trial).sentenced == {}


def test_a_closed_case_stays_closed() -> None:
    """A charge that is entered after the last appeal was decided does not take the case back."""
    decided = act(AppealDecided, appeal="CRA/5", result="dismissed")
    assert given(*APPEALED, decided, FRAMED).record.stage == "closed"


def test_the_result_of_an_unknown_appeal_is_doubted() -> None:
    """IIF-7 may be the first that a station hears of an appeal."""
    case = (
        given(*SENTENCED)
        .when(AppealDecided, appeal="CRA/5", result="dismissed")
        .doubted("does not show that appeal CRA/5 was filed")
    )
    assert case.part(Appeals).appeals["CRA/5"].result == "dismissed"


def test_an_appeal_is_decided_once_and_after_it_was_filed() -> None:
    """A second result, one dated before the appeal, or one on a stranger is doubted; a name is refused."""
    decided = act(AppealDecided, appeal="CRA/5", result="dismissed")
    given(*APPEALED, decided).when(AppealDecided, appeal="CRA/5", result="allowed").doubted("was already dismissed")
    given(*APPEALED).when(AppealDecided, appeal="CRA/5", at=after(-1)).doubted(
        "decided before it was filed on 2 July 2026"
    )
    given(*APPEALED).when(AppealDecided, appeal="CRA/5", results=(result("acquitted", "A7"),)).doubted("A7 is so far")
    given(*APPEALED).when(AppealDecided, appeal="CRA/5", results=(result("acquitted", "X"),)).refused("by a code")
