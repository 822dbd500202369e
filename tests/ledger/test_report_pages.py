"""How a report falls on its pages: what belongs together stays together where a page has room for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdfium2 import raw

from domain.law.book import shipped_texts
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.report import Copy, report_of
from schemas import catalogue
from tests.ledger.copies import Court
from tests.ledger.papers import by_poppler, squeezed
from tests.ledger.test_papers import ZONE, paper
from tests.peers.installed import NoPeer
from tests.peers.published import needs

LONG = "अभियुक्त के कब्जे से बरामद वस्तु का विवरण। "
FOOT = 50.0
"""Points from the lower edge of a sheet under which nothing but its foot stands: the margin is 19 mm."""
FIR_COPY = shipped_texts()["bnss/fir-copy.yaml"].encode()


def pages(pdf: bytes) -> list[str]:
    """What stands on each page, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [squeezed(each.get_textpage().get_text_range()) for each in document]
    finally:
        document.close()


def on(found: list[str], text: str) -> set[int]:
    """The pages on which a text stands."""
    return {n for n, page in enumerate(found) if squeezed(text) in page}


def lows(pdf: bytes) -> Iterator[float]:
    """How low each letter stands that is larger than those of the foot, in points from the lower edge."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            text = page.get_textpage()
            for n in range(text.count_chars()):
                if raw.FPDFText_GetFontSize(text, n) > 7.1:
                    yield text.get_charbox(n)[1]
    finally:
        document.close()


def many(case: Court, lines: dict[int, int]) -> Copy:
    """A copy with forty entries, each with so many lines of description (two, where nobody says), and a mark behind."""
    copy = Copy(case.copies["court"], catalogue())
    seized = next(each for each in copy.entered if each.name == "case.PropertySeized")
    copy.entered = [
        replace(
            seized, place=100 + n, index=100 + n, told=seized.told | {"version": 100 + n},
            shown=seized.shown | {"place": LONG * lines.get(n, 2 + n % 5), "meta.doubts": [f"mark{n:03}"]},
        )
        for n in range(40)
    ]  # fmt: skip
    return copy


def test_an_entry_is_not_split_over_pages(case: Court) -> None:
    """From its head to its last line; one that is longer than a page begins anywhere and goes on, with nothing lost."""
    found = pages(paper(many(case, {7: 200})))
    assert len(found) > 8
    for n in range(40):
        first, last = on(found, f"leaves/{100 + n:06}.json"), on(found, f"mark{n:03}")
        assert (len(first), len(last)) == (1, 1), n
        assert (first == last) == (n != 7), n
    whole = "".join(found)
    assert whole.count(squeezed(LONG)) + 12 > sum(200 if n == 7 else 2 + n % 5 for n in range(40))


def test_an_entry_of_about_a_page_stays_on_the_paper(case: Court) -> None:
    """Whatever the length: it is whole, or goes on on the next page, and never runs into the foot or off the sheet."""
    data = paper(many(case, {n: 20 + n for n in range(40)}))
    found = pages(data)
    assert all(len(on(found, f"mark{n:03}")) == 1 for n in range(40))
    assert {len(on(found, f"leaves/{100 + n:06}.json")) for n in range(40)} == {1}
    assert min(lows(data)) > FOOT


@pytest.mark.parametrize("facts", [3, 200])
def test_a_clock_is_not_split_over_pages(case: Court, facts: int) -> None:
    """Its rule, what was told of it and the words of the law stand together, where they fit on a page."""
    copy = Copy(case.copies["court"], catalogue())
    told: dict[str, Any] = {"rule": "fir-copy", "law": "BNSS 2023 s.173(2)", "reviewed": True,
                            "digest": sha256(FIR_COPY).hexdigest()}  # fmt: skip
    base, opened = copy.entered[0], catalogue().latest["deadline.Opened"]
    count = {clock: facts if clock == 5 else 3 + clock % 4 for clock in range(1, 13)}
    copy.entered += [
        replace(
            base, place=1000 * clock + n, told=base.told | {"kind": "deadline"}, schema=opened,
            shown=told | {"number": clock, "subject": f"S{clock:03}", "meta.act": {"name": "deadline.Opened"}},
        )
        for clock in count for n in range(count[clock])
    ]  # fmt: skip
    copy.files = {**copy.files, "extracts/rules/fir-copy.yaml": FIR_COPY}
    found = pages(paper(copy))
    for clock, told_of in count.items():
        first = on(found, f"leaves/{1000 * clock:06}.json")
        last = on(found, f"leaves/{1000 * clock + told_of - 1:06}.json")
        assert (len(first), len(last)) == (1, 1), clock
        assert (first == last) == (told_of < 200), clock
    ends = "SHA-256" + sha256(FIR_COPY).hexdigest()
    split = [n for n, page in enumerate(found) if len(re.findall(r"S0\d\d(?=BNSS)", page)) != page.count(ends)]
    assert bool(split) == (facts == 200), "each page has as many beginnings as ends, but for the one that is too long"
    assert "".join(found).count(ends) == len(count)


def test_no_heading_stands_alone_at_the_foot_of_a_page(case: Court) -> None:
    """A chapter's title and the words under it are on the page on which the chapter begins."""
    for audience in RULES:
        found = pages(paper(Copy(case.copies[audience], catalogue())))
        for title, first in (("History of the case", "leaves/000000.json"), ("Chain of custody", "टूट · break")):
            assert on(found, title) == {min(on(found, first))}, (audience, title)


def test_hindi_is_copied_out_with_its_spaces(case: Court, tmp_path: Path) -> None:
    """Each space between Hindi words is in the PDF: poppler gives them all back. It may give one too many in a word."""
    copy = Copy(case.copies["court"], catalogue())
    told = report_of(copy, ZONE)
    try:
        found = by_poppler(paper(copy), tmp_path)
    except NoPeer as missing:
        needs(missing)
    words = [each["means"]["hi"] for each in told["verdict"]] + [each["title"]["hi"] for each in told["history"]]
    assert sum(each.count(" ") for each in words) > 30
    for each in (*words, "यह रिपोर्ट केवल ऊपर दी गई प्रति से बनी है और वही कहती है जो उस प्रति में है"):
        pattern = r"\s+".join(r"\s?".join(map(re.escape, word)) for word in each.split())
        assert re.search(pattern, found), each
