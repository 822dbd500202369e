"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from roznamcha.errors import Usage


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, or leave what was there. Raises Usage where it can't be written."""
    fresh = path.with_name(f".{path.name}.new")
    try:
        try:
            fresh.write_bytes(data)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        message = f"{path} cannot be written: {error.strerror}"
        raise Usage(message) from None
