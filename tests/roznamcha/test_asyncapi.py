"""The document of the topics says what the code sends and the broker has, and others' tools can read it."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import yaml

from consumers.carried import headers_of
from consumers.clients import Broker, ConfigResource, ConfigResourceType
from consumers.folding import Kept
from consumers.slots import slot_of
from consumers.stamps import Stamp, stamp_of
from consumers.topics import Topics
from domain.event import Meta
from roznamcha.asyncapi import text
from schemas import catalogue
from tests.peers.asyncapi.tools import asyncapi, asyncapi_tools, read
from tests.roznamcha.kit import ROOT, Program

__all__ = ["asyncapi_tools"]
FILE = ROOT / "docs/asyncapi.yaml"
AT = datetime(2026, 7, 2, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as it stands in the file."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def an_entry() -> tuple[Kept, Stamp]:
    """An entry as the relay has it."""
    record = uuid4()
    meta = Meta(
        entry_id=uuid4(), record_id=record, occurred_at=AT, station="CG-RPR-01", district="CG-RPR", command_id=uuid4()
    )
    return Kept(41, slot_of(record), record, "case.SceneVisited", b"\x00"), stamp_of(meta)


def test_the_file_is_what_the_command_prints(tmp_path: Path) -> None:
    """Made anew from schemas and topics it is the same to the letter; and as JSON it says the same."""
    program = Program(tmp_path, "")
    printed = program.run("topics", "asyncapi").stdout
    assert printed == FILE.read_text(encoding="utf-8"), "run `./run topics asyncapi > docs/asyncapi.yaml`"
    assert program.json("topics", "asyncapi") == yaml.safe_load(printed)


def test_the_schemas_may_lie_elsewhere() -> None:
    """Whoever publishes the document says where, and no reference is left behind."""
    moved = text(catalogue(), Topics("raipur"), "https://police.example/schemas")
    assert "../schemas" not in moved
    assert "https://police.example/schemas/common/Meta.1.avsc" in moved
    assert yaml.safe_load(moved)["channels"]["entries"]["address"] == "raipur.entries.v1"


def test_every_schema_is_a_message_of_its_topics(document: dict[str, Any]) -> None:
    """Every act is in the topic of entries under its permanent name and id; what clocks tell is in theirs as well."""
    messages, channels = document["components"]["messages"], document["channels"]
    names = {schema.name for schema in catalogue().schemas.values()}
    assert {each["name"] for each in messages.values()} == names | {"position", "raw", "checkpoint"}
    acts = {name for name in names if not name.startswith("view.")}
    assert {messages[each]["name"] for each in channels["entries"]["messages"]} == acts
    assert {messages[each]["name"] for each in channels["deadlines"]["messages"]} == {
        name for name in acts if name.startswith("deadline.")
    }
    assert list(channels["relay.position"]["messages"]) == ["position"]
    assert list(channels["entries.dlq"]["messages"]) == ["raw"]
    ids = {each["name"]: each["x-schema-id"] for each in messages.values() if "x-schema-id" in each}
    assert ids == {name: catalogue().id_of(schema) for name, schema in catalogue().latest.items()}


def test_headers_are_those_the_relay_sends(document: dict[str, Any]) -> None:
    """Exactly those names; the ones that are always there are required; each value is as described."""
    described = document["components"]["messageTraits"]["entry"]["headers"]
    kept, stamp = an_entry()
    whole, bare = dict(headers_of(kept, 3, 40, stamp)), dict(headers_of(kept, 3, 40, None))
    assert described["properties"].keys() == whole.keys()
    assert set(described["required"]) == bare.keys()
    for headers in (whole, bare):
        for name, value in headers.items():
            fits(described["properties"][name], value.decode())


def fits(described: dict[str, str], value: str) -> None:
    """A header's value is as the document has it."""
    assert value == described.get("const", value)
    assert re.search(described.get("pattern", ""), value)
    if described.get("format") == "uuid":
        assert str(UUID(value)) == value
    if described.get("format") == "date-time":
        assert datetime.fromisoformat(value) == AT


def test_topics_are_those_the_broker_has(document: dict[str, Any], broker: Broker, topics: Topics) -> None:
    """Address, partitions, policy and retention, compared with topics that a real broker keeps."""
    with broker.admin() as admin:
        there = {each["name"]: each for each in admin.describe_topics([each.name for each in topics.all])}
        asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
        settings = admin.describe_configs(asked, config_filter="all")["topic"]
    assert document["channels"].keys() == {each.short for each in topics.all}
    for short, channel in document["channels"].items():
        ours, kafka = topics[short], channel["bindings"]["kafka"]
        assert channel["address"] == kafka["topic"] == Topics()[short].name
        assert kafka["partitions"] == len(there[ours.name]["partitions"])
        told = {name: each["value"] for name, each in settings[ours.name].items()}
        policy = kafka["topicConfiguration"].pop("cleanup.policy")
        assert ",".join(policy) == told["cleanup.policy"]
        for name, value in kafka["topicConfiguration"].items():
            assert str(value) == told[name]


def test_the_asyncapi_cli_takes_it(asyncapi_tools: Path) -> None:
    """Without an error and without a warning."""
    done = asyncapi(asyncapi_tools, "validate", FILE, "--fail-severity", "warn")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is valid" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("was", "spoilt"),
    [
        ("messages/case.SceneVisited'", "messages/case.SceneSeen'"),
        ("record\n          name: Scene", "\n          name: Scene"),
    ],
    ids=["a message nobody knows", "a schema that is none"],
)
def test_the_asyncapi_cli_would_complain(asyncapi_tools: Path, tmp_path: Path, was: str, spoilt: str) -> None:
    """Spoilt in one place it is refused: so its silence means something."""
    (tmp_path / "docs").mkdir()
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    whole = FILE.read_text(encoding="utf-8")
    assert was in whole
    (tmp_path / "docs/asyncapi.yaml").write_text(whole.replace(was, spoilt), encoding="utf-8")
    assert asyncapi(asyncapi_tools, "validate", tmp_path / "docs/asyncapi.yaml").returncode != 0


def test_a_stranger_decodes_every_entry_with_the_document_alone(asyncapi_tools: Path) -> None:
    """In JavaScript, with the schemas as the document's own parser finds them: every golden entry, to the byte."""
    lines = [json.loads(line) for line in (ROOT / "schemas/golden.jsonl").read_text(encoding="utf-8").splitlines()]
    latest = [each for each in lines if each["version"] == catalogue().latest[each["name"]].version]
    sent = "".join(json.dumps({"name": each["name"], "hex": each["hex"]}) + "\n" for each in latest)
    done = read(asyncapi_tools, FILE, sent)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["complaints"] == []
    assert told["decoded"] == {each["name"]: list(each["record"]) for each in latest}
    assert told["channels"][Topics().entries]["kafka"]["partitions"] == 60
