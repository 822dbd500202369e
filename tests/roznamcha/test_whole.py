"""Files that are written whole or not at all, for their owner alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from roznamcha.errors import Usage
from roznamcha.whole import must_be_writable, write_whole


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """A umask that lets everybody read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_for_its_owner(tmp_path: Path) -> None:
    """Whatever the umask, and whatever was there before; what is for everybody is so by the umask."""
    path = tmp_path / "sealed.zip"
    path.write_bytes(b"before")
    path.chmod(0o644)
    write_whole(path, b"opened")
    assert (path.read_bytes(), mode(path)) == (b"opened", 0o600)
    write_whole(tmp_path / "page.html", b"for all", public=True)
    assert mode(tmp_path / "page.html") == 0o666


def test_nobody_elses_file_is_written_into(tmp_path: Path) -> None:
    """A link that lies where the new file is begun is taken away, and what it leads to stays as it was."""
    other = tmp_path / "other"
    other.write_bytes(b"kept")
    (tmp_path / ".sealed.zip.new").symlink_to(other)
    must_be_writable(tmp_path / "sealed.zip")
    (tmp_path / ".sealed.zip.new").symlink_to(other)
    write_whole(tmp_path / "sealed.zip", b"opened")
    assert (other.read_bytes(), mode(tmp_path / "sealed.zip")) == (b"kept", 0o600)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "sealed.zip"]
    with pytest.raises(Usage, match="cannot be written"):
        write_whole(tmp_path / "none" / "x", b"")
