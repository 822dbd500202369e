"""Builds what users are handed, installs it where there is no checkout, and does with it what a user would do first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("domain", "projections", "consumers", "schemas", "roznamcha")
DATA = (".avsc", ".lock", ".sql", ".yaml", ".csv", ".typ")
PATIENCE = 900.0
"""Seconds that one command may take."""


def main() -> None:
    """Build, look inside, install, use."""
    with tempfile.TemporaryDirectory() as folder:
        wheel = built(Path(folder))
        looked_into(wheel)
        program = installed(wheel, Path(folder))
        used(program, Path(folder) / "empty")


def built(folder: Path) -> Path:
    """The wheel, made by the build backend that the lock file has."""
    run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], cwd=ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def looked_into(wheel: Path) -> None:
    """The wheel holds the five packages' files, each and no other, and says which names it brings."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(archive.read(metadata).decode())
    listed = run(["git", "-c", "safe.directory=*", "ls-files", "-z", *PACKAGES], cwd=ROOT)
    ours = {name for name in listed.split("\0") if name}
    check(inside == ours, f"the wheel and the checkout differ in {sorted(inside ^ ours)[:10]}")
    counted = {suffix: sum(name.endswith(suffix) for name in inside) for suffix in DATA}
    check(all(counted.values()), f"no data of one kind came along: {counted}")
    check(sorted(told.get_all("Import-Name", [])) == sorted(PACKAGES), "the wheel doesn't name its packages")
    print(f"{wheel.name}: {len(inside)} files, {counted}")


def installed(wheel: Path, folder: Path) -> Path:
    """The program in an environment of its own, with what is locked and what it asks for itself, nothing else."""
    python, wheels = folder / "venv/bin/python", folder / "wheels"
    run([sys.executable, "-m", "venv", folder / "venv"])
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    lock = ROOT / "requirements.lock"
    run([*pip, "download", "--no-deps", "--require-hashes", "-r", lock, "-d", wheels])
    run([*pip, "install", "--no-index", "--find-links", wheels, wheel])
    return folder / "venv/bin/roznamcha"


def used(program: Path, empty: Path) -> None:
    """What a user does first, from an empty folder, on the private PostgreSQL."""
    empty.mkdir()
    check(run([program, "--version"], cwd=empty).startswith("roznamcha "), "no version")
    acts = answer([program, "acts", "--json"], empty)
    check(len(acts) > 0 and all(act["fields"] and act["doc"] for act in acts), "an act came without its schema")
    check(answer([program, "schemas", "check", "--json"], empty)["ok"] is True, "the schemas are not whole")
    rules = answer([program, "law", "list", "--json"], empty)
    check(len(rules) > 0, "the law book is empty")
    demo = answer([program, "demo", "--cases", "3", "--json"], empty)
    check(demo["verified"] is True and demo["entries"] > 0, f"the demo did not verify: {demo}")
    print(f"{len(acts)} acts, {len(rules)} rules, a demo of {demo['entries']} entries")
    shutil.rmtree(empty)


def answer(command: list[Any], cwd: Path) -> Any:  # noqa: ANN401 (any JSON)
    """The one JSON document that a command prints."""
    return json.loads(run(command, cwd=cwd))


def run(command: list[Any], cwd: Path | None = None) -> str:
    """What a command prints; if it fails, all it says and the end."""
    foreign = ("ROZNAMCHA_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    done = subprocess.run(  # noqa: S603 (commands of our own)
        command, cwd=cwd, env=kept, text=True, capture_output=True, timeout=PATIENCE, check=False
    )
    what = " ".join(map(str, command))
    check(done.returncode == 0, f"{what} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def check(holds: bool, otherwise: str) -> None:  # noqa: FBT001 (the condition is the point)
    """End with a line when something doesn't hold."""
    if not holds:
        sys.exit(f"wheel: {otherwise}")


if __name__ == "__main__":
    main()
