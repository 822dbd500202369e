"""Answers that cannot be right: each goes back by its line, and what stands beside it is taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from consumers import entries
from domain.common.handoff import touched
from roznamcha.exchange.answers import Rehearsal, Taking
from roznamcha.exchange.correspondence import read_message_id
from roznamcha.exchange.messages import messages
from roznamcha.exchange.systems import shipped
from roznamcha.importing import Tally, take_in
from roznamcha.store import Store
from tests.acts import sent
from tests.roznamcha.exchanging import CASE, JULY, SYSTEMS, as_lines, asked, day, enter, refused
from tests.roznamcha.test_exchange_files import sound

ELSEWHERE = "00000000-0000-7000-8000-000000000007/1"


def take(
    store: Store, folder: Path, system: str, *rows: dict[str, Any], dry: bool = False
) -> tuple[Tally, dict[int, list[str]]]:
    """Take answers in, or see what it would come to."""
    file, rejects = folder / "answers.json", folder / "rejects.jsonl"
    file.write_bytes(as_lines(*rows))
    rejects.unlink(missing_ok=True)
    taking = Taking(store, shipped()[system], "json")
    tally = take_in(Rehearsal(taking) if dry else store, file, read=taking.lines, rejects=rejects, again=True)
    return tally, refused(rejects)


def ids(store: Store, record: str) -> dict[str, str]:
    """The id of the message to each system, of one record."""
    record_id = store.find(record)
    found = store.recorder.entries_of([record_id] if record_id else [])
    return {
        each: f"{record_id}/{number}" for each, number in zip(ASKED, range(4, 8), strict=True) if len(found) >= number
    }


ASKED = ("medleapr", "e-fsl", "e-prosecution", "e-chargesheet")
"""In the order in which the case asked them, from its fourth entry on."""


def wrong(system: str, mine: dict[str, str], other: dict[str, str]) -> dict[str, tuple[dict[str, str], str]]:
    """What is changed in a sound answer, and what is said of it."""
    request = shipped()[system].names["request"]
    stranger = mine["e-fsl" if system == "medleapr" else "medleapr"]
    return {
        "no such record": ({"record": "old:9"}, "no record is called 'old:9'"),
        "no such number": ({"record": "CG-RPR-01/0099/2026"}, "no record is called"),
        "no such id": ({"record": ELSEWHERE.partition("/")[0]}, "no record has the id"),
        "nothing of ours": ({"record": ""}, "it names nothing of ours"),
        "no such request": ({request: "X/9"}, f"nothing was sent to {system} under {request} 'X/9'"),
        "another record": ({"in_reply_to": other[system]}, "of another record"),
        "another request": ({"in_reply_to": mine[system], request: "X/9"}, f"names another {request}"),
        "another system's message": ({"in_reply_to": stranger, request: ""}, f"is no message to {system}"),
        "no entry": ({"in_reply_to": f"{mine[system].partition('/')[0]}/999"}, "is no message to"),
        "a message of nobody": ({"in_reply_to": ELSEWHERE, "record": ""}, "no record has the id"),
        "no id of ours": ({"in_reply_to": "MSG-1"}, "holds no id of a message of ours"),
        "no id": ({"message_id": ""}, "the column message_id is empty"),
        "no status": ({"status": " "}, "the column status is empty"),
        "an unknown status": ({"status": "DONE"}, "status 'DONE' is none of"),
        "no time": ({"at": ""}, "occurred_at (column at): missing"),
        "a time without a zone": ({"at": "2026-07-10T09:00:00"}, "has no zone"),
        "no day": ({"at": "2026-02-30T09:00:00+05:30"}, "is no day of the calendar"),
        "an Indian date": ({"at": "10/07/2026"}, "must be a time as RFC 3339 has it"),
        "the future": ({"at": "2199-01-01T09:00:00+05:30"}, "is in the future"),
        "before it was sent": ({"at": "2026-07-01T10:00:00+05:30"}, "it is dated before"),
    }  # fmt: skip


def test_an_answer_that_cannot_be_right_goes_back(database: str, tmp_path: Path) -> None:
    """For each system and each fault: its own line is refused, the sound one goes in; said alike by a dry run."""
    store = enter(database, JULY, *asked())
    mine, other = ids(store, CASE), ids(store, "old:2")
    for system in SYSTEMS:
        faults = wrong(system, mine, other)
        rows = [sound(system, CASE, n, **changes) for n, (changes, _) in enumerate(faults.values(), 2)]
        for dry in (True, False):
            tally, rejected = take(store, tmp_path, system, *rows, sound(system, CASE, 1), dry=dry)
            told = dict(zip(faults, (rejected.get(n, [""]) for n in range(1, len(rows) + 1)), strict=True))
            for case, (_, reason) in faults.items():
                assert reason in " ".join(told[case]), (system, case, told[case])
            assert (tally.recorded, tally.already, len(rejected)) == (1, 0, len(faults)), (system, dry, rejected)
        tally, _ = take(store, tmp_path, system, *rows, sound(system, CASE, 1))
        assert (tally.recorded, tally.already) == (0, 1)
    store.datastore.close()


@pytest.mark.parametrize("system", SYSTEMS)
def test_one_message_says_one_thing(database: str, tmp_path: Path, system: str) -> None:
    """Twice in a file it is entered once; with other words, in the same file or a later one, it is refused."""
    store = enter(database, JULY, *asked())
    first, otherwise = sound(system, CASE, 1), sound(system, CASE, 1, at=day(11))
    for dry in (True, False):
        tally, rejected = take(store, tmp_path, system, first, first, otherwise, dry=dry)
        assert (tally.recorded, tally.already, [*rejected]) == (1, 1, [3])
        assert rejected[3] == ["message 'M1' stands in line 1 and says otherwise"]
    for dry in (True, False):
        tally, rejected = take(store, tmp_path, system, otherwise, dry=dry)
        assert "was entered before, as entry 8 of 0001/2026, and says otherwise now" in rejected[1][0]
        assert tally.recorded == 0
    store.datastore.close()


SECOND: dict[str, tuple[dict[str, str], str]] = {
    "e-chargesheet": ({"status": "RETURNED_WITH_DEFECT", "defects": "page missing"}, "was answered"),
    "e-fsl": ({"status": "REJECTED", "reason": "no seal"}, "FN/1 of 0001/2026 was answered ACCEPTED on 10 July 2026"),
    "e-prosecution": ({"status": "RETURNED", "defects": "other"}, "was answered CLEARED on 10 July 2026 (entry 8)"),
    "medleapr": ({"status": "REGISTERED", "at": day(12)}, "REGISTERED does not come after FROZEN on 11 July 2026"),
}


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_request_has_one_answer(database: str, tmp_path: Path, system: str) -> None:
    """Another answer to the same sending is refused, in the same file and in a later one: an officer looks at it."""
    store = enter(database, JULY, *asked())
    changes, reason = SECOND[system]
    rows = [sound(system, CASE, 1), sound(system, CASE, 9, **{"at": day(12)} | changes)]
    if system == "medleapr":
        rows.insert(1, sound(system, CASE, 2, status="FROZEN", at=day(11)))
    for dry in (True, False):
        tally, rejected = take(store, tmp_path, system, *reversed(rows), dry=dry)
        assert (tally.recorded, len(rejected)) == (len(rows) - 1, 1)
        assert reason in rejected[1][0]
    tally, rejected = take(store, tmp_path, system, rows[-1])
    assert reason in rejected[1][0]
    store.datastore.close()


def test_a_laboratory_report_belongs_to_its_number(database: str, tmp_path: Path) -> None:
    """It comes after the acceptance, under the same number, once; in whatever order the lines stand."""
    store = enter(database, JULY, *asked())
    report = {"status": "REPORT_READY", "fsl_number": "FSL/1", "report_number": "R/1"}
    rows = [
        sound("e-fsl", CASE, 1, at=day(12), **report),
        sound("e-fsl", CASE, 2, at=day(9), **report),
        sound("e-fsl", CASE, 3, at=day(12), **report | {"fsl_number": "FSL/2"}),
        sound("e-fsl", CASE, 4, at=day(13), **report),
        sound("e-fsl", CASE, 5),
        sound("e-fsl", CASE, 6, at=day(11)),
        sound("e-fsl", CASE, 7, at=day(14), **report | {"report_number": ""}),
    ]
    tally, rejected = take(store, tmp_path, "e-fsl", *rows)
    assert (tally.recorded, sorted(rejected)) == (2, [2, 3, 4, 6, 7])
    assert "REPORT_READY comes after ACCEPTED" in rejected[2][0]
    assert "shows none under this fsl_number before it" in rejected[3][0]
    assert rejected[4] == ["report_number R/1 of 0001/2026 was given before"]
    assert rejected[6] == ["fsl_number FSL/1 of 0001/2026 was given before"]
    assert rejected[7] == ["report_number (column report_number): missing"]
    store.datastore.close()


def test_what_was_struck_was_never_sent(database: str, tmp_path: Path) -> None:
    """An answer to it goes back; so does one to a number that stands no more."""
    store = enter(database, JULY, *asked())
    ours = ids(store, CASE)["e-fsl"]
    enter(database, JULY, strike(store, ours)).datastore.close()
    for row in (sound("e-fsl", CASE, 1), sound("e-fsl", "", 2, in_reply_to=ours)):
        tally, rejected = take(store, tmp_path, "e-fsl", row)
        assert (tally.recorded, len(rejected)) == (0, 1)
    assert "entry 5 of 0001/2026, which it answers, was struck" in rejected[1][0]
    store.datastore.close()


def strike(store: Store, ours: str) -> dict[str, Any]:
    """The striking of the entry that a message of ours is."""
    message = read_message_id(ours)
    assert message
    (_, position, state) = store.recorder.entries_of([message.record_id])[message.version - 1]
    entry = str(entries.read(store.catalogue, state, position).meta.entry_id)
    record = str(message.record_id)
    return sent("case.EntryCorrected", record, at=day(9), version=message.version, entry=entry, reason="no")


def test_a_chargesheet_that_went_again_is_answered_again(database: str, tmp_path: Path) -> None:
    """Returned, submitted under the same number, and acknowledged: the second answer is to the second sending."""
    store = enter(database, JULY, *asked())
    returned = sound("e-chargesheet", CASE, 1, at=day(8), status="RETURNED_WITH_DEFECT", defects="page missing", cnr="")
    registered = sound("e-chargesheet", CASE, 2, at=day(14))
    tally, rejected = take(store, tmp_path, "e-chargesheet", returned, registered)
    assert (tally.recorded, [*rejected]) == (1, [2])
    again = sent("case.ChargesheetSubmitted", CASE, at=day(13), number="CS/1", accused=["A1"], channel="ICJS")
    enter(database, JULY, again).datastore.close()
    store.shelf.clear()
    tally, rejected = take(store, tmp_path, "e-chargesheet", returned, registered)
    assert (tally.recorded, tally.already, rejected) == (1, 1, {})
    store.datastore.close()


def test_what_went_on_paper_is_not_answered_here(database: str, tmp_path: Path) -> None:
    """A chargesheet that went on paper alone was never sent to the system."""
    store = enter(database, JULY, *asked())
    paper = sent("case.ChargesheetSubmitted", CASE, at=day(8), number="CS/2", accused=["A1"], channel="paper")
    enter(database, JULY, paper).datastore.close()
    tally, rejected = take(store, tmp_path, "e-chargesheet", sound("e-chargesheet", CASE, 1, number="CS/2"))
    assert (tally.recorded, rejected) == (
        0,
        {1: ["nothing was sent to e-chargesheet under number 'CS/2' in 0001/2026"]},
    )
    store.datastore.close()


def test_other_registers_keep_the_report_alone(database: str, tmp_path: Path) -> None:
    """A medico-legal case and an inquest take the report; how far it had come enters nothing there."""
    store = enter(database, JULY, *asked())
    mlr = {"status": "RECEIVED_BY_IO", "mlr_number": "MLR/7", "findings": "a bruise", "person": "V1"}
    pmr = {"status": "RECEIVED_BY_IO", "pmr_number": "PMR/1", "cause_of_death": "drowning", "viscera_preserved": "no"}
    rows = [
        sound("medleapr", "mlc:1", 1, request="MR/7"),
        sound("medleapr", "mlc:1", 2, request="MR/7", hospital="CHC Namuna", **mlr),
        sound("medleapr", "marg:1", 3, request="PM/1", **pmr),
        sound("medleapr", "marg:1", 4, request="PM/1", **pmr | {"person": "V9", "pmr_number": "PMR/2"}),
    ]
    taking = Taking(store, shipped()["medleapr"], "json")
    file = tmp_path / "answers.json"
    file.write_bytes(as_lines(*rows))
    tally = take_in(store, file, read=taking.lines, rejects=tmp_path / "rejects.jsonl")
    assert (tally.recorded, dict(taking.passed)) == (2, {"REGISTERED": 1})
    (reasons,) = refused(tmp_path / "rejects.jsonl").values()
    assert "request PM/1" in reasons[0]
    assert "is for D1" in reasons[0]
    store.datastore.close()


def test_what_is_refused_now_may_be_right_later(database: str, tmp_path: Path) -> None:
    """An answer that came before its request was entered is taken in when it comes again."""
    store = enter(database, JULY, *asked())
    early = sound("e-fsl", CASE, 1, note="FN/2", fsl_number="FSL/2")
    assert take(store, tmp_path, "e-fsl", early)[0].rejected == 1
    note = sent("case.ForwardingNoteSent", CASE, at=day(8), note="FN/2", laboratory="FSL Raipur", properties=["PR/1"])
    enter(database, JULY, note).datastore.close()
    store.shelf.clear()
    assert take(store, tmp_path, "e-fsl", early)[0].recorded == 1
    store.datastore.close()


def test_every_record_of_a_large_file_is_held_against_its_own(database: str, tmp_path: Path) -> None:
    """Lines of two records, far apart and out of order: each is decided in its own."""
    store = enter(database, JULY, *asked())
    rows = [sound("e-fsl", (CASE, "old:2")[n % 2], n, fsl_number=f"FSL/{n}") for n in range(700)]
    for dry in (True, False):
        tally, rejected = take(store, tmp_path, "e-fsl", *rows, dry=dry)
        assert (tally.recorded, rejected) == (700, {})
    tally, _ = take(store, tmp_path, "e-fsl", *reversed(rows))
    assert (tally.recorded, tally.already) == (0, 700)
    store.datastore.close()


def test_viscera_of_an_inquest_go_the_same_way(database: str, tmp_path: Path) -> None:
    """A note of the inquest is taken in under the laboratory's number, or sent back; the report closes it."""
    carried = {"laboratory": "FSL Raipur", "seal": "K", "road_certificate": "RC/1", "specimen_seal_sent": True}
    store = enter(
        database, JULY,
        sent("inquest.DeathReported", "marg:1", at=day(1)),
        sent("inquest.PostMortemRequested", "marg:1", at=day(2), request="PM/1", person="D1"),
        sent("inquest.PMRReceived", "marg:1", at=day(3), request="PM/1", person="D1"),
        sent("inquest.VisceraSent", "marg:1", at=day(4), request="PM/1", note="FN/1", **carried),
        sent("inquest.VisceraSent", "marg:1", at=day(4), request="PM/1", note="FN/2", **carried),
    )  # fmt: skip
    system = shipped()["e-fsl"]
    with psycopg.connect(database) as connection:
        out = [(each.event.name, each.event.note) for each in messages(connection, store.catalogue, system, 0, 99)]
    assert out == [("inquest.VisceraSent", "FN/1"), ("inquest.VisceraSent", "FN/2")]
    number = {"fsl_number": "FSL/7", "report_number": "R/7", "result": "a poison", "poison_found": "true"}
    early = sound("e-fsl", "marg:1", 1, status="DOWNLOADED", at=day(5), **number)
    tally, rejected = take(store, tmp_path, "e-fsl", early)
    assert (tally.recorded, "DOWNLOADED comes after ACCEPTED" in rejected[1][0]) == (0, True)
    tally, rejected = take(
        store, tmp_path, "e-fsl",
        sound("e-fsl", "marg:1", 2, at=day(6), fsl_number="FSL/7"),
        sound("e-fsl", "marg:1", 3, at=day(7), status="REPORT_READY", **number),
        sound("e-fsl", "marg:1", 4, at=day(8), status="DOWNLOADED", **number),
        sound("e-fsl", "marg:1", 5, at=day(6), note="FN/2", status="REJECTED", reason="no seal", letter="L/1"),
        sound("e-fsl", "marg:1", 6, at=day(9), note="FN/2", fsl_number="FSL/8"),
    )  # fmt: skip
    assert (tally.recorded, [*rejected]) == (3, [5])
    assert "was answered REJECTED" in rejected[5][0]
    record = store.find("marg:1")
    kept = store.recorder.entries_of([record] if record else [])
    entered = [entries.read(store.catalogue, state, position) for _, position, state in kept]
    assert [each.name.partition(".")[2] for each in entered[5:]] == [
        "VisceraAccepted", "VisceraRejected", "VisceraReportReceived",
    ]  # fmt: skip
    assert (entered[5].fsl_number, entered[6].letter, entered[7].poison_found) == ("FSL/7", "L/1", True)
    closed = [each.subject for entry in entered for each in touched(entry) if each.side == "answered"]
    assert closed[-2:] == ["FN/2", "FN/1"]
    store.datastore.close()
