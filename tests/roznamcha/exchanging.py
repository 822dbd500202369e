"""A station that has asked something of each system, and files of answers as the systems might send them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from roznamcha.intake import read_act
from roznamcha.store import Store
from tests.acts import sent
from tests.roznamcha.kit import Program
from tests.roznamcha.test_store import store_on

JULY = datetime(2026, 7, 20, 6, 30, tzinfo=UTC)
CASE = "old:1"
SYSTEMS = ("e-chargesheet", "e-fsl", "e-prosecution", "medleapr")
REQUESTS = {"e-chargesheet": "CS/1", "e-fsl": "FN/1", "e-prosecution": "OP/1", "medleapr": "MR/1"}
CNR = "CGRP010000012026"


def day(number: int, hour: int = 9) -> str:
    """A moment of July 2026 by the clock of India."""
    return f"2026-07-{number:02d}T{hour:02d}:00:00+05:30"


def asked() -> list[dict[str, Any]]:
    """A case in which each system was asked, a second one that asked under the same numbers, an MLC and an inquest."""
    article = {"id": "PR/1", "category": "other", "description": "a packet", "quantity": "1", "unit": "piece"}
    found = []
    for record in (CASE, "old:2"):
        found += [
            sent("case.FIRRegistered", record, at=day(1), sections=["BNS 303(2)"]),
            sent("case.AccusedRemanded", record, at=day(2), custody="judicial", days=15),
            sent("case.PropertySeized", record, at=day(2), memo="SM/1", items=[article]),
            sent(
                "case.MedicalExaminationRequested", record, at=day(3), request="MR/1", person="V1", subject="victim",
                consent="given", hospital="District Hospital",
            ),
            sent(
                "case.ForwardingNoteSent", record, at=day(4), note="FN/1", laboratory="FSL Raipur", about="A1",
                properties=["PR/1"], questions="is it what A1 said it is",
            ),
            sent("case.ProsecutionOpinionSought", record, at=day(5), request="OP/1", subject="draft chargesheet"),
            sent(
                "case.ChargesheetSubmitted", record, at=day(6), number="CS/1", accused=["A1"], court="JMFC Raipur",
                channel="ICJS",
            ),
        ]  # fmt: skip
    found += [
        sent("medico_legal.HospitalIntimated", "mlc:1", at=day(1)),
        sent("medico_legal.MedicalExaminationRequested", "mlc:1", at=day(2), request="MR/7", person="V1",
             consent="given"),
        sent("inquest.DeathReported", "marg:1", at=day(1)),
        sent("inquest.PostMortemRequested", "marg:1", at=day(2), request="PM/1", person="D1"),
    ]  # fmt: skip
    return found


def enter(url: str, now: datetime, *found: dict[str, Any]) -> Store:
    """A store in which these lines were entered at one moment. Who asks for it closes its datastore."""
    store = store_on(url, now)
    outcomes = store.record_units([[read_act(each, now=now)] for each in found])
    assert [each[0].status for each in outcomes] == ["recorded"] * len(found), outcomes
    return store


def asking(program: Program) -> Program:
    """The program with all that was asked entered."""
    enter(program.with_key().url, JULY, *asked()).datastore.close()
    return program


def as_csv(columns: list[str], *rows: dict[str, str]) -> bytes:
    """A file with these columns."""
    text = io.StringIO()
    written = csv.DictWriter(text, columns, lineterminator="\n")
    written.writeheader()
    written.writerows(rows)
    return text.getvalue().encode()


def as_lines(*rows: dict[str, Any]) -> bytes:
    """A file with an object a line."""
    return "".join(f"{json.dumps(each)}\n" for each in rows).encode()


def took_in(program: Program, system: str, data: bytes, name: str = "answers.json", *more: str) -> tuple[Any, Any]:
    """Take in a file; give what was told, and the refused lines by their numbers."""
    file, rejects = program.folder / name, program.folder / "rejects.jsonl"
    file.write_bytes(data)
    rejects.unlink(missing_ok=True)
    done = program.run("exchange", "in", system, str(file), "--rejects", str(rejects), "--json", *more, check=False)
    assert done.returncode in {0, 1, 5}, done.stderr
    return json.loads(done.stdout), refused(rejects)


def refused(rejects: Path) -> dict[int, list[str]]:
    """The reasons of each refused line."""
    lines = [json.loads(each) for each in rejects.read_text().splitlines()] if rejects.exists() else []
    return {each["line"]: each["reasons"] for each in lines}
