"""A process that has everything imported and forks one child for each job, so that a round costs milliseconds.

Orders come in on stdin, a JSON document to a line: {"jobs": [{"job", "at", "nth", "after", …}], "patience"}. A job with
`at` kills itself at the nth reach of that step; one with `after` is killed so many seconds after it began or, with
`told`, after so many of its acts were acknowledged. The answer is a line as well: for each job what became of it, and
the end of what it said.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from eventsourcing.persistence import InterfaceError, OperationalError

import domain
from consumers.steps import WATCHERS
from roznamcha.errors import Unavailable
from schemas import catalogue
from tests.fault.jobs import JOBS, batches, views

ENDS = {0: "done", Unavailable.exit_code: "away"}
"""How a job ends by itself, by its exit code."""


def watch(at: str, nth: int, number: int = signal.SIGKILL, pause: float = 0.0) -> None:
    """Die at the nth reach of a step, as the kernel kills: nothing is finished, nothing is flushed. Or be suspended.

    After a `pause`, in seconds, what another thread has in hand is on its way.
    """
    seen = 0

    def watcher(step: str) -> None:
        nonlocal seen
        if step == at:
            seen += 1
            if seen == nth:
                time.sleep(pause)
                os.kill(os.getpid(), number)

    WATCHERS.append(watcher)


def child(order: dict[str, Any], said: str) -> None:
    """Do a job in this process, and end with it."""
    code = 1
    try:
        out = os.open(said, os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(out, 2)
        if order.get("at"):
            watch(order["at"], order.get("nth", 1))
        JOBS[order["job"]](order)
        code = 0
    except (Unavailable, OperationalError, InterfaceError):
        code = Unavailable.exit_code
    except BaseException:  # noqa: BLE001 (it is told, and the process ends)
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def acknowledged(job: dict[str, Any]) -> int:
    """How many acknowledgements a job has journalled."""
    journal = Path(job.get("journal", ""))
    return journal.read_bytes().count(b'["told"') if job.get("told") and journal.exists() else 0


def obey(orders: dict[str, Any]) -> list[dict[str, Any]]:
    """Start every job, kill whom the orders name, wait for all."""
    with tempfile.TemporaryDirectory() as folder:
        began, running, ended = time.monotonic(), dict[int, int](), dict[int, str]()
        for n, job in enumerate(orders["jobs"]):
            pid = os.fork()
            if not pid:
                child(job, f"{folder}/{n}")
            running[pid] = n
        until = began + orders.get("patience", 120)
        blows = {n: 0.0 for n, job in enumerate(orders["jobs"]) if job.get("after") is not None}
        while running:
            for n in [n for n in running.values() if n in blows]:
                job = orders["jobs"][n]
                if not blows[n] and acknowledged(job) >= job.get("told", 0):
                    blows[n] = time.monotonic() + job["after"]
                if blows[n] and time.monotonic() >= blows[n]:
                    del blows[n]
                    os.kill(next(pid for pid, each in running.items() if each == n), signal.SIGKILL)
            if time.monotonic() > until:
                for pid in running:
                    os.kill(pid, signal.SIGKILL)
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                late = time.monotonic() > until
                code = os.waitstatus_to_exitcode(status)
                ended[running.pop(pid)] = "hung" if late else "killed" if code < 0 else ENDS.get(code, "failed")
            else:
                time.sleep(0.001)
        told = [Path(f"{folder}/{n}") for n in range(len(ended))]
        return [
            {"how": ended[n], "said": each.read_text()[-3_000:] if each.exists() else ""} for n, each in enumerate(told)
        ]


def main() -> None:
    """Import everything and work out once what every child would, say so, and obey until stdin ends."""
    domain.load()
    catalogue()
    views()
    list(batches(0, 1))
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
