"""Strangers read every entry, in its order and to the byte: clients that share no code with the engine."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Iterator

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

from tests.peers.installed import JS, NoPeer, java_tools, modules, program
from tests.peers.published import Message, Published, needs, plain, published, record_of

__all__ = ["published"]
PATIENCE = 120
"""Seconds that a client may take at most."""
FORMAT = r"%p %o %T %k %h\n%R%s\n"
"""kcat's: a line about the message, the value's length in four bytes, the value."""
END = "\n<end of a message>\n"


def run(*command: str, path: str = "") -> bytes:
    """Run a client to its end; give what it wrote."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "NODE_PATH": path, "NODE_NO_WARNINGS": "1"}
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, env=env, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout


def test_the_sample_is_worth_reading(published: Published) -> None:
    """Many entries of several records, stations and acts in several partitions, among them sealed columns."""
    records = [plain(record_of(each[5])) for each in published.entries]
    assert published.count > 100
    assert len({each[2] for each in published.entries}) >= 5
    assert len({each["meta"]["station"] for each in records}) > 2
    assert len({each[1] for each in published.entries}) > 3
    assert len({each[3] for each in published.entries}) > 15
    assert '"box": {"hex": "' in json.dumps(records)


# --- kcat: librdkafka in C, without a schema -------------------------------------------------------------------------


def kcat(published: Published, isolation: str = "read_committed") -> Iterator[Message]:
    """What kcat reads, from the beginning to the end."""
    try:
        name = program("kcat", "kcat")
    except NoPeer as error:
        needs(error)
    out = io.BytesIO(
        run(name, "-C", "-q", "-e", "-b", published.broker.bootstrap, "-t", published.topics.entries, "-o", "beginning",
            "-X", f"isolation.level={isolation}", "-f", FORMAT)
    )  # fmt: skip
    while line := out.readline():
        partition, offset, timestamp, key, headers = line.decode().rstrip("\n").split(" ")
        told = dict(each.split("=", 1) for each in headers.split(","))
        value = out.read(int.from_bytes(out.read(4), "big"))
        assert out.read(1) == b"\n"
        yield Message(int(partition), int(offset), int(timestamp), key, told, value)


def test_kcat(published: Published) -> None:
    """Keys, headers, times, bytes and order, with what was never committed left out."""
    published.agrees(kcat(published))


def test_what_was_taken_back_is_there_for_whoever_reads_it_all(published: Published) -> None:
    """Uncommitted messages do lie in the topic, two in each partition: so not seeing them means something."""
    everything = list(kcat(published, "read_uncommitted"))
    assert len(everything) == published.count + 2 * published.topics["entries"].partitions
    assert sum(each.key == "never" for each in everything) == 2 * published.topics["entries"].partitions


# --- confluent-kafka: the usual client in Python, with its own deserialiser and registry client ----------------------


def confluent(published: Published) -> Iterator[Message]:
    """What it reads and decodes, with nothing but the registry's address."""
    topic, partitions = published.topics.entries, range(published.topics["entries"].partitions)
    consumer = Consumer(
        {
            "bootstrap.servers": published.broker.bootstrap,
            "group.id": f"{published.topics.prefix}.stranger",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    with SchemaRegistryClient({"url": published.registry}) as client:
        yield from _decoded(consumer, AvroDeserializer(client), set(partitions))
    consumer.close()


def _decoded(consumer: Consumer, decode: AvroDeserializer, left: set[int]) -> Iterator[Message]:
    while left:
        message = consumer.poll(PATIENCE)
        assert message is not None
        if message.error():
            left.discard(message.partition())  # its end
            continue
        topic = message.topic()
        record = decode(message.value(), SerializationContext(topic, MessageField.VALUE, message.headers()))
        headers = {name: value.decode() for name, value in message.headers()}
        yield Message(message.partition(), message.offset(), message.timestamp()[1], message.key().decode(), headers,
                      message.value(), (plain(record),))  # fmt: skip


def test_confluents_deserialiser_with_our_registry(published: Published) -> None:
    """The usual deserialiser finds each schema in the registry that we serve, and decodes each entry whole."""
    published.agrees(confluent(published), decoded=1)


def test_confluents_registry_client_finds_its_way(published: Published) -> None:
    """Subjects, versions, latest, look-up and compatibility, as its own methods ask for them."""
    subject = "roznamcha.entries.v1-roznamcha.case.FIRRegistered"
    with SchemaRegistryClient({"url": published.registry}) as client:
        assert subject in client.get_subjects()
        latest = client.get_latest_version(subject)
        assert client.get_versions(subject) == [latest.version]
        assert client.get_version(subject, latest.version).schema_id == latest.schema_id
        assert client.lookup_schema(subject, latest.schema).schema_id == latest.schema_id
        assert client.get_schema(latest.schema_id).schema_str == latest.schema.schema_str
        assert client.get_compatibility(subject) == "FULL_TRANSITIVE"


# --- Kafka's own console consumer, in Java ---------------------------------------------------------------------------


def console(published: Published) -> Iterator[Message]:
    """What it prints of as many messages as the store has entries, split where it was told to put its marks."""
    try:
        java = java_tools()
    except NoPeer as error:
        needs(error)
    shown = [f"print.{each}=true" for each in ("timestamp", "partition", "offset", "headers", "key")]
    told = [part for each in [*shown, "key.separator=\x1f", f"line.separator={END}"]
            for part in ("--formatter-property", each)]  # fmt: skip
    out = run(
        *java, "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", published.broker.bootstrap,
        "--topic", published.topics.entries, "--from-beginning", "--isolation-level", "read_committed",
        "--max-messages", str(published.count), "--timeout-ms", "60000", *told,
    )  # fmt: skip
    for each in out.split(END.encode())[:-1]:
        *about, value = each.split(b"\x1f", 5)
        time, partition, offset, headers, key = (part.decode() for part in about)
        named = dict(part.split(":", 1) for part in headers.split(","))
        numbers = (int(part.partition(":")[2]) for part in (partition, offset, time))
        yield Message(*numbers, key, named, value)


def test_the_java_console_consumer(published: Published) -> None:
    """Kafka's own tool prints each entry: keys, headers, times, bytes and order."""
    published.agrees(console(published))


# --- JavaScript: kafkajs, avsc and a registry client -----------------------------------------------------------------


def javascript(published: Published) -> Iterator[Message]:
    """What a reader in JavaScript prints, each value decoded by two ways."""
    try:
        node, path = program("node", "nodejs"), modules()
    except NoPeer as error:
        needs(error)
    out = run(node, str(JS / "read.cjs"), published.broker.bootstrap, published.topics.entries, published.registry,
              str(published.count), path=str(path))  # fmt: skip
    for each in map(json.loads, out.splitlines()):
        yield Message(each["partition"], int(each["offset"]), each["timestamp"], each["key"], each["headers"],
                      bytes.fromhex(each["value"]), (each["byRegistry"], each["byAvsc"]))  # fmt: skip


def test_a_reader_in_javascript(published: Published) -> None:
    """Decoded by a registry client and by Avro alone, both say what the store says."""
    published.agrees(javascript(published), decoded=2)
