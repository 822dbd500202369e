"""A death is reported or a body found, and the Executive Magistrate is told (BNSS s.194(1))."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.inquest.death import Death
from tests.domain.inquest.builders import BEGUN, SOMEONE, found, held, informed, inquest, reported, struck
from tests.dsl import DAY

KNOWN: dict[str, Any] = {**BEGUN, "apparent_cause": "suicide", "gender": "female"}


def test_a_death_gives_the_inquest_its_number() -> None:
    """Number, station, stage, and who inquires."""
    record = inquest().when("inquest.DeathReported", inquirer="CG-1001", **KNOWN).entered()
    assert (record.number, record.station, record.stage) == ("MARG/0041/2026", "CG-RPR-01", "registered")
    assert (record.officer, record.registered_at) == ("CG-1001", DAY)
    assert not record.part(Death).unidentified


def test_an_unknown_body_begins_one_too() -> None:
    """And it is known that nobody knows whose it is."""
    assert inquest(found()).record.part(Death).unidentified


def test_a_record_is_one_death_s() -> None:
    """A second report is refused until the first is struck."""
    inquest(reported()).when("inquest.DeathReported", **KNOWN).refused(
        "MARG/0041/2026 cannot begin here: this record is MARG/0041/2026 of 2 July 2026"
    )
    again = {**BEGUN, "apparent_cause": "unknown", "photographed": True, "found_at": BEGUN["information_received_at"]}
    inquest(reported(), struck(reported(), 1)).when("inquest.BodyFound", **again).entered()


def test_an_inquest_begins_with_a_death() -> None:
    """Nothing else opens a record."""
    inquest().when("inquest.InquestHeld", witnesses=()).refused("it cannot begin with inquest.InquestHeld")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"year": 2025}, "bears another year than 2 July 2026"),
        ({"information_received_at": DAY + timedelta(hours=1)}, "is registered before the information was received"),
        ({"gd_entry": ""}, "names no General Diary entry"),
        ({"informant_name": None}, "does not say who gave the information"),
        ({"died_at": DAY}, "death came after the information of it"),
        ({"within_seven_years": "yes", "gender": "male"}, "not said to be a woman's (BNSS s.194(3))"),
        ({"in_custody": True}, "a death in custody without its time"),
    ],
)
def test_what_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """Each is entered with its doubt, and without it there is none."""
    inquest().when("inquest.DeathReported", **KNOWN).entered()
    inquest().when("inquest.DeathReported", **{**KNOWN, **fields}).doubted(words)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"marg_number": -1}, "counts from 1 each year"),
        ({"informant": "D1"}, "D1 is the code of the informant"),
        ({"deceased": "Someone"}, "is entered by a code (A1, V1, W2 …) and not otherwise"),
    ],
)
def test_what_cannot_be(fields: dict[str, Any], words: str) -> None:
    """Numbers count from 1, a code is one person's, and a name is no code."""
    inquest().when("inquest.DeathReported", **{**KNOWN, **fields}).refused(words)


def test_a_body_is_found_before_it_is_told_of() -> None:
    """And photographed."""
    told = {**BEGUN, "apparent_cause": "unknown", "features": SOMEONE}
    inquest().when("inquest.BodyFound", found_at=DAY, **told).doubted("found after the information", "no photograph")


def test_the_magistrate_is_told_once() -> None:
    """The first time counts; a second one is doubted, and one before the death was known."""
    once = inquest(reported(), informed())
    once.when("inquest.ExecutiveMagistrateInformed").doubted("was told of MARG/0041/2026 already on 2 July 2026")
    again = inquest(reported(), informed(), informed(at=DAY + timedelta(days=2)))
    assert again.record.part(Death).informed.at == DAY + timedelta(hours=1)
    inquest(reported()).when("inquest.ExecutiveMagistrateInformed", at=DAY - timedelta(hours=2)).doubted(
        "the intimation to the Executive Magistrate is dated before MARG/0041/2026 was registered"
    )


def test_a_struck_report_leaves_an_inquest_without_a_death() -> None:
    """What follows is then doubted."""
    inquest(reported(), held(), struck(reported(), 1)).when("inquest.ExecutiveMagistrateInformed").doubted(
        "is entered, and no death is reported in this record"
    )
