"""What the ledger hands others, from the command line: heads stamped by an authority, and all of it as files."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from consumers.embedded import connected
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.statements import STAMP
from roznamcha.ledger.verify import open_checkpoint
from roznamcha.office import Office, open_office
from roznamcha.screen import AsJson, many, print_json, progress_bar, say, table
from roznamcha.settings import settings
from roznamcha.whole import write_whole

OfLog = Annotated[str, typer.Option("--log", help="Which log: its name, or the last part of it; default: the newest")]
STAMPS = """
    SELECT l.index, g.origin, l.leaf FROM roznamcha.leaves l JOIN roznamcha.logs g ON g.number = l.log
    WHERE l.act IS NOT NULL AND l.record_id IS NULL ORDER BY l.log, l.index
"""


@contextmanager
def reading(*, only: bool = True) -> Iterator[tuple[Office, Ledger]]:
    """The ledger of the store in force, to be read; or to be asked to say something."""
    with open_office(settings(), reading=only) as office, connected(office.url, "roznamcha ledger read") as connection:
        yield office, Ledger(connection)


def stamp(
    tsa: Annotated[list[str], typer.Option(help="URL of a time stamping authority; may be given repeatedly")],
    log: OfLog = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Have the last signed head stamped by time stamping authorities (RFC 3161), and their tokens entered as leaves."""
    from roznamcha.ledger.stamping import stamped  # noqa: PLC0415 (a web client, which costs a quarter of a second)

    with reading(only=False) as (_, found):
        head = found.checkpoint(found.log(log))
        sizes = [len(stamped(found.connection, each, head.note)) for each in tsa]
    if as_json:
        print_json({"origin": head.origin, "size": head.size, "tokens": [{"bytes": each} for each in sizes]})
    else:
        say(f"{many(len(sizes), 'token')} on {head.origin} at {head.size:,}: the sequencer enters them")


def stamps(
    to: Annotated[Path | None, typer.Option("-o", "--to", help="Write each head and token into this folder")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the time stamps that stand in the ledger; with -o as files, for `openssl ts -verify -data … -in …`."""
    with reading() as (_, found):
        rows = [(index, origin, json.loads(leaf)) for index, origin, leaf in found.rows(STAMPS)]
    shown = [_shown(index, origin, told) for index, origin, told in rows if told["kind"] == STAMP]
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for each, (_, _, told) in zip(shown, rows, strict=True):
            name = f"{each['log'].rpartition('/')[2]}-{each['index']:09}"
            write_whole(to / f"{name}.checkpoint", told["head"].encode(), public=True)
            write_whole(to / f"{name}.tsr", base64.b64decode(told["token"]), public=True)
    if as_json:
        print_json(shown)
    else:
        columns = ("entered", "authority", "log", "leaf", "of the head at")
        table("time stamps", columns, [
            (each["at"], each["authority"], each["log"], str(each["index"]), f"{each['size']:,}") for each in shown
        ])  # fmt: skip


def export_tiles(folder: Annotated[Path, typer.Argument(help="Where to")], *, as_json: AsJson = False) -> None:
    """Write the ledger as files (c2sp.org/tlog-tiles), for any web server or mirror; what is there is left alone."""
    from roznamcha.ledger.serving import export  # noqa: PLC0415 (a web server, as above)

    with reading() as (_, found), progress_bar("writing", shown=not as_json) as progress:
        written = export(found.connection, folder, progress)
    if as_json:
        print_json({"folder": str(folder), "written": written})
    else:
        say(*(f"{origin}: {many(count, 'new file')}" for origin, count in written.items()))


def _shown(index: int, origin: str, told: dict[str, Any]) -> dict[str, Any]:
    head = open_checkpoint(told["head"].encode())
    return {
        "at": told["at"], "authority": told["authority"], "log": origin, "index": index, "of": head.origin,
        "size": head.size,
    }  # fmt: skip
