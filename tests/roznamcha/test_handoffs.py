"""`handoffs` as others script against it: what is open, to whom, how long; then, and as it was known then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from roznamcha.intake import read_act
from tests.acts import sent
from tests.roznamcha.kit import Program
from tests.roznamcha.test_store import store_on

FIR, REMAND, SUBMITTED = "case.FIRRegistered", "case.AccusedRemanded", "case.ChargesheetSubmitted"
ACKNOWLEDGED, OUT, IN = (
    "case.ChargesheetAcknowledged",
    "case.PropertySentToLaboratory",
    "case.PropertyReceivedByLaboratory",
)
JULY = datetime(2026, 7, 20, 6, 30, tzinfo=UTC)
LATER = datetime(2026, 8, 20, 6, 30, tzinfo=UTC)
LAB = {"laboratory": "FSL Raipur"}
KEYS = {
    "record", "called", "hand_off", "what", "subject", "state", "act", "station", "sent_at", "sent_by", "times_sent",
    "last_sent_at", "owner", "chaser", "addressee", "waiting_days", "closed_at", "closed_by",
    "acknowledged_before_sent", "other_record", "clocks",
}  # fmt: skip


def day(number: int, hour: int = 9) -> str:
    """A moment of July 2026 by the clock of India."""
    return f"2026-07-{number:02d}T{hour:02d}:00:00+05:30"


def articles(*ids: str) -> list[dict[str, Any]]:
    """The rows of a seizure memo."""
    return [
        {"id": each, "category": "other", "description": "a packet", "quantity": "1", "unit": "piece", "seal": "S"}
        for each in ids
    ]


def lines() -> list[dict[str, Any]]:
    """A chargesheet that nobody acknowledged, two parcels of which one arrived, and a case sent to another station."""
    keeper = {"depositor": "CG-1001", "keeper": "CG-1001K", "seal": "S", "place": "rack 1", "malkhana_year": 2026}
    found = [
        sent(FIR, "old:1", at=day(1), sections=["BNS 303(2)"]),
        sent(REMAND, "old:1", at=day(2), custody="judicial", days=15),
    ]
    found += [sent("case.PropertySeized", "old:1", at=day(3), memo="SM/1", items=articles("PR/1", "PR/2"))]
    for number, each in enumerate(("PR/1", "PR/2"), start=1):
        found += [
            sent("case.PropertyDeposited", "old:1", at=day(4), property_id=each, malkhana_serial=number, **keeper),
            sent(OUT, "old:1", at=day(6), property_id=each, seal="S", **LAB),
        ]
    found += [
        sent(IN, "old:1", at=day(8), property_id="PR/2", seal="S", **LAB),
        sent(SUBMITTED, "old:1", at=day(10), number="CS/1", accused=["A1"], court="JMFC Raipur"),
        sent(FIR, "old:2", at=day(1)),
        sent("case.CaseTransferred", "old:2", at=day(5), to_station="CG-DRG-02"),
    ]
    return found


def enter(program: Program, now: datetime, *found: dict[str, Any]) -> list[UUID]:
    """Enter these lines, recorded at one moment."""
    store = store_on(program.url, now)
    outcomes = store.record_units([[read_act(each, now=now)] for each in found])
    store.datastore.close()
    assert [each[0].status for each in outcomes] == ["recorded"] * len(found), outcomes
    return [each[0].record_id for each in outcomes]


@pytest.fixture
def station(program: Program) -> Program:
    """The program with these lines, recorded on 20 July."""
    enter(program.with_key(), JULY, *lines())
    return program


def short(document: dict[str, Any]) -> list[tuple[str, str, str, int | None]]:
    """Which hand-over, of what, how it stands and for how many days."""
    return [(each["hand_off"], each["subject"], each["state"], each["waiting_days"]) for each in document["hand_offs"]]


OPEN = [
    ("case to station", "", "open", 15),
    ("article to laboratory", "PR/1", "open", 14),
    ("chargesheet", "CS/1", "open", 10),
]
AS_OF = ("--as-of", "2026-07-20")


def test_what_was_sent_and_never_acknowledged_is_listed_the_oldest_first(station: Program) -> None:
    """With its keys, its owner, the days by the calendar, and the clock that runs on until the court acknowledges."""
    found = station.json("handoffs", *AS_OF)
    assert short(found) == OPEN
    assert all(each.keys() == KEYS for each in found["hand_offs"])
    assert found["totals"] == {"open": 3, "to": {"court": 1, "laboratory": 1, "station_officer": 1}, "not_sent": 0}
    sheet = found["hand_offs"][-1]
    assert (sheet["owner"], sheet["chaser"], sheet["addressee"]) == ("court", "station_officer", "JMFC Raipur")
    assert (sheet["called"], sheet["what"]["hi"], sheet["sent_at"]) == (
        "CG-RPR-01/0001/2026",
        "अभियोग पत्र",
        "2026-07-10T03:30:00Z",
    )
    (clock,) = sheet["clocks"]
    assert (clock["rule"], clock["subject"], clock["state"], clock["policy"]) == ("def-bail", "A1", "open", False)
    assert clock["due_at"].startswith("2026-08-30T18:29:59")
    now = station.json("handoffs")
    assert [each[:3] for each in short(now)] == [each[:3] for each in OPEN]
    assert now["hand_offs"][-1]["clocks"][0]["state"] == "lapsed"


def test_the_list_is_narrowed(station: Program) -> None:
    """To a record, a station, a side, an age in days that is passed."""
    for asked, subjects in (
        (("CG-RPR-01/0001/2026",), ["PR/1", "CS/1"]),
        (("--station", "CG-RPR-01"), ["", "PR/1", "CS/1"]),
        (("--station", "CG-RPR-09"), []),
        (("--to", "court"), ["CS/1"]),
        (("--older-than", "10"), ["", "PR/1"]),
        (("--older-than", "14", "--to", "laboratory"), []),
    ):
        assert [each["subject"] for each in station.json("handoffs", *asked, *AS_OF)["hand_offs"]] == subjects, asked
    everything = short(station.json("handoffs", "--all", *AS_OF))
    assert ("article to laboratory", "PR/2", "acknowledged", None) in everything
    assert len(everything) == 4


def test_a_person_reads_a_table(station: Program) -> None:
    """In both languages, with the days, the clock, and the totals beneath; none is a line too."""
    text = " ".join(station.run("handoffs", "--to", "court", *AS_OF).stdout.split())
    for words in (
        "CG-RPR-01/0001/2026",
        "chargesheet CS/1",
        "अभियोग पत्र",
        "def-bail A1 (not reviewed)",
        "1 sent and not acknowledged: court 1",
    ):
        assert words in text
    assert "no time is set" in station.run("handoffs", "--to", "laboratory", *AS_OF).stdout
    assert station.run("handoffs", "--to", "prosecutor").stdout == "0 sent and not acknowledged\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--to", "nobody"], 2, "nobody here is called 'nobody'"),
        (["--older-than", "-1"], 2, "older-than"),
        (["--as-of", "soon"], 2, "is no moment"),
        (["CG-RPR-01/0099/2026"], 1, "no record is called"),
    ],
)
def test_what_cannot_be_asked_is_told(station: Program, arguments: list[str], code: int, words: str) -> None:
    """A side, an age, a day or a record that is none."""
    done = station.run("handoffs", *arguments, check=False)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr


def test_a_late_entry_closes_it_and_what_was_known_then_stays_known(station: Program) -> None:
    """Acknowledged on the 12th, recorded a month later: closed as of the 13th, and open as it was known on the 20th."""
    enter(station, LATER, sent(ACKNOWLEDGED, "old:1", at=day(12), number="CS/1", accused=["A1"]))
    assert short(station.json("handoffs", "--to", "court")) == []
    for asked, state in (
        (("--as-of", "2026-07-11"), "open"),
        (("--as-of", "2026-07-13"), "acknowledged"),
        (("--as-of", "2026-07-13", "--known-at", "2026-07-31"), "open"),
        (("--known-at", "2026-07-31"), "open"),
        (("--known-at", "2026-08-31"), "acknowledged"),
    ):
        for record in ((), ("old:1",)):
            found = station.json("handoffs", *record, "--all", "--to", "court", *asked)
            assert [each[2] for each in short(found)] == [state], asked
            still = station.json("handoffs", *record, "--to", "court", *asked)["hand_offs"]
            assert still == [each for each in found["hand_offs"] if each["state"] == "open"]
    assert station.json("handoffs", "--known-at", "2026-07-19", "--all")["hand_offs"] == []


def test_odd_dates_and_lines_without_the_other_side_are_told(station: Program) -> None:
    """An acknowledgement before the sending leaves it open; one of nothing sent is counted."""
    enter(
        station, LATER,
        sent(ACKNOWLEDGED, "old:1", at=day(9), number="CS/1", accused=["A1"]),
        sent(ACKNOWLEDGED, "old:1", at=day(13), number="CS/9", accused=["A1"]),
    )  # fmt: skip
    found = station.json("handoffs", "--to", "court")
    assert [each["acknowledged_before_sent"] for each in found["hand_offs"]] == ["2026-07-09T03:30:00Z"]
    assert found["totals"]["not_sent"] == 1
    text = " ".join(station.run("handoffs", "--to", "court").stdout.split())
    assert "1 receipt without a sending: --all lists them" in text
    assert "an acknowledgement" in text
    assert "dated 09.07.2026" in text
    everything = station.json("handoffs", "--to", "court", "--all")["hand_offs"]
    assert [(each["subject"], each["state"]) for each in everything] == [("CS/1", "open"), ("CS/9", "not sent")]
    assert "not sent" in station.run("handoffs", "--all").stdout


def test_a_struck_acknowledgement_opens_it_again_and_the_views_agree(station: Program) -> None:
    """Struck, the court never had it; every view is what its entries say."""
    enter(station, LATER, sent(ACKNOWLEDGED, "old:1", at=day(12), number="CS/1", accused=["A1"]))
    history = station.json("history", "old:1")["entries"]
    last = history[-1]
    enter(
        station, LATER,
        sent("case.EntryCorrected", "old:1", at=day(14), entry=last["entry_id"], version=last["version"], reason="no"),
    )  # fmt: skip
    assert short(station.json("handoffs", "--to", "court", *AS_OF)) == [OPEN[-1]]
    assert station.json("verify")["ok"] is True
    assert all(each["removed"] == each["added"] == 0 for each in station.json("rebuild", "all"))


def test_a_case_received_under_another_record_is_acknowledged_there(station: Program) -> None:
    """The other station's record names the one it came from: that is the receipt, now, then, and for one record."""
    (here, *_) = (UUID(each["record"]) for each in station.json("handoffs", "old:2")["hand_offs"])
    received = sent("case.CaseReceived", "new:2", at=day(9), from_station="CG-RPR-01", from_record=str(here))
    enter(station, LATER, received | {"station": "CG-DRG-02"})
    assert station.json("handoffs", "old:2")["hand_offs"] == []
    for record in ((), ("old:2",)):
        (found,) = station.json("handoffs", *record, "--all", "--to", "station_officer", "--as-of", "2026-07-10")[
            "hand_offs"
        ][:1]
        assert (found["state"], found["closed_by"], found["closed_at"]) == (
            "acknowledged",
            "case.CaseReceived",
            "2026-07-09T03:30:00Z",
        )
        assert found["other_record"] != str(here)
        known = station.json("handoffs", *record, "--to", "station_officer", "--known-at", "2026-07-31")["hand_offs"]
        assert [each["record"] for each in known] == [str(here)]
    assert station.json("handoffs")["totals"]["not_sent"] == 0
