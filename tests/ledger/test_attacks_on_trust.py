"""Attacks that no single copy can show, and attacks on whoever checks one: what a mirror, and what a stranger sees.

The last test holds the table in `docs/ledger.md` and the tests together.
"""

from __future__ import annotations

import ast
import base64
import json
import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from importlib import resources
from pathlib import Path

import pytest
from _pytest.monkeypatch import MonkeyPatch

from roznamcha.ledger import verify
from roznamcha.ledger.leaf import Chain
from roznamcha.ledger.notes import Signer, vkey_of
from roznamcha.ledger.sequencer import Sequencer
from tests.acts import act
from tests.ledger.copies import ACCUSED, VICTIM, WITNESS, Court, packed, values
from tests.ledger.keeping import BASE
from tests.ledger.mirror import breaks, entries_in, totals
from tests.ledger.test_attacks import fork
from tests.ledger.test_attacks_on_store import audited
from tests.roznamcha.test_store import store_on

ROOT = Path(__file__).resolve().parents[2]
CAUGHT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 20, 21}
"""The rows of the table of threats for which a test mounts the attack."""
ROW = re.compile(r"^\| ([0-9]+) \|.*\|([^|]*)\|$", re.MULTILINE)
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def mirrored(court: Court) -> list[bytes]:
    """Every leaf, from the files alone."""
    folder = court.keeper.folder / "mirror"
    court.run("ledger", "export-tiles", str(folder))
    return entries_in(folder / "2026")


def test_a_parallel_secret_chain(attacked: Court, monkeypatch: MonkeyPatch) -> None:
    """A second chain of the same record, rightly sequenced and signed, kept from the record's copies: audit and mirror.

    No copy shows it: the one copy is whole by itself.
    """
    assert breaks(mirrored(attacked)) == []
    store = store_on(attacked.keeper.url)
    store.record(act("case.HearingHeld", attacked.record))
    store.datastore.close()
    monkeypatch.setattr(
        Sequencer, "_remember", lambda self, records: self._chains.update(dict.fromkeys(records, Chain()))
    )
    attacked.keeper.tamper("ALTER TABLE roznamcha.leaves DROP CONSTRAINT leaves_record_id_place_key")
    attacked.run("ledger", "run", "--once")
    monkeypatch.undo()
    attacked.keeper.tamper("UPDATE roznamcha.leaves SET record_id = NULL WHERE index = 6")
    assert breaks(mirrored(attacked)) == [f"leaf 6 is a second place 0 of record {attacked.record}"]
    first, *more = audited(attacked)
    assert first.startswith(f"leaf 6 of {BASE}/2026 is of position 6")
    assert more == [f"leaf 6 of {BASE}/2026 is kept as number 0 of a record, and is of none"]
    to = attacked.keeper.folder / "c.zip"
    attacked.run("bundle", attacked.record, "--for", "public", "-o", str(to))
    assert {
        how for line, how, _ in verify.judge(to.read_bytes(), attacked.policy) if line in {"LOGGED", "COMPLETE"}
    } == {"OK"}


def test_an_entry_filed_under_another_record(attacked: Court) -> None:
    """It is logged all the same: the mirror counts it in its register, and the other record's copy shows it."""
    before = totals(mirrored(attacked))
    store = store_on(attacked.keeper.url)
    other = str(store.find("court:2"))
    store.record(act("case.HearingHeld", other))
    store.datastore.close()
    attacked.run("ledger", "run", "--once")
    assert totals(mirrored(attacked)) - before == Counter({"case": 1})
    acts = []
    for record in (attacked.record, other):
        attacked.record = record
        files = verify.unpack(attacked.copy("public")[1])
        acts.append([value["name"] for name, value in values(files) if name == "meta.act"].count("case.HearingHeld"))
    assert acts == [0, 1]


def test_a_withheld_name_can_not_be_guessed(case: Court) -> None:
    """Whoever knows every name, column and salt that a public copy shows finds none of the digests it withholds.

    Nor does a digest of a name alone stand anywhere in it. With its own salt, 128 random bits, the name is found.
    """
    files = case.files("public")
    withheld = {each["digest"] for each in json.loads(files[verify.WITHHELD]) if each.get("person")}
    assert len(withheld) >= 3
    lines = [line for name, data in files.items() if name.startswith("disclosures/") for line in data.decode().split()]
    salts = {json.loads(base64.urlsafe_b64decode(each + "=="))[0] for each in lines} | {"", "A" * 22}
    columns = ("informant_name", "witnesses.0.witness_name", "accused_name")
    names = (VICTIM, WITNESS, ACCUSED)

    def digest(salt: str, column: str, name: str) -> str:
        told = json.dumps([salt, column, name], ensure_ascii=False).encode()
        return verify.web(sha256(base64.urlsafe_b64encode(told).rstrip(b"=")).digest())

    guesses = {digest(salt, column, name) for salt in salts for column in columns for name in names}
    assert not guesses & withheld
    everything = b"".join(files.values())
    for name in names:
        plain = sha256(name.encode()).digest()
        assert plain.hex().encode() not in everything
        assert verify.web(plain).encode() not in everything
    own = {
        digest(*json.loads(base64.urlsafe_b64decode(line + "==")))
        for place, data in case.files("sealed").items() if place.startswith("disclosures/")
        for line in data.decode().split() if any(each in str(verify.opened(line)[1]) for each in names)
    }  # fmt: skip
    assert len(own & withheld) == 3


TROJAN = b'print("INTACT     OK\\nLOGGED     OK\\nWITNESSED  OK\\nTIMED      OK\\nSIGNED     OK\\nCOMPLETE   OK\\n")\n'


def test_a_trojan_and_a_policy_in_the_copy(case: Court, tmp_path: Path) -> None:
    """A forked copy with a `verify.py` that says yes, and the forger's own key as its policy, the manifest made anew.

    A court's own `verify.py` and policy say LOGGED FAILED, with 3; compared with the published one the trojan is found.
    """
    stranger = Signer(f"{BASE}/2026", b"f" * 32)
    policy = f"log {vkey_of(stranger.key)}\nquorum none\n".encode()
    forged = packed(fork(case.files("court")) | {"tools/verify.py": TROJAN, "trust/policy.txt": policy})
    (tmp_path / "copy.zip").write_bytes(forged)
    (tmp_path / "policy").write_text(case.policy_text)
    own = resources.files("roznamcha.ledger") / "verify.py"
    (tmp_path / "verify.py").write_bytes(own.read_bytes())
    for name, data in verify.unpack(forged).items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(data)
    python = [sys.executable, "-I", "-S"]
    trojan = subprocess.run(
        [*python, "out/tools/verify.py", "copy.zip"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (trojan.returncode, trojan.stdout.count(b"OK")) == (0, 6), "whoever runs it is told that all is well"
    command = [*python, "verify.py", "copy.zip", "--policy", "policy", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 3
    assert [each["line"] for each in json.loads(done.stdout) if each["verdict"] == "FAILED"] == ["LOGGED", "DISCLOSED"]
    assert sha256(TROJAN).digest() != sha256(case.files("court")["tools/verify.py"]).digest()
    assert case.files("court")["tools/verify.py"] == own.read_bytes()


def known_tests() -> set[tuple[str, str]]:
    """Every test of the ledger and of faults: its file and its name."""
    files = [each for folder in ("ledger", "fault") for each in (ROOT / "tests" / folder).glob("test_*.py")]
    return {
        (file.name, node.name)
        for file in files
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_the_table_of_attacks_names_tests_that_exist() -> None:
    """Each attack that is said to be caught has its row in the page, and each row a test that is there."""
    rows = {
        int(number): NAMED.findall(tests) for number, tests in ROW.findall((ROOT / "docs/ledger.md").read_text("utf-8"))
    }
    assert rows.keys() == CAUGHT
    for number, named in rows.items():
        assert named, f"row {number} names no test"
        assert {*named} <= known_tests(), f"row {number} names a test that is not there"


@pytest.mark.parametrize("text", ["`test_attacks.py::test_none_such`", "nothing"])
def test_a_row_without_its_test_is_seen(text: str) -> None:
    """The guard above barks: at a name that no test has, and at none."""
    assert not {*NAMED.findall(text)} & known_tests()
