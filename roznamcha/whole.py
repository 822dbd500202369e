"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from errno import EISDIR
from os import strerror
from pathlib import Path

from roznamcha.errors import Usage


def write_whole(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a file, or leave what was there. Raises Usage where it can't be written.

    `durable`: also where the machine dies just then; not needed for what is written again at any time.
    """
    _try(path, data, keep=True, durable=durable)


def must_be_writable(path: Path) -> None:
    """Ask before anything is entered for the sake of a file that then can't be written. Raises Usage."""
    _try(path, b"", keep=False, durable=False)


def _try(path: Path, data: bytes, *, keep: bool, durable: bool) -> None:
    fresh = path.with_name(f".{path.name}.new")
    try:
        try:
            with fresh.open("wb") as file:
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
