"""What an audit did not find is said in the article's own record next: by which command, for each that waits for it.

The audit states that an item is not on the shelf. Whether the article is missing is for the record of its case or its
find to say, in its chain of custody: somebody decides that, and gives the inquiry.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection

from domain.event import ACTS
from domain.malkhana.article import IN_CUSTODY

NOW = """
    SELECT m.record_id, m.property_id, m.state, c.register, c.number
    FROM views.malkhana m JOIN views.case_state c USING (record_id)
    WHERE m.record_id = ANY(%s) ORDER BY c.number, m.record_id, m.property_id
"""


@dataclass(frozen=True)
class Missed:
    """An article that was not found and is still in custody by its own record; and the act that it waits for."""

    matter: str
    property_id: str
    record_id: UUID
    act: str
    station: str
    actor: Mapping[str, str]

    @property
    def command(self) -> str:
        """How the act is entered, by who audits; whoever else reports it gives himself."""
        by = ",".join(self.actor.get(each, "") for each in ("id", "rank", "role"))
        told = ["./run", "record", self.act, "--record", self.matter, "--field", f"property_id={self.property_id}"]
        return shlex.join([*told, "--station", self.station, "--by", by])

    def shown(self) -> dict[str, str]:
        """Its JSON shape."""
        item = {"matter": self.matter, "property_id": self.property_id, "record": str(self.record_id)}
        return item | {"act": self.act, "command": self.command}


def unreported(
    connection: Connection[Any], items: Iterable[tuple[UUID, str]], station: str, actor: Mapping[str, str]
) -> Iterator[Missed]:
    """Of these articles, by record and id, those that are still in custody by their own record."""
    wanted = set(items)
    rows = connection.execute(NOW, [list({record_id for record_id, _ in wanted})])
    for record_id, property_id, state, register, number in rows:
        act = f"{register}.PropertyMissing"
        if (record_id, property_id) in wanted and state in IN_CUSTODY and act in ACTS:
            yield Missed(number or str(record_id), property_id, record_id, act, station, actor)
