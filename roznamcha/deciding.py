"""Deciding: each act of a batch is held against its record as it stands, sealed, and written down as bytes.

Acts are decided as they come, while the batch before them is being written; so what is decided stands on that batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any
from uuid import UUID

from consumers import entries
from consumers.steps import reach
from domain.common.beside import LooksBeside
from domain.common.corrections import Corrections, CorrectsEntry, ExecutesErasure
from domain.common.document import AttachesDocuments
from domain.common.matter import Matter
from domain.common.tie import TiesRecords, decide_tie, knowing, names_of_other
from domain.event import RECORDS, Decision, Event, Record, changed, decide
from roznamcha.documents.proven import Proven
from roznamcha.numbers import Serial, number_name, number_of, serial_of, with_number
from roznamcha.opening import identity, misnamed
from roznamcha.recorder import EntryRecorder, Line
from roznamcha.sealing import Keyring, without_text
from roznamcha.shelf import Shelf
from roznamcha.snapshots import Held
from roznamcha.units import NIL, Turn, Unit, entered, find_record, misplaced, names
from schemas import Catalogue


class Deciding:
    """Decides units in a turn. One thread at a time."""

    def __init__(  # noqa: PLR0913 (what it decides by)
        self,
        recorder: EntryRecorder,
        catalogue: Catalogue,
        keyring: Keyring,
        shelf: Shelf,
        now: Callable[[], datetime],
        proven: Proven,
    ) -> None:
        """Decide against the records on `shelf`; `now` gives the time of recording, `proven` knows stored files."""
        self._recorder = recorder
        self._catalogue = catalogue
        self._keyring = keyring
        self._shelf = shelf
        self._now = now
        self._proven = proven

    def decide(self, units: Sequence[Unit], turn: Turn) -> None:
        """Decide more units in this turn, each after those that came before it."""
        self._look_up(units, turn)
        turn.units += units
        for unit in units:
            self._decide(unit, turn)
            if any(isinstance(each, ExecutesErasure) for each in unit.events):
                turn.erasing.add(unit.record_id)
        reach("writer: decided")
        # If we die here, nothing was entered and nobody was told otherwise.
        self._forget_erased(units)
        self._keyring.ready((unit.record_id, event) for unit in units for event in unit.events)
        reach("writer: keys stored")
        # If we die here, keys exist that seal nothing yet: harmless.
        for unit in units:
            self._write_down(unit)

    def forget(self) -> None:
        """Read everything anew: nobody knows what was written."""
        self._shelf.clear()

    def _look_up(self, units: Sequence[Unit], turn: Turn) -> None:
        """Bring to hand what these units need: names, records, the last numbers. Nothing is asked that nobody needs."""
        before = turn.before
        wanted = {name for unit in units for act in unit.acts if (name := number_name(act.event))}
        wanted |= {name for unit in units if (name := unit.acts[0].record) and identity(name) is None}
        tying = [act.event for unit in units for act in unit.acts if isinstance(act.event, TiesRecords)]
        wanted |= {name for event in tying for name in names_of_other(event)}
        if wanted := {name for name in wanted if name not in turn.names}:
            if before is not None:
                turn.names |= {name: before.made[name] for name in wanted if name in before.made}
            turn.names |= self._shelf.named(wanted - turn.names.keys())
        for unit in units:
            find_record(unit, turn)
        missing = {unit.record_id for unit in units}.difference(turn.standing, before.standing if before else ())
        others = {found for event in tying if (found := self._other(event, turn))} - turn.fresh
        for each in others:  # another process may have written to it, and no version of ours guards it: read it anew
            self._shelf.drop(each)
        turn.fresh |= self._shelf.fetch((missing | others) - turn.fresh - {NIL})
        serials = {serial_of(act.event) for unit in units for act in unit.acts if act.event.numbered}
        if serials := serials - turn.numbers.keys():
            last = self._shelf.last_numbers(serials)
            given = before.numbers if before is not None else {}
            turn.numbers |= {each: max(number, given.get(each, 0)) for each, number in last.items()}

    def _held(self, unit: Unit, turn: Turn) -> Held:
        """The unit's record as it will stand when it is this unit's turn."""
        return self._at_hand(unit.record_id, turn) or Held(RECORDS[unit.register].blank(unit.record_id))

    def _at_hand(self, record_id: UUID, turn: Turn) -> Held | None:
        """A record as it will stand after what was decided so far, if anything is entered in it."""
        held = turn.standing.get(record_id)
        if held is None and turn.before is not None:
            held = turn.before.standing.get(record_id)
        return held or self._shelf.get(record_id)

    def _other(self, event: TiesRecords, turn: Turn) -> UUID | None:
        """The record that an act names, by a name it has been given, or is being given in these two batches."""
        turns = [turn] if turn.before is None else [turn, turn.before]
        for name in names_of_other(event):
            found = identity(name) or next((known for each in turns if (known := each.called(name))), None)
            if found is not None:
                return found
        return None

    def _tied(self, event: Event[Any], record: Record, turn: Turn, key: str) -> tuple[Event[Any], Decision]:
        """An act that names another record, knowing that one's id, and what there is to say of the two."""
        if not isinstance(event, TiesRecords) or not isinstance(record, Matter):
            return event, Decision()
        other = self._other(event, turn)
        held = self._at_hand(other, turn) if other else None
        if other is None or held is None:
            return event, decide_tie(event, record, None, key)
        return knowing(event, other), decide_tie(event, record, held.record, key)

    def _beside(self, event: Event[Any], record: Record, turn: Turn) -> Iterator[str]:
        """What an act that looks at other records doubts by them, each as it stands by now."""
        if not isinstance(event, LooksBeside) or not isinstance(record, Matter):
            return
        named = {each: [each.called, f"{event.meta.station}/{each.called}"] for each in event.beside(record)}
        known = turn.names | self._shelf.named({name for names in named.values() for name in names})
        ids = {
            each: found
            for each, names in named.items()
            if (found := each.record or next((known[name] for name in names if name in known), None))
        }
        others = {*ids.values()} - turn.fresh - {record.id}
        for other in others:  # as where a record is tied: another process may have written to it
            self._shelf.drop(other)
        turn.fresh |= self._shelf.fetch(others)
        held = {each: self._at_hand(found, turn) for each, found in ids.items()}
        yield from event.doubt_beside(record, {each: one.record for each, one in held.items() if one})

    def _decide(self, unit: Unit, turn: Turn) -> None:
        """Decide each act of a unit in turn: its entries, or the reasons for which the whole unit is refused."""
        unit.events, unit.lines, unit.after = [], [], None
        commands = {act.event.meta.command_id for act in unit.acts}
        if turn.keeps_back(unit.record_id) or not commands.isdisjoint(turn.commands):
            turn.postponed.add(unit.record_id)  # later units on this record wait too, so that their order holds
            return
        if unit.reasons:
            return
        held = self._held(unit, turn)
        if reasons := misnamed(unit.acts[0], held.record):
            unit.reasons = reasons
            return
        now = max(self._now(), held.recorded_at)  # a clock set back never makes an entry older than the one before it
        numbers = dict(turn.numbers) if unit.acts[0].event.numbered else turn.numbers
        claimed = set[str]()
        for act in unit.acts:
            odd = self._oddly_numbered(act.event, numbers)
            event = with_number(act.event, numbers)
            if name := number_name(event):
                claimed.add(name)
            reasons = misplaced(event, name, held.record, now, turn.names.get(name))
            if isinstance(event, CorrectsEntry):
                event, wrong = self._pointed(event, held.record, unit, turn)
                reasons += wrong
            event, lacking = self._hung(event, held.record, unit)
            reasons += lacking
            event, tied = self._tied(event, held.record, turn, act.record)
            reasons += tied.reasons
            decision = None if reasons else decide(without_text(event), held.record)
            if decision is not None and not decision.reasons:
                doubts = (*decision.doubts, *odd, *tied.doubts, *self._beside(event, held.record, turn))
                earlier = partial(self._earlier, held.record, unit, turn)
                held = entered(unit, event, held, now, doubts, earlier, turn.drawn)
                continue
            unit.events, unit.reasons = [], reasons or (decision.reasons if decision else ())
            alone = len(unit.acts) == 1 or (unit.hung and act is unit.acts[0])
            attempt = event.attempt(unit.reasons) if alone and held.record.version else None
            if attempt is None:
                return
            held = entered(unit, attempt, held, now, (), tuple, turn.drawn)
            break
        if not claimed.isdisjoint(turn.claimed):  # two units of this batch want one number: the later one waits
            turn.postponed.add(unit.record_id)
            unit.events = []
            return
        turn.commands |= commands
        turn.claimed |= claimed
        turn.numbers = numbers
        unit.after = turn.standing[unit.record_id] = held

    def _hung(self, event: Event[Any], record: Record, unit: Unit) -> tuple[Event[Any], tuple[str, ...]]:
        """Documents hang on the act that they came with, and their files are stored: else the reasons."""
        if not isinstance(event, AttachesDocuments):
            return event, ()
        return event.behind(record.version if unit.events else 0), tuple(self._proven.lacking(event, record.id))

    def _oddly_numbered(self, event: Event[Any], numbers: Mapping[Serial, int]) -> tuple[str, ...]:
        """Doubts about the number an act gives: one by hand that leaves a gap, one of a station nobody has seen yet."""
        if event.numbered is None:
            return ()
        serial, number = serial_of(event), number_of(event)
        (_, station, year), last = serial, numbers.get(serial, 0)
        odd = []
        if last and number > last + 1:  # the first one by hand takes a register over where it stands
            when = event.numbered.written(year)
            odd.append(f"number {number} of {station} in {when} was given by hand and leaves a gap after {last}")
        other = None if last else self._shelf.stranger(serial)
        if other is not None and other.casefold() == station.casefold():
            odd.append(f"{station} is written {other} in this register: one station has one code")
        elif other is not None:
            odd.append(f"nothing of {station} was ever numbered in this register: is the station's code right?")
        return tuple(odd)

    def _pointed(
        self, event: CorrectsEntry, record: Record, unit: Unit, turn: Turn
    ) -> tuple[CorrectsEntry, tuple[str, ...]]:
        """A correction with its entry's id, which its number stands for; or why not, where the two don't go together.

        Who names the entry by both is held to both: a slip in one must not strike another line. A number that no entry
        has is left to the rules of the act.
        """
        ids = {each.meta.version: each.meta.entry_id for each in self._earlier(record, unit, turn)}
        found = ids.get(event.version, event.entry)
        if event.entry in {NIL, found}:
            return changed(event, entry=found), ()
        reason = f"entry {event.version} of this record has another id than the one given; "
        return event, (f"{reason}give its number alone, or both as `history --json` shows them",)

    def _earlier(self, record: Record, unit: Unit, turn: Turn) -> list[Event[Any]]:
        """All entries that a unit's record was folded from: stored, being written, or decided before it."""
        kept = self._recorder.select_events(record.id, lte=record.version)
        found = {each.originator_version: entries.read(self._catalogue, each.state) for each in kept}
        waiting = [] if turn.before is None else list(turn.before.units)
        waiting += [*takewhile(lambda each: each is not unit, turn.units), unit]
        for each in waiting:
            if each.record_id == record.id:
                found |= {entry.meta.version: without_text(entry) for entry in each.events}
        return [found[version] for version in sorted(found)]

    def _forget_erased(self, units: Sequence[Unit]) -> None:
        """Let go of keys that were destroyed, maybe by another process: nothing may be shut with one any more."""
        for unit in units:
            record = unit.after.record if unit.after else None
            if isinstance(record, Matter) and (erased := record.part(Corrections).erasures):
                self._keyring.forget(unit.record_id, {person for (_, person), each in erased.items() if each.executed})

    def _write_down(self, unit: Unit) -> None:
        """Seal and encode what was decided of a unit."""
        for act, event in zip(unit.acts, unit.events, strict=False):
            sealed, meta = self._keyring.seal(event), event.meta
            line = Line(
                meta.stream_id,
                meta.version,
                sealed.name,
                entries.write(self._catalogue, sealed),
                unit.record_id,
                meta.command_id,
                self._keyring.command_digest(act.content),
                tuple(names(unit, sealed)) if unit.alias or sealed.numbered else (),
                event.person if isinstance(event, ExecutesErasure) else "",
            )
            unit.lines.append(line)
