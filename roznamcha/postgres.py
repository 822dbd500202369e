"""A private PostgreSQL in the data folder: started when it is needed, shared by all who need it, stopped by the last.

Who uses the server is known by shared locks on a file, which the kernel drops when a process dies, and not by a list
of process ids, which would outlive them. With whose programs it runs is in `postgres_programs.py`,
as whom in `postgres_user.py`.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

import psycopg

from roznamcha.errors import Unavailable
from roznamcha.postgres_programs import find_binaries
from roznamcha.postgres_user import begin, launch, server_user

PATIENCE = 60.0
"""Seconds until a start or stop is given up."""
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "update_process_title": "off",
    # What an entry holds must never reach a log line, not even with the statement that failed.
    "log_min_messages": "log",  # an ERROR quotes values; LOG, FATAL and PANIC, which rank above it here, do not
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


SETTLING = 1.0
"""Seconds that a server may take to write its pid file, or to say why it doesn't start."""


@dataclass(frozen=True)
class Place:
    """Where the server of a data folder keeps its things."""

    folder: Path

    @property
    def data(self) -> Path:
        """PostgreSQL's own data directory."""
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        """What the server and its tools say."""
        return self.folder / "postgres.log"

    @property
    def socket_note(self) -> Path:
        """Names the folder of the socket, whose path must be short."""
        return self.folder / "postgres.socket"


class Embedded:
    """The private server, held open by this process until `close`."""

    def __init__(self, place: Place, socket: Path, using: IO[str], binaries: Path) -> None:
        """Hold `using`, the lock that tells others somebody is here."""
        self.folder = place.folder
        self._place, self._socket, self._using, self._binaries = place, socket, using, binaries
        self._owner = os.getpid()
        self._closed = False
        atexit.register(self.close)

    @property
    def url(self) -> str:
        """Connection string of the database `roznamcha`, as the server's owner."""
        return psycopg.conninfo.make_conninfo("", host=str(self._socket), user="postgres", dbname="roznamcha")

    def describe(self) -> dict[str, str]:
        """What `doctor` prints of it."""
        return {
            "programs": str(self._binaries),
            "data": str(self._place.data),
            "socket": str(self._socket),
            "pid": str(_pid(self._place) or ""),
            "version": (self._place.data / "PG_VERSION").read_text().strip(),
        }

    def close(self) -> None:
        """Leave; the last one out stops the server. A child made by fork leaves nothing: it was never let in."""
        if self._closed or os.getpid() != self._owner:
            return
        self._closed = True
        atexit.unregister(self.close)
        with _exclusive(self._place.folder / "postgres.starting"):
            # If we die here, the server stays up until the next one out: harmless, its data are safe.
            fcntl.flock(self._using, fcntl.LOCK_UN)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(self._using, fcntl.LOCK_EX | fcntl.LOCK_NB)  # nobody else holds it: we were the last
                _stop(self._place)
            self._using.close()

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave."""
        self.close()


def open_embedded(folder: Path) -> Embedded:
    """Attach to the server of `folder`, starting it (and making it, the first time) when it isn't up.

    Raises Unavailable in one line when it can't be made, started or reached.
    """
    place = Place(Path(folder).absolute())
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack, _exclusive(place.folder / "postgres.starting"):
            # Opened before the server is looked for, released by the kernel whatever becomes of us.
            using = stack.enter_context((place.folder / "postgres.using").open("a"))
            fcntl.flock(using, fcntl.LOCK_SH)
            binaries = find_binaries(_major(place))
            if not (place.data / "PG_VERSION").exists():
                _make(place, binaries)
            _release(place, using)
            socket = _running(place) or _start(place, binaries)
            _make_database(socket)
            stack.pop_all()  # it stays open until `close`
    except OSError as error:
        message = f"the private PostgreSQL cannot use {error.filename or place.folder}: {error.strerror}"
        raise Unavailable(message) from None
    return Embedded(place, socket, using, binaries)


# --- making, starting, stopping --------------------------------------------------------------------------------------


def _major(place: Place) -> int | None:
    version = place.data / "PG_VERSION"
    return int(version.read_text()) if version.exists() else None


def _make(place: Place, binaries: Path) -> None:
    """Make the data directory beside its place and move it there: a kill in between leaves nothing half-made."""
    for left in place.folder.glob("postgres.new*"):
        shutil.rmtree(left, ignore_errors=True)
    # A name of its own: the program of a start that was killed may still be writing in the folder it was given.
    fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=place.folder))
    command = ["initdb", "-A", "trust", "-U", "postgres", "--locale=C", "--encoding=UTF8", "--data-checksums"]
    code = launch(place.log, fresh, binaries, [*command, "-D", "{data}"]).wait(timeout=PATIENCE * 2)
    if code:
        message = f"the private PostgreSQL could not be made: see {place.log}"
        raise Unavailable(message)
    fresh.rename(place.data)


def _start(place: Place, binaries: Path) -> Path:
    """Start the server and wait until it answers; give the folder of its socket."""
    _forget_socket(place)
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    base = runtime if runtime and len(runtime) < 60 and os.access(runtime, os.W_OK) and os.getuid() else "/tmp"  # noqa: PLR2004, S108 (a socket's path must be short)
    socket = Path(tempfile.mkdtemp(prefix="roznamcha-", dir=base))
    place.socket_note.write_text(str(socket))
    if (user := server_user()) is not None:
        os.chown(socket, user.pw_uid, user.pw_gid)
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _bury(place)
        begin(place.log, place.data, binaries, ["postgres", "-D", "{data}", "-k", str(socket), *options])
        begun = time.monotonic()
        while time.monotonic() < min(deadline, begun + SETTLING) or _alive(_pid(place)):
            if _answers(socket):
                return socket
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
    message = f"the private PostgreSQL did not start within {PATIENCE:.0f} s: see {place.log}"
    raise Unavailable(message)


def _stop(place: Place) -> None:
    """Ask the server to stop now, cleanly, and wait until it has."""
    pid = _pid(place)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # "fast": sessions end, everything is written down
        deadline = time.monotonic() + PATIENCE
        while _alive(pid) and (place.data / "postmaster.pid").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    _forget_socket(place)


def _release(place: Place, using: IO[str]) -> None:
    """Stop a server that nobody can reach any more, because the folder of its socket was removed.

    Raises Unavailable while others still work on connections they had.
    """
    pid = _pid(place)
    with contextlib.suppress(FileNotFoundError):
        if not _alive(pid) or Path(place.socket_note.read_text()).exists():
            return
        try:
            fcntl.flock(using, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(using, fcntl.LOCK_SH)
            message = (
                f"the private PostgreSQL (process {pid}) runs, but the folder of its socket was removed, and others "
                f"still use it: end them, or stop it with kill -INT {pid}, and try again"
            )
            raise Unavailable(message) from None
        _stop(place)
        fcntl.flock(using, fcntl.LOCK_SH)


def _forget_socket(place: Place) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(place.socket_note.read_text(), ignore_errors=True)
        place.socket_note.unlink()


def _running(place: Place) -> Path | None:
    """The socket's folder if the server is up. A pid file alone is not believed: the dead leave theirs."""
    with contextlib.suppress(FileNotFoundError):
        socket = Path(place.socket_note.read_text())
        pid = _pid(place)
        deadline = time.monotonic() + PATIENCE
        while pid is not None and _alive(pid) and time.monotonic() < deadline:
            if _answers(socket):
                return socket
            time.sleep(0.05)  # it is starting up, or recovering after a kill
    return None


def _pid(place: Place) -> int | None:
    try:
        # Its second line is the folder, which may be no UTF-8.
        return int((place.data / "postmaster.pid").read_bytes().split(b"\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _bury(place: Place) -> None:
    """Remove the pid file of a dead server that nobody has buried: PostgreSQL takes a zombie for a living one.

    Only when no process works in the data directory any more: a child of the dead server may still be writing.
    """
    pid = _pid(place)
    if pid is None or _alive(pid) or not Path(f"/proc/{pid}").exists():
        return
    home = place.data.stat()
    for process in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            there = process.stat()
            if (there.st_dev, there.st_ino) == (home.st_dev, home.st_ino):
                return
    (place.data / "postmaster.pid").unlink(missing_ok=True)


def _alive(pid: int | None) -> bool:
    """Whether the process runs. A zombie, which nobody has buried yet, doesn't."""
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True


def _answers(socket: Path) -> bool:
    try:
        psycopg.connect(host=str(socket), user="postgres", dbname="postgres", connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True


def _make_database(socket: Path) -> None:
    """Make the database if it isn't there. The server finishes what a client that was killed had asked it to make."""
    deadline = time.monotonic() + PATIENCE
    with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'roznamcha'").fetchone():
            try:
                connection.execute("CREATE DATABASE roznamcha")
            except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation, psycopg.errors.ObjectInUse):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    with path.open("a") as file:
        deadline = time.monotonic() + PATIENCE * 2
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    message = f"another process has been starting or stopping PostgreSQL for too long: {path}"
                    raise Unavailable(message) from None
                time.sleep(0.02)
        yield
