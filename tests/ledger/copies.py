"""A case with everything in it that matters to a court's copy, its ledger, and the four copies of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.verify import (
    MANIFEST,
    WITHHELD,
    Files,
    Policy,
    judge,
    listing,
    manifest,
    opened,
    pack,
    read_policy,
    unpack,
)
from roznamcha.migrate import migrate
from roznamcha.postgres import Embedded
from tests.acts import act
from tests.ledger.keeping import BASE, Keeper
from tests.roznamcha.answering import answer
from tests.roznamcha.test_store import store_on

VICTIM, WITNESS, ACCUSED = "Zzyxvictim Marked", "Zzyxwitness Marked", "Zzyxaccused Marked"
BY = ("--by", "CG-9001,SI,court officer", "--reason", "asked for by the court")


@dataclass
class Court:
    """A store, its ledger, and what was handed out."""

    keeper: Keeper
    record: str = ""
    copies: dict[str, bytes] = field(default_factory=dict)
    exhibit: bytes = b"video"

    @property
    def policy(self) -> Policy:
        """Whom the court trusts: the log's key, as it was published elsewhere."""
        return read_policy(self.policy_text)

    @property
    def policy_text(self) -> str:
        """The same as a file."""
        keys = self.run("ledger", "key", "list")
        return "".join(f"log {each['vkey']}\n" for each in keys) + "quorum none\n"

    def files(self, audience: str = "court") -> Files:
        """The files of a copy."""
        return unpack(self.copies[audience])

    def run(self, *arguments: str, code: int = 0, more: Mapping[str, str] | None = None) -> Any:
        """A command of the program in this process, with `--json`; what it says, or why it doesn't."""
        settings = {"ROZNAMCHA_DATA": str(self.keeper.folder / "data"), "ROZNAMCHA_DATABASE_URL": self.keeper.url}
        return answer({**settings, **(more or {})}, arguments, code=code)

    def copy(self, audience: str, *more: str) -> tuple[Any, bytes]:
        """Make a copy; give what the command says, and the file."""
        path = self.keeper.folder / f"{audience}.zip"
        told = self.run("bundle", self.record, "--for", audience, "-o", str(path), *more)
        return told, path.read_bytes()


@contextmanager
def court(server: Embedded, folder: Path, name: str) -> Iterator[Court]:
    """A store on a database of its own, with the case, one of another record, and all four copies."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = psycopg.conninfo.make_conninfo(server.url, dbname=name)
    try:
        migrate(url)
        data = folder / "data"
        (data / "keys").mkdir(parents=True)
        (data / "keys" / "master.key").write_text((b"k" * 32).hex())
        made = Court(Keeper(url, folder))
        made.run("ledger", "key", "new", "--name", BASE, "--year", "2026")
        made.record = enter(url)
        made.run("ledger", "run", "--once")
        (folder / "clip.MP4").write_bytes(made.exhibit)
        for audience in RULES:
            _, made.copies[audience] = made.copy(audience, *BY, "--exhibit", str(folder / "clip.MP4"))
        yield made
    finally:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def enter(url: str) -> str:
    """The case: an FIR with a victim's name, a seizure before a witness, an arrest, a deposit; and another FIR."""
    store = store_on(url)
    item = {"id": "PR/1", "category": "drugs", "description": "ganja", "quantity": "4.250", "unit": "kg", "seal": "S"}
    units = [
        [act("case.FIRRegistered", "court:1", sections=["NDPS 20(b)(ii)(B)"], informant_name=VICTIM, informant="V1")],
        [act("case.PropertySeized", "court:1", at="2026-07-02T12:00:00+05:30", items=[item], memo="SM/1",
             witnesses=[{"code": "W1", "witness_name": WITNESS}])],
        [act("case.AccusedArrested", "court:1", at="2026-07-03T12:00:00+05:30", accused="A1", accused_name=ACCUSED)],
        [act("case.PropertyDeposited", "court:1", at="2026-07-04T12:00:00+05:30", property_id="PR/1",
             depositor="CG-1001", keeper="CG-2001", place="rack 1", seal="T")],
        [act("case.FIRRegistered", "court:2")],
    ]  # fmt: skip
    outcomes = store.record_units(units)
    store.datastore.close()
    assert all(each[0].status == "recorded" for each in outcomes), outcomes
    return str(outcomes[0][0].record_id)


def verdict(data: bytes, policy: Policy | None = None) -> dict[str, str]:
    """Each line's verdict."""
    return {line: how for line, how, _ in judge(data, policy)}


def values(files: Files) -> list[tuple[str, Any]]:
    """What a copy shows, of all leaves."""
    return [
        opened(line)
        for name, data in files.items()
        if name.startswith("disclosures/")
        for line in data.decode().split()
    ]


def packed(files: Files) -> bytes:
    """Files as a forger packs them who knows the format: the manifest made anew."""
    return pack({**files, MANIFEST: manifest(files)})


def leaf(files: Files, place: int) -> dict[str, Any]:
    """What a leaf says."""
    told: dict[str, Any] = json.loads(files[f"leaves/{place:06}.json"])
    return told


def shifted(files: Files, drop: int, count: int) -> Files:
    """The same without one leaf, the later ones moved up."""
    found = {}
    for name, data in files.items():
        folder, _, rest = name.partition("/")
        if folder not in {"leaves", "proofs", "disclosures"}:
            found[name] = data
            continue
        place = int(rest[:6])
        if place != drop:
            found[f"{folder}/{place - (place > drop):06}{rest[6:]}"] = data
    moved = [each | {"leaf": each["leaf"] - (each["leaf"] > drop)} for each in json.loads(files[WITHHELD])]
    assert count > drop
    return found | {WITHHELD: listing([each for each in moved if each["leaf"] != drop])}


def last(files: Files) -> int:
    """The place of the leaf that closes the copy."""
    return max(int(name[7:13]) for name in files if name.startswith("leaves/"))
