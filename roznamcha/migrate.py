"""Bringing a database to today's tables: plain numbered SQL files, each run once, in order, under a lock."""

from __future__ import annotations

import hashlib
from importlib import resources

import psycopg

from roznamcha.errors import Broken, Unavailable

LOCK = 0x726F7A6E  # "rozn": whoever holds this advisory lock may change tables
TABLE = """
CREATE TABLE IF NOT EXISTS public.roznamcha_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())
"""


def files() -> dict[str, str]:
    """The migrations of this release: name to SQL, in order."""
    folder = resources.files("roznamcha") / "migrations"
    return {
        each.name: each.read_text(encoding="utf-8")
        for each in sorted(folder.iterdir(), key=lambda each: each.name)
        if each.name.endswith(".sql")
    }


def migrate(url: str) -> list[str]:
    """Apply what is missing and return its names. Each file is one transaction.

    Raises Broken when a file that was applied has been edited since, or when the database knows a migration this
    release doesn't have (it belongs to a newer one).
    """
    applied = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (LOCK,))
        connection.execute(TABLE)
        rows = connection.execute("SELECT name, checksum FROM public.roznamcha_migrations").fetchall()
        known: dict[str, str] = dict(rows)
        ours = files()
        if newer := sorted(known.keys() - ours.keys()):
            message = f"this database was made by a newer release (it has {newer[-1]}): upgrade the program"
            raise Unavailable(message)
        for name, sql in ours.items():
            checksum = hashlib.sha256(sql.encode()).hexdigest()
            if name in known:
                if known[name] != checksum:
                    message = f"migration {name} was changed after it had been applied: restore the released file"
                    raise Broken(message)
                continue
            with connection.transaction():
                # psycopg runs a text without parameters as it stands, several statements included.
                connection.execute(sql.encode())
                connection.execute(
                    "INSERT INTO public.roznamcha_migrations (name, checksum) VALUES (%s, %s)", (name, checksum)
                )
            applied.append(name)
    return applied
