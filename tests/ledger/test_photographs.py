"""A photograph or a scan of the informant's copy does what the code's text does; any other picture says why not."""

from __future__ import annotations

import io
import random
import sys
from pathlib import Path

import pypdfium2
import pytest
import segno
from PIL import Image

from roznamcha.errors import Usage
from roznamcha.ledger.receipt import MARK
from roznamcha.photographed import code_in
from tests.ledger.copies import Court
from tests.ledger.test_receipts import WHO, mine

__all__ = ["mine"]


@pytest.fixture
def page(mine: Court, tmp_path: Path) -> Image.Image:
    """The copy's page as a scanner has it, 200 dots an inch."""
    mine.run("copy", mine.record, "-o", str(tmp_path / "f.pdf"), *WHO)
    document = pypdfium2.PdfDocument(tmp_path / "f.pdf")
    try:
        return document[0].render(scale=200 / 72).to_pil().convert("RGB")
    finally:
        document.close()


def snapped(page: Image.Image) -> Image.Image:
    """As a telephone takes it: askew and in perspective, on a dark table, in uneven light, with grain."""
    wide, high = page.size
    table = Image.new("RGB", (wide + 400, high + 400), (70, 60, 50))
    table.paste(page.rotate(7, expand=True, fillcolor=(70, 60, 50), resample=Image.Resampling.BICUBIC), (120, 90))
    corners = (0, 0, 60, high + 400, wide + 300, high + 330, wide + 400, 40)
    seen = table.transform(table.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    light = Image.linear_gradient("L").resize(seen.size).point(lambda value: 150 + value // 3)
    chance = random.Random(4)
    grain = Image.frombytes("L", (256, 256), chance.randbytes(65_536)).resize(seen.size)
    dark = Image.composite(seen, Image.new("RGB", seen.size, (20, 20, 25)), light)
    return Image.blend(dark, grain.convert("RGB"), 0.08)


def written(folder: Path, picture: Image.Image, name: str, **how: int) -> str:
    """A file with that picture."""
    picture.save(folder / name, **how)
    return str(folder / name)


def drawn(*texts: str) -> Image.Image:
    """A sheet with these codes side by side."""
    sheet = Image.new("L", (60 + 400 * len(texts), 460), 255)
    for n, text in enumerate(texts):
        out = io.BytesIO()
        segno.make(text, micro=False).save(out, kind="png", scale=4, border=4)
        sheet.paste(Image.open(out).convert("L"), (30 + 400 * n, 30))
    return sheet


def test_a_photograph_and_a_scan_prove_what_the_text_proves(mine: Court, page: Image.Image, tmp_path: Path) -> None:
    """A scan, upside down as well, and a photograph as JPEG: read to the letter, and proved with policy and log."""
    (tmp_path / "policy").write_text(mine.policy_text)
    for name in (
        written(tmp_path, page, "scan.png"),
        written(tmp_path, page.convert("L").rotate(180), "turned.PNG"),
        written(tmp_path, snapped(page), "photo.jpg", quality=60),
    ):
        proved = mine.run("verify", "--qr", name, "--policy", str(tmp_path / "policy"), code=1)
        assert [(each["line"], each["verdict"]) for each in proved] == [
            ("SIGNED", "OK"), ("LOGGED", "OK"), ("GROWN", "OK"), ("PRINTED", "NOT CHECKED"),
        ]  # fmt: skip


OURS = f"{MARK} tlog.example/cg/2026 9"
PICTURES = {
    "blank": (Image.new("L", (400, 400), 255), "no code was found in"),
    "two": (drawn(OURS, OURS + "9"), "two codes of informants' copies stand in"),
    "three": (drawn(OURS, OURS + "9", OURS + "8"), "three codes of informants' copies"),
    "foreign": (drawn("https://example.org/menu"), "is of another kind: it begins with 'https://example.org/menu'"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_that_holds_no_copys_code(mine: Court, tmp_path: Path, name: str) -> None:
    """Nothing, two codes, something else: said, with what to do; exit status 2, and nothing is proved."""
    picture, why = PICTURES[name]
    assert why in mine.run("verify", "--qr", written(tmp_path, picture, "p.png"), code=2)


def test_another_code_beside_ours_is_passed_over(tmp_path: Path) -> None:
    """A poster on the wall, and the same page twice in one picture, leave no doubt of which code is meant."""
    out = io.BytesIO()
    drawn("https://example.org", OURS, OURS).save(out, "png")
    assert code_in(out.getvalue(), "p.png") == OURS


def test_what_is_no_picture_that_is_read(mine: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damaged, cut off, of too many dots, of another format, and where the libraries are not installed."""
    whole = Path(written(tmp_path, drawn(OURS), "whole.png")).read_bytes()
    for data, why in (
        (whole[:60], "cannot be read as a picture"),
        (whole[:-200], "cannot be read as a picture"),
        (whole[:8] + b"nothing of a picture", "cannot be read as a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "cannot be read as a picture"),
        (b"%PDF-1.7\n", "is a PDF file: save it as PNG or JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "is a WebP file: save it as PNG or JPEG"),
        (b"\0\0\0\x18ftypheic", "is a HEIF file: save it as PNG or JPEG"),
        (b"\x00\x01\xff\xfe", "holds no text, and no picture"),
    ):
        (tmp_path / "p.png").write_bytes(data)
        assert why in mine.run("verify", "--qr", str(tmp_path / "p.png"), code=2), data[:20]
    for most in (150_000, 1_000):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(Usage, match=f"more than {most:,} dots"):
            code_in(whole, "p.png")
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(Usage, match=r"roznamcha\[scan\]"):
        code_in(whole, "p.png")
