"""Papers that an import brings: beside the file, of the digest that the line says, with their act or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from roznamcha.documents.paper import papers_of
from roznamcha.errors import Refused
from tests.acts import sent
from tests.documents.station import READER, Station

TEXT = b"Zzyxvictim said this on the second of July."
DIGEST = hashlib.sha256(TEXT).hexdigest()


def line(record: str, *papers: dict[str, Any], name: str = "case.SceneVisited") -> dict[str, Any]:
    """A line of an import with papers."""
    return sent(name, record) | ({"documents": list(papers)} if papers else {})


def paper(path: str = "papers/statement.pdf", **told: Any) -> dict[str, Any]:
    """A paper as a line names it."""
    return {"path": path, "sha256": DIGEST} | told


def imported(at: Station, folder: Path, *lines: dict[str, Any], code: int = 0) -> tuple[Any, list[Any]]:
    """An import from a folder with a paper in it; and the refused lines."""
    (folder / "papers").mkdir(exist_ok=True)
    (folder / "papers" / "statement.pdf").write_bytes(TEXT)
    file, rejects = folder / "register.jsonl", folder / "rejects.jsonl"
    file.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
    rejects.unlink(missing_ok=True)
    told = at.run("import", str(file), "--rejects", str(rejects), code=code)
    return told, [json.loads(each) for each in rejects.read_text().splitlines()] if rejects.exists() else []


def test_papers_come_with_the_record_that_their_file_begins(at: Station, tmp_path: Path) -> None:
    """The first line begins it, the next hangs a sealed paper and an open one on its act; again, nothing is added."""
    lines = [
        line("old:9", name="case.FIRRegistered"),
        line("old:9", paper(of="V1"), paper("papers/notice.txt", open=True, sha256=hashlib.sha256(b"n").hexdigest())),
        line("old:10", paper(), name="case.FIRRegistered"),
        line("old:9"),
    ]
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "notice.txt").write_bytes(b"n")
    tally, away = imported(at, tmp_path, *lines)
    assert (tally["recorded"], tally["entries"], away) == (4, 6, [])
    shown = at.run("document", "list", "old:9")
    assert [(each["entry"], each["act"], each["sealed"]) for each in shown] == [
        (2, "case.SceneVisited", "V1"), (2, "case.SceneVisited", None),
    ]  # fmt: skip
    assert TEXT not in at.bytes_kept()
    out = tmp_path / "out.pdf"
    at.run("document", "get", "old:9", shown[0]["file"], "-o", str(out), *READER)
    assert out.read_bytes() == TEXT
    entries, files = at.entries(), set(at.stored())
    again, _ = imported(at, tmp_path, *lines)
    assert (again["recorded"], again["already"], at.entries(), set(at.stored())) == (0, 4, entries, files)


def test_a_paper_that_is_not_the_one_that_was_meant_costs_its_own_line(at: Station, tmp_path: Path) -> None:
    """Another digest, no file, a folder, a link that leads out: nothing of that line is entered, the rest goes in."""
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_bytes(TEXT)
    (tmp_path / "link.pdf").symlink_to(outside)
    wrong: list[tuple[dict[str, Any], str]] = [
        (paper(sha256="0" * 64), "has another digest than the line says"),
        (paper("papers/none.pdf"), "cannot be read"),
        (paper("papers"), "is no plain file"),
        (paper("link.pdf"), "does not lie in the folder of the import file"),
    ]
    lines = [line(at.case, each) for each, _ in wrong]
    own = {"name": "case.DocumentsAttached", "record": at.case, "documents": [paper()], "fields": {"documents": []}}
    before, files = at.entries(), set(at.stored())
    tally, away = imported(at, tmp_path, *lines, lines[0] | own, line(at.case), code=5)
    assert (tally["recorded"], at.entries(), [each["line"] for each in away]) == (1, before + 1, [1, 2, 3, 4, 5])
    for (_, said), each in zip(wrong, away, strict=False):
        assert said in each["reasons"][0], each
    assert "papers come with the act" in away[4]["reasons"][0]
    assert set(at.stored()) == files


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a.pdf", "a list of 1 to 100 papers"),
        ([], "a list of 1 to 100 papers"),
        (["a.pdf"], "must be an object with path and sha256"),
        ([paper("/etc/passwd")], "without .. in it"),
        ([paper("../a.pdf")], "without .. in it"),
        ([paper("a\x00.pdf")], "without .. in it"),
        ([paper(sha256=DIGEST.upper())], "64 small hexadecimal digits"),
        ([paper(path=7)], "must be text"),
        ([paper(of="Ram Singh")], "a code (A1"),
        ([paper(of="V1", open=True)], "and not both"),
        ([paper(open="yes")], "must be true or false"),
        ([paper(media_type="PDF")], "must be type/subtype"),
        ([paper(size=3)], "unknown key 'size'"),
    ],
)
def test_what_is_wrong_with_a_paper_is_said(given: Any, said: str) -> None:
    """With every reason, before any file is opened; a name that was written there is not repeated."""
    with pytest.raises(Refused) as refused:
        papers_of(given)
    assert any(said in each for each in refused.value.reasons), refused.value.reasons
    assert "Ram" not in str(refused.value)
