"""How the case ends in court: judgment for each accused (IIF-6), sentence, appeal and its result (IIF-7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.case.arrest import ActOnAccused
from domain.case.case import Case, CaseEntry
from domain.case.court import FOUND_GUILTY, WITHOUT_CHARGE, InCourt, Trial, moved, out_of_order
from domain.case.police_report import CNR, unheard
from domain.common.codes import Code
from domain.common.days import written
from domain.common.matter import Part
from domain.event import Sealed, changed, put


@dataclass(frozen=True, kw_only=True)
class AccusedResult:
    """What the judgment says of one accused, and under which sections."""

    code: Code
    result: Literal[
        "convicted", "acquitted", "discharged", "compounded", "withdrawn", "abated", "plea bargain",
    ]  # fmt: skip
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PropertyOrder:
    """What the judgment orders for one article of the case."""

    property_id: str
    order: Literal["return", "confiscate", "destroy", "auction", "keep until appeal"]


class JudgmentPronounced(InCourt, register="case"):
    """The court pronounces judgment: the result for each accused and the order on the property (IIF-6)."""

    shows = frozenset({"cnr", "results"})

    case_number: str = ""
    results: tuple[AccusedResult, ...]
    property_orders: tuple[PropertyOrder, ...] = ()

    def accused_here(self) -> tuple[str, ...]:
        """Those whom it concerns."""
        return tuple(each.code for each in self.results)

    def refuse(self, case: Case) -> Iterator[str]:
        """It says one thing of each accused it names."""
        yield from super().refuse(case)
        codes = self.accused_here()
        if not codes:
            yield f"the judgment in {case.label} names nobody. Enter the result for each accused."
        for code in sorted({each for each in codes if codes.count(each) > 1}):
            yield f"the judgment in {case.label} gives two results for {code}. Enter one for each accused."

    def doubt(self, case: Case) -> Iterator[str]:
        """A charge comes before it, and one judgment is enough."""
        yield from super().doubt(case)
        trial = case.part(Trial)
        for each in self.results:
            charged_at = trial.charged.get(each.code)
            if charged_at is None and each.result in WITHOUT_CHARGE:
                continue
            yield from out_of_order(self, case, f"a charge against {each.code}", charged_at)
            if each.code in trial.results:
                yield f"{each.code} was already {trial.results[each.code]} in {case.label}"

    def apply(self, case: Case) -> Case:
        """Each accused has a result."""
        trial = case.part(Trial)
        results = {**trial.results, **{each.code: each.result for each in self.results}}
        judged = changed(trial, results=results, judged_at=self.meta.occurred_at)
        return case.keep(judged, stage=moved(case, "judgment"))


class JudgmentUploaded(InCourt, register="case"):
    """The court puts a copy of the judgment on its portal (BNSS s.392(4))."""

    url: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """There is a judgment to upload."""
        yield from super().doubt(case)
        yield from out_of_order(self, case, "a judgment", case.part(Trial).judged_at)


class SentencePassed(ActOnAccused, register="case"):
    """The court sentences a convicted accused. Terms add up years, months and days; a fine is in paise."""

    shows = frozenset({"accused", "sections"})

    court: str
    punishments: tuple[
        Literal[
            "death", "imprisonment for life", "rigorous imprisonment", "simple imprisonment", "fine",
            "forfeiture of property", "community service", "probation",
        ],
        ...,
    ]  # fmt: skip
    years: int = 0
    months: int = 0
    days: int = 0
    fine_paise: int = 0
    default_days: int = 0
    compensation_paise: int = 0
    set_off_days: int = 0
    concurrent: bool = True
    sections: tuple[str, ...] = ()

    def refuse(self, case: Case) -> Iterator[str]:
        """A sentence is a punishment, and no term or sum of it is less than nothing."""
        yield from super().refuse(case)
        if not self.punishments:
            yield f"the sentence of {self.accused} names no punishment. Enter what the court ordered."
        sums = (self.years, self.months, self.days, self.fine_paise, self.default_days, self.compensation_paise)
        if min(*sums, self.set_off_days) < 0:
            yield f"the sentence of {self.accused} has a term or a sum below nothing. Enter it as the court ordered it."

    def doubt(self, case: Case) -> Iterator[str]:
        """It follows a conviction, and is passed once."""
        yield from unheard(case, [self.accused])
        trial = case.part(Trial)
        result = trial.results.get(self.accused)
        if result is None:
            yield f"{self.accused} is sentenced before any judgment on {self.accused} in {case.label}"
        elif result not in FOUND_GUILTY:
            yield f"{self.accused} is sentenced, and was {result} in {case.label}"
        elif trial.judged_at and self.meta.occurred_at < trial.judged_at:
            yield f"the sentence of {self.accused} is dated before the judgment of {written(trial.judged_at)}"
        if self.accused in trial.sentenced:
            yield f"{self.accused} was already sentenced on {written(trial.sentenced[self.accused])}"

    def apply(self, case: Case) -> Case:
        """The accused is sentenced."""
        trial = case.part(Trial)
        sentenced = put(trial.sentenced, self.accused, self.meta.occurred_at)
        return case.keep(changed(trial, sentenced=sentenced), stage=moved(case, "sentenced"))


@dataclass(frozen=True)
class Appeal:
    """An appeal by its number: who is concerned, since when, and its result once it has one."""

    accused: tuple[str, ...] = ()
    filed_at: datetime | None = None
    main: bool = True
    """Whether it is against the end of the trial; one against an order on the way closes nothing."""
    result: str = ""


@dataclass(frozen=True)
class Appeals(Part):
    """The appeals of the case by their numbers."""

    appeals: Mapping[str, Appeal] = field(default_factory=dict)


class AppealFiled(CaseEntry, register="case"):
    """An appeal against the judgment or the sentence is filed by the accused, the State or the victim."""

    shows = frozenset({"accused", "against", "appeal"})
    one_sided = "filed by a party, with the appellate court, whose number of it stands in the entry"

    appeal: str
    court: str
    filed_by: Literal["accused", "State", "victim", "informant"]
    against: Literal["conviction", "acquittal", "sentence", "other order"]
    accused: tuple[Code, ...] = ()
    appeal_cnr: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """An appeal is filed once."""
        if self.appeal_cnr and not CNR.fullmatch(self.appeal_cnr):
            yield f"the CNR of appeal {self.appeal} is not one: it has 16 capital letters and digits."
        was = case.part(Appeals).appeals.get(self.appeal)
        if was and was.filed_at:
            yield f"appeal {self.appeal} is already entered in {case.label}. Give the new appeal its own number."

    def doubt(self, case: Case) -> Iterator[str]:
        """There should be a judgment to appeal against."""
        yield from unheard(case, self.accused)
        if self.against != "other order":
            yield from out_of_order(self, case, "a judgment", case.part(Trial).judged_at)

    def apply(self, case: Case) -> Case:
        """The appeal is open."""
        main = self.against != "other order"
        new = Appeal(self.accused, self.meta.occurred_at, main)
        appeals = Appeals(put(case.part(Appeals).appeals, self.appeal, new))
        return case.keep(appeals, stage="appeal" if main else case.stage)


class AppealDecided(CaseEntry, register="case"):
    """The result of an appeal (IIF-7), for each accused where it differs."""

    shows = frozenset({"appeal", "result", "results"})

    appeal: str
    court: str
    result: Literal[
        "dismissed", "allowed", "partly allowed", "sentence changed", "retrial ordered", "withdrawn", "abated",
    ]  # fmt: skip
    results: tuple[AccusedResult, ...] = ()
    remarks: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """It decides an open appeal, later than that was filed."""
        yield from unheard(case, (each.code for each in self.results))
        was = case.part(Appeals).appeals.get(self.appeal)
        if was is None:
            yield f"{case.label} does not show that appeal {self.appeal} was filed"
            return
        if was.result:
            yield f"appeal {self.appeal} of {case.label} was already {was.result}"
        if was.filed_at and self.meta.occurred_at < was.filed_at:
            yield f"appeal {self.appeal} is decided before it was filed on {written(was.filed_at)}"

    def apply(self, case: Case) -> Case:
        """With the last open appeal the case is closed, unless it is to be tried again."""
        appeals, trial = case.part(Appeals).appeals, case.part(Trial)
        was = appeals.get(self.appeal, Appeal())
        appeals = put(appeals, self.appeal, changed(was, result=self.result))
        results = {**trial.results, **{each.code: each.result for each in self.results}}
        now = case.keep(Appeals(appeals))
        if not was.main:
            return now
        if self.result == "retrial ordered":
            again = set(was.accused or results)
            results = {code: result for code, result in results.items() if code not in again}
            sentenced = {code: at for code, at in trial.sentenced.items() if code not in again}
            return now.keep(changed(trial, results=results, sentenced=sentenced), stage="cognizance taken")
        pending = any(each.main and not each.result for each in appeals.values())
        return now.keep(changed(trial, results=results), stage=case.stage if pending else "closed")
