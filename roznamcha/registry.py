"""The counter at which any reader asks what an entry's bytes mean: a schema registry that answers and takes nothing in.

It speaks the part of Confluent's protocol that readers use, so that their usual clients decode our entries with no
other server. Schemas get their ids in `schemas.lock`; whoever tries to register one here is told so.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from roznamcha.subjects import LEVEL, Line, SchemaBook

LARGEST = 1024 * 1024
"""Bytes of the largest schema that is looked at."""
READ_ONLY = "This registry is read-only: schemas get their ids in schemas.lock, with a release"
SUBJECT, VERSION = "/subjects/{subject}", "/subjects/{subject}/versions/{version}"


class Answer(JSONResponse):
    """An answer as the protocol labels it."""

    media_type = "application/vnd.schemaregistry.v1+json"


class Declined(Exception):
    """There is no such thing, or it isn't done here; with the protocol's own number for why."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """Decline with an HTTP status and a code."""
        super().__init__(message)
        self.status, self.code = status, code


def app(book: SchemaBook, more_routes: Sequence[BaseRoute] = ()) -> Starlette:
    """The registry of these schemas, with whatever else is served beside it."""
    return Starlette(
        routes=[*Counter(book).routes(), *more_routes],
        exception_handlers={Declined: _declined, HTTPException: _elsewhere, Exception: _failed},
    )


class Counter:
    """Answers from one book of schemas."""

    def __init__(self, book: SchemaBook) -> None:
        """Answer from `book`."""
        self.book = book

    def routes(self) -> list[Route]:
        """What can be asked."""
        reads: dict[str, Callable[[Request], Any]] = {
            "/": lambda _: {},
            "/schemas/types": lambda _: ["AVRO"],
            "/schemas/ids/{id}": lambda asked: schema_of(self.by_id(asked)[0]),
            "/schemas/ids/{id}/schema": lambda asked: self.by_id(asked)[0].schema.inlined,
            "/schemas/ids/{id}/subjects": lambda asked: [line.subject for line in self.by_id(asked)],
            "/schemas/ids/{id}/versions": lambda asked: [place_of(line) for line in self.by_id(asked)],
            "/schemas/guids/{guid}": lambda asked: schema_of(self.by_guid(asked)[0]),
            "/schemas/guids/{guid}/ids": lambda asked: [{"context": ".", "id": self.by_guid(asked)[0].id}],
            "/subjects": self.subjects,
            f"{SUBJECT}/versions": lambda asked: [line.version for line in self.subject(asked)],
            VERSION: lambda asked: whole(self.version(asked)),
            f"{VERSION}/schema": lambda asked: self.version(asked).schema.inlined,
            f"{VERSION}/referencedby": lambda asked: [] if self.version(asked) else None,
            "/config": lambda _: {"compatibilityLevel": LEVEL},
            "/config/{subject}": lambda asked: {"compatibilityLevel": LEVEL} if self.subject(asked) else None,
            "/mode": lambda _: {"mode": "READONLY"},
            "/mode/{subject}": lambda asked: {"mode": "READONLY"} if self.subject(asked) else None,
        }
        return [
            *(Route(path, _reading(give), methods=["GET"]) for path, give in reads.items()),
            Route(SUBJECT, self.look_up, methods=["POST"]),
        ]

    # --- what stands in the book ---------------------------------------------------------------------------------

    def by_id(self, asked: Request) -> list[Line]:
        """The lines of the schema of an id; Declined for one nobody gave out."""
        told = asked.path_params["id"]
        found = self.book.by_id.get(int(told)) if told.isascii() and told.isdigit() and len(told) <= 10 else None  # noqa: PLR2004 (an int32)
        return found or _none(40403, "Schema not found")

    def by_guid(self, asked: Request) -> list[Line]:
        """The lines of the schema of a GUID; Declined for one nobody gave out."""
        try:
            found = self.book.by_guid.get(UUID(asked.path_params["guid"]))
        except ValueError:
            found = None
        return found or _none(40403, "Schema not found")

    def subjects(self, asked: Request) -> list[str]:
        """The names of all subjects, or of those that begin as asked."""
        begins = asked.query_params.get("subjectPrefix", "").removeprefix(":*:")
        return sorted(name for name in self.book.subjects if name.startswith(begins))

    def subject(self, asked: Request) -> list[Line]:
        """The versions of a subject; Declined for an unknown one."""
        name = asked.path_params["subject"]
        return self.book.subjects.get(name) or _none(40401, f"Subject '{name[:200]}' not found.")

    def version(self, asked: Request) -> Line:
        """One version of a subject, by its number or as the latest; Declined when there is none."""
        lines, told = self.subject(asked), asked.path_params["version"]
        if told in {"latest", "-1"}:
            return lines[-1]
        if not (told.isascii() and told.isdigit() and 0 < len(told) <= 10 and int(told)):  # noqa: PLR2004 (an int32)
            raise Declined(422, 42202, "The specified version is not a positive number or 'latest'.")
        found = next((line for line in lines if line.version == int(told)), None)
        return found or _none(40402, f"Version {told} not found.")

    async def look_up(self, asked: Request) -> Response:
        """The version of a subject that says what the posted schema says; nothing is written by it."""
        self.subject(asked)
        posted = await _posted_schema(asked)
        found = self.book.find(asked.path_params["subject"], posted)
        return Answer(whole(found or _none(40403, "Schema not found")))


def schema_of(line: Line) -> dict[str, Any]:
    """A schema as it is asked for by id: without a place, since it may have several."""
    return {"schema": line.schema.complete, "schemaType": "AVRO", "guid": str(line.schema.guid)}


def place_of(line: Line) -> dict[str, Any]:
    """Where a schema stands."""
    return {"subject": line.subject, "version": line.version}


def whole(line: Line) -> dict[str, Any]:
    """A version of a subject with all that is known of it."""
    return {**place_of(line), "id": line.id, **schema_of(line)}


def _none(code: int, message: str) -> Any:  # noqa: ANN401 (it never gives anything)
    raise Declined(code // 100, code, message)


def _reading(give: Callable[[Request], Any]) -> Callable[[Request], Awaitable[Response]]:
    async def read(asked: Request) -> Response:
        return Answer(give(asked))

    return read


async def _posted_schema(asked: Request) -> str:
    """The schema in a request's body. Declined when there is none that can be read."""
    body = bytearray()
    async for part in asked.stream():
        body += part
        if len(body) > LARGEST:
            raise Declined(413, 413, f"A schema of more than {LARGEST} bytes is not looked at")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Declined(400, 400, "The body is not JSON") from None
    schema = sent.get("schema") if isinstance(sent, dict) else None
    if not isinstance(schema, str) or sent.get("schemaType") not in {None, "AVRO"} or sent.get("references"):
        raise Declined(422, 42201, "Invalid schema: only a complete Avro schema, as text under `schema`, is known here")
    try:
        json.loads(schema)
    except (ValueError, RecursionError):
        raise Declined(422, 42201, "Invalid schema: it is not JSON") from None
    return schema


async def _declined(_: Request, error: Exception) -> Response:
    status, code = (error.status, error.code) if isinstance(error, Declined) else (500, 50001)
    return Answer({"error_code": code, "message": str(error)}, status)


async def _elsewhere(_: Request, error: Exception) -> Response:
    """A path nobody serves, or a method that isn't done there: every one that would write."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    told = READ_ONLY if status == HTTPStatus.METHOD_NOT_ALLOWED else f"HTTP {status}"
    return Answer({"error_code": status, "message": told}, status, headers)


async def _failed(_: Request, error: Exception) -> Response:
    """What went wrong here is told by its kind alone."""
    return Answer({"error_code": 50001, "message": type(error).__name__}, 500)
