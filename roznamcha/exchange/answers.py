"""Taking in the answers of another office's system: each line is held against what was sent, and becomes an act.

An answer belongs to one message of ours: it names that, or the record and the request. It is entered under a command id
made from the system's own id of it, so that a file that comes twice adds nothing. Who sends what cannot be right gets
the line back with the reasons; whatever an officer finds right all the same he enters by hand, with its doubts.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import IO, Any
from uuid import UUID

from domain.common.handoff import HandsOff
from domain.event import Event, changed, decide, fold
from roznamcha.errors import Refused
from roznamcha.exchange.correspondence import Correspondence, MessageId, correspondence_of, read_message_id
from roznamcha.exchange.rows import Answer, answers_in
from roznamcha.exchange.systems import SENT, System
from roznamcha.importing import NAMESPACE, Line
from roznamcha.intake import LINES, Act, read_act
from roznamcha.mapping import Group
from roznamcha.opening import identity
from roznamcha.plain import plain
from roznamcha.sealing import without_text
from roznamcha.shelf import Entered
from roznamcha.store import Store
from roznamcha.strict_json import CONTROL, located, shown
from roznamcha.units import Outcome

PAGE = 200
"""Records that are read together."""
LONGEST = 200
"""Characters of a system's own id of a message."""
Matched = tuple[UUID, Answer, MessageId | None]


@dataclass
class Taking:
    """One file of answers: of which system, and what was found on the way."""

    store: Store
    system: System
    form: str
    cut: str = ""
    """Where the file ended in the middle."""
    passed: Counter[str] = field(default_factory=Counter)
    """Answers that are well known and enter nothing, by their status."""
    outcomes: dict[UUID, Outcome] = field(default_factory=dict)
    """What each act would come to, where nothing is entered."""
    seen: dict[UUID, tuple[int, bytes]] = field(default_factory=dict)
    """The messages of this file that were found sound, each with its line and what it says."""

    def lines(self, file: IO[bytes], name: str) -> Iterator[Line]:
        """Every line of a file, as acts or with the reasons why not: those of one record together, by their time."""
        matched: list[Matched] = []
        found = list(answers_in(file, name, self.form, self.system, partial(setattr, self, "cut")))
        names = self.store.shelf.named({each.row[self.system.names["record"]] for each in found if each.row} - {""})
        for answer in found:
            try:
                matched.append(self._matched(answer, names))
            except Refused as refused:
                yield Line(answer.number, answer.raw, reasons=tuple(refused.reasons))
        by_record = groupby(sorted(matched, key=lambda each: (each[0].int, each[1].number)), key=itemgetter(0))
        records = [(record_id, list(group)) for record_id, group in by_record]
        for start in range(0, len(records), PAGE):
            page = records[start : start + PAGE]
            letters = correspondence_of(self.store, self.system, [record_id for record_id, _ in page])
            known = self.store.shelf.commands([self._command(answer) for _, group in page for _, answer, _ in group])
            for record_id, group in page:
                yield from self._of_record(letters.get(record_id), group, name, known)

    def _matched(self, answer: Answer, names: Mapping[str, UUID]) -> Matched:
        """The record that an answer is for, and the message of ours if it names one. Raises Refused."""
        if answer.reasons:
            raise Refused(answer.reasons)
        reasons = list(self._faults(answer.row))
        reply, reference = (answer.row[self.system.names[key]].strip() for key in ("reply", "record"))
        ours, record_id = read_message_id(reply), names.get(reference) or identity(reference)
        if reply and ours is None:
            reasons.append(f"the column {self.system.names['reply']} holds no id of a message of ours")
        if reference and record_id is None:
            reasons.append(f"no record is called {reference[:60]!r}")
        if ours and record_id and ours.record_id != record_id:
            reasons.append(f"{self.system.names['reply']} is of another record than {self.system.names['record']}")
        record_id = record_id or (ours.record_id if ours else None)
        if reasons or record_id is None:
            raise Refused(reasons)
        return record_id, answer, ours

    def _faults(self, row: Mapping[str, str]) -> Iterator[str]:
        """What every answer must have, whatever it says."""
        called, system = self.system.names, self.system
        given = {key: row[column].strip() for key, column in called.items()}
        for key in ("message", "status"):
            if not given[key]:
                yield f"the column {called[key]} is empty"
        if given["status"] and given["status"] not in system.statuses:
            yield f"{called['status']} {shown(given['status'])} is none of {system.id}: {', '.join(system.statuses)}"
        if len(given["message"]) > LONGEST or LINES.search(given["message"]) or CONTROL.search(given["message"]):
            yield f"the column {called['message']} holds no id of at most {LONGEST} characters in one line"
        if not given["reply"] and not (given["record"] and given["request"]):
            either = f"{called['reply']}, or {called['record']} and {called['request']}"
            yield f"it names nothing of ours: {either} must be filled"

    def _command(self, answer: Answer, part: int = 0) -> UUID:
        """The command id of an answer's act, made from the system's own id of the message."""
        message = answer.row[self.system.names["message"]].strip()
        return uuid.uuid5(NAMESPACE, f"{self.system.id}:{message}:{part}")

    def _of_record(
        self, letters: Correspondence | None, group: Sequence[Matched], name: str, known: Mapping[UUID, Entered]
    ) -> Iterator[Line]:
        if letters is None:
            for _, answer, _ in group:
                yield Line(answer.number, answer.raw, reasons=("no record has the id that this answer names",))
            return
        ready: list[tuple[Answer, HandsOff, list[Act]]] = []
        for _, answer, ours in group:
            try:
                sending = letters.sending(ours, answer.row[self.system.names["request"]].strip())
                ready.append((answer, sending, self._acts(answer, sending, name)))
            except Refused as refused:
                yield Line(answer.number, answer.raw, reasons=tuple(refused.reasons))
        ready.sort(key=lambda each: (_at(each[2]), each[0].number))
        for answer, sending, acts in ready:
            if not acts:
                self.passed[answer.row[self.system.names["status"]]] += 1
                continue
            reasons = self._decided(letters, answer, sending, acts, known)
            yield Line(answer.number, answer.raw, [] if reasons else acts, reasons)

    def _acts(self, answer: Answer, sending: HandsOff, name: str) -> list[Act]:
        """What a line enters; nothing for one that only says how far things are. Raises Refused."""
        system, meta = self.system, sending.meta
        values = {column: text.strip() for column, text in answer.row.items()}
        values |= dict(zip(SENT, (sending.name, str(meta.record_id), meta.station, meta.district), strict=True))
        values[system.names["request"]] = str(getattr(sending, sending.hand_off.subject))
        for column, filled in system.fills.items():
            values[column] = values[column] or _text(getattr(sending, filled, ""))
        if system.passes(values):
            return []
        said = json.dumps([system.id, {key: text for key, text in answer.row.items() if text}], sort_keys=True)
        acts = []
        try:
            for part, sent in enumerate(system.map.acts(values, Group())):
                sent |= {
                    "command_id": str(self._command(answer, part)),
                    "new": False,
                    "causation_id": str(meta.entry_id),
                }
                source = f"{name}:{answer.number}"
                act = read_act(sent, now=datetime.now(UTC), source=source, strict=False, zone=system.map.zone)
                acts.append(changed(act, content=f"{part}:{said}".encode()))
        except Refused as refused:
            raise Refused(located(refused.reasons, system.map.places, "column ")) from None
        return acts

    def _decided(
        self, letters: Correspondence, answer: Answer, sending: HandsOff, acts: Sequence[Act],
        known: Mapping[UUID, Entered],
    ) -> tuple[str, ...]:  # fmt: skip
        """Why a line is not entered; empty for one that is, or was before."""
        message, status = answer.row[self.system.names["message"]][:60], answer.row[self.system.names["status"]].strip()
        first = acts[0].event.meta.command_id
        if first in self.seen:
            line, content = self.seen[first]
            return (
                () if content == acts[0].content else (f"message {message!r} stands in line {line} and says otherwise",)
            )
        before = known.get(first)
        if before is not None:
            if before.digest != self.store.keyring.command_digest(acts[0].content):
                where = f"entry {before.entry.meta.version} of {letters.called}"
                return (f"message {message!r} was entered before, as {where}, and says otherwise now",)
            self._note(answer, acts, "already", ())
            return ()
        reasons = [reason for act in acts for reason in letters.odd(act.event, sending, status)]
        if reasons:
            return tuple(dict.fromkeys(reasons))
        after, doubts, entries = letters.record, list[str](), list[Event[Any]]()
        for act in acts:
            decision = decide(without_text(act.event), after)
            if decision.reasons:
                return decision.reasons
            meta = changed(act.event.meta, record_id=after.id, stream_id=after.id, version=after.version + 1)
            entries.append(changed(act.event, meta=meta))
            after = fold(after, (without_text(entries[-1]),))
            doubts += decision.doubts
        letters.enter(after, entries)
        self._note(answer, acts, "recorded", tuple(doubts))
        return ()

    def _note(self, answer: Answer, acts: Sequence[Act], status: Any, doubts: tuple[str, ...]) -> None:  # noqa: ANN401
        for act in acts:
            event = act.event
            self.seen[event.meta.command_id] = (answer.number, act.content)
            self.outcomes[event.meta.command_id] = Outcome(status, event.name, event.meta.record_id, doubts=doubts)


class Rehearsal:
    """Stands in for the store where nothing is to be entered: answers what it would come to."""

    def __init__(self, taking: Taking) -> None:
        """Answer what was found on the way."""
        self.taking, self.now = taking, taking.store.now
        self._told: set[UUID] = set()

    def hand_in(
        self, units: Sequence[Sequence[Act]], *, again: bool = False
    ) -> Callable[[], list[list[Outcome] | Exception]]:
        """What each act would come to; one that stands twice in a file is entered once."""
        del again
        found: list[list[Outcome] | Exception] = [[self._outcome(act) for act in acts] for acts in units]
        return lambda: found

    def _outcome(self, act: Act) -> Outcome:
        command = act.event.meta.command_id
        outcome = self.taking.outcomes[command]
        told = command in self._told
        self._told.add(command)
        return changed(outcome, status="already") if told else outcome


def _at(acts: Sequence[Act]) -> datetime:
    return acts[0].event.meta.occurred_at if acts else datetime.max.replace(tzinfo=UTC)


def _text(value: Any) -> str:  # noqa: ANN401 (a column's value)
    told = plain(value)
    if isinstance(told, list):
        return ",".join(map(str, told))
    return told if isinstance(told, str) else "" if told is None else json.dumps(told, ensure_ascii=False)
