"""An audit of a malkhana as it stands: who audits whom, what was seen of the shelf, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from domain.common.beside import LooksBeside, Named
from domain.common.days import day, written
from domain.common.matter import Done, Entry, Matter, Part
from domain.event import ACTS, Numbered, Record, changed
from domain.malkhana.article import IN_CUSTODY, standing

Scope = Literal["full", "sample"]
LOOKED_AFTER = 500
"""So many items that were not found are looked up in their own records when an audit ends."""
TOLD = 20
"""So many of them are named."""
CHANGE_OF_KEEPER = "change of keeper"
STAGES = ("", "open", "counted", "closed with differences", "closed without difference")


@dataclass(frozen=True, kw_only=True)
class Audit(Matter, register="malkhana_audit"):
    """One audit of one malkhana: `registered_at` is when it was opened."""

    unnumbered: ClassVar[str] = "the unnumbered audit"

    auditor: str = ""
    """Id of the officer who audits."""

    @property
    def officer(self) -> str:
        """Who audits."""
        return self.auditor


@dataclass(frozen=True)
class Missed:
    """An item that was not found: of which record, under which id."""

    of: Named
    property_id: str


@dataclass(frozen=True)
class Stocktaking(Part):
    """What the register keeps of an audit."""

    begun: Done | None = None
    scope: Scope = "full"
    occasion: str = ""
    keeper: str = ""
    seen: Mapping[str, str] = field(default_factory=dict)
    """Each item that was looked for, by matter and article, and what was said of it last."""
    missed: Mapping[str, Missed] = field(default_factory=dict)
    """Each item that was not found, by the same key."""
    differences: int = 0
    lists: Mapping[str, int] = field(default_factory=dict)
    """The stock lists that were compared, by digest, and how many of their lines agree with the register."""
    counted: Done | None = None
    """When the whole register had been compared with the shelf."""
    changed: Done | None = None
    """When the keeper changed."""
    closed: Done | None = None


class AuditEntry(Entry):
    """An entry of the audits' register."""


def onward(audit: Audit, stage: str) -> str:
    """The later of two stages."""
    return max(audit.stage, stage, key=STAGES.index)


class AuditOpened(AuditEntry, register="malkhana_audit", opens=True):
    """An officer begins to audit a malkhana, whole or by a sample. Nobody audits what he keeps himself."""

    shows = frozenset({"audit_number", "year", "scope", "occasion", "keeper"})
    numbered = Numbered("AUDIT", "audit_number", "year")

    audit_number: int
    year: int
    scope: Scope
    occasion: Literal["periodic", "surprise", "change of keeper", "by order", "loss or theft", "other"]
    keeper: str
    keeper_rank: str = ""
    order: str = ""
    diary_locked_in: bool = False
    gd_entry: str = ""

    @property
    def called(self) -> str:
        """As it is written: `AUDIT/0004/2026`."""
        return f"AUDIT/{self.audit_number:04d}/{self.year}"

    def refuse(self, audit: Audit) -> Iterator[str]:
        """One audit to a record, of somebody else's malkhana; for a change of keeper the whole of it."""
        if self.audit_number < 1:
            yield "an audit's number counts from 1 each year. Leave it out to be given the next free one."
        if was := audit.part(Stocktaking).begun:
            yield (
                f"{self.called} cannot begin here: this record is {audit.label} of {written(was.at)}. "
                "Begin a new record."
            )
        if self.keeper == self.meta.actor.id:
            yield f"{self.called} cannot be made by {self.keeper}, who keeps the malkhana. Another officer audits it."
        if self.occasion == CHANGE_OF_KEEPER and self.scope != "full":
            yield f"{self.called} cannot be a sample: at a change of keeper the whole malkhana is counted."

    def doubt(self, audit: Audit) -> Iterator[str]:
        """The number's year is the calendar year in India; the diary has it."""
        if self.year != day(self.meta.occurred_at).year:
            yield f"{self.called} bears another year than {written(self.meta.occurred_at)}, the day of the act"
        if not self.gd_entry:
            yield f"{self.called} names no General Diary entry"

    def apply(self, audit: Audit) -> Audit:
        """It is open."""
        part = changed(
            audit.part(Stocktaking), begun=self.done(), scope=self.scope, occasion=self.occasion, keeper=self.keeper
        )
        return audit.keep(
            part,
            number=self.called,
            station=self.meta.station or audit.station,
            stage=onward(audit, "open"),
            registered_at=self.meta.occurred_at,
            auditor=self.meta.actor.id,
        )


class FollowsOpening(AuditEntry):
    """An act of an audit that is open."""

    what: ClassVar[str] = "this"
    """What a reason calls the act."""

    def refuse(self, audit: Audit) -> Iterator[str]:
        """Not before it was opened, and not after it was closed."""
        part = audit.part(Stocktaking)
        if part.begun is None:
            yield f"{self.what} cannot be entered: no audit is open in this record. Record {self.register}.AuditOpened."
        if part.closed:
            yield (
                f"{self.what} cannot be entered: {audit.label} was closed on {written(part.closed.at)}. "
                "Open a new audit."
            )

    def doubt(self, audit: Audit) -> Iterator[str]:
        """After it was opened; and not by the keeper."""
        part = audit.part(Stocktaking)
        if part.begun and self.meta.occurred_at < part.begun.at:
            yield f"{self.what} is dated before {audit.label} was opened on {written(part.begun.at)}"
        if part.keeper and self.meta.actor.id == part.keeper:
            yield f"{self.what} is entered by {part.keeper}, whose malkhana is audited"


class KeeperChanged(FollowsOpening, register="malkhana_audit"):
    """The charge of a malkhana passes to another keeper, when the whole of it has been counted in this audit."""

    what = "the change of keeper"

    from_keeper: str
    to_keeper: str
    to_rank: str = ""
    order: str = ""
    charge_report: str = ""

    def refuse(self, audit: Audit) -> Iterator[str]:
        """Two persons; an audit for this, that has compared everything; and the keeper it names."""
        yield from super().refuse(audit)
        part = audit.part(Stocktaking)
        if self.from_keeper == self.to_keeper:
            yield f"the charge cannot pass from {self.from_keeper} to himself. Name the new keeper."
        if part.begun and part.keeper != self.from_keeper:
            yield f"{self.from_keeper} cannot give the charge: {audit.label} shows {part.keeper} as keeper."
        if part.begun and part.occasion != CHANGE_OF_KEEPER:
            yield f"{audit.label} is no audit for a change of keeper. Open one for this occasion."
        elif part.begun and part.counted is None:
            yield (
                f"the charge cannot pass yet: {audit.label} has not compared the whole register with the shelf. "
                "Compare a stock list, or finish the count, first."
            )

    def doubt(self, audit: Audit) -> Iterator[str]:
        """By order, on a charge report; and what differs goes with the old keeper's name."""
        yield from super().doubt(audit)
        if not self.order:
            yield f"{self.to_keeper} takes charge without an order"
        if count := audit.part(Stocktaking).differences:
            yield f"{self.to_keeper} takes charge with {count} difference{'s' if count > 1 else ''} open"

    def apply(self, audit: Audit) -> Audit:
        """The malkhana has a new keeper."""
        return audit.keep(changed(audit.part(Stocktaking), changed=self.done(), keeper=self.to_keeper))


class AuditClosed(FollowsOpening, LooksBeside, register="malkhana_audit"):
    """The audit ends. A shelf that equals the register, without a difference, is what it is for."""

    shows = frozenset({"findings"})
    what = "the end of the audit"

    findings: str = ""
    reported_to: str = ""

    def refuse(self, audit: Audit) -> Iterator[str]:
        """A full audit has looked for everything, and any other for something."""
        yield from super().refuse(audit)
        part = audit.part(Stocktaking)
        if part.begun and part.scope == "full" and part.counted is None:
            yield (
                f"{audit.label} cannot be closed: it is a full audit, and has not compared the whole register with the "
                "shelf. Compare a stock list, or finish the count, first."
            )
        elif part.begun and not part.seen and not part.lists:
            yield (
                f"{audit.label} cannot be closed: nothing was looked for in it. Enter what was seen, item by item, or "
                "compare a stock list, first."
            )

    def doubt(self, audit: Audit) -> Iterator[str]:
        """Something was seen; differences are explained and reported; the keeper has been relieved, if it was for that.

        The charge cannot pass without a full audit: that is for the change of keeper to refuse. An audit that was made
        for a change which was then called off ends all the same.
        """
        yield from super().doubt(audit)
        part = audit.part(Stocktaking)
        if not part.seen and not any(part.lists.values()) and part.counted is None:
            yield (
                f"{audit.label} ends, and nothing was seen in it: if something was looked for, strike the end, enter "
                "what was seen, and close it again"
            )
        told = f"{part.differences} difference{'s' if part.differences > 1 else ''}"
        if part.differences and not self.findings:
            yield f"{audit.label} ends with {told}, and no word on what differs"
        if part.differences and not self.reported_to:
            yield f"{audit.label} ends with {told}, reported to nobody"
        if part.occasion == CHANGE_OF_KEEPER and part.changed is None:
            yield f"{audit.label} was made for a change of keeper, and none is entered"

    def beside(self, audit: Audit) -> Iterator[Named]:
        """The records of what was not found."""
        return (each.of for each in [*audit.part(Stocktaking).missed.values()][:LOOKED_AFTER])

    def doubt_beside(self, audit: Audit, found: Mapping[Named, Record]) -> Iterator[str]:
        """What was not found is reported missing in its own record, or found again there, before the audit ends."""
        missed = [*audit.part(Stocktaking).missed.values()]
        waiting = [*filter(None, (_unreported(each, found.get(each.of)) for each in missed[:LOOKED_AFTER]))]
        yield from waiting[:TOLD]
        if len(waiting) > TOLD or (waiting and len(missed) > LOOKED_AFTER):
            yield f"{len(missed)} items were not found in {audit.label}; look at each of them in its own record"

    def apply(self, audit: Audit) -> Audit:
        """It is closed, with or without differences."""
        part = audit.part(Stocktaking)
        stage = "closed with differences" if part.differences else "closed without difference"
        return audit.keep(changed(part, closed=part.closed or self.done()), stage=stage)


def _unreported(missed: Missed, record: Record | None) -> str:
    """The doubt about an item that is still in custody by its own record; empty where it is not, or there is none."""
    article = standing(record, missed.property_id) if isinstance(record, Matter) else None
    if record is None or article is None or article.state not in IN_CUSTODY:
        return ""
    act = f"{record.register}.PropertyMissing"
    if act not in ACTS:
        return ""
    what, of = missed.property_id, missed.of.called
    return (
        f"{what} of {of} was not found, and that record shows it {article.whereabouts}. Say so there if it is missing: "
        f"record {act} --record {of} --field property_id={what}"
    )
