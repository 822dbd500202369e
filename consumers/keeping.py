"""Keeping at it: following the topic of entries over one connection after another, a member of the group throughout."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Any

import psycopg
import structlog

from consumers.clients import Broker
from consumers.embedded import never_held_up
from consumers.kafka import PATIENCE, KafkaFollower
from consumers.topics import Topics
from consumers.watchdog import LIMIT, Watchdog
from projections.view import View
from schemas import Catalogue

log = structlog.get_logger()


def keep_following(  # noqa: PLR0913 (what to follow, from where, and by which name)
    url: str,
    views: Sequence[View],
    catalogue: Catalogue,
    broker: Broker,
    topics: Topics,
    stop: threading.Event,
    *,
    net: float = 1.0,
    called: str = "roznamcha",
    seen_as: str = "",
    limit: float = LIMIT,
    **how: Any,  # noqa: ANN401 (as KafkaFollower has it)
) -> None:
    """Follow until told to stop, over a new connection whenever one is cut; a member of the group all the while.

    Raises what the database said when it stays away for PATIENCE seconds, and what `step` raises. The process ends when
    no round is made for `limit` seconds. The store sees it as `seen_as`, where that is not what it is `called`.
    """
    follower: KafkaFollower | None = None
    away: float | None = None
    with Watchdog(called, limit) as dog:
        try:
            while not stop.is_set():
                dog.round()
                try:
                    with never_held_up(url, seen_as or called) as connection:
                        if follower is None:
                            follower = KafkaFollower(connection, views, catalogue, broker, topics, called=called, **how)
                        else:
                            follower.over(connection)
                        away = None
                        follower.follow(stop, net=net, told=dog.round)
                except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                    away = away or time.monotonic()
                    if time.monotonic() - away > PATIENCE:
                        raise
                    log.warning("connection lost", why=type(error).__name__)
                    if follower is None:
                        stop.wait(net)
                    else:
                        follower.reading.hold(net)
        finally:
            if follower is not None:
                follower.close()
