"""The writing desk: acts come in, each is decided against its record as it stands, and what is allowed is entered.

An act is acknowledged only when it is durable. The same command sent twice is entered once and answered alike. Acts on
one record that belong together are a unit: all are entered or none.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from eventsourcing.persistence import InterfaceError, OperationalError

from consumers import entries
from consumers.steps import reach
from domain.case.corrections import CorrectsEntry
from domain.event import RECORDS, Event, changed, decide
from roznamcha.errors import Conflict, Refused, Unavailable
from roznamcha.intake import Act
from roznamcha.numbers import number_name, serial_of, wants_number, with_number
from roznamcha.recorder import Datastore, EntryRecorder, Line
from roznamcha.sealing import Keyring
from roznamcha.shelf import Held, Shelf
from roznamcha.units import (
    NIL,
    Outcome,
    Round,
    Unit,
    answer,
    commanded,
    entered,
    find_records,
    misplaced,
    names,
    refusal,
    reused,
)
from schemas import Catalogue

CONTENTION = 30.0
"""Seconds for which a unit that meets other writers is decided anew before the caller is told so."""
PATIENCE = (0.1, 0.5, 2.0, 5.0)
"""Seconds between tries when the database went away; commands are idempotent, so trying again is safe."""


class Store:
    """Entries in, records out. Threads may share one; several processes may each have one."""

    def __init__(
        self, datastore: Datastore, catalogue: Catalogue, keyring: Keyring, now: Callable[[], datetime] | None = None
    ) -> None:
        """Write to `datastore`; `now` gives the time of recording."""
        self.datastore = datastore
        self.recorder = EntryRecorder(datastore)
        self.catalogue = catalogue
        self.keyring = keyring
        self.shelf = Shelf(self.recorder, catalogue)
        self.now = now or (lambda: datetime.now(UTC))
        self._lock = threading.Lock()

    def record(self, act: Act) -> Outcome:
        """Enter one act. Raises Refused with every reason, Conflict when other writers keep coming first."""
        outcome = self.record_units([[act]])[0][0]
        if outcome.status == "refused":
            raise Refused(list(outcome.reasons))
        return outcome

    def record_units(self, units: Sequence[Sequence[Act]], *, again: bool = False) -> list[list[Outcome]]:
        """Enter units of acts in as few transactions as can be, and give each act's outcome, in order.

        A command that was refused before is refused alike, unless `again` asks for a new decision. A refused or
        conflicting unit never touches the others. Raises Conflict for what still meets other writers at the end,
        Unavailable when the database stays away; both are safe to send again under the same command ids.
        """
        answers: dict[int, list[Outcome]] = {}
        waiting = [
            Unit(place, [commanded(act) for act in acts], acts[0].event.meta.command_id.int != 0)
            for place, acts in enumerate(units)
            if acts
        ]
        tries, faults, until = 0, iter(PATIENCE), time.monotonic() + CONTENTION
        with self._lock:
            while waiting:
                tries += 1
                if tries > len(units) and time.monotonic() > until:
                    message = "this record is being written by others faster than it can be decided: try again"
                    raise Conflict(message)
                if tries > 2:  # noqa: PLR2004 (the second try is free) two writers in step would meet for ever
                    time.sleep(secrets.randbelow(min(2**tries, 64)) / 1_000)
                try:
                    waiting = self._attempt(waiting, answers, again=again)
                except (OperationalError, InterfaceError) as error:
                    # If the connection died at the commit nobody knows whether it was entered: the command ids tell.
                    self.shelf.clear()
                    pause = next(faults, None)
                    if pause is None:
                        message = f"the database is away ({type(error).__name__}): nothing more was acknowledged"
                        raise Unavailable(message) from None
                    time.sleep(pause)
        return [answers.get(place, []) for place in range(len(units))]

    def find(self, reference: str) -> UUID | None:
        """The record called so: by its id, its number, or the key of a legacy register."""
        try:
            return UUID(reference)
        except ValueError:
            return self.shelf.named([reference]).get(reference)

    def _attempt(self, waiting: list[Unit], answers: dict[int, list[Outcome]], *, again: bool) -> list[Unit]:
        """Decide and write a batch once; answer what can be answered and give back the rest."""
        acts = [act for unit in waiting for act in unit.acts]
        taken = self.shelf.named({number_name(act.event) for act in acts} | {unit.acts[0].record for unit in waiting})
        find_records(waiting, taken)
        fresh = self.shelf.fetch({unit.record_id for unit in waiting} - {NIL})
        numbers = self.shelf.last_numbers({serial_of(act.event) for act in acts if wants_number(act.event)})
        turn = Round(fresh, taken, numbers)
        for unit in waiting:
            self._decide(unit, turn)
        self._write_down(waiting)
        lines = [line for unit in waiting for line in unit.lines]
        reach("writer: sealed")  # if we die here, nothing was entered
        written = self.recorder.append(lines, respect_refusals=not again) if lines else {}
        reach("writer: committed")  # if we die here it is entered and nobody was told: the command ids tell
        undone = [unit for unit in waiting if not self._settle(unit, written, answers)]
        return self._look_up(undone, turn, answers, again=again) if undone else []

    # --- deciding ----------------------------------------------------------------------------------------------

    def _decide(self, unit: Unit, turn: Round) -> None:
        """Decide each act of a unit in turn: its entries, or the reasons for which the whole unit is refused."""
        unit.events, unit.lines, unit.after = [], [], None
        commands = {act.event.meta.command_id for act in unit.acts}
        if unit.record_id in turn.postponed or commands & turn.commands:
            turn.postponed.add(unit.record_id)  # later units on this record wait too, so that their order holds
            return
        if unit.reasons:
            return
        register = unit.acts[0].event.register
        held = turn.standing.get(unit.record_id) or self.shelf.get(unit.record_id)
        held = held or Held(RECORDS[register].blank(unit.record_id))
        now = max(self.now(), held.recorded_at)  # a clock set back never makes an entry older than the one before it
        numbers, claimed = dict(turn.numbers), set[str]()
        for act in unit.acts:
            event = with_number(act.event, numbers)
            if name := number_name(event):
                claimed.add(name)
            reasons = tuple(misplaced(event, held.record, now, turn.taken.get(name)))
            reasons += tuple(self._mispointed(event, unit))
            decision = None if reasons else decide(event, held.record)
            if decision is not None and not decision.reasons:
                held = entered(unit, event, held, now, decision.doubts)
                continue
            unit.events, unit.reasons = [], reasons or (decision.reasons if decision else ())
            attempt = event.attempt(unit.reasons) if len(unit.acts) == 1 and held.record.version else None
            if attempt is None:
                return
            held = entered(unit, attempt, held, now, ())
        if claimed & turn.claimed:  # two units of this batch want one number: decide the later one again
            turn.postponed.add(unit.record_id)
            unit.events = []
            return
        turn.commands |= commands
        turn.claimed |= claimed
        turn.numbers.update(numbers)
        unit.after = turn.standing[unit.record_id] = held

    def _mispointed(self, event: Event[Any], unit: Unit) -> Iterable[str]:
        """A correction names its entry twice, by id and by version: a slip in one must not strike another line."""
        if not isinstance(event, CorrectsEntry):
            return
        found = next((each for each in unit.events if each.meta.version == event.version), None)
        if found is None:
            kept = self.recorder.select_events(unit.record_id, gt=event.version - 1, lte=event.version)
            found = entries.read(self.catalogue, kept[0].state) if kept else None
        if found is not None and found.meta.entry_id != event.entry:
            yield (
                f"entry {event.version} of this record has another id than the one given; "
                "give both as `history --json` shows them"
            )

    def _write_down(self, units: Iterable[Unit]) -> None:
        """Seal and encode what was decided."""
        self.keyring.ready((unit.record_id, event) for unit in units for event in unit.events)
        reach("writer: keys drawn")  # if we die here, keys exist that seal nothing
        for unit in units:
            for act, event in zip(unit.acts, unit.events, strict=False):
                sealed, meta = self.keyring.seal(event), event.meta
                line = Line(
                    stream_id=meta.stream_id,
                    version=meta.version,
                    topic=sealed.name,
                    state=entries.write(self.catalogue, sealed),
                    record_id=unit.record_id,
                    command_id=meta.command_id,
                    digest=self.keyring.command_digest(act.content),
                    names=tuple(names(unit, sealed)),
                )
                unit.lines.append(line)

    # --- answering ---------------------------------------------------------------------------------------------

    def _settle(self, unit: Unit, written: Mapping[tuple[UUID, int], int], answers: dict[int, list[Outcome]]) -> bool:
        """Answer a unit whose entries are durable; False when there are none, or another writer came first."""
        positions = [written.get((line.stream_id, line.version)) for line in unit.lines]
        if not positions or None in positions:
            if unit.lines:
                self.shelf.drop(unit.record_id)
            return False
        if unit.after is not None:
            self.shelf.keep(unit.record_id, unit.after)
        status: Literal["refused", "recorded"] = "refused" if unit.reasons else "recorded"
        answers[unit.place] = [
            answer(status, act, changed(event, meta=changed(event.meta, position=position or 0)), unit.reasons)
            for act, event, position in zip(unit.acts, unit.events, positions, strict=True)
        ]
        return True

    def _look_up(
        self, undone: list[Unit], turn: Round, answers: dict[int, list[Outcome]], *, again: bool
    ) -> list[Unit]:
        """Answer what was entered or refused before, or is refused now; the rest met another writer: try again."""
        commands = [act.event.meta.command_id for unit in undone for act in unit.acts]
        entered = self.shelf.commands(commands)
        refused = {} if again else self.shelf.refusals(commands)
        retry, refusing = [], []
        for unit in undone:
            before = [entered.get(act.event.meta.command_id) for act in unit.acts]
            known = [refused.get(act.event.meta.command_id) for act in unit.acts]
            if all(before):
                pairs = zip(unit.acts, before, strict=True)
                answers[unit.place] = [self._repeated(act, *each) for act, each in pairs if each]
            elif any(before):
                reason = "some of these acts were entered before under their command ids, the others were not"
                answers[unit.place] = [refusal(act, unit.record_id, (reason,)) for act in unit.acts]
            elif any(known):
                digest, record_id, reasons = next(each for each in known if each)
                same = any(digest == self.keyring.command_digest(act.content) for act in unit.acts)
                answers[unit.place] = [
                    refusal(act, record_id, reasons if same else (reused(act),)) for act in unit.acts
                ]
            elif unit.reasons and not unit.events and (unit.record_id in turn.fresh or not unit.record_id.int):
                answers[unit.place] = [refusal(act, unit.record_id, unit.reasons) for act in unit.acts]
                if unit.repeatable:
                    refusing.append((unit.acts[0], unit.record_id, unit.reasons))
            else:
                # Refused against a record held in memory: another process may have entered something since. Read again.
                self.shelf.drop(unit.record_id)
                retry.append(unit)
        if refusing:
            reach("writer: refusing")  # if we die here, the same command is decided anew
            self.recorder.refuse(
                [
                    (act.event.meta.command_id, self.keyring.command_digest(act.content), record_id, list(reasons))
                    for act, record_id, reasons in refusing
                ]
            )
        return retry

    def _repeated(self, act: Act, digest: bytes, entry: Event[Any]) -> Outcome:
        """The first outcome of a command, once more; a refusal when it was another act."""
        if digest != self.keyring.command_digest(act.content):
            return refusal(act, entry.meta.record_id, (reused(act),))
        if entry.name != act.event.name:  # it was refused, and the attempt recorded
            return answer("refused", act, entry, getattr(entry, "reasons", ()))
        return answer("already", act, entry, ())
