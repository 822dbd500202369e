"""The cabinet: each file under its digest, none written over, whatever file system it is."""

from __future__ import annotations

import errno
import hashlib
import os
import threading
from pathlib import Path

import pytest

from roznamcha.documents.cabinet import NEW, Cabinet
from roznamcha.errors import Broken, Unavailable, Usage

TEXT = b"a report of two pages"
DIGEST = hashlib.sha256(TEXT).digest()


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder, and a file system of fsspec's that is none."""
    return str(tmp_path / "documents") if request.param == "folder" else f"memory://{tmp_path.name}"


def test_a_file_lies_under_its_digest_and_is_stored_once(place: str) -> None:
    """The same bytes again are the same file; nothing half written stays."""
    cabinet = Cabinet(place)
    assert list(cabinet.files()) == []
    first, again = cabinet.keep([TEXT[:5], TEXT[5:]]), Cabinet(place).keep([TEXT])
    assert (first.file, first.size, first.fresh) == (DIGEST, len(TEXT), True)
    assert (again.file, again.fresh) == (DIGEST, False)
    assert b"".join(cabinet.pieces(DIGEST)) == TEXT
    assert list(cabinet.files()) == [(DIGEST.hex(), True)]
    assert cabinet.flaw(DIGEST, len(TEXT)) == ""
    assert "and was stored with 9" in cabinet.flaw(DIGEST, 9)
    assert cabinet.flaw(bytes(32), 9) == "is missing"
    with pytest.raises(Broken, match="is missing"):
        list(cabinet.pieces(bytes(32)))


def test_nothing_is_written_over(place: str) -> None:
    """What lies there under that digest and is something else stays as it is, and it is told."""
    cabinet = Cabinet(place)
    path = f"{cabinet._root}/{DIGEST.hex()[:2]}/{DIGEST.hex()}"  # noqa: SLF001 (as a stranger would)
    cabinet._fs.makedirs(path.rpartition("/")[0], exist_ok=True)  # noqa: SLF001
    cabinet._fs.pipe_file(path, b"X" * len(TEXT))  # noqa: SLF001
    with pytest.raises(Broken, match="was altered"):
        cabinet.keep([TEXT])
    assert b"".join(cabinet.pieces(DIGEST)) == b"X" * len(TEXT)
    assert [name for name, _ in cabinet.files()] == [DIGEST.hex()]


def test_two_who_store_the_same_at_once_store_it_once(tmp_path: Path) -> None:
    """Eight threads, one file: one is first, the others find it, and none is told of an error."""
    cabinet, found, start = Cabinet(str(tmp_path)), [], threading.Barrier(8)

    def store() -> None:
        start.wait()
        found.append(cabinet.keep([TEXT] * 500))

    threads = [threading.Thread(target=store) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({each.file for each in found}) == 1
    assert sorted(each.fresh for each in found) == [False] * 7 + [True]
    assert len(list(cabinet.files())) == 1


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No room: it is told as a service that is away, and no part of the file stays under any name."""

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        Cabinet(str(tmp_path)).keep([TEXT])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_error_in_what_is_brought_leaves_nothing(place: str) -> None:
    """A file that changes while it is read is not stored at all."""

    def brought() -> object:
        yield TEXT
        raise Usage("it ended")  # noqa: EM101, TRY003

    with pytest.raises(Usage):
        Cabinet(place).keep(brought())  # type: ignore[arg-type]
    assert list(Cabinet(place).files()) == []


def test_strangers_are_told_from_files(tmp_path: Path) -> None:
    """What lies under no digest's name, or in another folder than its own, is no stored file."""
    for name in (f"{NEW}/12-ab", "notes.txt", f"00/{DIGEST.hex()}"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(TEXT)
    assert sorted(Cabinet(str(tmp_path)).files()) == [
        (f"00/{DIGEST.hex()}", False), (f"{NEW}/12-ab", False), ("notes.txt", False),
    ]  # fmt: skip


def test_a_place_that_nobody_knows_is_told() -> None:
    """A setting that is none is wrong use."""
    with pytest.raises(Usage, match="ROZNAMCHA_DOCUMENTS"):
        Cabinet("nowhere://x")


def test_stored_files_are_their_owners(tmp_path: Path) -> None:
    """Nobody else reads them, and their owner doesn't write them by mistake."""
    cabinet = Cabinet(str(tmp_path / "documents"))
    cabinet.keep([TEXT])
    (path,) = (path for path in (tmp_path / "documents").rglob("*") if path.is_file())
    assert path.stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "documents").stat().st_mode & 0o777 == 0o700
