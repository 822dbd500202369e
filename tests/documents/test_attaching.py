"""Attached with an act, all or nothing; taken out whole and with its own digest, or not at all."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from roznamcha.documents import attaching
from roznamcha.documents.source import Source
from roznamcha.errors import Refused, Usage
from tests.documents.station import PLACE, READER, WHO, Station

TEXT = b"Zzyxvictim was seen on the second of July.\n" * 25_000
SCENE = ("record", "case.SceneVisited", *WHO)


def scene(at: Station, *arguments: str, code: int = 0) -> Any:
    """A visit to the scene, which carries what a test hangs on it."""
    return at.run(*SCENE, "--record", at.case, *PLACE, *arguments, code=code)


def test_a_sealed_document_comes_back_and_who_read_it_is_entered(at: Station, tmp_path: Path) -> None:
    """Entered right behind its act; nothing of it lies anywhere in the clear, nor its digest; reading is an entry."""
    told = scene(at, "--document", at.file("Zzyx statement.pdf", TEXT), "--document-of", "V1")
    hung = told["documents"]
    assert hung["version"] == told["version"] + 1
    digest, kept = hashlib.sha256(TEXT), at.bytes_kept()
    for secret in (TEXT, b"Zzyx", digest.digest(), digest.hexdigest().encode(), b"%d" % len(TEXT)):
        assert secret not in kept, secret
    (shown,) = [each for each in at.run("document", "list", at.case) if each["attached_by"] == hung["version"]]
    assert (shown["entry"], shown["act"], shown["sealed"]) == (told["version"], "case.SceneVisited", "V1")
    assert (shown["media_type"], shown["sha256"], shown["size"], shown["name"]) == ("application/pdf", None, None, None)
    assert "Zzyx" not in str(at.run("history", at.case)) + str(at.run("show", at.case))
    out, before = tmp_path / "out.pdf", at.entries()
    asked = ("document", "get", at.case, shown["file"][:12], "-o", str(out))
    assert "say who reads it" in at.run(*asked, code=2)
    assert (out.exists(), at.entries()) == (False, before)
    got = at.run(*asked, *READER)
    assert (out.read_bytes(), got["sha256"], got["name"]) == (TEXT, digest.hexdigest(), "Zzyx statement.pdf")
    assert out.stat().st_mode & 0o777 == 0o600
    read = at.run("history", at.case)["entries"][-1]
    assert (read["name"], read["fields"]["reason"], at.entries()) == ("case.AccessRecorded", "to supervise", before + 1)
    assert {"version": hung["version"], "column": "documents.0.document_name", "person": "V1"} in (
        read["fields"]["columns"]
    )


def test_nothing_is_written_over(at: Station, tmp_path: Path) -> None:
    """A file that is there stays, and nobody is entered as having read."""
    told = scene(at, "--document", at.file("plan.txt"))
    out, before = tmp_path / "out.txt", at.entries()
    out.write_text("mine")
    asked = ("document", "get", at.case, told["documents"]["files"][0]["file"], *READER, "-o")
    assert "is there already" in at.run(*asked, str(out), code=2)
    assert "its folder is not there" in at.run(*asked, str(tmp_path / "nowhere" / "x"), code=2)
    assert (out.read_text(), at.entries()) == ("mine", before)


def test_an_open_document_is_known_by_its_own_digest(at: Station, tmp_path: Path) -> None:
    """Who says that it is open finds it by what sha256sum says, and reading it is no entry."""
    told = scene(at, "--document", at.file("notice.pdf", b"a public notice"), "--document-open")
    digest = hashlib.sha256(b"a public notice").hexdigest()
    assert told["documents"]["files"] == [
        {"file": digest, "size": 15, "media_type": "application/pdf", "person": ""}
    ]  # fmt: skip
    before = at.entries()
    assert at.run("document", "get", at.case, digest, "-o", str(tmp_path / "x"))["bytes"] == 15
    assert at.entries() == before
    assert at.run("document", "list", at.case)[-1]["name"] == "notice.pdf"


def test_several_documents_are_one_entry_and_each_file_hangs_once(at: Station) -> None:
    """Two papers with one act; the same paper again on the same entry is refused, and everything of it."""
    one, two = at.file("one.txt", b"one"), at.file("two.txt", b"two")
    told = scene(at, "--document", one, "--document", two)
    assert len(told["documents"]["files"]) == 2
    before = at.entries()
    assert "Once is enough" in str(scene(at, "--document", one, "--document", one, code=1))
    more = ("record", "case.DocumentsAttached", *WHO, "--record", at.case, "--document", one, "--field")
    assert "hangs on entry" in str(at.run(*more, f"entry={told['version']}", code=1))
    assert "no document can hang on entry 999" in str(at.run(*more, "entry=999", code=1))
    assert "no document can hang on entry 0" in str(at.run(*more[:-1], code=1))
    assert at.entries() == before
    assert at.run(*more, "entry=1")["name"] == "case.DocumentsAttached"
    assert at.run("document", "list", at.case)[-1]["entry"] == 1


def test_a_record_may_begin_with_a_document_and_the_same_command_is_the_same(at: Station) -> None:
    """The key under which it is sealed is that of the record that is only just begun; sent again, nothing is added."""
    command, paper = ("--command-id", str(uuid4())), ("--document", at.file("fir.pdf", b"the first information"))
    first = at.record("case.FIRRegistered", *command, *paper, record="none")
    entries, files = at.entries(), set(at.stored())
    again = at.record("case.FIRRegistered", *command, *paper, record="none")
    assert (again["status"], again["record"]) == ("already", first["record"])
    assert (at.entries(), set(at.stored())) == (entries, files)
    assert at.run("document", "list", first["called"])[0]["entry"] == 1


def test_the_same_paper_in_two_records_can_not_be_told_to_be_the_same(at: Station) -> None:
    """Nor for two persons of one record: keys differ, and so does what is stored."""
    paper = ("--document", at.file("same.pdf", b"the same paper"))
    other = at.record("case.FIRRegistered", *paper, record="none")["documents"]["files"]
    one = scene(at, *paper)["documents"]["files"]
    two = scene(at, *paper, "--document-of", "W1")["documents"]["files"]
    assert len({each[0]["file"] for each in (other, one, two)}) == 3
    assert scene(at, *paper)["documents"]["files"] == one, "the same for the same person in the same record"


def test_a_refused_act_enters_no_document_and_an_attempt_is_still_entered(at: Station) -> None:
    """An impossible move of an article with a paper: refused, the attempt entered, no document."""
    before, paper = at.entries(), ("--document", at.file("memo.pdf"))
    told = at.record("case.PropertyMoved", *paper, code=1, property_id="PR/9")
    assert "PR/9" in str(told)
    assert [each["name"] for each in at.run("history", at.case)["entries"]][-1] == "case.CustodyMoveRefused"
    assert at.entries() == before + 1
    command = ("--command-id", str(uuid4()))
    for _ in range(2):
        assert "PR/9" in str(at.record("case.PropertyMoved", *paper, *command, code=1, property_id="PR/9"))
    assert at.entries() == before + 2


@pytest.mark.parametrize("register", ["inquest.DeathReported", "complaint.ComplaintReceived", "diary.EntryMade"])
def test_every_register_takes_documents(at: Station, register: str) -> None:
    """Whatever register: with its first act."""
    told = at.record(register, "--new", "--document", at.file("paper.jpg"), record="none")
    assert told["documents"]["files"][0]["media_type"] == "image/jpeg"
    assert at.run("document", "list", told["record"])[0]["act"] == register


def test_what_was_not_stored_here_is_not_entered(at: Station) -> None:
    """Who only says a digest is refused, also when it is that of a stored file, or of other bytes than are sealed."""
    scene(at, "--document", at.file("known.txt", b"known"), "--document-open")
    size, digest = len(b"known"), hashlib.sha256(b"known").hexdigest()
    paper = {"file": digest, "size": size, "media_type": "text/plain", "name": "known.txt"}
    sealed = {
        "file": digest, "size": size, "media_type": "text/plain", "person": "V1",
        "document_digest": digest, "document_size": "5", "document_name": "known.txt",
    }  # fmt: skip
    before = at.entries()
    for each in (paper, paper | {"size": 6}, paper | {"file": "00" * 32}, sealed, sealed | {"document_size": "x"}):
        told = at.record("case.DocumentsAttached", code=1, entry=1, documents=[each])
        assert "was not stored here" in str(told)
    assert at.entries() == before


def named(at: Station, name: str) -> str:
    """A file of a name that some systems would not give."""
    return at.file(name)


BAD = {
    "empty": (lambda at: at.file("empty.txt", b""), 1, "is empty"),
    "a folder": (lambda at: str(at.folder), 2, "is no plain file"),
    "nothing": (lambda at: str(at.folder / "nothing.txt"), 2, "No such file"),
    "a device": (lambda _: "/dev/zero", 2, "is no plain file"),
    "a name that turns round": (lambda at: named(at, "a\u202efdp.exe"), 1, "rename it"),
    "a name of two lines": (lambda at: named(at, "a\nb.txt"), 1, "rename it"),
    "a name with a backslash": (lambda at: named(at, "..\\b.txt"), 1, "rename it"),
    "a name that is no text": (lambda at: named(at, "a\udcff.txt"), 1, "rename it"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_refused_in_a_line(at: Station, kind: str) -> None:
    """What is no document: one clear line, nothing stored, nothing entered, also not the good file beside it."""
    make, code, words = BAD[kind]
    entries, files = at.entries(), set(at.stored())
    told = str(scene(at, "--document", at.file("good.txt", b"new " + kind.encode()), "--document", make(at), code=code))
    assert words in told
    assert "\n" not in told
    assert (at.entries(), set(at.stored())) == (entries, files)


def test_a_zero_in_a_path_is_told() -> None:
    """The operating system would end in an error of Python's."""
    with pytest.raises(Usage, match="no path has"):
        Source(Path("a\0b"))


def test_a_pipe_and_a_socket_do_not_stop_us(at: Station) -> None:
    """Nobody writes into the pipe, and we do not wait for it."""
    os.mkfifo(at.folder / "pipe")
    assert "is no plain file" in scene(at, "--document", str(at.folder / "pipe"), code=2)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(at.folder / "sock"))
        assert "cannot be read" in scene(at, "--document", str(at.folder / "sock"), code=2)


@pytest.mark.parametrize(
    "given", [("--media-type", "pdf"), ("--media-type", "text/HTML"), ("--document-of", "Ram Lal")]
)
def test_bad_options_are_wrong_use(at: Station, given: tuple[str, str]) -> None:
    """A media type that isn't one; a name where a code belongs, which is not repeated."""
    entries, files = at.entries(), set(at.stored())
    told = scene(at, "--document", at.file("option.txt", b"opt"), *given, code=2)
    assert "Ram" not in told
    assert "not both" in scene(at, "--document", "x", "--document-of", "V1", "--document-open", code=2)
    assert "name them with --document" in scene(at, *given, code=2)
    assert given[0] in told
    assert (at.entries(), set(at.stored())) == (entries, files)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """It grows, it shrinks, its bytes change: each is noticed, also behind an unchanged time."""
    path = tmp_path / "growing"
    path.write_bytes(bytes(3 << 20))
    for change in (b"x" * (3 << 20), bytes(4 << 20), bytes(2 << 20)):
        with Source(path) as source:
            blocks = source.blocks()
            next(blocks)
            path.write_bytes(change)
            with pytest.raises(Refused, match="changed while it was read"):
                list(blocks)
    with pytest.raises(Refused, match="changed while it was read"):
        list(attaching._the_same([b"other"], hashlib.sha256(b"bytes").digest()))  # noqa: SLF001


def test_a_destroyed_key_takes_the_document_with_it(at: Station, tmp_path: Path) -> None:
    """Erased: the file is there, is what was entered, and opens for nobody; the others still open."""
    gone = scene(at, "--document", at.file("w9.pdf", b"of W9"), "--document-of", "W9")["documents"]["files"][0]["file"]
    stays = scene(at, "--document", at.file("w8.pdf", b"of W8"), "--document-of", "W8")["documents"]["files"][0]["file"]
    with psycopg.connect(at.url) as connection:
        connection.execute("DELETE FROM roznamcha.person_keys WHERE person = 'W9'")
    before = at.entries()
    told = at.run("document", "get", at.case, gone, "-o", str(tmp_path / "x"), *READER, code=1)
    assert "the key of W9 in this record is gone" in str(told)
    assert (at.entries(), (tmp_path / "x").exists()) == (before, False)
    assert at.run("document", "check")["ok"] is True
    assert at.run("document", "get", at.case, stays, "-o", str(tmp_path / "y"), *READER)["bytes"] == 5


def test_a_struck_attachment_is_shown_as_struck(at: Station) -> None:
    """It hung on the wrong entry: the entry is struck, and stays to be read."""
    told = scene(at, "--document", at.file("wrong.txt", b"of another case"))["documents"]
    at.record(
        "case.EntryCorrected", entry=told["entry_id"], version=told["version"], kind="wrong record", reason="of another"
    )
    (shown,) = [each for each in at.run("document", "list", at.case) if each["attached_by"] == told["version"]]
    assert shown["struck_by"] == told["version"] + 1
