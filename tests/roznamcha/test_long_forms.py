"""Forty accused, two hundred articles, a name of three hundred letters: nothing is lost or runs off the paper."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest

from roznamcha.forms.printing import Pen
from roznamcha.typeset import typeset
from tests.roznamcha.filed import LINES, PEN, acts_of
from tests.roznamcha.test_forms import shown, texts
from tests.roznamcha.test_printed_columns import stamped
from tests.roznamcha.test_typeset import read, squeezed

MADE = datetime(2026, 7, 2, tzinfo=UTC)
LONG = {3: ("क्षत्रियश्रेष्ठ राजेन्द्र प्रसाद " * 10)[:300].strip(), 4: "Averyveryverylongname" * 14}
"""Names of three hundred letters: of words, and of one word."""
RIGHT, BOTTOM = 52.0, 20.0
"""Points beyond which nothing may stand: the margins of the page, less the width of a line."""


def case() -> list[dict[str, Any]]:
    """The case with forty accused, of whom two have long names, and two hundred articles."""
    lines: list[dict[str, Any]] = json.loads(json.dumps(LINES))
    codes = [f"A{n}" if n < 10 else f"B{n - 9}" for n in range(1, 41)]
    lines[0]["fields"]["accused"] = [
        {"code": code, "how": "known", "accused_name": LONG.get(n, f"अभियुक्त {n}"), "gender": "male",
         "age_years": 20 + n, "relative_name": "पिता", "address": "ग्राम नमूना, तहसील नमूना, जिला नमूना"}
        for n, code in enumerate(codes, 1)
    ]  # fmt: skip
    wide = ("accused_name", "alias", "relative_name", "address", "physical_features")
    lines[0]["fields"]["accused"][5] |= dict.fromkeys(
        wide, "Wwwwwwwwwwwwwwwwwww"
    )  # a word that is not broken elsewhere
    lines[6]["fields"]["items"] = [
        {"id": f"PR/{n}", "category": "vehicle",
         "description": f"साइकिल क्रमांक {n}, नीली" + " लंबा विवरण" * (40 if n == 7 else 0),
         "quantity": "1", "unit": "number", "value_paise": 450000 + n, "seal": "R", "seal_count": 2}
        for n in range(1, 201)
    ]  # fmt: skip
    final = lines[7]["fields"]
    final["accused"] = [{"code": code, "status": "in custody", "forwarded": True} for code in codes]
    final["not_charged"] = []
    final["relied_on"] = [{"property_id": f"PR/{n}", "malkhana_number": f"{n}/2026"} for n in range(1, 201)]
    return lines


@pytest.mark.parametrize(("name", "pages"), [("IIF-1", 4), ("IIF-4", 12), ("IIF-5", 24)])
def test_a_long_form_is_whole_and_no_longer_than_it_must_be(name: str, pages: int) -> None:
    """Every value is there, within the paper, on numbered pages; a long list is a table, and no heap of cards."""
    told_of = shown(name, list(stamped(*acts_of(case()))), Pen(("hi", "en"), PEN.zone))
    pdf = typeset("form", told_of, made=MADE)
    found = read(pdf).replace("-", "")
    wanted = {squeezed(each).replace("-", "") for each in texts(told_of) if each not in {"hi", "en", "True", ""}}
    assert [each for each in wanted if each not in found] == []
    document = pypdfium2.PdfDocument(pdf)
    try:
        assert len(document) <= pages
        for number, page in enumerate(document, 1):
            text = page.get_textpage()
            assert f"{number} / {len(document)}" in text.get_text_range()
            signs = [text.get_charbox(n) for n in range(text.count_chars())]
            assert max(right for _, _, right, _ in signs) <= page.get_width() - RIGHT
            assert min(bottom for _, bottom, _, _ in signs) >= BOTTOM
    finally:
        document.close()
