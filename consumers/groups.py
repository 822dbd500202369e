"""What a group has shared out among its members, as the broker tells it."""

from __future__ import annotations

from consumers.clients import Broker


def unshared(broker: Broker, group: str, topic: str) -> bool:
    """Whether a group that has settled leaves partitions of this topic to nobody. Raises Away, KafkaError."""
    with broker.admin() as admin:
        told, here = admin.describe_groups([group])[group], admin.describe_topics([topic])[0]
    if told["group_state"] != "Stable" or here["error_code"]:
        return False
    shares = [(each["member_assignment"] or {}).get("assigned_partitions", []) for each in told["members"]]
    shared = {number for share in shares for each in share if each["topic"] == topic for number in each["partitions"]}
    return len(shared) < len(here["partitions"])
