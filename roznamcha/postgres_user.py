"""As whom the private PostgreSQL runs, and from which paths.

PostgreSQL refuses to run as root, so under root it runs as an unprivileged user. That user may not be able to walk to
the data folder or to the programs (a home closed to others), and no folder is ever opened for it: the program is then
started inside a mount namespace of its own, in which both stand at a short public path.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from roznamcha.errors import Unavailable

UNPRIVILEGED = ("postgres", "nobody")


def server_user() -> pwd.struct_passwd | None:
    """The user as which the server runs when we are root; None when we aren't."""
    if os.getuid() != 0:
        return None
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    message = f"PostgreSQL does not run as root, and there is no user {' or '.join(UNPRIVILEGED)}: run as a plain user"
    raise Unavailable(message)


def begin(log_file: Path, data: Path, binaries: Path, command: list[str]) -> None:
    """Start a program that outlives us: the shell in between leaves it to the first process, which buries the dead."""
    launch(log_file, data, binaries, command, prefix=["sh", "-c", '"$@" &', "sh"]).wait()


def launch(
    log_file: Path, data: Path, binaries: Path, command: list[str], prefix: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Start one of PostgreSQL's programs on `data`, as the right user and with paths that user can walk."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C"}
    arguments = [part.replace("{data}", str(data)) for part in command[1:]]
    program = [str(binaries / command[0]), *arguments]
    user = server_user()
    if user is not None:
        _own(data, user)
        program = _as_user(user, data, binaries, command)
    with log_file.open("ab") as log:
        log_file.chmod(0o600)
        return subprocess.Popen(  # noqa: S603 (a program found by us)
            [*prefix, *program],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
            cwd="/",
        )


def _own(data: Path, user: pwd.struct_passwd) -> None:
    """Give the data directory, and nothing above it, to the server's user."""
    if data.stat().st_uid != user.pw_uid:
        for path in [data, *data.rglob("*")]:
            os.lchown(path, user.pw_uid, user.pw_gid)


def _as_user(user: pwd.struct_passwd, data: Path, binaries: Path, command: list[str]) -> list[str]:
    """The command line that becomes `user`, in a mount namespace of its own where a path is closed to that user."""
    drop = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--no-new-privs", "--"]
    if _open_to(user, data) and _open_to(user, binaries / command[0]):
        return [*drop, str(binaries / command[0]), *(part.replace("{data}", str(data)) for part in command[1:])]
    # An empty private /mnt in which the folders are bound: seen by this server alone, gone with it.
    script = (
        "mount -t tmpfs -o mode=755 roznamcha /mnt && mkdir /mnt/data /mnt/install"
        ' && mount --bind "$1" /mnt/data && shift'
        ' && while [ "$1" != -- ]; do to="/mnt/install/${1##*/}"'
        ' && mkdir "$to" && mount --bind "$1" "$to" && shift || exit 1'
        "; done"
        ' && shift && exec "$@"'
    )
    programs = (binaries / command[0]).resolve()
    door = _beyond(user, programs)
    # A wheel keeps its shared libraries in a folder of its own beside the programs.
    beside = [each for each in door.parent.glob(f"{door.name}*") if each.is_dir()]
    inside = [f"/mnt/install/{door.name}/{programs.relative_to(door)}"]
    inside += [part.replace("{data}", "/mnt/data") for part in command[1:]]
    return ["unshare", "--mount", "sh", "-c", script, "sh", str(data), *map(str, beside), "--", *drop, *inside]


def _open_to(user: pwd.struct_passwd, path: Path) -> bool:
    """Whether `user` can walk every folder down to `path`."""
    return all(_walkable(user, parent) for parent in path.resolve().parents)


def _walkable(user: pwd.struct_passwd, folder: Path) -> bool:
    status = folder.stat()
    bits = 0o100 if status.st_uid == user.pw_uid else 0o010 if status.st_gid == user.pw_gid else 0o001
    return bool(status.st_mode & bits)


def _beyond(user: pwd.struct_passwd, path: Path) -> Path:
    """The folder below the last closed door on the way to `path`: from there on `user` can walk."""
    way = [*reversed(path.parents), path]
    closed = [n for n, folder in enumerate(way[:-1]) if not _walkable(user, folder)]
    return way[closed[-1] + 1] if closed else path.parent.parent
