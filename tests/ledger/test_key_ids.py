"""A note may have a line of the log's name that is another key's: the log's own is told by its key's id as well."""

from __future__ import annotations

from uuid import UUID

import psycopg

from consumers.embedded import connected
from roznamcha.ledger import verify
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import Binder
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.notes import Signer
from schemas import catalogue
from tests.ledger.copies import Court, packed, verdict


def with_a_stranger_first(note: bytes) -> bytes:
    """A note with a line of the same name in front, by another key: signed-note lets whoever opens it pass it over."""
    head = verify.open_checkpoint(note)
    return note.replace(b"\n\n", b"\n\n" + Signer(head.origin, b"f" * 32).sign(head.body), 1)


def test_the_logs_signature_is_told_by_its_key(case: Court) -> None:
    """Not by its name alone: a stranger's line of that name stands first, in the proofs and in anchors/."""
    files, (key,) = case.files("public"), case.policy.logs
    head = verify.open_checkpoint(with_a_stranger_first(files["anchors/2026/checkpoint"]))
    for name, data in files.items():
        if name.endswith(".tlog-proof"):
            front, _, note = data.partition(b"\n\n")
            files[name] = front + b"\n\n" + with_a_stranger_first(note)
    right, strange = verify.raw(head, key), verify.raw(head)
    assert right["anchors/2026/log.sig"] == files["anchors/2026/log.sig"] != strange["anchors/2026/log.sig"]
    for anchors, how, alone in (
        (right, "OK", "NOT CHECKED"),
        (strange, "FAILED", "NOT CHECKED"),
        (right | {"anchors/2026/log.sig": b"s" * 64}, "FAILED", "FAILED"),
        (right | {"anchors/2026/log.sig": b""}, "FAILED", "FAILED"),
    ):
        assert verdict(packed(files | anchors), case.policy)["LOGGED"] == how
        assert verdict(packed(files | anchors))["LOGGED"] == alone


def test_a_copy_has_the_signature_of_the_logs_key(attacked: Court) -> None:
    """Somebody has put a line of the log's name before the log's own in the database: openssl is given the log's."""
    rule, record = RULES["public"], UUID(attacked.record)
    with connected(attacked.keeper.url) as connection:
        binder = Binder(Ledger(connection), catalogue(), None)
        closed = binder.close(record, rule, {}, lambda: attacked.run("ledger", "run", "--once"))
        with psycopg.connect(attacked.keeper.url) as ruler:
            ruler.execute("SET session_replication_role = replica")
            for number, note in ruler.execute("SELECT number, note FROM roznamcha.checkpoints").fetchall():
                query = "UPDATE roznamcha.checkpoints SET note = %s WHERE number = %s"
                ruler.execute(query, (with_a_stranger_first(note), number))
        data = binder.bind(binder.shown(record, rule, closed), rule, {})
    files, (key,) = verify.unpack(data), attacked.policy.logs
    assert len(verify.open_checkpoint(files["anchors/2026/checkpoint"]).signatures) == 2
    assert verify.signed(key.public, files["anchors/2026/checkpoint.body"], files["anchors/2026/log.sig"])
    assert verdict(data, attacked.policy)["LOGGED"] == "OK"
