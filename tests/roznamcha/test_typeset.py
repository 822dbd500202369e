"""Pages as PDF: what is read back is what was told, byte for byte the same, and nothing entered is ever markup."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from roznamcha import typeset as module
from roznamcha.errors import Broken
from roznamcha.typeset import PAGES, printable, typeset

MADE = datetime(2026, 4, 1, 9, 30, tzinfo=UTC)
HINDI = (
    "प्रथम सूचना रिपोर्ट — क्षेत्राधिकार", "श्री, ज्ञापन, दुर्घटना, कर्तव्य, विद्युत्, शृंखला", "गिरफ़्तारी और ज़ब्ती; पढ़ा, डाँट, हृदय, ऋण",
    "न्यायालय, उच्च न्यायालय, राष्ट्रीय, द्वारा, स्त्री, व्यक्ति", "भारतीय साक्ष्य अधिनियम, 2023 की धारा 63(4)(ग)",
    "मिट्टी, लट्ठा, छह, क्‍या (जोड़), र्‍य, प्र‌ति", "₹ १२३४५६७८९०। ॐ “उद्धरण” → □ ≤",
)  # fmt: skip
MARKUP = (
    '#panic("x")', "*bold* _slanted_ `raw` ```typ #panic()```", "$ x^2 $", "@reference <label>", "= Heading",
    "\\u{41} \\n \\", "// left out", "/* left out */ shown", '"quoted" #(1+1)', "- a\n- b", "~ -- --- ...", "https://example.org",
    '#import "@preview/x:0.1.0"', '#read("/etc/passwd")', "[](){}<>#", "'single'", "&amp; &lt;script&gt;",
)  # fmt: skip
LONG = "क्षत्रिय" * 60


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Makes a page of the test's own, and gives its name."""

    def write(body: str) -> str:
        (tmp_path / "mine.typ").write_text('#import "house.typ": *\n#show: sheet.with(title: "T")\n' + body)
        return "mine"

    (tmp_path / "house.typ").write_bytes((PAGES / "house.typ").read_bytes())
    monkeypatch.setattr(module, "PAGES", tmp_path)
    return write


EACH = "#for each in told.each [#block(each)]"


def read(pdf: bytes) -> str:
    """Everything that stands in a PDF, as a viewer copies it, without how it is broken into lines."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return squeezed("\n".join(each.get_textpage().get_text_range() for each in document))
    finally:
        document.close()


def squeezed(text: str) -> str:
    """A text without spaces, in one form of writing."""
    return re.sub(r"\s+|\x02|\ufffe", "", unicodedata.normalize("NFC", text))


def test_hindi_reads_back_as_it_was_told(page: Callable[[str], str]) -> None:
    """What a viewer copies out of the PDF is what went in, in bold, in a table and among Latin too."""
    body = EACH + "#for each in told.each [*#each*]\n#listing(columns: (30mm, 1fr), ..told.each)"
    found = read(typeset(page(body), {"each": [*HINDI, "x"]}, made=MADE))
    for each in HINDI:
        assert found.count(squeezed(each)) == 3, each


def test_what_was_entered_is_never_markup(page: Callable[[str], str]) -> None:
    """Every sign of Typst's, and of other languages, is printed as the sign it is."""
    found = read(typeset(page(EACH + "#for each in told.each [#mono(each)#strong(each)]"), {"each": MARKUP}, made=MADE))
    for each in MARKUP:
        assert found.count(squeezed(each)) >= 3, each


def test_a_word_without_an_end_stays_on_the_paper(page: Callable[[str], str]) -> None:
    """What has no space is broken anywhere, in Hindi too; the last sign is inside the page, and all can be read."""
    told = {"each": ["W" * 400, LONG, "0123456789abcdef" * 40]}
    pdf = typeset(page(EACH + "#pairs(..told.each.map(each => ([x], each)))#mono(told.each.last())"), told, made=MADE)
    found = read(pdf)
    for each in told["each"]:
        assert squeezed(each) in found
    document = pypdfium2.PdfDocument(pdf)
    for each in document:
        text, width = each.get_textpage(), each.get_width()
        assert all(text.get_charbox(n)[2] <= width - 40 for n in range(text.count_chars()))
    document.close()


def test_every_sign_is_printed_or_named(page: Callable[[str], str]) -> None:
    """No sign that may be entered stops a page; one that turns the writing round is named, and so is an unknown one."""
    assert printable("a\u202eb\x00\U0001f600\u0b95\r\nc\td") == "a<U+202E>b<U+0000><U+1F600><U+0B95>\nc d"
    assert printable({"x": [1, None, ("\u200d",)]}) == {"x": [1, None, ["\u200d"]]}
    signs = [chr(each) for each in range(0x11FFF) if not 0xD800 <= each < 0xE000 and chr(each) not in "\n\r"]
    told = [printable(each) for each in signs]
    own = "".join(each for each in told if len(each) == 1)
    assert len(own) > 3000
    body = EACH + '#text(style: "italic", told.own)#mono(told.own)#for each in told.own.codepoints() [#("क" + each)]'
    typeset(page(body), {"each": [own, "a".join(own)], "own": own}, made=MADE)


def test_the_same_bytes(page: Callable[[str], str], tmp_path: Path) -> None:
    """Twice in this process, and in another one under another zone, language, order of hashes and folder."""
    told = {"each": list(HINDI)}
    once = typeset(page(EACH), told, made=MADE)
    assert typeset(page(EACH), told, made=MADE) == once
    code = (
        "import sys, pathlib, datetime; from roznamcha import typeset as m\n"
        f"m.PAGES = pathlib.Path({str(tmp_path)!r})\n"
        f"sys.stdout.buffer.write(m.typeset('mine', {told!r}, made=datetime.datetime.fromisoformat('{MADE}')))"
    )
    set_otherwise = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONUTF8": "1", "HOME": "/"}
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=Path(__file__).parents[2],
        env={**os.environ, **set_otherwise},
    )  # fmt: skip
    assert other.stdout == once
    assert typeset(page(EACH), told, made=MADE.replace(second=1)) != once
    assert b"pdfaid:part>3<" in once


def test_a_page_that_is_wrong_is_told(page: Callable[[str], str]) -> None:
    """A page that isn't there, lacks what it prints, or wants a font that isn't ours, gives no PDF."""
    for body, told in (("#told.missing", {}), ('#text(font: "Comic Sans MS")[x]', {}), ("#panic()", {})):
        with pytest.raises(Broken, match="the page mine"):
            typeset(page(body), told, made=MADE)
    with pytest.raises(Broken, match=r"no page 'house/\.\./x'"):
        typeset("house/../x", {}, made=MADE)


def test_a_picture_is_drawn(page: Callable[[str], str]) -> None:
    """A picture comes by its name."""
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    pdf = typeset(page('#image("p.svg", width: 20mm)'), {}, made=MADE, pictures={"p.svg": svg})
    assert pdf != typeset(page("#[]"), {}, made=MADE)


def ours() -> Iterator[tuple[str, str]]:
    """Every page that ships."""
    for each in PAGES.iterdir():
        yield each.name, each.read_text(encoding="utf-8")


def test_no_page_reads_what_was_entered_as_markup_nor_asks_a_network() -> None:
    """The two ways by which a page could do so are taken by none."""
    found: list[Any] = [(name, word) for name, text in ours() for word in ("eval(", '"@', "plugin(") if word in text]
    assert not found
    assert {name for name, _ in ours()} >= {"house.typ"}
