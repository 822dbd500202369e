"""The schemas in a registry that is not ours: Apicurio, which counts its ids itself and can't be told one."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer

from consumers.topics import Topics
from roznamcha import publishing
from roznamcha.errors import Broken
from roznamcha.publishing import missing, other_registry, publish
from roznamcha.subjects import SchemaBook, schema_book
from schemas import catalogue
from tests.broker.nodes import free_ports
from tests.peers.installed import NoPeer, apicurio
from tests.peers.published import needs, plain, record_of
from tests.roznamcha.kit import ROOT

STARTING = 90
"""Seconds in which it must answer."""
CARRIED = 12
"""The first schemas, which a new registry counts as we did."""
THEIRS = {"schema": '{"type": "record", "name": "Theirs", "fields": []}', "schemaType": "AVRO"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has been seen to take more than 20 s for one answer, on a machine where much else was tested."""
    monkeypatch.setattr(publishing, "PATIENCE", 120.0)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A new Apicurio Registry; its URL for Confluent's clients."""
    try:
        command = apicurio()
    except NoPeer as error:
        needs(error)
    (port,) = free_ports(1)
    folder: Path = tmp_path_factory.mktemp("apicurio")
    told = {"QUARKUS_HTTP_HOST": "127.0.0.1", "QUARKUS_HTTP_PORT": str(port), "QUARKUS_LOG_LEVEL": "WARN"}
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env={**os.environ, **told}, stdout=log, stderr=log)
    url, until = f"http://127.0.0.1:{port}/apis/ccompat/v7", time.monotonic() + STARTING
    try:
        while not _answers(url):
            assert process.poll() is None, (folder / "out.log").read_text()[-2000:]
            assert time.monotonic() < until, (folder / "out.log").read_text()[-2000:]
            time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/subjects").is_success
    except httpx.HTTPError:
        return False


def first(count: int, after: int = 0) -> SchemaBook:
    """Some of the schemas, in the order of their ids."""
    return SchemaBook(schema_book(catalogue(), Topics()).lines[after : after + count])


def held(url: str) -> Any:
    """Every subject it has."""
    return sorted(httpx.get(f"{url}/subjects").json())


def test_a_new_one_comes_to_our_ids(theirs: str) -> None:
    """Published in the order of their ids, each schema has ours there; and the usual client decodes with it."""
    book = first(CARRIED)
    with other_registry(theirs) as other:
        assert publish(book, other) == book.lines
        assert missing(book, other) == publish(book, other) == []
    assert held(theirs) == sorted(book.subjects)
    names = {line.schema.name for line in book.lines}
    golden = map(json.loads, (ROOT / "schemas/golden.jsonl").read_text(encoding="utf-8").splitlines())
    entries = [bytes.fromhex(each["hex"]) for each in golden if each["name"] in names]
    assert len(entries) == CARRIED
    with SchemaRegistryClient({"url": theirs}) as client:
        decode = AvroDeserializer(client)
        for each in entries:
            assert plain(decode(each, None)) == plain(record_of(each))


def test_one_that_counts_otherwise_is_refused_and_left_as_it_was(theirs: str) -> None:
    """It has counted a schema of someone else's: the next one of ours would get a wrong id, and none stays."""
    with other_registry(theirs) as other:
        publish(first(CARRIED), other)
    assert httpx.post(f"{theirs}/subjects/theirs/versions", json=THEIRS).is_success
    before, book = held(theirs), first(3, after=CARRIED)
    with other_registry(theirs) as other, pytest.raises(Broken, match=r"nothing was published: id 13 is taken there"):
        publish(book, other)
    assert held(theirs) == before
    later = first(3, after=CARRIED + 1)
    with other_registry(theirs) as other:
        assert publish(later, other) == later.lines
    before, skipped = held(theirs), first(3, after=CARRIED + 8)
    with other_registry(theirs) as other, pytest.raises(Broken, match=r"does not keep our ids.*was taken back"):
        publish(skipped, other)
    assert held(theirs) == before
