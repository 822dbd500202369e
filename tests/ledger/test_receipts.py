"""The informant's copy: what is printed scans, holds the log to it, and an altered log or paper is found out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pypdfium2
import pytest
import zxingcpp

from roznamcha.errors import Broken, Usage
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.notes import Signer, base64_text, body_of, note_of, vkey_of
from roznamcha.ledger.receipt import MARK, Receipt, in_copy, in_log, read_receipt, receipt_of, signature
from roznamcha.ledger.verify import Bundle, judge, leaf_hash, open_checkpoint, open_proof, read_policy, unpack
from tests.acts import act
from tests.ledger.copies import ACCUSED, BY, VICTIM, Court, packed
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.logs import SIGNER
from tests.ledger.papers import read, squeezed
from tests.ledger.test_attacks import fork
from tests.roznamcha.test_store import store_on

WHO = BY[:2]


@pytest.fixture
def mine(database: str, tmp_path: Path) -> Court:
    """An FIR in a store and a ledger of the test's own, which may be spoilt."""
    keys = tmp_path / "data" / "keys"
    keys.mkdir(parents=True)
    (keys / "master.key").write_text((b"k" * 32).hex())
    made = Court(Keeper(database, tmp_path))
    store = store_on(database)
    outcome = store.record(
        act("case.FIRRegistered", "own:1", informant_name=VICTIM, informant="V1", contents="एक #साइकिल *चोरी* हुई",
            accused=[{"code": "A1", "how": "known", "accused_name": ACCUSED}])
    )  # fmt: skip
    store.record(act("case.FIRRegistered", "own:2"))
    store.datastore.close()
    made.record = str(outcome.record_id)
    made.run("ledger", "key", "new", "--name", BASE, "--year", "2026")
    return made


@pytest.fixture
def ledger(mine: Court) -> Iterator[Ledger]:
    """The same ledger, over a connection of its owner."""
    with psycopg.connect(mine.keeper.url, autocommit=True) as connection:
        yield Ledger(connection)


def scanned(pdf: bytes) -> str:
    """What a scanner reads from the printed page, at 150 dots an inch."""
    document = pypdfium2.PdfDocument(pdf)
    drawn = document[0].render(scale=150 / 72, grayscale=True)
    paper = memoryview(bytes(drawn.buffer)).cast("B", (drawn.height, drawn.stride))
    (found,) = zxingcpp.read_barcodes(paper, formats=zxingcpp.BarcodeFormat.QRCode)
    text: str = found.text
    document.close()
    return text


def how(lines: Any) -> dict[str, str]:
    """Each line's verdict."""
    return {line: verdict for line, verdict, _ in lines}


def test_the_paper_holds_the_log_to_it(mine: Court, ledger: Ledger, tmp_path: Path) -> None:
    """Printed, scanned and checked a thousand leaves later; what was opened for it was entered before."""
    asked = ("copy", mine.record, "-o", str(tmp_path / "f.pdf"))
    assert "say who makes it" in mine.run(*asked, code=2)
    assert not (tmp_path / "f.pdf").exists()
    told = mine.run(*asked, *WHO)
    pdf = (tmp_path / "f.pdf").read_bytes()
    assert scanned(pdf) == told["qr"]
    assert len(told["qr"]) < 300
    assert told["qr"].isascii()
    found = read(pdf)
    for each in (
        VICTIM,
        ACCUSED,
        "एक #साइकिल *चोरी* हुई",
        "सूचनाकर्ता का नाम · Name of the informant",
        *told["qr"].split(),
    ):
        assert squeezed(each) in found, each
    (opened,) = [each for each in mine.run("history", mine.record)["entries"] if each["name"] == "case.AccessRecorded"]
    assert opened["fields"]["purpose"] == "copy for the victim"
    assert told["opened"] == len(opened["fields"]["columns"]) > 2
    again = mine.run(*asked, *WHO)
    assert (again["qr"], (tmp_path / "f.pdf").read_bytes()) == (told["qr"], pdf), (
        "the same paper, whenever it is asked for"
    )
    mine.run("ledger", "run", "--once")
    (tmp_path / "policy").write_text(mine.policy_text)
    (tmp_path / "qr").write_text(told["qr"] + "\n")
    proved = mine.run("verify", "--qr", str(tmp_path / "qr"), "--policy", str(tmp_path / "policy"), code=1)
    lines = [("SIGNED", "OK"), ("LOGGED", "OK"), ("GROWN", "OK"), ("PRINTED", "NOT CHECKED")]
    assert [(each["line"], each["verdict"]) for each in proved] == lines
    assert (proved[3]["columns"], "(--copy)" in proved[3]["says"]) == ([], True)
    unchecked = mine.run("verify", "--qr", " ".join(told["qr"].split()), code=1)
    assert [each["verdict"] for each in unchecked] == ["NOT CHECKED", "OK", "OK", "NOT CHECKED"]
    assert int(ledger.checkpoint(ledger.log()).size) > read_receipt(told["qr"]).head.size
    _, copy = mine.copy("court", *BY)
    (tmp_path / "c.zip").write_bytes(copy)
    beside = (
        "verify",
        "--qr",
        str(tmp_path / "qr"),
        "--policy",
        str(tmp_path / "policy"),
        "--copy",
        str(tmp_path / "c.zip"),
    )
    compared = mine.run(*beside, code=1)
    assert [each["verdict"] for each in compared] == ["OK", "OK", "OK", "NOT CHECKED"]
    head, *columns = compared[3]["columns"]
    assert (head.split()[0], head.split()[-1]) == ("LEAF", "case.FIRRegistered")
    assert any(each.endswith(f' = "{ACCUSED}"') for each in columns), "what is printed above the code, to compare"
    assert any(each.startswith("    withheld: ") for each in columns), "a court's copy has no victim's name"
    (tmp_path / "c.zip").write_bytes(copy[:-1] + b"x")
    assert "by a copy that fails" in mine.run(*beside, code=3)


def test_a_log_that_was_altered_is_found_by_the_paper(mine: Court, ledger: Ledger) -> None:
    """A leaf changed, tiles rewritten, the tail taken away, the whole log gone: each by the line that should say so."""
    mine.run("ledger", "run", "--once")
    log = ledger.log()
    paper = receipt_of(ledger, log, 1)
    store = store_on(mine.keeper.url)
    store.record(act("case.FIRRegistered", "own:3"))
    store.datastore.close()
    mine.run("ledger", "run", "--once")
    assert how(in_log(paper, ledger)) == {"LOGGED": "OK", "GROWN": "OK"}
    spoilt = {
        "leaf": "UPDATE roznamcha.leaves SET leaf = leaf || ' '::bytea WHERE index = 1",
        "gone": "DELETE FROM roznamcha.leaves WHERE index = 1",
        "tiles": "UPDATE roznamcha.tiles SET hashes = set_byte(hashes, 70, get_byte(hashes, 70) # 1) WHERE level = 0",
        "tail": "UPDATE roznamcha.logs SET size = 1",
        "log": "UPDATE roznamcha.logs SET origin = 'tlog.example/other/2026'",
    }
    results = {}
    for name, command in spoilt.items():
        with ledger.connection.transaction(force_rollback=True):
            ledger.connection.execute("SET LOCAL session_replication_role = replica")
            ledger.connection.execute(command.encode())
            results[name] = how(in_log(paper, ledger))
    assert {name: each["LOGGED"] for name, each in results.items()} == dict.fromkeys(results, "FAILED")
    assert results["tiles"]["GROWN"] == results["tail"]["GROWN"] == "FAILED"
    assert results["log"]["GROWN"] == "NOT CHECKED"


def test_a_head_that_was_signed_for_another_history(mine: Court, ledger: Ledger) -> None:
    """The log's own key signed another tree of that size: the paper is proof of it, by LOGGED and GROWN."""
    mine.run("ledger", "run", "--once")
    log = ledger.log()
    paper = receipt_of(ledger, log, 1)
    body = body_of(log.origin, paper.head.size, b"\x07" * 32)
    signer = Keys(mine.keeper.folder / "data" / "keys" / "ledger").signer(log.origin)
    other = replace(paper, head=open_checkpoint(note_of(body, signer.sign(body))))
    assert signature(other, mine.policy)[1] == "OK"
    assert how(in_log(other, ledger)) == {"LOGGED": "FAILED", "GROWN": "FAILED"}


def test_a_paper_that_was_altered_is_found(case: Court) -> None:
    """Another size, root, leaf, place or signature, and another's key: SIGNED or LOGGED says so, by a copy too."""
    bundle = Bundle(unpack(case.copies["court"]), None)
    bundle.logged()
    verdict = judge(case.copies["court"], case.policy)
    with psycopg.connect(case.keeper.url) as connection:
        paper = receipt_of(Ledger(connection), Ledger(connection).log(), 1)
        assert how(in_copy(paper, bundle, verdict)) == {"LOGGED": "OK", "GROWN": "OK"}
        words = paper.text.split()
        for place, other, line in (
            (2, str(paper.head.size + 1), "SIGNED"), (3, base64_text(b"r" * 32), "SIGNED"),
            (4, base64_text(paper.head.signatures[0][1][:4] + b"s" * 64), "SIGNED"), (5, "2", "LOGGED"),
            (6, base64_text(b"l" * 32), "LOGGED"),
        ):  # fmt: skip
            forged = read_receipt(" ".join([*words[:place], other, *words[place + 1 :]]))
            assert how([signature(forged, case.policy), *in_copy(forged, bundle, verdict)])[line] == "FAILED", place
            assert how([signature(forged, case.policy), *in_log(forged, Ledger(connection))])[line] == "FAILED", place
    others = read_policy(f"log {vkey_of(SIGNER.key)}\nquorum none\n")
    assert signature(paper, others)[1] == "FAILED"
    assert signature(paper, None)[1] == "NOT CHECKED"
    foreign = Receipt(900, paper.leaf, paper.head)
    assert how(in_copy(foreign, bundle, verdict))["LOGGED"] == "NOT CHECKED"


def test_a_paper_and_a_copy_of_the_same_stranger_prove_nothing(case: Court, tmp_path: Path) -> None:
    """A fork under his own key and a paper from it: without a policy no line is OK, with the court's it is refused."""
    files = fork(case.files("court"))
    bundle = Bundle(files, None)
    bundle.logged()
    (head,) = bundle.heads.values()
    index, _, _ = open_proof(files["proofs/000000.tlog-proof"])
    (tmp_path / "qr").write_text(Receipt(index, leaf_hash(files["leaves/000000.json"]), head).text)
    (tmp_path / "policy").write_text(case.policy_text)
    (tmp_path / "c.zip").write_bytes(packed(files))
    asked = ("verify", "--qr", str(tmp_path / "qr"), "--copy", str(tmp_path / "c.zip"))
    told = case.run(*asked, code=1)
    assert [(each["line"], each["verdict"]) for each in told] == [
        (line, "NOT CHECKED") for line in ("SIGNED", "LOGGED", "GROWN", "PRINTED")
    ]
    assert "no key was compared" in told[1]["says"]
    assert "by a copy that fails: LOGGED" in case.run(*asked, "--policy", str(tmp_path / "policy"), code=3)


def test_a_last_head_that_is_not_the_logs_own(mine: Court, ledger: Ledger) -> None:
    """Signed by another key, or with a signature that was spoilt: GROWN fails, and there is no trace."""
    mine.run("ledger", "run", "--once")
    log = ledger.log()
    paper = receipt_of(ledger, log, 1)
    last = ledger.checkpoint(log)
    ((name, signature_),) = last.signatures
    stranger = Signer(log.origin, b"f" * 32)
    spoilt = f"\u2014 {name} {base64_text(signature_[:-1] + bytes([signature_[-1] ^ 1]))}\n".encode()
    for line in (stranger.sign(last.body), spoilt):
        with ledger.connection.transaction(force_rollback=True):
            ledger.connection.execute("SET LOCAL session_replication_role = replica")
            ledger.connection.execute("UPDATE roznamcha.checkpoints SET note = %s", [note_of(last.body, line)])
            assert how(in_log(paper, ledger)) == {"LOGGED": "OK", "GROWN": "FAILED"}
            with pytest.raises(Broken, match="is not signed by the log"):
                receipt_of(ledger, log, 1)
    with ledger.connection.transaction(force_rollback=True):
        ledger.connection.execute("SET LOCAL session_replication_role = replica")
        both = note_of(last.body, stranger.sign(last.body), last.note.removeprefix(last.body + b"\n"))
        ledger.connection.execute("UPDATE roznamcha.checkpoints SET note = %s", [both])
        assert receipt_of(ledger, log, 1).text == paper.text, "the log's signature is the one with its key's id"
    assert how(in_log(paper, ledger)) == {"LOGGED": "OK", "GROWN": "OK"}


@pytest.mark.parametrize("text", ["", "x", "ROZNAMCHA-COPY/1", "ROZNAMCHA-COPY/1 a b c d e f", "https://example.org"])
def test_anything_else_is_no_code(text: str) -> None:
    """What another code says, or a part of ours, is refused in one line."""
    with pytest.raises(Usage, match="seven words"):
        read_receipt(text)


def test_a_code_that_no_log_made_is_refused(case: Court) -> None:
    """A leaf beyond its own head, a number written otherwise, another version of the code."""
    with psycopg.connect(case.keeper.url) as connection:
        words = receipt_of(Ledger(connection), Ledger(connection).log(), 1).text.split()
    assert words[0] == MARK
    with pytest.raises(Usage, match="made by no log"):
        read_receipt(" ".join([*words[:5], words[2], words[6]]))
    for place, other in ((0, "ROZNAMCHA-COPY/2"), (5, "01"), (5, "-1"), (6, "AAAA"), (4, "AAAA=")):
        with pytest.raises(Usage, match="seven words"):
            read_receipt(" ".join([*words[:place], other, *words[place + 1 :]]))


def test_only_an_fir_is_copied(mine: Court, tmp_path: Path) -> None:
    """A record without an FIR has none to copy; what goes with a code, and no code, is wrong use."""
    store = store_on(mine.keeper.url)
    other = store.record(act("case.InformationReceived", "own:3"))
    store.datastore.close()
    assert "none to copy" in mine.run("copy", str(other.record_id), "-o", str(tmp_path / "f.pdf"), *WHO, code=1)
    assert not (tmp_path / "f.pdf").exists()
    assert "go with --qr" in mine.run("verify", "--copy", "x.zip", code=2)
    (tmp_path / "q").write_bytes(b"\xff\xfe")
    assert "no such file" in mine.run("verify", "--qr", str(tmp_path / "nowhere"), code=2)
    assert "holds no text" in mine.run("verify", "--qr", str(tmp_path / "q"), code=2)


def test_no_ledger_is_named_by_the_way(mine: Court, tmp_path: Path) -> None:
    """Its name stays for ever, so nothing but its own command draws the first key; nothing was entered as read."""
    kept = mine.keeper.folder / "data" / "keys" / "ledger"
    kept.rename(tmp_path / "drawn")
    before = mine.run("history", mine.record)["entries"]
    for command in (("copy", mine.record), ("bundle", mine.record, "--for", "court")):
        asked = (*command, "-o", str(tmp_path / "x"), "--by", "CG-1,SI,clerk", "--reason", "y")
        assert "ledger key new --name" in mine.run(*asked, code=1)
    assert "ledger key new --name" in mine.run("ledger", "run", "--once", code=1)
    assert (kept.exists(), mine.run("history", mine.record)["entries"]) == (False, before)
    (tmp_path / "drawn").rename(kept)
    assert mine.run("ledger", "run", "--once")["signed"] == 1


def test_nothing_is_entered_as_read_for_a_file_that_cannot_be_written(mine: Court, tmp_path: Path) -> None:
    """A folder that isn't there is told before the seals are opened: nobody has read what was never written."""
    before = mine.run("history", mine.record)["entries"]
    for command in (("copy", mine.record), ("bundle", mine.record, "--for", "court"), ("form", "IIF-1", mine.record)):
        opening = ("--for", "court") if command[0] == "form" else ()
        asked = (*command, *opening, "-o", str(tmp_path / "none" / "x.pdf"), "--by", "CG-1,SI,clerk", "--reason", "y")
        assert "cannot be written" in mine.run(*asked, code=2)
    assert mine.run("history", mine.record)["entries"] == before
    (tmp_path / "taken.pdf").mkdir()
    assert "directory" in mine.run("copy", mine.record, "-o", str(tmp_path / "taken.pdf"), code=2)
    assert not list(tmp_path.glob(".*"))
