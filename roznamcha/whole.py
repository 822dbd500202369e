"""Files that are written whole or not at all, for their owner alone: what is written may open what is sealed."""

from __future__ import annotations

import os
from errno import EISDIR
from os import strerror
from pathlib import Path

from roznamcha.errors import Usage

OWN = 0o600
"""Whom a file is for, whatever the umask: who may have it besides is for its owner to say."""


def write_whole(path: Path, data: bytes, *, durable: bool = True, public: bool = False) -> None:
    """Write a file, or leave what was there. Raises Usage where it can't be written.

    `durable`: also where the machine dies just then; not needed for what is written again at any time. It is for its
    owner alone, whatever the umask, unless it is `public`: what shows nothing that is sealed, and goes out.
    """
    _try(path, data, keep=True, durable=durable, public=public)


def must_be_writable(path: Path) -> None:
    """Ask before anything is entered for the sake of a file that then can't be written. Raises Usage."""
    _try(path, b"", keep=False, durable=False, public=False)


def _try(path: Path, data: bytes, *, keep: bool, durable: bool, public: bool) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        fresh.unlink(missing_ok=True)
        try:
            # opened for us alone from the beginning: it is never there for others, not even for a moment
            opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if public else OWN)
            with os.fdopen(opened, "wb") as file:
                file.write(data)
                file.flush()
                if durable:
                    os.fsync(file.fileno())  # else a machine that dies may leave an empty file under the name
            if path.is_dir():
                raise IsADirectoryError(EISDIR, strerror(EISDIR))
            if keep:
                fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise Usage(message) from None
