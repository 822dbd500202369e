"""The ledger as others read it: the files of c2sp.org/tlog-tiles, in a folder or over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from psycopg import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from consumers.embedded import connected
from roznamcha.errors import Refused
from roznamcha.ledger.cosigning import with_kept
from roznamcha.ledger.kept import Ledger, Log
from roznamcha.ledger.tiles import place_of, places
from roznamcha.whole import write_whole

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}
SOON = {"cache-control": "no-cache"}


def name_of(log: Log) -> str:
    """What a log is called below the ledger's prefix."""
    return log.origin.rpartition("/")[2]


class Window:
    """Answers from the ledger of one store. A connection for each answer: whoever asks waits for nobody."""

    def __init__(self, url: str) -> None:
        """Of the store at `url`."""
        self.url = url

    def routes(self) -> list[Route]:
        """What can be asked."""
        return [
            Route("/ledger", self.logs),
            Route("/ledger/{log}/checkpoint", self.checkpoint),
            Route("/ledger/{log}/vkey", self.vkey),
            Route("/ledger/{log}/{path:path}", self.file),
        ]

    @contextmanager
    def _ledger(self) -> Iterator[Ledger]:
        with connected(self.url, "roznamcha serve") as connection:
            yield Ledger(connection)

    def logs(self, _: Request) -> Response:
        """Every log: name, size of what was signed, public key, and where it is."""
        with self._ledger() as ledger:
            return JSONResponse([about(ledger, each) for each in ledger.logs()], headers=SOON)

    def _answer(self, asked: Request, give: Callable[[Ledger, Log], bytes | None], kind: str, headers: Any) -> Response:  # noqa: ANN401
        try:
            with self._ledger() as ledger:
                found = give(ledger, ledger.log(asked.path_params["log"]))
        except Refused:
            found = None
        if found is None:
            return Response("there is no such thing in this ledger\n", 404, media_type=TEXT)
        return Response(found, media_type=kind, headers=headers)

    def checkpoint(self, asked: Request) -> Response:
        """The last signed head of a log, with the lines of witnesses that are kept."""
        return self._answer(asked, _cosigned, TEXT, SOON)

    def vkey(self, asked: Request) -> Response:
        """The key of a log, to compare with what one has from elsewhere."""
        return self._answer(asked, lambda _, log: f"{log.vkey}\n".encode(), TEXT, SOON)

    def file(self, asked: Request) -> Response:
        """A tile, or a bundle of leaves, as far as the log was signed."""
        place = place_of(asked.path_params["path"])

        def give(ledger: Ledger, log: Log) -> bytes | None:
            return None if place is None else ledger.file(_signed(ledger, log), place)

        return self._answer(asked, give, BYTES, FOR_EVER)


def about(ledger: Ledger, log: Log) -> dict[str, Any]:
    """A log in a list of them."""
    return {
        "origin": log.origin, "prefix": f"/ledger/{name_of(log)}", "vkey": log.vkey, "year": log.year,
        "size": log.size, "signed": _signed(ledger, log).size,
    }  # fmt: skip


def _cosigned(ledger: Ledger, log: Log) -> bytes:
    """The last signed head of a log, and what witnesses gave of it (c2sp.org/tlog-checkpoint allows their lines)."""
    return with_kept(ledger, log, ledger.checkpoint(log)).note


def _signed(ledger: Ledger, log: Log) -> Log:
    """The log as far as it was signed: what is beyond may not be handed out yet."""
    try:
        return log._replace(size=ledger.checkpoint(log).size)
    except Refused:
        return log._replace(size=0)


def export(
    connection: Connection[Any], folder: Path, progress: Callable[[int, int], None] = lambda _done, _all: None
) -> dict[str, int]:
    """Write every log's files below `folder`, those that are there already left alone; give how many were new, by log.

    The checkpoint comes last, and in one step: whoever reads the folder meanwhile finds what it speaks of.
    """
    ledger, written = Ledger(connection), {}
    for log in ledger.logs():
        signed, below, count = _signed(ledger, log), folder / name_of(log), 0
        files = list(places(signed.size))
        for n, place in enumerate(files):
            path = below / place.path
            if not path.exists():
                data = ledger.file(signed, place)
                assert data is not None  # noqa: S101 (a place of this log)
                _put(path, data)
                count += 1
            progress(n, len(files))
        if signed.size:
            _put(below / "vkey", f"{log.vkey}\n".encode())
            _put(below / "checkpoint", _cosigned(ledger, log))
        written[log.origin] = count
    return written


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data, durable=False, public=True)
