"""A station with a case, in a database and a folder of its own, whose commands run in this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.acts import ACTOR, sent
from tests.roznamcha.answering import answer

WHO = ("--by", "CG-1001,SI,station officer", "--station", "CG-RPR-01", "--at", "2026-07-02T09:00:00+05:30")
READER = ("--by", "CG-2002,INSP,supervising officer", "--reason", "to supervise")
PLACE = ("--field", "place=weekly market")


@dataclass
class Station:
    """Runs commands with the data in `folder` and the entries at `url`."""

    folder: Path
    url: str
    case: str = ""

    def run(self, *arguments: str, code: int = 0, stdin: Any = None, **settings: str) -> Any:
        """A command with `--json`: the document it prints, or why it doesn't."""
        mine = {"ROZNAMCHA_DATA": str(self.folder / "data"), "ROZNAMCHA_DATABASE_URL": self.url} | settings
        return answer(mine, arguments, code=code, stdin=stdin)

    def record(self, name: str, *arguments: str, code: int = 0, record: str = "", **fields: Any) -> Any:
        """Enter an act, the columns that a test doesn't care about filled in."""
        columns = sent(name, **fields)["fields"]
        mine = ("--record", record or self.case) if record != "none" else ()
        return self.run("record", name, *WHO, *mine, "--json-fields", "-", *arguments, code=code, stdin=columns)

    def file(self, name: str, data: bytes = b"a report") -> str:
        """A file to attach."""
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def stored(self) -> dict[str, Path]:
        """The stored files by their digests."""
        return {each.name: each for each in (self.folder / "data" / "documents").rglob("*") if each.is_file()}

    def bytes_kept(self) -> bytes:
        """Everything that the database and the folder of documents hold."""
        with psycopg.connect(self.url) as connection:
            states = connection.execute("SELECT state FROM roznamcha.entries").fetchall()
        return b"".join([*(bytes(each[0]) for each in states), *(each.read_bytes() for each in self.stored().values())])

    def entries(self) -> int:
        """How many entries there are."""
        with psycopg.connect(self.url) as connection:
            row = connection.execute("SELECT count(*) FROM roznamcha.entries").fetchone()
        return row[0] if row else 0


@contextmanager
def station(url: str, folder: Path) -> Iterator[Station]:
    """A station with one case."""
    made = Station(folder, url)
    made.case = made.record("case.FIRRegistered", record="none")["called"]
    assert ACTOR["id"] == "CG-1001"
    yield made
