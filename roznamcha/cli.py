"""The command line: every answer in words or, with `--json`, as one document; refusals in one line, never a trace.

Exit codes: 0 done · 1 refused · 2 usage · 3 integrity broken · 4 a needed service is away · 5 some
of many lines refused, the others entered.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Annotated, Any

import typer

from roznamcha import lifeline, log
from roznamcha.errors import Refused, RoznamchaError, Unanswered, Usage
from roznamcha.loading import OnDemand
from roznamcha.screen import CALLED, answering, close_answer, note, open_streams

app = typer.Typer(
    name="roznamcha",
    cls=OnDemand,
    help="रोज़नामचा: every act of a police case, entered once and for ever; all else is derived from the entries.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

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
    "documents": "ROZNAMCHA_DOCUMENTS",
    "closed_days": "ROZNAMCHA_CLOSED_DAYS",
}


def _version(asked: bool) -> None:  # noqa: FBT001 (an option's value)
    if asked:
        from importlib.metadata import version

        typer.echo(f"roznamcha {version('roznamcha')}")
        raise typer.Exit


@app.callback()
def begin(  # noqa: PLR0913 (one for each setting)
    *,
    data: Annotated[str, typer.Option(help="Folder of the data.", envvar="ROZNAMCHA_DATA")] = "",
    database_url: Annotated[str, typer.Option(help="PostgreSQL to use.", envvar="ROZNAMCHA_DATABASE_URL")] = "",
    kafka: Annotated[
        str, typer.Option(help="The broker, HOST:PORT, several with commas; default: none.", envvar="ROZNAMCHA_KAFKA")
    ] = "",
    kafka_options: Annotated[
        str, typer.Option(help="JSON file of kafka-python's options: TLS, SASL.", envvar="ROZNAMCHA_KAFKA_OPTIONS")
    ] = "",
    topics: Annotated[str, typer.Option(help="Prefix of the topics.", envvar="ROZNAMCHA_TOPICS")] = "",
    registry_url: Annotated[str, typer.Option(help="Schema registry.", envvar="ROZNAMCHA_REGISTRY_URL")] = "",
    timezone: Annotated[str, typer.Option(help="Time zone of the days.", envvar="ROZNAMCHA_TIMEZONE")] = "",
    documents: Annotated[
        str, typer.Option(help="Where documents lie, as fsspec has it.", envvar="ROZNAMCHA_DOCUMENTS")
    ] = "",
    closed_days: Annotated[
        str, typer.Option(help="List of the days on which courts are closed.", envvar="ROZNAMCHA_CLOSED_DAYS")
    ] = "",
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
             "topics": topics, "registry_url": registry_url, "timezone": timezone, "documents": documents,
             "closed_days": closed_days}  # fmt: skip
    os.environ.update({OPTIONS[key]: value for key, value in given.items() if value})


def main() -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:]
    open_streams()
    try:
        code = app(args=arguments, prog_name=CALLED, standalone_mode=False)
        with answering():
            sys.stdout.flush()
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
    except RoznamchaError as error:
        code = _report(error, arguments)
    except Exception as error:  # noqa: BLE001 (the last line of defence: a trace would print local values)
        from roznamcha import failing

        code = _report(failing.told(error), arguments)
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
