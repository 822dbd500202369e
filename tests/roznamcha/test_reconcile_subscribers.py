"""What a subscriber has otherwise is found from its counts and digests alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.clients import Broker
from consumers.folding import Kept
from consumers.slots import SLOTS, slot_of
from consumers.tally import NOTHING
from consumers.topics import Topics
from roznamcha.differing import of_subscriber
from roznamcha.errors import Unavailable, Usage
from roznamcha.postgres import Embedded
from roznamcha.received import received_by
from roznamcha.sides import Line
from tests.consumers.feed import write_cases
from tests.consumers.subscribing import own, poisoned, publish, query, subscriber
from tests.roznamcha.kit import Program
from tests.roznamcha.test_reconcile import at, station

__all__ = ["own", "station"]
RECORD = UUID(int=7)
DUE = [Line(RECORD, 10 + n, n + 1, 0, None, sha256(b"%d" % n).digest(), b"") for n in range(6)]
STRANGE = sha256(b"x").digest()


def taken(which: Sequence[int | None]) -> tuple[int, bytes]:
    """Count and digest of a subscriber that took these; None is something else."""
    tally = NOTHING
    for nth in which:
        tally = tally.with_digest(STRANGE if nth is None else DUE[nth].value)
    return tally


CASES: dict[str, tuple[list[int | None], str, list[int | None]]] = {
    "one left out": ([0, 2, 3, 4, 5], "missing", [1]),
    "some left out": ([0, 4, 5], "missing", [1, 2, 3]),
    "the last ones left out": ([0, 1, 2, 3], "missing", [4, 5]),
    "none taken": ([], "missing", [0, 1, 2, 3, 4, 5]),
    "two here and there left out": ([0, 2, 4, 5], "missing", [None]),
    "one taken twice": ([0, 1, 1, 2, 3, 4, 5], "doubled", [1]),
    "one taken again at the end": ([0, 1, 2, 3, 4, 5, 0], "doubled", [0]),
    "a batch taken twice": ([0, 1, 2, 1, 2, 3, 4, 5], "doubled", [1, 2]),
    "two changed over": ([0, 2, 1, 3, 4, 5], "misplaced", [1, 2]),
    "another one": ([0, 1, None, 3, 4, 5], "altered", [None]),
    "one too many": ([0, 1, 2, 3, 4, 5, None], "extra", [None]),
}


@pytest.mark.parametrize("what", CASES)
def test_what_a_subscriber_did_otherwise_is_found_by_trying(what: str) -> None:
    """Which entries it left out, took twice or changed over; where none leads there, the record is named."""
    which, kind, named = CASES[what]
    found = of_subscriber(RECORD, DUE, *taken(which))
    assert [(each.where, each.kind, each.record, each.position) for each in found] == [
        ("subscriber", kind, RECORD, None if nth is None else DUE[nth].position) for nth in named
    ]


def test_one_that_is_behind_is_found_out_too() -> None:
    """Who lacks one of the first entries, and has not come to the last ones, lacks that one."""
    (found,) = of_subscriber(RECORD, DUE, *taken([0, 2, 3]), behind=True)
    assert (found.kind, found.position) == ("missing", DUE[1].position)


def test_a_long_record_is_given_up_in_time() -> None:
    """Trying ends: then the record is named, and no entry."""
    long = [DUE[0]._replace(position=n, value=sha256(b"%d" % n).digest()) for n in range(3_000)]
    (found,) = of_subscriber(RECORD, long, 3_004, STRANGE)
    assert (found.kind, found.position) == ("extra", None)


def test_a_subscriber_that_has_all(station: Program, own: str, broker: Broker, topics: Topics) -> None:
    """Equal counts and digests; what it has not read yet is how far it is behind, and no difference."""
    write_cases(station.url, 4)
    publish(station.url, broker, topics)
    subscriber(own, broker, topics).catch_up()
    write_cases(station.url, 2, first=4)
    publish(station.url, broker, topics)
    code, told = at(station, broker, topics, "--subscriber", own)
    assert (code, told["differences"]) == (0, [])
    assert told["subscriber"] == {
        "entries": 16,
        "records": 4,
        "behind": 8,
        "parked": 0,
        "stopped": {},
        "positions": True,
    }


def test_a_book_that_was_changed_is_found_out(station: Program, own: str, broker: Broker, topics: Topics) -> None:
    """A record it has passed and not counted is missing, however little it is behind; what is parked is told."""
    write_cases(station.url, 4)
    log = publish(station.url, broker, topics)
    subscriber(own, broker, topics, poisoned(log[0].position)).catch_up()
    lost, strange = log[-1].record_id, UUID(int=1)
    with psycopg.connect(own) as connection:
        connection.execute("DELETE FROM roznamcha_subscriber.roznamcha_seen WHERE record_id = %s", (lost,))
        connection.execute(
            "INSERT INTO roznamcha_subscriber.roznamcha_seen VALUES (%s, %s, 1, %s)", (topics.entries, strange, STRANGE)
        )
    code, told = at(station, broker, topics, "--subscriber", own)
    assert code == 3
    assert {(each["record"], each["kind"], each["position"]) for each in told["differences"]} == {
        (str(strange), "extra", None),
        *((str(lost), "missing", each.position) for each in log if each.record_id == lost),
    }
    assert told["subscriber"]["parked"] == 1
    assert query(own, "SELECT count(*) FROM received") == [(12,)]


def lines_of(log: list[Kept], out: Kept, *, places: bool) -> str:
    """The file of a subscriber in another language that left one entry out."""
    values: dict[UUID, list[bytes]] = {}
    for each in log:
        if each is not out:
            values.setdefault(each.record_id, []).append(each.state)
    told: list[dict[str, Any]] = []
    for record_id, states in values.items():
        digest = bytes(32)
        for state in states:
            digest = sha256(digest + sha256(state).digest()).digest()
        told.append({"record": str(record_id), "count": len(states), "digest": digest.hex()})
    if places:
        last = {each.slot: each.position for each in log}
        told += [{"partition": slot, "position": last.get(slot, 0)} for slot in range(SLOTS)]
    return "".join(json.dumps(each) + "\n" for each in told)


def test_a_file_is_as_good_as_a_book(station: Program, broker: Broker, topics: Topics) -> None:
    """JSON lines of a subscriber in any language; with its positions also what it lacks at the end of a record."""
    write_cases(station.url, 3)
    log = publish(station.url, broker, topics)
    file = station.folder / "court.jsonl"
    file.write_text(lines_of(log, log[1], places=False))
    code, told = at(station, broker, topics, "--subscriber", str(file))
    assert code == 3
    (found,) = told["differences"]
    assert (found["where"], found["kind"], found["position"]) == ("subscriber", "missing", log[1].position)
    file.write_text(lines_of(log, log[-1], places=False))
    code, told = at(station, broker, topics, "--subscriber", str(file))
    assert (code, told["subscriber"]["behind"], told["subscriber"]["positions"]) == (0, 1, False)
    file.write_text(lines_of(log, log[-1], places=True))
    code, told = at(station, broker, topics, "--subscriber", str(file))
    assert (code, told["differences"][0]["position"], told["subscriber"]["behind"]) == (3, log[-1].position, 0)
    assert told["differences"][0]["partition"] == slot_of(log[-1].record_id)


def test_a_file_that_cannot_be_read_is_a_wrong_call(tmp_path: Path) -> None:
    """Told with its line."""
    file = tmp_path / "court.jsonl"
    record = '{"record": "00000000-0000-0000-0000-000000000001", "count": 1, "digest": "%s"}'
    for line in (
        "{", "[]", '{"record": "x"}', record % "00", record % ("0" * 64), '{"partition": 60, "position": 1}', "9",
        '{"partition": 1, "position": 1e999}', '{"partition": 1, "position": -1}', '{"partition": true, "position": 1}',
        '{"partition": 1, "position": 9223372036854775808}', "[" * 100_000, "\udcff",
    ):  # fmt: skip
        file.write_text(f"{record % ('0' * 64)}\n{line}\n", errors="surrogateescape")
        with pytest.raises(Usage, match="line 2"), received_by(str(file), "", ""):
            pass
    file.write_text('{"partition": 1, "position": 2}\n' * 2)
    with pytest.raises(Usage, match="line 2: partition 1 is told twice"), received_by(str(file), "", ""):
        pass
    file.write_text('{"partition": 1, "position": 2}\n')
    with pytest.raises(Usage, match="give all 60"), received_by(str(file), "", ""):
        pass


def test_a_database_without_a_book_is_a_wrong_call(station: Program, broker: Broker, topics: Topics) -> None:
    """Neither a book nor an address: exit 2; away: exit 4."""
    write_cases(station.url, 1)
    publish(station.url, broker, topics)
    assert at(station, broker, topics, "--subscriber", station.url)[0] == 2
    assert at(station, broker, topics, "--subscriber", "no such thing")[0] == 2
    assert at(station, broker, topics, "--subscriber", "postgresql://nobody@127.0.0.1:1/none")[0] == 4


SAID = 'connection to server at "10.0.0.1", port 5432 failed: '


@pytest.mark.parametrize(
    ("options", "said", "told"),
    [
        ({"dbname": "curt"}, None, 'its server says: database "curt" does not exist'),
        ({"user": "nobody_here"}, None, 'its server says: role "nobody_here" does not exist'),
        ({}, SAID + 'FATAL:  password authentication failed for user "court"\n', "password authentication failed"),
        ({}, SAID + "SCHWERWIEGEND:  Datenbank »curt« existiert nicht", "says: Datenbank »curt« existiert nicht"),
        ({}, SAID + "Connection refused\n\tIs the server running on that host?", "is away: no server answers"),
        ({}, 'could not translate host name "geheim@host" to address: unknown', "is away: no server answers"),
    ],
)  # fmt: skip
def test_what_the_server_said_is_told_and_never_the_password(
    server: Embedded, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], said: str | None, told: str
) -> None:
    """A mistyped name is no database that is away."""
    if said is not None:

        def refuse(*_: Any, **__: Any) -> None:
            raise psycopg.OperationalError(said)

        monkeypatch.setattr(psycopg, "connect", refuse)
    address = psycopg.conninfo.make_conninfo(server.url, **{"password": "geheim", **options})
    with pytest.raises(Unavailable) as refused, received_by(address, "any", "any"):
        pass
    assert told in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_an_address_that_is_none_is_not_shown() -> None:
    """It may hold a password."""
    with pytest.raises(Usage) as refused, received_by("postgresql://court:geheim@host/court?nonsense=1", "any", "any"):
        pass
    assert "geheim" not in str(refused.value)
