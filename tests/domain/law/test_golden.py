"""Days that courts have counted, and days worked out from the words of the law, as clocks of whole records."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.domain.law.kit import ARREST, at, clocks, fact, fir, only, remanded, told


def test_wadhawan() -> None:
    """ED v. Kapil Wadhawan: first remand 14 May 2020, day 60 is 12 July; filed on the 13th, a day late."""
    filed = fact("ChargesheetAcknowledged", "2020-07-13 11:00", accused=["A1"])
    found = clocks(fir("2020-05-01", "IPC 420"), remanded("A1", "2020-05-14 16:00"), filed)
    clock = only("def-bail", found)
    assert (clock.last_day, clock.lapses_from) == (date(2020, 7, 12), at("2020-07-13"))
    assert clock.state(at("2020-07-12 23:59")) == "open"
    assert clock.state(at("2020-07-13")) == "lapsed"
    assert clock.state(None) == "met late"


def test_shaurya_singh() -> None:
    """Custody 13 July 2025, day 60 is 10 September; the chargesheet of 2 September was in time, copies or not."""
    filed = fact("ChargesheetAcknowledged", "2025-09-02 15:00", accused=["A1"])
    found = clocks(fir("2025-07-10", "BNS 318(4)"), remanded("A1", "2025-07-13"), filed)
    clock = only("def-bail", found)
    assert clock.last_day == date(2025, 9, 10)
    assert clock.state(None) == "met"


def test_ninety_days() -> None:
    """Remand 1 January 2026: day 90 is 31 March, the right from 1 April."""
    clock = only("def-bail", clocks(fir("2026-01-01", "BNS 103(1)"), remanded("A1", "2026-01-01 18:00")))
    assert (clock.last_day, clock.lapses_from) == (date(2026, 3, 31), at("2026-04-01"))


def test_two_months_are_not_sixty_days() -> None:
    """FIR recorded 31 December 2026: two months end on 28 February 2027, sixty days would on 1 March."""
    assert only("inv-2m", clocks(fir("2026-12-31 10:00", "BNS 64(1)"))).last_day == date(2027, 2, 28)


def test_three_days_for_a_signature() -> None:
    """An e-FIR received 1 March 2026: by 4 March, the first day left out by setting."""
    clock = only("efir-sign", clocks(fact("InformationReceived", "2026-03-01 12:00", mode="electronic")))
    assert clock.last_day == date(2026, 3, 4)
    assert clock.rule.start_setting


def test_the_code_of_the_day_on_which_the_proceeding_began() -> None:
    """The last instant of 30 June 2024 is the older Code's; the first of 1 July the Sanhita's (BNSS s.531(2)(a))."""
    facts = remanded("A1", "2024-08-01"), fact("SearchRecorded", "2024-08-02", search="S1", under="BNSS 185")
    old = clocks(fir("2024-06-30 23:59", "IPC 420"), *facts)
    new = clocks(fir("2024-07-01 00:00", "BNS 318(4)"), *facts)
    assert only("def-bail", old).law.startswith("CrPC 1973")
    assert only("def-bail", new).law.startswith("BNSS 2023")
    assert [each.rule.id for each in old if each.rule.id.startswith("search")] == ["search-165"]
    assert [each.rule.id for each in new if each.rule.id.startswith("search")] == ["search-48"]


def test_every_offence_under_the_uapa_counts_ninety_days() -> None:
    """UAPA s.43D(2)(a) reads ninety for sixty; the Court may make it one hundred and eighty, before they are over."""
    facts = fir("2026-01-01", "UAPA 13(1)"), remanded("A1", "2026-01-01 12:00")
    given = {"provision": "UAPA 43D(2)", "accused": ["A1"], "days": 90, "order_number": "X/1"}
    clock = only("uapa-180", clocks(*facts))
    assert clock.last_day == date(2026, 3, 31)
    assert "def-bail" not in {each.rule.id for each in clocks(*facts)}
    assert only("uapa-180", clocks(*facts, fact("TimeExtended", "2026-03-31", **given))).last_day == date(2026, 6, 29)
    late = only("uapa-180", clocks(*facts, fact("TimeExtended", "2026-04-01", **given)))
    assert late.last_day == date(2026, 3, 31)
    assert "came after the lapse and lengthens nothing" in told(late)
    other = fact("TimeExtended", "2026-03-01", **{**given, "provision": "NDPS 36A(4)"})
    assert only("uapa-180", clocks(*facts, other)).last_day == date(2026, 3, 31)


def test_no_extension_goes_beyond_what_the_act_allows() -> None:
    """UAPA s.43D(2)(b): one hundred and eighty days in all, by one order or two; days at large come on top."""
    facts = fir("2026-01-03", "UAPA 38"), remanded("A1", "2026-01-03 12:00")
    given: dict[str, Any] = {"provision": "UAPA 43D(2)", "accused": ["A1"], "order_number": "X/1"}
    much = only("uapa-180", clocks(*facts, fact("TimeExtended", "2026-03-01", **given, days=200)))
    assert much.last_day == date(2026, 7, 1)
    assert "lengthens it (order X/1), by 90 days" in told(much)
    assert "(order X/1) gives 200 days, 110 not counted but doubted: the law allows 180 days" in told(much)
    assert any("200 दिन देता है, उनमें 110 संदिग्ध" in line.hi for line in much.explain)
    twice = [fact("TimeExtended", day, **given, days=90) for day in ("2026-03-01", "2026-05-01")]
    clock = only("uapa-180", clocks(*facts, *twice))
    assert clock.last_day == date(2026, 7, 1)
    assert told(clock).count("gives 90 days, 90 not counted") == 1
    out = fact("BailGranted", "2026-05-10", accused=["A1"], kind="regular"), remanded("A1", "2026-05-21")
    assert only("uapa-180", clocks(*facts, *twice, *out)).last_day == date(2026, 7, 11)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"days": 30}, "lengthens it (order X/1), by 30 days"),
        (
            {"days": 100_000},
            "(order X/1) gives 100000 days, and lengthens nothing: no number of days that can be believed",
        ),
        ({"days": -5}, "(order X/1) gives -5 days, and lengthens nothing"),
        ({"days": 0, "months": 2}, "(order X/1) gives no days and lengthens nothing; another unit than days is not"),
    ],
    ids=str,
)
def test_what_every_extension_adds_is_told(values: dict[str, int], said: str) -> None:
    """The last day can be followed from entry to entry, also where one adds nothing."""
    given: dict[str, Any] = {"provision": "UAPA 43D(2)", "accused": ["A1"], "order_number": "X/1", **values}
    facts = fir("2026-01-03", "UAPA 38"), remanded("A1", "2026-01-03 12:00")
    clock = only("uapa-180", clocks(*facts, fact("TimeExtended", "2026-03-01", **given)))
    assert sum("TimeExtended" in line.en and said in line.en for line in clock.explain) == 1
    assert sum("TimeExtended" in line.hi for line in clock.explain) == 1
    assert clock.extended is (values["days"] == 30)


def test_an_extension_by_the_wrong_unit_is_told() -> None:
    """JJ s.14(2) gives months: days add nothing, and of several the longest counts."""
    facts = (
        fact("AccusedArrested", "2026-01-01", accused="A1", child=True, **ARREST),
        fact("AccusedProduced", "2026-01-02", accused="A1", purpose="first production"),
    )
    given: dict[str, Any] = {"provision": "JJ 14(2)", "accused": ["A1"]}
    more = [{"days": 60, "months": 0}, {"days": 0, "months": 2}, {"days": 0, "months": 1}]
    clock = only("jj-4m", clocks(*facts, *(fact("TimeExtended", "2026-02-01", **given, **each) for each in more)))
    assert clock.last_day == date(2026, 7, 2)
    lines = [line.en.partition(" 00:00 ")[2] for line in clock.explain if "TimeExtended" in line.en]
    assert lines == ["makes it no longer: months 0", "lengthens it: months 2", "makes it no longer: months 1"]


def test_commercial_quantity_counts_one_hundred_and_eighty_days() -> None:
    """NDPS s.36A(4): only where the section is one of that quantity; else sixty or ninety, and the other is told."""
    found = clocks(fir("2026-01-01", "NDPS 20(b)(ii)(C)"), remanded("A1", "2026-01-01"), remanded("A2", "2026-01-03"))
    assert only("ndps-180", found, "A1").last_day == date(2026, 6, 29)
    assert only("ndps-180", found, "A2").last_day == date(2026, 7, 1)
    assert "def-bail" not in {each.rule.id for each in found}
    smaller = clocks(fir("2026-01-01", "NDPS 20(b)(ii)(B)"), remanded("A1", "2026-01-01"))
    assert only("def-bail", smaller).last_day == date(2026, 3, 1)
    assert "rule ndps-180 counts that" in told(only("def-bail", smaller))
    assert "ndps-180" not in {each.rule.id for each in smaller}
    vague = clocks(fir("2026-01-01", "NDPS 20(b)"), remanded("A1", "2026-01-01"))
    assert only("def-bail", vague).last_day == date(2026, 3, 1)


def test_the_weight_decides_when_it_is_known_in_time() -> None:
    """Commercial quantity found on day 40 makes 180 days of it; found after day 60, the right has accrued and stays."""
    facts = fir("2026-01-01", "NDPS 20(b)(ii)(B)"), remanded("A1", "2026-01-01")
    early = clocks(*facts, fact("SectionsAltered", "2026-02-09", sections=["NDPS 20(b)(ii)(C)"]))
    assert only("def-bail", early).state(None) == "overtaken"
    assert only("ndps-180", early).last_day == date(2026, 6, 29)
    late = clocks(*facts, fact("SectionsAltered", "2026-03-02", sections=["NDPS 20(b)(ii)(C)"]))
    assert only("def-bail", late).state(at("2026-03-02")) == "lapsed"
    assert "came after the lapse and changes nothing about it" in told(only("def-bail", late))


def test_a_year_for_the_special_court() -> None:
    """From 29 February 2028: 28 February 2029, the month's last day."""
    facts = fir("2028-01-01", "POCSO 8"), fact("CognizanceTaken", "2028-02-29", procedure="special", accused=[])
    found = clocks(*facts)
    assert only("pocso-trial-1y", found).last_day == date(2029, 2, 28)
    assert only("pocso-evid-30", found).last_day == date(2028, 3, 30)
