"""What a court may be handed: copies of any length, and files that mean harm. On every Python that is here, offline."""

from __future__ import annotations

import io
import json
import os
import resource
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from importlib import resources
from pathlib import Path
from uuid import uuid4

import pytest

from roznamcha.ledger import verify
from roznamcha.ledger.verify import LARGEST, MOST_FILES, Files, pack, unpack
from tests.acts import act
from tests.ledger.copies import Court, packed
from tests.peers.pythons import VERSIONS, python
from tests.roznamcha.test_store import store_on

MEMORY = 900 * 2**20
"""Bytes that the checking of any of these files may take."""
SECONDS = 20
GUARDED = """
import runpy, sys
def hook(event, args):
    if event.startswith(("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "os.system", "subprocess.")):
        raise SystemExit("it went out: " + event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        raise SystemExit("it wrote: " + str(args[0]))
sys.addaudithook(hook)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def checked(folder: Path, *arguments: str, program: Path = Path(sys.executable)) -> subprocess.CompletedProcess[str]:
    """What `verify.py` says, alone, in so much memory and time, with no way out to a network and none to write."""
    own = folder / "verify.py"
    own.write_bytes((resources.files("roznamcha.ledger") / "verify.py").read_bytes())
    command = [str(program), "-I", "-S", "-c", GUARDED, str(own), *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS * 3,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )  # fmt: skip


def lines(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Each line of a verdict, from its JSON."""
    return {each["line"]: each["verdict"] for each in json.loads(done.stdout)}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_python_says_the_same(case: Court, tmp_path: Path, version: str) -> None:
    """`python -I -S`, with the policy of a court: four lines OK, none failed; of a turned byte, INTACT FAILED and 3."""
    program = python(version)
    if program is None:
        pytest.skip(f"there is no Python {version} here")
    copy = case.copies["court"]
    (tmp_path / "policy").write_text(case.policy_text)
    (tmp_path / "copy.zip").write_bytes(copy)
    done = checked(tmp_path, "copy.zip", "--policy", "policy", "--json", program=program)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    assert {line for line, how in lines(done).items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
    assert "FAILED" not in lines(done).values()
    assert json.loads(done.stdout) == [
        dict(zip(("line", "verdict", "says"), each, strict=True)) for each in verify.judge(copy, case.policy)
    ]
    at = copy.index(b"deposit")
    (tmp_path / "turned.zip").write_bytes(copy[:at] + b"D" + copy[at + 1 :])
    turned = checked(tmp_path, "turned.zip", "--json", program=program)
    assert (turned.returncode, lines(turned)["INTACT"]) == (3, "FAILED")


def link(name: str, to: bytes) -> bytes:
    """A zip file with a symbolic link in it, as Unix has them."""
    out, about = io.BytesIO(), zipfile.ZipInfo(name)
    about.create_system, about.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(out, "w") as into:
        into.writestr(about, to)
    return out.getvalue()


def stored(name: bytes, data: bytes = b"", *, flags: int = 0) -> bytes:
    """A file's part of a zip file, by hand."""
    told = struct.pack("<5H3L2H", 20, flags, 0, 0, 0x21, 0, len(data), len(data), len(name), 0)
    return b"PK\x03\x04" + told + name + data


def directory_says_otherwise(data: bytes) -> bytes:
    """The directory at the end names another file than the header in front of it does."""
    at = data.rindex(b"README.txt")
    return data[:at] + b"README.TXT" + data[at + 10 :]


@pytest.fixture(scope="session")
def strange(case: Court) -> dict[str, tuple[bytes, str]]:
    """Files that are no copies, and what is said of each."""
    copy, files = case.copies["court"], list(case.files("court").items())
    inflated = io.BytesIO()
    with zipfile.ZipFile(inflated, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as into, into.open("film", "w") as film:
        for _ in range(1024):
            film.write(bytes(2**20))
    return {
        "empty": (b"", "the bundle is empty"),
        "empty zip": (pack({}), "has no files in it"),
        "no zip": (b"%PDF-1.7 " + copy, "is no zip file"),
        "truncated in a file": (copy[: len(copy) // 2], "is not whole"),
        "truncated in a header": (copy[:20], "cannot be opened"),
        "truncated at the end": (copy[:-1], "packed by another hand"),
        "the end alone is missing": (copy[: copy.index(b"PK\x01\x02")], "packed by another hand"),
        "a gigabyte in some megabytes": (inflated.getvalue(), "compressed"),
        "a million files": (b"".join(stored(b"%07d" % n) for n in range(MOST_FILES + 1)),
                            "more than 1,000,000 files"),
        "an absolute name": (pack({"/etc/passwd": b"x"}), "may lead elsewhere"),
        "a name that climbs": (pack(dict(files) | {"exhibits/../../x": b"x"}), "may lead elsewhere"),
        "a name for Windows": (pack(dict(files) | {"exhibits\\..\\x": b"x", "C:x": b""}), "may lead elsewhere"),
        "a folder": (pack(dict(files) | {"exhibits/": b""}), "may lead elsewhere"),
        "a name that hides": (pack(dict(files) | {"exhibits/a\u202efdp.exe": b""}), "may lead elsewhere"),
        "a name twice": (stored(b"README.txt", b"one") + stored(b"README.txt", b"another"), "there twice"),
        "a link": (link("README.txt", b"/etc/passwd"), "packed by another hand"),
        "encrypted": (stored(b"README.txt", b"x", flags=1) + b"PK\x05\x06" + bytes(18), "encrypted"),
        "two directories": (directory_says_otherwise(copy), "packed by another hand"),
        "deep JSON": (packed(dict(files) | {"leaves/000001.json": b"[" * 60_000}), "RecursionError"),
        "a number of a million digits": (packed(dict(files) | {verify.WITHHELD: b"9" * 1_000_000}), "20 digits"),
        "a long leaf": (packed(dict(files) | {"leaves/000001.json": bytes(2**20)}), "longer than any log takes"),
        "another paper": (packed(dict(files) | {"confession.pdf": b"x"}), "somebody has put it in"),
        "shown of no leaf": (packed(dict(files) | {"disclosures/000099.txt": b"x\n"}), "somebody has put it in"),
    }  # fmt: skip


def test_files_that_mean_harm(strange: dict[str, tuple[bytes, str]], tmp_path: Path) -> None:
    """Each is refused in bounded memory and time: a line FAILED that says why, the exit status 3, no traceback."""
    for name, (data, why) in strange.items():
        (tmp_path / "x.zip").write_bytes(data)
        began = time.monotonic()
        done = checked(tmp_path, "x.zip", "--json")
        assert time.monotonic() - began < SECONDS, name
        assert (done.returncode, done.stderr) == (3, ""), name
        said = [each["says"] for each in json.loads(done.stdout) if each["verdict"] == "FAILED"]
        assert any(why in each for each in said), (name, said)
        assert sorted(each.name for each in tmp_path.iterdir()) == ["verify.py", "x.zip"], name


def test_what_is_no_file(case: Court, tmp_path: Path) -> None:
    """A folder, a pipe, a device without an end, a file of a hundred gigabytes, none at all: 2, at once, and why."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "large").open("wb") as large:
        large.truncate(100 * 2**30)
    for name, why in (
        ("folder", "directory"), ("pipe", "is no file"), ("/dev/zero", "is no file"), ("none", "No such file"),
        ("large", "and a bundle at most 4 GiB"),
    ):  # fmt: skip
        done = checked(tmp_path, name)
        assert (done.returncode, done.stdout) == (2, ""), name
        assert why in done.stderr, name
        assert "Traceback" not in done.stderr
    assert (tmp_path / "large").stat().st_size > LARGEST


def test_a_copy_of_no_record(case: Court, tmp_path: Path) -> None:
    """A record that isn't there has no entries and no copy: refused, and no file."""
    for record in (str(uuid4()), "CG-RPR-01/9999/2026"):
        case.run("bundle", record, "--for", "public", "-o", str(tmp_path / "x.zip"), code=1)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("count", [1, 10_000])
def test_copies_of_any_length(attacked: Court, tmp_path: Path, count: int) -> None:
    """Of one entry and of ten thousand: what can be checked holds, in a few seconds; one leaf less is told."""
    store = store_on(attacked.keeper.url)
    record = attacked.record = str(store.record(act("case.FIRRegistered", f"long:{count}")).record_id)
    for first in range(1, count, 1000):
        outcomes = store.record_units([[act("case.HearingHeld", record)] for _ in range(min(1000, count - first))])
        assert {each[0].status for each in outcomes} == {"recorded"}
    store.close()
    store.datastore.close()
    told, data = attacked.copy("public")
    assert told["leaves"] == count + 1
    (tmp_path / "policy").write_text(attacked.policy_text)
    shutil.copy(tmp_path / "public.zip", tmp_path / "copy.zip")
    began = time.monotonic()
    done = checked(tmp_path, "copy.zip", "--policy", "policy", "--json")
    assert time.monotonic() - began < SECONDS
    assert done.returncode == 1, done.stderr
    assert {line for line, how in lines(done).items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
    files: Files = unpack(data)
    shorter = {name: each for name, each in files.items() if f"{count:06}." not in name}
    (tmp_path / "copy.zip").write_bytes(packed(shorter))
    assert lines(checked(tmp_path, "copy.zip", "--json"))["COMPLETE"] == "FAILED"
