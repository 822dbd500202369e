"""How the house is: what is in force, whether every part is well, and the same as figures for a monitoring system."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import typer
from eventsourcing.persistence import PersistenceError

from consumers.embedded import connected
from consumers.restored import disagreement
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.checking import check_documents
from roznamcha.errors import Broken, RoznamchaError, Unavailable, Usage
from roznamcha.fences import clock_of, open_fences
from roznamcha.health import INTEGRITY, LEDGER, LIVING, examine
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import keys_of
from roznamcha.ledger.remembered import memory_of
from roznamcha.ledger.standing import stands
from roznamcha.metrics import exposition
from roznamcha.office import Office, open_office
from roznamcha.published import NOBODY, elsewhere
from roznamcha.screen import AsJson, print_json, say, table
from roznamcha.settings import Settings, settings
from schemas.evolution import check as check_schemas

app = typer.Typer()
Found = list[tuple[str, bool | None, str]]
MISSING = " is missing"
SIGNS = {True: "well", False: "NOT WELL", None: "not asked"}


@app.command()
def doctor(*, as_json: AsJson = False) -> None:
    """Print what is in force, secrets masked, and check each part. Folds nothing and mends nothing."""
    here = settings()
    found: Found = []
    code = 0
    try:
        here.zone, here.prefix  # noqa: B018 (a name that is none is told as a setting)
        with open_office(here, reading=True) as office:
            found += _parts(office)
            found = _topics_first(found, _broker(here, office.url))
    except RoznamchaError as error:
        code = error.exit_code
        found.append(("settings" if isinstance(error, Usage) else "store", False, str(error)))
    except (psycopg.Error, PersistenceError) as error:
        code = Unavailable.exit_code
        away = " ".join(str(error).split()) if isinstance(error, psycopg.OperationalError) else type(error).__name__
        found.append(("database", False, f"the database is away: {away}"))
    if code:
        found.append(("views", None, "not asked: the store could not be opened"))
    if not any(part == "broker" for part, _, _ in found):
        found += [each for each in _broker(here, None) if each not in found]
    if here.registry_url:
        found.append(("registry", None, "not asked: `schemas publish` compares it, and nothing at run time needs it"))
    well = not any(good is False for _, good, _ in found)
    if as_json:
        parts = [{"part": part, "ok": good, "says": what} for part, good, what in found]
        print_json({"ok": well, "settings": here.shown(), "parts": parts})
    else:
        table("settings in force", ("setting", "value"), here.shown().items())
        table("parts", ("part", "", "says"), [(part, SIGNS[good], what) for part, good, what in found])
    if not well:
        raise typer.Exit(code or _code({part for part, good, _ in found if good is False}))


def _code(unwell: set[str]) -> int:
    """What it means when these parts aren't well: broken, a setting that is of no use here, or somebody away."""
    if unwell & INTEGRITY:
        return Broken.exit_code
    return Usage.exit_code if "settings" in unwell else Unavailable.exit_code


def _topics_first(parts: Found, broker: Found) -> Found:
    """All parts; where no relay comes on and topics are missing, without which none can, that is said there first."""
    lacks = next((words.partition(":")[0] for part, _, words in broker if part == "topics" and MISSING in words), "")
    then = f"no relay comes on: {lacks}; `topics apply` makes topics, and then `up` or `relay` publishes"
    return [(part, good, words.replace(NOBODY, then) if lacks else words) for part, good, words in parts] + broker


def _broker(here: Settings, url: str | None) -> Found:
    """The broker's part; `url` is the store's, None when that is away."""
    if not here.kafka:
        named = "no broker is named (ROZNAMCHA_KAFKA, or --kafka before the command)"
        return [("broker", None, f"not asked, and nothing of Kafka is: {named}")]
    from roznamcha.broker import broker_of, topics_of
    from roznamcha.broker_health import look_at

    try:
        broker, topics = broker_of(here), topics_of(here)
    except Usage as error:
        return [("settings", False, str(error)), ("broker", None, "not asked: a setting is wrong")]
    if url is None:
        return list(look_at(broker, topics, None))
    with connected(url) as connection:
        if strange := elsewhere(connection, topics.prefix):
            return [("settings", False, strange), ("broker", None, "not asked: a setting is wrong")]
        return list(look_at(broker, topics, connection))


@app.command()
def metrics(*, as_json: AsJson = False) -> None:
    """Print the figures of health in Prometheus' text form: completeness and lag, measured now."""
    here = settings()
    with open_office(here, reading=True) as office, connected(office.url) as connection:
        health = examine(connection, office.catalogue, clock_of(connection), _named(here))
    if as_json:
        print_json({part: {"ok": good, "says": what} for part, good, what in health.says()})
    else:
        say(*exposition(health).splitlines())


def _named(here: Settings) -> str | None:
    """The prefix of the topics, where a broker is named."""
    return here.prefix if here.kafka else None


def _ledger(office: Office, connection: psycopg.Connection[Any]) -> tuple[bool, str]:
    living = dict(connection.execute(LIVING.encode()).fetchall())
    here = office.settings
    return stands(Ledger(connection), memory_of(here), keys_of(here), living.get(LEDGER, 0), datetime.now(UTC))


def _documents(office: Office, connection: psycopg.Connection[Any]) -> tuple[bool, str]:
    try:
        cabinet = Cabinet(office.settings.documents_place)
        checked = check_documents(connection, office.catalogue, cabinet, whole=False)
    except (Usage, Unavailable) as error:
        return False, str(error)
    return not checked.bad, checked.says()


def _parts(office: Office) -> Found:
    with connected(office.url) as connection:
        row = connection.execute("SELECT version()").fetchone()
        fences = list(open_fences(connection))
        taken_back = disagreement(connection)
        complaints = check_schemas(office.catalogue)
        return [
            ("database", True, str(row[0]).split(",")[0] if row else ""),
            ("fences", not fences, "; ".join(fences) or "the application may read entries and append, nothing else"),
            ("schemas", not complaints, complaints[0] if complaints else f"{len(office.catalogue.schemas)}"),
            ("rules", True, f"{len(office.book.rules)} rules, {len(office.book.offences)} sections"),
            ("ledger", *_ledger(office, connection)),
            ("documents", *_documents(office, connection)),
            ("store", not taken_back, taken_back or "it holds what the views have seen"),
            *examine(connection, office.catalogue, clock_of(connection), _named(office.settings)).says(),
        ]
