"""How custody begins on paper, and what stands beside it: the Magistrate is told, and an attempt that was refused."""

from __future__ import annotations

from collections.abc import Iterator

from domain.common.matter import Done, Entry, Matter
from domain.event import changed, put
from domain.malkhana.article import Malkhana, memo_of
from domain.malkhana.custody import begins


class ReportsSeizure(Entry):
    """The seizure is reported to the Magistrate forthwith (BNSS s.106(3)); a delay is explained here."""

    one_sided = "the section asks that it be sent; no act of the Magistrate on its receipt is in this register"

    memo: str
    court: str
    means: str = ""
    delay_reason: str = ""

    def refuse(self, matter: Matter) -> Iterator[str]:
        """Only a seizure can be reported."""
        if memo_of(matter, self.memo) is None:
            yield (
                f"memo {self.memo} cannot be reported: {matter.label} has no such seizure memo. "
                f"Record {begins(self.register)} first."
            )

    def doubt(self, matter: Matter) -> Iterator[str]:
        """Reported twice, or before it happened."""
        memo = memo_of(matter, self.memo)
        if matter.part(Malkhana).reported.get(self.memo):
            yield f"memo {self.memo} was already reported to the Magistrate"
        if memo and self.meta.occurred_at < memo.at:
            yield f"the report is dated before the seizure of memo {self.memo}"

    def apply(self, matter: Matter) -> Matter:
        """The memo is reported."""
        malkhana, done = matter.part(Malkhana), Done(self.meta.version, self.meta.occurred_at)
        return matter.keep(changed(malkhana, reported=put(malkhana.reported, self.memo, done)))


class RefusesCustodyMove(Entry):
    """Someone tried to enter what cannot have happened to an article. It was refused; the attempt stays on record."""

    attempted: str
    property_id: str
    reasons: tuple[str, ...]
