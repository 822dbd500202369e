"""The links of a chain of custody, followed from the seizure on, and what stands beside them.

How an article stands after an act is for the act itself to say: the acts write into a malkhana register of the chain's
own, without those that were struck, so that the chain can't show another state than the case does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.case.court import HearingHeld
from domain.case.custody_evidence import CustodyWitnessExamined
from domain.case.final_form import FinalReportPrepared
from domain.case.judgment import JudgmentPronounced
from domain.case.property_seizure import PropertySeized
from domain.case.registration import FIRRegistered, ZeroFIRRegistered
from domain.case.search import RecordingForwarded
from domain.common.days import day
from domain.common.matter import Matter
from domain.event import changed
from domain.malkhana.article import WITH_OFFICER, Article, Malkhana
from domain.malkhana.custody import ConcernsProperty, MovesProperty, SeizesProperty
from domain.malkhana.derived import DerivesExhibit
from domain.malkhana.moves import DepositsProperty
from domain.malkhana.parcel import BreaksSeal, ResealsParcel, SplitsProperty, unopened
from domain.malkhana.seizure import RefusesCustodyMove
from domain.property_unclaimed.found import PropertyFoundUnclaimed
from projections.breaks import Break, Trail, at_find, at_seizure, between, once
from projections.in_court import at_the_form, at_the_judgment
from projections.presences import Whereabouts
from projections.slip import Slip, act_of
from projections.struck import standing

COLUMNS: Mapping[type, frozenset[str]] = {
    FIRRegistered: frozenset({"year"}),
    ZeroFIRRegistered: frozenset({"year"}),
    FinalReportPrepared: frozenset({"device_custody", "relied_on"}),
    JudgmentPronounced: frozenset({"cnr"}),
    HearingHeld: frozenset({"witnesses_examined"}),
    CustodyWitnessExamined: frozenset({"witness", "property_ids", "register_produced"}),
    RecordingForwarded: frozenset({"recording", "sid", "document"}),
}
"""What is kept of acts that deal with no article. Of those that do, everything is kept but the sealed columns."""

REGISTERED = (FIRRegistered, ZeroFIRRegistered)
WITHHELD = "withheld"
"""In place of who gave or holds an article, and of doubts, where a reader may not see the column that says so."""
LINKS = (MovesProperty, BreaksSeal, ResealsParcel, SplitsProperty, DerivesExhibit)


@dataclass
class Chain:
    """What is kept of a record: slips of the acts that matter to custody, and which entries are struck."""

    record_id: UUID
    slips: list[Any] = field(default_factory=list)
    corrections: dict[str, Any] = field(default_factory=dict)

    KEY = ("record_id",)


@dataclass(frozen=True)
class Link:
    """One link: from whom to whom, when, where, why, in what condition, under which seal and by which paper."""

    number: int
    version: int
    act: str
    occurred_at: datetime
    recorded_at: datetime
    station: str
    giver: str
    giver_rank: str
    holder_rank: str
    purpose: str
    condition: str
    seal: str
    """The seal that the entry states, or that the register has when it states none."""
    register_seal: str
    """The seal in the register at the link before, where the entry states another one."""
    paper: str
    description: str
    article: Article
    """How the register shows it after this link."""
    breaks: tuple[Break, ...]
    doubts: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """What is no link: an attempt that was refused, or an entry about an article that was doubted."""

    property_id: str
    version: int
    act: str
    occurred_at: datetime
    recorded_at: datetime
    station: str
    attempted: str
    """The act that was tried and refused; empty when nothing was."""
    reasons: tuple[str, ...]


def follow(chain: Chain) -> tuple[list[Link], list[Note]]:
    """Every link of every article in the order of the entries, each with what breaks there; and the notes."""
    walk = _Walk(chain)
    for slip, act in walk.acts:
        walk.take(slip, act)
    return walk.links, walk.notes


class _Walk:
    """Following the slips, with what is found on the way."""

    def __init__(self, chain: Chain) -> None:
        slips = standing(chain.slips, chain.corrections)
        self.acts = [(slip, act_of(slip)) for slip in slips]
        self.struck = bool(chain.corrections)
        self.matter: Matter = Matter.blank(chain.record_id)
        self.links: list[Link] = []
        self.notes: list[Note] = []
        self.last: dict[str, int] = {}
        """Where the last link of each article stands among the links."""
        self.trails: dict[str, Trail] = {}
        self.said: list[Any] = []
        """What was done beside the chain, and matters to it when the investigation or the trial ends."""
        self.relied_on: set[str] = set()
        """The articles on which the final forms rely."""
        self.serials: dict[tuple[str, int, int], datetime] = {}
        """When each malkhana serial was first used."""
        self.registered_at = next((act.meta.occurred_at for _, act in self.acts if isinstance(act, REGISTERED)), None)
        self.whereabouts = Whereabouts.of(act for _, act in self.acts)

    @property
    def articles(self) -> Mapping[str, Article]:
        """The register as it stands by now."""
        return self.matter.part(Malkhana).articles

    def take(self, slip: Slip, act: Any) -> None:  # noqa: ANN401 (an act of any kind)
        """One act more."""
        if isinstance(act, SeizesProperty):
            self.matter = act.apply(self.matter)
            self._seized(slip, act)
        elif isinstance(act, ConcernsProperty):
            before = self.articles.get(act.property_id)
            odd = self._impossible(act, before)
            self.matter = act.apply(self.matter)
            if before and isinstance(act, LINKS):
                self._moved(slip, act, before, odd)
            elif slip.get("doubts") or odd:
                self._note(slip, act, "", [*slip.get("doubts", ()), *(each.detail for each in odd)])
        elif isinstance(act, RefusesCustodyMove):
            self._note(slip, act, act.attempted, act.reasons)
        elif isinstance(act, FinalReportPrepared | JudgmentPronounced):
            self._ended(act)
        else:
            self.said.append(act)

    def _impossible(self, act: ConcernsProperty, before: Article | None) -> list[Break]:
        """Every act was possible when it was entered; since then an entry on which it rests may have been struck.

        Where nothing was, nothing is asked: a rule of today says nothing of what an earlier one allowed.
        """
        if not self.struck or not any(act.refuse(self.matter)):
            return []
        where = f"{before.whereabouts}, {before.quantity} {before.unit}" if before else "not in the register"
        return [Break("impossible", f"by the entries that stand {act.property_id} is {where}")]

    def _seized(self, slip: Slip, act: SeizesProperty) -> None:
        apart = [*self.whereabouts.at_two_places(act)]
        for item in act.items:
            found: list[Break] = []
            was = self.trails.get(item.id)
            trail = Trail(act.meta.occurred_at, act.rank_after, item.description, whole=item.id)
            if isinstance(act, PropertySeized):
                trail = changed(trail, memo=act, lasted=act.ended_at)
                found += [*at_seizure(act, item, self.registered_at), *apart]
            elif isinstance(act, PropertyFoundUnclaimed):
                found += at_find(act, item)
            if was:
                trail = changed(trail, number=was.number)
                found.append(Break("impossible", f"by the entries that stand {item.id} was seized already"))
            self._link(slip, act, self.articles[item.id], trail, found)

    def _moved(self, slip: Slip, act: Any, before: Article, odd: Sequence[Break]) -> None:  # noqa: ANN401 (a link's act)
        trail = self.trails[act.property_id]
        found = [*odd, *between(act, before, trail), *self.whereabouts.at_two_places(act)]
        if isinstance(act, DepositsProperty):
            found += self._serial(act)
        if isinstance(act, DerivesExhibit):
            sealed = [each for each in map(self.articles.get, act.also_from) if each and unopened(each)]
            found += [Break("opened without leave", f"{each.property_id}: {each.seal}") for each in sealed]
        after = self.articles[act.property_id]
        in_hand = trail.in_hand and after.state in WITH_OFFICER
        rank = act.rank_after if isinstance(act, MovesProperty) and act.holder_after else trail.rank
        rank = rank if after.holder else ""
        trail = changed(trail.onward(act, after), in_hand=in_hand, rank=rank)
        self._link(slip, act, after, trail, found, before)
        new = act.samples if isinstance(act, SplitsProperty) else act.items if isinstance(act, DerivesExhibit) else ()
        for each in new:
            drawn = changed(trail, number=0, description=getattr(each, "description", trail.description))
            self._link(slip, act, self.articles[each.id], drawn, ())

    def _serial(self, act: DepositsProperty) -> Iterator[Break]:
        """Serials are given in the order of the days: where one is used first, none that is higher is older.

        It is then one of that year; later, the article may come back under it in any year.
        """
        at, mine = act.meta.occurred_at, (act.meta.station, act.malkhana_year, act.malkhana_serial)
        if mine in self.serials:
            return
        if act.malkhana_year != day(at).year:
            yield Break("serial out of order", f"{mine[2]}/{mine[1]} of {{0}}", (at,))
        for other, when in self.serials.items():
            if other[0] == mine[0] and when != at and (other > mine) == (when < at):
                told = f"{mine[2]}/{mine[1]} of {{0}}, {other[2]}/{other[1]} of {{1}}"
                yield Break("serial out of order", told, (at, when))
        self.serials[mine] = at

    def _ended(self, act: FinalReportPrepared | JudgmentPronounced) -> None:
        """The investigation or the trial ends: what should be back by now, and what the final form must show."""
        if isinstance(act, FinalReportPrepared):
            self.relied_on |= {each.property_id for each in act.relied_on}
        for property_id, article in self.articles.items():
            trail, last = self.trails[property_id], self.last[property_id]
            if isinstance(act, FinalReportPrepared):
                more = [*at_the_form(act, article, trail, self.trails, self.said)]
            else:
                more = [*at_the_judgment(self.articles, article, self.trails, self.said, self.relied_on)]
            if more:
                link = self.links[last]
                self.links[last] = changed(link, breaks=once([*link.breaks, *more]))

    def _note(self, slip: Slip, act: Any, attempted: str, reasons: Sequence[str]) -> None:  # noqa: ANN401 (any act)
        told = {"property_id": act.property_id, "attempted": attempted, "reasons": tuple(reasons)}
        self.notes.append(Note(**told, **_entry(slip, act)))

    def _link(  # noqa: PLR0913 (what a link is made of)
        self,
        slip: Slip,
        act: Any,  # noqa: ANN401 (a link's act)
        article: Article,
        trail: Trail,
        found: Iterable[Break],
        before: Article | None = None,
    ) -> None:
        """One link more."""
        was = self.trails.get(article.property_id)
        trail = self.trails[article.property_id] = changed(trail, number=trail.number + 1)
        self.last[article.property_id] = len(self.links)
        moves = isinstance(act, MovesProperty)
        stated = act.seal if moves and (act.seen or act.reseals) else ""
        differs = before is not None and stated not in {"", before.seal} and not act.reseals
        self.links.append(
            Link(
                number=trail.number,
                giver=before.holder if before else "",
                giver_rank=was.rank if before and was else "",
                holder_rank=trail.rank,
                purpose=act.purpose if moves else _began(act, article) if before is None else "",
                condition=act.condition if moves else "",
                seal=stated or article.seal,
                register_seal=before.seal if before and differs else "",
                paper=getattr(act, "document", ""),
                description=trail.description,
                article=article,
                breaks=once(found),
                doubts=tuple(slip.get("doubts", ())),
                **_entry(slip, act),
            )
        )


def _began(act: Any, article: Article) -> str:  # noqa: ANN401 (a link's act)
    """Why custody of it begins."""
    how = {each.id: each.how for each in act.items} if isinstance(act, DerivesExhibit) else {}
    return how.get(article.property_id, "sample" if article.parent else "seizure")


def _entry(slip: Slip, act: Any) -> dict[str, Any]:  # noqa: ANN401 (any act)
    """The columns of the entry itself."""
    meta = act.meta
    return {
        "version": meta.version, "act": act.name, "occurred_at": meta.occurred_at, "station": meta.station,
        "recorded_at": datetime.fromisoformat(slip["recorded"]),
    }  # fmt: skip
