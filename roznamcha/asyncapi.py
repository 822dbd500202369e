"""What travels on Kafka, described for whoever wants to read it: AsyncAPI 3.0, made from the schemas and the topics.

The schemas themselves stay where they are: each column points into its file. Only what an Avro reader needs to find in
its place stands here, a common record where it is first spoken of. So each message's schema is complete in itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import yaml

from consumers.topics import Topic, Topics, data
from schemas import Catalogue, Schema

SCHEMAS = "../schemas"
"""Where the schema files lie, as seen from the document's folder in a checkout."""
AVRO_KEYS = {"name", "type", "default", "doc"}
AVRO = "application/vnd.apache.avro;version=1.9.0"
BINDING = {"bindingVersion": "0.5.0"}
HEAD = "# Made by `roznamcha topics asyncapi`, and compared with it by the tests: not to be edited.\n"
DIGITS = "^[0-9]+$"
NUMBERS = ("retention.ms", "retention.bytes", "max.message.bytes")
"""The settings of a topic, besides its policy, that matter to whoever reads it."""
META = "x-meta"
"""Where the document keeps the column that all entries begin with."""

HEADERS: dict[str, dict[str, str]] = {
    "ce_specversion": {"const": "1.0", "description": "CloudEvents, in binary mode (Kafka protocol binding §3.2)."},
    "ce_id": {
        "description": "The entry's id, a UUIDv7. `position/N` when the engine that published it could not read it."
    },
    "ce_source": {"pattern": "^/roznamcha(/[^/]+/[^/]+)?$", "description": "District and station it was entered at."},
    "ce_type": {"pattern": r"^roznamcha\.[a-z_]+\.[A-Za-z]+$", "description": "`roznamcha.` and the act's name."},
    "ce_subject": {"format": "uuid", "description": "The record's id, as in the key."},
    "ce_time": {"format": "date-time", "description": "When the act happened, in UTC with microseconds."},
    "content-type": {"const": "application/avro", "description": "Of the value behind its five bytes of prefix."},
    "traceparent": {"pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", "description": "W3C Trace Context."},
    "position": {"pattern": DIGITS, "description": "Where the entry stands in the store's log: ordered, with gaps."},
    "previous": {
        "pattern": DIGITS,
        "description": "Position of the entry before it in this partition, 0 for the first. Whoever has not seen that "
        "one lacks something; offsets can't tell, since transactions leave holes in them.",
    },
    "version": {"pattern": DIGITS, "description": "Of the entry in its own stream: 1, 2, 3 …"},
}
"""Every header of an entry. None holds personal data."""
NOT_ALWAYS = {"ce_time", "traceparent"}
"""Left out when the entry could not be read."""

ABOUT = """\
Every act of a police case, entered once and for ever. PostgreSQL decides, Kafka distributes: what is here is a copy of
the store's log, and can be proved against it.

A value is 0x00, the schema's id (four bytes, big-endian) and an Avro body, so that any Confluent-compatible reader
takes it. The partition is CRC-32 of the record id's 16 bytes, modulo 60: it is named by the one writer, the relay, and
not left to a client's hash. Order holds within a record. Read committed messages only, from the earliest on.
"""
POSITION = {
    "type": "object",
    "required": ["position", "sha256", "slots", "deadlines"],
    "properties": {
        "position": {"type": "integer", "description": "The last position that was published."},
        "sha256": {"type": "string", "description": "SHA-256 of the entry there, hexadecimal; empty for none."},
        **{
            name: {
                "type": "object",
                "description": f"By partition of the topic of {topic}: the last position in it, and how many it has.",
                "additionalProperties": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            }
            for name, topic in (("slots", "entries"), ("deadlines", "deadlines"))
        },
    },
}


def document(catalogue: Catalogue, topics: Topics, schemas: str = SCHEMAS) -> dict[str, Any]:
    """The document, with the schema files below `schemas`, a relative path or a URL."""
    messages = {_called(catalogue, each): _of_schema(catalogue, each, schemas) for each in _all(catalogue)}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Roznamcha", "version": version("roznamcha"), "description": ABOUT},
        "defaultContentType": "application/avro",
        "servers": {
            "broker": {
                "host": "{bootstrap}",
                "protocol": "kafka",
                "description": "Apache Kafka, wherever this engine publishes to.",
                "variables": {"bootstrap": {"default": "localhost:9092", "description": "Where clients begin."}},
            }
        },
        "channels": {each.short: _channel(catalogue, each) for each in topics.all},
        "operations": {f"send.{each.short}": _sending(each) for each in topics.all},
        "components": {
            "messages": {**messages, "position": _position(), "raw": _raw(), "checkpoint": _checkpoint()},
            "messageTraits": {"entry": _entry()},
        },
        META: {"name": "meta", "type": {"$ref": f"{schemas}/common/Meta.1.avsc"}, "doc": "What every entry carries."},
    }


def text(catalogue: Catalogue, topics: Topics, schemas: str = SCHEMAS) -> str:
    """The document as YAML, small things on one line."""
    body = yaml.dump(
        document(catalogue, topics, schemas), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=2**16,
        default_flow_style=None,
    )  # fmt: skip
    return HEAD + body


class _Plain(yaml.SafeDumper):
    """Writes a text of several lines as one, and never an anchor: what is said twice is written twice."""

    def ignore_aliases(self, _data: Any) -> bool:  # noqa: ANN401 (any YAML)
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Plain.add_representer(str, _text)


def carried_by(catalogue: Catalogue, topic: Topic) -> list[str]:
    """The messages a topic carries, by the names they have in the document."""
    what = str(topic.about["carries"])
    if what in {"position", "raw", "checkpoint"}:
        return [what]
    return [_called(catalogue, each) for each in _all(catalogue) if topic.carries(each.name)]


def _all(catalogue: Catalogue) -> Iterator[Schema]:
    return (each for _, each in sorted(catalogue.schemas.items()))


def _called(catalogue: Catalogue, schema: Schema) -> str:
    """A message's name: the act's, and for a schema that has a younger one its number too."""
    return schema.name if catalogue.latest[schema.name] is schema else f"{schema.name}.{schema.version}"


def _channel(catalogue: Catalogue, topic: Topic) -> dict[str, Any]:
    copies = data()["copies"]
    settings = topic.settings(copies)
    told = {name: int(settings[name]) for name in NUMBERS if name in settings}
    policy = {"cleanup.policy": settings["cleanup.policy"].split(",")}
    return {
        "address": topic.name,
        "title": topic.title,
        "messages": {each: _at("components/messages", each) for each in carried_by(catalogue, topic)},
        "bindings": {
            "kafka": {
                "topic": topic.name, "partitions": topic.partitions, "replicas": copies,
                "topicConfiguration": {**policy, **told}, **BINDING,
            }
        },
    }  # fmt: skip


def _sending(topic: Topic) -> dict[str, Any]:
    who = str(topic.about["written_by"])
    return {"action": "send", "channel": _at("channels", topic.short), "title": f"Written by: {who}"}


def _entry() -> dict[str, Any]:
    """What all messages that are entries have in common."""
    return {
        "contentType": "application/avro",
        "headers": {
            "type": "object",
            "required": [name for name in HEADERS if name not in NOT_ALWAYS],
            "properties": {name: {"type": "string", **told} for name, told in HEADERS.items()},
        },
        "bindings": _binding(),
    }


def _binding() -> dict[str, Any]:
    return {
        "kafka": {
            "key": {"type": "string"}, "schemaIdLocation": "payload", "schemaIdPayloadEncoding": "confluent",
            "schemaLookupStrategy": "TopicRecordNameStrategy", **BINDING,
        }
    }  # fmt: skip


def _of_schema(catalogue: Catalogue, schema: Schema, schemas: str) -> dict[str, Any]:
    register, _, short = schema.name.partition(".")
    file = f"{schemas}/{register}/{short}.{schema.version}.avsc"
    raw = schema.raw
    # A row of a view is no entry: it has the same key and prefix, and headers of its own.
    common = {"bindings": _binding()} if register == "view" else {"traits": [_at("components/messageTraits", "entry")]}
    return {
        "name": schema.name,
        "title": raw["title"]["en"],
        "summary": raw["doc"],
        **common,
        "payload": {
            "schemaFormat": AVRO,
            "schema": {
                "type": "record", "name": raw["name"], "namespace": raw["namespace"],
                "fields": list(_fields(schema, file, schemas)),
            },
        },
        "x-schema-id": catalogue.id_of(schema),
    }  # fmt: skip


def _fields(schema: Schema, file: str, schemas: str) -> Iterator[dict[str, Any]]:
    """Each column where it stands in its file; one that is the first to use a common record brings it along."""
    uses = schema.raw.get("uses", ())
    pending = {f"roznamcha.{each.partition('.')[0]}": f"{schemas}/common/{each}.avsc" for each in uses}
    for number, field in enumerate(schema.raw["fields"]):
        whole = _brought(field["type"], pending)
        if whole == field["type"]:
            yield {"$ref": f"{file}#/fields/{number}"}
        elif number == 0:
            yield {"$ref": f"#/{META}"}
        else:
            yield {key: value for key, value in {**field, "type": whole}.items() if key in AVRO_KEYS}


def _brought(avro: Any, pending: dict[str, str]) -> Any:  # noqa: ANN401 (Avro JSON)
    if isinstance(avro, str):
        return {"$ref": pending.pop(avro)} if avro in pending else avro
    if isinstance(avro, list):
        return [_brought(each, pending) for each in avro]
    return {
        key: _brought(value, pending) if key in {"type", "items"}
        else [{**each, "type": _brought(each["type"], pending)} for each in value] if key == "fields" else value
        for key, value in avro.items()
    }  # fmt: skip


def _position() -> dict[str, Any]:
    return {
        "name": "position", "title": "How far the relay has published", "contentType": "application/json",
        "summary": "Written in the same transaction as the entries it speaks of. The last one under the key 0 counts.",
        "payload": POSITION,
        "bindings": {"kafka": {"key": {"type": "string", "const": "0"}, **BINDING}},
    }  # fmt: skip


def _checkpoint() -> dict[str, Any]:
    return {
        "name": "checkpoint", "title": "A signed head of the court's ledger",
        "contentType": "text/plain; charset=utf-8",
        "summary": "A signed note: origin, size, root, and the log's signature (c2sp.org/tlog-checkpoint).",
        "payload": {"type": "string"},
        "bindings": {"kafka": {"key": {"type": "string", "description": "The log's origin."}, **BINDING}},
    }  # fmt: skip


def _raw() -> dict[str, Any]:
    return {
        "name": "raw", "title": "A message as it was found", "contentType": "application/octet-stream",
        "summary": "Key and value untouched; headers say where it lay and why it could not be taken.",
        "payload": {"type": "string", "format": "binary"},
    }  # fmt: skip


def _at(place: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/{place}/{name}"}
