"""Before an FIR, or instead of one: the information, its signature, a preliminary enquiry, an NCR, a refusal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.case.fir import Fir, TellsOfOffence, ill_written, registration
from domain.case.ranks import at_least_dysp
from domain.common.codes import Code
from domain.common.days import BNSS_BEGAN, day, written
from domain.common.matter import Done
from domain.common.periods import SIGNATURE
from domain.event import Numbered, Sealed, changed


class InformationReceived(TellsOfOffence, register="case", opens=True):
    """Somebody informs the station of an offence: by word of mouth, in writing or electronically (BNSS s.173(1))."""

    gist: Sealed
    place: str = ""
    place_address: Sealed | None = None
    gd_entry: str = ""
    language: str = ""
    reduced_to_writing: bool = False
    read_over: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """After the first information, a further one is as a rule a statement in the investigation."""
        yield from super().doubt(case)
        if registration(case):
            yield f"information is received in {case.label}, whose FIR is registered already"
        elif case.part(Fir).information:
            yield "an information is already entered in this record"

    def apply(self, case: Case) -> Case:
        """The station knows. What an FIR said already is not overwritten by what was said before it."""
        part = changed(self.persons(case), information=self.done())
        if registration(case):
            part = changed(part, mode=case.part(Fir).mode, informant=case.part(Fir).informant)
        station, sections = case.station or self.meta.station, case.sections or self.sections
        return case.keep(part, station=station, sections=sections, stage=case.stage or "information")


class InformationSigned(CaseEntry, register="case"):
    """The person who gave the information signs it; electronic information within three days (BNSS s.173(1)(ii))."""

    person: Code = "I1"
    means: Literal["signature", "thumb impression", "electronic signature"]

    def refuse(self, case: Case) -> Iterator[str]:
        """There must be something to sign."""
        part = case.part(Fir)
        if not any(each for each in (part.information, part.zero, part.registered, part.non_cognizable)):
            yield "nothing can be signed: no information is entered here. Record case.InformationReceived first."

    def doubt(self, case: Case) -> Iterator[str]:
        """Once, by the informant, after the receipt and in its three days."""
        part = case.part(Fir)
        if self.person != part.informant:
            yield f"{self.person} signs, and the informant of {case.label} is {part.informant}"
        if part.signed:
            yield f"the information of {case.label} was signed already"
        received = part.information
        if received and self.meta.occurred_at < received.at:
            yield f"it is signed before it was received on {written(received.at)}"
        if received and part.mode == "electronic":
            yield from signed_late(received.at, self.meta.occurred_at)

    def apply(self, case: Case) -> Case:
        """It is signed."""
        return case.keep(changed(case.part(Fir), signed=Done(self.meta.version, self.meta.occurred_at)))


def signed_late(received_at: datetime, signed_at: datetime | None) -> Iterator[str]:
    """The doubt when electronic information has no signature of the informant in time after its receipt."""
    last = SIGNATURE.last(received_at)
    if day(received_at) < BNSS_BEGAN or (signed_at and day(signed_at) <= last):
        return
    how = f"was signed only on {written(signed_at)}" if signed_at else "is not signed"
    yield (
        f"the electronic information of {written(received_at)} {how}: it is taken on record "
        f"on being signed within {SIGNATURE}, until {written(last)} ({SIGNATURE.law})"
    )


class PreliminaryEnquiryOrdered(CaseEntry, register="case"):
    """With a DySP's permission it is first enquired whether there is a case at all (BNSS s.173(3))."""

    shows = frozenset({"sections"})

    sections: tuple[str, ...]
    permitted_by: str = ""
    permitted_by_rank: str = ""
    permitted_at: datetime | None = None
    order_number: str = ""
    enquiry_officer: str
    enquiry_officer_rank: str = ""
    punishable_years: int | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Before the FIR, permitted beforehand by a DySP, for offences of three to less than seven years."""
        yield from ill_written(case.label, self.sections)
        if registration(case):
            yield f"a preliminary enquiry is ordered although {case.label} is registered"
        if not self.permitted_by:
            yield "the preliminary enquiry has no permission: a DySP's is needed beforehand (BNSS s.173(3))"
        elif not at_least_dysp(self.permitted_by_rank):
            yield "the preliminary enquiry is not permitted by a DySP or an officer above (BNSS s.173(3))"
        if self.permitted_at and self.permitted_at > self.meta.occurred_at:
            yield f"the permission of {written(self.permitted_at)} came after the preliminary enquiry was ordered"
        if self.punishable_years is not None and not 3 <= self.punishable_years < 7:  # noqa: PLR2004 (s.173(3))
            yield (
                f"a preliminary enquiry into an offence of up to {self.punishable_years} years: it is for those of "
                "three years or more but less than seven (BNSS s.173(3))"
            )
        if any(each.upper().startswith(("POA ", "SC/ST ")) for each in self.sections):
            yield "no preliminary enquiry is required under the SC/ST (PoA) Act (s.18A(1)(a))"

    def apply(self, case: Case) -> Case:
        """The enquiry runs."""
        part = changed(case.part(Fir), ordered=Done(self.meta.version, self.meta.occurred_at), concluded=None)
        return case.keep(part, stage="enquiry" if case.stage in {"", "information"} else case.stage)


class PreliminaryEnquiryConcluded(CaseEntry, register="case"):
    """The preliminary enquiry ends: there is a prima facie case and an FIR is to follow, or the matter is closed."""

    shows = frozenset({"outcome"})

    outcome: Literal["register", "close"]
    reasons: Sealed | None = None

    def refuse(self, case: Case) -> Iterator[str]:
        """Only an enquiry that runs can end."""
        part = case.part(Fir)
        if part.ordered is None:
            yield "no preliminary enquiry runs here that could end. Record case.PreliminaryEnquiryOrdered first."
        elif done := part.concluded:
            yield (
                f"the preliminary enquiry ended on {written(done.at)}: “{part.outcome}”. "
                "If that is wrong, strike it by case.EntryCorrected first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """It ends after it was ordered, and a closure is explained."""
        ordered = case.part(Fir).ordered
        if ordered and self.meta.occurred_at < ordered.at:
            yield f"the preliminary enquiry ends before it was ordered on {written(ordered.at)}"
        if self.outcome == "close" and self.reasons is None:
            yield "the preliminary enquiry is closed without reasons"

    def apply(self, case: Case) -> Case:
        """The matter is closed, or waits for its FIR."""
        done = Done(self.meta.version, self.meta.occurred_at)
        part = changed(case.part(Fir), concluded=done, outcome=self.outcome)
        ends = self.outcome == "close" and case.stage == "enquiry"
        return case.keep(part, stage="closed" if ends else case.stage)


class NonCognizableReported(TellsOfOffence, register="case", opens=True):
    """A non-cognizable offence is noted in its book; the informant is referred to the Magistrate (BNSS s.174(1))."""

    numbered = Numbered("NCR", "ncr_number", "year")

    ncr_number: int
    year: int
    gist: Sealed
    gd_entry: str = ""
    referred_to: str = ""

    @property
    def called(self) -> str:
        """As it is written: `NCR/0004/2026`."""
        return f"NCR/{self.ncr_number:04d}/{self.year}"

    def refuse(self, case: Case) -> Iterator[str]:
        """A matter is noted once."""
        yield from super().refuse(case)
        was = case.part(Fir).non_cognizable
        if was:
            yield (
                f"{self.called} cannot be entered here: this record was noted as non-cognizable on {written(was.at)}. "
                "Begin a new record, or strike that entry by case.EntryCorrected first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """What is an FIR already is cognizable; the informant is told of the Magistrate."""
        yield from super().doubt(case)
        if registration(case):
            yield f"{self.called} notes as non-cognizable what is registered as {case.label}"
        if not self.referred_to:
            yield f"{self.called} does not say to which Magistrate the informant was referred (BNSS s.174(1))"

    def apply(self, case: Case) -> Case:
        """It is noted; an FIR may still come of it."""
        part = changed(self.persons(case), non_cognizable=self.done())
        station = case.station or self.meta.station
        if registration(case):
            return case.keep(part, station=station)
        stage = "non-cognizable" if case.stage in {"", "information", "enquiry"} else case.stage
        return case.keep(part, number=self.called, station=station, stage=stage, sections=self.sections)


class RefusalRecorded(CaseEntry, register="case"):
    """The station refuses to record an information; the person may then go to the SP (BNSS s.173(4))."""

    ground: Literal["no cognizable offence", "civil dispute", "outside jurisdiction", "information false", "other"]
    reason: str
    told_of_remedy: bool = False
    sent_to: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """A refusal without a reason isn't one."""
        if not self.reason.strip():
            yield "an information is not refused without a reason. Say why it is not recorded."

    def doubt(self, case: Case) -> Iterator[str]:
        """Another station's area is no ground; what is registered cannot be refused any more."""
        if self.ground == "outside jurisdiction":
            yield "an information is recorded irrespective of the area, as a zero FIR (BNSS s.173(1))"
        if registration(case):
            yield f"the information is refused although {case.label} is registered"
        if not self.told_of_remedy:
            yield "the informant was not told of the complaint to the Superintendent of Police (BNSS s.173(4))"

    def apply(self, case: Case) -> Case:
        """It is refused; the record stays, and an FIR may still come of it."""
        return case.keep(changed(case.part(Fir), refused=Done(self.meta.version, self.meta.occurred_at)))
