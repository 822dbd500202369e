"""The command line: every answer in words or, with `--json`, as one document; refusals in one line, never a trace.

Exit codes: 0 done · 1 refused · 2 usage · 3 integrity broken · 4 a needed service is away.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from typing import Annotated, Any

import psycopg
import structlog
import typer
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError

from consumers.restored import Ahead
from consumers.runner import Outdated
from roznamcha import lifeline, log
from roznamcha.commands import (
    bundling,
    contracts,
    custody,
    demo,
    entering,
    explaining,
    exporting,
    handoffs,
    health,
    itsso,
    keeping,
    living,
    malkhana,
    projecting,
    ranking,
    reading,
    reconciling,
    registries,
    relaying,
    standing,
    ticking,
)
from roznamcha.commands.ledger import ledger
from roznamcha.commands.masters import masters
from roznamcha.commands.topics import topics
from roznamcha.errors import Broken, Refused, RoznamchaError, Unanswered, Unavailable, Usage
from roznamcha.law_commands import law
from roznamcha.screen import CALLED, answering, close_answer, note, open_streams
from schemas import SchemaError

app = typer.Typer(
    name="roznamcha",
    help="रोज़नामचा: every act of a police case, entered once and for ever; all else is derived from the entries.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
WORK = (
    demo, entering, exporting, reading, custody, explaining, bundling, handoffs, ticking, relaying, projecting,
    reconciling, keeping, health, living, standing, ranking, itsso,
)  # fmt: skip
for commands in (each.app for each in WORK):
    app.registered_commands.extend(commands.registered_commands)
app.add_typer(keeping.parked, name="parked")
app.add_typer(malkhana.app, name="malkhana")
app.add_typer(contracts.schemas, name="schemas")
app.add_typer(topics, name="topics")
app.add_typer(ledger, name="ledger")
app.add_typer(law, name="law")
app.add_typer(masters, name="masters")
app.registered_commands.extend([*contracts.app.registered_commands, *registries.app.registered_commands])

CLICK: Any = next(each for each in typer.BadParameter.__mro__ if each.__name__ == "ClickException")
"""The root of what the command-line library complains of, whichever click it brings."""

MISSING = " Give one: demo enters and shows a sample district, --help lists them all."

OPTIONS = {
    "data": "ROZNAMCHA_DATA",
    "database_url": "ROZNAMCHA_DATABASE_URL",
    "kafka": "ROZNAMCHA_KAFKA",
    "kafka_options": "ROZNAMCHA_KAFKA_OPTIONS",
    "topics": "ROZNAMCHA_TOPICS",
    "registry_url": "ROZNAMCHA_REGISTRY_URL",
    "timezone": "ROZNAMCHA_TIMEZONE",
}


def _version(asked: bool) -> None:  # noqa: FBT001 (an option's value)
    if asked:
        typer.echo(f"roznamcha {version('roznamcha')}")
        raise typer.Exit


@app.callback()
def begin(  # noqa: PLR0913 (one for each setting)
    *,
    data: Annotated[str, typer.Option(help="Folder of the data.", envvar="ROZNAMCHA_DATA")] = "",
    database_url: Annotated[str, typer.Option(help="PostgreSQL to use.", envvar="ROZNAMCHA_DATABASE_URL")] = "",
    kafka: Annotated[str, typer.Option(help="Bootstrap servers.", envvar="ROZNAMCHA_KAFKA")] = "",
    kafka_options: Annotated[
        str, typer.Option(help="JSON file of kafka-python's options: TLS, SASL.", envvar="ROZNAMCHA_KAFKA_OPTIONS")
    ] = "",
    topics: Annotated[str, typer.Option(help="Prefix of the topics.", envvar="ROZNAMCHA_TOPICS")] = "",
    registry_url: Annotated[str, typer.Option(help="Schema registry.", envvar="ROZNAMCHA_REGISTRY_URL")] = "",
    timezone: Annotated[str, typer.Option(help="Time zone of the days.", envvar="ROZNAMCHA_TIMEZONE")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Log what is done, on stderr.")] = False,
    show_version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Every act of a police case, entered once and for ever; all else is derived from the entries."""
    del show_version  # answered before anything else is looked at
    lifeline.hold()
    log.set_up(verbose=verbose)
    given = {"data": data, "database_url": database_url, "kafka": kafka, "kafka_options": kafka_options,
             "topics": topics, "registry_url": registry_url, "timezone": timezone}  # fmt: skip
    os.environ.update({OPTIONS[key]: value for key, value in given.items() if value})


def main() -> None:  # noqa: C901 (one line for each kind of error)
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    open_streams()
    try:
        code = app(args=arguments, prog_name=CALLED, standalone_mode=False)
        with answering():
            sys.stdout.flush()
    except RoznamchaError as error:
        code = _report(error, arguments)
    except CLICK as error:
        told = error.format_message()
        told += MISSING if told == "Missing command." else ""
        code = _report(Usage(told), arguments)
    except typer.Abort:
        code = 130
    except KeyboardInterrupt:
        note("stopped; everything that was acknowledged is kept")
        code = 130
    except BrokenPipeError:
        close_answer()  # the reader has had enough
        code = 0
    except UnicodeEncodeError:
        code = _report(Usage("what was given is not UTF-8: it holds a byte that stands for nothing"), arguments)
    except (psycopg.OperationalError, psycopg.InterfaceError, OperationalError, InterfaceError) as error:
        code = _report(Unavailable(f"the database is away: {' '.join(str(error).split())}"), arguments)
    except (psycopg.Error, PersistenceError) as error:
        # The server's words may quote an entry: the kind of error is all that may be shown.
        state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
        code = _report(Broken(f"the database refused a statement ({type(error).__name__} {state})"), arguments)
    except (SchemaError, Ahead, Outdated) as error:
        code = _report(Broken(str(error)), arguments)
    except OSError as error:
        code = _report(Unavailable(f"{error.filename or 'a file'} cannot be used: {error.strerror}"), arguments)
    except Exception as error:  # noqa: BLE001 (the last line of defence: a trace would print local values)
        structlog.get_logger().error("unexpected", kind=type(error).__name__, where=_where(error))
        code = _report(Broken(f"an unexpected {type(error).__name__} at {_where(error)}: please report it"), arguments)
    sys.exit(code if isinstance(code, int) else 0)


def _report(error: RoznamchaError, arguments: list[str]) -> int:
    """Tell an error: as a JSON document for a script, as a line for a person. Gives the exit code."""
    if "--json" in arguments and not isinstance(error, Unanswered) and _documented(error):
        return error.exit_code
    note(" ".join(str(error).split()))
    return error.exit_code


def _documented(error: RoznamchaError) -> bool:
    """Print an error as a document; False when nothing can be written there."""
    shown: dict[str, Any] = {"error": type(error).__name__, "message": str(error)}
    if isinstance(error, Refused):
        shown["reasons"] = list(error.reasons)
    try:
        with answering():
            sys.stdout.write(json.dumps(shown, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except Unanswered:
        return False
    except BrokenPipeError:
        close_answer()
    return True


def _where(error: BaseException) -> str:
    """File and line of the innermost frame of ours; never a value."""
    trace, found = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            found = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
