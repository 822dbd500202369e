"""Searches, their record for the Magistrate, and audio-video recordings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.case.search import (
    FileHash,
    RecordingForwarded,
    Searches,
    SearchRecorded,
    SearchRecordSentToMagistrate,
    SearchWitness,
)
from tests.domain.case.builders_accused import after, struck
from tests.domain.case.builders_fir import SID, SOMEONE, fir, told
from tests.dsl import DAY, act, given

TWO = (SearchWitness(code="W1"), SearchWitness(code="W2"))
SEARCH: dict[str, Any] = {"search": "S1", "witnesses": TWO, "sid": SID}
HASH = FileHash(file="1.mp4", algorithm="SHA256", digest=bytes(32))
FILMED: dict[str, Any] = {"recording": SID, "sid": SID, "hashes": (HASH,)}
DONE = act(SearchRecorded, **SEARCH)
SENT = act(SearchRecordSentToMagistrate, search="S1")
FORWARDED = act(RecordingForwarded, **FILMED)


def test_a_search_is_recorded() -> None:
    """With its grounds, two witnesses and its recording it raises no doubt."""
    case = given(fir()).when(SearchRecorded, **SEARCH).entered()
    assert case.part(Searches).searches["S1"].at == after(hours=1)


def test_a_search_may_come_before_the_fir() -> None:
    """It may even begin the record, as under NDPS s.42; that is doubted."""
    assert given().when(SearchRecorded, **SEARCH).doubted("the search is entered before any FIR").station == "CG-RPR-01"
    given(fir()).when(SearchRecorded, at=after(-1), **SEARCH).doubted("is dated before 0012/2026")


def test_a_search_has_its_own_number() -> None:
    """A number is used once, unless its entry was struck."""
    given(fir(), DONE).when(SearchRecorded, **SEARCH).refused("search S1 is already entered in 0012/2026")
    given(fir(), DONE, struck(DONE, 2)).when(SearchRecorded, **SEARCH).entered()


def test_persons_of_a_search_go_by_codes() -> None:
    """A witness or occupant by a name, or an occupant's particulars without a code, is refused."""
    record = given(fir())
    record.when(SearchRecorded, **{**SEARCH, "witnesses": (SearchWitness(code="he"),)}).refused("entered by a code")
    record.when(SearchRecorded, **SEARCH, occupant="Ramesh").refused("entered by a code")
    record.when(SearchRecorded, **SEARCH, address=SOMEONE).refused("particulars of a person without a code")
    record.when(SearchRecorded, **SEARCH, occupant="A1", address=SOMEONE, copy_to_occupant=True).entered()


def test_what_courts_ask_of_a_search() -> None:
    """Two witnesses who signed, a recording, times in order, a copy for the occupant: else doubted."""
    record = given(fir())
    one = (*TWO[:1], SearchWitness(code="W2", signed=False))
    record.when(SearchRecorded, **{**SEARCH, "witnesses": one}).doubted("fewer than two witnesses (BNSS s.103)")
    record.when(SearchRecorded, **{**SEARCH, "sid": ""}).doubted("names no audio-video recording (BNSS s.105)")
    record.when(SearchRecorded, **{**SEARCH, "sid": "12"}).doubted("12 is no eSakshya id")
    record.when(SearchRecorded, **SEARCH, began_at=after(), ended_at=after(-1)).doubted("ended before it began")
    record.when(SearchRecorded, **SEARCH, occupant="A1").doubted("no copy of the list of search S1")


def test_before_the_bnss_no_recording_was_asked() -> None:
    """The CrPC had no such duty, and goes on to govern what was pending as the BNSS began (BNSS s.531(2)(a))."""
    long_ago, july = datetime(2024, 6, 30, 12, tzinfo=UTC), datetime(2024, 7, 1, 12, tzinfo=UTC)
    old = given(fir(at=long_ago, year=2024, information_received_at=long_ago))
    old.when(SearchRecorded, at=long_ago, **{**SEARCH, "sid": ""}).entered()
    old.when(SearchRecorded, at=july, **{**SEARCH, "sid": ""}).entered()
    new = given(fir(at=july, year=2024, information_received_at=long_ago))
    new.when(SearchRecorded, at=july, **{**SEARCH, "sid": ""}).doubted("names no audio-video recording (BNSS s.105)")


def test_the_record_of_a_search_is_sent() -> None:
    """It goes to the nearest Magistrate (BNSS s.185(5))."""
    case = given(fir(), DONE).when(SearchRecordSentToMagistrate, search="S1").entered()
    assert case.part(Searches).sent["S1"].at == after(hours=2)


def test_only_a_search_has_a_record_to_send() -> None:
    """Of an unknown search, or one that was struck, there is no record."""
    given(fir()).when(SearchRecordSentToMagistrate, search="S1").refused("Record case.SearchRecorded first")
    given(fir(), DONE, struck(DONE, 2)).when(SearchRecordSentToMagistrate, search="S1").refused("no such search")


def test_the_record_of_a_search_is_sent_once_and_after_it() -> None:
    """Twice, or dated before the search: doubted."""
    given(fir(), DONE, SENT).when(SearchRecordSentToMagistrate, search="S1").doubted("already sent on 2 July 2026")
    given(fir(), DONE).when(SearchRecordSentToMagistrate, search="S1", at=DAY).doubted("sent before the search of")


def test_a_recording_is_forwarded() -> None:
    """With its eSakshya id and hashes it raises no doubt."""
    case = given(fir()).when(RecordingForwarded, **FILMED).entered()
    assert case.part(Searches).recordings[SID].at == after(hours=1)


@pytest.mark.parametrize(("algorithm", "length"), [("SHA256", 32), ("SHA1", 20), ("MD5", 16)])
def test_a_hash_has_its_length(algorithm: Any, length: int) -> None:
    """A hash of another length was copied wrongly: refused."""
    right, wrong = (FileHash(file="1", algorithm=algorithm, digest=bytes(n)) for n in (length, length - 1))
    given(fir()).when(RecordingForwarded, **{**FILMED, "hashes": (right,)}).entered()
    given(fir()).when(RecordingForwarded, **{**FILMED, "hashes": (wrong,)}).refused(f"{algorithm} has {length}")


def test_what_makes_a_recording_good_evidence() -> None:
    """Hashes, its id, or both parts of the certificate: else doubted."""
    record = given(fir())
    record.when(RecordingForwarded, **{**FILMED, "hashes": ()}).doubted("has no hash")
    record.when(RecordingForwarded, **{**FILMED, "sid": ""}).doubted("its id is not given")
    record.when(RecordingForwarded, **{**FILMED, "sid": "12"}).doubted("12 is no eSakshya id")
    elsewhere = {**FILMED, "sid": "", "means": "storage medium", "part_a_signed": True}
    record.when(RecordingForwarded, **elsewhere).doubted("both parts of the certificate (BSA s.63(4))")
    record.when(RecordingForwarded, **elsewhere, part_b_signed=True).entered()


def test_a_recording_is_made_and_then_forwarded() -> None:
    """Times out of order, a second forwarding, no FIR: doubted."""
    record = given(fir())
    record.when(RecordingForwarded, **FILMED, recorded_from=after(), recorded_to=after(-1)).doubted(
        "ends before it begins"
    )
    record.when(RecordingForwarded, **FILMED, recorded_to=after(1)).doubted("forwarded before it was made")
    given(fir(), FORWARDED).when(RecordingForwarded, **FILMED).doubted("was already forwarded on 2 July 2026")
    given(fir(), FORWARDED, struck(FORWARDED, 2)).when(RecordingForwarded, **FILMED).entered()
    given(told()).when(RecordingForwarded, **FILMED).doubted("the recording is entered before any FIR")
