"""A forger who knows the format: each attack on a copy is named, by the line that should name it."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from roznamcha.ledger import verify
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.notes import Signer, body_of, note_of, vkey_of
from roznamcha.ledger.verify import Files, judge, opened, pack, read_policy
from tests.ledger.copies import Court, last, leaf, packed, shifted, verdict


def edit(files: Files) -> Files:
    """An entry is edited in the database, and its leaf made anew."""
    told = leaf(files, 1) | {"state": b64(b"x" * 32)}
    return files | {"leaves/000001.json": json.dumps(told).encode()}


def delete(files: Files) -> Files:
    """An entry is left out, as if it had never been."""
    return shifted(files, 2, last(files))


def insert(files: Files) -> Files:
    """An entry is put in that was never logged, with the proof of another."""
    told = leaf(files, 3) | {"entry": "00000000-0000-7000-8000-000000000000"}
    return files | {"leaves/000003.json": json.dumps(told).encode()}


def back_date(files: Files) -> Files:
    """An entry claims an earlier time of recording."""
    return files | {"leaves/000003.json": files["leaves/000003.json"].replace(b'"at":"2026', b'"at":"2025')}


def reorder(files: Files) -> Files:
    """Two entries change places, with their proofs and what is shown of them."""
    found = dict(files)
    for kind, end in (("leaves", "json"), ("proofs", "tlog-proof"), ("disclosures", "txt")):
        one, two = (f"{kind}/{place:06}.{end}" for place in (1, 2))
        found[one], found[two] = files[two], files[one]
    swapped = {1: 2, 2: 1}
    moved = [each | {"leaf": swapped.get(each["leaf"], each["leaf"])} for each in json.loads(files[verify.WITHHELD])]
    return found | {verify.WITHHELD: verify.listing(moved)}


def cut_off(files: Files) -> Files:
    """The last leaf is left out, which closes the copy: and with it whatever stood before it."""
    return shifted(files, last(files), last(files) + 1)


def fork(files: Files) -> Files:
    """The log shows this court another head than others have: other leaves, under a key of the forger's."""
    stranger = Signer("tlog.example/cg/2026", b"f" * 32)
    return resigned(files, lambda body: note_of(body, stranger.sign(body)))


def unsigned_head(files: Files) -> Files:
    """Another root under the log's own signature line."""
    name = "proofs/000000.tlog-proof"
    signature = files[name].split(b"\n\n")[2]
    return resigned(files, lambda _: note_of(body_of("tlog.example/cg/2026", 99, b"r" * 32), signature))


def resigned(files: Files, note: Callable[[bytes], bytes]) -> Files:
    """Every proof against another head, which lies beside them too."""
    found = dict(files)
    for name, data in files.items():
        if name.endswith(".tlog-proof"):
            front, body, _ = data.split(b"\n\n")
            found[name] = front + b"\n\n" + note(body + b"\n")
            found |= verify.raw(verify.open_checkpoint(note(body + b"\n")))
    return found


def rewritten_since(files: Files) -> Files:
    """The head of an earlier day is none from which the log goes on."""
    (name,) = (each for each in files if each.endswith("000000.checkpoint"))
    origin, size, _ = files[name].decode().split("\n", 2)
    return files | {name: note_of(body_of(origin, int(size), b"r" * 32), files[name].split(b"\n\n")[1])}


def swap_exhibit(files: Files) -> Files:
    """The film is another one, under the old name."""
    (name,) = (each for each in files if each.startswith("exhibits/"))
    return files | {name: b"another film"}


def add_exhibit(files: Files) -> Files:
    """A paper is slipped in that nobody entered."""
    return files | {"exhibits/0000.pdf": b"a confession"}


def change_custody(files: Files) -> Files:
    """The table of custody is made to read better."""
    return files | {"extracts/custody.csv": files["extracts/custody.csv"].replace(b"CG-2001", b"CG-2002")}


def change_value(files: Files) -> Files:
    """A value is shown that is not the one that was entered."""
    name = "disclosures/000001.txt"
    lines = files[name].decode().split()
    salt_name = opened(lines[0])
    other = b64(json.dumps(["A" * 22, salt_name[0], "other"]).encode())
    return files | {name: "\n".join([other, *lines[1:]]).encode()}


def hide_value(files: Files) -> Files:
    """A value is withheld without a word."""
    name = "disclosures/000001.txt"
    return files | {name: b"\n".join(files[name].split()[1:])}


def hide_without_reason(files: Files) -> Files:
    """A value is listed as withheld, and no reason is given."""
    told = json.loads(files[verify.WITHHELD])
    return files | {verify.WITHHELD: verify.listing([each | {"reason": ""} for each in told])}


def bend(files: Files) -> Files:
    """A list is broken up by something that only some programs take for the end of a line."""
    name = "disclosures/000001.txt"
    return files | {name: files[name].replace(b"\n", b"\x0b")}


def list_twice(files: Files) -> Files:
    """What is withheld is listed so that another program reads another reason."""
    told = files[verify.WITHHELD]
    return files | {verify.WITHHELD: told.replace(b'"reason"', b'"reason": "none",\n"reason"', 1)}


def other_anchor(files: Files) -> Files:
    """The head that openssl is given is another one than that of the proofs."""
    name = next(each for each in files if each.endswith("checkpoint.body"))
    return files | {name: files[name].replace(b"2026", b"2027")}


def slip_in_anchor(files: Files) -> Files:
    """A head of another log lies beside."""
    return files | {"anchors/2027/checkpoint": files["anchors/2026/checkpoint"]}


def replay(files: Files) -> Files:
    """A leaf of another log is put in, with its own log's sound proof."""
    other = leaf(files, 2) | {"log": "tlog.example/mp/2026"}
    data = json.dumps(other).encode()
    signer = Signer("tlog.example/cg/2026", b"s" * 32)
    body = body_of(signer.name, 1, verify.leaf_hash(data))
    proof = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + note_of(body, signer.sign(body))
    return files | {"leaves/000002.json": data, "proofs/000002.tlog-proof": proof}


def empty_proof(files: Files) -> Files:
    """A proof that proves nothing."""
    return files | {"proofs/000002.tlog-proof": files["proofs/000002.tlog-proof"].replace(b"index ", b"index 9", 1)}


def withheld(files: Files, place: int, *names: str, **why: Any) -> Files:
    """Some columns of a leaf are moved from what is shown to what is withheld."""
    path, told = f"disclosures/{place:06}.txt", json.loads(files[verify.WITHHELD])
    lines = files[path].decode().split()
    moved = [line for line in lines if opened(line)[0] in names]
    told += [{"leaf": place, "digest": b64(sha256(line.encode()).digest()), **why} for line in moved]
    assert moved
    left = "".join(f"{line}\n" for line in lines if line not in moved).encode()
    return files | {path: left, verify.WITHHELD: verify.listing(told)}


def unname(files: Files) -> Files:
    """What the closing leaf names is withheld, and then an extract changed and a confession slipped in."""
    hidden = withheld(files, last(files), "copy.files", reason="not for the court copy")
    return change_custody(add_exhibit(hidden))


def hide_more(files: Files) -> Files:
    """More is withheld than was, for a reason that there is."""
    return withheld(files, 1, "items", reason="not for the court copy")


def relabel(files: Files) -> Files:
    """The reasons are those of another audience."""
    told = files[verify.WITHHELD]
    return files | {verify.WITHHELD: told.replace(b"not for the court copy", b"not for the public copy")}


def invent_an_order(files: Files) -> Files:
    """What is shown was erased by an order that nobody entered."""
    return withheld(files, 1, "items", reason=verify.ERASED, order="HC 12/2026", person="W1")


def show_and_withhold(files: Files) -> Files:
    """A value that is shown is listed as withheld too."""
    both = withheld(files, 1, "items", reason="not for the court copy")
    return both | {"disclosures/000001.txt": files["disclosures/000001.txt"]}


def show_twice(files: Files) -> Files:
    """A value is shown twice."""
    name = "disclosures/000001.txt"
    return files | {name: files[name] + files[name].split()[0] + b"\n"}


def forget_a_day(files: Files) -> Files:
    """The head of the day of the FIR is left out."""
    return {name: data for name, data in files.items() if not name.startswith("milestones/")}


def day_of_another(files: Files) -> Files:
    """The head of the day of the FIR stands beside another leaf, which it doesn't have."""
    return {name.replace("milestones/000000", f"milestones/{last(files):06}"): data for name, data in files.items()}


def trojan(files: Files) -> Files:
    """The tool in the copy is another one."""
    return files | {"tools/verify.py": b"print('OK')\n"}


def junk_stamp(files: Files) -> Files:
    """A stamp lies beside that is on no head of this copy."""
    return files | {"anchors/2031/checkpoint.tsr": b"x"}


def another_version(files: Files) -> Files:
    """A leaf says that it is written in another way."""
    told = leaf(files, 1) | {"v": 99, "_sd_alg": "md5"}
    return files | {"leaves/000001.json": json.dumps(told).encode()}


ATTACKS: dict[str, tuple[Callable[[Files], Files], set[str]]] = {
    "edit": (edit, {"LOGGED", "COMPLETE"}),
    "delete": (delete, {"COMPLETE"}),
    "insert": (insert, {"LOGGED", "COMPLETE"}),
    "back-date": (back_date, {"LOGGED", "COMPLETE"}),
    "reorder": (reorder, {"LOGGED", "COMPLETE"}),
    "truncate the bundle": (cut_off, {"COMPLETE", "DISCLOSED"}),
    "fork": (fork, {"LOGGED"}),
    "a head that was not signed": (unsigned_head, {"LOGGED"}),
    "rewrite between milestones": (rewritten_since, {"LOGGED"}),
    "swap an exhibit": (swap_exhibit, {"DISCLOSED"}),
    "slip in an exhibit": (add_exhibit, {"DISCLOSED"}),
    "change an extract": (change_custody, {"DISCLOSED"}),
    "change a disclosed value": (change_value, {"DISCLOSED"}),
    "withhold in silence": (hide_value, {"DISCLOSED"}),
    "withhold without a reason": (hide_without_reason, {"DISCLOSED"}),
    "bend a list": (bend, {"DISCLOSED"}),
    "list a reason twice": (list_twice, {"DISCLOSED"}),
    "another head for openssl": (other_anchor, {"LOGGED"}),
    "slip in a head": (slip_in_anchor, {"LOGGED"}),
    "replay from another log": (replay, {"LOGGED", "COMPLETE"}),
    "a trick with a proof": (empty_proof, {"LOGGED"}),
    "unname what lies beside": (unname, {"DISCLOSED"}),
    "withhold more": (hide_more, {"DISCLOSED"}),
    "another audience's reasons": (relabel, {"DISCLOSED"}),
    "an order that nobody entered": (invent_an_order, {"DISCLOSED"}),
    "shown and withheld": (show_and_withhold, {"DISCLOSED"}),
    "shown twice": (show_twice, {"DISCLOSED"}),
    "forget a day": (forget_a_day, {"DISCLOSED"}),
    "a day of another leaf": (day_of_another, {"LOGGED", "DISCLOSED"}),
    "a Trojan tool": (trojan, {"DISCLOSED"}),
    "a stamp on nothing": (junk_stamp, {"LOGGED"}),
    "another version": (another_version, {"LOGGED", "COMPLETE"}),
}
"""What a forger does who knows the format, and the lines that name it."""


def test_each_attack_on_a_copy_is_named(case: Court) -> None:
    """By the line that should name it, and by no other; done carelessly, the manifest names it too."""
    files = case.files("court")
    for attack, (mount, lines) in ATTACKS.items():
        forged = mount(files)
        found = verdict(packed(forged), case.policy)
        assert {line for line, how in found.items() if how == "FAILED"} == lines, attack
        if forged.keys() == files.keys():
            careless = pack({**forged, verify.MANIFEST: files[verify.MANIFEST]})
            assert verdict(careless, case.policy)["INTACT"] == "FAILED", attack


def test_a_leaf_is_proved_in_its_own_log(case: Court) -> None:
    """Our leaf in another State's log, which the court trusts as well: it names the log it stands in."""
    files, other = case.files("court"), Signer("tlog.example/mp/2026", b"m" * 32)
    body = body_of(other.name, 1, verify.leaf_hash(files["leaves/000002.json"]))
    proof = b"c2sp.org/tlog-proof@v1\nindex 0\n\n" + note_of(body, other.sign(body))
    trusting = read_policy(f"log {vkey_of(other.key)}\n{case.policy_text}")
    found = verdict(packed(files | {"proofs/000002.tlog-proof": proof}), trusting)
    assert {line for line, how in found.items() if how == "FAILED"} == {"LOGGED"}


def test_without_a_policy_a_fork_can_not_be_seen(case: Court) -> None:
    """That is why LOGGED reads NOT CHECKED then, and never passes."""
    found = verdict(packed(fork(case.files("court"))))
    assert found["LOGGED"] == "NOT CHECKED"
    assert "unanchored" in next(says for line, _, says in judge(case.copies["court"]) if line == "LOGGED")
