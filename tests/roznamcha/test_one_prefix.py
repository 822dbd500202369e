"""A store is published under one prefix: whoever is told of another one is refused before he has done anything."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import typer

from roznamcha.commands import health, keeping, projecting, reconciling, standing, topics
from roznamcha.errors import Usage
from roznamcha.lines import Lines
from roznamcha.office import open_office
from roznamcha.settings import Settings, settings


@pytest.fixture
def moved(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A store that is published under `before`, and settings that say `after`. No broker is asked."""
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("INSERT INTO ops.relayed VALUES ('before', 7, 7, now())")
    told = {"DATA": tmp_path / "data", "DATABASE_URL": database, "KAFKA": "127.0.0.1:1", "TOPICS": "after"}
    for name, value in told.items():
        monkeypatch.setenv(f"ROZNAMCHA_{name}", str(value))
    return settings()


def follow() -> None:
    """What `project` does before it follows Kafka."""
    with open_office(settings()) as office:
        projecting.follow_kafka(office, None, threading.Event())  # type: ignore[arg-type]  # no board is looked at


ASKED: dict[str, Callable[[], None]] = {
    "topics apply": topics.make_so,
    "reconcile": reconciling.reconcile,
    "verify": lambda: keeping.verify(record="", as_json=True),
    "project": follow,
    "up": lambda: standing.look_first(settings(), Lines(io.StringIO(), readable=False)),
}


@pytest.mark.parametrize("command", ASKED)
def test_another_prefix_is_refused(moved: Settings, command: str) -> None:
    """As wrong usage, with what to do: so `up` gives up at once."""
    with pytest.raises(Usage, match="published under before, and not under after: set ROZNAMCHA_TOPICS so"):
        ASKED[command]()


def test_the_doctor_tells_it_as_a_setting(moved: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and no topic is said to be missing."""
    with pytest.raises(typer.Exit) as ended:
        health.doctor(as_json=True)
    assert ended.value.exit_code == 2
    said = capsys.readouterr().out
    assert "published under before" in said
    assert "topics apply` makes it so" not in said


def test_topics_need_no_store(moved: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where none can be asked, topics are made all the same."""
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", "")
    topics.under_this_prefix(settings())
    monkeypatch.setenv("ROZNAMCHA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    topics.under_this_prefix(settings())


@pytest.mark.parametrize("prefix", ["a b", "a/b", "ü", ".", ".a", "a.", "a\n", "x" * 201])
def test_a_prefix_that_no_broker_takes_is_a_wrong_setting(prefix: str) -> None:
    """Before a topic is asked for under it."""
    with pytest.raises(Usage, match="ROZNAMCHA_TOPICS is"):
        settings({"ROZNAMCHA_TOPICS": prefix}).prefix  # noqa: B018 (it is asked for)


@pytest.mark.parametrize("prefix", ["roznamcha", "cg.rpr-01_x", "x" * 200])
def test_a_prefix_that_is_one(prefix: str) -> None:
    """Letters, digits, dots within, dashes, underscores."""
    assert settings({"ROZNAMCHA_TOPICS": prefix}).prefix == prefix
