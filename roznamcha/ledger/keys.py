"""The ledger's signing keys: one for each log, in the data folder, never in the database.

A log is a year's; the next has another name and another key. The name of the deployment is drawn with its first key,
unless one is given, and stays.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.notes import Signer, fit_for_a_name, signer_of
from roznamcha.settings import Settings

log = structlog.get_logger()
SUFFIX = ".key"
PART = re.compile(r"([0-9]{4})(?:-([0-9]+))?")
"""The last part of an origin: the year, and after a discontinuity or a rotation the how-manieth log of it."""


@dataclass(frozen=True)
class Keys:
    """The keys in one folder, a file for each log."""

    folder: Path

    def all(self) -> Iterator[Signer]:
        """Every key, the oldest log first. Raises Broken for a file that is none."""
        files = [each for each in self.folder.glob(f"*{SUFFIX}") if PART.fullmatch(each.stem)]
        for each in sorted(files, key=lambda file: order_of(file.stem)):
            yield signer_of(_read(each))

    def signer(self, origin: str) -> Signer:
        """The key of a log, to sign with. Raises Broken when it is gone, is another's, or everybody can read it."""
        path = self._path(origin)
        if not path.exists():
            message = f"the key of the log {origin} is gone: restore {path} from its safe copy"
            raise Broken(message)
        _kept_to_its_owner(path)
        signer = signer_of(_read(path))
        if signer.name != origin:
            message = f"{path} is the key of {signer.name}, and not of {origin}: restore the right one"
            raise Broken(message)
        return signer

    def has(self, origin: str) -> bool:
        """Whether there is a key of that log."""
        return self._path(origin).exists()

    def make(self, origin: str) -> Signer:
        """The key of a log, drawn now unless it is there. Readable by its owner alone. Raises Refused for no name."""
        if not fit_for_a_name(origin):
            raise Refused([f"{origin[:60]!r} can't be a log's name: letters, digits and ._/- alone, 100 at most"])
        path = self._path(origin)
        if path.exists():
            return self.signer(origin)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{Signer(origin, secrets.token_bytes(32)).written}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        except OSError as error:
            message = f"no key of the ledger can be kept in {self.folder}: {error.strerror}"
            raise Unavailable(message) from None
        return self.signer(origin)

    def put_aside(self, begun: Collection[str]) -> list[str]:
        """Keep the keys of logs that were not begun out of use, under another name; give these logs.

        Whoever took one key of a folder may have taken all. Raises Unavailable where they can't be renamed.
        """
        found = []
        for name in [each.name for each in self.all() if each.name not in begun]:
            path = self._path(name)
            try:
                path.rename(path.with_name(f"{path.stem}.{secrets.token_hex(4)}.doubted"))
            except OSError as error:
                message = f"the key {path} cannot be put aside: {error.strerror}"
                raise Unavailable(message) from None
            found.append(name)
        return found

    def base(self, given: str = "", begun: str = "") -> str:
        """What all logs of this deployment begin with; `begun` is how they do in the store, empty where none was begun.

        Raises Refused for another than that of the first key or of the store.
        """
        known = begun or next((signer.name.rpartition("/")[0] for signer in self.all()), "")
        if given and (given.endswith("/") or not fit_for_a_name(f"{given}/2026-99")):
            raise Refused(
                [f"{given[:60]!r} can't be a ledger's name: letters, digits and ._/- alone, such as tlog.example/cg"]
            )
        if known and given and given != known:
            raise Refused([f"this ledger is called {known}, for ever, and not {given}"])
        return known or given or f"roznamcha/{secrets.token_hex(8)}"

    def _path(self, origin: str) -> Path:
        return self.folder / f"{origin.rpartition('/')[2]}{SUFFIX}"


def keys_of(here: Settings) -> Keys:
    """The signing keys in the data folder."""
    return Keys(here.data / "keys" / "ledger")


def order_of(part: str) -> tuple[int, int]:
    """Year and number of a log, from the last part of its origin."""
    found = PART.fullmatch(part)
    return (int(found[1]), int(found[2] or 1)) if found else (0, 0)


def next_origin(origin: str, year: int) -> str:
    """The name of the log that follows `origin`: the year's first, or one more of the same year."""
    base, _, part = origin.rpartition("/")
    known, number = order_of(part)
    return f"{base}/{year}" if year > known else f"{base}/{known}-{number + 1}"


def _kept_to_its_owner(path: Path) -> None:
    """Raise Broken where everybody on the machine can read a key, or put another in its place; warn of its group.

    Whoever reads it can sign a second history. A group may be meant so, as where a key is mounted for a service.
    """
    try:
        mode, folder = path.stat().st_mode, path.parent.stat().st_mode
    except OSError as error:
        message = f"the key {path} cannot be read: {error.strerror}"
        raise Unavailable(message) from None
    if mode & 0o007 or (folder & 0o002 and not folder & stat.S_ISVTX):
        what = f"chmod 600 {path}" if mode & 0o007 else f"chmod 700 {path.parent}"
        message = (
            f"the key {path} is open to everybody on this machine, and nothing is signed with it: {what}. "
            "If others may have read it, replace it then: `roznamcha ledger key rotate`"
        )
        raise Broken(message)
    if mode & 0o070 or folder & 0o020:
        log.warning("a signing key is open to its group", key=str(path), mend=f"chmod 600 {path}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the key {path} cannot be read: {type(error).__name__}"
        raise Unavailable(message) from None
