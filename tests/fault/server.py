"""A PostgreSQL server of a test's own, at one address through all its deaths: killed, stopped, filled up, restored."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roznamcha.postgres_programs import find_binaries
from roznamcha.postgres_user import begin, launch, server_user

PATIENCE = 60.0
OPTIONS = {"listen_addresses": "", "max_connections": "60", "shared_buffers": "32MB", "min_wal_size": "32MB",
           "max_wal_size": "64MB", "timezone": "UTC", "restart_after_crash": "on"}  # fmt: skip


class Server:
    """A data directory, a socket that stays where it is, and the process that may be killed."""

    def __init__(self, folder: Path, options: Mapping[str, str] | None = None) -> None:
        """Keep the data in `folder`/data; nothing is made or started yet."""
        self.data, self.log = folder / "data", folder / "log"
        self.socket = Path(tempfile.mkdtemp(prefix="rzf-", dir="/tmp"))
        if (user := server_user()) is not None:
            os.chown(self.socket, user.pw_uid, user.pw_gid)
        self.options = OPTIONS | dict(options or {})

    def make(self) -> None:
        """Make the data directory."""
        self.data.mkdir(parents=True, exist_ok=True)
        command = ["initdb", "-A", "trust", "-U", "postgres", "--locale=C", "--encoding=UTF8", "-D", "{data}"]
        assert launch(self.log, self.data, find_binaries(), command).wait(timeout=PATIENCE) == 0, self.log.read_text()

    def start(self) -> None:
        """Start it, again and again while what a dead one left behind is still at work, until it answers."""
        options = [part for name, value in self.options.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline, self.log.read_text()[-2_000:]
            if not self.alive():
                begin(
                    self.log, self.data, find_binaries(), ["postgres", "-D", "{data}", "-k", str(self.socket), *options]
                )
                time.sleep(0.1)
            time.sleep(0.02)

    def url(self, name: str = "postgres") -> str:
        """The address of a database."""
        return psycopg.conninfo.make_conninfo("", host=str(self.socket), user="postgres", dbname=name)

    def answers(self) -> bool:
        """Whether somebody may come in."""
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url(), connect_timeout=2).close()
            return True
        return False

    def wait_until_promoted(self) -> None:
        """Wait until a restored server has reached its point and takes entries."""
        deadline = time.monotonic() + PATIENCE
        while self.execute("SELECT pg_is_in_recovery()") != [(False,)]:
            assert time.monotonic() < deadline, self.log.read_text()[-2_000:]
            time.sleep(0.05)

    def pid(self) -> int | None:
        """The postmaster."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            return int((self.data / "postmaster.pid").read_text().split()[0])
        return None

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        pid = self.pid()
        with contextlib.suppress(OSError):
            return pid is not None and Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        return False

    def signal(self, number: int) -> None:
        """KILL as a power cut would, QUIT for an immediate stop, INT for a clean one; wait until it is gone."""
        pid = self.pid()
        with contextlib.suppress(ProcessLookupError, TypeError):
            os.kill(pid, number)  # type: ignore[arg-type]  # none: it is gone already
        deadline = time.monotonic() + PATIENCE
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.01)
        if number == signal.SIGKILL and pid is not None and not Path(f"/proc/{pid}/fd").exists():
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # a zombie, which PostgreSQL takes for a living one

    def program(self, name: str, *arguments: str, data: str = "") -> str:
        """Run one of PostgreSQL's programs on this server."""
        path = find_binaries() / name
        if not path.exists():
            pytest.skip(f"{name} is not among the PostgreSQL programs found")
        done = subprocess.run(
            [path, "-h", str(self.socket), "-U", "postgres", *arguments],
            capture_output=True,
            text=True,
            input=data,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, query: str, name: str = "postgres") -> list[Any]:
        """Run a statement as the owner."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(query.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def own_server(folder: Path, **options: str) -> Iterator[Server]:
    """A server that was made and started, and is stopped and tidied up whatever became of it."""
    made = Server(folder, options)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.signal(signal.SIGQUIT)
        shutil.rmtree(made.socket, ignore_errors=True)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of so many megabytes; skips where none may be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(folder)]
    if os.getuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root, where it may mount, can make a disk small enough to fill")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)
