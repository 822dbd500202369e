"""The house keeps its rules, and each guard is shown one offender so that it is known to bark."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import house

ROOT = Path(__file__).resolve().parents[1]
GUARDS = [
    house.impure,
    house.beyond_the_library,
    house.undeclared,
    house.from_elsewhere,
    house.too_long,
    house.unexplained,
    house.machine_paths,
    house.misnumbered,
]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.__name__)
def test_the_house_keeps_its_rules(guard: Callable[[Path], list[str]]) -> None:
    """Nothing in this checkout breaks a rule of the house."""
    assert guard(ROOT) == []


def plant(root: Path, **files: str) -> Path:
    """A tree of files, named with __ for / and without .py."""
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for package in house.PACKAGES:
        (root / package).mkdir()
        (root / package / "__init__.py").write_text('"""A package."""\n')
    for name, text in files.items():
        path = root / (name.replace("__", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime; datetime.now()",
        "from datetime import datetime as dt; made = dt.now",
        "import datetime; datetime.datetime.utcnow()",
        "import datetime as d; d.date.today()",
        "from datetime import date; date.today()",
        "import time",
        "from time import monotonic",
        "from uuid import uuid4; uuid4()",
        "import uuid; uuid.uuid1()",
        "import uuid; fresh = uuid.uuid7",
        "import random",
        "import secrets",
        "import os",
        "from os import environ",
        "import pathlib",
        "import socket",
        "import subprocess",
        "import zoneinfo",
        "import importlib.resources",
        "from importlib import resources",
        "import yaml",
        "open('x')",
        "import io; io.open('x')",
        "print('x')",
        "eval('1')",
        "when.astimezone()",
        "from datetime import datetime; datetime.fromtimestamp(1)",
    ],
)
@pytest.mark.parametrize("package", house.PURE)
def test_clock_chance_and_the_world_are_seen(tmp_path: Path, package: str, line: str) -> None:
    """Below the shell no call, no reference and no import brings time, chance or the world in."""
    found = house.impure(plant(tmp_path, **{f"{package}__planted": line}))
    assert [each.partition(":")[0] for each in found] == [f"{package}/planted.py"]


def test_what_is_given_as_an_argument_is_no_offence(tmp_path: Path) -> None:
    """Time as an argument, a zone as an argument, and words that merely look alike are welcome."""
    text = (
        "from uuid import UUID\nfrom datetime import date\ncase.now()\nwhen.astimezone(zone)\nself.today\nUUID(int=1)\n"
    )
    assert house.impure(plant(tmp_path, domain__planted=text)) == []


def test_exceptions_are_for_the_file_they_name(tmp_path: Path) -> None:
    """The law book reads its rules; another file may not."""
    text = "from importlib import resources\nimport yaml\n"
    planted = plant(tmp_path, domain__law__book=text, domain__law__other=text)
    assert [each.rpartition(":")[0] for each in house.impure(planted)] == [
        "domain/law/other.py:1",
        "domain/law/other.py:2",
    ]
    assert len(house.beyond_the_library(planted)) == 1


def test_a_borrowed_package_is_seen(tmp_path: Path) -> None:
    """What only the tests' packages bring is no dependency of the program."""
    planted = plant(tmp_path, roznamcha__planted="import hypothesis\nimport psycopg_pool\nimport yaml\n")
    assert [each.split(": ")[0] for each in house.undeclared(planted)] == ["roznamcha/planted.py:1"]


def test_a_stranger_of_the_same_name_is_seen(tmp_path: Path) -> None:
    """Our five names are answered by this checkout, or it is told."""
    assert len(house.from_elsewhere(tmp_path)) == len(house.PACKAGES)


def test_a_long_file_is_seen(tmp_path: Path) -> None:
    """One line too many is one too many."""
    planted = plant(tmp_path, domain__long="x = 1\n" * (house.LINES + 1), domain__fits="x = 1\n" * house.LINES)
    assert house.too_long(planted) == ["domain/long.py: 351 lines, at most 350"]


def test_a_number_that_two_decisions_have_is_seen(tmp_path: Path) -> None:
    """Each has its own, in a row, and its heading says the same."""
    folder = tmp_path / "docs" / "decisions"
    folder.mkdir(parents=True)
    for name, heading in {"0001-a": "# 1. A", "0002-b": "# 2. B", "0002-c": "# 2. C", "0004-d": "# 5. D"}.items():
        (folder / f"{name}.md").write_text(f"{heading}\n")
    assert [each.partition(":")[0] for each in house.misnumbered(tmp_path)] == [
        "docs/decisions/0002-c.md",
        "docs/decisions/0004-d.md",
    ]


def test_silence_is_seen(tmp_path: Path) -> None:
    """A module and a test say what they are for."""
    silent = "def test_x() -> None:\n    assert True\n\nclass A:\n    def test_y(self) -> None:\n        assert True\n"
    assert len(house.unexplained(plant(tmp_path, tests__test_silent=silent))) == 3


def test_a_path_of_one_machine_is_seen(tmp_path: Path) -> None:
    """Nobody else has a developer's folders; a web address or a relative path is no such place."""
    bad = "".join(f"x = '/{place}/x'\n" for place in ("work", "root", "home"))
    good = "x = 'docs/work/x', 'https://a.example/home/x', '../home/x', tmp/'root'\n"
    planted = plant(tmp_path, domain__bad=bad, domain__good=good)
    assert [each.partition(" ")[0] for each in house.machine_paths(planted)] == [
        f"domain/bad.py:{n}:" for n in (1, 2, 3)
    ]


# --- who may import whom ---------------------------------------------------------------------------------------------


def contracts(root: Path) -> subprocess.CompletedProcess[str]:
    """The import contracts of pyproject.toml, kept or broken."""
    command = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
    return subprocess.run([sys.executable, "-P", "-c", command], cwd=root, capture_output=True, text=True, check=False)


def test_the_import_contracts_are_kept() -> None:
    """The shell knows the consumers, they know the projections, these know the domain; schemas know nobody."""
    done = contracts(ROOT)
    assert done.returncode == 0, done.stdout
    assert "5 kept, 0 broken" in done.stdout


def test_each_import_contract_can_be_broken(tmp_path: Path) -> None:
    """One offender for each contract: all five are broken; what the exceptions name is left out."""
    planted = plant(
        tmp_path,
        domain__early="import projections",
        schemas__codec="import domain",
        domain__case="import rich",
        domain__law__book="import yaml",
        domain__law____init__="",
        projections__stores="import psycopg",
        roznamcha__producer="import kafka",
        consumers__clients="import kafka",
    )
    told = contracts(planted).stdout
    assert "0 kept, 5 broken" in told
    offenders = set(re.findall(r"^- +(\w[\w.]+ -> \w+) \(l\.\d+\)", told, re.MULTILINE))
    assert offenders == {
        "domain.early -> projections",
        "schemas.codec -> domain",
        "domain.case -> rich",
        "projections.stores -> psycopg",
        "roznamcha.producer -> kafka",
    }


# --- what is installed -----------------------------------------------------------------------------------------------


def loose_ends(project: dict[str, list[Requirement]], lock: str) -> list[str]:
    """Where the lock file and what it was made from don't agree, and lines it must not have."""
    pinned = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    found = [
        f"{group}: {each} is not what the lock file has"
        for group, requirements in project.items()
        for each in requirements
        if not (version := pinned.get(house.plain(each.name))) or not each.specifier.contains(version)
    ]
    blocks = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", lock, flags=re.MULTILINE))
    found += [f"{block.split()[0]} has no hash" for block in blocks if "--hash=sha256:" not in block]
    return found + [line for line in lock.splitlines() if "://" in line or line.startswith("-")]


def wanted() -> dict[str, list[Requirement]]:
    """What pyproject.toml asks for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = {
        "build-system": settings["build-system"]["requires"],
        "dependencies": settings["project"]["dependencies"],
        **settings["project"]["optional-dependencies"],
        **settings["dependency-groups"],
    }
    return {group: [Requirement(each) for each in requirements] for group, requirements in groups.items()}


def test_the_lock_file_has_what_is_asked_for() -> None:
    """Every requirement is in the lock file, in a version that is allowed, with its hashes and no address."""
    assert loose_ends(wanted(), (ROOT / "requirements.lock").read_text(encoding="utf-8")) == []


def test_a_lock_file_left_behind_is_seen() -> None:
    """A requirement that was added or raised, a hash that is missing, an address: each is told."""
    lock = "# head\na==1 \\\n    --hash=sha256:00\nb==2\n--index-url https://x.example\n"
    project = {"dev": [Requirement("a>=1"), Requirement("b>=3"), Requirement("c")]}
    assert loose_ends(project, lock) == [
        "dev: b>=3 is not what the lock file has",
        "dev: c is not what the lock file has",
        "b==2 has no hash",
        "--index-url https://x.example",
    ]
