"""The program as its users run it: a process of its own, on a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import psycopg

from tests.roznamcha.forked import run_forked

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Program:
    """Runs `roznamcha` with its data in `folder` and its entries in the database at `url`.

    A `cold` one has nothing of the program loaded before it is run, as its users' has.
    """

    folder: Path
    url: str
    cold: bool = field(default=False, kw_only=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every run."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ROZNAMCHA_")}
        return clean | {
            "ROZNAMCHA_DATA": str(self.folder / "data"),
            "ROZNAMCHA_DATABASE_URL": self.url,
            "PYTHONPATH": str(ROOT),
        }

    def with_key(self) -> Program:
        """The program with the master key under which the tests enter beside it."""
        key = self.folder / "data" / "keys" / "master.key"
        key.parent.mkdir(parents=True, mode=0o700)
        key.write_text((b"k" * 32).hex())
        key.chmod(0o600)
        return self

    def command(self, *arguments: str) -> list[str]:
        """The command line of a run."""
        return [sys.executable, "-c", "from roznamcha.cli import main; main()", *arguments]

    def run(self, *arguments: str, check: bool = True, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        with TemporaryFile() as given, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            given.write(stdin.encode())
            given.seek(0)
            code = run_forked(arguments, self.environment, self.folder, (given, out, err), 300, cold=self.cold)
            for each in (out, err):
                each.seek(0)
            done = subprocess.CompletedProcess(self.command(*arguments), code, out.read(), err.read())
        assert not check or done.returncode == 0, done.stderr
        return done

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start it and go on."""
        return subprocess.Popen(
            self.command(*arguments), env=self.environment, cwd=self.folder, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )  # fmt: skip

    def json(self, *arguments: str, stdin: str = "", code: int = 0) -> Any:
        """Run it with `--json`, to this exit code, and give the document."""
        done = self.run(*arguments, "--json", stdin=stdin, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def count(self, table: str) -> int:
        """How many rows a table of the store has, or one of another schema that is named with it."""
        named = table if "." in table else f"roznamcha.{table}"
        with psycopg.connect(self.url) as connection:
            row = connection.execute(f"SELECT count(*) FROM {named}".encode()).fetchone()
        return row[0] if row else 0
