"""Processes at their posts: started, killed, suspended, and put back by their keeper when they are gone.

One process has everything imported and forks whoever is wanted, so that a fallen one is at his post again within
milliseconds. It alone knows who lives, so it alone sends the signals: no other process is ever hit by mistake.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fault.driver import watch
from tests.fault.posts import POSTS, load
from tests.roznamcha.kit import ROOT

ENDS = {0: "done", 4: "away"}
"""How a process ends by itself, by its exit code."""
STARTING = 5.0
"""Seconds within which somebody may be dismissed before he listens; later, to die of it is a failure."""
BREATH = 0.5
"""Seconds after which a keeper puts somebody back who found his broker or his database away."""


# --- as the tests see it ---------------------------------------------------------------------------------------------


@dataclass
class Barracks:
    """The forking process, and what was told of those who fell."""

    process: subprocess.Popen[str]
    folder: Path
    ends: list[tuple[str, str]] = field(default_factory=list)
    """Who ended, in turn, and how: killed, done, away, or failed with an exit code."""

    def _ask(self, verb: str, name: str = "", order: Any = None) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.poll() is None, f"the barracks ended with {self.process.returncode}"
        self.process.stdin.write(json.dumps([verb, name, order]) + "\n")
        self.process.stdin.flush()
        answer, ends = json.loads(self.process.stdout.readline())
        self.ends += [(who, how) for who, how in ends]
        return answer

    def post(self, name: str, order: Mapping[str, Any], *, kept: bool = True) -> None:
        """Begin somebody's work; `kept`, he is put back whenever he is gone. `at` and `nth` in the order hit once."""
        self._ask("post", name, {**order, "kept": kept})

    def alive(self, name: str) -> bool:
        """Whether somebody is at his post now."""
        return bool(self._ask("alive", name))

    def signal(self, name: str, number: int) -> bool:
        """Send a signal; whether there was somebody to get it."""
        return bool(self._ask("signal", name, number))

    def suspended(self, name: str) -> bool:
        """Whether somebody is there, and stands still."""
        return bool(self._ask("suspended", name))

    def times(self, name: str) -> int:
        """How often somebody was put to his post."""
        found: int = self._ask("times", name)
        return found

    def dismiss(self, name: str) -> None:
        """Let somebody end in good order, and put him back no more."""
        self._ask("dismiss", name)

    def ended(self, name: str, patience: float = 90) -> str:
        """Wait until somebody who is not kept has ended; give how. His words are in `said`."""
        until = time.monotonic() + patience
        while (how := self._ask("how", name)) is None:
            assert time.monotonic() < until, f"{name} doesn't end: {self.said(name)}"
            time.sleep(0.02)
        return str(how)

    def hear(self) -> None:
        """Hear of those who have ended."""
        self._ask("hear")

    def end_all(self) -> None:
        """Kill everybody, and know nobody any more."""
        self._ask("end all")
        self.ends.clear()

    def do(self, name: str, order: Mapping[str, Any], patience: float = 120) -> str:
        """Have something done by a process of its own; give what it said on stdout. It may not fail."""
        self.post(name, order, kept=False)
        how = self.ended(name, patience)
        assert how == "done", f"{name}: {how}: {self.said(name)}"
        return self.said(name, "out")

    def said(self, name: str, stream: str = "*") -> str:
        """The end of what the last holder of a post said."""
        found = sorted(self.folder.glob(f"{name}.{self.times(name)}.{stream}"))
        return "\n".join(each.read_text(errors="replace")[-6_000:] for each in found)


@contextmanager
def barracks(folder: Path) -> Iterator[Barracks]:
    """Barracks whose people all end with the block."""
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", "from tests.fault.barracks import main; main()", str(folder)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder)}
    with (
        (folder / "said").open("w") as said,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            cwd=folder,
            env=environment,
            start_new_session=True,  # whoever ends the tests ends not this one, which ends its people
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", (folder / "said").read_text()
        yield Barracks(process, folder)
        assert process.stdin is not None
        process.stdin.close()


# --- the process itself ----------------------------------------------------------------------------------------------


@dataclass
class Post:
    """A post, and who holds it."""

    name: str
    order: dict[str, Any]
    pid: int = 0
    times: int = 0
    how: str | None = None
    again: float = 0.0
    began: float = 0.0


class Keeper:
    """Forks, watches and puts back."""

    def __init__(self, folder: Path) -> None:
        """Everybody's words are kept in `folder`."""
        self.folder, self.posts, self.ends = folder, dict[str, Post](), list[tuple[str, str]]()

    def start(self, post: Post) -> None:
        """Fork, with both streams into files of this start's own."""
        post.times, post.how, post.began = post.times + 1, None, time.monotonic()
        post.pid = os.fork()
        if post.pid:
            return
        code = 1
        try:
            for number, stream in ((1, "out"), (2, "err")):
                path = self.folder / f"{post.name}.{post.times}.{stream}"
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            code = at_work(post.order)
        finally:
            os._exit(code)

    def look(self) -> None:
        """See who has ended, and put back who is kept."""
        for post in self.posts.values():
            if post.pid:
                pid, status = os.waitpid(post.pid, os.WNOHANG)
                if pid:
                    self._ended(post, os.waitstatus_to_exitcode(status))
            elif post.again and time.monotonic() > post.again:
                post.again = 0.0
                self.start(post)

    def _ended(self, post: Post, code: int) -> None:
        post.pid, post.how = 0, "killed" if code == -signal.SIGKILL else ENDS.get(code, f"failed with {code}")
        if code == -signal.SIGTERM and not post.order["kept"] and time.monotonic() < post.began + STARTING:
            post.how = "done"  # dismissed before he had learnt to listen
        self.ends.append((post.name, post.how))
        if post.order["kept"] and not post.how.startswith("failed"):  # who fails is not put back: the test must see it
            post.order.pop("at", None)
            post.again = time.monotonic() + (BREATH if post.how == "away" else 0.0)

    def obey(self, verb: str, name: str, order: Any) -> Any:
        """Do what is asked."""
        if verb == "post":
            before = self.posts.get(name)
            if before is not None and before.pid:
                os.kill(before.pid, signal.SIGKILL)
                os.waitpid(before.pid, 0)
            self.posts[name] = Post(name, order, times=before.times if before else 0)
            self.start(self.posts[name])
            return None
        if verb == "end all":
            return self.end_all()
        if verb == "hear":
            return None
        post = self.posts[name]
        if verb == "signal" and post.pid:
            os.kill(post.pid, order)
        elif verb == "dismiss":
            post.order["kept"], post.again = False, 0.0
            for number in (signal.SIGTERM, signal.SIGCONT) if post.pid else ():
                os.kill(post.pid, number)
        elif verb == "suspended":
            state = Path(f"/proc/{post.pid}/stat").read_text() if post.pid else ""
            return state.rpartition(")")[2].split()[:1] == ["T"]
        return {"how": post.how, "times": post.times}.get(verb, bool(post.pid))

    def end_all(self) -> None:
        """Kill everybody who is left."""
        for post in self.posts.values():
            if post.pid:
                os.kill(post.pid, signal.SIGKILL)
                os.waitpid(post.pid, 0)
            post.pid, post.again = 0, 0.0


def at_work(order: dict[str, Any]) -> int:
    """Do a job in this process; give the exit code."""
    if order.get("at"):
        watch(order["at"], order.get("nth", 1), order.get("number", signal.SIGKILL), order.get("pause", 0.0))
    try:
        POSTS[order["job"]](order)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001 (it is told, and the process ends)
        traceback.print_exc()
        return 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    return 0


def main() -> None:
    """Import everything, say so, and obey until stdin ends."""
    load()
    keeper, waiting = Keeper(Path(sys.argv[1])), b""
    print("ready", flush=True)
    while True:
        keeper.look()
        if not select.select([0], [], [], 0.01)[0]:
            continue
        came = os.read(0, 65_536)
        if not came:
            break
        *lines, waiting = (waiting + came).split(b"\n")
        for line in lines:
            answer = keeper.obey(*json.loads(line))
            print(json.dumps([answer, keeper.ends]), flush=True)
            keeper.ends.clear()
    keeper.end_all()
