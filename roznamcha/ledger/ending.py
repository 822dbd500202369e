"""How a log ends before its year does: its key is replaced, or what was signed of it is lost. Another log goes on.

What ended it is the first leaf of the other log, under another key. Whoever calls these is the only sequencer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from consumers.steps import reach
from roznamcha.errors import Refused
from roznamcha.ledger.keys import next_origin
from roznamcha.ledger.remembered import break_in
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.statements import beginning, discontinuity, head


def rotate(sequencer: Sequencer, by: str, reason: str, kept_elsewhere: Sequence[bytes] = ()) -> dict[str, Any]:
    """End the log at its last signed head, and begin another under a key that is drawn now. Gives what its leaf says.

    Keys that were drawn for logs to come lay beside the doubted one, and are put aside: `aside` has their names.
    Raises Refused where no log was begun; Broken as `begin` does, where nothing can be signed.
    """
    sequencer.begin(kept_elsewhere)
    if sequencer.log is None:
        raise Refused(["no log was begun here, so none can end: draw another key with `roznamcha ledger key new`"])
    sequencer.sign()
    ended = sequencer.log
    aside = sequencer.keys.put_aside({each.origin for each in sequencer.ledger.logs()})
    reach("ledger: keys put aside")  # dies here: the log goes on under its key, and the command does it all again
    year = max(sequencer.now().year, ended.year)
    origin, previous = next_origin(ended.origin, year), head(ended.origin, ended.size, ended.root)
    sequencer.open_log(origin, year, beginning(origin, sequencer.now(), previous, {"by": by, "reason": reason}))
    reach("ledger: handed over")  # dies here: the next sequencer finds the other log, and signs it
    sequencer.sign()
    return {"origin": origin, "previous": previous, "by": by, "reason": reason, "aside": aside}


def break_off(sequencer: Sequencer, by: str, reason: str, kept_elsewhere: Sequence[bytes] = ()) -> dict[str, Any]:
    """Begin another log that says in its first leaf what of the signed one is lost. Gives what it says.

    Raises Refused where nothing is lost.
    """
    ledger, memory = sequencer.ledger, sequencer.memory
    notes = (ledger.last_note(), memory.read(), *kept_elsewhere)
    found = break_in(ledger, [each for each in notes if each is not None])
    if found is None:
        raise Refused(["the ledger goes on from everything that was signed: there is no break to enter"])
    logs, broken = ledger.logs(), found.told(ledger, memory, kept_elsewhere)
    sequencer.log = logs[-1] if logs else None
    after = found.signed.origin if sequencer.log is None or found.log is None else sequencer.log.origin
    now = sequencer.now()
    origin = next_origin(after, int(now.year))
    sequencer.open_log(origin, now.year, discontinuity(origin, now, broken, by, reason))
    reach("ledger: broken off")  # dies here: what is remembered is lost by then, and the next one doesn't enter it
    sequencer.sign()
    return {"origin": origin, **broken}
