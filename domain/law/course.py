"""One clock's course: from its start through every extension, pause and alteration to what stopped it, or didn't.

Facts are taken in the order in which they happened. What comes after the clock has lapsed doesn't cure the lapse: an
exemption, a release or another list of sections then only stands in the explanation, the first of each kind. Two things
still count: hours that are evidenced not to be counted, and an extension whose rule says it may be noted at any time.

While a clock stands still, in a pause or because the rule doesn't apply to the sections of the case, nothing lapses.
Sections that are altered meanwhile count when it runs again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple, Self

from domain.law.counting import WINDOW, Counting, Term, believed, day_of
from domain.law.docket import EARLIEST_FIRST, Docket, Listed, Seen
from domain.law.fact import Fact
from domain.law.grammar import Condition, NotKnown, Span, all_hold
from domain.law.offences import Classes
from domain.law.rule import Rule, Trigger, Version
from domain.law.turns import Queue, Turns

ORDER = {"alters": 0, "extends": 1, "excludes": 2, "resumes": 3, "exempts": 4, "stops": 5, "holds": 6, "overtakes": 7}
"""Which comes first when several facts have one and the same time, unless the order of a log tells."""
LAPSED = {ORDER[each] for each in ("alters", "resumes", "exempts", "holds", "overtakes")}
"""Of these nothing counts when the clock has lapsed."""
Path = tuple[tuple[Condition, bool | None], ...]
Step = tuple[str, datetime, Fact, Mapping[str, str | Decimal | Span | datetime]]
"""What happened to a clock: the key of its words, when, by which fact, and what else the words need."""
NOTHING = Classes()
NO_PARTS: Mapping[str, str | Decimal | Span | datetime] = {}


class Move(NamedTuple):
    """The end of a clock was moved: when, by which fact, and where to."""

    at: datetime
    fact: Fact
    term: Term


class Course:
    """A clock as it runs. After `run` it says where it ended, and `steps` how it came there."""

    days = 0
    """Days not counted, in pauses."""
    given_days = 0
    """Days that extensions give."""
    added = 0
    """Those of them that are counted: none beyond the limit's greatest length."""
    out = timedelta()
    """Hours not counted."""
    stands: tuple[datetime, Fact] | None = None
    """Since when it stands still, and by which fact: it is paused, or the rule doesn't apply, or both in turn."""
    paused_at: datetime | None = None
    applies = True
    met_at: datetime | None = None
    met_by: Fact | None = None
    ended_at: datetime | None = None
    ended_by: Fact | None = None
    ended_as = ""
    extended_at: datetime | None = None
    window: Seen | None = None
    """From what the time runs beyond which the limit doesn't reach."""

    def __init__(self, rule: Rule, version: Version, start: Seen, subject: str, counting: Counting) -> None:
        """Begin at a start, for a subject, by a version of a rule."""
        self.rule, self.version, self.start, self.subject, self.counting = rule, version, start, subject, counting
        self.known: dict[str, Any] = {}
        self.classes = self.listed = NOTHING
        """The classes by which it is counted, and those of the last list: another one only while it stands still."""
        self.steps: list[Step] = []
        self.moves: list[Move] = []
        self.span: Span
        self.path: Path
        self.own: Term
        self.term: Term
        self.first: Term

    def given(self, known: Mapping[str, Any], classes: Classes, *, applies: bool = True) -> Self:
        """Count the term by what is known of the case at the start; if it doesn't apply yet, it stands still."""
        self.known, self.classes, self.listed = {**known, **classes.attributes}, classes, classes
        self.count()
        if not applies:
            self.applies, self.stands = False, (self.start.at, self.start.fact)
        return self

    @property
    def outcome(self) -> tuple[Any, ...]:
        """All that a course comes to: two of the same outcome are one and the same answer."""
        met, ended = self.met_by and self.met_by.entry_id, self.ended_by and self.ended_by.entry_id
        rule, start = (self.rule.id, self.rule.digest, self.version.since), self.start[:3]
        opened = (*rule, self.subject, start, self.span, self.term)
        return (*opened, self.met_at, met, self.ended_at, ended, self.ended_as, self.extended_at, self.steps)

    def count(self) -> None:
        """Count the term anew from what is known now. Raises NotKnown for a share of what never was.

        A share of what was known and isn't any more stays as it was.
        """
        try:
            self.span, self.path = self.version.limit.pick(self.known)
        except NotKnown:
            if not hasattr(self, "span"):
                raise
        self.added = min(self.given_days, self._room()) if self.given_days else 0
        days = self.days + self.added
        self.own = self.term = self.counting.term(self.span, self.start.at, days=days, time_out=self.out)
        if self.version.within is not None and self.window is not None:
            span, path = self.version.within.pick(self.known)
            end = Counting(WINDOW, self.counting.zone).term(span, self.window.at)
            self.path = (*self.path, *path)
            self.term = min(self.own, end, key=attrgetter("due_at"))

    def _room(self) -> int:
        """How many days may be added before the limit has its greatest length; pauses lengthen both alike."""
        if self.version.at_most is None:
            return self.given_days
        limit, most = (self.counting.term(each, self.start.at) for each in (self.span, self.version.at_most))
        return max(0, ((most.counted or most.last_day) - (limit.counted or limit.last_day)).days)

    def recount(self, at: datetime, fact: Fact) -> None:
        """Count the term anew because of a fact, and keep where that moved its end."""
        before = self.term.due_at
        self.count()
        if self.term.due_at != before:
            self.moves.append(Move(at, fact, self.term))

    def run(self, docket: Docket) -> Self:
        """Take every fact that concerns this clock, in its order, until one ends it."""
        self.first = self.term
        queues = list(self._queues(docket))
        if not queues:
            self._stand()
            return self
        turns = Turns(queues, in_order=docket.in_order)
        for event in turns:
            at, rank, _, fact, trigger = event
            due_at, late = self.term.due_at, self.late(at)
            TAKES[rank](self, at, fact, trigger)
            if self.ended_as or self.met_by:
                break
            if self.term.due_at > due_at:
                turns.wake(event)
            elif late and self._idle(rank, trigger):
                turns.rest()
            elif not self.applies and rank == ORDER["alters"]:
                turns.pass_over(partial(docket.next_to_apply, self.version.applies))
        else:
            self._stand()
        return self

    def _idle(self, rank: int, trigger: Trigger) -> bool:
        """Whether no fact of this kind counts any more, as the clock has lapsed."""
        return rank in LAPSED or trigger.noted == "before-lapse"

    @property
    def has_run(self) -> bool:
        """Whether it ran at all: the rule may apply only to sections that were listed after everything was done."""
        return self.stands is None or self.stands[1] is not self.start.fact

    def late(self, at: datetime) -> bool:
        """Whether it had lapsed by then."""
        return at > self.term.due_at and self.stands is None

    def _queues(self, docket: Docket) -> Iterator[Queue]:
        """The facts that may change this clock, with what each does to it: of each kind in their order."""
        rule, start = self.rule, self.start
        since = start.at, start.place if docket.in_order else -1
        others = docket.other_names(rule, self.subject) if rule.extends else ()
        for kind, trigger, before in rule.plan:
            if trigger.fact in docket.named:
                own = rule.looks_back and kind == "stops"
                for found in docket.concerning(trigger, self.subject, others):
                    begin = 0 if before or not found else bisect_left(found, since, key=EARLIEST_FIRST)
                    if begin < len(found):
                        yield self._queue(found, begin, ORDER[kind], trigger, own=own)
        if rule.applies_by == "alterations" or self.version.by_offence:
            begin = docket.alterations_from(start)
            begin = begin if self.applies else docket.next_to_apply(self.version.applies, begin)
            if begin < len(docket.lists):
                yield Queue(docket.lists, begin, lambda each: (each.at, 0, each.place, each.fact, each), None)

    def _queue(self, found: Sequence[Seen], begin: int, rank: int, trigger: Trigger, *, own: bool) -> Queue:
        """Each fact but the start itself, unless its `own` entry may end a clock."""
        without = None if own else self.start.fact
        return Queue(found, begin, lambda each: (each.at, rank, each.place, each.fact, trigger), without)

    def altered(self, at: datetime, fact: Fact, listed: Listed) -> None:
        """The list of sections changes, and with it perhaps the class, or whether the rule applies at all."""
        if self.late(at):
            self._step("altered late", at, fact)
            return
        applies, asked = True, self.version.applies
        if self.rule.applies_by == "alterations":
            applies = all_hold(asked, listed.classes.attributes) is not False
        if listed.classes == self.listed and applies is self.applies:
            return
        self.listed = listed.classes
        self._step("altered", at, fact, sections=", ".join(listed.sections))
        before, stood, self.applies = self.term.due_at, self.stands, applies
        self.go_on(at, fact)
        if stood is None and self.term.due_at > before:
            self._if_noted_late(at, fact, before)

    def go_on(self, at: datetime, fact: Fact) -> None:
        """Stand still if it is paused or the rule doesn't apply; else count anew, by the sections as they are now."""
        if self.paused_at is not None or not self.applies:
            self.stands = self.stands or (at, fact)
            return
        self.stands, self.classes = None, self.listed
        self.known.update(self.listed.attributes)
        self.recount(at, fact)

    def extended(self, at: datetime, fact: Fact, trigger: Trigger) -> None:
        """Something lengthens it: an attribute of the limit, or so many days."""
        order = fact.values.get(trigger.order) if trigger.order else ""
        told: dict[str, str] = {"order": f" (order {order})" if order else ""}
        if trigger.noted == "before-lapse" and self.late(at):
            self._step("extended late", at, fact, **told)
            return
        before, known, added = self.term.due_at, dict(self.known), self.added
        for name, column in trigger.sets.items():
            value = fact.values.get(column)
            self.known[name] = believed(known.get(name)) + believed(value) if trigger.sums else value
        days = int(believed(fact.values.get(trigger.adds))) if trigger.adds else 0
        self.given_days += days
        self.count()
        if self.term.due_at < before:  # two difficulties noted one after the other: the longer time stands
            self.known = known
            self.count()
        if self.term.due_at > before:
            self.moves.append(Move(at, fact, self.term))
            self.extended_at = self.extended_at or at
        if trigger.adds:
            told["given"] = str(fact.values.get(trigger.adds) or "")
            self._given(at, fact, days, self.added - added, told)
        else:
            told["columns"] = ", ".join(f"{each} {fact.values.get(each, '')}" for each in trigger.sets.values())
            self._step("extended" if self.term.due_at > before else "extended not", at, fact, **told)
        if self.stands is None and self.term.due_at > before:
            self._if_noted_late(at, fact, before)

    def _given(self, at: datetime, fact: Fact, days: int, counted: int, told: Mapping[str, str]) -> None:
        """Tell how many days an extension gives, and how many of them are counted."""
        if not days:
            empty = told["given"] in {"", "0"}
            self._step("extended without" if empty else "extended beyond belief", at, fact, **told)
        if counted:
            self._step("extended by", at, fact, days=str(counted), **told)
        if days > counted and self.version.at_most is not None:
            over = str(days - counted)
            self._step("extended beyond", at, fact, days=str(days), over=over, most=self.version.at_most, **told)

    def excluded(self, at: datetime, fact: Fact, trigger: Trigger) -> None:
        """Hours are shown that are not counted."""
        hours = believed(fact.values.get(trigger.hours))
        if not hours:
            return
        self.out += timedelta(seconds=float(hours * 3600))
        evidence = str(fact.values.get(trigger.evidence) or "") if trigger.evidence else ""
        key = "excluded" if evidence else "excluded unshown"
        self._step(key, at, fact, hours=hours, evidence=evidence)
        self.recount(at, fact)

    def held(self, at: datetime, fact: Fact, _: Trigger) -> None:
        """From here on it doesn't run."""
        if self.late(at):
            self._step("overtaken late", at, fact)
        elif self.paused_at is None:
            self.paused_at = at
            self._step("held", at, fact)
            if self.stands is None:
                self._if_noted_late(at, fact, self.term.due_at)
            self.go_on(at, fact)

    def resumed(self, at: datetime, fact: Fact, _: Trigger) -> None:
        """It runs again. Both days of change have been counted; the whole days between are not."""
        if self.paused_at is None:
            return
        gap = (day_of(at, self.counting.zone) - day_of(self.paused_at, self.counting.zone)).days - 1
        self.days += max(0, gap) if self.rule.counting not in {"hours", "forthwith"} else 0
        self.out += at - self.paused_at
        self.paused_at = None
        self._step("resumed", at, fact, days=str(max(0, gap)))
        self.go_on(at, fact)

    def exempted(self, at: datetime, fact: Fact, trigger: Trigger) -> None:
        """The duty is gone."""
        self._end("exempted", at, fact, authority=str(fact.values.get(trigger.authority) or ""))

    def overtaken(self, at: datetime, fact: Fact, _: Trigger) -> None:
        """Events have overtaken it."""
        self._end("overtaken", at, fact)

    def _end(self, how: str, at: datetime, fact: Fact, authority: str = "") -> None:
        """End without fulfilment; only noted when the clock had lapsed by then."""
        late = self.late(at)
        if at > self.term.due_at and not late:
            self._stand()
            return
        self._step(f"{how} late" if late else how, at, fact, authority=f" ({authority})" if authority else "")
        if not late:
            self.ended_at, self.ended_by, self.ended_as = at, fact, how
            if self.stands is None:
                self._if_noted_late(at, fact, self.term.due_at, "ended late")

    def _stand(self) -> None:
        """End as overtaken by what made it stand still, if it does."""
        if self.stands is not None:
            self.ended_at, self.ended_by, self.ended_as = *self.stands, "overtaken"
            self._step("overtaken", *self.stands)

    def met(self, at: datetime, fact: Fact, _: Trigger) -> None:
        """The duty is done."""
        if self.stands is not None:
            self._stand()
            return
        self.met_at, self.met_by = at, fact
        in_time = at <= self.term.due_at
        self.steps.append(("met" if in_time else "met late", at, fact, NO_PARTS))
        if in_time and fact.recorded_at > self.term.due_at:
            self.steps.append(("entered late", at, fact, NO_PARTS))

    def _if_noted_late(self, at: datetime, fact: Fact, before: datetime, key: str = "noted late") -> None:
        """Tell that what cures a lapse was written down only after the end that the clock has without it."""
        if fact.recorded_at > before:
            self._step(key, at, fact, due=before)

    def _step(self, key: str, at: datetime, fact: Fact, **parts: str | Decimal | Span | datetime) -> None:
        self.steps.append((key, at, fact, parts))


TAKES: tuple[Callable[[Course, datetime, Fact, Any], None], ...] = (
    Course.altered, Course.extended, Course.excluded, Course.resumed, Course.exempted, Course.met, Course.held,
    Course.overtaken,
)  # fmt: skip
"""What a clock does with a fact, in the order of `ORDER`."""
