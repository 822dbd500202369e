"""A key that was stolen is replaced: its log ends at a head, another goes on, and who has the old key gains nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from consumers.embedded import connected
from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.ending import rotate
from roznamcha.ledger.kept import Ledger, all_leaves
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.merkle import EMPTY, consistency
from roznamcha.ledger.notes import Signer, base64_text, body_of, note_of, vkey_of
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import Bad, Files, Policy, against, judge, open_checkpoint, raw, read_policy, unpack
from schemas import catalogue
from tests.acts import NOW, act
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import stopping, watching
from tests.ledger.copies import Court, packed
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.logs import Log
from tests.ledger.test_sequencer import sound, told
from tests.roznamcha.test_store import store_on

LOG = f"{BASE}/2026"


@pytest.fixture
def keeper(database: str, tmp_path: Path) -> Keeper:
    """Three cases of four entries each, and nothing in the ledger."""
    write_cases(database, 3)
    return Keeper(database, tmp_path)


@pytest.fixture
def ledger(keeper: Keeper) -> Iterator[Ledger]:
    """The ledger as others read it."""
    with connected(keeper.url) as connection:
        yield Ledger(connection)


def replace(keeper: Keeper, now: datetime = NOW, add: int = 0) -> dict[str, Any]:
    """Add so many more, unsigned, and replace the key."""
    if add:
        with keeper.sequencing(now) as sequencer:
            sequencer.add(add)
    with connected(keeper.url) as connection:
        sequencer = Sequencer(connection, catalogue(), keeper.keys, keeper.memory, lambda: now)
        return rotate(sequencer, "CG-9001", "the laptop was stolen")


def test_another_log_goes_on_under_a_fresh_key(keeper: Keeper, ledger: Ledger) -> None:
    """What has leaves is signed, what has none goes into the other log; its first leaf has head, officer and reason."""
    said = replace(keeper, add=5)
    old, new = ledger.logs()
    assert (old.origin, old.size, new.origin, said["aside"]) == (LOG, 6, f"{LOG}-2", [])
    first = told(ledger)[0]
    assert first["kind"] == "begin"
    assert first["previous"] == said["previous"]
    assert open_checkpoint(ledger.checkpoint(old).note)[:3] == (LOG, 6, old.root)
    assert (first["previous"]["size"], first["by"], first["reason"]) == (6, "CG-9001", "the laptop was stolen")
    assert old.vkey != new.vkey == vkey_of(keeper.keys.signer(new.origin).key)
    keeper.keep()
    assert [each.size for each in ledger.logs()] == [6, 1 + 7]
    sound(ledger)
    found = audit(ledger, catalogue(), [ledger.checkpoint(old).note])
    assert (found.ok, found.entries, found.leaves) == (True, 12, 14)
    replace(keeper)
    keeper.keep(datetime(2027, 1, 2, tzinfo=UTC))
    assert [each.origin for each in ledger.logs()] == [LOG, f"{LOG}-2", f"{LOG}-3"]


def test_every_key_that_lay_beside_it_is_doubted(keeper: Keeper, ledger: Ledger) -> None:
    """Next year's was drawn already: whoever took the folder has it, so it signs nothing, and is kept apart."""
    keeper.keep()
    taken = vkey_of(keeper.keys.make(f"{BASE}/2027").key)
    assert replace(keeper, datetime(2027, 1, 5, tzinfo=UTC))["aside"] == [f"{BASE}/2027"]
    new = ledger.log()
    assert (new.origin, new.year) == (f"{BASE}/2027", 2027)
    assert new.vkey != taken
    assert len(list(keeper.keys.folder.glob("2027.*.doubted"))) == 1
    assert [each.name for each in keeper.keys.all()] == [LOG, f"{BASE}/2027"]
    sound(ledger)


STEPS = ["ledger: signed", "ledger: remembered", "ledger: keys put aside", "ledger: added", "ledger: handed over"]


@pytest.mark.parametrize("step", STEPS)
def test_dead_at_any_step(keeper: Keeper, ledger: Ledger, step: str) -> None:
    """The log goes on as it was, or the other one has begun; the command can be given again, and nothing is doubled."""
    keeper.keep()
    write_cases(keeper.url, 1, first=3)
    dying = watching(stopping(step, 2 if step == "ledger: added" else 1))
    with dying, pytest.raises(InterruptedError):
        replace(keeper, add=2)
    keeper.keep()
    sound(ledger)
    logs = ledger.logs()
    assert [each.origin for each in logs] == [LOG, f"{LOG}-2"][: 2 if step == "ledger: handed over" else 1]
    replace(keeper)
    keeper.keep()
    sound(ledger)
    assert (audit(ledger, catalogue()).wrong, audit(ledger, catalogue()).entries) == ([], 16)


def test_who_has_not_noticed_adds_nothing(keeper: Keeper, ledger: Ledger) -> None:
    """A sequencer that began before, and has lost its lock, stops before it writes into the log that has ended."""
    with keeper.sequencing() as late:
        late.add(4)
        late.sign()
        replace(keeper)
        with pytest.raises(Unavailable, match="or begun the next log"):
            late.add(4)
        assert late.ledger.logs()[0].size == 5
    keeper.keep()
    sound(ledger)


def test_it_is_refused_where_nothing_can_be_signed(keeper: Keeper, ledger: Ledger) -> None:
    """No log yet; one that was taken back; one whose key is not there. No key is drawn or put aside for it."""
    with pytest.raises(Refused, match="no log was begun here"):
        replace(keeper)
    keeper.keep()
    keeper.keys.make(f"{BASE}/2027")
    note = ledger.last_note()
    path = next(keeper.keys.folder.glob("2026.key"))
    kept = path.read_text()
    path.write_text(Signer(LOG, b"x" * 32).written)
    with pytest.raises(Broken, match="another than the one it was begun with"):
        replace(keeper)
    path.write_text(kept)
    keeper.tamper("UPDATE roznamcha.tiles SET hashes = sha256('x') || substr(hashes, 33)")
    with pytest.raises(Broken, match="others than those signed"):
        replace(keeper)
    assert [each.name for each in keeper.keys.all()] == [LOG, f"{BASE}/2027"]
    assert (len(ledger.logs()), ledger.last_note()) == (1, note)


def test_what_a_thief_signs_afterwards_is_named(keeper: Keeper, ledger: Ledger) -> None:
    """A longer head, another one of the same size; and, with the database too, leaves behind the end."""
    keeper.keep()
    thief = keeper.keys.signer(LOG)
    replace(keeper)
    keeper.keep()
    for size, why in ((14, "somebody else has its key"), (13, "others than those signed")):
        body = body_of(LOG, size, b"t" * 32)
        note = note_of(body, thief.sign(body))
        found = break_in(ledger, [note])
        assert found is not None
        assert why in found.why
        assert any(why in each for each in audit(ledger, catalogue(), [note]).wrong)
    keeper.tamper(f"UPDATE roznamcha.logs SET size = 14, root = '\\x{EMPTY.hex()}' WHERE number = 1")
    why = f"{LOG} ended at 13 leaves where {LOG}-2 began, and has 14 now, or others"
    assert why in audit(ledger, catalogue()).wrong


ROTATE = ("ledger", "key", "rotate", "--by", "CG-9001", "--reason", "the laptop was stolen")


def test_the_command_and_who_is_told(attacked: Court) -> None:
    """It gives the new key and where the old log ended; status and audit tell it; a sequencer at work is in the way."""
    with connected(attacked.keeper.url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtextextended('ledger', 0))")
        assert "stop it first" in attacked.run(*ROTATE, code=1)
    said = attacked.run(*ROTATE)
    assert (said["previous"]["origin"], said["previous"]["size"]) == (LOG, 6)
    assert said["vkey"] == attacked.run("ledger", "key", "list")[-1]["vkey"]
    status = attacked.run("ledger", "status")
    (entered,) = status["replaced"]
    assert (entered["origin"], entered["by"], entered["previous"]) == (f"{LOG}-2", "CG-9001", said["previous"])
    assert f"{LOG}-2 goes on under a fresh key from {LOG} at 6" in status["hints"][0]
    assert attacked.run("ledger", "audit")["ok"]
    assert attacked.run("ledger", "run", "--once")["origin"] == f"{LOG}-2"
    assert "name the officer" in attacked.run(*ROTATE[:4], " ", "--reason", "x", code=1)


@pytest.fixture
def copied(attacked: Court) -> Court:
    """The copy that was made before, and one that was made after the key was replaced: it spans both logs."""
    attacked.copies["before"] = attacked.copy("public")[1]
    store = store_on(attacked.keeper.url)
    store.record(act("case.FIRRegistered", "another"))
    store.datastore.close()
    attacked.run("ledger", "run", "--once")
    attacked.run(*ROTATE)
    attacked.copies["after"] = attacked.copy("public")[1]
    return attacked


def said(files: Files, policy: Policy) -> dict[str, tuple[str, str]]:
    """Each line's verdict, and its words."""
    return {line: (how, words) for line, how, words in judge(packed(files), policy)}


def test_a_copy_that_spans_both_logs(copied: Court) -> None:
    """By both keys all is as of two years, and the order is told; a policy that has the new key alone says FAILED."""
    files = copied.files("after")
    assert {json.loads(data)["log"] for name, data in files.items() if name.startswith("leaves/")} == {LOG, f"{LOG}-2"}
    lines = said(files, copied.policy)
    assert {line for line, (how, _) in lines.items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
    assert open_checkpoint(files["anchors/2026/checkpoint"]).size == 7, "of the 8 with which it ended"
    assert f"{LOG} was ended by order of CG-9001: the laptop was stolen; signed by the log" in lines["LOGGED"][1]
    new = copied.run("ledger", "key", "list")[-1]["vkey"]
    how, words = said(files, read_policy(f"log {new}\nquorum none\n"))["LOGGED"]
    assert (how, words) == ("FAILED", f"the head of {LOG} is signed by no log that the policy knows")
    assert "leaves are the same in both" in against(copied.copies["before"], copied.copies["after"])[0]


def forged(files: Files, leaves: list[bytes], signer: Signer) -> Files:
    """What of a copy is of the ended log, made anew by who has its key: another history, with every proof in it."""
    log, name = Log(leaves, signer), signer.name.rpartition("/")[2]
    head = open_checkpoint(log.checkpoint)
    found = files | raw(head) | {f"beginnings/{name}.json": leaves[0], f"beginnings/{name}.tlog-proof": log.proof(0)}
    for each, data in files.items():
        if each.startswith("leaves/") and json.loads(data)["log"] == signer.name:
            found[each.replace("leaves/", "proofs/").replace(".json", ".tlog-proof")] = log.proof(leaves.index(data))
        if each.startswith("milestones/"):
            found[each] = log.checkpoint if each.endswith("checkpoint") else b""
    return found


FORKS: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "longer": (lambda them: [*them, b'{"more":1}'], "goes on beyond 8 leaves"),
    "another of that size": (lambda them: [*them[:5], b'{"other":1}', *them[6:]], "another history"),
    "another that is shorter": (
        lambda them: [them[0].replace(b'"v":1', b'"v":2'), *them[1:5], them[6]],
        "another history",
    ),
}


@pytest.mark.parametrize("how", FORKS)
@pytest.mark.parametrize("proof", ["kept", "none", "its own"])
def test_a_thief_shows_no_other_history_of_the_ended_log(copied: Court, how: str, proof: str) -> None:
    """Rightly signed with the stolen key, which the policy still knows: the other log's first leaf is against it."""
    keys = Keys(copied.keeper.folder / "data" / "keys" / "ledger")
    with connected(copied.keeper.url) as connection:
        ledger = Ledger(connection)
        honest = [each.data for each in all_leaves(ledger, ledger.log(LOG))]
    make, why = FORKS[how]
    leaves = make(honest)
    files = forged(copied.files("after"), leaves, keys.signer(LOG))
    name = "beginnings/2026-2.consistency"
    if proof == "none":
        del files[name]
    elif proof == "its own" and len(leaves) < len(honest):
        whole = Log([*leaves, *honest[len(leaves) :]])
        own = consistency(whole.tiles.__getitem__, len(leaves), len(honest))
        files[name] = "".join(f"{base64_text(each)}\n" for each in own).encode()
    verdict, words = said(files, copied.policy)["LOGGED"]
    assert verdict == "FAILED"
    assert why in words or (proof == "none" and "is missing: that" in words)
    assert said(forged(copied.files("after"), honest[:7], keys.signer(LOG)), copied.policy)["LOGGED"][0] == "OK"


def test_a_copy_of_the_ended_log_alone_is_held_to_another(copied: Court) -> None:
    """Nothing in it tells of the end; beside an honest later copy it fails, and so does its head by the log."""
    keys = Keys(copied.keeper.folder / "data" / "keys" / "ledger")
    with connected(copied.keeper.url) as connection:
        ledger = Ledger(connection)
        honest = [each.data for each in all_leaves(ledger, ledger.log(LOG))]
    for how, why in (("longer", "goes on beyond 8 leaves"), ("another of that size", "with another history")):
        files = forged(unpack(copied.copies["before"]), FORKS[how][0](honest), keys.signer(LOG))
        assert said(files, copied.policy)["LOGGED"][0] == "OK", "by itself it can't be told"
        for pair in ((packed(files), copied.copies["after"]), (copied.copies["after"], packed(files))):
            with pytest.raises(Bad, match=why):
                against(*pair)
        head = copied.keeper.folder / "head"
        head.write_bytes(files["anchors/2026/checkpoint"])
        copied.run("ledger", "consistency", str(head), code=3)
        assert not copied.run("ledger", "audit", "--against", str(head), code=3)["ok"]
