"""What an inquest comes to: identified, disposed of, converted to an FIR, closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.common.tie import Ties
from domain.inquest.death import Death
from domain.inquest.outcome import TO_CASE
from tests.domain.inquest.builders import (
    SOMEONE,
    converted,
    forwarded,
    found,
    held,
    informed,
    inquest,
    pmr,
    reported,
    requested,
    struck,
)
from tests.dsl import DAY, act

BASE = (reported(), informed(), held())
WHOLE = (*BASE, requested(), pmr(), forwarded())
CLOSED: dict[str, Any] = {"cause": "drowning", "ordered_by": "SDM Raipur"}
FIR: dict[str, Any] = {"fir": "0012/2026", "sections": ("BNS 103(1)",), "ground": "inquest"}


def test_an_unknown_body_is_identified_once() -> None:
    """By somebody, and only where nobody knew it."""
    known: dict[str, Any] = {"how": "by somebody who knew the person", "identified_by": "W1"}
    record = inquest(found()).when("inquest.BodyIdentified", **known).entered()
    assert record.part(Death).identified
    once = act("inquest.BodyIdentified", **known)
    inquest(found(), once).when("inquest.BodyIdentified", **known).refused("was identified on 2 July 2026")
    inquest(found(), once, struck(once, 2)).when("inquest.BodyIdentified", **known).entered()
    inquest(reported()).when("inquest.BodyIdentified", **known).doubted(
        "began with the report of a known person's death"
    )
    inquest(found()).when("inquest.BodyIdentified", how=known["how"]).doubted("by nobody in particular")


def test_an_unknown_body_is_kept_and_made_known() -> None:
    """With a sample for DNA, for three days at least, and while it is there; else it is disposed of too soon."""
    kept: dict[str, Any] = {"dna_sample": True, "made_known": ("hue and cry notice",), "condition": "decomposed"}
    base, later = (found(), informed(), held()), DAY + timedelta(hours=72)
    inquest(*base).when("inquest.BodyKept", at=DAY, kept_until=later, **kept).entered()
    inquest(*base).when("inquest.BodyKept", at=DAY, kept_until=later - timedelta(minutes=1), **kept).doubted(
        "less than 72 hours"
    )
    inquest(*base).when("inquest.BodyKept", **{**kept, "dna_sample": False}).doubted("no sample for DNA was taken")
    gone = act("inquest.BodyDisposed", how="buried", at=later)
    inquest(*base, gone).when("inquest.BodyKept", at=later + timedelta(hours=1), **kept).doubted("was disposed of on")
    inquest(*base).when("inquest.BodyDisposed", how="buried", at=later).entered()
    early = later - timedelta(minutes=1)
    inquest(*base).when("inquest.BodyDisposed", how="buried", at=early).doubted("sooner than 72 hours")
    inquest(*BASE).when("inquest.BodyDisposed", how="buried", at=early).entered()


def test_a_body_is_disposed_of_after_it_was_looked_at() -> None:
    """After the inquest, to somebody, and once."""
    gone: dict[str, Any] = {"how": "handed to relatives", "received_by": "I1", "receiver_name": SOMEONE}
    inquest(*BASE).when("inquest.BodyDisposed", **gone).entered()
    inquest(reported()).when("inquest.BodyDisposed", **gone).doubted("before any inquest is entered")
    inquest(*BASE).when("inquest.BodyDisposed", at=DAY + timedelta(minutes=5), **gone).doubted(
        "before the inquest was held"
    )
    inquest(*BASE).when("inquest.BodyDisposed", how="handed to relatives").doubted("not said to whom")
    inquest(*BASE).when("inquest.BodyDisposed", **{**gone, "received_by": ""}).refused("Give the code in received_by")
    inquest(found(), informed(), held()).when("inquest.BodyDisposed", **gone).doubted("nobody has entered whose it is")
    inquest(*BASE, act("inquest.BodyDisposed", **gone)).when("inquest.BodyDisposed", **gone).refused(
        "was disposed of on"
    )


def test_an_inquest_becomes_one_case() -> None:
    """It names the FIR; a second conversion is refused until the first is struck."""
    record = inquest(*BASE).when("inquest.ConvertedToFIR", **FIR).entered()
    assert record.stage == "converted"
    assert record.part(Ties).tied[TO_CASE.id].called == "0012/2026"
    inquest(*BASE, converted()).when("inquest.ConvertedToFIR", **FIR).refused(
        "MARG/0041/2026 was converted to 0012/2026 on 2 July 2026"
    )
    again = inquest(*BASE, converted(), struck(converted(), 4))
    assert again.record.stage == "inquest held"
    again.when("inquest.ConvertedToFIR", **{**FIR, "fir": "0013/2026"}).entered()
    inquest(*BASE).when("inquest.ConvertedToFIR", **{**FIR, "fir": " "}).refused("is converted to no FIR")


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"sections": ()}, "no section of law is given"), ({"papers_handed_over": False}, "without its papers")],
)
def test_what_of_a_conversion_deserves_a_second_look(fields: dict[str, Any], words: str) -> None:
    """Without sections, without the papers."""
    inquest(*BASE).when("inquest.ConvertedToFIR", **{**FIR, **fields}).doubted(words)


def test_an_inquest_is_closed_when_all_is_in() -> None:
    """Inquest, its report, every report that was asked for, and an order."""
    record = inquest(*WHOLE).when("inquest.InquestClosed", **CLOSED).entered()
    assert record.stage == "closed"
    inquest(reported()).when("inquest.InquestClosed", cause="drowning").doubted(
        "and no inquest is entered", "its report is not entered as forwarded", "not said by whose order"
    )
    inquest(*BASE, requested(), forwarded()).when("inquest.InquestClosed", **CLOSED).doubted("received on request PM/1")
    inquest(found(), informed(), held(), forwarded()).when("inquest.InquestClosed", **CLOSED).doubted(
        "whose body it was"
    )


def test_what_became_a_case_is_not_filed() -> None:
    """And what is filed is not filed again; an FIR may still come of it."""
    inquest(*WHOLE, converted()).when("inquest.InquestClosed", **CLOSED).refused("it was converted to 0012/2026")
    closed = (*WHOLE, act("inquest.InquestClosed", **CLOSED))
    inquest(*closed).when("inquest.InquestClosed", **CLOSED).refused("is closed since 2 July 2026")
    record = inquest(*closed).when("inquest.ConvertedToFIR", **FIR).doubted("comes after MARG/0041/2026 was closed")
    assert record.stage == "converted"
