"""Files that somebody names: what can be read of them, never more than fits, and whether it is text at all."""

from __future__ import annotations

import codecs
import stat
from pathlib import Path

from roznamcha.errors import Usage

HEAD = 1_024
"""Bytes by which it is seen whether a file is text."""
OTHERS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""With what a file begins that was saved as UTF-16 or UTF-32: as spreadsheets do under the name of Unicode."""


def must_be_text(head: bytes, name: object) -> None:
    """Look at a file's first bytes. Raises Usage for one that has none, is in another encoding, or is no text.

    Single bytes that are no UTF-8 are no fault here: they cost the line in which they stand.
    """
    if not head.removeprefix(codecs.BOM_UTF8):
        message = f"{name} is empty: there is nothing in it to be read"
    elif head.startswith(OTHERS) or head.count(0) * 3 > len(head):
        message = f"{name} is not UTF-8, but UTF-16 or another encoding: save it as UTF-8"
    elif 0 in head and _broken(head.partition(b"\n")[0]):
        message = f"{name} is no text: it is a file of another kind"
    else:
        return
    raise Usage(message)


def _broken(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return True
    return False


def read_file(path: Path) -> bytes:
    """All of a file, which is not text and may be large. Raises Usage for what is none, and where it can't be read."""
    try:
        if not stat.S_ISREG((found := path.stat()).st_mode) and not stat.S_ISDIR(found.st_mode):
            message = f"{path} is a pipe or a device: write it to a file first"
            raise Usage(message)
        data = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Usage(message) from None
    if not data:
        message = f"{path} is empty: there is nothing in it to be read"
        raise Usage(message)
    return data


def read_at_most(path: Path, most: int) -> bytes:
    """What is in a file of at most `most` bytes. Raises Usage for a larger one, and for one that can't be read."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}"
        raise Usage(message) from None
    if len(data) > most:
        message = f"{path} has more than {most:,} bytes"
        raise Usage(message)
    return data
