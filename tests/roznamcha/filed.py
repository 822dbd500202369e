"""A case with something for each integrated form, as lines of an import, and what the tests of forms do with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import domain
from domain.event import Event
from roznamcha.commands.entering import entry_ids
from roznamcha.commands.reading import history_of
from roznamcha.forms.book import form_of
from roznamcha.forms.filling import fill, stricken
from roznamcha.forms.giving import csv_of, document_of
from roznamcha.forms.printing import Copy, Pen, told
from roznamcha.forms.taking import form_lines
from roznamcha.importing import Tally, take_in
from roznamcha.intake import read_act
from roznamcha.ledger.audiences import RULES
from roznamcha.office import Office, open_office
from roznamcha.settings import Settings
from tests.acts import NOW

PEN = Pen(("hi", "en"), ZoneInfo("Asia/Kolkata"))
OTHERS = ("case.InvestigatorAssigned", "case.ChargesheetSubmitted", "case.ChargeFramed")
"""The acts of the case that forms repeat and none of them enters."""
FIR = "CG-RPR-01/0007/2026"
COPY = Copy(FIR, "01900000-0000-7000-8000-000000000001", "sealed")
"""What a form of a record without a store says of itself."""
CNR = "CGRP010000072026"
CONTENTS = "प्रार्थी ने बताया कि क्षेत्र के साप्ताहिक बाज़ार में <b>श्री विद्युत्</b> दुर्घटना; “ज्ञापन” #panic(1) द्वारा राष्ट्रीय कर्तव्य।"
HIDDEN = "रुक्मिणी"
"""The victim's name, which stands on no copy but the sealed one."""


def line(name: str, at: str, by: str = "CG-1001", **fields: Any) -> dict[str, Any]:
    """One act of the case."""
    return {
        "name": f"case.{name}", "record": FIR, "occurred_at": f"2026-{at}:00+05:30", "station": "CG-RPR-01",
        "district": "CG-RPR", "actor": {"id": by, "rank": "SI", "role": "investigating officer"}, "fields": fields,
    }  # fmt: skip


LINES = [
    line(
        "FIRRegistered", "07-02T10:30", fir_number=7, year=2026, mode="oral",
        sections=["BNS 305", "BNS 331(4)", "POCSO 8"],
        informant="V1", informant_name=HIDDEN, informant_address="वार्ड क्र. 3, रायपुर",
        information_received_at="2026-07-02T10:05:00+05:30",
        offence_from="2026-07-01T23:00:00+05:30", gd_entry="GD 14", place="साप्ताहिक बाज़ार", direction="उत्तर",
        distance_km="2.5",
        victims=[{"code": "V1", "victim_name": HIDDEN, "gender": "female"}],
        accused=[{"code": "A1", "how": "known", "accused_name": "कृष्ण कुमार & पुत्र", "gender": "male", "age_years": 30},
                 {"code": "A2", "how": "unknown"}],
        property_of_interest=[{"category": "vehicle", "description": "साइकिल", "value_paise": 1234567850}],
        total_value_paise=1234567850, contents=CONTENTS, investigator="CG-1001", investigator_rank="SI", read_over=True,
    ),
    line("InvestigatorAssigned", "07-02T10:40", investigator="CG-1001", investigator_rank="SI"),
    line(
        "CrimeDetailsRecorded", "07-02T15:00", major_head="गृहभेदन", minor_head="रात्रि", method="ताला तोड़कर",
        photographed=True,
        inspected_from="2026-07-02T12:00:00+05:30",
        victims=[{"code": "V1", "harm": "simple hurt", "injuries": "खरोंच"}],
        witnesses=[{"code": "W1", "witness_name": "प्रह्लाद"}, {"code": "W2"}],
        sids=["1234567890123456"],
    ),
    line(
        "AccusedArrested", "07-03T09:00", accused="A1", manner="arrested", status="arrested and forwarded",
        place="बस स्टैंड",
        gd_entry="GD 2", accused_name="कृष्ण कुमार", address="न्यू राजेन्द्र नगर", gender="male", sections=["BNS 305"],
        witnesses=[{"code": "W1", "witness_name": "प्रह्लाद"}],
    ),
    line("GroundsGiven", "07-03T09:10", accused="A1", how="in writing", language="हिन्दी", receipt_taken=True),
    line("RelativeInformed", "07-03T09:20", accused="A1", relative_name="श्रीमती सुमित्रा", relation="माता",
         means="telephone",
         place_held="थाना"),
    line(
        "PropertySeized", "07-03T11:00", memo="SM/1", kind="recovered", place="अभियुक्त का घर", gd_entry="GD 3",
        from_code="A1",
        from_whom="कृष्ण कुमार", circumstances="मेमोरेण्डम के आधार पर", copy_given=True, seal_kept_by="W1",
        witnesses=[{"code": "W1", "witness_name": "प्रह्लाद"}, {"code": "W2", "witness_name": "त्रिभुवन"}],
        items=[{"id": "PR/1", "category": "vehicle", "description": "साइकिल, नीली", "quantity": "1", "unit": "number",
                "value_paise": 450000, "seal": "R", "seal_count": 2},
               {"id": "PR/2", "category": "digital device", "description": "मोबाइल", "quantity": "1", "unit": "number",
                "seal": "R", "device_hash": "ab12", "hash_algorithm": "SHA-256"}],
    ),
    line(
        "FinalReportPrepared", "08-20T12:00", number="CS/1", kind="chargesheet", sections=["BNS 305"],
        medical_report="attached",
        accused=[{"code": "A1", "status": "in custody", "forwarded": True, "arrested_on": "2026-07-03"}],
        not_charged=[{"code": "A2", "reason": "insufficient evidence"}],
        relied_on=[{"property_id": "PR/1", "malkhana_number": "31/2026"}],
        witnesses=[{"code": "W1", "witness_name": "प्रह्लाद", "evidence": "seizure"}], brief_facts="संक्षिप्त तथ्य",
        device_custody=[{"property_id": "PR/2", "holder": "CG-2001", "from_at": "2026-07-03T12:00:00+05:30",
                         "purpose": "मालखाना"}],
    ),
    line("ChargesheetSubmitted", "08-21T12:00", number="CS/1", accused=["A1"], channel="ICJS", court="JMFC रायपुर"),
    line("ChargeFramed", "09-01T12:00", court="JMFC रायपुर", cnr=CNR,
         charges=[{"code": "A1", "sections": ["BNS 305"]}]),
    line("JudgmentPronounced", "10-01T12:00", court="JMFC रायपुर", cnr=CNR,
         results=[{"code": "A1", "result": "convicted", "sections": ["BNS 305"]}],
         property_orders=[{"property_id": "PR/1", "order": "return"}]),
    line("SentencePassed", "10-01T13:00", accused="A1", court="JMFC रायपुर",
         punishments=["rigorous imprisonment", "fine"],
         years=2,
         fine_paise=500000, sections=["BNS 305"]),
    line("AppealFiled", "10-20T12:00", appeal="CRA/9/2026", court="Sessions Raipur",
         filed_by="accused", against="conviction",
         accused=["A1"]),
    line("AppealDecided", "11-20T12:00", appeal="CRA/9/2026", court="Sessions Raipur", result="dismissed",
         results=[{"code": "A1", "result": "convicted", "sections": ["BNS 305"]}], remarks="अपील निरस्त"),
]  # fmt: skip


def acts_of(lines: list[dict[str, Any]]) -> Iterator[Event[Any]]:
    """The acts as they pass the door, for a record without a store."""
    domain.load()
    for each in lines:
        yield read_act(each, now=NOW).event


@contextmanager
def office_of(folder: Path, url: str) -> Iterator[Office]:
    """The office of a data folder and a database of the test's own."""
    with open_office(Settings(folder, url)) as office:
        yield office


def take(office: Office, folder: Path, text: str, name: str = "forms.json") -> tuple[Tally, list[dict[str, Any]]]:
    """Import a file of forms; give the tally and the rejected sheets."""
    file, rejects = folder / name, folder / "rejects.jsonl"
    file.write_text(text)
    rejects.unlink(missing_ok=True)
    read = partial(form_lines, record="", known=partial(entry_ids, office))
    tally = take_in(office.store, file, read=read, rejects=rejects)
    return tally, [json.loads(each) for each in rejects.read_text().splitlines()] if rejects.exists() else []


def enter(office: Office, lines: list[dict[str, Any]]) -> None:
    """Enter acts as they are."""
    for each in lines:
        outcome = office.store.record(read_act(each, now=NOW))
        assert outcome.status == "recorded", outcome


def seen(office: Office, audience: str = "sealed") -> tuple[list[Event[Any]], Copy]:
    """The entries of the case as this audience has them, and what its copy says of itself."""
    record_id, found = history_of(office, FIR)
    opens = RULES[audience].opens if audience else lambda _: False
    return [office.keyring.open(each, opens) for each in found], Copy(FIR, str(record_id), audience)


def printed(office: Office, name: str, audience: str = "sealed") -> dict[str, Any]:
    """A form as it is printed, without what is this store's own: ids and places of entries."""
    entries, copy = seen(office, audience)
    form = form_of(name)
    shown = told(form, fill(form, entries), stricken(form, entries), copy, PEN)
    for sheet in shown["sheets"]:
        sheet["made from"]["entries"] = [
            re.sub(r"(?:entry|position) [0-9]+|[0-9a-f-]{36}", "", each) for each in sheet["made from"]["entries"]
        ]
    return shown


def sent(office: Office, name: str, audience: str = "sealed") -> dict[str, Any]:
    """A form as JSON for other systems."""
    entries, copy = seen(office, audience)
    form = form_of(name)
    return document_of(form, fill(form, entries), stricken(form, entries), copy)


def as_csv(office: Office, name: str, audience: str = "sealed") -> str:
    """A form as CSV."""
    entries, copy = seen(office, audience)
    return csv_of(form_of(name), fill(form_of(name), entries), copy)


def open_up(document: Any) -> Any:
    """The same with a text in what is shut: entries of a test have no key."""
    if isinstance(document, dict):
        for key, value in document.items():
            document[key] = "(a text)" if isinstance(value, dict) and value.keys() == {"sealed"} else open_up(value)
    elif isinstance(document, list):
        document[:] = [open_up(each) for each in document]
    return document


@pytest.fixture
def filed(tmp_path: Path, database: str) -> Iterator[Office]:
    """The office in whose register the case stands."""
    with office_of(tmp_path / "here", database) as office:
        enter(office, LINES)
        yield office
