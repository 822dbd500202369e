"""The shape of the two files of an exchange, as JSON Schema: what a State's own program reads and writes."""

from __future__ import annotations

from typing import Any

from roznamcha.exchange.systems import System

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(system: System) -> dict[str, Any]:
    """One schema with two definitions: a message that goes out, and an answer that comes in."""
    names = system.names
    message = {column: {} if source[:1] != "$" else _ours(source[1:]) for column, source in system.columns.items()}
    text = {"type": ["string", "number", "boolean", "array", "null"]}
    answer: dict[str, Any] = {column: dict(text) for column in system.answers} | {
        column: {} for column in sorted(system.ignores)
    }
    answer[names["message"]] = {"type": "string", "minLength": 1, "maxLength": 200}
    answer[names["status"]] = {"enum": list(system.statuses)}
    return {
        "$schema": DIALECT,
        "title": system.title["en"],
        "$defs": {
            "message": {
                "type": "object", "properties": message, "required": list(message), "additionalProperties": False
            },
            "answer": {
                "type": "object", "properties": answer, "additionalProperties": False,
                "required": [names["message"], names["status"]],
                "anyOf": [{"required": [names["reply"]]}, {"required": [names["record"], names["request"]]}],
            },
        },
    }  # fmt: skip


def _ours(source: str) -> dict[str, Any]:
    if source == "kind":
        return {"enum": ["request", "withdrawn"]}
    if source == "sent_at":
        return {"type": "string", "format": "date-time"}
    if source == "withheld":
        return {"type": "array", "items": {"type": "string"}}
    return {"type": "integer"} if source == "position" else {"type": "string"}
