"""What the tests make by the hundred and throw away lies in memory, where there is enough of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 (it is asked whether it is there)
ENOUGH = 4 << 30
"""Bytes that must be free; in a container there are often 64 MB."""


def quick_folder(otherwise: Path) -> Path:
    """A new folder in memory, else in the folder that is given. Whoever asks for it removes it.

    The broker and the database that all tests share outlive no power cut, but for each topic and each database that is
    made and dropped they would have the disk at work. Those that are killed or restored have folders of their own.
    """
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH
    return Path(tempfile.mkdtemp(prefix="roznamcha-tests-", dir=MEMORY if roomy else otherwise))
