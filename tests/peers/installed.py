"""What the peers need, brought once into a cache beside no checkout: several processes of one test run ask at once."""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.broker.nodes import NoBroker, cache, jars, java

JS = Path(__file__).parent / "js"
GO = Path(__file__).parent / "go"
WITNESS = Path(__file__).parent / "witness"
MINING = Path(__file__).parent / "mining" / "requirements.txt"
APICURIO = "2.6.13.Final"
"""The last line of versions that runs on Java 17."""
SMALL = ["-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
BRINGING = 600
"""Seconds that a package manager may take."""


class NoPeer(Exception):
    """A peer isn't here and can't be brought. The message says what is missing."""


@contextmanager
def _kept(name: str) -> Iterator[Path]:
    """A folder of the cache, while nobody else fills it."""
    folder = cache().parent / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _bring(name: str, bring: Callable[[Path], list[str]]) -> Path:
    """A folder that a package manager has filled, once. Raises NoPeer with the manager's words."""
    with _kept(name) as folder:
        if (folder / "complete").exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        command = bring(folder)
        env = {**os.environ, "CGO_ENABLED": "0"}
        done = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, text=True, timeout=BRINGING, check=False
        )
        if done.returncode:
            said = [line for line in f"{done.stdout}\n{done.stderr}".splitlines() if line.strip()] or ["?"]
            told = next((line for line in said if "rror" in line), said[-1])
            message = f"{command[0]} could not bring {name}: {told[:200]}"
            raise NoPeer(message)
        (folder / "complete").touch()
        return folder


def program(name: str, package: str) -> str:
    """A program of the machine. Raises NoPeer."""
    found = shutil.which(name)
    if found is None:
        message = f"there is no {name} here: install {package}"
        raise NoPeer(message)
    return found


@functools.cache
def modules() -> Path:
    """The folder of the JavaScript reader's modules, exactly those of its lock file. Raises NoPeer."""
    program("node", "nodejs")
    npm = program("npm", "npm")

    def bring(folder: Path) -> list[str]:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(JS / name, folder)
        return [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]

    digest = hashlib.sha256((JS / "package-lock.json").read_bytes()).hexdigest()[:12]
    return _bring(f"js-{digest}", bring) / "node_modules"


def java_tools() -> list[str]:
    """The beginning of a command line that runs one of Kafka's own tools. Raises NoPeer."""
    try:
        return [java(), *SMALL, "-cp", f"{jars()}/*"]
    except NoBroker as error:
        raise NoPeer(str(error)) from None


@functools.cache
def go_reader() -> str:
    """The program that reads a ledger with Go's own modules, exactly those of its sum file. Raises NoPeer."""
    return _built("go-reader", GO)


@functools.cache
def go_witness() -> str:
    """The witness of transparency-dev/witness, exactly that of its sum file, which remembers in memory. Raises NoPeer.

    Their omniwitness is the same witness with a database and feeders of public logs: four times the work to build.
    """
    return _built("go-witness", WITNESS)


def _built(name: str, source: Path) -> str:
    """A program in Go, built from the module proxy as a folder's `go.mod` and `go.sum` have it. Raises NoPeer."""
    go = program("go", "golang")
    sources = [source / each for each in ("main.go", "go.mod", "go.sum")]

    def bring(folder: Path) -> list[str]:
        for each in sources:
            shutil.copy(each, folder)
        return [go, "build", "-mod=readonly", "-o", "built", "."]

    digest = hashlib.sha256(b"".join(each.read_bytes() for each in sources)).hexdigest()[:12]
    return str(_bring(f"{name}-{digest}", bring) / "built")


@functools.cache
def mining() -> Path:
    """The folder of pm4py's packages: those that it reads logs with, of the fifty that it asks for. Raises NoPeer."""

    def bring(folder: Path) -> list[str]:
        pip = [sys.executable, "-m", "pip"] if find_spec("pip") else [program("uv", "uv"), "pip"]
        exactly = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "-r", str(MINING)]
        return [*pip, "install", "--quiet", "--target", str(folder / "packages"), *exactly]

    return _bring(f"mining-{hashlib.sha256(MINING.read_bytes()).hexdigest()[:12]}", bring) / "packages"


@functools.cache
def apicurio() -> list[str]:
    """The command line that runs Apicurio Registry, as it is published. Raises NoPeer."""
    try:
        machine = java()
    except NoBroker as error:
        raise NoPeer(str(error)) from None
    maven = program("mvn", "maven")
    artifact = f"io.apicurio:apicurio-registry-app:{APICURIO}:tar.gz:all"

    def bring(folder: Path) -> list[str]:
        unpack = ["dependency:unpack", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}"]
        return [maven, "-B", "-q", *unpack]

    folder = _bring(f"apicurio-{APICURIO}", bring)
    return [machine, *SMALL, "-jar", str(folder / f"apicurio-registry-app-{APICURIO}-runner.jar")]
