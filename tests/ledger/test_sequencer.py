"""The sequencer: every entry once and in order, signed after it is kept, and never two histories under one name."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from consumers.embedded import connected
from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import Binder
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.kept import Ledger, all_leaves
from roznamcha.ledger.leaf import Chain, Entries
from roznamcha.ledger.merkle import grow, leaf_hash
from roznamcha.ledger.notes import vkey_of
from roznamcha.ledger.remembered import Memory, signed_by_log
from roznamcha.ledger.verify import extends, includes, judge, open_checkpoint, open_proof, read_policy
from schemas import catalogue
from tests.acts import NOW, act
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import stopping, watching
from tests.ledger.keeping import BASE, Keeper
from tests.roznamcha.test_store import store_on

NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


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


def told(ledger: Ledger, origin: str = "") -> list[dict[str, Any]]:
    """What the leaves of a log say."""
    return [json.loads(each.data) for each in all_leaves(ledger, ledger.log(origin))]


def sound(ledger: Ledger) -> None:
    """The whole of every log: leaves from 0 on, chains, tiles, head, checkpoints."""
    places: dict[str, Chain] = {}
    for log in ledger.logs():
        leaves = list(all_leaves(ledger, log))
        assert [each.index for each in leaves] == list(range(log.size))
        for each in leaves:
            said = json.loads(each.data)
            assert said["log"] == log.origin
            if each.record_id is not None:
                chain = places.get(said["record"], Chain())
                assert (said["place"], said["prev"]) == (chain.place + 1, chain.hash and b64(chain.hash))
                places[said["record"]] = Chain(said["place"], leaf_hash(each.data))
        tree = ledger.tree(log)
        for where, tile in grow(lambda _: b"", 0, [leaf_hash(each.data) for each in leaves])[1].items():
            assert tree.tiles(where) == tile
        assert tree.root(log.size) == log.root
        signed = open_checkpoint(ledger.checkpoint(log).note)
        assert (signed.size, signed.root, signed_by_log(signed, log)) == (log.size, log.root, 0)


def test_every_entry_has_its_leaf_in_order(keeper: Keeper, ledger: Ledger) -> None:
    """Contiguous, in the order of positions, made of the stored bytes, however the batches fall."""
    with keeper.sequencing() as sequencer:
        while sequencer.add(5):
            pass
        assert sequencer.sign() is not None
        assert sequencer.sign() is None
    entries = ledger.rows("SELECT notification_id, state FROM roznamcha.entries ORDER BY 1")
    leaves = list(all_leaves(ledger, ledger.log()))
    assert json.loads(leaves[0].data)["kind"] == "begin"
    assert [each.position for each in leaves[1:]] == [position for position, _ in entries]
    read, chains = Entries(catalogue()).read, dict[Any, Chain]()
    for leaf, (position, state) in zip(leaves[1:], entries, strict=True):
        entry = read(state)
        chain = chains.get(entry.record_id, Chain())
        assert leaf.data == entry.leaf(f"{BASE}/2026", position, chain)
        chains[entry.record_id] = Chain(chain.place + 1, leaf_hash(leaf.data))
    sound(ledger)
    assert keeper.keep() == ledger.last_note(), "with nothing new, nothing is signed"


def test_a_burnt_position_is_no_entry(keeper: Keeper, ledger: Ledger) -> None:
    """A position that was never given to an entry leaves no hole among the leaves."""
    keeper.keep()
    keeper.tamper("SELECT nextval('roznamcha.entries_notification_id_seq') FROM generate_series(1, 7)")
    write_cases(keeper.url, 1, first=3)
    keeper.keep()
    assert ledger.log().size == 1 + 16
    assert json.loads(ledger.leaves(ledger.log(), 13, 14)[0].data)["position"] == 20
    sound(ledger)


def test_proofs_lead_from_leaf_to_signed_head(keeper: Keeper, ledger: Ledger) -> None:
    """Each leaf under the head, and each head under the next."""
    first = open_checkpoint(keeper.keep())
    write_cases(keeper.url, 2, first=3)
    last = open_checkpoint(keeper.keep())
    log = ledger.log()
    tree = ledger.tree(log)
    for leaf in all_leaves(ledger, log):
        index, hashes, note = open_proof(tree.prove(leaf.index, last))
        assert (index, note) == (leaf.index, last.note)
        assert includes(index, last.size, leaf_hash(leaf.data), hashes, last.root)
    assert extends(first.size, last.size, first.root, last.root, tree.extends(first.size, last.size))
    assert ledger.checkpoint(log, covering=2).size == first.size
    assert ledger.checkpoint(log, covering=first.size + 1).size == last.size
    for wrong in (
        lambda: tree.prove(last.size, last),
        lambda: tree.root(99),
        lambda: tree.extends(0, 1),
        lambda: ledger.log("x"),
        lambda: ledger.at_position(99),
        lambda: ledger.checkpoint(log, 99),
    ):
        with pytest.raises(Refused):
            wrong()


STEPS = ["ledger: added", "ledger: signed", "ledger: remembered"]


@pytest.mark.parametrize("step", STEPS)
def test_begun_again_after_any_step(keeper: Keeper, ledger: Ledger, step: str) -> None:
    """A sequencer that dies at a step leaves nothing half done: the next one goes on, and the log is as without it."""
    with watching(stopping(step)), pytest.raises(InterruptedError):
        keeper.keep()
    write_cases(keeper.url, 1, first=3)
    keeper.keep()
    sound(ledger)
    assert ledger.log().size == 1 + 16


def test_a_head_is_remembered_before_it_is_entered(keeper: Keeper, ledger: Ledger) -> None:
    """Dead between the two, it is known outside the database; the next one enters it, with nothing new to sign."""
    with watching(stopping("ledger: signed")), pytest.raises(InterruptedError):
        keeper.keep()
    assert (keeper.memory.read(), ledger.last_note()) == (None, None), "nobody has it"
    with watching(stopping("ledger: remembered")), pytest.raises(InterruptedError):
        keeper.keep()
    note = keeper.memory.read()
    assert note is not None
    assert ledger.last_note() is None
    with keeper.sequencing() as sequencer:
        assert ledger.last_note() == note
        assert sequencer.sign() is None


def test_a_memory_is_whole_and_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new one is on the disk before it takes the old one's place, and its place after."""
    memory, seen, sync = Memory(tmp_path / "ledger" / "checkpoint"), list[Any](), os.fsync
    memory.write(b"old")

    def watched(file: int) -> None:
        sync(file)
        seen.append((stat.S_ISDIR(os.fstat(file).st_mode), os.fstat(file).st_size, memory.read()))

    monkeypatch.setattr(os, "fsync", watched)
    memory.write(b"the new")
    assert [each[0] for each in seen] == [False, True]
    assert seen[0][1:] == (len(b"the new"), b"old")
    assert seen[1][2] == b"the new"
    assert [each.name for each in memory.path.parent.iterdir()] == ["checkpoint"]


def test_a_head_that_another_has_moved_is_not_moved(keeper: Keeper, ledger: Ledger) -> None:
    """The head moves from where this sequencer knows it, or not at all, even where no leaf is in the way."""
    with keeper.sequencing() as sequencer:
        sequencer.add(3)
        sequencer.sign()
        keeper.tamper("UPDATE roznamcha.logs SET size = 3")
        with pytest.raises(Unavailable, match="somebody else has added"):
            sequencer.add(3)
    assert (ledger.log().size, len(list(ledger.leaves(ledger.log(), 0, 99)))) == (3, 4), "and nothing was added"


def test_tiles_that_make_another_root_are_not_built_on(keeper: Keeper, ledger: Ledger) -> None:
    """Leaves that were added and not signed: no head tells of them, so the log's own root must."""
    with keeper.sequencing() as sequencer:
        sequencer.add(3)
        sequencer.sign()
        sequencer.add(3)
    keeper.tamper("UPDATE roznamcha.tiles SET hashes = substr(hashes, 1, 160) || sha256('x') || substr(hashes, 193)")
    with pytest.raises(Broken, match=r"tiles of tlog.example/cg/2026 have another root than its head"):
        keeper.keep()
    assert open_checkpoint(ledger.last_note() or b"").size == 4


def test_one_sequencer_at_a_time(keeper: Keeper) -> None:
    """The second is not alone; and one that adds behind another's back stops before anything is kept."""
    with keeper.sequencing() as first, ExitStack() as more:
        assert first.alone()
        second = more.enter_context(keeper.sequencing())
        assert not second.alone()
        first.add(3)
        third = more.enter_context(keeper.sequencing())
        first.add(3)
        with pytest.raises((Unavailable, psycopg.errors.UniqueViolation)):
            third.add(3)
    keeper.keep()


def test_another_year_is_another_log_under_another_key(keeper: Keeper, ledger: Ledger) -> None:
    """The new one begins with where the old one ended; late entries of the old year go on in the new log."""
    keeper.keep()
    for year, record in ((NEXT_YEAR, "feed:0"), (NOW, "feed:1"), (NEXT_YEAR, "feed:0")):
        store = store_on(keeper.url, year)
        store.record(act("case.CopyGivenToInformant", record))
        store.datastore.close()
        keeper.keep(year)
    old, new = ledger.logs()
    assert (old.origin, new.origin, old.size, new.size) == (f"{BASE}/2026", f"{BASE}/2027", 13, 4)
    assert old.vkey != new.vkey == vkey_of(keeper.keys.signer(new.origin).key)
    begin = told(ledger)[0]
    assert (begin["kind"], begin["previous"]["origin"], begin["previous"]["size"]) == ("begin", old.origin, 13)
    assert [signer.name for signer in keeper.keys.all()] == [old.origin, new.origin]
    sound(ledger)
    record = ledger.leaves(old, 1, 2)[0].record_id
    assert record is not None
    binder, rule = Binder(ledger, catalogue(), None), RULES["public"]
    closed = binder.close(record, rule, {}, keeper.keep)
    copy = binder.bind(binder.shown(record, rule, closed), rule, {})
    assert copy == binder.bind(binder.shown(record, rule, closed), rule, {})
    policy = read_policy(f"log {old.vkey}\nlog {new.vkey}\nquorum none\n")
    lines = {line: (how, says) for line, how, says in judge(copy, policy)}
    assert {line for line, (how, _) in lines.items() if how == "OK"} == {"INTACT", "LOGGED", "COMPLETE", "DISCLOSED"}
    assert f"{old.origin} at 13, {new.origin} at" in lines["LOGGED"][1]


def test_a_year_that_has_not_begun_begins_no_log(keeper: Keeper, ledger: Ledger) -> None:
    """One entry with a wrong year has its leaf among today's, and so has what follows; a day too early is no error."""
    store = store_on(keeper.url, NEXT_YEAR)
    store.record(act("case.CopyGivenToInformant", "feed:0"))
    store.datastore.close()
    steps = ((NOW, NOW), (NEXT_YEAR - timedelta(days=1, seconds=1), NEXT_YEAR))
    for n, (now, then) in enumerate(steps):
        keeper.keep(now)
        assert [(each.year, each.size) for each in ledger.logs()] == [(2026, 14 + n)]
        store = store_on(keeper.url, then)
        store.record(act("case.CopyGivenToInformant", f"feed:{n + 1}"))
        store.datastore.close()
    assert [signer.name for signer in keeper.keys.all()] == [f"{BASE}/2026"]
    keeper.keep(NEXT_YEAR - timedelta(days=1))
    assert [(each.year, each.size) for each in ledger.logs()] == [(2026, 15), (2027, 2)]
    sound(ledger)


def test_the_first_log_is_of_no_year_to_come(keeper: Keeper, ledger: Ledger) -> None:
    """Entries of an earlier year begin that year's log; those of a year that has not begun begin today's."""
    keeper.keep(datetime(2025, 6, 1, tzinfo=UTC))
    assert [each.origin for each in ledger.logs()] == [f"{BASE}/2025"]
    sound(ledger)
    keeper.keep(NEXT_YEAR)
    assert [each.origin for each in ledger.logs()] == [f"{BASE}/2025"]


def test_what_the_ledger_was_asked_to_say(keeper: Keeper, ledger: Ledger) -> None:
    """A statement on a record stands in its chain, behind the entries that were there."""
    keeper.keep()
    record = ledger.leaves(ledger.log(), 1, 2)[0].record_id
    with connected(keeper.url) as connection:
        query = "INSERT INTO roznamcha.ledger_acts VALUES (%s, DEFAULT, %s, %s, %s)"
        closing = {"files": {"a": "b"}, "audience": "public", "withheld": "x"}
        connection.execute(query, ("0" * 32, record, b"s" * 16, json.dumps(closing)))
    keeper.keep()
    assert keeper.keep() == ledger.last_note()
    last = ledger.of_record(record)[-1]  # type: ignore[arg-type]  # an entry's
    said = json.loads(last.data)
    assert (said["kind"], said["place"], last.index, len(said["_sd"])) == ("copy", 4, 13, 16)
    assert "files" not in last.data.decode()
    sound(ledger)


LOST = {
    "leaves are gone": (
        [
            "DELETE FROM roznamcha.leaves WHERE index >= 9", "DELETE FROM roznamcha.tiles",
            "DELETE FROM roznamcha.checkpoints WHERE size > 9", "UPDATE roznamcha.logs SET size = 9",
        ],
        "leaves 9 to 12 of tlog.example/cg/2026 were signed and are not here",
    ),
    "other leaves stand there": (
        ["UPDATE roznamcha.tiles SET hashes = sha256('x') || substr(hashes, 33)"],
        "the first 13 leaves of tlog.example/cg/2026 are others than those signed",
    ),
    "the log is gone": (
        ["TRUNCATE roznamcha.leaves, roznamcha.logs CASCADE"],
        "a checkpoint of tlog.example/cg/2026 was signed, and this store has no such log",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", LOST)
def test_it_signs_nothing_after_a_restore(keeper: Keeper, how: str) -> None:
    """Taken back or rewritten, the ledger is not what was signed: that is said, and nothing is added or signed."""
    note = keeper.keep()
    statements, why = LOST[how]
    keeper.tamper(*statements)
    write_cases(keeper.url, 1, first=3)
    with pytest.raises(Broken, match=why):
        keeper.keep()
    assert keeper.memory.read() == note


def test_a_checkpoint_that_others_kept_is_enough(keeper: Keeper) -> None:
    """The memory may be lost too: a checkpoint from outside shows the break, if it was signed here."""
    note = keeper.keep()
    keeper.tamper(*LOST["leaves are gone"][0])
    keeper.memory.path.unlink()
    with pytest.raises(Broken, match="leaves 9 to 12"), keeper.sequencing(NOW, note):
        pass
    for strange, why in ((note.replace(b"\n13\n", b"\n14\n"), "proves nothing"), (b"", "no signed note")):
        with pytest.raises(Refused, match=why), keeper.sequencing(NOW, strange):
            pass


def test_a_key_that_is_gone_or_wrong(keeper: Keeper) -> None:
    """Nothing is signed with another key than the log was begun with."""
    keeper.keep()
    (path,) = keeper.keys.folder.glob("*.key")
    kept = path.read_text()
    path.write_text(kept.replace("2026", "2027"))
    with pytest.raises(Broken, match="no signing key"):
        keeper.keep()
    path.unlink()
    with pytest.raises(Broken, match="another than the one it was begun with"):
        keeper.keep()
    with pytest.raises(Refused, match="for ever"):
        keeper.keys.base("tlog.example/other")
    with pytest.raises(Refused, match="alone, such as"):
        keeper.keys.base("tlog example")
    path.write_text(kept)
    keeper.keep()
    assert oct(path.stat().st_mode)[-3:] == "600"
