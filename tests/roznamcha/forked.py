"""The program's process without the wait for its libraries: one process has them loaded, and forks for each run.

What it has loaded is what the program stands on: its libraries, and the pure part that asks for nothing (the acts and
the rule book). The program itself each run loads as it always does. Each run is a process of its own, with its own
environment, folder, streams and end. That a command also asks for the acts and the rules it needs is seen where it is
run cold: `Program(cold=True)`, as all that README names is.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parents[2]
BODY = "from tests.roznamcha.forked import become; become(); from roznamcha.cli import main; main()"
LOADED = (
    "asyncio", "cryptography.hazmat.primitives.ciphers.aead", "eventsourcing.postgres", "fastavro", "kafka",
    "psycopg_pool", "rich.progress", "rich.table", "structlog", "typer._adapters", "typer.rich_utils", "yaml",
    "zoneinfo",
)  # fmt: skip


def run_forked(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    streams: Sequence[IO[Any]],
    patience: float,
    *,
    cold: bool = False,
) -> int:
    """Run the program to its end; give its exit code, negative for a signal's. Raises TimeoutExpired, and kills it."""
    order = json.dumps([list(arguments), dict(environment), str(folder)]).encode()
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(patience)
        line.connect(_address("cold" if cold else "warm"))
        socket.send_fds(line, [len(order).to_bytes(4, "big")], [each.fileno() for each in streams])
        line.sendall(order)
        told = line.makefile("r")
        pid = int(told.readline())
        try:
            return int(told.readline())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(list(arguments), patience) from None


@functools.cache
def _address(how: str) -> str:
    """Where the process listens, which is started when it is first asked for and ends with this one."""
    folder = tempfile.TemporaryDirectory(prefix="forked-")
    process = subprocess.Popen(
        [sys.executable, "-c", BODY, f"{folder.name}/line", how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(folder.cleanup)
    atexit.register(process.wait)
    atexit.register(process.stdin.close)
    assert process.stdout.readline() == b"ready\n"
    return f"{folder.name}/line"


def become() -> None:
    """Wait for orders, and fork for each. Returns in the processes that are to be the program, and only there."""
    for each in LOADED:
        importlib.import_module(each)
    if sys.argv[2] == "warm":
        importlib.import_module("domain").load()
        importlib.import_module("domain.law.book").load_book()
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(sys.argv[1])
        listening.listen(64)
        os.write(1, b"ready\n")
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            if 0 in select.select([0, listening], [], [])[0]:
                os._exit(0)  # the tests have ended: nobody holds the other end any more
            line, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                break
            line.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, *_ = socket.recv_fds(line, 4, 3)
    arguments, environment, folder = json.loads(line.makefile("rb").read(int.from_bytes(size, "big")))
    if pid := os.fork():
        line.sendall(f"{pid}\n".encode())
        line.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n".encode())
        os._exit(0)
    line.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
