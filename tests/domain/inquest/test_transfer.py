"""A zero marg: the inquest goes to the station of the area, which receives it under its own number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.event import decide
from domain.inquest.inquest import Inquest
from projections.case_state import CaseState
from projections.view import fold_record
from tests.domain.inquest.builders import inquest, reported
from tests.dsl import act

SENT: dict[str, Any] = {"to_station": "CG-RPR-02", "reason": "death in its area"}
CAME: dict[str, Any] = {"marg_number": 41, "year": 2026, "from_station": "CG-RPR-01", "inquirer": "CG-77"}
HERE = {"station": "CG-RPR-02"}


def sent() -> Any:
    """On its way to the other station."""
    return act("inquest.InquestTransferred", **SENT)


def came(**fields: Any) -> Any:
    """It arrives, at the other station."""
    made = act("inquest.InquestReceivedByStation", **{**CAME, **fields})
    return replace(made, meta=replace(made.meta, **HERE))


def test_it_is_received_under_a_number_of_the_other_station() -> None:
    """The same number by chance: the board shows whose it is now."""
    whole = inquest(reported(), sent(), came())
    assert (whole.record.number, whole.record.station, whole.record.officer) == ("MARG/0041/2026", "CG-RPR-02", "CG-77")
    (row,) = fold_record(CaseState(), list(whole.entries))
    assert (row.number, row.station) == ("CG-RPR-02/MARG/0041/2026", "CG-RPR-02")


def test_it_goes_somewhere_else_and_once() -> None:
    """Not to the station where it is, not again while it is on its way."""
    inquest(reported()).when("inquest.InquestTransferred", **{**SENT, "to_station": "CG-RPR-01"}).refused("it is there")
    inquest(reported(), sent()).when("inquest.InquestTransferred", **SENT).doubted("nobody has received it")


def test_it_comes_from_somewhere_else_as_it_was_sent() -> None:
    """Sent before, to this station, once, and with a number."""
    inquest(reported(), sent()).when("inquest.InquestReceivedByStation", **CAME).refused("from itself")
    inquest(reported()).when("inquest.InquestReceivedByStation", **{**CAME, "from_station": "X-1"}).doubted(
        "nobody has entered that MARG/0041/2026 was sent by X-1"
    )
    record: Inquest = inquest(reported(), sent(), came()).record
    again = decide(came(marg_number=0), record)
    assert "counts from 1" in again.reasons[0]
    assert "was already received on" in " ".join(decide(came(), record).doubts)
    other = replace(came(), meta=replace(came().meta, station="CG-RPR-09"))
    doubts = " ".join(decide(other, inquest(reported(), sent()).record).doubts)
    assert "was sent to CG-RPR-02 and is received by CG-RPR-09" in doubts
    assert "is received before it was sent" in doubts
