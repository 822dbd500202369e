"""The file of rejected lines, made with the first of them. It holds what was sent: only its owner may read it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from roznamcha.errors import Usage


class Rejects:
    """Where rejected lines go. An older file is written anew, a device is written to; a link is not followed."""

    def __init__(self, path: Path | None, read: Path, stack: ExitStack) -> None:
        """Write to `path`, closed with `stack`. Raises Usage now for one that couldn't be written later."""
        self._path, self._stack = path, stack
        self._file: IO[str] | None = None
        if path is not None and (fault := _fault(path, read)):
            message = f"--rejects {path}: {fault}"
            raise Usage(message)

    def add(self, number: int, row: Any, reasons: Iterable[str]) -> None:  # noqa: ANN401 (any JSON)
        """Write a line with its number and every reason."""
        if self._path is None:
            return
        if self._file is None:
            opened = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            if stat.S_ISREG(os.fstat(opened).st_mode):
                os.fchmod(opened, 0o600)  # an older file may be open to others
            # Half a surrogate pair becomes \\udxxx, which is how JSON writes it.
            file = os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace")
            self._file = self._stack.enter_context(file)
        shown = {"line": number, "reasons": list(reasons), "row": row}
        self._file.write(json.dumps(shown, ensure_ascii=False) + "\n")


def _fault(path: Path, read: Path) -> str:
    """Why rejected lines can't be written there, looked at before the first line is entered; empty when they can."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        there = os.access(path.parent, os.W_OK | os.X_OK)
        return "" if there else "no file can be made there; name another one for the rejected lines"
    except OSError as error:
        return f"{error.strerror}; name another file for the rejected lines"
    if stat.S_ISLNK(found.st_mode):
        return "it is a link; name the file itself for the rejected lines"
    if path.samefile(read):
        return "it is the file that is read; name another one for the rejected lines"
    mine = found.st_uid == os.geteuid() or not stat.S_ISREG(found.st_mode)
    if stat.S_ISDIR(found.st_mode) or not mine or not os.access(path, os.W_OK):
        return "it cannot be written by you alone; name another file for the rejected lines"
    return ""
