"""Reads the code on a photographed or scanned page: which one of the picture is meant, or why none is.

It stands on Pillow and zxing-cpp, which the extra `scan` brings. A picture is what anybody may hand over: only two
kinds are opened, and none that would fill the memory.
"""

from __future__ import annotations

import io
import warnings

from roznamcha.errors import Usage
from roznamcha.ledger.receipt import MARK

READ = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
OTHERS = ((0, b"%PDF", "PDF"), (0, b"GIF8", "GIF"), (0, b"II*\0", "TIFF"), (0, b"MM\0*", "TIFF"),
          (8, b"WEBP", "WebP"), (4, b"ftyp", "HEIF"))  # fmt: skip
"""How pictures begin that are not read: after so many bytes, with what, and what they are called."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a picture's file at most."""
COUNTED = {2: "two", 3: "three"}


def pictured(data: bytes) -> str:
    """What kind of picture these bytes begin like, one that is read or another; nothing for what is none."""
    for begins, kind in READ.items():
        if data.startswith(begins):
            return kind
    return next((kind for at, begins, kind in OTHERS if data[at:].startswith(begins)), "")


def code_in(data: bytes, name: str) -> str:
    """The text of the one code of an informant's copy in a picture that is called `name`.

    Other codes beside it are passed over. Raises Usage for a picture that can't be read, without a code or with two.
    """
    kind = pictured(data)
    if kind not in READ.values():
        message = f"{name} is a {kind} file: save it as PNG or JPEG"
        raise Usage(message)
    found = _codes(data, kind, name)
    ours = {each for each in found if each.split()[:1] == [MARK]}
    if len(ours) == 1:
        return ours.pop()
    if ours:
        count = COUNTED.get(len(ours), str(len(ours)))
        message = f"{count} codes of informants' copies stand in {name}: cut the picture to one"
    elif found:
        message = f"the code in {name} is of another kind: it begins with {found[0][:60]!r}, and ours with {MARK}"
    else:
        message = f"no code was found in {name}: take it nearer, straight and in even light, or scan it"
    raise Usage(message)


def _codes(data: bytes, kind: str, name: str) -> list[str]:
    """What every code in a picture says."""
    try:
        import zxingcpp  # noqa: PLC0415 (an extra)
        from PIL import Image, UnidentifiedImageError  # noqa: PLC0415
    except ImportError:
        message = f"{name} is a picture, and what reads pictures is not installed: pip install 'roznamcha[scan]'"
        raise Usage(message) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[kind]) as picture:
                grey = picture.convert("L")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        message = f"{name} has more than {Image.MAX_IMAGE_PIXELS:,} dots: make it smaller"
        raise Usage(message) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        message = f"{name} cannot be read as a picture: {type(error).__name__}"
        raise Usage(message) from None
    return [each.text for each in zxingcpp.read_barcodes(grey)]
