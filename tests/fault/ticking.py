"""What a ticker does in the tests of faults: everything that is due is told, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consumers.building import prepare
from consumers.embedded import Follower, connected
from consumers.ticker import Ticker
from projections.deadlines import Deadlines
from roznamcha.noting import SheetDesk
from roznamcha.recorder import Datastore
from roznamcha.sealing import Keyring
from roznamcha.store import Store
from schemas import catalogue
from tests.acts import NOW
from tests.consumers.feed import all_views


def tick(order: Mapping[str, Any]) -> None:
    """Fold what is there into every view, and tell what is due by the day on which the tests record."""
    views = all_views()
    view = next(each for each in views if isinstance(each, Deadlines))
    datastore = Datastore(order["url"])
    store = Store(datastore, catalogue(), Keyring(datastore, catalogue(), b"k" * 32), lambda: NOW)
    with connected(order["url"]) as connection:
        prepare(connection, views)
        Ticker(Follower(connection, views, catalogue()), view, SheetDesk(store).tell).tick(NOW)
