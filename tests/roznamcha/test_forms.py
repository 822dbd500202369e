"""Integrated forms from entries: each box says what was entered, nothing else, and nothing that was struck."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pypdfium2
import pytest

from domain.event import Event, changed
from roznamcha.errors import Broken
from roznamcha.forms.book import FOLDER, NAMES, choices, flaws, form_of, read_form
from roznamcha.forms.filling import fill, stricken
from roznamcha.forms.giving import csv_of, document_of
from roznamcha.forms.html import page_of
from roznamcha.forms.printing import LANGUAGES, Copy, Pen, rupees, sections, told
from roznamcha.typeset import typeset
from tests.domain.case.builders_accused import struck
from tests.dsl import Given, given
from tests.roznamcha.filed import CONTENTS, FIR, HIDDEN, LINES, PEN, acts_of, line
from tests.roznamcha.test_typeset import read, squeezed

COPY = Copy(FIR, str(UUID(int=12)), "sealed")


@pytest.fixture(scope="module")
def case() -> Given:
    """The case with something for each form."""
    return given(*acts_of(LINES))


def shown(name: str, entries: Any, pen: Pen = PEN, only: str = "") -> dict[str, Any]:
    """A form as it is printed."""
    form = form_of(name)
    return told(form, fill(form, entries, only), stricken(form, entries), COPY, pen)


def boxes(
    name: str, entries: Any, language: str = "en", sheet: int = 0, only: str = "", pen: Pen | None = None
) -> dict[str, Any]:
    """What stands in each box of a sheet, by its words: a value, or the rows of a table."""
    lines = shown(name, entries, pen or Pen(LANGUAGES[language], PEN.zone), only)["sheets"][sheet]["lines"]
    return {each["words"][0]: each.get("value", each.get("rows")) for each in reversed(lines)}


def texts(told_of: Any) -> list[str]:
    """Every text of a form."""
    if isinstance(told_of, dict):
        return [each for value in told_of.values() for each in texts(value)]
    return [each for value in told_of for each in texts(value)] if isinstance(told_of, list) else [str(told_of)]


@pytest.mark.parametrize("name", NAMES)
def test_every_form_says_what_it_was_read_from(name: str) -> None:
    """On its face, in both languages; only of the FIR was a printed form seen."""
    form = form_of(name)
    assert (name == "IIF-1") == ("not compared" not in form.source["en"])
    assert (name == "IIF-1") == ("नहीं मिलाई" not in form.source["hi"])
    assert all(each.words["en"] and each.words["hi"] for each in form.boxes)


GOOD = (FOLDER / "iif-7.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("case.AppealDecided", "case.AppealLost", "there is no act"),
        ("column: court}", "column: courts}", "no column 'courts'"),
        ("column: result}", "column: result, blank: signed}", "left blank, in a way"),
        ("column: result}", "column: court}", "has the column result, which must be entered"),
        ("{en: Code, hi: कोड, column: code}", "{en: Code, hi: कोड, column: result}", "has code, which must be entered"),
        ("meta: occurred_at", "meta: happened_at", "head has no happened_at"),
        ("of: filed", "of: files", "there is no part 'files'"),
        ("key: appeal}", "key: appeal, take: some}", "says not which entries"),
        ("column: appeal}", "column: appeal, show: italics}", "in a way that nobody knows"),
        ("column: appeal}", "look: [nobody:appeal], is: b}", "to look into"),
        ("column: appeal}", "look: [filed:colour], is: b}", "to look into"),
        ('{box: "3", en: Court that decided', '{box: "2", en: Court that decided', None),
        ("main:", "first:", "no part says"),
    ],
)
def test_a_form_that_fits_no_act_is_seen(old: str, new: str, said: str | None) -> None:
    """A column that was renamed must not become a box that is always empty."""
    assert old in GOOD
    found = list(flaws(read_form(GOOD.replace(old, new))))
    assert (not found) if said is None else any(said in each for each in found), found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("boxes:", "boxen:"),
        ("key:", "keys:"),
        ("column:", "colum:"),
        ("title: {", "title: !x {"),
        ("acts: [", "acts: &a ["),
    ],
)
def test_a_file_that_is_no_form_is_broken(old: str, new: str) -> None:
    """What nobody knows is refused, not passed over."""
    text = GOOD.replace(old, new, 1)
    with pytest.raises(Broken):
        list(flaws(read_form(text.replace("{acts: &a", "{acts: *a") if "&a" in new else text)))


def test_each_choice_has_its_own_hindi_word() -> None:
    """And none of them is left in English."""
    assert not [each for each, word in choices().items() if not word or word.isascii()]


def test_the_fir_says_what_was_entered(case: Given) -> None:
    """Times by the station's clock, money in rupees, choices in the language asked for, texts as they are."""
    english, hindi, both = (boxes("IIF-1", case.entries, each) for each in ("en", "hi", "both"))
    assert english["FIR No."] == "0007"
    assert english["Date and Time of FIR"] == "02.07.2026 10:30"
    assert english["Day"] == "Wednesday"
    assert english["Acts, Sections"] == "BNS 305, 331(4); POCSO 8"
    assert english["Total value of property (In Rs/-)"] == "1,23,45,678.50"
    assert english["First Information contents"] == CONTENTS
    assert (english["Type of Information"], hindi["सूचना का प्रकार"], both["सूचना का प्रकार"]) == (
        "oral",
        "मौखिक",
        "मौखिक · oral",
    )
    assert english["Details of known / suspected / unknown accused with full particulars"][1][:3] == [
        "A2",
        "unknown",
        "",
    ]


def test_what_nobody_entered_stays_empty(case: Given) -> None:
    """No box says No, 0 or none where nothing was said, and no box is filled with what the register can't know."""
    fir, memo = boxes("IIF-1", case.entries), boxes("IIF-3", case.entries)
    assert (fir["Beat No."], fir["UID No."], fir["Directed (Name of I.O.)"], fir["Date To, Time To"]) == ("",) * 4
    assert (memo["Whether finger-prints taken"], memo["Child in conflict with law"], memo["Earlier convictions"]) == (
        "",
    ) * 3
    assert boxes("IIF-5", case.entries)["If F.R. is false, action taken / proposed u/s 217 / 248 B.N.S."] == ""
    sentence = boxes("IIF-6", case.entries)["Sentence"][0]
    assert sentence[4:8] == ["2", "", "", "5,000.00"]


def test_a_form_draws_upon_other_entries(case: Given) -> None:
    """The arrest memo upon grounds and relative, the final form upon memo, court and chargesheet."""
    memo, final, court = (boxes(f"IIF-{n}", case.entries) for n in (3, 5, 6))
    assert (memo["Informed of the grounds of arrest: how"], memo["relation"]) == ("in writing", "माता")
    assert (final["In the Court of"], final["Despatched on"]) == ("JMFC रायपुर", "21.08.2026 12:00")
    relied = final["Properties / articles / documents recovered / seized during investigation and relied upon"]
    assert relied == [["PR/1", "31/2026", "साइकिल, नीली", "4,500.00", "कृष्ण कुमार", ""]]
    charged = final["Particulars of accused persons charge-sheeted"][0]
    assert (charged[:3], charged[10]) == (["A1", "कृष्ण कुमार", ""], "न्यू राजेन्द्र नगर")
    result = ["A1", "कृष्ण कुमार", "01.09.2026 12:00", "BNS 305", "convicted", "BNS 305", ""]
    assert court["Result for each accused"] == [result]


def test_an_accused_who_was_never_arrested_has_a_name(case: Given) -> None:
    """On the chargesheet the name is the arrest memo's, else the later naming's, else the FIR's."""
    named = line("AccusedNamed", "07-10T09:00", accused="A2", how="known", basis="recording", accused_name="त्र्यम्बक")
    final = json.loads(json.dumps(LINES[7]))
    final["fields"]["accused"].append({"code": "A2", "status": "absconding"})
    final["fields"]["not_charged"] = []
    entries = given(*acts_of([LINES[0], named, final])).entries
    rows = boxes("IIF-5", entries)["Particulars of accused persons charge-sheeted"]
    assert [row[:2] for row in rows] == [["A1", "कृष्ण कुमार & पुत्र"], ["A2", "त्र्यम्बक"]]
    (sheet,) = fill(form_of("IIF-5"), entries)
    assert [each.meta.version for each in sheet.sources] == [1, 2, 3]


def test_a_form_names_the_entries_it_was_made_from(case: Given) -> None:
    """Each of them and no other, with place and id."""
    (sheet,) = fill(form_of("IIF-5"), case.entries)
    assert [each.meta.version for each in sheet.sources] == [1, 2, 4, 7, 8, 9]
    made = shown("IIF-7", case.entries)["sheets"][0]["made from"]["entries"]
    assert [each.split(" · ")[2] for each in made] == ["case.FIRRegistered", "case.AppealFiled", "case.AppealDecided"]
    assert all(str(UUID(int=version)) in each for version, each in zip((1, 13, 14), made, strict=True))


def correcting(case: Given, *versions: int) -> list[Event[Any]]:
    """The case with these entries struck, one after the other."""
    entries = list(case.entries)
    for version in versions:
        made = struck(entries[version - 1], version)
        number = len(entries) + 1
        entries.append(replace(made, meta=replace(made.meta, version=number, entry_id=UUID(int=number))))
    return entries


def test_a_struck_entry_feeds_no_box(case: Given) -> None:
    """Neither its own form nor another's; the form says that there was one. Who strikes the strike makes it valid."""
    entries = correcting(case, 4)
    assert fill(form_of("IIF-3"), entries) == []
    assert boxes("IIF-5", entries)["Particulars of accused persons charge-sheeted"][0][1] == "कृष्ण कुमार & पुत्र"
    assert shown("IIF-5", entries)["struck"]["entries"] == ["प्रविष्टि · entry 4 case.AccusedArrested (द्वारा · by 15)"]
    assert "न्यू राजेन्द्र नगर" not in " ".join(texts(shown("IIF-5", entries)))
    assert len(fill(form_of("IIF-3"), correcting(case, 4, 15))) == 1


def test_each_arrest_has_its_own_grounds(case: Given) -> None:
    """Of two arrests of one person, what followed each stands on its memo; a memo can be asked for by its accused."""
    more = [
        line("AccusedArrested", "07-20T09:00", accused="A1", manner="arrested", status="police remand", place="x",
             gd_entry="GD 9", accused_name="K", gender="male"),
        line("GroundsGiven", "07-20T10:00", accused="A1", how="orally", language="Halbi"),
        line("AccusedArrested", "07-21T09:00", accused="A2", manner="arrested", status="police remand", place="y",
             gd_entry="GD 8", accused_name="L", gender="male"),
    ]  # fmt: skip
    entries = given(*acts_of([*LINES[:7], *more])).entries
    said = [boxes("IIF-3", entries, sheet=n)["language"] for n in range(3)]
    assert said == ["हिन्दी", "Halbi", ""]
    assert [boxes("IIF-3", entries, only="A2")["Name"], len(fill(form_of("IIF-3"), entries, "A1"))] == ["L", 2]
    assert shown("IIF-3", entries)["sheets"][2]["number"] == "पत्रक · sheet 3/3"


def test_a_final_form_prepared_again_takes_the_place_of_the_first(case: Given) -> None:
    """One sheet for each number, of the last that stands."""
    again = line(
        "FinalReportPrepared",
        "08-20T18:00",
        number="CS/1",
        kind="untraced",
        medical_report="not needed",
        brief_facts="x",
    )
    entries = given(*acts_of([*LINES[:8], again])).entries
    assert [each.main.meta.version for each in fill(form_of("IIF-5"), entries)] == [9]


def test_the_section_is_of_the_code_under_which_the_case_was_registered() -> None:
    """A case registered in June 2024 goes on under the Code of 1973, whenever its final form is drawn up."""
    fir = {**LINES[0], "occurred_at": "2024-06-30T23:59:00+05:30"}
    fir = json.loads(json.dumps(fir).replace("2026-07-02T10:05", "2024-06-30T10:05"))
    old, new = given(*acts_of([fir, LINES[7]])).entries, given(*acts_of([LINES[0], LINES[7]])).entries
    assert shown("IIF-5", old)["sheets"][0]["under"][1] == "(Under Section 173 Cr.P.C.)"
    assert shown("IIF-5", new)["sheets"][0]["under"][1] == "(Under Section 193 B.N.S.S.)"


def test_a_zero_fir_has_its_own_number() -> None:
    """And no box of the FIR that it is not; once the FIR is there, that is printed."""
    fields = {key: value for key, value in LINES[0]["fields"].items() if key != "fir_number"}
    zero = line("ZeroFIRRegistered", "07-02T10:30", **fields, zero_number=3, for_station="CG-DRG-02")
    alone = boxes("IIF-1", given(*acts_of([zero])).entries)
    assert alone["Zero FIR No. (none on the printed form)"] == "0003"
    assert "FIR No." not in alone
    later = boxes("IIF-1", given(*acts_of([zero, {**LINES[0], "occurred_at": "2026-07-04T09:00:00+05:30"}])).entries)
    assert later["FIR No."] == "0007"
    assert "Zero FIR No. (none on the printed form)" not in later


def test_a_page_holds_what_was_typed_and_asks_nobody_for_anything(case: Given) -> None:
    """Escaped; complete in itself; the same bytes each time."""
    page = page_of(shown("IIF-1", case.entries))
    assert "&lt;b&gt;श्री विद्युत्&lt;/b&gt;" in page
    assert "<b>श्री" not in page
    assert "कृष्ण कुमार &amp; पुत्र" in page
    assert not [each for each in ("http", "src=", "@import", "url(", "<script") if each in page]
    assert page == page_of(shown("IIF-1", list(case.entries)))


@pytest.mark.parametrize("name", NAMES)
def test_every_text_reads_back_from_the_pdf(name: str, case: Given) -> None:
    """In Hindi and English, joined letters and all; nothing of it is read as markup; the same bytes each time."""
    told_of = shown(name, case.entries)
    made = datetime(2026, 7, 2, tzinfo=UTC)
    pdf = typeset("form", told_of, made=made)
    found = read(pdf).replace("-", "")  # a hyphen at the end of a line is no sign of its own in a PDF
    wanted = [squeezed(each).replace("-", "") for each in texts(told_of) if each not in {"hi", "en", "True", ""}]
    assert [each for each in wanted if each not in found] == []
    assert pdf == typeset("form", json.loads(json.dumps(told_of)), made=made)


@pytest.mark.parametrize("contents", ["लंबा कथन।\n" * 400, "a\n" * 700])
def test_nothing_runs_off_the_paper(contents: str) -> None:
    """A long word in a narrow column stays within its sheet, and a long text goes on to the next one."""
    fir = json.loads(json.dumps(LINES[0]))
    fir["fields"]["accused"][0]["accused_name"] = "क्षत्रियश्रेष्ठ" * 12
    fir["fields"]["contents"] = fir["fields"]["accused"][1]["physical_features"] = contents
    told_of = shown("IIF-1", given(*acts_of([fir])).entries)
    document = pypdfium2.PdfDocument(typeset("form", told_of, made=datetime(2026, 7, 2, tzinfo=UTC)))
    try:
        assert len(document) > 4
        for page in document:
            text = page.get_textpage()
            signs = [text.get_charbox(n) for n in range(text.count_chars())]
            assert max(right for _, _, right, _ in signs) <= page.get_width() - 40
            assert min(bottom for _, bottom, _, _ in signs) >= 0
    finally:
        document.close()


def test_numbers_and_sections_are_written_as_in_india() -> None:
    """Groups of two behind the thousands; what is no section stays as it is."""
    assert [rupees(each) for each in (0, 5, 100, 12345678, -150)] == ["0.00", "0.05", "1.00", "1,23,456.78", "-1.50"]
    assert sections(("BNS 305", "BNS 331(4)", "POCSO 8", "odd", "BNS 1")) == "BNS 305, 331(4); POCSO 8; odd; BNS 1"


def test_other_systems_get_columns_and_labels(case: Given) -> None:
    """JSON by act and box, with what is only repeated apart; CSV with an act to a line."""
    form = form_of("IIF-3")
    document = document_of(form, fill(form, case.entries), [], COPY)
    (sheet,) = document["sheets"]
    assert [each["name"] for each in sheet["acts"]] == [
        "case.AccusedArrested",
        "case.GroundsGiven",
        "case.RelativeInformed",
    ]
    assert {
        "box": "6(i)",
        "label": {"en": "Name", "hi": "नाम"},
        "column": "accused_name",
        "value": "कृष्ण कुमार",
    } in sheet["acts"][0]["boxes"]
    assert {each["from"] for each in sheet["repeated"]} == {"IIF-1", "medical examination"}
    text = csv_of(form, fill(form, case.entries), COPY)
    assert text.splitlines()[2].startswith(f"case.GroundsGiven,{FIR},2026-07-03T03:40:00Z,,CG-1001,SI")
    assert HIDDEN not in text


def test_a_station_and_its_district_stand_with_their_names(case: Given) -> None:
    """By the masters; where an entry says no district it is its station's; what no master knows stands by its code."""
    stations = {"CG-RPR-01": {"name": "Raipur Kotwali", "name_hi": "रायपुर कोतवाली", "district": "CG-RPR"}}
    without = [changed(each, meta=changed(each.meta, district="")) for each in case.entries]

    def places(entries: Any, **masters: Any) -> tuple[Any, Any]:
        lines = shown("IIF-1", entries, Pen(("hi", "en"), PEN.zone, **masters))["sheets"][0]["lines"]
        found = {each["words"][-1]: each.get("value") for each in reversed(lines)}
        return found["P.S."], found["District"]

    named = {"CG-RPR": {"name": "Raipur"}}
    whole = ("रायपुर कोतवाली · Raipur Kotwali (CG-RPR-01)", "Raipur (CG-RPR)")
    assert places(case.entries, stations=stations, districts=named) == whole
    assert places(without, stations=stations, districts=named) == whole
    assert places(without, stations=stations) == (whole[0], "CG-RPR")
    assert places(case.entries) == ("CG-RPR-01", "CG-RPR")
    assert places(without) == ("CG-RPR-01", "")
