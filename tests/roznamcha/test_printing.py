"""A record of any register as a paper: every column under its words, what is sealed shut, and who opened it entered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import domain
from domain.event import ACTS, RECORDS, Event, Meta, Sealed
from domain.shape import Column, Shape, columns
from roznamcha.commands.contracts import described
from roznamcha.commands.printing import print_record as command
from roznamcha.commands.reading import history_of
from roznamcha.errors import Refused, Usage
from roznamcha.forms.book import choices, hindi
from roznamcha.forms.html import page_of
from roznamcha.forms.printing import LANGUAGES, Copy, Pen
from roznamcha.forms.records import REGISTERS, Sheaf, paper_of
from roznamcha.office import Office
from roznamcha.typeset import typeset
from schemas import catalogue
from tests.acts import NOW, sent
from tests.dsl import OFFICER, SAMPLES, act
from tests.roznamcha.filed import PEN, enter, office_of
from tests.roznamcha.kit import Program
from tests.roznamcha.test_forms import texts
from tests.roznamcha.test_typeset import read, squeezed

CODE = re.compile(r"(?:BNSS|CrPC|NDPS|UAPA|JJ) [0-9A-Z()]+|SHA1|SHA256|MD5|Arnesh Kumar|")
"""Choices that are the same in every language: a section, an algorithm, a judgment; and nothing at all."""
DAY = "CG-RPR-01/GD/2026-07-02"
GIST = "साप्ताहिक बाज़ार में <b>श्री विद्युत्</b> की दुर्घटना; #panic(1) “ज्ञापन” द्वारा।"
WHO = {"by": "CG-9,SI,court officer", "reason": "asked for by the court"}
COPY = Copy("X", str(UUID(int=12)))


def every_choice(shape: Shape) -> set[str]:
    """The choices that may stand in a column, or in a part of it."""
    inner = every_choice(shape.inner) if shape.inner else set()
    return {*shape.choices, *inner, *(each for column in shape.columns for each in every_choice(column.shape))}


def full(name: str, version: int) -> Event[Any]:
    """An act with something in every column of it and of its parts."""
    made = act(name, **{each.name: filled(each) for each in columns(ACTS[name])})
    meta = replace(Meta(), version=version, entry_id=UUID(int=version), actor=OFFICER, station="CG-RPR-01",
                   occurred_at=NOW, recorded_at=NOW, doubts=("यह शंका है",))  # fmt: skip
    return replace(made, meta=meta)


def filled(column: Column) -> Any:
    """Something that a column may hold, and that no column holds by itself."""
    return _filled(column.shape, column.name)


def _filled(shape: Shape, name: str) -> Any:
    if shape.inner is not None:
        return (_filled(shape.inner, name),) if shape.kind == "list" else _filled(shape.inner, name)
    if shape.of is not None:
        return shape.of(**{each.name: filled(each) for each in shape.columns})
    if shape.choices:
        return next(each for each in shape.choices if each not in {"", "none", "not recorded"})
    if shape.kind in {"text", "sealed"}:
        text = f"शृंखला {name.replace('_', ' ')}"
        return Sealed(person="P", text=text) if shape.kind == "sealed" else text
    return True if shape.kind == "flag" else SAMPLES[shape.kind]


def describe(cls: type[Event[Any]]) -> dict[str, Any]:
    """An act with its words."""
    return described(cls, catalogue())


def paper(entries: Any, language: str = "both") -> dict[str, Any]:
    """Entries as they are printed."""
    pen = Pen(LANGUAGES[language], PEN.zone)
    return paper_of([Sheaf("X", entries)], COPY, pen, describe)


def test_every_choice_of_every_act_has_a_hindi_word() -> None:
    """But for those that are no word; a new act says its own in its schema, `values_hi` beside the column's label."""
    domain.load()
    entered = [column for cls in ACTS.values() if cls.by_hand for column in columns(cls)]
    asked = {each for column in entered for each in every_choice(column.shape)}
    assert sorted(each for each in asked - choices().keys() if not CODE.fullmatch(each)) == []
    assert hindi("not looked at", "seal_state") == "नहीं देखा गया", "by the act's own schema"
    assert (hindi("return", "order"), hindi("return", "kind"), hindi("BNSS 103")) == ("लौटाना", "वापसी", "BNSS 103")


@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_every_column_of_every_act_is_printed_and_reads_back(register: str) -> None:
    """Under its words in both languages, in Hindi alone and in English alone; the same bytes each time."""
    domain.load()
    names = sorted(name for name, cls in ACTS.items() if cls.register == register and cls.by_hand)
    entries = [full(name, n) for n, name in enumerate(names, 1)]
    shown = paper(entries)
    said = set(texts(shown))
    for entry in entries:
        if entry.name.endswith(("AccessRecorded", "EntryPassedOver", "diary.EntryMade")):
            continue
        for field in describe(type(entry))["fields"]:
            assert field["label"]["hi"].replace("(पैसे)", "(रु)") in said, (entry.name, field["name"])
    pdf = typeset("form", shown, made=datetime(2026, 7, 2, tzinfo=UTC))
    found = read(pdf).replace("-", "")
    for each in shown["sheets"][0]["lines"]:
        each.pop("widths", None)
        each.pop("cut", None)
    wanted = [squeezed(each).replace("-", "") for each in texts(shown) if each not in {"hi", "en", "True", ""}]
    assert [each for each in wanted if each not in found] == []
    hindi_alone = " ".join(texts(paper(entries, "hi")["sheets"][0]["lines"]))
    assert [each for each in ("sealed", "Yes", "Doubt", "struck") if each in hindi_alone] == []
    assert pdf == typeset("form", json.loads(json.dumps(paper(entries))), made=datetime(2026, 7, 2, tzinfo=UTC))


def test_every_register_has_a_name() -> None:
    """So that a new register's papers have a title."""
    domain.load()
    assert REGISTERS.keys() == RECORDS.keys() - {"deadline"}


@pytest.fixture
def diary(tmp_path: Path, database: str) -> Iterator[Office]:
    """An office with two days of a diary, and none between them."""
    with office_of(tmp_path / "here", database) as office:
        strike = sent("diary.EntryCorrected", DAY, at="2026-07-02T10:10:00+05:30", version=3, kind="did not happen",
                      reason="अन्य थाने हेतु")  # fmt: skip
        del strike["fields"]["entry"]
        made = [
            line("07-02T06:00", kind="opening", gist="दिवस प्रारंभ"),
            line("07-02T09:40", kind="return", event_at="2026-07-02T08:30:00+05:30", gist=GIST, made_by="HC 12"),
            line("07-02T10:05", kind="arms", gist="शस्त्र जमा"),
            strike,
            sent("diary.DayClosed", at="2026-07-02T23:55:00+05:30", day="2026-07-02", last_serial=3, in_custody=1,
                 remarks="सब ठीक"),
            line("07-04T06:00", kind="opening", gist="चार जुलाई"),
        ]  # fmt: skip
        enter(office, made)
        yield office


def line(at: str, **fields: Any) -> dict[str, Any]:
    """An entry of the diary."""
    return sent("diary.EntryMade", at=f"2026-{at}:00+05:30", number="", **fields)


@pytest.fixture
def counter(diary: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Asks for a paper as the command line does, beside the office; gives the page that is written."""
    monkeypatch.setenv("ROZNAMCHA_DATA", str(diary.settings.data))
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", diary.url)

    def ask(record: str = DAY, **options: Any) -> str:
        file = tmp_path / options.pop("file", "page.html")
        command(record, **{"output": file, **options})
        return file.read_text(errors="replace")

    return ask


def entries_of(office: Office) -> list[Event[Any]]:
    """The entries of the day."""
    return history_of(office, DAY)[1]


def test_a_day_of_the_diary_is_its_page(diary: Office, counter: Callable[..., str]) -> None:
    """Serial, both hours, kind, matter and writer; what was struck is legible, with a line through it."""
    shown = json.loads(counter(file="page.json", audience="court", **WHO))
    (page,) = (each for each in shown["sheets"][0]["lines"] if each.get("wide"))
    assert [row[0] for row in page["rows"]] == ["1", "2", "3"]
    assert page["rows"][1][1] == "02.07.2026 09:40\n(घटना · event: 02.07.2026 08:30)"
    assert page["rows"][1][2:] == ["वापसी · return", GIST, "SI CG-1001\nHC 12"]
    assert (page["cut"], page["rows"][2][4]) == ([[], [], [2, 3]], "SI CG-1001\n[काटी गई, द्वारा · struck by 4]")
    assert "सब ठीक" in texts(shown)
    html = counter(audience="court", **WHO)
    assert "<s>शस्त्र जमा</s>" in html
    assert "&lt;b&gt;श्री विद्युत्&lt;/b&gt;" in html
    assert not [each for each in ("http", "src=", "@import", "url(", "<script", "<b>श्री") if each in html]
    assert page_of(json.loads(counter(file="page.json"))) == counter()


def test_sealed_columns_are_opened_for_whom_it_is_asked(diary: Office, counter: Callable[..., str]) -> None:
    """Shut and told to be so unless somebody answers for it; exactly what was opened is entered, in each day."""
    shut = counter()
    assert ("शस्त्र जमा" in shut, "[गोपनीय · sealed CASE]" in shut) == (False, True)
    for missing in ({}, {**WHO, "by": ""}, {**WHO, "reason": " "}):
        with pytest.raises(Usage, match="say who makes it"):
            counter(audience="court", **missing)
    assert "शस्त्र जमा" not in counter(audience="accused", **WHO)
    assert len(entries_of(diary)) == 5, "nothing was opened, and nothing entered"
    assert "शस्त्र जमा" in counter(audience="court", language="hi", **WHO)
    read_by = entries_of(diary)[-1]
    assert (read_by.name, read_by.purpose, read_by.meta.actor.id) == ("diary.AccessRecorded", "court", "CG-9")
    opened = [(each.version, each.column, each.person) for each in read_by.columns]
    assert opened == [(1, "gist", "CASE"), (2, "gist", "CASE"), (3, "gist", "CASE"), (5, "remarks", "CASE")]
    again = counter()
    assert "diary.AccessRecorded" not in again
    assert "(1)" in again, "that entries of who read it are left out is told, and how many"


def test_a_period_names_the_days_of_which_nothing_was_entered(counter: Callable[..., str]) -> None:
    """A sheet for each day, under one heading; each day keeps its own entry of who read it."""
    shown = json.loads(counter(file="page.json", until="2026-07-04", audience="court", **WHO))
    assert shown["called"] == f"{DAY} … CG-RPR-01/GD/2026-07-04"
    assert [each["number"] for each in shown["sheets"]] == [f"पत्रक · sheet {n}/3" for n in (1, 2, 3)]
    words = shown["sheets"][1]["lines"][0]["words"]
    assert words == ["CG-RPR-01/GD/2026-07-03", "इस दिन का कोई रोज़नामचा दर्ज नहीं है", "No diary of this day was entered"]
    assert "चार जुलाई" in texts(shown["sheets"][2])


def test_a_day_is_found_by_its_day_whatever_key_it_came_in_under(diary: Office, counter: Callable[..., str]) -> None:
    """A register that was taken in has keys of its own."""
    enter(diary, [sent("diary.EntryMade", "legacy:77", at="2026-07-09T06:00:00+05:30", number="", gist="पुरानी पंजी")])
    assert "CG-RPR-01/GD/2026-07-09" in counter("CG-RPR-01/GD/2026-07-09")
    assert diary.store.find("CG-RPR-01/GD/2026-07-09") == diary.store.find("legacy:77") is not None
    for none in ("CG-RPR-01/GD/2026-07-10", "CG-RPR-01/GD/2026-02-30", "CG-RPR-01/GD/20260709", "/GD/2026-07-09"):
        assert diary.store.find(none) is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"until": "4.7.2026"}, "is no date: write it as 2026-07-02"),
        ({"until": "2026-07-01"}, "begins at 2026-07-02"),
        ({"until": "2027-07-03"}, "366 days at most"),
        ({"language": "ta"}, "the languages hi, en, both"),
        ({"audience": "public"}, "--for court, accused, sealed"),
        ({"file": "page.docx"}, "html, pdf, json"),
        ({"output": None, "kind": "pdf"}, "pdf goes into a file"),
        ({"as_of": "soon"}, "is no moment"),
    ],
)
def test_wrong_use_is_told(counter: Callable[..., str], options: dict[str, Any], said: str) -> None:
    """Before anything is opened or written."""
    with pytest.raises(Usage, match=re.escape(said)):
        counter(**options)


def test_a_paper_is_of_a_day(diary: Office, counter: Callable[..., str]) -> None:
    """What had not happened by then is not there; of nothing there is no paper; only a diary has days."""
    assert "शस्त्र" not in counter(as_of="2026-07-02T10:00:00+05:30", audience="court", **WHO)
    with pytest.raises(Refused, match=r"nothing of .* was done by 2026-07-01"):
        counter(as_of="2026-07-01")
    with pytest.raises(Refused, match="no record is called"):
        counter("CG-RPR-01/GD/2026-07-03")
    enter(diary, [sent("complaint.ComplaintReceived", at="2026-07-02T09:00:00+05:30")])
    with pytest.raises(Usage, match="tells of the days of a diary"):
        counter("CG-RPR-01/SHK/0001/2026", until="2026-07-04")


def test_the_program_prints_a_paper(tmp_path: Path, database: str) -> None:
    """PDF into a file, with JSON told of it; the page itself on stdout."""
    program = Program(tmp_path, database)
    (tmp_path / "acts.jsonl").write_text(json.dumps(line("07-02T06:00", gist=GIST)))
    program.run("import", "acts.jsonl")
    told = program.json("print", DAY, "-o", "day.pdf")
    assert (told["register"], told["sheets"], told["file"]) == ("diary", 1, "day.pdf")
    assert (tmp_path / "day.pdf").read_bytes()[:5] == b"%PDF-"
    assert "<!DOCTYPE html>" in program.run("print", DAY).stdout
    assert program.json("print", DAY)["title"] == ["रोज़नामचा", "General Diary"]
