"""The topics' names and settings, read from data; the rest of the program asks here and never spells one out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from schemas import VIEW

PREFIX = "roznamcha"
FOR_EVER = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
"""Never compacted: compaction would keep the last entry of each record and throw away the rest."""
POLICIES: dict[str, dict[str, str]] = {
    "kept for ever": FOR_EVER,
    "compacted": {"cleanup.policy": "compact", "min.compaction.lag.ms": "0"},
}


@dataclass(frozen=True)
class Topic:
    """One topic: `name` with the prefix in force, `about` as it stands in the data."""

    short: str
    name: str
    about: Mapping[str, Any]

    @property
    def partitions(self) -> int:
        """How many, for ever."""
        return int(self.about["partitions"])

    @property
    def title(self) -> str:
        """What is in it."""
        return str(self.about["title"])

    def carries(self, name: str) -> bool:
        """Whether its messages are written with the schema of this name: an act's or a view's rows'."""
        what, register = str(self.about["carries"]), name.partition(".")[0]
        return register != VIEW if what == "acts" else what in {register, name}

    def settings(self, copies: int) -> dict[str, str]:
        """The broker's settings of this topic, of which there are so many copies."""
        whole = data()
        return {
            **POLICIES[self.about["policy"]],
            "min.insync.replicas": str(min(whole["least_in_sync"], max(1, copies - 1))),
            "max.message.bytes": str(whole["largest_message"]),
            "message.timestamp.type": "CreateTime",
            "message.timestamp.after.max.ms": str(2**63 - 1),
            "unclean.leader.election.enable": "false",
        }


@cache
def data() -> dict[str, Any]:
    """The file as it stands."""
    loaded: dict[str, Any] = yaml.safe_load(
        (resources.files(__name__.partition(".")[0]) / "topics.yaml").read_text("utf-8")
    )
    return loaded


@dataclass(frozen=True)
class Topics:
    """Every topic under one prefix. Several engines may share a broker, each under its own."""

    prefix: str = PREFIX

    def __getitem__(self, short: str) -> Topic:
        """The topic `entries`, `deadlines` …; KeyError for one nobody knows."""
        about = data()["topics"][short]
        base, dead, _ = short.partition(".dlq")
        name = f"{self.prefix}.{base}.v{about['version']}{dead}"
        return Topic(short, name, about)

    @property
    def all(self) -> list[Topic]:
        """Every topic, in the order of the data."""
        return [self[short] for short in data()["topics"]]

    @property
    def entries(self) -> str:
        """The name of the topic of entries."""
        return self["entries"].name

    @property
    def deadlines(self) -> str:
        """The name of the topic of deadline facts."""
        return self["deadlines"].name

    @property
    def position(self) -> str:
        """The name of the topic of the relay's position."""
        return self["relay.position"].name

    @property
    def dead(self) -> str:
        """The name of the topic of dead letters."""
        return self["entries.dlq"].name

    @property
    def relay_id(self) -> str:
        """The transactional id of the relay: the broker lets one producer of that id live."""
        return f"{self.prefix}.relay.0"

    def group(self, view_group: str) -> str:
        """The consumer group of a group of views."""
        return f"{self.prefix}.{view_group}"
