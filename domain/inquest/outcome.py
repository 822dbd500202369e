"""What an inquest comes to: the body is known and disposed of; an FIR is registered, or no offence is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from domain.common.codes import Code
from domain.common.course import Ends, ending, onward, receiver
from domain.common.days import written
from domain.common.hospital import Requests
from domain.common.matter import Matter
from domain.common.periods import UNKNOWN_BODY
from domain.common.tie import BecomesCase, Tie, Ties
from domain.event import Sealed, changed
from domain.inquest.death import ConcernsDeceased, Death, FollowsDeath
from domain.inquest.inquest import Inquest

TO_CASE = Tie(
    "converted to FIR", "अपराध में परिवर्तित", register="case", back="from inquest", after=True, column="fir",
    record="fir_record",
)  # fmt: skip


class BodyKept(ConcernsDeceased, register="inquest"):
    """An unknown person's body is kept and made known, so that somebody may recognise it; and what was taken of it."""

    what = "the keeping of the body"

    place: str
    kept_until: datetime | None = None
    condition: Literal["fresh", "decomposed", "burnt", "skeleton", "parts", "not said"] = "not said"
    refrigerated: bool = False
    dna_sample: bool = False
    fingerprints_searched: bool = False
    made_known: tuple[
        Literal["hue and cry notice", "newspaper", "portal", "other stations", "compared with missing persons"], ...
    ] = ()
    reference: str = ""

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """It is there, nobody knows it yet, and it is kept as long as is usual."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.disposed and part.disposed.at < self.meta.occurred_at:
            yield f"the body was disposed of on {written(part.disposed.at)}, before this"
        if self.kept_until and self.kept_until - self.meta.occurred_at < UNKNOWN_BODY.span:
            yield f"the body of {inquest.label} is to be kept for less than {UNKNOWN_BODY}"
        if not self.dna_sample:
            yield f"no sample for DNA was taken of the unknown body of {inquest.label}"


class BodyIdentified(ConcernsDeceased, register="inquest"):
    """An unknown dead person is recognised: who it was is known from here on."""

    what = "the identification"

    deceased_name: Sealed
    deceased_relative: Sealed | None = None
    deceased_address: Sealed | None = None
    identified_by: Code = ""
    how: Literal["by somebody who knew the person", "fingerprints", "DNA", "documents", "photograph", "other"]

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """Once; a wrong one is struck first."""
        if was := inquest.part(Death).identified:
            yield (
                f"the body of {inquest.label} was identified on {written(was.at)}. "
                "If that is wrong, strike it by inquest.EntryCorrected first."
            )

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """It was unknown, and somebody says who it is."""
        yield from super().doubt(inquest)
        if not inquest.part(Death).unidentified:
            yield f"{inquest.label} began with the report of a known person's death, and the body is identified"
        if self.how == "by somebody who knew the person" and not self.identified_by:
            yield f"the body of {inquest.label} is identified by nobody in particular"

    def apply(self, inquest: Inquest) -> Inquest:
        """It is known who it was."""
        return inquest.keep(changed(inquest.part(Death), identified=self.done()))


class BodyDisposed(ConcernsDeceased, register="inquest"):
    """The body is handed to relatives, or buried or cremated where nobody claims it."""

    what = "the disposal of the body"

    how: Literal["handed to relatives", "buried", "cremated", "given for medical study"]
    received_by: Code = ""
    receiver_name: Sealed | None = None
    place: str = ""
    order_number: str = ""
    receipt_taken: bool = False

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """A body is disposed of once, and a name needs the code under which it is sealed."""
        yield from receiver(inquest, self.received_by, self.receiver_name, "received_by")
        if was := inquest.part(Death).disposed:
            yield (
                f"the body of {inquest.label} was disposed of on {written(was.at)}. "
                "If that is wrong, strike it by inquest.EntryCorrected first."
            )

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """After the inquest; to somebody, and of somebody known."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.held is None:
            yield f"the body of {inquest.label} is disposed of before any inquest is entered"
        elif self.meta.occurred_at < part.held.at:
            yield f"the body is disposed of before the inquest was held on {written(part.held.at)}"
        if self.how == "handed to relatives" and not self.received_by:
            yield "the body is handed over, and not said to whom"
        unknown = part.unidentified and not part.identified
        if self.how == "handed to relatives" and unknown:
            yield "the body is handed to relatives, and nobody has entered whose it is"
        begun = inquest.registered_at
        if (
            self.how != "handed to relatives"
            and unknown
            and begun
            and self.meta.occurred_at < begun + UNKNOWN_BODY.span
        ):
            yield f"the body of somebody unknown is disposed of sooner than {UNKNOWN_BODY} after it was found"

    def apply(self, inquest: Inquest) -> Inquest:
        """The body is no longer there."""
        return inquest.keep(changed(inquest.part(Death), disposed=self.done()))


class ConvertedToFIR(BecomesCase, FollowsDeath, register="inquest"):
    """An offence is found: an FIR is registered, the inquest's papers go to it, and each record names the other."""

    shows = frozenset({"fir", "fir_record"})
    kinds = (TO_CASE,)
    what = "the conversion"

    ground: Literal["inquest", "post-mortem report", "laboratory report", "statement", "order of Magistrate", "other"]
    papers_handed_over: bool = True

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """With the papers."""
        yield from super().doubt(inquest)
        if not self.papers_handed_over:
            yield f"{inquest.label} is converted without its papers"

    def apply(self, inquest: Inquest) -> Inquest:
        """The matter goes on as a case."""
        return changed(self.tying(inquest), stage=onward(inquest, "converted"))


class InquestClosed(Ends, FollowsDeath, register="inquest"):
    """No offence is found: the inquest is filed, with what the death was."""

    shows = frozenset({"cause"})
    what = "the closure"

    cause: Literal[
        "suicide", "accident", "killed by an animal", "killed by machinery", "drowning", "poison", "burns", "snakebite",
        "lightning", "natural", "not known",
    ]  # fmt: skip
    reasons: Sealed

    def refuse(self, inquest: Matter) -> Iterator[str]:
        """What became a case is not filed, and what is filed is not filed again."""
        if was := inquest.part(Ties).tied.get(TO_CASE.id):
            yield (
                f"{inquest.label} cannot be closed: it was converted to {was.called} on {written(was.done.at)}. "
                "If that is wrong, strike it by inquest.EntryCorrected first."
            )
        yield from super().refuse(inquest)

    def doubt(self, inquest: Matter) -> Iterator[str]:
        """After the inquest, its report, and every report that was asked for."""
        yield from super().doubt(inquest)
        part = inquest.part(Death)
        if part.held is None:
            yield f"{inquest.label} is closed, and no inquest is entered"
        if part.forwarded is None:
            yield f"{inquest.label} is closed, and its report is not entered as forwarded (BNSS s.194(2))"
        for number, request in inquest.part(Requests).requests.items():
            if "received" not in request.steps:
                yield f"{inquest.label} is closed, and nothing is received on request {number}"
        if part.unidentified and not part.identified:
            yield f"{inquest.label} is closed, and nobody has entered whose body it was"

    def apply(self, inquest: Inquest) -> Inquest:
        """The matter is filed; an FIR may still come of it."""
        return ending(inquest, self.done(), "closed")
