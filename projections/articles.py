"""Every article in custody: one chain for each record, folded once, and two tables that are read off it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from projections.chain import ChainView
from projections.custody import Custody
from projections.links import Chain, Link, Note
from projections.malkhana import Malkhana


class Articles(ChainView):
    """`custody` has every link of every chain, `malkhana` where each article lies now."""

    version = 6
    parts = (Custody, Malkhana)
    _parts = (Custody(), Malkhana())

    def shown(self, chain: Chain, links: Sequence[Link], notes: Sequence[Note]) -> Iterator[Any]:
        """The rows of both."""
        for part in self._parts:
            yield from part.shown(chain, links, notes)
