"""The Pythons of this machine, old and new: whoever checks a copy has whichever his own brought."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

VERSIONS = ("3.9", "3.10", "3.11", "3.12", "3.13")
"""Those that `verify.py` is to run on."""
KEPT = (".pyenv/versions", ".local/share/uv/python")
"""Where the usual installers keep theirs, below the home of who uses them."""


@cache
def python(version: str) -> Path | None:
    """A Python of this version that answers, by its name or where installers put it; None where there is none."""
    return next((each for each in _candidates(version) if _answers(each, version)), None)


def _candidates(version: str) -> Iterator[Path]:
    name = f"python{version}"
    for folder in KEPT:
        yield from sorted((Path.home() / folder).glob(f"*/bin/{name}"))
    if found := shutil.which(name):
        yield Path(found)


def _answers(program: Path, version: str) -> bool:
    done = subprocess.run([program, "-I", "-S", "-V"], capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.startswith(f"Python {version}.")
