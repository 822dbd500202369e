"""The posts that must be manned for entries to go on their way: which there are, and when each is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from roznamcha.health import FOLLOWER, LEDGER, RELAY, TICKER
from roznamcha.settings import Settings

SIGN = "ROZNAMCHA_POST"
"""Tells a process by which sign its supervisor knows it again among those who are connected to the store."""


@dataclass(frozen=True)
class Post:
    """One long-running process: its command, and how it is seen that it is at its post.

    From the store, by what its connection is `called`; or, where it has none, by the words that it `says` then.
    """

    name: str
    called: str = ""
    needed: Callable[[Settings], bool] = lambda _: True
    """Whether these settings need it. Others run where they are asked for."""
    says: str = ""
    options: tuple[str, ...] = ()
    """What its command is always given."""


POSTS = (
    Post("relay", RELAY, lambda here: bool(here.kafka)),
    Post("project", FOLLOWER),
    Post("tick", TICKER),
    Post("ledger", LEDGER, lambda here: (here.data / "keys" / "ledger").is_dir(), options=("run",)),
    Post("serve", says="serving", needed=lambda _: False),
)
"""All of them. `up` mans those that are needed, or asked for."""


def signed(called: str) -> str:
    """The name of a connection with this process's own sign, where it was given one: `roznamcha relay of 3f0a91c2`."""
    sign = os.environ.get(SIGN)
    return f"{called} of {sign}" if sign else called
