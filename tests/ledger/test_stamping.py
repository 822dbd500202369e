"""Time stamps stand in the ledger: each token whole, with its head, so that a later one stamps all earlier ones."""

from __future__ import annotations

import json
import subprocess
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.ledger import stamping
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.timing import stamps_in
from roznamcha.ledger.verify import open_checkpoint
from schemas import catalogue
from tests.consumers.feed import write_cases
from tests.ledger.authority import answering, authority, by_another
from tests.ledger.keeping import Keeper
from tests.ledger.logs import log_of
from tests.roznamcha.answering import answer


@pytest.fixture
def kept(database: str, tmp_path: Path) -> Keeper:
    """Two cases, in the ledger."""
    write_cases(database, 2)
    (tmp_path / "data/keys").mkdir(parents=True)
    (tmp_path / "data/keys/master.key").write_text((b"k" * 32).hex())
    made = Keeper(database, tmp_path)
    made.keep()
    return made


def run(keeper: Keeper, *arguments: str, code: int = 0) -> object:
    """A command of the ledger."""
    settings = {"ROZNAMCHA_DATA": str(keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": keeper.url}
    return answer(settings, ("ledger", *arguments), code=code)


def test_a_token_is_a_leaf_and_good_to_two_others(kept: Keeper, tmp_path: Path) -> None:
    """Two authorities stamp a head; openssl and rfc3161-client find both tokens good, and the audit nothing wrong."""
    with authority(tmp_path / "one") as (one, ca), authority(tmp_path / "two") as (two, other):
        assert len(run(kept, "stamp", "--tsa", one, "--tsa", two)["tokens"]) == 2  # type: ignore[index]
    assert run(kept, "stamps") == [], "the sequencer has not entered them yet"
    head = open_checkpoint(kept.keep())
    shown = run(kept, "stamps", "-o", str(tmp_path / "out"))
    assert [(each["index"], each["size"], each["authority"]) for each in shown] == [  # type: ignore[attr-defined]
        (9, 9, "127.0.0.1"), (10, 9, "127.0.0.1"),
    ]  # fmt: skip
    assert head.size == 11
    for index, known, stranger in ((9, ca, other), (10, other, ca)):
        note, token = (tmp_path / f"out/2026-{index:09}.{kind}" for kind in ("checkpoint", "tsr"))
        assert open_checkpoint(note.read_bytes()).size == 9
        for trusted, good in ((known, True), (stranger, False)):
            command = ["openssl", "ts", "-verify", "-data", str(note), "-in", str(token), "-CAfile", str(trusted)]
            assert (subprocess.run(command, capture_output=True, check=False).returncode == 0) == good
            assert by_another(token.read_bytes(), note.read_bytes(), trusted) == good
    with connected(kept.url) as connection:
        found = audit(Ledger(connection), catalogue(), [head.note])
        assert found.ok, found.wrong
        leaf = json.loads(Ledger(connection).leaves(Ledger(connection).log(), 9, 10)[0].data)
    assert sorted(leaf) == ["at", "authority", "entry", "head", "kind", "log", "token", "v"]


def test_a_token_that_was_exchanged_is_found(kept: Keeper, tmp_path: Path) -> None:
    """Whoever puts another token in its place is named by the audit."""
    with authority(tmp_path / "one") as (url, _):
        run(kept, "stamp", "--tsa", url)
    kept.keep()
    kept.tamper("UPDATE roznamcha.ledger_acts SET content = jsonb_set(content, '{token}', '\"AAAA\"')")
    with connected(kept.url) as connection:
        found = audit(Ledger(connection), catalogue())
    assert found.wrong == ["leaf 9 of tlog.example/cg/2026 is another than what the ledger was asked to say"]


def test_what_is_no_token_is_not_entered(kept: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority that is away, and one whose token has no room in a leaf: nothing is asked of the ledger."""
    run(kept, "stamp", "--tsa", "http://127.0.0.1:1/", code=4)
    monkeypatch.setattr(stamping, "LARGEST", 100)
    with authority(tmp_path / "one") as (url, _):
        with pytest.raises(Unavailable, match="more than a leaf holds"):
            stamping.stamp(url, sha256(b"x").digest())
        run(kept, "stamp", "--tsa", url, code=4)
    monkeypatch.undo()
    note = kept.memory.read()
    assert kept.keep() == note


def test_an_answer_to_another_question_is_no_token(tmp_path: Path) -> None:
    """A reply of before to the same bytes, one to others, a refusal, and what is none: each is said for what it is."""
    with authority(tmp_path / "one") as (url, _):
        ours, other = stamping.stamp(url, b"head"), stamping.stamp(url, b"another head")
        asked = TimestampRequestBuilder().data(b"head").hash_algorithm(HashAlgorithm.SHA512).build()
        refused = httpx.post(url, content=asked.as_bytes()).content
        nonces = {decode_timestamp_response(each).tst_info.nonce for each in (ours, stamping.stamp(url, b"head"))}
        assert len(nonces) == 2
    for given, why in (
        (ours, "has answered another question"),
        (other, "has stamped something else"),
        (refused, r"grants no token: Message digest algorithm is not supported\."),
        (ours[:-1], "gives no answer of RFC 3161"),
        (b"", "gives no answer of RFC 3161"),
    ):
        with answering(lambda _, given=given: given) as url, pytest.raises(Unavailable, match=why):
            stamping.stamp(url, b"head")


def test_a_leaf_whose_token_cannot_be_read_bounds_nothing() -> None:
    """Such a leaf was put there by nobody who asked an authority; what holds times goes on without it."""
    leaf = {"kind": "stamp", "head": log_of(3).checkpoint.decode(), "authority": "tsa.example", "token": "AAAA"}
    assert list(stamps_in([(3, json.dumps(leaf).encode())])) == []
