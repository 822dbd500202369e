"""What a complaint comes to: a record of another register, or its disposal; and what the complainant is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from uuid import UUID

from domain.common.codes import Code
from domain.common.course import Ends, Follows, ending, onward
from domain.common.days import written
from domain.common.handoff import ClosesHandOff
from domain.common.matter import Matter
from domain.common.tie import Tie, Tied, Ties, TiesRecords
from domain.complaint.complaint import Complaint, Enquiry
from domain.complaint.enquiry import ENQUIRY
from domain.event import Sealed, changed, put


def became(what: str, hi: str, register: str, back: str, *words: str) -> Tie:
    """The tie by which a complaint names what it became."""
    return Tie(
        what, hi, register, back, column="number", record="number_record", choice="into", words=words, shared=True
    )


CONVERSIONS = (
    became("complaint became case", "शिकायत से अपराध", "case", "case from complaint", "FIR", "non-cognizable report"),
    became("complaint became inquest", "शिकायत से मर्ग", "inquest", "inquest from complaint", "inquest"),
    became(
        "complaint became missing person", "शिकायत से गुम इंसान", "missing_person", "missing person from complaint",
        "missing person",
    ),
    became(
        "complaint became preventive action", "शिकायत से प्रतिबंधात्मक कार्यवाही", "preventive",
        "preventive action from complaint", "preventive action",
    ),
)  # fmt: skip


def conversion(matter: Matter) -> Tied | None:
    """What the complaint has become, if it has."""
    tied = matter.part(Ties).tied
    return next((found for each in CONVERSIONS if (found := tied.get(each.id))), None)


class ComplaintConverted(TiesRecords, ClosesHandOff, Follows, register="complaint"):
    """The complaint is registered as something else: an FIR, an inquest. Each names the other."""

    overtakes = (ENQUIRY,)
    shows = frozenset({"into", "number", "number_record"})
    kinds = CONVERSIONS
    what = "the conversion"

    into: Literal["FIR", "non-cognizable report", "inquest", "missing person", "preventive action"]
    number: str
    number_record: UUID | None = None
    papers_handed_over: bool = True

    def refuse(self, matter: Matter) -> Iterator[str]:
        """It names the record, and a complaint becomes one."""
        if not self.other_called:
            yield f"{matter.label} is converted to nothing in particular. Give the number of the {self.into}."
        if was := conversion(matter):
            yield (
                f"{matter.label} was converted to {was.called} on {written(was.done.at)}. "
                "If that is wrong, strike it by complaint.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """With its papers."""
        yield from super().doubt(matter)
        if not self.papers_handed_over:
            yield f"{matter.label} is converted without its papers"

    def apply(self, complaint: Complaint) -> Complaint:
        """The matter goes on elsewhere."""
        return changed(self.tying(complaint), stage=onward(complaint, "converted"))


class ComplaintDisposed(Ends, ClosesHandOff, register="complaint"):
    """The complaint is filed without becoming anything else, by order and with reasons."""

    overtakes = (ENQUIRY,)
    shows = frozenset({"how"})
    what = "the disposal"

    how: Literal[
        "civil matter", "settled", "not substantiated", "false", "withdrawn", "sent to another office",
        "preventive action", "advised to go to court", "anonymous", "repeated", "other",
    ]  # fmt: skip
    reasons: Sealed

    def refuse(self, matter: Matter) -> Iterator[str]:
        """What became something else is not filed, and what is filed is not filed again."""
        yield from super().refuse(matter)
        if was := conversion(matter):
            yield (
                f"{matter.label} cannot be disposed of: it was converted to {was.called} on {written(was.done.at)}. "
                "If that is wrong, strike it by complaint.EntryCorrected first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """After an enquiry, and not against what it found."""
        yield from super().doubt(matter)
        part = matter.part(Enquiry)
        if part.reported is None and self.how not in {"anonymous", "repeated", "sent to another office", "withdrawn"}:
            yield f"{matter.label} is disposed of, and no enquiry is reported"
        if part.outcome == "cognizable offence":
            yield f"{matter.label} is disposed of although the enquiry found a cognizable offence (BNSS s.173(1))"

    def apply(self, complaint: Complaint) -> Complaint:
        """The complaint is filed."""
        return ending(complaint, self.done(), "disposed")


class ComplainantInformed(Follows, register="complaint"):
    """Who complained is told: that it was received, who enquires, or what came of it."""

    what = "the information of the complainant"

    told_of: Literal["receipt", "enquiry", "conversion", "disposal"]
    person: Code = "I1"
    means: Literal["in person", "letter", "telephone", "message", "e-mail", "citizen portal"]
    letter_number: str = ""
    satisfied: Literal["yes", "no", "not asked"] = "not asked"

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Of what has happened; filed or converted, a complaint may well be spoken of."""
        begun = [each for each in super().doubt(matter) if "was closed on" not in each]
        yield from begun
        stands = {"receipt": True, "enquiry": matter.part(Enquiry).assigned, "conversion": conversion(matter)}
        if not stands.get(self.told_of, matter.stage == "disposed"):
            yield f"the complainant is told of the {self.told_of} of {matter.label}, and none is entered"
        if was := matter.part(Enquiry).told.get(self.told_of):
            yield f"the complainant was told of the {self.told_of} of {matter.label} already on {written(was.at)}"

    def apply(self, complaint: Complaint) -> Complaint:
        """The complainant knows, since the first time."""
        part = complaint.part(Enquiry)
        return complaint.keep(
            changed(part, told=put(part.told, self.told_of, part.told.get(self.told_of) or self.done()))
        )
