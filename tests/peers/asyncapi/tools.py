"""AsyncAPI's own tools, brought once by npm into a cache outside the checkout, exactly those of the lock file."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.broker.nodes import cache

HERE = Path(__file__).parent
PARTS = ("package.json", "package-lock.json")
BRINGING = 900
"""Seconds that npm may take: there are more than a thousand packages."""


class NoTools(Exception):
    """There is no way to run them here. The message says what is missing."""


@functools.cache
def tools() -> Path:
    """The folder in which they are. Raises NoTools."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        message = "there is no node and npm here: install nodejs and npm"
        raise NoTools(message)
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = cache().parent / f"asyncapi-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of one test run ask at once
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in PARTS:
                shutil.copy(HERE / name, folder)
            done = _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder, "")
            if done.returncode:
                message = (
                    f"npm could not bring AsyncAPI's tools: {(done.stderr.strip().splitlines() or ['?'])[0][:200]}"
                )
                raise NoTools(message)
            (folder / "complete").touch()
    return folder


def asyncapi(folder: Path, *arguments: Any) -> subprocess.CompletedProcess[str]:
    """Run the AsyncAPI CLI."""
    return _run([folder / "node_modules/.bin/asyncapi", *arguments], folder, "")


def read(folder: Path, document: Path, entries: str) -> subprocess.CompletedProcess[str]:
    """Run our reader of the document."""
    return _run(["node", HERE / "read.cjs", document], folder, entries)


def _run(command: list[Any], folder: Path, stdin: str) -> subprocess.CompletedProcess[str]:
    # With CI set the tool tells nobody that it was run; what else it writes lands beside it.
    told = {**os.environ, "CI": "true", "NODE_PATH": str(folder / "node_modules"),
            "ASYNCAPI_METRICS_CONFIG_PATH": str(folder / "told-nobody.json")}  # fmt: skip
    return subprocess.run(
        command, cwd=folder, env=told, input=stdin, capture_output=True, text=True, timeout=BRINGING, check=False
    )


@pytest.fixture(scope="session")
def asyncapi_tools() -> Path:
    """The tools; the test is skipped, or fails where that is not allowed, when there can be none."""
    try:
        return tools()
    except NoTools as error:
        if os.environ.get("ROZNAMCHA_REQUIRE_KAFKA"):
            pytest.fail(f"no AsyncAPI tools: {error}")
        pytest.skip(f"no AsyncAPI tools: {error}")
