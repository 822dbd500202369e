"""The seizure memo: what was taken, where, from whom and before which witnesses, and that the Magistrate was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.case.codes import unreadable
from domain.case.corrections import stands
from domain.case.malkhana import Malkhana, memo_of
from domain.case.property import SeizesProperty
from domain.event import Sealed, put


@dataclass(frozen=True, kw_only=True)
class Witness:
    """A witness of the seizure (panch), by code, who signed the memo or did not."""

    code: str
    person: Sealed
    signed: bool = True


class PropertySeized(SeizesProperty, register="case", opens=True):
    """Articles are seized or produced and listed in a seizure memo before witnesses (IIF-4; BNSS s.103, 105, 106)."""

    memo: str
    kind: Literal["stolen", "recovered", "involved", "unclaimed", "abandoned", "taken on search"]
    gd_entry: str = ""
    from_code: str = ""
    from_whom: Sealed | None = None
    known_receiver: bool = False
    address: Sealed | None = None
    circumstances: Sealed | None = None
    witnesses: tuple[Witness, ...] = ()
    seal_kept_by: str = ""
    recording: str = ""
    copy_given: bool = False

    @property
    def document(self) -> str:
        """The seizure memo."""
        return self.memo

    def refuse(self, case: Case) -> Iterator[str]:
        """Persons go by code, and personal particulars are sealed under it."""
        yield from super().refuse(case)
        yield from unreadable(case, *(each.code for each in self.witnesses))
        if self.from_code or self.from_whom or self.address or self.circumstances:
            yield from unreadable(case, self.from_code)

    def doubt(self, case: Case) -> Iterator[str]:
        """What courts ask of a seizure: witnesses, the diary, the recording, the seal and its specimen, the hash."""
        if memo_of(case, self.memo):
            yield f"memo {self.memo} is already entered in {case.label}"
        if case.registered_at is None or self.meta.occurred_at < case.registered_at:
            yield f"the seizure of memo {self.memo} is earlier than the FIR"
        if len({each.code for each in self.witnesses if each.signed}) < 2:  # noqa: PLR2004 (two or more, s.103)
            yield f"memo {self.memo} is signed by fewer than two witnesses (BNSS s.103)"
        if not self.gd_entry:
            yield f"memo {self.memo} names no General Diary entry"
        if not self.recording:
            yield f"memo {self.memo} names no audio-video recording (BNSS s.105)"
        if any(item.seal for item in self.items) and self.seal_kept_by in {"", self.meta.actor.id}:
            yield f"the seal used in memo {self.memo} was left with no other person after use"
        for item in self.items:
            if not item.seal:
                yield f"{item.id} is not sealed"
            if item.category == "digital device" and not item.device_hash:
                yield f"{item.id} is a digital device and has no hash at seizure"


class SeizureReportedToMagistrate(CaseEntry, register="case"):
    """The seizure is reported to the Magistrate forthwith (BNSS s.106(3)); a delay is explained here."""

    memo: str
    court: str
    means: str = ""
    delay_reason: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Only a seizure can be reported."""
        if memo_of(case, self.memo) is None:
            yield (
                f"memo {self.memo} cannot be reported: {case.label} has no such seizure memo. "
                f"Record {self.register}.PropertySeized first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """Reported twice, or before it happened."""
        reported, memo = case.part(Malkhana).reported.get(self.memo), memo_of(case, self.memo)
        if reported and stands(case, reported):
            yield f"memo {self.memo} was already reported to the Magistrate"
        if memo and self.meta.occurred_at < memo.at:
            yield f"the report is dated before the seizure of memo {self.memo}"

    def apply(self, case: Case) -> Case:
        """The memo is reported."""
        malkhana = case.part(Malkhana)
        return case.keep(replace(malkhana, reported=put(malkhana.reported, self.memo, self.meta.version)))


class CustodyMoveRefused(CaseEntry, register="case"):
    """Someone tried to enter what cannot have happened to an article. It was refused; the attempt stays on record."""

    attempted: str
    property_id: str
    reasons: tuple[str, ...]
