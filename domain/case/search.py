"""Searches, and the audio-video recordings of what the police do at the scene, in a search, in taking a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from domain.case.case import Case, CaseEntry
from domain.case.fir import FollowsFIR
from domain.common.codes import Code
from domain.common.days import under_bnss, written
from domain.common.matter import Done, Part
from domain.event import Sealed, changed, put

SID = re.compile(r"[0-9]{16}")
"""What eSakshya calls a packet of recordings."""

LENGTHS = {"SHA256": 32, "SHA1": 20, "MD5": 16}
"""Bytes of a hash by its algorithm."""


@dataclass(frozen=True)
class Searches(Part):
    """Each search by its number, the copies sent to the Magistrate, and the recordings forwarded."""

    searches: Mapping[str, Done] = field(default_factory=dict)
    sent: Mapping[str, Done] = field(default_factory=dict)
    recordings: Mapping[str, Done] = field(default_factory=dict)


def misread_sid(*sids: str) -> Iterator[str]:
    """The doubt when the id of a recording isn't one of eSakshya's."""
    for sid in sids:
        if sid and not SID.fullmatch(sid):
            yield f"{sid} is no eSakshya id: one has 16 digits"


@dataclass(frozen=True, kw_only=True)
class SearchWitness:
    """An inhabitant of the locality who was called to attend the search, by code, and signed its list or did not."""

    code: Code
    witness_name: Sealed | None = None
    address: Sealed | None = None
    signed: bool = True


class SearchRecorded(FollowsFIR, register="case", opens=True):
    """A place is searched, and the grounds for it are written down beforehand (BNSS s.185, s.103)."""

    what = "the search"

    search: str
    place: str
    grounds: Sealed
    under: Literal["BNSS 185", "BNSS 103", "NDPS 42", "other"]
    warrant: str = ""
    occupant: Code = ""
    occupant_name: Sealed | None = None
    address: Sealed | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    witnesses: tuple[SearchWitness, ...] = ()
    sid: str = ""
    memo: str = ""
    copy_to_occupant: bool = False

    def refuse(self, case: Case) -> Iterator[str]:
        """A search has a number of its own; whoever's particulars are given has a code."""
        if case.part(Searches).searches.get(self.search):
            yield f"search {self.search} is already entered in {case.label}. Give the new one its own number."
        if not self.occupant and (self.occupant_name or self.address):
            yield f"search {self.search} has particulars of a person without a code. Give occupant, as A1 or W2."

    def doubt(self, case: Case) -> Iterator[str]:
        """What courts ask of a search: witnesses, the recording, times in order, a copy for the occupant."""
        yield from super().doubt(case)
        yield from misread_sid(self.sid)
        if self.began_at and self.ended_at and self.ended_at < self.began_at:
            yield f"search {self.search} ended before it began"
        if len({each.code for each in self.witnesses if each.signed}) < 2:  # noqa: PLR2004 (two or more, s.103(4))
            yield f"the list of search {self.search} is signed by fewer than two witnesses (BNSS s.103)"
        if not self.sid and under_bnss(self.meta.occurred_at, case.registered_at):
            yield f"search {self.search} names no audio-video recording (BNSS s.105)"
        if self.occupant and not self.copy_to_occupant:
            yield f"no copy of the list of search {self.search} was given to the occupant (BNSS s.103)"

    def apply(self, case: Case) -> Case:
        """The search is made; its record is to go to the Magistrate."""
        part, done = case.part(Searches), Done(self.meta.version, self.meta.occurred_at)
        station = case.station or self.meta.station
        return case.keep(changed(part, searches=put(part.searches, self.search, done)), station=station)


class SearchRecordSentToMagistrate(CaseEntry, register="case"):
    """A copy of the record of the search goes to the nearest Magistrate, within 48 hours at most (BNSS s.185(5))."""

    one_sided = "the section asks that it be sent; no act of the Magistrate on its receipt is in this register"

    search: str
    magistrate: str
    means: Literal["messenger", "electronic", "post", "in person"]
    delay_reason: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Only the record of a search can be sent."""
        if case.part(Searches).searches.get(self.search) is None:
            yield (
                f"no record of search {self.search} can be sent: {case.label} has no such search. "
                "Record case.SearchRecorded first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """Once, and after the search."""
        part = case.part(Searches)
        search, sent = part.searches.get(self.search), part.sent.get(self.search)
        if search and self.meta.occurred_at < search.at:
            yield f"the record of search {self.search} is sent before the search of {written(search.at)}"
        if sent:
            yield f"the record of search {self.search} was already sent on {written(sent.at)}"

    def apply(self, case: Case) -> Case:
        """The Magistrate has the record."""
        part, done = case.part(Searches), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, sent=put(part.sent, self.search, done)))


@dataclass(frozen=True, kw_only=True)
class FileHash:
    """The hash of one recorded file: it proves the file unchanged since, and nothing more."""

    file: str
    algorithm: Literal["SHA256", "SHA1", "MD5"]
    digest: bytes


class RecordingForwarded(FollowsFIR, register="case"):
    """An audio-video recording is forwarded to a Magistrate; storing it in eSakshya may count as that (BNSS s.105)."""

    what = "the recording"
    one_sided = "the section asks that it be sent; no act of the Magistrate on its receipt is in this register"

    recording: str
    subject: Literal["scene", "search", "seizure", "statement", "other"]
    document: str = ""
    sid: str = ""
    hashes: tuple[FileHash, ...] = ()
    forwarded_to: Literal["District Magistrate", "Sub-divisional Magistrate", "Judicial Magistrate of the first class"]
    court: str = ""
    means: Literal["eSakshya", "electronic", "storage medium"]
    recorded_from: datetime | None = None
    recorded_to: datetime | None = None
    part_a_signed: bool = False
    part_b_signed: bool = False

    def refuse(self, case: Case) -> Iterator[str]:
        """A hash has the length of its algorithm's."""
        for each in self.hashes:
            if len(each.digest) != LENGTHS.get(each.algorithm, len(each.digest)):
                yield (
                    f"a hash of recording {self.recording} has {len(each.digest)} bytes, {each.algorithm} has "
                    f"{LENGTHS[each.algorithm]}. Copy it from the hash report."
                )

    def doubt(self, case: Case) -> Iterator[str]:
        """What makes a recording good evidence: its id or its certificates, its hashes, its times."""
        yield from super().doubt(case)
        yield from misread_sid(self.sid)
        if forwarded := case.part(Searches).recordings.get(self.recording):
            yield f"recording {self.recording} was already forwarded on {written(forwarded.at)}"
        if not self.hashes:
            yield f"recording {self.recording} has no hash"
        if self.means == "eSakshya" and not self.sid:
            yield f"recording {self.recording} lies in eSakshya and its id is not given"
        if self.means != "eSakshya" and not (self.part_a_signed and self.part_b_signed):
            yield f"recording {self.recording} has neither eSakshya nor both parts of the certificate (BSA s.63(4))"
        if self.recorded_from and self.recorded_to and self.recorded_to < self.recorded_from:
            yield f"recording {self.recording} ends before it begins"
        if self.recorded_to and self.meta.occurred_at < self.recorded_to:
            yield f"recording {self.recording} is forwarded before it was made"

    def apply(self, case: Case) -> Case:
        """The Magistrate has the recording."""
        part, done = case.part(Searches), Done(self.meta.version, self.meta.occurred_at)
        return case.keep(changed(part, recordings=put(part.recordings, self.recording, done)))
