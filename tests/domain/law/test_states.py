"""How a clock stands at a moment, by what was known then; and the FIR on the website, which shows it best."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.domain.law.kit import BOOK, at, clocks, fact, fir, only, remanded, told


def test_a_clock_lapses_by_time_alone() -> None:
    """The FIR goes on the website within 24 hours: the last instant is in time, the next one isn't."""
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "BNS 303(2)")))
    assert clock.due_at == at("2026-07-03 09:00")
    assert clock.state(at("2026-07-02 09:00")) == "open"
    assert clock.state(clock.due_at) == "open"
    assert clock.state(clock.lapses_from) == "lapsed"
    assert clock.state(None) == "open"
    assert clock.alarms == (at("2026-07-03 03:00"),)


@pytest.mark.parametrize(
    ("done", "recorded", "state"),
    [
        ("2026-07-03 09:00", "2026-07-03 09:00", "met"),
        ("2026-07-03 09:00", "2026-07-03 09:01", "entered late"),
        ("2026-07-02 10:00", "2026-07-09 10:00", "entered late"),
        ("2026-07-03 09:01", "2026-07-03 09:02", "met late"),
    ],
)
def test_an_act_in_time_may_be_entered_late(done: str, recorded: str, state: str) -> None:
    """The act counts by its own time; that it was written down after the end is a fault of its own."""
    found = clocks(fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", done, recorded))
    clock = only("fir-web", found)
    assert clock.state(at("2026-08-01")) == state
    assert clock.state(None) == state
    assert clock.met_at == at(done)
    assert clock.recorded_at == at(recorded)
    assert ("recorded only on" in told(clock)) is (state == "entered late")


def test_before_it_was_known_it_had_lapsed() -> None:
    """`known_at` gives what an officer could have known that day; `as_of` what had happened by then."""
    facts = fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", "2026-07-02 20:00", "2026-07-05 10:00")
    fourth = at("2026-07-04")
    assert only("fir-web", clocks(*facts, known_at=fourth)).state(fourth) == "lapsed"
    assert only("fir-web", clocks(*facts, as_of=fourth)).state(fourth) == "entered late"
    assert only("fir-web", clocks(*facts, as_of=at("2026-07-02 19:00"))).state(fourth) == "lapsed"
    assert clocks(*facts, as_of=at("2026-07-02 08:59")) == ()
    assert clocks(*facts, known_at=at("2026-07-02 09:04")) == ()


def test_an_entry_that_was_struck_counts_no_more() -> None:
    """From when the correction is known, whatever its own date; a struck correction strikes nothing."""
    first, wrong = fir("2026-07-02 09:00", "BNS 303(2)"), fact("FIRPublished", "2026-07-02 20:00")
    strikes = fact("EntryCorrected", "2026-07-06", entry=wrong.entry_id, reason="wrong record")
    restores = fact("EntryCorrected", "2026-07-08", entry=strikes.entry_id, reason="it was right")
    assert only("fir-web", clocks(first, wrong, strikes)).state(None) == "open"
    assert only("fir-web", clocks(first, wrong, strikes, restores)).state(None) == "met"
    assert only("fir-web", clocks(first, wrong, strikes, as_of=at("2026-07-03"))).met_at is None
    assert only("fir-web", clocks(first, wrong, strikes, known_at=at("2026-07-05"))).state(None) == "met"
    assert clocks(first, fact("EntryCorrected", "2026-07-06", entry=first.entry_id)) == ()


@pytest.mark.parametrize(("difficulty", "hours"), [("connectivity", 48), ("geography", 72)])
def test_a_difficulty_lengthens_the_publication(difficulty: str, hours: int) -> None:
    """48 hours for want of connectivity, 72 only where geography is why; noted before the time is over."""
    facts = fir("2026-07-02 09:00", "BNS 303(2)"), fact("PublicationDelayed", "2026-07-02 15:00", difficulty=difficulty)
    clock = only("fir-web", clocks(*facts))
    assert clock.due_at == at("2026-07-02 09:00") + timedelta(hours=hours)
    assert clock.extended
    assert clock.state(at("2026-07-02 14:00")) == "open"
    assert clock.state(at("2026-07-03 10:00")) == "extended"
    assert clock.state(at("2026-07-06")) == "lapsed"


def test_a_difficulty_noted_after_the_lapse_lengthens_nothing() -> None:
    """But geography may still be noted in the second day, once connectivity was in the first."""
    start = fir("2026-07-02 09:00", "BNS 303(2)")
    late = fact("PublicationDelayed", "2026-07-03 10:00", difficulty="geography")
    clock = only("fir-web", clocks(start, late))
    assert clock.due_at == at("2026-07-03 09:00")
    assert "came after the lapse and lengthens nothing" in told(clock)
    first = fact("PublicationDelayed", "2026-07-02 10:00", difficulty="connectivity")
    assert only("fir-web", clocks(start, first, late)).due_at == at("2026-07-05 09:00")


@pytest.mark.parametrize(
    ("rank", "exempt"),
    [
        ("DySP", True), ("Dy. S.P.", True), ("Deputy Superintendent of Police", True), ("SDOP", True), ("SP", True),
        ("Superintendent of Police", True), ("DIG", True), ("IGP", True), ("District Magistrate", True),
        ("Inspector", False), ("SHO", False), ("SI", False), ("TI", False), ("", False), ("Constable", False),
    ],
)  # fmt: skip
def test_who_may_withhold_an_fir(rank: str, exempt: bool) -> None:
    """Not below the rank of Deputy Superintendent of Police, or the District Magistrate."""
    withheld = fact("PublicationWithheld", "2026-07-02 12:00", decided_by_rank=rank, reason_class="POCSO")
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "POCSO 6"), withheld))
    assert clock.state(at("2026-07-04")) == ("exempted" if exempt else "lapsed")
    assert (clock.ended_as, clock.ended_by) == (("exempted", withheld.entry_id) if exempt else ("", ""))
    if exempt:
        assert f"the duty fell away with case.PublicationWithheld ({rank})" in told(clock)


def test_ranks_that_the_register_takes_for_a_dysp_exempt() -> None:
    """The list in the rule and the register's own are one."""
    from domain.case.ranks import DYSP_OR_ABOVE  # noqa: PLC0415

    listed = BOOK["fir-web"].exempts[0].when[0]
    assert [rank for rank in DYSP_OR_ABOVE if not listed.holds({"decided_by_rank": rank})] == []


def test_a_late_decision_to_withhold_undoes_no_lapse() -> None:
    """It stands in the explanation."""
    withheld = fact("PublicationWithheld", "2026-07-05", decided_by_rank="SP")
    clock = only("fir-web", clocks(fir("2026-07-02 09:00", "POCSO 6"), withheld))
    assert clock.state(at("2026-07-06")) == "lapsed"
    assert "doesn't undo it" in told(clock)


def test_a_judgment_read_in_secondary_sources_says_so() -> None:
    """And that nobody has reviewed it."""
    lines = told(only("fir-web", clocks(fir("2026-07-02 09:00"))))
    assert "its text was read in secondary sources only" in lines
    assert "no lawyer has reviewed this rule" in lines


def test_what_cures_a_lapse_is_told_when_it_was_written_down_after_it() -> None:
    """An order, a bail, an exemption or sections dated before the end and entered after it don't pass silently."""
    words = "this was recorded only on 1 May 2026 10:00, after"
    start = remanded("A1", "2026-01-01 12:00")
    cheating, terror = fir("2026-01-01", "BNS 318(4)"), fir("2026-01-01", "UAPA 16")
    order = {"provision": "UAPA 43D(2)", "days": 90, "accused": ["A1"], "order_number": "O/1"}
    for rule, first, name, values in (
        ("uapa-180", terror, "TimeExtended", order),
        ("def-bail", cheating, "SectionsAltered", {"sections": ["BNS 103(1)"]}),
        ("def-bail", cheating, "BailGranted", {"accused": "A1", "kind": "regular"}),
        ("def-bail", cheating, "FinalReportDecided", {"outcome": "accepted"}),
    ):
        for recorded, told_so in (("2026-05-01 10:00", True), ("2026-02-20 10:05", False)):
            cure = fact(name, "2026-02-20 10:00", recorded, **values)
            clock = only(rule, clocks(first, start, cure))
            assert (words in told(clock)) is told_so, (name, told(clock))
            assert all(line.hi for line in clock.explain)
    assert only("def-bail", clocks(cheating, start, cure)).state(None) == "overtaken"
