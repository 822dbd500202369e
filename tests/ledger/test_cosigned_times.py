"""A witness's clock holds the times of the leaves as an authority's stamp does: none below its head is later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acts import act
from tests.ledger.copies import Court
from tests.ledger.keeping import BASE, Keeper
from tests.ledger.test_attacks_on_store import audited
from tests.ledger.witness import witness
from tests.roznamcha.test_store import store_on

SPOILT = "UPDATE roznamcha.cosignatures SET line = set_byte(line, 40, get_byte(line, 40) # 1)"


@pytest.mark.parametrize(("ahead", "code"), [(timedelta(hours=1), 1), (timedelta(minutes=4), 0)])
def test_the_servers_clock_runs_ahead_of_a_witness(database: str, tmp_path: Path, ahead: timedelta, code: int) -> None:
    """An entry says a later time than that at which a witness cosigned the head over it: the audit ends with 1.

    Up to five minutes are clocks that disagree; what was added behind that head is not held to it.
    """
    now = datetime.now(UTC)
    (tmp_path / "data" / "keys").mkdir(parents=True)
    (tmp_path / "data" / "keys" / "master.key").write_text((b"k" * 32).hex())
    made = Court(Keeper(database, tmp_path))
    made.run("ledger", "key", "new", "--name", BASE, "--year", str(now.year))

    def enter(record: str) -> None:
        store = store_on(database, now + ahead)
        store.record(act("case.FIRRegistered", record))
        store.datastore.close()
        made.run("ledger", "run", "--once")

    enter("clock:1")
    assert audited(made, code=0) == [], "nobody has seen it yet"
    with witness("hc.example", made.policy.logs[0]) as hc:
        policy = tmp_path / "policy"
        policy.write_text(f"{made.policy_text.partition('quorum')[0]}{hc.line}quorum hc.example\n")
        made.run("ledger", "witness", str(policy))
    enter("clock:2")
    told = audited(made, code=code)
    assert len(told) == code
    for each in told:
        assert each.startswith(f"leaf 1 of {BASE}/{now.year} says ")
        assert "and lies under a head that hc.example cosigned at" in each
        assert "more leaves" not in each
        made.keeper.tamper(SPOILT)
        assert "the cosignature of hc.example" in audited(made)[0]
        assert made.run("ledger", "audit", code=3)["times"] == [], "no clock of a witness: the line is not its own"
