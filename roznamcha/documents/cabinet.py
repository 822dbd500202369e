"""The cabinet: a folder of files, each under the SHA-256 of its bytes. What lies in it is never written again.

A file is written under a name of its own and given its digest's name when it is whole and on the disk. In a local
folder that is a link, which fails where there is something already, and the folders are brought to the disk too. Other
file systems (whatever fsspec knows) have no such link: there the name is looked for first, and then the file is moved;
two who come together move the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consumers.steps import reach
from roznamcha.documents.source import BLOCK
from roznamcha.errors import Broken, Unavailable, Usage

NEW = "new"
"""The folder of what is being written."""
HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True)
class Kept:
    """A stored file: the SHA-256 of its bytes, and how many they are. `fresh`: it was not there before."""

    file: bytes
    size: int
    fresh: bool


class Cabinet:
    """Files by their digests, at a path that fsspec understands."""

    def __init__(self, place: str) -> None:
        """Use the folder at `place`; nothing is made before something is stored. Raises Usage for no such place."""
        from fsspec.core import url_to_fs
        from fsspec.implementations.local import LocalFileSystem

        try:
            self._fs, root = url_to_fs(place)
        except (ValueError, ImportError, TypeError) as error:
            message = f"ROZNAMCHA_DOCUMENTS names no place that fsspec knows: {' '.join(str(error).split())[:200]}"
            raise Usage(message) from None
        self._root = str(root).rstrip("/")
        self._local = isinstance(self._fs, LocalFileSystem)

    # --- storing ------------------------------------------------------------------------------------------------------

    def keep(self, pieces: Iterable[bytes]) -> Kept:
        """Store what `pieces` bring, and give its digest. If the same lies here already, nothing is written over it.

        It is on the disk when this comes back. Raises Unavailable when it can't be stored, Broken when what lies here
        under that digest is something else.
        """
        with self._trouble("stored"):
            return self._keep_local(pieces) if self._local else self._keep_elsewhere(pieces)

    def _keep_local(self, pieces: Iterable[bytes]) -> Kept:
        new = Path(self._root) / NEW
        for folder in (new.parent, new):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = new / f"{os.getpid()}-{secrets.token_hex(8)}"
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        try:
            with os.fdopen(file, "wb") as out:
                digest, size = _written(pieces, out)
                out.flush()
                os.fsync(out.fileno())
            reach("attacher: file written")
            # If we die here, a file under no digest's name is left: nothing refers to it, and `doctor` names it.
            place = Path(self._path(digest))
            place.parent.mkdir(exist_ok=True, mode=0o700)
            try:
                os.link(fresh, place)
                first = True
            except FileExistsError:
                self._same(digest, size)
                first = False
        finally:
            fresh.unlink(missing_ok=True)
        for folder in (place.parent, new.parent, new.parent.parent):
            _to_disk(folder)
        reach("attacher: file kept")
        # If we die here, a file is stored and no entry has it: `doctor` names it, and the same upload finds it there.
        return Kept(digest, size, first)

    def _keep_elsewhere(self, pieces: Iterable[bytes]) -> Kept:
        fresh = f"{self._root}/{NEW}/{secrets.token_hex(12)}"
        self._fs.makedirs(f"{self._root}/{NEW}", exist_ok=True)
        try:
            with self._fs.open(fresh, "wb") as out:
                digest, size = _written(pieces, out)
            place = self._path(digest)
            if not self._fs.exists(place):
                self._fs.makedirs(place.rpartition("/")[0], exist_ok=True)
                self._fs.mv(fresh, place)
                self._same(digest, size)
                return Kept(digest, size, fresh=True)
            self._same(digest, size)
        finally:
            if self._fs.exists(fresh):
                self._fs.rm_file(fresh)
        return Kept(digest, size, fresh=False)

    def _same(self, digest: bytes, size: int) -> None:
        """What lies here under a digest has it. Raises Broken."""
        if why := self.flaw(digest, size):
            message = f"the stored file {digest.hex()} {why}: restore it from a copy before anything is attached to it"
            raise Broken(message)

    # --- reading ------------------------------------------------------------------------------------------------------

    def pieces(self, digest: bytes) -> Iterator[bytes]:
        """The bytes of a stored file. They are true only if `digest` is theirs: whoever uses them reckons that first.

        Raises Broken when there is none, Unavailable when it can't be read.
        """
        with self._trouble("read"):
            try:
                file = self._fs.open(self._path(digest), "rb")
            except (FileNotFoundError, IsADirectoryError):
                message = f"the stored file {digest.hex()} is missing: restore it from a copy of the data folder"
                raise Broken(message) from None
            with file:
                while block := file.read(BLOCK):
                    yield block

    def size(self, digest: bytes) -> int | None:
        """Bytes of a stored file; None when there is none."""
        with self._trouble("found"):
            try:
                found: Any = self._fs.info(self._path(digest))
            except FileNotFoundError:
                return None
            return int(found["size"]) if found["type"] == "file" else None

    def flaw(self, digest: bytes, size: int, *, whole: bool = True) -> str:
        """What is wrong with a stored file; empty when nothing is. Not `whole`: whether it is there, in its size."""
        found = self.size(digest)
        if found is None:
            return "is missing"
        if found != size:
            return f"has {found:,} bytes and was stored with {size:,}"
        if not whole:
            return ""
        reckoned = hashlib.sha256()
        for piece in self.pieces(digest):
            reckoned.update(piece)
        return "" if reckoned.digest() == digest else "was altered: its bytes have another digest"

    def files(self) -> Iterator[tuple[str, bool]]:
        """Every file that lies here: the hexadecimal digest that it is called by, or its path; and which of both."""
        with self._trouble("listed"):
            found = self._fs.find(self._root) if self._fs.exists(self._root) else []
            for path in sorted(found):
                folder, _, name = str(path).removeprefix(self._root).lstrip("/").rpartition("/")
                called = len(name) == 64 and set(name) <= HEX and folder == name[:2]  # noqa: PLR2004 (a SHA-256)
                yield (name, True) if called else (f"{folder}/{name}".lstrip("/"), False)

    def _path(self, digest: bytes) -> str:
        name = digest.hex()
        return f"{self._root}/{name[:2]}/{name}"

    @contextmanager
    def _trouble(self, what: str) -> Iterator[None]:
        """What goes wrong with the file system is told in a line, without a path or a name."""
        try:
            yield
        except OSError as error:
            message = f"a document cannot be {what}: {error.strerror or type(error).__name__} (see ROZNAMCHA_DOCUMENTS)"
            raise Unavailable(message) from None


def _written(pieces: Iterable[bytes], out: Any) -> tuple[bytes, int]:  # noqa: ANN401 (a file, whoever's)
    """Write pieces to a file; give their SHA-256, and how many bytes they are."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        out.write(piece)
        digest.update(piece)
        size += len(piece)
    return digest.digest(), size


def _to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
