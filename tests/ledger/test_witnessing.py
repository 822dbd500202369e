"""Witnesses cosign what goes on from what they have seen, and nothing else: forks and restores are theirs to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from consumers.embedded import connected
from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import Binder
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.notes import body_of, note_of, vkey_of
from roznamcha.ledger.verify import Checkpoint, Key, open_checkpoint, read_policy, signed_by
from roznamcha.ledger.witnessing import cosigned, witnessed
from schemas import catalogue
from tests.acts import act
from tests.consumers.feed import write_cases
from tests.ledger.copies import Court, verdict
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.logs import SIGNER
from tests.ledger.witness import Witness, of_others, witness
from tests.peers.installed import NoPeer
from tests.peers.published import needs
from tests.roznamcha.test_store import store_on


@pytest.fixture
def keeper(database: str, tmp_path: Path) -> Keeper:
    """Two cases, in the ledger."""
    write_cases(database, 2)
    made = Keeper(database, tmp_path)
    made.keep()
    return made


@pytest.fixture
def hc(keeper: Keeper) -> Iterator[Witness]:
    """The High Court's registry."""
    with witness("hc.example", keeper.keys.signer(f"{BASE}/2026").key) as made:
        yield made


def seen(keeper: Keeper, *by: Witness, size: int = 0) -> Checkpoint:
    """The last head, or the one that first had so many leaves, as these have cosigned it."""
    return asked(keeper, "".join(each.line for each in by) + "quorum none\n", size)


def asked(keeper: Keeper, policy: str, size: int = 0) -> Checkpoint:
    """The same, under any policy."""
    with connected(keeper.url) as connection:
        ledger = Ledger(connection)
        log = ledger.log()
        head = ledger.checkpoint(log, size) if size else ledger.checkpoint(log)
        return witnessed(ledger.tree(log), head, policy)


def test_each_head_is_cosigned_as_it_grows(keeper: Keeper, hc: Witness) -> None:
    """The first without a proof, later ones from what the witness has seen; one that it never saw comes too late."""
    assert (seen(keeper, hc).size, hc.size) == (9, 9)
    write_cases(keeper.url, 1, first=2)
    keeper.keep()
    for _ in range(2):
        head = seen(keeper, hc)
        assert (head.size, hc.size) == (13, 13)
        assert signed_by(hc.signer.key, head)
    for n in (3, 4):
        write_cases(keeper.url, 1, first=n)
        keeper.keep()
    assert (seen(keeper, hc).size, hc.size) == (21, 21)
    with pytest.raises(Unavailable, match="take a later head"):
        seen(keeper, hc, size=17)


def test_a_fork_and_a_restore_are_refused(keeper: Keeper, hc: Witness) -> None:
    """Another history under the same name, rightly signed; and a log that has become shorter."""
    seen(keeper, hc)
    hc.root = b"r" * 32
    write_cases(keeper.url, 1, first=2)
    keeper.keep()
    with pytest.raises(Broken, match="has seen another history"):
        seen(keeper, hc)
    hc.size = 99
    with pytest.raises(Broken, match="has seen 99 leaves"):
        seen(keeper, hc)


def test_who_does_not_answer_or_does_not_sign(keeper: Keeper, hc: Witness) -> None:
    """Away, of another log, or with a signature that is not its own: nothing is counted for a witness."""
    with witness("fsl.example", SIGNER.key) as stranger:
        with pytest.raises(Unavailable, match=r"fsl.example does not cosign: status 404"):
            seen(keeper, stranger)
        stranger.log, line = hc.log, stranger.line
        stranger.signer = hc.signer
        with pytest.raises(Unavailable, match="has answered, and not signed this head"):
            asked(keeper, f"{line}quorum none\n")
    with pytest.raises(Unavailable, match="is away"):
        asked(keeper, f"{line}quorum none\n")
    with pytest.raises(Refused, match="says nothing"):
        asked(keeper, "witness\nquorum none\n")


@pytest.fixture
def others(keeper: Keeper, tmp_path: Path) -> Iterator[tuple[Key, str]]:
    """A witness that others have written, and run in public."""
    folder = tmp_path / "others"
    folder.mkdir()
    try:
        with of_others(folder, keeper.keys.signer(f"{BASE}/2026").key) as made:
            yield made
    except NoPeer as missing:
        needs(missing)


def told_by(others: tuple[Key, str], old: int, head: Checkpoint) -> tuple[int, str]:
    """Status and body of its bare answer to a head without a proof."""
    answer = httpx.post(f"{others[1]}/add-checkpoint", content=f"old {old}\n\n".encode() + head.note)
    return answer.status_code, answer.text


def test_a_witness_of_others_cosigns_what_grows(keeper: Keeper, others: tuple[Key, str]) -> None:
    """The first head, one that goes on from it by our proof, and that one again; not a log that it doesn't know."""
    key, url = others
    line = f"witness hc {vkey_of(key)} {url}\nquorum hc\n"
    assert signed_by(key, asked(keeper, line))
    write_cases(keeper.url, 1, first=2)
    keeper.keep()
    for _ in range(2):
        grown = asked(keeper, line)
        assert (grown.size, bool(signed_by(key, grown))) == (13, True)
    assert told_by(others, 9, grown) == (409, "13\n")
    body = body_of(SIGNER.name, 13, grown.root)
    assert told_by(others, 13, open_checkpoint(note_of(body, SIGNER.sign(body))))[0] == 404


def test_a_witness_of_others_refuses_a_fork(keeper: Keeper, others: tuple[Key, str]) -> None:
    """Another head of the same size, rightly signed; and a store that was written anew, with keys, tree and proof."""
    key, url = others
    line = f"witness hc {vkey_of(key)} {url}\nquorum hc\n"
    asked(keeper, line)
    signer = keeper.keys.signer(f"{BASE}/2026")
    body = body_of(signer.name, 9, b"f" * 32)
    forked = open_checkpoint(note_of(body, signer.sign(body)))
    assert told_by(others, 9, forked) == (422, "")
    with connected(keeper.url) as connection, pytest.raises(Broken, match="has seen another history"):
        cosigned(Ledger(connection).tree(Ledger(connection).log()), forked, key, url)
    begin_anew(keeper, "DELETE FROM roznamcha.entries WHERE notification_id = 8")
    write_cases(keeper.url, 2, first=2)
    keeper.keep()
    with pytest.raises(Broken, match="has seen another history"):
        asked(keeper, line)


def test_a_witness_of_others_refuses_a_rollback(keeper: Keeper, others: tuple[Key, str]) -> None:
    """The log's tail is taken away, and the shorter log signed anew: it has seen more."""
    key, url = others
    line = f"witness hc {vkey_of(key)} {url}\nquorum hc\n"
    seen_first = asked(keeper, line)
    begin_anew(keeper, "DELETE FROM roznamcha.entries WHERE notification_id = 8")
    keeper.keep()
    with pytest.raises(Broken, match=r"has seen 9 leaves of tlog\.example/cg/2026, and this head has 8"):
        asked(keeper, line)
    with connected(keeper.url) as connection:
        shorter = Ledger(connection).checkpoint(Ledger(connection).log())
    assert (told_by(others, 9, shorter)[0], told_by(others, 8, shorter)) == (400, (409, "9\n"))
    assert told_by(others, 9, seen_first)[0] == 200


def begin_anew(keeper: Keeper, *statements: str) -> None:
    """What the database's own ruler can do: change the entries, and have the whole ledger made of them once more."""
    keeper.tamper(*statements, "TRUNCATE roznamcha.leaves, roznamcha.logs CASCADE", "TRUNCATE roznamcha.ledger_acts")
    keeper.memory.path.unlink()


def test_a_copy_is_witnessed(case: Court, tmp_path: Path) -> None:
    """The heads of a copy carry the cosignatures; the line that says so is OK under the policy that asks for them."""
    logs = [line for line in case.policy_text.splitlines() if line.startswith("log")]
    with witness("hc.example", case.policy.logs[-1]) as hc:
        policy = tmp_path / "policy.txt"
        policy.write_text("\n".join([*logs, hc.line.strip(), f"quorum {hc.signer.name}", ""]))
        told, data = case.copy("public", "--policy", str(policy))
        assert told["verdict"]["WITNESSED"] == "OK"
        assert verdict(data, read_policy(policy.read_text()))["WITNESSED"] == "OK"
        shown = case.run("ledger", "witness", str(policy))
        assert shown["witnesses"] == ["hc.example"]
        assert open_checkpoint(shown["note"].encode()).size == hc.size


def test_a_witness_that_has_seen_a_later_head(attacked: Court, tmp_path: Path) -> None:
    """Another head was signed and cosigned before the copy was bound: the copy takes that one, for no other is had."""
    rule, record = RULES["public"], UUID(attacked.record)
    logs = [line for line in attacked.policy_text.splitlines() if line.startswith("log")]
    with witness("hc.example", attacked.policy.logs[-1]) as hc, connected(attacked.keeper.url) as connection:
        policy = tmp_path / "policy.txt"
        policy.write_text("\n".join([*logs, hc.line.strip(), f"quorum {hc.signer.name}", ""]))
        binder = Binder(Ledger(connection), catalogue(), None)
        closed = binder.close(record, rule, {}, lambda: attacked.run("ledger", "run", "--once"))
        shown = binder.shown(record, rule, closed)
        store = store_on(attacked.keeper.url)
        store.record(act("case.FIRRegistered", "another"))
        store.datastore.close()
        attacked.run("ledger", "run", "--once")
        attacked.run("ledger", "witness", str(policy))
        data = binder.bind(shown, rule, {}, None, policy.read_text())
    found = verdict(data, read_policy(policy.read_text()))
    assert (found["LOGGED"], found["WITNESSED"]) == ("OK", "OK")
