"""The FIR for the citizen portal: what is public is there in both languages, what is sealed or names anybody is not."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any
from zoneinfo import ZoneInfo

from domain.case.fir import PropertyOfInterest
from domain.case.registration import RegistersFIR
from domain.event import Sealed
from roznamcha.publishable import COLUMNS, page_of, public_fir, registration_in
from schemas import catalogue
from tests.domain.case.builders_accused import struck
from tests.domain.case.builders_fir import fir, suspect, victim, zero
from tests.dsl import given

INDIA = ZoneInfo("Asia/Kolkata")
SECRET = Sealed(text="Zzyxqq", person="I1", digest=b"d", box=b"b")
TOLD: dict[str, Any] = {
    "place": "the <b> road", "investigator": "CG-1001", "informant_name": SECRET, "contents": SECRET,
    "informant_occupation": SECRET, "place_address": SECRET, "accused": (suspect("A7"),), "victims": (victim("V3"),),
    "property_of_interest": (PropertyOfInterest(category="vehicle", description="a motorcycle", value_paise=100),),
}  # fmt: skip


def published(*acts: Any) -> tuple[dict[str, Any], str]:
    """An FIR as JSON and as a page."""
    record = given(*acts)
    entry = registration_in(record.entries)
    assert entry
    shown = public_fir(record.record, entry, catalogue())
    return shown, page_of(entry, shown, INDIA)


def test_the_form_is_there_and_what_is_sealed_is_named_and_gone() -> None:
    """Times by the station's clock, labels in both languages, texts as texts."""
    shown, page = published(fir(**TOLD))
    assert (shown["fir"], shown["station"]) == ("0012/2026", "CG-RPR-01")
    values = {each["name"]: each["value"] for each in shown["columns"]}
    assert values["sections"] == ["BNS 303(2)"]
    assert all(each["label"]["en"] and each["label"]["hi"] for each in [*shown["columns"], *shown["sealed"]])
    assert {"contents", "informant_name", "accused", "victims"} <= {each["name"] for each in shown["sealed"]}
    for words in (
        "0012/2026",
        "the &lt;b&gt; road",
        "02.07.2026 08:00",
        "vehicle, a motorcycle, 100",
        "थाना",
        "गोपनीय",
    ):
        assert words in page, words
    for text in (json.dumps(shown), page):
        assert not [each for each in ("Zzyxqq", "CG-1001", "A7", "V3", "I1", "Someone", "None") if each in text]


def test_what_is_public_is_a_column_of_the_form_and_never_sealed() -> None:
    """No column of the list holds anything sealed or anybody's code."""
    kinds = {each.name: str(each.type) for each in fields(RegistersFIR)}
    assert set(COLUMNS) <= kinds.keys()
    assert not [
        each for each in COLUMNS if any(word in kinds[each] for word in ("Sealed", "Code", "Accused", "Victim"))
    ]


def test_the_fir_that_stands_is_published() -> None:
    """A zero FIR until the FIR is there; a struck one never; sections of today where they are others."""
    assert published(zero())[0]["fir"] == "ZERO/0003/2026"
    assert registration_in(given(fir(), struck(fir(), 1)).entries) is None
    shown, page = published(fir())
    assert "sections now" not in page
    entry = registration_in(given(fir()).entries)
    assert entry
    assert "sections now</dt><dd>BNS 305" in page_of(entry, {**shown, "sections_now": ["BNS 305"]}, INDIA)
