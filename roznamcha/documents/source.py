"""A file that somebody attaches: a plain file with something in it, which must not change while it is read."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from domain.common.document import LONGEST_NAME, MEDIA_TYPE, is_name
from roznamcha.errors import Refused, Usage

BLOCK = 1 << 20
"""Bytes that are read at a time."""
KNOWN = mimetypes.MimeTypes(filenames=())
"""Endings and their media types, as Python has them and no machine's own lists."""
ANY = "application/octet-stream"


class Source:
    """An open file, to be read as often as need be. Use it in a `with`.

    Raises Usage for what can't be read or is no plain file, Refused for an empty one, a name that can't be kept, and
    one that was changed while it was read.
    """

    def __init__(self, path: Path) -> None:
        """Open the file at `path`; nothing waits for the other end of a pipe."""
        self.name = path.name
        try:
            self._file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except ValueError:
            message = "the document's path holds a character that no path has"
            raise Usage(message) from None
        except OSError as error:
            message = f"the document {shown(path)} cannot be read: {error.strerror}"
            raise Usage(message) from None
        self._begun = os.fstat(self._file)
        self.size = self._begun.st_size
        try:
            self._look(path)
        except BaseException:
            os.close(self._file)
            raise

    def _look(self, path: Path) -> None:
        if not stat.S_ISREG(self._begun.st_mode):
            message = f"the document {shown(path)} is no plain file: a folder, a pipe or a device has no digest"
            raise Usage(message)
        if not self.size:
            raise Refused([f"the document {shown(path)} is empty"])
        if not is_name(self.name):
            raise Refused([f"a document's name has at most {LONGEST_NAME} letters, none of them invisible: rename it"])

    def __enter__(self) -> Self:
        """Read it inside."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        os.close(self._file)

    def blocks(self) -> Iterator[bytes]:
        """All of it from its beginning, block by block."""
        at = 0
        while True:
            try:
                block = os.pread(self._file, BLOCK, at)
            except OSError as error:
                message = f"the document cannot be read to its end: {error.strerror}"
                raise Usage(message) from None
            at += len(block)
            if not block or at > self.size:
                break
            yield block
        now = os.fstat(self._file)
        if at != self.size or (now.st_size, now.st_mtime_ns) != (self.size, self._begun.st_mtime_ns):
            raise changed_meanwhile()


def changed_meanwhile() -> Refused:
    """The answer when a file changed while it was read."""
    return Refused(["the document was changed while it was read: attach it when whoever writes it has finished"])


def media_type_of(name: str, given: str) -> str:
    """The media type that was given, or that the ending says. Raises Usage for what isn't one."""
    if given:
        if not MEDIA_TYPE.fullmatch(given):
            message = "--media-type takes type/subtype in small letters, like application/pdf"
            raise Usage(message)
        return given
    guessed, encoding = KNOWN.guess_type(f"x{Path(name).suffix.lower()}")
    return guessed if guessed and not encoding and MEDIA_TYPE.fullmatch(guessed) else ANY


def shown(path: Path) -> str:
    """A path as a message may have it."""
    return repr(str(path)[:300])
