"""A file written beside the answer, as rejected lines are: made with its first line, and only its owner may read it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from roznamcha.errors import Usage


def rejects_of(file: Path) -> Path:
    """Where rejected lines go when nobody says: beside the file, or here where nothing can be written beside it."""
    name = f"{file.name}.rejects.jsonl"
    beside = file.is_file() and os.access(file.parent, os.W_OK) and file.absolute().parts[1] not in {"dev", "proc"}
    return file.with_name(name) if beside else Path(name)


class Aside:
    """JSON Lines where `option` says. An older file is written anew, a device written to; a link is not followed."""

    option = ""

    def __init__(self, path: Path | None, read: Path, stack: ExitStack) -> None:
        """Write to `path`, closed with `stack`. Raises Usage now for one that couldn't be written later."""
        self._path, self._stack = path, stack
        self._file: IO[str] | None = None
        if path is not None and (fault := _fault(path, read)):
            message = f"{self.option} {path}: {fault}"
            raise Usage(message)

    def write(self, shown: Any) -> None:  # noqa: ANN401 (any JSON)
        """Write one line."""
        if (file := self.begin()) is not None:
            file.write(json.dumps(shown, ensure_ascii=False) + "\n")

    def begin(self) -> IO[str] | None:
        """The file, made or emptied by now: who had no line to write does this, so that no older answer is left."""
        if self._file is None and self._path is not None:
            opened = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            if stat.S_ISREG(os.fstat(opened).st_mode):
                os.fchmod(opened, 0o600)  # an older file may be open to others
            # Half a surrogate pair becomes \\udxxx, which is how JSON writes it.
            file = os.fdopen(opened, "w", encoding="utf-8", errors="backslashreplace")
            self._file = self._stack.enter_context(file)
        return self._file


class Rejects(Aside):
    """Where rejected lines go: it holds what was sent, by its columns or, where these can't be told, as text."""

    option = "--rejects"

    def add(self, number: int, row: Any, reasons: Iterable[str]) -> None:  # noqa: ANN401 (any JSON)
        """Write a line with its number and every reason."""
        self.write({"line": number, "reasons": list(reasons), "row": row})


def _fault(path: Path, read: Path) -> str:
    """Why nothing can be written there, looked at before the first line is read; empty when it can."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        there = os.access(path.parent, os.W_OK | os.X_OK)
        return "" if there else "no file can be made there; name another one"
    except OSError as error:
        return f"{error.strerror}; name another file"
    if stat.S_ISLNK(found.st_mode):
        return "it is a link; name the file itself"
    if path.samefile(read):
        return "it is the file that is read; name another one"
    mine = found.st_uid == os.geteuid() or not stat.S_ISREG(found.st_mode)
    if stat.S_ISDIR(found.st_mode) or not mine or not os.access(path, os.W_OK):
        return "it cannot be written by you alone; name another file"
    return ""
