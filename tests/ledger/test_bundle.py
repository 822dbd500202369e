"""The court's copy: four audiences, one root; checked by a stranger without us."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from roznamcha.ledger import readme, verify
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.merkle import leaf_hash
from roznamcha.ledger.notes import Signer, base64_text, body_of, note_of, vkey_of
from roznamcha.ledger.timing import stamps_in
from roznamcha.ledger.verify import COSIGNATURE, judge, pack, read_policy, unpack
from tests.acts import act
from tests.ledger.authority import authority, by_another, retold
from tests.ledger.copies import (
    ACCUSED,
    BY,
    VICTIM,
    WITNESS,
    Court,
    last,
    leaf,
    packed,
    shifted,
    values,
    verdict,
)
from tests.ledger.logs import SIGNER
from tests.roznamcha.test_store import store_on

LINES = ["INTACT", "LOGGED", "WITNESSED", "TIMED", "SIGNED", "COMPLETE", "DISCLOSED"]


def test_a_copy_is_sound(case: Court) -> None:
    """Every line that can be checked offline is OK; what was not checked is not passed."""
    for audience in RULES:
        found = verdict(case.copies[audience], case.policy)
        assert list(found) == LINES
        assert {line for line, how in found.items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
        assert "FAILED" not in found.values()
        assert verdict(case.copies[audience])["LOGGED"] == "NOT CHECKED"


def test_four_audiences_one_root(case: Court) -> None:
    """The same leaves, under the same log; each sees what is for it, and that something else is withheld."""
    names = {audience: {str(v) for n, v in values(case.files(audience)) if n.endswith("_name")} for audience in RULES}
    assert names == {
        "public": set(), "accused": {ACCUSED}, "court": {WITNESS, ACCUSED}, "sealed": {VICTIM, WITNESS, ACCUSED},
    }  # fmt: skip
    for place in range(4):
        leaves = {case.files(audience)[f"leaves/{place:06}.json"] for audience in RULES}
        assert len(leaves) == 1
    for audience in RULES:
        clear = b"".join(data for name, data in case.files(audience).items() if not name.startswith("disclosures/"))
        assert b"Zzyx" not in clear
        withheld = json.loads(case.files(audience)[verify.WITHHELD])
        assert bool(withheld) == (audience != "sealed")
        assert all(each["reason"] for each in withheld)
    assert {n for n, _ in values(case.files("public"))} & {"meta.actor", "meta.cause"} == set()
    closings = [n for n, _ in values(case.files("accused"))].count("copy.files"), last(case.files("accused"))
    assert closings == (1, 6), "what closed the public copy is not for the accused"


def test_what_was_opened_was_entered_first(case: Court) -> None:
    """Each copy that opens a seal says in the record who read it, in a leaf of that same copy."""
    acts = [value["name"] for name, value in values(case.files("sealed")) if name == "meta.act"]
    assert acts.count("case.AccessRecorded") == 3
    (read, *_) = [value for name, value in values(case.files("court")) if name == "columns"]
    assert {"version": 3, "column": "accused_name", "person": "A1"} in read
    refused = case.run("bundle", case.record, "--for", "court", "-o", "x.zip", code=2)
    assert "say who makes it" in refused


def test_the_same_leaves_give_the_same_bytes(case: Court) -> None:
    """Packed anew it is the same to the byte; and no other way to pack it is taken."""
    for data in case.copies.values():
        assert pack(unpack(data)) == data
    copy = case.copies["public"]
    for other, why in (
        (b" " + copy, "is no zip file"), (copy + b" ", "packed by another hand"),
        (pack({}), "has no files in it"), (b"", "is empty"),
    ):  # fmt: skip
        with pytest.raises(verify.Bad, match=why):
            unpack(other)


@pytest.mark.parametrize("count", [1, 3, verify.MANY + 1])
def test_any_program_opens_it(count: int, tmp_path: Path) -> None:
    """It is a plain zip file, the same to the byte as Python's own; also above 65,535 files."""
    files = {f"leaves/{n:06}.json": b"%d" % n for n in range(count - 1)} | {"साक्ष्य.txt": "थाना".encode()}
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as written:
        for name in sorted(files):
            about = zipfile.ZipInfo(name)
            about.create_system, about.external_attr = 3, 0o644 << 16
            written.writestr(about, files[name])
    assert (data := (tmp_path / "other.zip").read_bytes()) == pack(files)
    assert unpack(data) == files


def test_a_bundle_has_an_end(case: Court, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Zip's own fields hold 4 GiB at most: what doesn't fit is refused with a reason, before anything is entered."""
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(3 * 2**30)
    asked = ("bundle", case.record, "--for", "public", "-o", str(tmp_path / "x.zip"))
    assert "3 GiB at most" in case.run(*asked, "--exhibit", str(tmp_path / "film.mp4"), code=2)
    assert not (tmp_path / "x.zip").exists()
    for most in (3, 60):
        monkeypatch.setattr(verify, "LARGEST", most)
        with pytest.raises(verify.Bad, match="at most 4 GiB"):
            pack({"a": b"1234"})


def test_the_extracts_and_exhibits(case: Court) -> None:
    """Custody as a table, the exhibit under its digest; both are named by the leaf that closes the copy."""
    files = case.files("court")
    exhibit = f"exhibits/{sha256(case.exhibit).hexdigest()}.mp4"
    assert files[exhibit] == case.exhibit
    assert b"PR/1" in files["extracts/custody.csv"]
    named = next(value for name, value in reversed(values(files)) if name == "copy.files")
    assert set(named) == {name for name in files if name.startswith(("extracts/", "exhibits/", "tools/"))}


def test_a_stranger_checks_it_with_python_alone(case: Court, tmp_path: Path) -> None:
    """The file out of the bundle, isolated, without site-packages; `test_strange_files.py` has every Python."""
    files = case.files("court")
    (tmp_path / "verify.py").write_bytes(files["tools/verify.py"])
    (tmp_path / "bundle.zip").write_bytes(case.copies["court"])
    (tmp_path / "policy.txt").write_text(case.policy_text)
    command = [sys.executable, "-I", "-S", "verify.py", "bundle.zip"]
    done = subprocess.run(
        [*command, "--policy", "policy.txt"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr  # nothing failed, and nobody has witnessed it
    assert [line.split()[0] for line in done.stdout.splitlines()] == LINES
    (tmp_path / "bundle.zip").write_bytes(case.copies["court"][:-1])
    told = subprocess.run([*command, "--json"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (told.returncode, json.loads(told.stdout)[0]["verdict"]) == (3, "FAILED")


def test_a_stranger_checks_one_leaf_with_openssl(case: Court, tmp_path: Path) -> None:
    """sha256sum for the files, openssl for the signature, the shell for the proof; a changed byte is found by each."""
    for name, data in case.files("court").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)

    def shell(command: str) -> bool:
        return subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, check=False).returncode == 0

    (tmp_path / "log.pem").write_text(case.run("ledger", "key", "list")[0]["pem"])
    assert (tmp_path / "trust/2026.pem").read_text() == (tmp_path / "log.pem").read_text()
    one = "bash tools/verify-one.sh leaves/000002.json proofs/000002.tlog-proof anchors/2026/checkpoint.body"
    signature = (
        "openssl pkeyutl -verify -pubin -inkey log.pem -rawin -in anchors/2026/checkpoint.body "
        "-sigfile anchors/2026/log.sig"
    )
    for command in ("sha256sum -c MANIFEST.sha256", one, signature):
        assert shell(command), command
    for name in ("leaves/000002.json", "anchors/2026/checkpoint.body"):
        path = tmp_path / name
        path.write_bytes(path.read_bytes().replace(b"2026", b"2027", 1))
    for command in ("sha256sum -c MANIFEST.sha256", one, signature):
        assert not shell(command), command


def test_a_leaf_is_proved_by_the_shell_under_the_signed_head_alone(case: Court, tmp_path: Path) -> None:
    """A false leaf with a home-made head, and whatever else ties no proof to the body that openssl found signed."""
    files = case.files("court")
    body, proof = files["anchors/2026/checkpoint.body"], files["proofs/000002.tlog-proof"]
    true = files["leaves/000002.json"]
    false = true.replace(b'"at":"2026', b'"at":"2025')
    note = body_of(SIGNER.name, 1, leaf_hash(false))
    home = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + note_of(note, SIGNER.sign(note))
    (tmp_path / "one.sh").write_bytes(files["tools/verify-one.sh"])

    def says(leaf: bytes, proof: bytes, *body: bytes) -> str:
        for number, data in enumerate((leaf, proof, *body)):
            (tmp_path / str(number)).write_bytes(data)
        command = ["bash", "one.sh", *(str(number) for number in range(2 + len(body)))]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) == done.stdout.startswith("OK: "), done.stderr
        return done.stdout

    assert says(true, proof, body).startswith("OK: leaf 3 of ")
    assert "usage" in says(true, proof)
    assert "another head" in says(false, home, body)
    assert "another head" in says(true, proof, body + b"more\n")
    genuine = home.replace(note, body)
    assert "not under this root" in says(false, genuine.replace(b"index 0", b"index 3"), body)
    assert "no proof that" in says(true, proof.replace(b"@v1", b"@v2", 1), body)
    assert "of another log" in says(false, home, note), "the leaf says the log's name too"
    both = [readme.HINDI, readme.ENGLISH]
    assert all("000000.tlog-proof anchors/YEAR/checkpoint.body\n" in each for each in both)
    assert all("-in anchors/YEAR/checkpoint.body -sigfile anchors/YEAR/log.sig" in each for each in both)


def test_witnesses_are_counted_as_the_policy_asks(case: Court) -> None:
    """Two organisations have cosigned the head: any of one and all of both; one too few is a failure."""
    names = {each: Signer(f"{each}.example/w", each.encode().ljust(32), COSIGNATURE) for each in ("hc1", "hc2", "fsl")}
    policy = case.policy_text.replace("quorum none\n", "")
    policy += "".join(f"witness {name} {vkey_of(each.key)}\n" for name, each in names.items())
    policy += "group court any hc1 hc2\ngroup both all court fsl\nquorum both\n"

    def cosigned(*who: str) -> bytes:
        files, lines = case.files("public"), dict[str, bytes]()
        for name, data in files.items():
            if name.endswith(".tlog-proof"):
                front, _, note = data.partition(b"\n\n")
                body = note.partition(b"\n\n")[0] + b"\n"
                head = note + b"".join(names[each].sign(body, 1_790_000_000) for each in who)
                lines |= {name: front + b"\n\n" + head, **verify.raw(verify.open_checkpoint(head))}
        return packed(files | lines)

    asked = read_policy(policy)
    assert verdict(cosigned("hc2", "fsl"), asked)["WITNESSED"] == "OK"
    assert verdict(cosigned("hc1", "hc2"), asked)["WITNESSED"] == "FAILED"
    assert verdict(cosigned(), asked)["WITNESSED"] == "FAILED"
    for strange in (f"log {vkey_of(names['fsl'].key)}\nquorum none\n", f"witness w {vkey_of(SIGNER.key)}\nquorum w\n"):
        with pytest.raises(verify.Bad, match="takes a witness for a log"):
            read_policy(strange)
    for wrong in (
        "quorum none\n",
        "log x\n",
        "group g 3 hc1 hc2\n",
        "group g any hc1 hc1\n",
        "witness both x\n",
        "what\n",
    ):
        with pytest.raises(verify.Bad):
            read_policy(policy + wrong)


def test_an_authority_has_stamped_the_head(case: Court, tmp_path: Path) -> None:
    """A token of an authority that the court knows, on this very head; without its certificate nothing is passed."""
    with authority(tmp_path / "tsa") as (url, known), authority(tmp_path / "other") as (_, stranger):
        told, stamped = case.copy("public", "--tsa", url)
        assert told["verdict"]["TIMED"] == "NOT CHECKED"
        assert "is away" in case.run(
            "bundle", case.record, "--for", "public", "-o", "x.zip", "--tsa", "http://[::1]:1/", code=4
        )
    lines = {line: (how, says) for line, how, says in judge(stamped, case.policy, known)}
    assert lines["TIMED"][0] == "OK", lines
    assert "GMT" in lines["TIMED"][1]
    (token,) = (data for name, data in unpack(stamped).items() if name.endswith(".tsr"))
    (note,) = (data for name, data in unpack(stamped).items() if name.endswith("/checkpoint"))
    assert by_another(token, note, known)
    assert not by_another(token, note, stranger)
    assert not by_another(token, note + b"\n", known)
    by_stranger = {line: how for line, how, _ in judge(stamped, case.policy, stranger)}
    assert by_stranger["TIMED"] == "FAILED"
    files = unpack(stamped)
    (name,) = (name for name in files if name.endswith(".tsr"))
    altered = files | {name: token.replace(token[-40:], bytes(40))}
    assert {line: how for line, how, _ in judge(packed(altered), case.policy, known)}["TIMED"] == "FAILED"
    assert not by_another(altered[name], note, known)
    # The text of the status is signed by nobody; the time in it is no time.
    true = lines["TIMED"][1]
    for text in ("x\nTime stamp: Jan  1 00:00:00 2020 GMT", "Time stamp: Jan  1 00:00:00 2020 GMT"):
        told_otherwise = retold(token, text)
        assert by_another(told_otherwise, note, known)
        line = judge(packed(files | {name: told_otherwise}), case.policy, known)[LINES.index("TIMED")]
        assert line == ("TIMED", "OK", true)
        leaf = {"kind": "stamp", "head": note.decode(), "authority": "tsa", "token": base64_text(told_otherwise)}
        ((_, found),) = stamps_in([(3, json.dumps(leaf).encode())])
        assert f"{found.when:%H:%M:%S} {found.when.year}" in true


def test_an_openssl_that_does_not_answer_checks_nothing(
    case: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs, or can't be run, or tells no time or two: never passed, and never a trace."""
    files = case.files("public") | {"anchors/2026/checkpoint.tsr": b"token"}
    openssl = tmp_path / "openssl"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(verify, "PATIENCE", 0.5)
    for script, how in (
        ("#!/bin/sh\nexec sleep 30\n", "NOT CHECKED"),
        ("#!/no/such/shell\n", "NOT CHECKED"),
        ("#!/bin/sh\n", "FAILED"),
        ('#!/bin/sh\necho "Time stamp: Jan  1 00:00:00 2099 GMT"; echo "Time stamp: x"\n', "FAILED"),
        ("#!/bin/sh\nexit 1\n", "FAILED"),
    ):
        openssl.write_text(script)
        openssl.chmod(0o700)
        lines = {line: (found, says) for line, found, says in judge(packed(files), case.policy, tmp_path)}
        assert lines["TIMED"][0] == how, (script, lines["TIMED"])


def test_an_earlier_copy_ends_earlier(case: Court) -> None:
    """Each copy is closed by a leaf of its own: an earlier one passes as of its day, and a later one shows more."""
    before = {audience: last(case.files(audience)) for audience in RULES}
    assert len({*before.values()}) == len(RULES)
    cut = case.files("court")
    while last(cut) > before["accused"]:
        cut = shifted(cut, last(cut), last(cut) + 1)
    (line,) = (says for line, how, says in judge(packed(cut), case.policy) if line == "COMPLETE" and how == "OK")
    assert line.endswith(f"as of {leaf(cut, last(cut))['at']}"), "cut back to an earlier copy it says so: read the date"


def test_after_an_erasure_the_proofs_still_hold(case: Court) -> None:
    """The witness's key is destroyed by order: no copy shows the name any more, each says why, and every line holds."""
    store = store_on(case.keeper.url)
    order = {"order": "O/1", "person": "W1"}
    store.record(act("case.ErasureOrdered", case.record, **order))
    store.record(act("case.ErasureExecuted", case.record, **order, second_officer="CG-2002"))
    store.datastore.close()
    told, copy = case.copy("sealed", *BY)
    files = unpack(copy)
    assert WITNESS not in {value for _, value in values(files) if isinstance(value, str)}
    (erased,) = json.loads(files[verify.WITHHELD])
    assert (erased["leaf"], erased["person"], erased["order"]) == (1, "W1", "O/1")
    assert "erased by order" in next(says for line, _, says in judge(copy) if line == "DISCLOSED")
    assert "FAILED" not in told["verdict"].values()
