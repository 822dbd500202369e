"""A case goes to another station and is received there; it is merged with another, or split."""

from __future__ import annotations

from typing import Any

from domain.case.case import Case
from domain.case.further import CaseReopened
from domain.case.investigation import InvestigatorAssigned
from domain.case.registration import FIRRegistered
from domain.case.transfer import (
    CaseMerged,
    CaseReceived,
    CaseSplit,
    CaseTransferred,
    FIRReceivedByStation,
    FIRTransferred,
    Jurisdiction,
    on_its_way,
)
from domain.event import Event
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import FIR, by_station, fir, told, zero
from tests.dsl import RECORD, Given, act, given

SENT = act(FIRTransferred, to_station="CG-RPR-02")
ORDERED: dict[str, Any] = {"to_station": "CG-CID", "order_number": "PHQ/77", "diary_handed_over": True}
GIVEN = act(CaseTransferred, **ORDERED)
JOINED: dict[str, Any] = {"other": "CG-RPR-02/0031/2026", "order_number": "SP/5"}


def received(**given: Any) -> Event[Any]:
    """The receipt of a zero FIR by CG-RPR-02."""
    return by_station(act(FIRReceivedByStation, **{"from_station": "CG-RPR-01", "from_number": "0003/2026", **given}))


def taken_over(station: str = "CG-CID", **given: Any) -> Event[Any]:
    """The receipt of a transferred case."""
    fields = {"from_station": "CG-RPR-01", "from_number": "0012/2026", "diary_received": True, **given}
    return by_station(act(CaseReceived, **fields), station)


def test_a_zero_fir_goes_to_its_station() -> None:
    """While it is on its way nobody has it; received, it waits for its number there."""
    sent = given(zero()).when(FIRTransferred, to_station="CG-RPR-02").entered()
    assert (sent.stage, sent.station, on_its_way(sent).at) == ("transferred", "CG-RPR-01", after(hours=1))
    there = when(given(zero(), SENT), received()).entered()
    assert (there.stage, there.station, on_its_way(there)) == ("zero FIR", "CG-RPR-02", None)
    numbered = when(given(zero(), SENT, received()), by_station(act(FIRRegistered, **FIR))).entered()
    assert (numbered.stage, numbered.number) == ("registered", "0012/2026")


def test_an_fir_is_there_before_it_is_sent() -> None:
    """Without an FIR nothing can be sent to another station."""
    given(told()).when(FIRTransferred, to_station="CG-RPR-02").refused("the transfer cannot be entered: no FIR")


def test_a_case_is_sent_somewhere_else() -> None:
    """Not to the station that has it."""
    given(fir()).when(FIRTransferred, to_station="CG-RPR-01").refused("it is there. Name the other station")
    given(fir()).when(CaseTransferred, **{**ORDERED, "to_station": "CG-RPR-01"}).refused("it is there")


def test_a_zero_fir_for_another_station_is_doubted() -> None:
    """It is sent to the station for which it was registered."""
    record = given(zero())
    record.when(FIRTransferred, to_station="CG-BSP-01").doubted("registered for CG-RPR-02 and is sent to CG-BSP-01")


def test_what_is_on_its_way_is_not_sent_again() -> None:
    """Before its receipt is entered a second sending is doubted; after it, or once struck, it isn't."""
    given(fir(), SENT).when(FIRTransferred, to_station="CG-BSP-01").doubted("was sent to CG-RPR-02 on 2 July 2026")
    again = by_station(act(FIRTransferred, to_station="CG-BSP-01"))
    when(given(fir(), SENT, received()), again).entered()
    given(fir(), SENT, struck(SENT, 2)).when(FIRTransferred, to_station="CG-BSP-01").entered()


def test_a_transfer_follows_the_fir() -> None:
    """Dated before the registration, or without one, it is doubted."""
    given(fir()).when(CaseTransferred, at=after(-1), **ORDERED).doubted("the transfer is dated before 0012/2026")
    given(told()).when(CaseTransferred, **ORDERED).doubted("the transfer is entered before any FIR")


def test_a_receipt_begins_a_record_at_the_other_station() -> None:
    """The other station's own record may begin with it; without the old number it is doubted."""
    case = when(given(), received(sections=("BNS 303(2)",))).entered()
    assert (case.stage, case.station, case.sections) == ("zero FIR", "CG-RPR-02", ("BNS 303(2)",))
    when(given(), received(from_number="")).doubted("its number there is not given")
    onwards = when(given(received()), by_station(act(FIRTransferred, to_station="CG-BSP-01"))).entered()
    assert onwards.stage == "transferred"


def test_a_station_receives_nothing_from_itself() -> None:
    """It comes from somewhere else."""
    when(given(), received(from_station="CG-RPR-02")).refused("CG-RPR-02 cannot receive")


def test_a_receipt_fits_its_sending() -> None:
    """Never sent, sent elsewhere, received before it was sent, or twice: doubted."""
    when(given(zero()), received()).doubted("nobody has entered that ZERO/0003/2026 was sent by CG-RPR-01")
    elsewhere = by_station(received(), "CG-BSP-01")
    when(given(zero(), SENT), elsewhere).doubted("was sent to CG-RPR-02 and is received by CG-BSP-01")
    early = by_station(act(FIRReceivedByStation, at=after(-1), from_station="CG-RPR-01"))
    when(given(zero(), SENT), early).doubted("is received before it was sent on 2 July 2026")
    when(given(zero(), SENT, received()), received()).doubted("was already received on 2 July 2026")


def test_a_transferred_case_goes_on_where_it_stood() -> None:
    """By order, with its diary; the agency that receives it takes it up at its stage."""
    investigated = given(fir(), act(InvestigatorAssigned))
    assert investigated.when(CaseTransferred, **ORDERED).entered().stage == "transferred"
    case = when(given(fir(), act(InvestigatorAssigned), GIVEN), taken_over()).entered()
    assert (case.stage, case.station, case.number) == ("under investigation", "CG-CID", "0012/2026")


def test_a_record_may_begin_with_a_case_taken_over() -> None:
    """It is under investigation, with the sections it came with."""
    case = when(given(), taken_over(sections=("BNS 103(1)",))).entered()
    assert (case.stage, case.sections) == ("under investigation", ("BNS 103(1)",))


def test_a_case_before_a_court_stays_there() -> None:
    """A transfer of the investigation does not change the stage of a case that a court has."""
    case: Case = given(fir(), act(CaseMerged, direction="to the other", **JOINED)).record
    assert GIVEN.apply(case).stage == "merged"


def test_a_transfer_has_an_order_and_the_diary() -> None:
    """Without the one or the other, on either side, it is doubted."""
    given(fir()).when(CaseTransferred, **{**ORDERED, "order_number": ""}).doubted("without the number of an order")
    given(fir()).when(CaseTransferred, **{**ORDERED, "diary_handed_over": False}).doubted("without its case diary")
    when(given(fir(), GIVEN), taken_over(diary_received=False)).doubted("is received without its case diary")
    when(given(fir(), GIVEN), taken_over("CG-CBI")).doubted("was sent to CG-CID and is received by CG-CBI")


def test_a_merger_ends_the_case_that_goes_into_the_other() -> None:
    """The other goes on as it was."""
    assert given(fir()).when(CaseMerged, direction="to the other", **JOINED).entered().stage == "merged"
    assert given(fir()).when(CaseMerged, direction="from the other", **JOINED).entered().stage == "registered"


def test_a_case_is_not_joined_with_itself() -> None:
    """By its number, its full number, or its id: refused."""
    record = given(fir())
    for fields in ({"other": "0012/2026"}, {"other": "CG-RPR-01/0012/2026"}, {"other_record": RECORD}):
        record.when(CaseMerged, **fields).refused("0012/2026 is the case itself")
        record.when(CaseSplit, **fields).refused("0012/2026 is the case itself")


def test_a_merged_case_is_ended() -> None:
    """A second merger, or a split, is doubted; so is one without an order, or before the FIR."""
    merged = act(CaseMerged, direction="to the other", **JOINED)
    given(fir(), merged).when(CaseMerged, **JOINED).doubted("was merged into another case on 2 July 2026")
    given(fir(), merged, struck(merged, 2)).when(CaseMerged, **JOINED).entered()
    given(fir()).when(CaseMerged, **{**JOINED, "order_number": ""}).doubted("the merger of 0012/2026 has no number")
    given(told()).when(CaseMerged, **JOINED).doubted("the merger is entered before any FIR")
    given(fir(), merged, act(CaseReopened)).when(CaseSplit, **JOINED).doubted("was merged into another")


def test_part_of_a_case_is_split_off() -> None:
    """The accused who go with it are named; the record that is left keeps its stage."""
    record = given(fir("A1", "A2"))
    assert record.when(CaseSplit, **JOINED, accused=("A2",)).entered().stage == "registered"
    record.when(CaseSplit, **JOINED, accused=("A3",)).doubted("whom 0012/2026 does not name: A3")
    record.when(CaseSplit, **JOINED, accused=("Ramesh",)).refused("entered by a code")


def test_a_split_begins_the_new_record() -> None:
    """It comes from the other case, by an order."""
    case = given().when(CaseSplit, direction="from the other", **JOINED, accused=("A2",)).entered()
    assert (case.stage, case.station) == ("under investigation", "CG-RPR-01")
    unordered = {**JOINED, "order_number": ""}
    given().when(CaseSplit, direction="from the other", **unordered).doubted("without the number of an order")
    given().when(CaseSplit, direction="to the other", **JOINED).refused("nothing is entered here that could be split")


def test_a_receipt_is_remembered() -> None:
    """When the case came, and where it had been sent."""
    part = given(zero(), SENT, received()).record.part(Jurisdiction)
    assert (part.sent_to, part.received.at) == ("CG-RPR-02", after(hours=2))


def test_a_third_station_is_doubted() -> None:
    """A slip in the station's code: the case is another's. On its way, and received, it is the other's."""

    def told(case: Given, station: str) -> list[str]:
        doubts = when(case, by_station(act(InvestigatorAssigned), station)).decision.doubts
        return [each for each in doubts if "no transfer is entered" in each]

    case, gone = given(fir()), given(fir(), SENT)
    assert told(case, "CG-RPR-99") == ["CG-RPR-99 enters this in a case of CG-RPR-01, and no transfer is entered"]
    assert told(case, "CG-RPR-01") == told(gone, "CG-RPR-02") == []
    there = given(fir(), SENT, received())
    assert told(there, "CG-RPR-02") == []
    assert len(told(there, "CG-RPR-01")) == 1
