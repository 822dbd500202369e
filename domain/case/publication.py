"""Who is told of the FIR: the informant and the victim, the Magistrate, and the public on the police website."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.case import Case
from domain.case.fir import Fir, NeedsFIR, concerned
from domain.case.ranks import at_least_dysp
from domain.common.codes import Code
from domain.common.days import written
from domain.common.matter import Done
from domain.event import changed
from domain.law.offences import general, packaged, within

SEXUAL = re.compile(r"BNS (6[4-9]|7[01])\b.*")
SENSITIVE = re.compile(r"BNS (6[4-9]|7[01]|113)\b.*|POCSO .*|UAPA .*")
"""Sexual offences, terrorism, the POCSO Act: not put on the website (Youth Bar Association, (2016) 9 SCC 473)."""
UNREAD = re.compile(r"BNS (7[2-9]|9[6-9]|124|14[1347-9]|15[0-8])\b.*")
"""Sections of which no source that was read says whether they are of that kind, and which an officer judges.

The Court named sexual offences, insurgency, terrorism "and of that category", the POCSO Act "and such other offences",
and no sections. Which sections of the BNS these are beyond the ones above, nobody has reviewed: what stands beside the
sexual offences in its Chapter V (72 to 79), children procured, sold and bought (96 to 99), acid (124), trafficking and
exploitation (141, 143, 144), and what is done against the State (147 to 158).
"""
ONE_SECTION = re.compile(r"[A-Za-z/()]+ +[0-9]+[A-Za-z]* *(\([0-9A-Za-z]+\) *)*(\[[a-z ]+\])?")
"""A section by itself. In one place with others ("303(2) r/w 64"), the others would be overlooked."""


@dataclass(frozen=True)
class Hindrances:
    """What keeps an FIR from the website: the command that writes it refuses by this, and its entry doubts by it."""

    withheld: Done | None
    """The decision that it is not published."""
    sensitive: tuple[str, ...]
    """Its sections by which it is sensitive: those it was registered under, and those of today."""
    unjudged: tuple[str, ...]
    """Its sections of which nothing here says whether they are, so that somebody must judge them."""


def hindrances(case: Case) -> Hindrances:
    """What keeps this case from the website as it stands.

    Of the Penal Code's sections, of those that no table has and of those that nobody has reviewed nothing is known.
    """
    part = case.part(Fir)
    sections = list(dict.fromkeys([*part.sections, *case.sections]))
    open_ = tuple(each for each in sections if not _sensitive(each) and not _known(each))
    return Hindrances(part.withheld, tuple(sensitive_of(sections)), open_)


def unpublishable(case: Case, *, judged: bool = False) -> Iterator[str]:
    """Every reason why an FIR is not put on the website. What is known of no section somebody must have `judged`."""
    found = hindrances(case)
    if found.withheld:
        yield f"{case.label} is withheld from publication since {written(found.withheld.at)}."
    if found.sensitive:
        who = "" if found.withheld else " A DySP or an officer above decides: record case.PublicationWithheld."
        by = ", ".join(found.sensitive)
        yield f"{case.label} is sensitive by {by} and not published (Youth Bar Association, 2016).{who}"
    if found.unjudged and not judged:
        yield (
            f"nothing here says whether {', '.join(found.unjudged)} in {case.label} is sensitive. Let an officer judge "
            "it, and say --judged if it is not."
        )


def sensitive_of(sections: Iterable[str]) -> list[str]:
    """Those of these sections by which a case is sensitive."""
    return [each for each in sections if _sensitive(each)]


def _sensitive(section: str) -> bool:
    """In whatever letters it was written."""
    return any(SENSITIVE.fullmatch(each) for each in (section, *within(section)))


def _known(section: str) -> bool:
    """Whether it is one section, of an Act whose sensitive sections are listed here."""
    inside = within(section)
    if any(UNREAD.fullmatch(each) for each in (section, *inside)):
        return False
    single = bool(inside) and ONE_SECTION.fullmatch(section.strip()) is not None
    return single and (general(section) or (inside[-1] != "IPC" and bool(packaged().of(section))))


class CopyGivenToInformant(NeedsFIR, register="case"):
    """The informant or the victim is given a copy of the FIR at once and free of cost (BNSS s.173(2))."""

    what = "the copy"

    person: Code = "I1"
    means: Literal["in person", "electronic", "post"]
    receipt_taken: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """It goes to the informant or to a victim."""
        yield from super().doubt(case)
        if self.person not in concerned(case):
            yield f"the copy is given to {self.person}, who is neither informant nor victim of {case.label}"


class FIRCopyApplied(NeedsFIR, register="case"):
    """Who suspects to be named in the FIR asks for a certified copy, also through an agent (Youth Bar Association)."""

    what = "the application for a copy"

    person: Code
    application: str = ""
    applied_to: Literal["station", "Superintendent"] = "station"
    through_agent: bool = False


class FIRCopySupplied(NeedsFIR, register="case"):
    """Who asked for it is given the certified copy of the FIR, within 24 hours (Youth Bar Association, 2016)."""

    what = "the certified copy"
    one_sided = "it ends what was applied for; no act of the applicant on its receipt is in this register"

    person: Code
    means: Literal["in person", "electronic", "post"]


class FIRPublished(NeedsFIR, register="case"):
    """The FIR is put on the police website, within 24 hours of its registration (Youth Bar Association, 2016)."""

    what = "the publication"

    url: str
    judged: bool = False

    def doubt(self, case: Case) -> Iterator[str]:
        """Nothing sensitive, nothing withheld, nothing that nobody judged, and once."""
        yield from super().doubt(case)
        found = hindrances(case)
        if found.withheld:
            yield f"{case.label} is published although that was withheld on {written(found.withheld.at)}"
        elif found.sensitive:
            by = ", ".join(found.sensitive)
            yield f"{case.label} is published and is sensitive by {by} (Youth Bar Association, 2016)"
        if found.unjudged and not self.judged:
            by = ", ".join(found.unjudged)
            yield f"{case.label} is published, and nothing here says whether {by} is sensitive: nobody has judged it"
        if published := case.part(Fir).published:
            yield f"{case.label} was already published on {written(published.at)}"

    def apply(self, case: Case) -> Case:
        """The public can read it."""
        return case.keep(changed(case.part(Fir), published=Done(self.meta.version, self.meta.occurred_at)))


class PublicationWithheld(NeedsFIR, register="case"):
    """A DySP or an officer above decides that a sensitive FIR is not put on the website (Youth Bar, 2016)."""

    what = "the decision not to publish"

    reason_class: Literal["sexual offence", "POCSO", "insurgency", "terrorism", "other sensitive"]
    reason: str
    decided_by: str
    decided_by_rank: str
    decided_at: datetime | None = None
    order_number: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """By the rank that may decide it, or by the District Magistrate, and before it was published."""
        yield from super().doubt(case)
        magistrate = self.decided_by_rank.strip().casefold() in {"dm", "district magistrate"}
        if not magistrate and not at_least_dysp(self.decided_by_rank):
            yield f"not to publish {case.label} was not decided by a DySP or an officer above (Youth Bar, 2016)"
        if published := case.part(Fir).published:
            yield f"{case.label} is withheld although it was published on {written(published.at)}"
        if not self.reason.strip():
            yield f"{case.label} is withheld without a reason in writing"

    def apply(self, case: Case) -> Case:
        """It is not to be published."""
        return case.keep(changed(case.part(Fir), withheld=Done(self.meta.version, self.meta.occurred_at)))


class PublicationDelayed(NeedsFIR, register="case"):
    """The website cannot be reached: 48 hours for want of connectivity, 72 if geography is why (Youth Bar, 2016)."""

    what = "the delay of the publication"

    difficulty: Literal["connectivity", "geography"]
    reason: str

    def doubt(self, case: Case) -> Iterator[str]:
        """There is nothing to delay once it is published or withheld."""
        yield from super().doubt(case)
        part = case.part(Fir)
        if published := part.published:
            yield f"{case.label} was already published on {written(published.at)}"
        if withheld := part.withheld:
            yield f"{case.label} is not to be published at all since {written(withheld.at)}"
        if not self.reason.strip():
            yield f"the publication of {case.label} is delayed without a reason in writing"


class ReportSentToMagistrate(NeedsFIR, register="case"):
    """The Magistrate is sent the report of the FIR, and told whether it will be investigated (BNSS s.176(1))."""

    what = "the report to the Magistrate"
    one_sided = "the section asks that it be sent; no act of the Magistrate on its receipt is in this register"

    magistrate: str
    means: Literal["messenger", "electronic", "post", "in person"]
    course: Literal["investigation", "investigation without a visit to the spot", "no investigation"] = "investigation"
    reason: str = ""
    informant_told_at: datetime | None = None
    delay_reason: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """Once; and a lesser course has its reasons, of which the informant hears (BNSS s.176(1), provisos)."""
        yield from super().doubt(case)
        if reported := case.part(Fir).reported:
            yield f"the report of {case.label} was already sent on {written(reported.at)}"
        if self.course != "investigation" and not self.reason.strip():
            yield f"the report of {case.label} says “{self.course}” and not why (BNSS s.176)"
        if self.course == "no investigation" and self.informant_told_at is None:
            yield f"{case.label} is not investigated and the informant was not told (BNSS s.176)"

    def apply(self, case: Case) -> Case:
        """The Magistrate knows."""
        return case.keep(changed(case.part(Fir), reported=Done(self.meta.version, self.meta.occurred_at)))
