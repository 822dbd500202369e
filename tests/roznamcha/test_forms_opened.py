"""Who is shown what on a form: sealed boxes stay shut unless somebody answers for it, and that is entered first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roznamcha.commands.forms import form as command
from roznamcha.commands.reading import history_of
from roznamcha.errors import Refused, Usage
from roznamcha.forms.book import form_of
from roznamcha.forms.filling import fill
from roznamcha.forms.giving import document_of
from roznamcha.office import Office
from tests.dsl import given
from tests.roznamcha.filed import COPY, FIR, HIDDEN, LINES, acts_of, filed, open_up
from tests.roznamcha.kit import Program

__all__ = ["filed"]


@pytest.fixture
def counter(filed: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Asks for a form as the command line does, beside the office; gives the page that is written."""
    monkeypatch.setenv("ROZNAMCHA_DATA", str(filed.settings.data))
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", filed.url)

    def ask(name: str, **options: Any) -> str:
        file = tmp_path / options.pop("file", "form.html")
        command(name, FIR, **{"output": file, **options})
        return file.read_text(errors="replace")

    return ask


def last(office: Office) -> Any:
    """The last entry of the case."""
    return history_of(office, FIR)[1][-1]


WHO = {"by": "CG-9,SI,court officer", "reason": "asked for by the court"}


def test_sealed_boxes_are_opened_for_whom_it_is_asked_and_no_other(filed: Office, counter: Callable[..., str]) -> None:
    """Shut unless somebody answers for it; the court sees no victim; exactly what was opened is entered."""
    shut = counter("IIF-1")
    assert ("कृष्ण" in shut, HIDDEN in shut, "[गोपनीय · sealed V1]" in shut) == (False, False, True)
    for missing in ({}, {**WHO, "by": ""}, {**WHO, "reason": " "}):
        with pytest.raises(Usage, match="say who makes it"):
            counter("IIF-1", audience="court", **missing)
    assert last(filed).name == "case.AppealDecided"
    court = counter("iif-1", audience="court", language="hi", **WHO)
    assert ("कृष्ण कुमार &amp; पुत्र" in court, HIDDEN in court, "Copy for" in court) == (True, False, False)
    read = last(filed)
    assert (read.name, read.purpose, read.meta.actor.id) == ("case.AccessRecorded", "court", "CG-9")
    opened = [(each.version, each.column, each.person) for each in read.columns]
    assert opened == [(1, "accused.0.accused_name", "A1"), (1, "contents", "CASE")]
    accused = counter("IIF-3", audience="accused", **WHO)
    assert ("न्यू राजेन्द्र नगर" in accused, "प्रह्लाद" in accused) == (True, False)
    assert {each.person for each in last(filed).columns} == {"A1"}
    assert HIDDEN in counter("IIF-1", audience="sealed", **WHO)
    assert "victims.0.victim_name" not in {each.column for each in last(filed).columns}, "this form has no such box"


def test_what_was_erased_stays_shut_for_everybody(filed: Office, counter: Callable[..., str]) -> None:
    """A destroyed key opens nothing, and its box says whose it was."""
    with psycopg.connect(filed.url) as connection:
        connection.execute("DELETE FROM roznamcha.person_keys WHERE person = 'V1'")
    filed.keyring.forget()
    page = counter("IIF-1", audience="sealed", **WHO)
    assert (HIDDEN in page, "[गोपनीय · sealed V1]" in page) == (False, True)


def test_a_form_is_of_a_day(counter: Callable[..., str]) -> None:
    """What had not happened, or was not known, by then is not there."""
    assert "21.08.2026" in counter("IIF-5")
    assert "21.08.2026" not in counter("IIF-5", as_of="2026-08-20")
    with pytest.raises(Refused, match=r"has no case.AppealDecided that stands"):
        counter("IIF-7", as_of="2026-10-31")
    with pytest.raises(Refused, match="has no case"):
        counter("IIF-7", known_at="2020-01-01")
    with pytest.raises(Refused, match=r"has no case.AccusedArrested of 'A7'"):
        counter("IIF-3", only="A7")


def test_wrong_use_is_told(counter: Callable[..., str]) -> None:
    """Before anything is opened or written."""
    wrong: list[tuple[str, dict[str, str]]] = [
        ("IIF-8", {}), ("IIF-1", {"language": "ta"}), ("IIF-1", {"audience": "public"}), ("IIF-2", {"only": "A1"}),
        ("IIF-1", {"file": "x.docx"}),
        ("IIF-1", {"output": None, "kind": "pdf"}), ("IIF-1", {"kind": "docx"}), ("IIF-1", {"as_of": "soon"}),
    ]  # fmt: skip
    for name, options in wrong:
        with pytest.raises(Usage):
            counter(name, **options)


def test_the_program_prints_and_takes_in(tmp_path: Path, database: str) -> None:
    """JSON on stdout is one document; a PDF goes into a file; what comes in has a format of its own."""
    program = Program(tmp_path, database)
    (tmp_path / "forms.json").write_text(json.dumps(form_of_test()))
    told = program.json("import", "forms.json", "--format", "form")
    assert (told["read"], told["recorded"]) == (1, 1)
    assert program.json("form", "IIF-1", FIR)["sheets"][0]["acts"][0]["name"] == "case.FIRRegistered"
    assert program.json("form", "IIF-1", FIR, "-o", "fir.pdf")["sheets"] == 1
    assert (tmp_path / "fir.pdf").read_bytes()[:5] == b"%PDF-"


def form_of_test() -> Any:
    """The FIR as another system sends it."""
    form = form_of("IIF-1")
    return open_up(document_of(form, fill(form, given(*acts_of(LINES[:1])).entries), [], COPY))
