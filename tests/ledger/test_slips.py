"""What a hasty reader hands in, and what papers say of what is not there: each is answered by what it is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from roznamcha.ledger import verify
from tests.acts import act
from tests.ledger.copies import BY, Court
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.papers import read
from tests.roznamcha.test_store import store_on

PERSON = {"order": "O/1", "person": "V1"}


@pytest.mark.parametrize("altered", ["size", "root"])
def test_an_unsigned_head_accuses_nobody(case: Court, tmp_path: Path, altered: str) -> None:
    """A checkpoint that was altered proves nothing, whichever command is given it: 1, and no word of rewriting."""
    note = case.run("ledger", "checkpoint")["note"]
    origin, size, root, rest = note.split("\n", 3)
    other = (
        [origin, str(int(size) - 1), root]
        if altered == "size"
        else [origin, size, ("A" if root[0] != "A" else "B") + root[1:]]
    )
    (tmp_path / "head").write_text("\n".join([*other, rest]))
    for command in (("consistency",), ("audit", "--against")):
        assert "it proves nothing" in case.run("ledger", *command, str(tmp_path / "head"), code=1)
    (tmp_path / "head").write_text(note)
    case.run("ledger", "consistency", str(tmp_path / "head"))


def test_a_store_without_a_ledger_says_what_begins_one(database: str, tmp_path: Path) -> None:
    """The key first: `ledger run` alone would be refused."""
    bare = Court(Keeper(database, tmp_path))
    assert "ledger key new --name NAME" in bare.run("ledger", "checkpoint", code=1)


def test_a_policy_as_windows_saves_it(case: Court, tmp_path: Path) -> None:
    """With a mark before its first letter it is a policy all the same; in UTF-16 it is told how to save it."""
    copy, policy = tmp_path / "c.zip", tmp_path / "policy.txt"
    copy.write_bytes(case.copies["public"])
    judged = [sys.executable, "-I", "-S", verify.__file__, str(copy), "--policy", str(policy)]
    for coding, code, says in (("utf-8-sig", 1, "LOGGED     OK"), ("utf-16", 2, "save it again as UTF-8")):
        policy.write_bytes(case.policy_text.replace("\n", "\r\n").encode(coding))
        done = subprocess.run(judged, capture_output=True, text=True, check=False)
        assert (done.returncode, says in done.stdout + done.stderr) == (code, True), done
    paper = ("report", str(copy), "-o", str(tmp_path / "r.pdf"), "--policy", str(policy))
    assert "save it again as UTF-8" in case.run(*paper, code=1)
    policy.write_bytes(case.policy_text.encode("utf-8-sig"))
    case.run(*paper)


def test_a_name_that_was_erased_is_not_called_withheld(attacked: Court, tmp_path: Path) -> None:
    """The informant's paper says by whose order it is gone, where the name would stand and in the list below."""
    store = store_on(attacked.keeper.url)
    victims = [{"code": "V1", "victim_name": "Zzyxother Marked", "gender": "female"}]
    record = str(store.record(act("case.FIRRegistered", "erased:1", victims=victims)).record_id)
    order = {**PERSON, "authority": "Juvenile Justice Board", "basis": "order of a court"}
    store.record(act("case.ErasureOrdered", record, **order))
    second = {"second_officer": "CG-9002", "second_officer_rank": "Inspector"}
    assert store.record(act("case.ErasureExecuted", record, **PERSON, **second)).status == "recorded"
    store.datastore.close()
    attacked.run("copy", record, "-o", str(tmp_path / "c.pdf"), *BY)
    page = read((tmp_path / "c.pdf").read_bytes())
    assert page.count("erasedbyorderO/1") == 2, page
    assert "withheld:V1" not in page


def test_the_hindi_readme_names_every_folder(case: Court) -> None:
    """What lies in a copy is told in both languages."""
    hindi, _, english = case.files("court")["README.txt"].decode().partition("WHAT THIS IS")
    folders = re.findall(r"^  ([a-z]+/|withheld\.json) ", english, re.MULTILINE)
    assert len(folders) > 8
    assert re.findall(r"^  ([a-z]+/|withheld\.json) ", hindi, re.MULTILINE) == folders
    for both in ("checkpoint.body", "custody.jsonld", "-attime", "UTF-8", f"{BASE}/2026"):
        assert (both in hindi, both in english) == (True, True), both
