"""What the verdict on a copy may not be talked into: by files slipped in, invented reasons, bytes that are no leaf."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from contextlib import nullcontext
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from consumers.embedded import connected
from roznamcha.ledger import verify
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import Binder
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.merkle import grow, inclusion, root_of
from roznamcha.ledger.notes import Signer, body_of, note_of, proof_of, vkey_of
from roznamcha.ledger.statements import beginning
from roznamcha.ledger.verify import COSIGNATURE, Bundle, judge, read_policy
from schemas import catalogue
from tests.acts import NOW, act
from tests.ledger.copies import Court, last, leaf, packed, verdict
from tests.roznamcha.test_store import store_on


def test_a_reason_is_one_that_there_is(case: Court) -> None:
    """Also where the closing leaf would name the list: no words of one's own, no order that was not entered."""
    files = case.files("court")
    values: list[dict[str, Any]] = [{} for _ in range(last(files) + 1)]
    values[-1] = {"copy.files": {}, "copy.audience": "court"}
    here = {name: data for name, data in files.items() if not name.startswith(verify.NAMED)}
    of: dict[str, Any] = {"leaf": 1, "digest": "x"}
    for each, says in (
        ({"reason": "because"}, "no reason that there is"),
        ({"reason": "its key is gone", "note": "x"}, "no reason that there is"),
        ({"reason": "its key is gone", "leaf": 1.0}, "no reason that there is"),
        ({"reason": "its key is gone", "person": 7}, "no reason that there is"),
        ({"reason": "not for the public copy"}, "is not for the public copy"),
        ({"reason": verify.ERASED, "order": "O/1", "person": "W1"}, "no later entry says"),
        ({"reason": "its key is gone", "leaf": last(files)}, "of the leaf that closes the copy"),
    ):
        listed = [of | each]
        bundle = Bundle(here | {verify.WITHHELD: verify.listing(listed)}, None)
        values[-1]["copy.withheld"] = sha256(verify.listing(listed)).hexdigest()
        with pytest.raises(verify.Bad, match=says):
            bundle.closed(values, listed)


def test_an_order_that_was_entered_is_a_reason(case: Court) -> None:
    """For what stands before it, and for that person alone."""
    files, values = case.files("court"), [dict[str, Any]() for _ in range(last(case.files("court")) + 1)]
    here = {name: data for name, data in files.items() if not name.startswith(verify.NAMED)}
    values[3] = {"meta.act": {"name": "case.ErasureExecuted"}, "order": "O/1", "person": "W1"}
    for leaf_of, person, fits in ((1, "W1", True), (1, "W2", False), (3, "W1", False)):
        listed = [{"leaf": leaf_of, "digest": "x", "reason": verify.ERASED, "order": "O/1", "person": person}]
        digest = sha256(verify.listing(listed)).hexdigest()
        values[-1] = {"copy.files": {}, "copy.audience": "court", "copy.withheld": digest}
        bundle = Bundle(here | {verify.WITHHELD: verify.listing(listed)}, None)
        with nullcontext() if fits else pytest.raises(verify.Bad, match="no later entry says"):
            bundle.closed(values, listed)


@pytest.mark.parametrize(
    "name",
    [
        "report.pdf", "Exhibits/film.mp4", "../../etc/cron.d/x", "exhibits/../x", "exhibits/.x", "a\n0000  b",
        "exhibits/a\nb",
        "leaves/1.json", "leaves/000001.txt", "proofs/000099.tlog-proof", "disclosures/000099.txt", "tools/x.py",
        "milestones/000099.checkpoint", "milestones/000001.checkpoint", "anchors/2026/x", "trust/x", "exhibits/é",
    ],
)  # fmt: skip
def test_no_other_file_is_slipped_in(case: Court, name: str) -> None:
    """Under a name that no bundle has, or beyond one of each kind for a leaf."""
    files = case.files("court")
    assert verdict(packed(files | {name: b"x\n"}), case.policy)["INTACT"] == "FAILED"
    day = {f"milestones/000099.{end}": b"x\n" for end in ("checkpoint", "consistency")}
    assert verdict(packed(files | day), case.policy)["INTACT"] == "FAILED"


def test_a_value_is_shown_once_or_withheld(case: Court) -> None:
    """A nothing that is shown twice, and a value that stands in both lists."""
    files, name = case.files("court"), "disclosures/000001.txt"
    nothing = next(line for line in files[name].split() if not verify.opened(line.decode())[0])
    with pytest.raises(verify.Bad, match="is not what was entered"):
        Bundle(files | {name: files[name] + nothing + b"\n"}, None).disclosed()
    told = [*json.loads(files[verify.WITHHELD]), {"leaf": 1, "digest": b64(sha256(nothing).digest()), "reason": "x"}]
    with pytest.raises(verify.Bad, match="is neither shown nor listed"):
        Bundle(files | {verify.WITHHELD: verify.listing(told)}, None).disclosed()


@pytest.mark.parametrize("many", [-1, 1_024, 10**12, 1.0, True, None, "7", [7]])
def test_a_nothing_says_how_many_more_there_are(many: object) -> None:
    """As a whole number, and not so many that it takes the reader's memory. Only who has the log's key can try."""
    forged = base64.urlsafe_b64encode(json.dumps(["salt", "", many]).encode()).rstrip(b"=")
    with pytest.raises(verify.Bad, match="how many more"):
        verify.opens(forged.decode(), {b64(sha256(forged).digest())})
    assert not verify.opens(forged.decode(), {"another"})


def test_a_nothing_stands_for_no_value(case: Court) -> None:
    """Who shows a nothing and withholds a value shows all nothings; what is left over is seen to be withheld."""
    files, name = case.files("court"), "disclosures/000001.txt"
    lines = files[name].decode().split()
    (nothing,) = (line for line in lines if not verify.opened(line)[0])
    fewer = b"".join(line.encode() + b"\n" for line in lines if line != nothing)
    digests = json.loads(files["leaves/000001.json"])["_sd"]
    assert len(verify.opens(nothing, {*digests})) > 1
    assert sum(len(verify.opens(line, {*digests})) for line in lines) + withheld_of(files, 1) == len(digests)
    with pytest.raises(verify.Bad, match="is neither shown nor listed"):
        Bundle(files | {name: fewer}, None).disclosed()


def withheld_of(files: Mapping[str, bytes], place: int) -> int:
    """How many digests of a leaf are withheld."""
    return sum(each["leaf"] == place for each in json.loads(files[verify.WITHHELD]))


def test_json_reads_one_way() -> None:
    """A key that stands twice, or a number that is none, is another document to another program."""
    assert verify.read_json(b'{"a":[{"b":1}]}') == {"a": [{"b": 1}]}
    for wrong in (b'{"a":1,"a":2}', b'[{"b":{"a":1,"a":1}}]', b'{"a":NaN}', b'{"a":-Infinity}'):
        with pytest.raises(verify.Bad):
            verify.read_json(wrong)


def test_what_is_entered_while_a_copy_is_closed(attacked: Court) -> None:
    """It is closed again, so that its list of what is withheld is that of all that stands before its end."""
    rule, record = RULES["public"], UUID(attacked.record)
    with connected(attacked.keeper.url) as connection:
        binder, entered = Binder(Ledger(connection), catalogue(), None), list[int]()

        def keep() -> None:
            asked = connection.execute("SELECT 1 FROM roznamcha.ledger_acts WHERE content ? 'withheld'").fetchone()
            if asked and not entered:
                store = store_on(attacked.keeper.url)
                arrest = {"at": "2026-07-05T12:00:00+05:30", "accused": "A9", "accused_name": "Somebody"}
                assert store.record(act("case.AccusedArrested", attacked.record, **arrest)).status == "recorded"
                store.datastore.close()
                entered.append(1)
            attacked.run("ledger", "run", "--once")

        closed = binder.close(record, rule, {}, keep)
        data = binder.bind(binder.shown(record, rule, closed), rule, {})
    assert entered
    found = {line: (how, says) for line, how, says in judge(data, attacked.policy)}
    assert (found["COMPLETE"][0], found["DISCLOSED"][0]) == ("OK", "OK"), found


def test_whoever_lays_a_signature_in_has_not_signed(case: Court) -> None:
    """It may lie there; nobody says that it is good."""
    found = {line: (how, says) for line, how, says in judge(packed(case.files() | {"signatures/a.p7s": b"x"}))}
    assert found["INTACT"][0] == "OK"
    assert found["SIGNED"][0] == "NOT CHECKED"
    assert "nobody has checked" in found["SIGNED"][1]


def test_what_stands_on_heads_that_do_not_hold_is_not_checked(case: Court) -> None:
    """Without a leaf, or with a proof that is none, no witness and no stamp is called good."""
    files = case.files("court")
    few = {name: data for name, data in files.items() if not name.startswith(("leaves/", "proofs/", "disclosures/"))}
    hc = vkey_of(Signer("hc.example", b"h" * 32, COSIGNATURE).key)
    asks = read_policy(case.policy_text.replace("quorum none", f"witness hc {hc}\nquorum hc"))
    for forged in (few, files | {"proofs/000000.tlog-proof": b"x"}, files | {"proofs/000002.tlog-proof": b"x"}):
        found = verdict(packed(forged), asks)
        assert (found["LOGGED"], found["WITNESSED"], found["TIMED"]) == ("FAILED", "NOT CHECKED", "NOT CHECKED")


def test_nothing_in_a_copy_paints_the_screen(case: Court) -> None:
    """No control character, no direction of writing, no second line and no flood comes out of a verdict."""
    files = case.files("court")
    painted = "\x1b[2J\x1b[HINTACT OK\nLOGGED OK\u202e" + "x" * 9_000
    told = json.loads(files[verify.WITHHELD])
    for forged in (
        files | {verify.WITHHELD: verify.listing([each | {"reason": painted} for each in told])},
        files | {painted[:50]: b""},
        files | {"leaves/000000.json": json.dumps(leaf(files, 0) | {"log": painted}).encode()},
    ):
        for _, _, says in judge(packed(forged), case.policy):
            assert says.isprintable()
            assert len(says) <= verify.LONGEST


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 200_000,
        b"{}",
        b"[]",
        b"null",
        b"1",
        b"\xff",
        b'{"v":1,"v":1}',
        b'{"v":NaN}',
        b"9" * 9_000,
        b'{"place":1e999}',
    ],
)
def test_no_leaf_makes_it_crash(case: Court, data: bytes) -> None:
    """Whatever stands there, it ends with lines, and one of them fails."""
    files = case.files("court")
    for name in ("leaves/000001.json", verify.WITHHELD, "disclosures/000001.txt", "proofs/000001.tlog-proof"):
        found = verdict(packed(files | {name: data}), case.policy)
        assert len(found) == 7
        assert "FAILED" in found.values()


def test_the_order_of_the_log_is_looked_at() -> None:
    """Leaves that are signed, but stand in the log in another order than in their record."""
    signer, before, leaves = Signer("tlog.example/cg/2026", b"b" * 32), None, []
    for place in range(3):
        told = {"v": 1, "_sd": [], "_sd_alg": "sha-256", "log": signer.name, "record": "r", "place": place,
                "prev": before and b64(before), "kind": "copy", "at": "2026-07-01T00:00:00.000000Z"}  # fmt: skip
        leaves.append(json.dumps(told).encode())
        before = verify.leaf_hash(leaves[-1])
    first = beginning(signer.name, NOW, None)

    def bundle(order: list[int]) -> Bundle:
        size, tiles = grow(
            lambda _: b"", 0, [verify.leaf_hash(each) for each in (first, *(leaves[place] for place in order))]
        )
        body = body_of(signer.name, size, root_of(tiles.__getitem__, size))
        note = note_of(body, signer.sign(body))
        files = {"beginnings/2026.json": first}
        files["beginnings/2026.tlog-proof"] = proof_of(0, inclusion(tiles.__getitem__, 0, size), note)
        for index, place in enumerate(order, 1):
            files[f"leaves/{place:06}.json"] = leaves[place]
            files[f"proofs/{place:06}.tlog-proof"] = proof_of(index, inclusion(tiles.__getitem__, index, size), note)
        return Bundle(files | verify.raw(verify.open_checkpoint(note)), None)

    bundle([0, 1, 2]).logged()
    with pytest.raises(verify.Bad, match="before an earlier leaf of its record"):
        bundle([1, 0, 2]).logged()


def test_a_chain_is_one_records() -> None:
    """A leaf of another record, or of another place, that follows by its hash all the same."""
    first = {
        "v": 1,
        "log": "l",
        "_sd": [],
        "_sd_alg": "sha-256",
        "record": "r",
        "place": 0,
        "prev": None,
        "kind": "case",
        "version": 1,
        "at": "x",
    }
    data = json.dumps(first).encode()
    follows = {"prev": b64(verify.leaf_hash(data)), "kind": "copy", "place": 1}
    wrongs = [{"v": 99}, {"_sd_alg": "md5"}, {"place": 1.0}, {"_sd": ["b", "a"]}, {"_sd": ["a", "a"]}]
    for wrong, says in (
        ({}, ""),
        ({"record": "other"}, "does not follow"),
        ({"place": 2}, "is missing"),
        *((each, "is not written as a leaf is") for each in wrongs),
    ):
        files = {"leaves/000000.json": data, "leaves/000001.json": json.dumps({**first, **follows, **wrong}).encode()}
        files["beginnings/l.json"] = beginning("l", NOW, None)
        with pytest.raises(verify.Bad, match=says) if wrong else nullcontext():
            Bundle(files, None).complete()


def test_a_head_is_a_note_and_no_more() -> None:
    """No control character hides in it, and nobody is kept busy by ever more signatures."""
    signer = Signer("tlog.example/cg/2026", b"b" * 32)
    body = body_of(signer.name, 1, b"r" * 32)
    line = signer.sign(body)
    assert verify.open_checkpoint(note_of(body, line)).size == 1
    assert len(verify.open_checkpoint(note_of(body, line * verify.MOST)).signatures) == verify.MOST
    for wrong in (
        note_of(body, line * (verify.MOST + 1)),
        note_of(body + b"\x1b[2J\n", line),
        note_of(body + b"\t\n", line),
    ):
        with pytest.raises(verify.Bad, match="no signed note"):
            verify.open_checkpoint(wrong)


def test_nobody_is_counted_twice() -> None:
    """A member of two groups, or one key under two names, would make a quorum of itself."""
    one, two = (vkey_of(Signer(f"{each}.example", each.encode() * 32, COSIGNATURE).key) for each in "ab")
    twice = vkey_of(Signer("c.example", b"a" * 32, COSIGNATURE).key)
    known = f"witness a {one}\nwitness b {two}\n"
    assert read_policy(f"{known}group g all a b\nquorum g\n").quorum == "g"
    for wrong in (
        f"{known}group g any a b\ngroup h any a\ngroup i all g h\nquorum i\n",
        f"{known}group g any a b\ngroup h any b g\nquorum h\n",
        f"witness a {one}\nwitness c {twice}\ngroup g all a c\nquorum g\n",
    ):
        with pytest.raises(verify.Bad, match=r"cannot be counted|says nothing|no key twice"):
            read_policy(wrong)


def test_one_head_of_each_log(case: Court) -> None:
    """Leaves that are proved in two heads of one log are two histories, both signed; and a day is of its leaf's log."""
    files = case.files("court")
    early = next(data for name, data in files.items() if name.endswith("000000.checkpoint"))
    index, _, _ = verify.open_proof(files["proofs/000000.tlog-proof"])
    head, whole = verify.open_checkpoint(early), Bundle(files, case.policy)
    with connected(case.keeper.url) as connection:
        ledger = Ledger(connection)
        proof = ledger.tree(ledger.log()).prove(index, head)
    with pytest.raises(verify.Bad, match="two heads of"):
        Bundle(files | {"proofs/000000.tlog-proof": proof}, case.policy).logged()
    whole.logged()
    whole.told[0] = whole.told[0] | {"log": "tlog.example/mp/2026"}
    with pytest.raises(verify.Bad, match="is no head that has leaf 0"):
        whole.grown()
