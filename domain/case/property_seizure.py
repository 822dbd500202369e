"""The seizure memo: what was taken, where, from whom and before which witnesses, and that the Magistrate was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from domain.case.case import Case
from domain.case.fir import FollowsFIR
from domain.case.search import misread_sid
from domain.common.codes import Code, CodeOrOfficer, unreadable
from domain.common.days import under_bnss
from domain.common.matter import Matter
from domain.event import Sealed, changed
from domain.malkhana.article import memo_of
from domain.malkhana.custody import SeizesProperty
from domain.malkhana.seizure import RefusesCustodyMove, ReportsSeizure


@dataclass(frozen=True, kw_only=True)
class SeizureWitness:
    """A witness of the seizure (panch), by code, who signed the memo or did not."""

    code: Code
    witness_name: Sealed | None = None
    address: Sealed | None = None
    signed: bool = True
    inhabitant: Literal["not recorded", "of the locality", "of another place"] = "not recorded"
    earlier_seizures: int = 0


class PropertySeized(SeizesProperty, FollowsFIR, register="case", opens=True):
    """Articles are seized or produced and listed in a seizure memo before witnesses (IIF-4; BNSS s.103, 105, 106)."""

    what = "the seizure"

    memo: str
    kind: Literal["stolen", "recovered", "involved", "unclaimed", "abandoned", "taken on search"]
    place_address: Sealed | None = None
    search: str = ""
    gd_entry: str = ""
    gd_at: datetime | None = None
    departure_gd_entry: str = ""
    departure_gd_at: datetime | None = None
    ended_at: datetime | None = None
    from_code: Code = ""
    from_whom: Sealed | None = None
    known_receiver: bool = False
    address: Sealed | None = None
    circumstances: Sealed | None = None
    witnesses: tuple[SeizureWitness, ...] = ()
    seal_specimen: bool = False
    seal_kept_by: CodeOrOfficer = ""
    kept_in: Literal["not recorded", "malkhana", "strong room", "bank", "given on bond", "guarded where it is"] = (
        "not recorded"
    )
    sid: str = ""
    copy_given: bool = False

    @property
    def document(self) -> str:
        """The seizure memo."""
        return self.memo

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Persons go by code, and their particulars are sealed under it."""
        yield from super().refuse(matter)
        if self.from_whom or self.address:
            yield from unreadable(matter.label, self.from_code, "from_code")

    def doubt(self, case: Case) -> Iterator[str]:
        """What courts ask of a seizure: witnesses, the diary, the recording, a copy, the seal, the hash of a device."""
        yield from super().doubt(case)
        yield from misread_sid(self.sid)
        if memo_of(case, self.memo):
            yield f"memo {self.memo} is already entered in {case.label}"
        if len({each.code for each in self.witnesses if each.signed}) < 2:  # noqa: PLR2004 (two or more, s.103(4))
            yield f"memo {self.memo} is signed by fewer than two witnesses (BNSS s.103)"
        if not self.gd_entry:
            yield f"memo {self.memo} names no General Diary entry"
        if not self.sid and under_bnss(self.meta.occurred_at, case.registered_at):
            yield f"memo {self.memo} names no audio-video recording (BNSS s.105)"
        if self.from_code and not self.copy_given:
            yield f"no copy of memo {self.memo} was given to {self.from_code} (BNSS s.103)"
        yield from self._doubt_seals()

    def _doubt_seals(self) -> Iterator[str]:
        if any(item.seal for item in self.items) and self.seal_kept_by in {"", self.meta.actor.id}:
            yield f"the seal used in memo {self.memo} was left with no other person after use"
        for item in self.items:
            if not item.seal:
                yield f"{item.id} is not sealed"
            if item.category == "digital device" and not item.device_hash:
                yield f"{item.id} is a digital device and has no hash at seizure"

    def apply(self, matter: Matter) -> Matter:
        """The articles are in custody, and the record is this station's if it begins with them."""
        return changed(super().apply(matter), station=matter.station or self.meta.station)


class SeizureReportedToMagistrate(ReportsSeizure, register="case"):
    """The seizure is reported to the Magistrate forthwith (BNSS s.106(3)); a delay is explained here."""


class CustodyMoveRefused(RefusesCustodyMove, register="case"):
    """Someone tried to enter what cannot have happened to an article. It was refused; the attempt stays on record."""
