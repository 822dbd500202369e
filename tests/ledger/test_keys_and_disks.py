"""A signing key that others can read, and a disk that is full while a copy is written: told, and nothing half done."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roznamcha.ledger import verify
from tests.acts import act
from tests.ledger.copies import Court
from tests.roznamcha.kit import Program
from tests.roznamcha.test_store import store_on

ENOUGH = 8_192
"""Bytes that a file may have: room for a head and a proof, and not for a copy."""


def key_in(court: Court) -> Path:
    """The file with the log's key."""
    (path,) = (court.keeper.folder / "data" / "keys" / "ledger").glob("*.key")
    return path


def one_more(court: Court) -> None:
    """An entry that has no leaf yet."""
    store = store_on(court.keeper.url)
    store.record(act("case.HearingHeld", court.record))
    store.close()
    store.datastore.close()


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o601])
def test_nothing_is_signed_with_a_key_that_is_open_to_everybody(attacked: Court, mode: int) -> None:
    """`ledger run` and `bundle` end with 3, and say how to shut it; the public half is shown all the same."""
    key, to = key_in(attacked), attacked.keeper.folder / "x.zip"
    before = attacked.run("ledger", "status")["logs"]
    one_more(attacked)
    key.chmod(mode)
    for command in (("ledger", "run", "--once"), ("bundle", attacked.record, "--for", "public", "-o", str(to))):
        told = attacked.run(*command, code=3)
        assert f"open to everybody on this machine, and nothing is signed with it: chmod 600 {key}" in told
    assert not to.exists()
    assert attacked.run("ledger", "status")["logs"] == before
    assert len(attacked.run("ledger", "key", "list")) == 1
    assert attacked.run("ledger", "audit")["ok"]
    key.chmod(0o600)
    assert attacked.run("ledger", "run", "--once")["signed"] == 1


def test_nor_with_one_that_everybody_can_exchange(attacked: Court) -> None:
    """The folder is open for writing: the key itself is shut, and another could be put in its place."""
    one_more(attacked)
    key_in(attacked).parent.chmod(0o777)
    told = attacked.run("ledger", "run", "--once", code=3)
    assert f"chmod 700 {key_in(attacked).parent}" in told


def test_a_key_that_its_group_can_read_is_warned_of(attacked: Court) -> None:
    """As a service may have it: it signs, and the log says so with the way to shut it."""
    one_more(attacked)
    key_in(attacked).chmod(0o640)
    done = Program(attacked.keeper.folder, attacked.keeper.url).run("ledger", "run", "--once")
    assert "1 checkpoint signed" in done.stdout
    assert "a signing key is open to its group" in done.stderr
    assert f"chmod 600 {key_in(attacked)}" in done.stderr


@contextmanager
def files_end_early(folder: Path) -> Iterator[tuple[Path, str]]:
    """No file may be longer: as with a quota."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    (folder / "short").mkdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (ENOUGH, hard))
    try:
        yield folder / "short", "File too large"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def a_full_disk(folder: Path) -> Iterator[tuple[Path, str]]:
    """A file system of its own that has next to no room. Skipped where none can be mounted."""
    place = folder / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no small file system can be mounted here")
    try:
        yield place, "No space left on device"
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("how", [files_end_early, a_full_disk])
def test_a_disk_is_full(
    attacked: Court, tmp_path: Path, how: Callable[[Path], contextmanager[tuple[Path, str]]]
) -> None:
    """Neither a part of a copy nor a trace of one is left, and a copy that was there stays; what to do is said, with 2.

    With room again it is made, and is whole.
    """
    asked = ("bundle", attacked.record, "--for", "public", "-o")
    with how(tmp_path) as (place, why):
        (place / "old.zip").write_bytes(b"an earlier copy")
        for name in ("new.zip", "old.zip"):
            told = attacked.run(*asked, str(place / name), code=2)
            assert f"{place / name} cannot be written: {why}" in told
        assert [each.name for each in place.iterdir()] == ["old.zip"]
        assert (place / "old.zip").read_bytes() == b"an earlier copy"
    attacked.run(*asked, str(tmp_path / "new.zip"))
    lines = {line: verdict for line, verdict, _ in verify.judge((tmp_path / "new.zip").read_bytes(), attacked.policy)}
    assert "FAILED" not in lines.values()


def test_proofs_and_tiles_on_a_full_disk(attacked: Court, tmp_path: Path) -> None:
    """What is too large for the disk isn't there in part; the checkpoint, which comes last, isn't there at all."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        assert "cannot be written" in attacked.run("ledger", "prove", "1", "-o", str(tmp_path / "p"), code=2)
        assert "cannot be written" in attacked.run("ledger", "export-tiles", str(tmp_path / "t"), code=2)
    finally:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
        )
    assert not [each for folder in "pt" for each in (tmp_path / folder).rglob("*") if each.is_file()]
