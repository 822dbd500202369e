"""Files that somebody names and that are read whole: never more than fits."""

from __future__ import annotations

from pathlib import Path

from roznamcha.errors import Usage


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
