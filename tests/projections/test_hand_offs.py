"""The view of hand-overs: what is open, what closed it, what is odd; as of a day, as known on a day, in any order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.event import ACTS, Event
from domain.law.book import load_book
from projections.awaited import awaiting, stops_of
from projections.deadlines import reckon_entries
from projections.hand_offs import HandOffs, Papers, hand_offs
from projections.view import fold_record
from tests.dsl import DAY, RECORD, act
from tests.stories.story import INDIA

VIEW = HandOffs()
BOOK = load_book()
HOUR = timedelta(hours=1)
Line = tuple[str, float]


def entries(*acts: Event[Any], recorded: Sequence[float] = ()) -> list[Event[Any]]:
    """These acts as entries of one record in this order, each recorded when it happened, or at these hours."""
    found = []
    for version, each in enumerate(acts, start=1):
        at = DAY + recorded[version - 1] * HOUR if recorded else each.meta.occurred_at
        place = {"entry_id": UUID(int=version), "record_id": RECORD, "stream_id": RECORD, "version": version}
        found.append(replace(each, meta=replace(each.meta, recorded_at=at, **place)))
    return found


def rows(*acts: Event[Any], recorded: Sequence[float] = ()) -> list[HandOffs.Row]:
    """What the view shows of a record with these acts."""
    return fold_record(VIEW, entries(*acts, recorded=recorded))


def papers(found: Iterable[Event[Any]]) -> Papers:
    """What the view keeps of a record."""
    kept = Papers(RECORD)
    for entry in found:
        for _, handler in VIEW.touched(entry):
            handler(VIEW, kept, entry)
    return kept


def sent(at: float, number: str = "CS/1") -> Event[Any]:
    """A chargesheet goes to court at this hour."""
    return act("case.ChargesheetSubmitted", at=DAY + at * HOUR, number=number, accused=("A1",), court="JMFC")


def acknowledged(at: float, number: str = "CS/1") -> Event[Any]:
    """The court acknowledges it."""
    return act("case.ChargesheetAcknowledged", at=DAY + at * HOUR, number=number, accused=("A1",), cnr="C" * 16)


def returned(at: float) -> Event[Any]:
    """The court's office returns it."""
    return act("case.ChargesheetReturnedWithDefect", at=DAY + at * HOUR, number="CS/1", defects=("other",))


def struck(version: int, at: float) -> Event[Any]:
    """An entry is struck."""
    return act("case.EntryCorrected", at=DAY + at * HOUR, entry=UUID(int=version), version=version, reason="wrong")


def parcel(name: str, property_id: str, at: float) -> Event[Any]:
    """Something about one article on its way to the laboratory or back."""
    return act(f"case.{name}", at=DAY + at * HOUR, property_id=property_id, laboratory="FSL Raipur")


def short(found: Iterable[HandOffs.Row]) -> list[tuple[str, str, str]]:
    """Of which subject, how it stands, what closed it."""
    return [(row.subject, row.state, row.closed_by.removeprefix("case.")) for row in found]


def test_what_was_sent_is_open_until_the_other_side_answers() -> None:
    """Sent: open, with whom, when and to whom. Acknowledged later: closed, with when and by which act."""
    (row,) = rows(sent(1))
    assert (row.hand_off, row.state, row.addressee, row.sent_at) == ("chargesheet", "open", "JMFC", DAY + HOUR)
    assert (row.station, row.sent_by, row.sent_by_rank, row.times_sent) == ("CG-RPR-01", "CG-1001", "SI", 1)
    (row,) = rows(sent(1), acknowledged(5))
    assert (row.state, row.closed_at) == ("acknowledged", DAY + 5 * HOUR)
    assert short([row]) == [("CS/1", "acknowledged", "ChargesheetAcknowledged")]


def test_what_came_back_and_is_sent_again_is_a_new_hand_over() -> None:
    """A return shows that the court had it; the second sending waits for an answer of its own."""
    found = rows(sent(1), returned(3), sent(5))
    assert short(found) == [("CS/1", "acknowledged", "ChargesheetReturnedWithDefect"), ("CS/1", "open", "")]
    assert found[1].sent_at == DAY + 5 * HOUR


def test_sent_twice_is_one_that_waits_since_the_first() -> None:
    """A double is counted, and one acknowledgement closes it; a second acknowledgement changes nothing."""
    (row,) = rows(sent(1), sent(4))
    assert (row.sent_at, row.times_sent, row.last_sent_at) == (DAY + HOUR, 2, DAY + 4 * HOUR)
    (row,) = rows(sent(1), sent(4), acknowledged(5), acknowledged(6))
    assert (row.state, row.closed_at) == ("acknowledged", DAY + 5 * HOUR)


def test_an_acknowledgement_dated_before_the_sending_acknowledges_nothing() -> None:
    """It stays open, and the odd date is told beside it; a proper one still closes it. Of one moment it counts."""
    (row,) = rows(sent(5), acknowledged(4))
    assert (row.state, row.before) == ("open", DAY + 4 * HOUR)
    (row,) = rows(sent(5), acknowledged(4), acknowledged(6))
    assert (row.state, row.closed_at) == ("acknowledged", DAY + 6 * HOUR)
    for both in ((sent(5), acknowledged(5)), (acknowledged(5), sent(5))):
        (row,) = rows(*both)
        assert (row.state, row.before) == ("acknowledged", None)


def test_an_acknowledgement_without_a_sending_is_told_as_such() -> None:
    """The court has what nobody entered as sent; but a deposit, or a report never told as issued, is nothing odd."""
    (row,) = rows(acknowledged(3))
    assert (row.state, row.sent_at, row.closed_by) == ("not sent", None, "case.ChargesheetAcknowledged")
    assert rows(act("case.PropertyDeposited", property_id="PR/1")) == []
    assert rows(act("case.LaboratoryReportReceived", report_number="R/1")) == []


def test_what_is_struck_was_never_sent_or_never_acknowledged() -> None:
    """A struck sending is gone, a struck acknowledgement opens it again, a struck correction lets both stand."""
    assert rows(sent(1), struck(1, 2)) == []
    assert short(rows(sent(1), acknowledged(2), struck(2, 3))) == [("CS/1", "open", "")]
    assert short(rows(sent(1), acknowledged(2), struck(1, 3))) == [("CS/1", "not sent", "ChargesheetAcknowledged")]
    assert short(rows(sent(1), acknowledged(2), struck(2, 3), struck(3, 4)))[0][1] == "acknowledged"


def test_two_parcels_under_way_are_kept_apart() -> None:
    """Each by the article: the receipt of one says nothing of the other; and the way back is another hand-over."""
    out = [parcel("PropertySentToLaboratory", each, 1) for each in ("PR/1", "PR/2")]
    came = parcel("PropertyReceivedByLaboratory", "PR/2", 3)
    assert short(rows(*out, came)) == [("PR/1", "open", ""), ("PR/2", "acknowledged", "PropertyReceivedByLaboratory")]
    back = parcel("PropertyReturnedFromLaboratory", "PR/2", 5)
    found = {(row.hand_off, row.subject): row.state for row in rows(*out, came, back)}
    assert found["article coming back", "PR/2"] == "open"
    deposited = act("case.PropertyDeposited", at=DAY + 6 * HOUR, property_id="PR/2")
    found = {(row.hand_off, row.subject): row.state for row in rows(*out, came, back, deposited)}
    assert found["article coming back", "PR/2"] == "acknowledged"


def test_a_parcel_that_is_missing_was_still_sent_and_never_received() -> None:
    """A loss on the way answers nothing; only once it is found does nobody wait for the laboratory any more."""
    gone = act("case.PropertyMissing", at=DAY + 2 * HOUR, property_id="PR/1")
    found = act("case.PropertyFound", at=DAY + 3 * HOUR, property_id="PR/1")
    assert short(rows(parcel("PropertySentToLaboratory", "PR/1", 1), gone)) == [("PR/1", "open", "")]
    assert short(rows(parcel("PropertySentToLaboratory", "PR/1", 1), gone, found))[0][1] == "overtaken"


def test_a_hand_over_between_officers_ends_when_the_article_goes_elsewhere() -> None:
    """Taken over it is acknowledged; deposited instead, nobody waits for the other officer."""
    offered = act("case.PropertyHandedOver", at=DAY, property_id="PR/1", to_officer="CG-2001")
    taken = act("case.PropertyTakenOver", at=DAY + HOUR, property_id="PR/1", from_officer="CG-1001")
    elsewhere = act("case.PropertyDeposited", at=DAY + HOUR, property_id="PR/1")
    assert [row.addressee for row in rows(offered)] == ["CG-2001"]
    assert short(rows(offered, taken))[0][1] == "acknowledged"
    assert short(rows(offered, elsewhere))[0][1] == "overtaken"


def test_a_refused_consent_ends_the_wait_and_acknowledges_nothing() -> None:
    """After it nobody waits for the hospital."""
    asked = act("case.MedicalExaminationRequested", at=DAY, request="MR/1", person="V1")
    no = act("case.MedicalConsentRefused", at=DAY + HOUR, request="MR/1", person="V1")
    assert short(rows(asked, no)) == [("MR/1", "overtaken", "MedicalConsentRefused")]


def test_a_case_on_its_way_is_received_by_either_act_and_names_the_record_it_left() -> None:
    """Sent as an FIR or as a case; a record that begins with the receipt names where it came from."""
    gone = act("case.FIRTransferred", at=DAY, to_station="CG-DRG-02")
    came = act("case.CaseReceived", at=DAY + HOUR, from_station="CG-RPR-01", from_record=UUID(int=9))
    assert short(rows(gone, came)) == [("", "acknowledged", "CaseReceived")]
    (row,) = rows(came)
    assert (row.state, row.other) == ("not sent", UUID(int=9))
    registered = act("case.FIRRegistered", at=DAY + HOUR)
    assert short(rows(gone, registered)) == [("", "overtaken", "FIRRegistered")]


def test_late_entries_come_to_the_same_and_are_not_known_before() -> None:
    """Entered the other way round, days later: the same end. What was known in between is told as it was known."""
    late = entries(acknowledged(5), sent(1), recorded=(6, 40))
    (row,) = fold_record(VIEW, late)
    assert (row.state, row.sent_at, row.closed_at) == ("acknowledged", DAY + HOUR, DAY + 5 * HOUR)
    kept = papers(late)
    assert short(hand_offs(kept, known_at=DAY + 10 * HOUR)) == [("CS/1", "not sent", "ChargesheetAcknowledged")]
    assert short(hand_offs(kept, as_of=DAY + 2 * HOUR)) == [("CS/1", "open", "")]
    assert list(hand_offs(kept, as_of=DAY + 2 * HOUR, known_at=DAY + 10 * HOUR)) == []


def test_a_correction_counts_from_when_it_was_recorded() -> None:
    """Before it was known, the acknowledgement still counted; its own day doesn't matter."""
    kept = papers(entries(sent(1), acknowledged(2), struck(2, 3), recorded=(1, 2, 30)))
    assert short(hand_offs(kept, known_at=DAY + 29 * HOUR))[0][1] == "acknowledged"
    assert short(hand_offs(kept, known_at=DAY + 30 * HOUR))[0][1] == "open"
    assert short(hand_offs(kept, as_of=DAY + 2 * HOUR))[0][1] == "open"


def test_the_clocks_that_an_acknowledgement_would_stop_wait_for_it() -> None:
    """A chargesheet that was only sent stops nothing: default bail runs on for its accused. A policy is one by name."""
    fir = act("case.FIRRegistered", at=DAY, fir_number=1, year=2026, sections=("BNS 303(2)",))
    remand = act("case.AccusedRemanded", at=DAY + HOUR, accused="A1", custody="judicial", days=15)
    asked = [
        act("case.MedicalExaminationRequested", at=DAY, request=each, person="V1", purpose="injury")
        for each in ("MR/1", "MR/2")
    ]
    found = entries(fir, remand, *asked, sent(50))
    clocks = reckon_entries(found, BOOK, INDIA)
    at = DAY + 60 * HOUR
    waiting = {row.subject: awaiting(row, clocks, stops_of(BOOK), at) for row in fold_record(VIEW, found)}
    assert [(each.rule.id, each.subject) for each in waiting["CS/1"]] == [("def-bail", "A1")]
    assert [(each.rule.id, each.subject, each.state(at)) for each in waiting["MR/2"]] == [("mlr-due", "MR/2", "lapsed")]
    assert waiting["MR/2"][0].rule.is_policy
    assert awaiting(fold_record(VIEW, found)[0], clocks, stops_of(BOOK), DAY - HOUR) == []


def test_every_kind_whose_acknowledgement_stops_a_clock_is_known() -> None:
    """From the rules alone: a new rule, or a new act that answers, is picked up."""
    found = {kind: set(rules) for kind, rules in stops_of(BOOK).items() if rules}
    assert found["chargesheet"] >= {"def-bail", "inv-2m", "uapa-180", "ndps-180"}
    assert found["request to hospital"] >= {"mlr-due", "pmr-due"}
    assert found["case to station"] >= {"zero-transfer"}
    assert "sanction-120" in found["request for sanction"]


def test_what_rests_on_other_pairs_is_another_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """The view is built anew when an act says something else of a hand-over."""
    assert HandOffs().basis == VIEW.basis != ""
    monkeypatch.setattr(ACTS["case.ChargesheetReturnedWithDefect"], "answers", ())
    assert HandOffs().basis != VIEW.basis


# --- by chance ------------------------------------------------------------------------------------------------------

LINES = st.lists(
    st.tuples(st.sampled_from(["sent", "answered"]), st.integers(0, 12), st.sampled_from(["CS/1", "CS/2"])), max_size=9
)


def told(lines: Sequence[tuple[str, int, str]]) -> list[Event[Any]]:
    """A record of these lines."""
    make = {"sent": sent, "answered": acknowledged}
    return [make[side](at, number) for side, at, number in lines]


def naive(lines: Sequence[tuple[str, int, str]], number: str) -> list[tuple[int, int | None]]:
    """The oracle, by its own way: cut the line of time at each sending that follows a closed one.

    Gives when each hand-over was sent and acknowledged. Nothing is remembered from one to the next but which
    acknowledgements are used up.
    """
    mine = [(at, place, side) for place, (side, at, of) in enumerate(lines) if of == number]
    free = sorted(each for each in mine if each[2] == "answered")
    found: list[tuple[int, int | None]] = []
    rest = sorted(each for each in mine if each[2] == "sent")
    while rest:
        first = rest[0]
        same = [each for each in free if each[0] == first[0] and each < first]
        later = [each for each in free if each > first]
        end = (same or later or [None])[0]
        found.append((first[0], end[0] if end else None))
        over = first if same else end
        free = [each for each in free if end is None or each != end]
        free = [each for each in free if each > over or each[0] >= first[0]] if over else free
        rest = [] if over is None else [each for each in rest[1:] if each > over]
    return found


@for_all(LINES)
def test_any_order_comes_to_what_the_oracle_says(lines: list[tuple[str, int, str]]) -> None:
    """Sendings and acknowledgements in any order, of one moment or of several, for two subjects."""
    found = rows(*told(lines))
    for number in ("CS/1", "CS/2"):
        mine = [row for row in found if row.subject == number and row.state != "not sent"]
        hours = [(_hours(row.sent_at), None if row.closed_at is None else _hours(row.closed_at)) for row in mine]
        assert hours == naive(lines, number)
        unsent = [row for row in found if row.subject == number and row.state == "not sent"]
        answers = [at for side, at, of in lines if of == number and side == "answered"]
        assert [_hours(row.closed_at) for row in unsent] == ([min(answers)] if answers and not mine else [])


@for_all(st.data())
def test_no_order_of_entry_matters(data: st.DataObject) -> None:
    """What happened at different moments comes to the same in whatever order it is entered."""
    lines = data.draw(LINES.map(lambda each: list({line[1]: line for line in each}.values())))
    shuffled = data.draw(st.permutations(lines))
    assert [replace(row, version=0) for row in rows(*told(shuffled))] == [
        replace(row, version=0) for row in rows(*told(lines))
    ]


@for_all(LINES, st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_as_of_and_known_at_are_a_fold_of_what_was_there(
    lines: list[tuple[str, int, str]], as_of: int, known_at: int, recorded: list[int]
) -> None:
    """Asking of a day is the same as never having heard of what came after it."""
    found = entries(*told(lines), recorded=recorded)
    then, known = DAY + as_of * HOUR, DAY + known_at * HOUR
    there = [each for each in found if each.meta.occurred_at <= then and each.meta.recorded_at <= known]
    assert list(hand_offs(papers(found), then, known)) == fold_record(VIEW, there)


@for_all(LINES, st.integers(0, 12), st.integers(0, 12), st.lists(st.integers(0, 12), min_size=9, max_size=9))
def test_what_both_sides_closed_by_then_was_not_open_then(
    lines: list[tuple[str, int, str]], as_of: int, known_at: int, recorded: list[int]
) -> None:
    """Which records need be looked at: where all rows were closed by then, and known to be, none was open then."""
    found = entries(*told(lines), recorded=recorded)
    then, known = DAY + as_of * HOUR, DAY + known_at * HOUR
    closed = [
        row.sent_at
        and row.closed_at
        and row.closed_at <= then
        and row.sent_recorded_at <= known >= row.closed_recorded_at
        for row in fold_record(VIEW, found)
    ]
    if all(closed):
        assert {row.state for row in hand_offs(papers(found), then, known)} <= {"acknowledged"}


@for_all(LINES, st.sets(st.integers(1, 9)))
def test_striking_is_leaving_out(lines: list[tuple[str, int, str]], gone: set[int]) -> None:
    """A record with struck lines shows what one without them shows."""
    found = entries(*told(lines), *(struck(each, 20) for each in sorted(gone) if each <= len(lines)))
    left = [each for each in found[: len(lines)] if each.meta.version not in gone]
    assert fold_record(VIEW, found) == fold_record(VIEW, left)


def _hours(at: datetime | None) -> int:
    assert at is not None
    return round((at - DAY) / HOUR)
