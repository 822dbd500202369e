"""Witnesses cosign what goes on from what they have seen, and nothing else: forks and restores are theirs to refuse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.embedded import connected
from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.notes import body_of, note_of, vkey_of
from roznamcha.ledger.verify import Checkpoint, open_checkpoint, read_policy, signed_by
from roznamcha.ledger.witnessing import cosigned, witnessed
from tests.consumers.feed import write_cases
from tests.ledger.copies import Court, verdict
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.logs import SIGNER
from tests.ledger.witness import Witness, omniwitness, witness
from tests.peers.installed import NoPeer


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
    """The first without a proof, later ones from what the witness has seen; the same head again is cosigned again."""
    assert (seen(keeper, hc).size, hc.size) == (9, 9)
    write_cases(keeper.url, 1, first=2)
    keeper.keep()
    for _ in range(2):
        head = seen(keeper, hc)
        assert (head.size, hc.size) == (13, 13)
        assert signed_by(hc.signer.key, head)
    with pytest.raises(Unavailable, match="take a later head"):
        seen(keeper, hc, size=9)


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


def test_a_witness_that_others_have_written(keeper: Keeper, tmp_path: Path) -> None:
    """omniwitness, as it runs in public: it cosigns what grows, and refuses a fork that is rightly signed."""
    folder = tmp_path / "omni"
    folder.mkdir()
    signer = keeper.keys.signer(f"{BASE}/2026")
    try:
        with omniwitness(folder, signer.key) as (key, url):
            line = f"witness omni {vkey_of(key)} {url}\nquorum omni\n"
            assert signed_by(key, asked(keeper, line))
            write_cases(keeper.url, 1, first=2)
            keeper.keep()
            grown = asked(keeper, line)
            assert (grown.size, bool(signed_by(key, grown))) == (13, True)
            body = body_of(signer.name, 13, b"f" * 32)
            forked = open_checkpoint(note_of(body, signer.sign(body)))
            with connected(keeper.url) as connection, pytest.raises(Broken, match="has seen another history"):
                cosigned(Ledger(connection).tree(Ledger(connection).log()), forked, key, url)
    except NoPeer as missing:
        pytest.skip(str(missing))


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
