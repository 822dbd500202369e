"""Proceeds of crime and money held by a court: notice, cause shown, distribution, payment (BNSS s.107, 396, 499)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from domain.case.case import Case, CaseEntry
from domain.common.codes import Code
from domain.common.matter import Part
from domain.event import changed, put


@dataclass(frozen=True)
class Papers(Part):
    """The papers under which something is still to be done, by their numbers, and what they are."""

    papers: Mapping[str, str] = field(default_factory=dict)


class Issues(CaseEntry):
    """A paper comes to be, under a number of its own."""

    paper: ClassVar[str] = "the paper"

    order_number: str

    def refuse(self, case: Case) -> Iterator[str]:
        """A number is used once."""
        if was := case.part(Papers).papers.get(self.order_number):
            yield f"{was} {self.order_number} of {case.label} is already entered. Give the new paper its own number."

    def apply(self, case: Case) -> Case:
        """It waits for what is to be done under it."""
        part = case.part(Papers)
        return case.keep(changed(part, papers=put(part.papers, self.order_number, self.paper)))


class Follows(CaseEntry):
    """Something is done under a paper that was entered before."""

    paper: ClassVar[str] = "the paper"

    order_number: str

    def doubt(self, case: Case) -> Iterator[str]:
        """The paper should be there."""
        if case.part(Papers).papers.get(self.order_number) != self.paper:
            yield f"{case.label} shows no {self.paper} {self.order_number} before this"


class AttachmentNoticeIssued(Issues, register="case"):
    """The court calls upon somebody to show cause why property should not be attached (BNSS s.107(2))."""

    paper = "notice of attachment"
    one_sided = "it calls upon somebody to show cause; that is entered under its number, or never comes"

    court: str
    addressee: Code = ""


class AttachmentCauseShown(Follows, register="case"):
    """Who was called upon answers the notice of attachment, or appears (BNSS s.107(2), (4))."""

    paper = "notice of attachment"


class AttachmentOrdered(Follows, register="case"):
    """The court attaches the property that a notice named, or does without (BNSS s.107(4))."""

    paper = "notice of attachment"

    court: str
    attached: bool = True


class ProceedsOrderReceived(Issues, register="case"):
    """The District Magistrate receives the court's order to distribute proceeds of crime (BNSS s.107(6), (7))."""

    paper = "order on proceeds"

    district_magistrate: str


class ProceedsDistributed(Follows, register="case"):
    """The proceeds of crime are distributed, within sixty days of the order's receipt (BNSS s.107(7))."""

    paper = "order on proceeds"

    amount_paise: int = 0
    forfeited_paise: int = 0

    def refuse(self, case: Case) -> Iterator[str]:
        """Money is given, not taken."""
        if min(self.amount_paise, self.forfeited_paise) < 0:
            yield f"less than nothing cannot be distributed in {case.label}. Give the amounts in paise."


class PurchaserPaymentOrdered(Issues, register="case"):
    """The court orders that an innocent purchaser is paid out of money found on the convict (BNSS s.499)."""

    paper = "order for a purchaser"

    court: str
    purchaser: Code
    amount_paise: int = 0


class PurchaserPaid(Follows, register="case"):
    """The innocent purchaser receives the money, within six months of the order (BNSS s.499)."""

    paper = "order for a purchaser"


class CompensationRequested(Issues, register="case"):
    """The Legal Services Authority receives a recommendation or an application for compensation (BNSS s.396(5))."""

    paper = "request for compensation"
    one_sided = "it is entered when the Authority has it"

    authority: str
    person: Code = ""


class CompensationDecided(Follows, register="case"):
    """The Authority completes its enquiry, within two months, and awards compensation or none (BNSS s.396(5))."""

    paper = "request for compensation"

    awarded_paise: int = 0
