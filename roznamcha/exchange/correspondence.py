"""What went out to a system in one record and what came back, as the entries that stand tell it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, cast
from uuid import UUID

from consumers import entries
from domain.common.days import written
from domain.common.handoff import HandsOff
from domain.event import RECORDS, Event, Record, fold, struck
from roznamcha.errors import Refused
from roznamcha.exchange.systems import Status, System
from roznamcha.store import Store


class MessageId(NamedTuple):
    """Which entry of which record a message of ours is."""

    record_id: UUID
    version: int


def message_id(event: Event[Any]) -> str:
    """The id of a message of ours: its record and the number of its entry."""
    return f"{event.meta.record_id}/{event.meta.version}"


def read_message_id(text: str) -> MessageId | None:
    """The entry that an id of ours names; None when it is none."""
    record, slash, version = text.partition("/")
    try:
        if slash and version.isascii() and version.isdigit() and len(version) < 10:  # noqa: PLR2004 (an entry's number)
            return MessageId(UUID(record), int(version))
    except ValueError:
        pass
    return None


@dataclass
class Correspondence:
    """One record with one system. `record` is as it stands; what is taken in is entered here as well."""

    system: System
    record: Record
    standing: list[Event[Any]]
    gone: Mapping[int, int]

    @property
    def called(self) -> str:
        """How an officer calls the record."""
        return getattr(self.record, "label", str(self.record.id))

    def sending(self, ours: MessageId | None, request: str) -> HandsOff:
        """The message that an answer belongs to: the one it names, else the last of this request. Raises Refused."""
        sendings = [cast("HandsOff", each) for each in self.standing if self.system.goes(each)]
        if ours is None:
            found = [each for each in sendings if _subject(each) == request]
            if not found:
                what = f"{self.system.names['request']} {request[:60]!r}"
                raise Refused([f"nothing was sent to {self.system.id} under {what} in {self.called}"])
            return found[-1]
        if ours.version in self.gone:
            raise Refused([f"entry {ours.version} of {self.called}, which it answers, was struck: it was never sent"])
        named = next((each for each in sendings if each.meta.version == ours.version), None)
        if named is None:
            raise Refused([f"entry {ours.version} of {self.called} is no message to {self.system.id}"])
        if request and request != _subject(named):
            what = self.system.names["request"]
            raise Refused([f"it answers {what} {_subject(named)} of {self.called}, and names another {what}"])
        return named

    def odd(self, event: Event[Any], sending: HandsOff, name: str) -> Iterator[str]:
        """Why an answer of the status `name` can't be right beside what was sent and what was answered before."""
        at, status, before = event.meta.occurred_at, self.system.statuses[name], list(self._answers(sending))
        what = f"{self.system.names['request']} {_subject(sending)} of {self.called}"
        if at < sending.meta.occurred_at:
            yield f"it is dated before {what} was sent, on {written(sending.meta.occurred_at)}"
        if status.after and not self._goes_before(event, status, before):
            same = f" under this {status.same}" if status.same else ""
            yield f"{name} comes after {' or '.join(status.after)}, and {what} shows none{same} before it"
        for other, answered in before:
            if other in status.against and answered.meta.version > sending.meta.version:
                yield f"{what} was answered {_when(other, answered)}: another answer is entered by hand"
                break
        for other, answered in before:
            if other in status.before and answered.meta.occurred_at <= at:
                yield f"{name} does not come after {_when(other, answered)}"
                break
        for column in status.once:
            value = getattr(event, column, "")
            if value and any(n == name and getattr(each, column, "") == value for n, each in before):
                yield f"{column} {value} of {self.called} was given before"

    def _answers(self, sending: HandsOff) -> Iterator[tuple[str, Event[Any]]]:
        """The answers that stand: those of the same request, and those that name none."""
        column = sending.hand_off.subject
        for each in self.standing:
            if str(getattr(each, column, _subject(sending))) == _subject(sending):
                for name in self.system.told_by(each):
                    yield name, each

    def _goes_before(self, event: Event[Any], status: Status, before: Sequence[tuple[str, Event[Any]]]) -> bool:
        return any(
            name in status.after
            and each.meta.occurred_at <= event.meta.occurred_at
            and (not hasattr(event, status.same) or getattr(each, status.same, None) == getattr(event, status.same))
            for name, each in before
        )

    def enter(self, record: Record, fresh: Sequence[Event[Any]]) -> None:
        """The record with more entries: what comes later in the same file stands on them."""
        self.record = record
        self.standing += fresh


def correspondence_of(store: Store, system: System, record_ids: Collection[UUID]) -> dict[UUID, Correspondence]:
    """What was exchanged in these records, of those that are there."""
    found = {}
    kept = sorted(store.recorder.entries_of(record_ids), key=itemgetter(0, 1))
    for record_id, rows in groupby(kept, key=itemgetter(0)):
        history = [entries.read(store.catalogue, state, position) for _, position, state in rows]
        record = fold(RECORDS[history[0].register].blank(record_id), history)
        gone = struck(history)
        standing = [each for each in history if each.meta.version not in gone]
        found[record_id] = Correspondence(system, record, standing, gone)
    return found


def _when(status: str, event: Event[Any]) -> str:
    return f"{status} on {written(event.meta.occurred_at)} (entry {event.meta.version})"


def _subject(sending: HandsOff) -> str:
    return str(getattr(sending, sending.hand_off.subject))
