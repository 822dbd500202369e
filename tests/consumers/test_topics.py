"""Topics as data: their names and settings follow from one file, and a name nobody knows is an error."""

from __future__ import annotations

import re

import pytest

from consumers.slots import SLOTS
from consumers.topics import POLICIES, Topics, data

SERVICES = {"relay", "project", "subscriber"}


def test_names_follow_the_prefix() -> None:
    """Prefix, what is in it, version: and every name the program asks for is one of the data's."""
    ours, others = Topics(), Topics("raipur.test")
    assert ours["entries"].name == ours.entries == "roznamcha.entries.v1"
    assert ours["relay.position"].name == ours.position == "roznamcha.relay.position.v1"
    assert others["case-state"].name == "raipur.test.case-state.v1"
    assert others.deadlines == "raipur.test.deadlines.v1"
    assert (others.relay_id, others.group("main")) == ("raipur.test.relay.0", "raipur.test.main")
    assert {ours.entries, ours.deadlines, ours.position, ours.dead} <= {each.name for each in ours.all}


def test_dead_letters_lie_beside_their_topic() -> None:
    """Their topic's name is the other's, version and all, with what it is behind it; and it has as many partitions."""
    ours = Topics()
    assert ours.dead == f"{ours.entries}.dlq"
    assert ours["entries.dlq"].partitions == ours["entries"].partitions


@pytest.mark.parametrize("name", ["", "entry", "roznamcha.entries.v1", "deadlines.dlq"])
def test_a_topic_nobody_knows_is_an_error(name: str) -> None:
    """It is never made up from its name."""
    with pytest.raises(KeyError):
        Topics()[name]


def test_names_are_such_that_a_broker_takes_and_nothing_collides() -> None:
    """Small letters, dots and hyphens; never an underscore, which metrics can't tell from a dot."""
    names = [each.name for each in Topics().all]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*\.v\d+(\.dlq)?", name) for name in names)


def test_a_partition_is_a_slot() -> None:
    """Whatever has a UUID for its key, a record's or one of its own, has a partition for each slot."""
    for each in Topics().all:
        by_slot = "record" in each.about["key"] or "UUID" in each.about["key"] or each.short == "entries.dlq"
        assert each.partitions == (SLOTS if by_slot else 1), each.name
        assert each.title


def test_history_is_never_compacted_and_nothing_expires() -> None:
    """Entries, facts and dead letters are kept for ever; only states, of which the last one counts, are compacted."""
    compacted = {each.short for each in Topics().all if each.settings(3)["cleanup.policy"] == "compact"}
    assert compacted == {"case-state", "ranking", "relay.position"}
    for each in Topics().all:
        assert each.about["policy"] in POLICIES
        if each.short not in compacted:
            assert (each.settings(3)["retention.ms"], each.settings(3)["retention.bytes"]) == ("-1", "-1")
    assert {"entries", "deadlines", "entries.dlq"}.isdisjoint(compacted)


@pytest.mark.parametrize(("nodes", "least"), [(1, "1"), (2, "1"), (3, "2"), (5, "2")])
def test_a_message_is_acknowledged_when_one_node_may_be_lost(nodes: int, least: str) -> None:
    """Two must have it where three keep it; fewer nodes ask for one less than there are, but one."""
    assert Topics()["entries"].settings(nodes)["min.insync.replicas"] == least


def test_rights_are_plain_words_and_nobody_may_delete() -> None:
    """Each service has its rights; YAML made no other word of any; none may alter, delete or do everything."""
    rights = data()["rights"]
    assert set(rights) == SERVICES
    for rule in (rule for rules in rights.values() for rule in rules):
        assert rule.keys() == {"kind", "named", "match", "may"}
        assert set(rule["may"]) <= {"describe", "read", "write"}
        assert rule["named"] in {"prefix", "any", *data()["topics"]}
    may_write = {name for name, rules in rights.items() for rule in rules if "write" in rule["may"]
                 and rule["kind"] == "topic" and rule["named"] != "entries.dlq"}  # fmt: skip
    assert may_write == {"relay"}  # the only writer
