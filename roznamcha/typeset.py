"""Sets a page that ships with the program, and what is told in it, as a PDF: Hindi or English, always the same bytes.

A page is a Typst file in `roznamcha/pages/`. It begins with `#import "house.typ": *`, which gives it `told` (what is
told in it), `sheet` (paper, fonts, foot), `both`, `pairs`, `listing`, `mono` and `notice`; its whole body stands in
`#show: sheet.with(title: …, foot: …)`. A new page is a new file; nothing else need know it.

    typeset("report", {"title": "…", "rows": [["प्रथम सूचना", "FIR"]]}, made=moment)

In the page, `told.title` is a string and stays one: whatever an officer typed is printed sign by sign and never read
as Typst's markup. No page may call `eval`, nor import a package (`@…`), which would be fetched from a network: a test
looks for both. Pictures (SVG or PNG bytes, by name) are drawn with `image("NAME")`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import fontpkg_noto_sans
import fontpkg_noto_sans_devanagari
import typst
from fontTools.ttLib import TTFont

from roznamcha.errors import Broken

PAGES = resources.files("roznamcha") / "pages"
STANDARD: Literal["a-3b"] = "a-3b"
"""PDF/A-3 level B (ISO 19005-3): every sign comes with its font, and other files may be put inside."""
FOLDERS = tuple(each.ROOT / "files" for each in (fontpkg_noto_sans, fontpkg_noto_sans_devanagari))
JOINERS = "\u200c\u200d"
"""How Devanagari says which letters (don't) join: no sign of their own, and part of how a word is written."""
SIGNS = "←↑→↓↔⇒■□●○≤≥≠≈"
"""What we write ourselves and Noto Sans lacks: DejaVu Sans Mono, which Typst brings, has it."""
PLAIN = {"\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}


def typeset(
    page: str, told: Mapping[str, Any], *, made: datetime, pictures: Mapping[str, bytes] | None = None
) -> bytes:
    """The PDF (PDF/A-3b) of a page and what is told in it: the same bytes from the same arguments, on every machine.

    `page` is a file's name in `roznamcha/pages/` without its ending; `told` is JSON (a number beyond 64 bits as text);
    `made` goes into the PDF as its date, to the second: take it from what is printed, never from a clock.
    A sign that no font of ours has, that shows nothing or turns the writing round, is printed by its number: <U+202E>.
    Raises Broken when the page itself is wrong.
    """
    files = {each.name: each.read_bytes() for each in PAGES.iterdir() if each.name.endswith(".typ")}
    if f"{page}.typ" not in files:
        message = f"there is no page {page!r} in roznamcha/pages"
        raise Broken(message)
    files["main.typ"] = files[f"{page}.typ"]
    files["told.json"] = json.dumps(printable(told), allow_nan=False, ensure_ascii=False).encode()
    sources: Any = {**files, **(pictures or {})}  # by their names, which typst takes and its own annotations leave out
    try:
        pdf, warnings = typst.compile_with_warnings(
            sources, format="pdf", font_paths=_fonts(), ignore_system_fonts=True,
            pdf_standards=STANDARD, timestamp=int(made.timestamp()),
        )  # fmt: skip
    except typst.TypstError as error:
        message = f"the page {page} cannot be set: {error}"
        raise Broken(message) from error
    if warnings or not isinstance(pdf, bytes):
        message = f"the page {page} is not set as it is meant: {'; '.join(map(str, warnings))}"
        raise Broken(message)
    return pdf


def printable(told: Any) -> Any:  # noqa: ANN401 (JSON)
    """The same with the number of each sign that cannot be printed in its place, in every text of it."""
    if isinstance(told, str):
        for sign, instead in PLAIN.items():
            told = told.replace(sign, instead)
        return "".join(each if each == "\n" or _shown(each) else f"<U+{ord(each):04X}>" for each in told)
    if isinstance(told, Mapping):
        return {name: printable(value) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [printable(each) for each in told]
    return told


def _shown(sign: str) -> bool:
    return sign in JOINERS or sign in SIGNS or (ord(sign) in _signs() and unicodedata.category(sign)[0] != "C")


@cache
def _fonts() -> typst.Fonts:
    """Noto Sans and Noto Sans Devanagari of the pinned wheels, and what Typst brings; never those of the machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(each) for each in FOLDERS]
    )


@cache
def _signs() -> frozenset[int]:
    """The code points that can be set, upright and slanted: PDF/A takes no sign without its shape."""
    latin, devanagari = ([_signs_of(path) for path in sorted(each.glob("*.ttf"))] for each in FOLDERS)
    return frozenset(set.intersection(*latin).union(*devanagari))


def _signs_of(font: Path) -> set[int]:
    with TTFont(font, lazy=True) as opened:
        return {*opened.getBestCmap()}
