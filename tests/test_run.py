"""The one command that prepares everything: what it makes, what it mends, what it leaves alone, what it says.

It is run here on a checkout of its own with a tiny program and two tiny packages, so that no network is needed: the
virtual environment, the installer and the processes are real.
"""

from __future__ import annotations

import ast
import json
import os
import runpy
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.checkout import BOUND, PYPROJECT, RUN, Checkout, build

WHOLE = ["-q", "-n", "4", "--dist", "worksteal"]
"""What pytest is told when nothing else is."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """A checkout that was started once, from nothing."""
    checkout = build(tmp_path_factory.mktemp("house"))
    first = checkout.run("seven")
    assert first.returncode == 7, first.stderr
    assert [line.split()[1] for line in first.stderr.splitlines()] == ["preparing", "ready"]
    assert told(first)["argv"] == ["seven"]
    return checkout


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    """A checkout in which nothing is prepared."""
    return build(tmp_path)


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What the tiny program said of itself; it must be all there is on stdout."""
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_with_nothing_asked_it_is_the_demo(house: Checkout) -> None:
    """No argument means `roznamcha demo`, and a prepared checkout says nothing of preparing."""
    done = house.run()
    assert told(done)["argv"] == ["demo"]
    assert told(done)["prefix"] == str(house.code / ".venv")
    assert done.stderr == ""


def test_the_second_start_costs_less_than_a_tenth_of_a_second(house: Checkout) -> None:
    """Once prepared, the starter costs less than 0.1 s over starting the program itself."""
    ours = quickest([sys.executable, house.code / "run", "x"])
    program = quickest([house.code / ".venv/bin/python", house.code / ".venv/bin/roznamcha", "x"])
    assert ours - program < 0.1


def quickest(command: list[Any]) -> float:
    """The shortest of several runs, in seconds: what else the machine does is not counted."""
    taken = []
    for _ in range(7):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
    return min(taken)


def test_exit_codes_are_the_programs(house: Checkout) -> None:
    """What the program answers is what the shell sees."""
    assert house.run("seven").returncode == 7
    assert house.run("eight").returncode == 0


def test_signals_reach_the_program(house: Checkout) -> None:
    """The starter becomes the program: a signal finds the program and nobody in between."""
    process = house.start("wait")
    assert process.stdout is not None
    process.stdout.readline()
    assert process.stdout.readline() == "waiting\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=BOUND)
    assert process.returncode == 9


def test_paths_stay_relative_to_where_the_user_is(house: Checkout, tmp_path: Path) -> None:
    """The working directory is the user's, even through a link to the starter."""
    link = tmp_path / "rz"
    link.symlink_to(house.code / "run")
    done = subprocess.run(
        [sys.executable, link, "import", "x.csv"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told(done)["argv"] == ["import", "x.csv"]
    assert told(done)["cwd"] == str(tmp_path)


def test_another_projects_environment_is_ignored(house: Checkout, tmp_path: Path) -> None:
    """What the shell has set for another project reaches neither the starter nor the program."""
    for name in ("hashlib.py", "subprocess.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('another project')")
    done = house.run("x", PYTHONPATH=str(tmp_path), VIRTUAL_ENV=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert told(done)["set"] == []


def test_the_tests_are_found_from_everywhere(house: Checkout, tmp_path: Path) -> None:
    """`test` is the whole suite, quietly; elsewhere with its settings; a named path stays the user's."""
    assert told(house.run("test"))["argv"] == WHOLE
    assert told(house.run("test", "-k", "a"))["argv"] == ["-k", "a"]
    settings = ["-c", str(house.code / "pyproject.toml"), "--rootdir", str(house.code)]
    assert told(house.run("test", cwd=tmp_path))["argv"] == [*settings, *WHOLE, str(house.code / "tests")]
    (tmp_path / "test_mine.py").touch()
    named = told(house.run("test", "test_mine.py::test_a", cwd=tmp_path))
    assert named == {"argv": [*settings, "test_mine.py::test_a"], "cwd": str(tmp_path)}


def test_benchmarks_are_known_by_name(house: Checkout) -> None:
    """`bench NAME` runs that benchmark; without a known name those there are are shown."""
    assert house.run("bench", "one").stdout == "benchmarked\n"
    for arguments in (["bench"], ["bench", "shared"]):
        done = house.run(*arguments)
        assert done.returncode == 2
        assert done.stderr.endswith("the benchmarks are one\n")


def test_a_change_of_the_project_file_costs_one_line(house: Checkout) -> None:
    """When pyproject.toml alone has changed, the packages stay and the project is installed again."""
    before = (house.code / ".venv/pyvenv.cfg").stat().st_mtime_ns
    (house.code / "pyproject.toml").write_text(PYPROJECT + "# changed\n")
    done = house.run()
    assert told(done)["argv"] == ["demo"]
    assert "bringing .venv up to date" in done.stderr
    assert (house.code / ".venv/pyvenv.cfg").stat().st_mtime_ns == before
    assert house.run().stderr == ""


def test_a_moved_checkout_is_prepared_anew_by_one_of_many(house: Checkout, tmp_path: Path) -> None:
    """A virtual environment doesn't survive a move; of several runs one makes it and all do their work."""
    moved = Checkout(tmp_path)
    shutil.copytree(house.top / "packages", tmp_path / "packages")
    shutil.copytree(house.code, moved.code, symlinks=True)
    started = [moved.start(str(number)) for number in range(3)]
    ended = [process.communicate(timeout=BOUND) for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert sum("preparing .venv, once" in err for _, err in ended) == 1
    assert {json.loads(out)["prefix"] for out, _ in ended} == {str(moved.code / ".venv")}


def test_an_interrupted_preparation_is_begun_anew(bare: Checkout) -> None:
    """Killed in the middle, it leaves nothing that the next run believes in."""
    process = bare.start()
    deadline = time.monotonic() + BOUND
    while not (bare.code / ".venv/pyvenv.cfg").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # a poll, with a bound
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (bare.code / ".venv/rubbish").touch()
    done = bare.run()
    assert told(done)["argv"] == ["demo"]
    assert not (bare.code / ".venv/rubbish").exists()


@pytest.mark.parametrize("digest", ["0" * 64, ""], ids=["another digest", "no digest"])
def test_a_package_that_is_not_the_locked_one_is_refused(bare: Checkout, digest: str) -> None:
    """What doesn't have its locked digest isn't installed; the reason is shown, and nothing counts as prepared."""
    bare.lock(digest)
    done = bare.run()
    assert done.returncode == 4
    assert "hash" in done.stderr.lower()
    assert done.stderr.splitlines()[-1].startswith("run: the packages could not be installed")
    assert not (bare.code / ".venv/prepared").exists()


def test_half_a_checkout_is_told_in_one_line(bare: Checkout) -> None:
    """Without the lock file there is one line that says which file is missing."""
    (bare.code / "requirements.lock").unlink()
    done = bare.run()
    assert done.returncode == 4
    assert "requirements.lock cannot be read" in done.stderr.splitlines()[-1]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder whose way is open to every user."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def test_a_checkout_that_is_not_ours_is_told_in_one_line(public_folder: Path) -> None:
    """Where nothing can be written, one line says so."""
    bare = build(public_folder)
    bare.code.chmod(0o555)
    python, user = (sys.executable, None) if os.getuid() else ("/usr/bin/python3", 65534)
    command = [python, str(bare.code / "run")]
    if subprocess.run(
        [python, "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"], check=False
    ).returncode:
        pytest.skip(f"{python}, which any user may run, cannot make virtual environments")
    done = subprocess.run(command, capture_output=True, text=True, user=user, env={"PATH": "/usr/bin"}, check=False)
    assert done.returncode == 4
    assert [line.partition(".venv.lock")[2] for line in done.stderr.splitlines()] == [
        " cannot be written (Permission denied): use a checkout of your own"
    ]


# --- looking for a Python --------------------------------------------------------------------------------------------


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The starter's search, on a PATH of two folders with such Pythons as a test lays there."""
    module = runpy.run_path(str(RUN))
    search = module["another_python"]
    search.__globals__["PLACES"] = ()
    search.__globals__["sys"] = type("Old", (), {"version_info": (3, 9)})
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "first"), "relative", str(tmp_path / "second")]))
    return search


def lay(folder: Path, name: str, says: str) -> str:
    """A program that answers as such a Python would, or fails as a version manager's stand-in does."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_stand_in_that_fails_is_passed_over(look: Any, tmp_path: Path) -> None:
    """A name on PATH is no Python yet: those that fail, are too old or lack venv are passed over."""
    lay(tmp_path / "first", "python3.13", "echo 'command not found' >&2; exit 127")
    lay(tmp_path / "first", "python3.12", "echo 3 12 False")
    lay(tmp_path / "first", "python3", "echo 3 9 True")
    good = lay(tmp_path / "second", "python3", "echo 3 11 True")
    assert look(needs_venv=True) == good
    assert look(needs_venv=False) == str(tmp_path / "first/python3.12")


def test_a_missing_venv_module_is_named(look: Any, tmp_path: Path) -> None:
    """New enough but without venv: the package to install is named."""
    lay(tmp_path / "first", "python3", "echo 3 12 False")
    with pytest.raises(Exception, match=r"apt-get install python3\.12-venv"):
        look(needs_venv=True)


def test_no_python_at_all_is_told(look: Any, tmp_path: Path) -> None:
    """None new enough: what is needed is named."""
    lay(tmp_path / "first", "python3", "echo 3 9 True")
    with pytest.raises(Exception, match=r"^Python 3\.11 or newer is needed"):
        look(needs_venv=True)


def test_an_old_python_can_read_it() -> None:
    """The starter parses as Python 3.7, the oldest that can be asked here, so that it gets as far as looking."""
    ast.parse(RUN.read_text(encoding="utf-8"), feature_version=(3, 7))
    assert RUN.stat().st_mode & stat.S_IXUSR


def test_a_broker_to_try_things_with_says_what_comes_first() -> None:
    """Begun with a Python that has nothing of ours yet: one line, and no trace."""
    bare = [sys.executable, "-S", "-m", "tests.broker"]
    done = subprocess.run(bare, cwd=RUN.parent, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "is not here: run ./run first, which prepares everything, then " in done.stderr
