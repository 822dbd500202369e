"""The clients of the broker are what they must be, whatever the library's own defaults are."""

from __future__ import annotations

import pytest

from consumers.clients import RESERVED, Away, Broker, KafkaError, Timeout, TopicPartition, commit, let_go
from consumers.topics import Topics
from tests.broker.nodes import free_ports, new_prefix
from tests.consumers.subscribing import until


def test_a_consumer_reads_what_was_committed_and_commits_nothing_itself(broker: Broker) -> None:
    """Committed records only, from the first one on, and no commit behind one's back."""
    with_group, alone = broker.consumer("g"), broker.consumer()
    for consumer in (with_group, alone):
        assert consumer.config["isolation_level"] == "read_committed"
        assert consumer.config["enable_auto_commit"] is False
        assert consumer.config["auto_offset_reset"] == "earliest"
        consumer.close()


def test_what_was_undone_is_not_read(broker: Broker, topics: Topics) -> None:
    """An aborted transaction leaves nothing that a consumer sees; the committed one behind it is seen."""
    producer = broker.producer(topics.relay_id)
    producer.init_transactions()
    for value, end in ((b"undone", producer.abort_transaction), (b"kept", producer.commit_transaction)):
        producer.begin_transaction()
        producer.send(topics.position, value, key=b"0", partition=0).get(10)
        end()
    consumer = broker.consumer()
    consumer.assign([TopicPartition(topics.position, 0)])
    found = [each.value for batch in consumer.poll(5_000).values() for each in batch]
    assert found == [b"kept"]
    consumer.close()
    producer.close()


def test_a_commit_is_not_waited_for_for_ever(broker: Broker, topics: Topics) -> None:
    """When the time is over the answer is that nobody knows; in time it is that all was committed."""
    producer = broker.producer(topics.relay_id)
    producer.init_transactions()
    for value, patience in ((b"in time", 30_000), (b"unknown", 0)):
        producer.begin_transaction()
        sent = producer.send(topics.position, value, key=b"0", partition=0)
        if patience:
            commit(producer, patience)
            assert sent.succeeded()
        else:
            with pytest.raises(Timeout, match="no answer to a commit"):
                commit(producer, patience)
    producer.close()


def test_nobody_there_is_told_at_once_with_the_address() -> None:
    """A wrong address is an answer within seconds, and names itself."""
    (port,) = free_ports(1)
    with pytest.raises(Away, match=f"127.0.0.1:{port}"):
        Broker(f"127.0.0.1:{port}").consumer()


@pytest.mark.parametrize("option", ["isolation_level", "enable_auto_commit", "auto_offset_reset"])
def test_what_exactness_of_reading_rests_on_cannot_be_set_otherwise(broker: Broker, option: str) -> None:
    """An option that would undo it is no option."""
    assert option in RESERVED
    with pytest.raises(TypeError):
        Broker(broker.bootstrap, {option: "x"}).consumer()


@pytest.mark.parametrize("option", ["acks", "enable_idempotence"])
def test_what_exactness_of_writing_rests_on_cannot_be_set_otherwise(broker: Broker, option: str) -> None:
    """As for reading."""
    assert option in RESERVED
    with pytest.raises(TypeError):
        Broker(broker.bootstrap, {option: "x"}).producer()


def test_options_go_to_the_clients_that_know_them(broker: Broker) -> None:
    """One file for all: what only a reader or a writer knows, and what the program sets itself otherwise."""
    limits = {"max_partition_fetch_bytes": 1_000, "max_request_size": 2_000, "bootstrap_timeout_ms": 5_000}
    chosen = Broker(broker.bootstrap, {**limits, "linger_ms": 7, "fetch_max_wait_ms": 50})
    with chosen.admin() as admin:
        assert admin.config["bootstrap_timeout_ms"] == 5_000
    consumer, producer = chosen.consumer(), chosen.producer()
    assert (consumer.config["max_partition_fetch_bytes"], consumer.config["fetch_max_wait_ms"]) == (1_000, 50)
    assert (producer.config["max_request_size"], producer.config["linger_ms"]) == (2_000, 7)
    consumer.close()
    producer.close()
    with pytest.raises(KafkaError, match="no_such"), Broker(broker.bootstrap, {"no_such": 1}).admin():
        pass


def test_a_producer_with_something_under_way_is_let_go(broker: Broker) -> None:
    """Its topic is gone, so it would try for two minutes; left at work it could fence whoever comes after."""
    name = f"{new_prefix()}gone"
    with broker.admin() as admin:
        admin.create_topics({name: {"num_partitions": 1}}, wait_for_metadata=True)
        producer = broker.producer()
        producer.send(name, b"").get(10)
        admin.delete_topics([name])
        until(lambda: name not in admin.list_topics(), 20)
    producer.send(name, b"")
    let_go(producer)
    until(lambda: not vars(producer)["_sender"].is_alive(), 10)
