"""What commands need that keep the ledger: a sequencer, and the signed heads that it must go on from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Connection

from consumers.embedded import connected
from roznamcha.bounded import read_file
from roznamcha.errors import Refused, Unavailable
from roznamcha.health import LEDGER
from roznamcha.ledger.hands import Hands
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import keys_of
from roznamcha.ledger.remembered import memory_of
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import Bad, open_checkpoint
from roznamcha.office import Office
from roznamcha.posts import signed
from roznamcha.screen import note
from roznamcha.settings import Settings

Against = Annotated[
    list[Path] | None,
    typer.Option(help="A checkpoint that somebody else has kept: the log must go on from it; may be given repeatedly"),
]


@contextmanager
def sequencer_of(office: Office, workers: int = 1) -> Iterator[Sequencer]:
    """A sequencer on the store in force, with so many processes. It has not begun, and may not be alone."""
    hands = Hands(office.catalogue, workers if workers > 1 else 0, office.url)
    try:
        with connected(office.url, signed(LEDGER)) as connection:
            keys, memory = keys_of(office.settings), memory_of(office.settings)
            yield Sequencer(connection, office.catalogue, keys, memory, hands=hands)
    finally:
        hands.close()


def must_be_named(office: Office, connection: Connection[Any]) -> None:
    """Nothing draws the first key by the way: its name stays for ever. Raises Refused where no ledger was begun."""
    if not any(keys_of(office.settings).all()) and not Ledger(connection).logs():
        how = "`roznamcha ledger key new --name tlog.example/cg`, with a name of your own: it stays for ever"
        raise Refused([f"no ledger was begun here, and this needs one. Draw its key first: {how}"])


def kept_on_kafka(office: Office) -> list[bytes]:
    """The last head that was published, where a broker is named: a copy that a restored machine has not taken back.

    Whoever is about to sign, or to tell of a break, compares it. A broker that is away is told, and stops nobody.
    """
    if not office.settings.kafka:
        return []
    try:
        _, found = published_head(office.settings)
    except Unavailable as error:
        note(f"the last checkpoint on Kafka is not compared: {error}")
        return []
    return [found] if found else []


def published_head(here: Settings) -> tuple[str, bytes | None]:
    """The topic of signed heads, and the last one that stands on it; None where nothing was published.

    Raises Usage where no broker is named, Unavailable where none answers, Broken for what can't be read.
    """
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.ledger.heads import last_published

    broker, topic = broker_of(here), topics_of(here)["checkpoints"].name
    with reaching(broker):
        return topic, last_published(broker, topic)


def notes_in(against: list[Path] | None) -> list[bytes]:
    """The checkpoints in these files. Raises Usage for one that can't be read, Refused for one that is none."""
    found = []
    for path in against or ():
        try:
            found.append(read_file(path))
            open_checkpoint(found[-1])
        except Bad as bad:
            raise Refused([f"{path}: {bad}"]) from None
    return found
