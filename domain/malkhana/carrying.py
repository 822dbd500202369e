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
        """The carrier. Where none is named, the officer who gave it away answers for it still; no outsider does."""
        return self.carrier

    @property
    def rank_after(self) -> str:
        """The carrier's rank."""
        return self.carrier_rank

    def doubt(self, matter: Matter) -> Iterator[str]:
        """A parcel without a named carrier is out of everybody's hands."""
        yield from super().doubt(matter)
        if self.under_way and not self.carrier:
            yield f"no carrier is named for {self.property_id}"

    def apply(self, matter: Matter) -> Matter:
        """With the carrier; who gave it back from outside has it no more, even if nobody is named who took it."""
        after = super().apply(matter)
        return self.kept(after, holder="") if self.under_way and not self.by_actor and not self.carrier else after
