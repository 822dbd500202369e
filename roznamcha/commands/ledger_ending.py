"""From the command line: a log ends before its year does, and another goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from roznamcha.commands.sequencing import Against, kept_on_kafka, notes_in, sequencer_of
from roznamcha.errors import Refused
from roznamcha.ledger import ending
from roznamcha.ledger.keys import keys_of
from roznamcha.ledger.notes import vkey_of
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.office import open_office
from roznamcha.screen import AsJson, print_json, say
from roznamcha.settings import settings

Ending = Callable[[Sequencer, str, str, Sequence[bytes]], dict[str, Any]]
Officer = Annotated[str, typer.Option("--by", help="Id of the officer who answers for it")]
Why = Annotated[
    str, typer.Option("--reason", help="What happened; it stands in the ledger for ever, so name no person")
]


def discontinuity(by: Officer, reason: Why, against: Against = None, *, as_json: AsJson = False) -> None:
    """After a restore: enter what was signed and is lost, as the first leaf of another log, and go on there."""
    told = _ended(ending.break_off, by, reason, against)
    if as_json:
        print_json(told)
        return
    lost = told["lost"]
    what = f"leaves {lost['first']} to {lost['last']} of {told['previous']['origin']}" if lost else "another history"
    say(f"entered in {told['origin']}: {what}, signed and not here", told["vkey"])
    say("publish this key where the one before it was: until a policy knows it, every copy reads FAILED")


def rotate(by: Officer, reason: Why, against: Against = None, *, as_json: AsJson = False) -> None:
    """A key was stolen, or may be: end its log at its last signed head, and go on in another under a fresh key.

    Stop the sequencer first (`ledger run`, `up`). Exit code 3 where nothing can be signed.
    """
    told = _ended(ending.rotate, by, reason, against)
    if as_json:
        print_json(told)
        return
    before = told["previous"]
    say(f"{before['origin']} has ended with {before['size']:,} leaves, root {before['root']}")
    say(f"{told['origin']} goes on from there. Publish its key, and size and root above, where the old key was:")
    say(told["vkey"])
    say("until a policy knows it, every copy reads FAILED")
    part = before["origin"].rpartition("/")[2]
    say(f"where witnesses are asked: `ledger witness POLICY --log {part}` once, and then they strike the ended log")
    for each in told["aside"]:
        say(f"the key of {each} lay beside the old one and is not used: draw it again, and publish that one")


def _ended(how: Ending, by: str, reason: str, against: Against) -> dict[str, Any]:
    """End a log in this way; what its first leaf says, and the other log's key. Raises Refused, Usage, Broken."""
    if not by.strip() or not reason.strip() or len(reason) > 500 or not (by + reason).isprintable():  # noqa: PLR2004
        raise Refused(["name the officer, and say in 1 to 500 printable characters what happened"])
    with open_office(settings()) as office, sequencer_of(office) as sequencer:
        if not sequencer.alone():
            raise Refused(["a sequencer is at work on this store: stop it first (`ledger run`, `up`)"])
        told = how(sequencer, by.strip(), reason.strip(), [*notes_in(against), *kept_on_kafka(office)])
        told["vkey"] = vkey_of(keys_of(office.settings).signer(told["origin"]).key)
    return told
