"""Cosignatures are kept with the head that they are on: given again without asking, and never of another head."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from consumers.embedded import connected
from roznamcha.errors import Unavailable
from roznamcha.ledger.auditing import audit
from roznamcha.ledger.cosigning import with_kept
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.notes import vkey_of
from roznamcha.ledger.serving import Window, export
from roznamcha.ledger.verify import Key, open_checkpoint, open_proof, read_policy, signed_by
from roznamcha.ledger.witnessing import cosigned, witnessed
from schemas import catalogue
from tests.acts import act
from tests.consumers.feed import write_cases
from tests.ledger.copies import Court, verdict
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.test_witnessing import asked
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
def ledger(keeper: Keeper) -> Iterator[Ledger]:
    """The ledger as others read it."""
    with connected(keeper.url) as connection:
        yield Ledger(connection)


@pytest.fixture
def others(keeper: Keeper, tmp_path: Path) -> Iterator[tuple[Key, str]]:
    """A witness that others have written."""
    folder = tmp_path / "others"
    folder.mkdir()
    try:
        with of_others(folder, keeper.keys.signer(f"{BASE}/2026").key) as made:
            yield made
    except NoPeer as missing:
        needs(missing)


def test_what_a_witness_of_others_gave_stays(keeper: Keeper, ledger: Ledger, others: tuple[Key, str]) -> None:
    """It has seen more by now and refuses the earlier head; its line of that day is kept, and is its own."""
    key, url = others
    policy = f"witness hc {vkey_of(key)} {url}\nquorum hc\n"
    first = asked(keeper, policy)
    write_cases(keeper.url, 1, first=2)
    keeper.keep()
    assert asked(keeper, policy).size == 13
    log = ledger.log()
    bare = ledger.checkpoint(log, 9)
    with pytest.raises(Unavailable, match="take a later head"):
        cosigned(ledger.tree(log), bare, key, url)
    again = asked(keeper, policy, size=9)
    assert again.note == first.note
    assert signed_by(key, again)
    assert with_kept(ledger, log, bare).note == first.note


def test_only_who_has_not_cosigned_is_asked(keeper: Keeper, ledger: Ledger) -> None:
    """One has given its line and is away; the other is asked; a line of whom the policy doesn't name stays out."""
    log = keeper.keys.signer(f"{BASE}/2026").key
    with witness("hc.example", log) as hc:
        asked(keeper, f"{hc.line}quorum none\n")
    with witness("fsl.example", log) as fsl:
        both = asked(keeper, f"{hc.line}{fsl.line}quorum none\n")
        assert [name for name, _ in both.signatures] == [log.name, "hc.example", "fsl.example"]
        alone = asked(keeper, f"{fsl.line}quorum none\n")
        assert [name for name, _ in alone.signatures] == [log.name, "fsl.example"]
        with pytest.raises(Unavailable, match=r"hc\.example at .* is away"):
            witnessed(ledger.tree(ledger.log()), both, f"{hc.line}quorum none\n", anew=True)


def test_one_who_is_away_costs_no_line_of_another(keeper: Keeper, ledger: Ledger) -> None:
    """What was given is kept at once, though the next one doesn't answer."""
    log = keeper.keys.signer(f"{BASE}/2026").key
    with witness("fsl.example", log) as gone:
        pass
    with witness("hc.example", log) as hc, pytest.raises(Unavailable, match="is away"):
        asked(keeper, f"{hc.line}{gone.line}quorum none\n")
    found = with_kept(ledger, ledger.log(), ledger.checkpoint(ledger.log()))
    assert [name for name, _ in found.signatures] == [log.name, "hc.example"]


def test_a_line_that_is_not_its_own_is_named_and_not_shown(keeper: Keeper, ledger: Ledger) -> None:
    """Whoever rules the database exchanges lines: heads are given without them, and the audit says so."""
    log = keeper.keys.signer(f"{BASE}/2026").key
    with witness("hc.example", log) as hc:
        asked(keeper, f"{hc.line}quorum none\n")
        assert audit(ledger, catalogue()).ok
        for table in ("UPDATE roznamcha.cosignatures SET line = line", "DELETE FROM roznamcha.cosignatures"):
            with pytest.raises(psycopg.Error, match="permission denied"):
                ledger.connection.execute(table.encode())
            with psycopg.connect(keeper.url) as ruler, pytest.raises(psycopg.Error, match="never"):
                ruler.execute(table.encode())
        for spoil in (
            "UPDATE roznamcha.cosignatures SET line = line || line",
            "UPDATE roznamcha.cosignatures SET line = set_byte(line, 30, 66)",
        ):
            keeper.tamper(spoil)
            now = ledger.log()
            assert with_kept(ledger, now, ledger.checkpoint(now)).note == ledger.checkpoint(now).note
            why = f"the cosignature of hc.example on 9 leaves of {BASE}/2026 is not its own"
            assert audit(ledger, catalogue()).wrong == [why]
        assert signed_by(hc.signer.key, asked(keeper, f"{hc.line}quorum none\n")), "asked again"


def policy_of(court: Court, hc: Witness) -> Path:
    """The logs' keys and this witness, as a file."""
    logs = [line for line in court.policy_text.splitlines() if line.startswith("log")]
    path = court.keeper.folder / "policy.txt"
    path.write_text("\n".join([*logs, hc.line.strip(), f"quorum {hc.signer.name}", ""]))
    return path


def test_heads_are_given_out_with_their_witnesses(attacked: Court, tmp_path: Path) -> None:
    """By the command, in proofs, over HTTP and as files."""
    with witness("hc.example", attacked.policy.logs[-1]) as hc:
        note = attacked.run("ledger", "witness", str(policy_of(attacked, hc)))["note"].encode()
    assert signed_by(hc.signer.key, open_checkpoint(note))
    assert attacked.run("ledger", "checkpoint")["note"].encode() == note
    assert open_proof(attacked.run("ledger", "prove", "2")["proof"].encode())[2] == note
    window = TestClient(Starlette(routes=Window(attacked.keeper.url).routes()))
    assert window.get("/ledger/2026/checkpoint").content == note
    with connected(attacked.keeper.url) as connection:
        export(connection, tmp_path / "files")
    assert (tmp_path / "files" / "2026" / "checkpoint").read_bytes() == note
    head = attacked.keeper.folder / "head"
    head.write_bytes(note)
    assert attacked.run("ledger", "audit", "--against", str(head))["ok"]
    attacked.run("ledger", "run", "--once", "--against", str(head))


def test_an_ended_log_keeps_its_witnesses(attacked: Court) -> None:
    """The witness has taken the log from its list: a copy that spans it and the next one is WITNESSED all the same."""
    attacked.copy("public")
    with witness("hc.example", attacked.policy.logs[-1]) as hc:
        attacked.run("ledger", "witness", str(policy_of(attacked, hc)))
        attacked.run("ledger", "key", "rotate", "--by", "CG-9001", "--reason", "stolen")
        hc.log, hc.size = attacked.policy.logs[-1], 0
        policy = policy_of(attacked, hc)
        told, data = attacked.copy("public", "--policy", str(policy))
        assert told["verdict"]["WITNESSED"] == "OK"
        assert verdict(data, read_policy(policy.read_text()))["WITNESSED"] == "OK"
        old = attacked.run("ledger", "witness", str(policy), "--log", "2026")
        assert (old["witnesses"], old["size"]) == (["hc.example"], 7)


def test_a_store_that_was_taken_back_hides_behind_no_kept_line(attacked: Court) -> None:
    """An old dump brings the lines of its day with it: the newest head's witness is asked all the same, and refuses."""
    with witness("hc.example", attacked.policy.logs[-1]) as hc:
        policy = str(policy_of(attacked, hc))
        attacked.run("ledger", "witness", policy)
        restore = attacked.keeper.copied()
        store = store_on(attacked.keeper.url)
        store.record(act("case.HearingHeld", attacked.record))
        store.datastore.close()
        attacked.run("ledger", "run", "--once")
        attacked.run("ledger", "witness", policy)
        restore()
        assert "has seen 7 leaves" in attacked.run("ledger", "witness", policy, code=3)
