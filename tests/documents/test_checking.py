"""A stored file that is missing, cut or altered is named by `document check`, `verify`, `doctor`, and not given out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from consumers.steps import WATCHERS
from tests.documents.station import PLACE, READER, WHO, Station

SECRET = b"what V1 said " * 100_000


@pytest.fixture(scope="module")
def files(at: Station) -> dict[str, str]:
    """A sealed and an open document of the case, by what they are; and where each hangs."""
    made = {}
    for name, more in (("sealed", ("--document-of", "V1")), ("open", ("--document-open",))):
        paper = ("--document", at.file(f"{name}.pdf", SECRET + name.encode()))
        told = at.run("record", "case.SceneVisited", *WHO, "--record", at.case, *PLACE, *paper, *more)
        made[name] = told["documents"]["files"][0]["file"]
    return made


def part(at: Station, name: str) -> Any:
    """What `doctor` says of a part, whatever else it says."""
    for code in (0, 3):
        try:
            told = at.run("doctor", code=code)
        except AssertionError:
            continue
        return next(each for each in told["parts"] if each["part"] == name)
    raise AssertionError(name)


def test_what_is_whole_is_well(at: Station, files: dict[str, str]) -> None:
    """Two documents in two files; `verify` has read them too."""
    told = at.run("document", "check")
    assert (told["ok"], told["documents"], told["files"]) == (True, 2, 2)
    assert (told["bad"], told["orphans"], told["half_written"]) == ([], [], [])
    assert (at.run("verify")["documents"], part(at, "documents")["ok"]) == (2, True)
    assert at.run("document", "check", at.case)["documents"] == 2


HARM: dict[str, tuple[Callable[[Path], Any], str, bool]] = {
    "missing": (lambda path: path.unlink(), "is missing", False),
    "cut off": (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes and was stored with", False),
    "a bit turned": (
        lambda path: path.write_bytes(path.read_bytes()[:-1] + bytes([path.read_bytes()[-1] ^ 1])),
        "was altered", True,
    ),
    "another file in its place": (lambda path: path.write_bytes(bytes(path.stat().st_size)), "was altered", True),
}  # fmt: skip
"""What is done to a stored file, what is said, and whether it can be seen only by reading all of it."""


@pytest.mark.parametrize("kind", ["sealed", "open"])
@pytest.mark.parametrize("harm", HARM)
def test_a_stored_file_that_is_not_what_it_was_is_named(
    at: Station, files: dict[str, str], tmp_path: Path, kind: str, harm: str
) -> None:
    """The file and the entry that has it are named, with exit 3; nothing of it comes out; mended, all is well again."""
    do, words, deep = HARM[harm]
    digest = files[kind]
    path = at.stored()[digest]
    kept = path.read_bytes()
    path.chmod(0o600)
    do(path)
    out = tmp_path / "out"
    try:
        told = at.run("document", "check", code=3)
        (bad,) = told["bad"]
        assert (bad["file"], words in bad["why"], bad["version"] > 1) == (digest, True, True)
        first = at.run("verify", code=3)["first_bad"]
        assert (digest[:16] in first["why"], first["version"], first["position"]) == (
            True,
            bad["version"],
            bad["position"],
        )
        doctor = part(at, "documents")
        assert (doctor["ok"], words in doctor["says"]) == (deep, not deep)
        assert "stored file" in str(at.run("document", "get", at.case, digest, "-o", str(out), *READER, code=3))
        assert list(tmp_path.iterdir()) == []
        if harm != "missing":
            again = ("--document", at.file(f"{kind}.pdf", SECRET + kind.encode()))
            more = ("--document-of", "V1") if kind == "sealed" else ("--document-open",)
            visit = ("record", "case.SceneVisited", *WHO, "--record", at.case, *PLACE)
            assert "restore it from a copy" in at.run(*visit, *again, *more, code=3)
    finally:
        path.unlink(missing_ok=True)
        path.write_bytes(kept)
    assert at.run("document", "check")["ok"] is True


def test_an_upload_that_dies_before_its_entry_leaves_what_the_same_upload_uses(
    at: Station, files: dict[str, str]
) -> None:
    """Stored and not entered: `doctor` names it and is well; the same again enters it, and stores nothing new."""
    visit = (
        "record",
        "case.SceneVisited",
        *WHO,
        "--record",
        at.case,
        *PLACE,
        "--document",
        at.file("late.pdf", b"late"),
    )

    class Died(BaseException):
        """The process is gone."""

    def die(step: str) -> None:
        if step == "attacher: file kept":
            raise Died

    WATCHERS.append(die)
    before = set(at.stored())
    try:
        with pytest.raises(Died):
            at.run(*visit)
    finally:
        WATCHERS.remove(die)
    (orphan,) = set(at.stored()) - before
    told = part(at, "documents")
    assert (told["ok"], orphan[:16] in told["says"]) == (True, True)
    assert at.run("document", "check")["orphans"] == [orphan]
    assert at.run(*visit)["documents"]["files"][0]["file"] == orphan
    assert at.run("document", "check")["orphans"] == []
    half = at.folder / "data" / "documents" / "new" / "17-half"
    half.write_bytes(b"half")
    assert at.run("document", "check")["half_written"] == ["new/17-half"]
    assert "new/17-half" in part(at, "documents")["says"]
    half.unlink()


def test_documents_lie_on_any_file_system_of_fsspec(at: Station, tmp_path: Path) -> None:
    """On one that is no folder: stored, entered, checked, taken out."""
    elsewhere = {"ROZNAMCHA_DOCUMENTS": "memory://station"}
    case = at.record("case.FIRRegistered", record="none")["called"]
    paper = ("--document", at.file("far.pdf", SECRET))
    told = at.run("record", "case.SceneVisited", *WHO, "--record", case, *PLACE, *paper, **elsewhere)
    digest, before = told["documents"]["files"][0]["file"], set(at.stored())
    assert digest not in before
    assert at.run("document", "check", case, **elsewhere)["ok"] is True
    assert at.run("document", "check", case, code=3)["bad"][0]["why"] == "is missing"
    at.run("document", "get", case, digest, "-o", str(tmp_path / "far.pdf"), *READER, **elsewhere)
    assert (tmp_path / "far.pdf").read_bytes() == SECRET
