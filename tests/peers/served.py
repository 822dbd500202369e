"""Our own registry as it is served to others: the command, at a free port."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.roznamcha.kit import Program

STOPPING = 20
"""Seconds that it may take to stop."""


def told(process: subprocess.Popen[bytes]) -> str:
    """Where it is served, as its one JSON document says once it listens."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(b"}"):
            break
    document: dict[str, str] = json.loads(b"".join(lines))
    return document["url"]


@contextmanager
def served(program: Program, *arguments: str) -> Iterator[str]:
    """The URL of the registry for as long as the block runs; after that it has stopped, and well."""
    process = program.start("serve", "--port", "0", "--json", *arguments)
    try:
        yield told(process)
    finally:
        process.terminate()
        out, err = process.communicate(timeout=STOPPING)
    assert (process.returncode, out, err) == (0, b"", b"")
