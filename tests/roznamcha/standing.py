"""A running `up`, as whoever started it sees it: its lines, its processes, its window."""

from __future__ import annotations

import json
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.roznamcha.kit import Program

PATIENCE = 120.0
"""Seconds after which something that is waited for is given up."""


def until(holds: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `holds` gives, asked again until it gives something."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.05)
    return found


def lives(pid: int) -> bool:
    """Whether a process runs; one that is dead and not buried doesn't."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


class Up:
    """The command, its lines as they come, and what can be asked of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Listen to it from the beginning."""
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(json.loads(line))

    def said(self, words: str, process: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """Lines, from the n-th on, in whose event these words are."""
        found = [each for each in self.lines[since:] if words in each["event"]]
        return [each for each in found if process in {None, each["process"]}]

    def hear(self, words: str, process: str | None = None, *, since: int = 0, seconds: float = PATIENCE) -> Any:
        """The first such line, waited for."""
        try:
            return until(lambda: self.said(words, process, since), seconds)[0]
        except AssertionError:
            message = f"nobody said {words!r}: {json.dumps(self.lines[-12:], indent=1)}"
            raise AssertionError(message) from None

    def pid(self, post: str) -> int:
        """The process at a post."""
        return int(self.said("started", post)[-1]["pid"])

    @property
    def pids(self) -> list[int]:
        """Every process that was ever started."""
        return [each["pid"] for each in self.said("started") if "pid" in each]

    def ask(self, path: str) -> tuple[int, str]:
        """Status and text at its window."""
        address = self.hear("answering")["at"]
        try:
            with urllib.request.urlopen(address + path, timeout=20) as answer:  # noqa: S310 (this machine)
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def figure(self, name: str) -> float | None:
        """A figure of its window, named with its labels; None when it isn't given."""
        for line in self.ask("/metrics")[1].splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return None

    def stop(self, seconds: float = PATIENCE) -> tuple[int, Any]:
        """Tell it to stop; give the exit code and its document."""
        self.process.terminate()
        return self.ended(seconds)

    def ended(self, seconds: float = PATIENCE) -> tuple[int, Any]:
        """Wait for its end; give the exit code and its document."""
        code = self.process.wait(seconds)
        self._listening.join(seconds)
        assert self.process.stdout is not None
        text = self.process.stdout.read()
        return code, json.loads(text) if text else None


@contextmanager
def standing(program: Program, *before: str, options: tuple[str, ...] = ()) -> Iterator[Up]:
    """`up` on a program's store; nothing of it is left afterwards."""
    process = program.start(*before, "up", "--json", *options)
    up = Up(process)
    try:
        yield up
    finally:
        process.kill()
        process.wait()
        until(lambda: not any(map(lives, up.pids)), 40)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                up._listening.join(5)  # noqa: SLF001 (its own)
                stream.close()
