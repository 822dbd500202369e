"""Settling: a batch goes through the store's door, and each unit gets its answer or is decided anew.

Only what is durable is answered as entered. What was not written is looked up: it was entered or refused before under
its command ids, or it is refused now, or another writer came first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from consumers.steps import reach
from domain.event import Event
from roznamcha.intake import Act
from roznamcha.recorder import EntryRecorder
from roznamcha.sealing import Keyring
from roznamcha.shelf import Entered, Shelf
from roznamcha.units import Outcome, Turn, Unit, answer, refusal, reused


class Settling:
    """Writes what was decided in a turn, and answers. One thread at a time."""

    def __init__(self, recorder: EntryRecorder, keyring: Keyring, shelf: Shelf) -> None:
        """Write through `recorder`; keep records as they then stand on `shelf`."""
        self._recorder = recorder
        self._keyring = keyring
        self._shelf = shelf

    def settle(self, turn: Turn) -> list[Unit]:
        """Write a turn's entries in one transaction, answer what can be answered and give back the rest, in order."""
        lines = [line for unit in turn.units for line in unit.lines]
        reach("writer: before append")
        # If we die here, nothing was entered and nobody was told otherwise.
        written = self._recorder.append(lines, respect_refusals=not turn.again) if lines else {}
        reach("writer: after commit, before answer")
        # If we die here, it was entered and nobody knows: the same command sent again is told so.
        undone = [unit for unit in turn.units if not self._settle(unit, turn, written)]
        left = self._look_up(undone, turn) if undone else []
        turn.spoiled = bool(left) or any(unit.lines for unit in undone)
        if turn.spoiled:
            self._shelf.forget_numbers()
        else:
            self._shelf.number(turn.numbers)
        turn.before = None
        return left

    def _settle(self, unit: Unit, turn: Turn, written: Mapping[tuple[UUID, int], int]) -> bool:
        """Answer a unit whose entries are durable; False when there are none, or another writer came first."""
        lines = unit.lines
        if not lines:
            return False
        positions = [written.get((line.stream_id, line.version), 0) for line in lines]
        if not all(positions):
            self._shelf.drop(unit.record_id)
            turn.fresh.discard(unit.record_id)  # the next units on it were decided upon entries that aren't there
            turn.written.discard(unit.record_id)
            return False
        turn.written.add(unit.record_id)
        self._keyring.forget(unit.record_id, {line.erases for line in lines if line.erases})
        if unit.after is not None:
            self._shelf.keep(unit.record_id, unit.after)
            self._shelf.snapshots.note(lines[0].version - 1, unit.after)
        status: Literal["refused", "recorded"] = "refused" if unit.reasons else "recorded"
        unit.outcomes = [
            answer(status, act, event, position, unit.reasons)
            for act, event, position in zip(unit.acts[: len(lines)], unit.events, positions, strict=True)
        ]
        return True

    def _look_up(self, undone: Sequence[Unit], turn: Turn) -> list[Unit]:
        """Answer what was entered or refused before, or is refused now; the rest met another writer: try again."""
        commands = [act.event.meta.command_id for unit in undone for act in unit.acts]
        entered = self._shelf.commands(commands)
        refused = {} if turn.again else self._shelf.refusals(commands)
        retry, refusing = [], []
        for unit in undone:
            before = [entered.get(act.event.meta.command_id) for act in unit.acts]
            known = next((refused[each] for act in unit.acts if (each := act.event.meta.command_id) in refused), None)
            if all(before):
                pairs = zip(unit.acts, before, strict=True)
                unit.outcomes = [self._repeated(act, each) for act, each in pairs if each]
            elif unit.hung and before[0] and before[0].entry.name != unit.acts[0].event.name:
                unit.outcomes = [self._repeated(unit.acts[0], before[0])]  # it was refused, and nothing hung on that
            elif any(before):
                reason = "some of these acts were entered before under their command ids, the others were not"
                self._refuse(unit, (reason,))
            elif known is not None:
                digest, unit.record_id, reasons = known
                same = any(digest == self._keyring.command_digest(act.content) for act in unit.acts)
                unit.outcomes = [refusal(act, unit.record_id, reasons if same else (reused(act),)) for act in unit.acts]
            elif unit.reasons and not unit.events and self._certain(unit.record_id, turn):
                refusing.append(unit)
            else:
                # Refused against a record held in memory: another process may have entered something since. Read again.
                self._shelf.drop(unit.record_id)
                retry.append(unit)
        self._keep([unit for unit in refusing if unit.repeatable])
        for unit in refusing:  # only what is kept is told: if keeping fails, these are decided anew
            self._refuse(unit, unit.reasons)
        return retry

    def _certain(self, record_id: UUID, turn: Turn) -> bool:
        """Whether a refusal was decided upon the record as it really stands, or upon none at all."""
        before = turn.before.written if turn.before is not None else ()
        return not record_id.int or record_id in turn.fresh or record_id in turn.written or record_id in before

    def _refuse(self, unit: Unit, reasons: tuple[str, ...]) -> None:
        unit.outcomes = [refusal(act, unit.record_id, reasons) for act in unit.acts]

    def _keep(self, refusing: Sequence[Unit]) -> None:
        """Remember refusals under their command ids. If we die before it, they are decided anew: nobody was told."""
        if refusing:
            reach("writer: refusing")
            self._recorder.refuse(
                [
                    (act.event.meta.command_id, self._keyring.command_digest(act.content), unit.record_id, [*reasons])
                    for unit in refusing
                    for act, reasons in [(unit.acts[0], unit.reasons)]
                ]
            )

    def _repeated(self, act: Act, known: Entered) -> Outcome:
        """The first outcome of a command, once more; a refusal when it was another act."""
        entry: Event[Any] = known.entry
        if known.digest != self._keyring.command_digest(act.content):
            return refusal(act, entry.meta.record_id, (reused(act),))
        if entry.name != act.event.name:  # it was refused, and the attempt recorded
            return answer("refused", act, entry, entry.meta.position, getattr(entry, "reasons", ()))
        return answer("already", act, entry, entry.meta.position, ())
