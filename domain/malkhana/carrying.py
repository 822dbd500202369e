"""On the road: a named officer carries the article and answers for it."""

from __future__ import annotations

from collections.abc import Iterator

from domain.common.handoff import HandsOff
from domain.common.matter import Matter
from domain.malkhana.article import RETURN
from domain.malkhana.custody import MovesProperty


class CarriesProperty(HandsOff, MovesProperty):
    """A move on which a named officer carries the article and answers for it until the next."""

    hand_off = RETURN

    carrier: str = ""
    carrier_rank: str = ""
    carrier_belt_no: str = ""

    @property
    def holder_after(self) -> str:
        """The carrier; the holder before him, when none is named."""
        return self.carrier

    @property
    def rank_after(self) -> str:
        """The carrier's rank."""
        return self.carrier_rank

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A parcel without a named carrier is out of everybody's hands."""
        yield from super().doubt(matter)
        if not self.carrier:
            yield f"no carrier is named for {self.property_id}"
