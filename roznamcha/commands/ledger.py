"""The court's ledger from the command line: kept, looked at, proved and audited."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from consumers.watchdog import Watchdog
from roznamcha.commands.ledger_ending import discontinuity
from roznamcha.commands.ledger_keys import key
from roznamcha.commands.ledger_status import status
from roznamcha.commands.sequencing import Against, kept_on_kafka, must_be_named, notes_in, published_head, sequencer_of
from roznamcha.commands.stamping import OfLog, export_tiles, reading, stamp, stamps
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.health import LEDGER
from roznamcha.ledger.auditing import audit as audit_all
from roznamcha.ledger.cosigning import with_kept
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.remembered import break_in, memory_of, signed_by_log
from roznamcha.ledger.sequencer import Sequencer
from roznamcha.ledger.verify import Bad, extends, leaf_hash, open_checkpoint
from roznamcha.office import open_office
from roznamcha.screen import AsJson, many, note, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.whole import write_whole

ledger = typer.Typer(help="The court's ledger: a leaf for every entry, signed heads, proofs.", no_args_is_help=True)
ledger.add_typer(key, name="key")
ledger.command()(status)


@ledger.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Add and sign what is there now, and stop")] = False,  # noqa: FBT002
    against: Against = None,
    workers: Annotated[
        int, typer.Option(min=1, max=32, help="Processes that make leaves ready where many wait; the same leaves")
    ] = 1,
    *,
    as_json: AsJson = False,
) -> None:
    """Give every entry its leaf and sign the head, every ten seconds or 1,024 entries; a second one waits.

    Nothing is signed where the log does not go on from what was signed last: exit code 3 then.
    """
    notes, stop = notes_in(against), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_office(settings()) as office, sequencer_of(office, workers) as sequencer:
        must_be_named(office, sequencer.connection)
        _wait_alone(sequencer, stop)
        if not stop.is_set():
            sequencer.begin([*notes, *kept_on_kafka(office)])
            if once:
                with progress_bar("adding", shown=not as_json) as progress:
                    sequencer.catch_up(lambda done: progress(done, None), stop)
            else:
                note("keeping the ledger; Ctrl-C stops")
                with Watchdog(LEDGER) as dog:
                    sequencer.follow(stop, told=dog.round)
        log = sequencer.log
        told = {"added": sequencer.added, "signed": sequencer.signed}
        if as_json:
            print_json({**told, "origin": log.origin if log else None, "size": log.size if log else 0})
        else:
            where = f"; {log.origin} has {log.size:,}" if log else ""
            say(
                f"{many(sequencer.added, 'leaf', 'leaves')} added, {many(sequencer.signed, 'checkpoint')} signed{where}"
            )


def _wait_alone(sequencer: Sequencer, stop: threading.Event) -> None:
    waited = False
    while not sequencer.alone() and not stop.is_set():
        if not waited:
            note("another sequencer is at work on this store: waiting until it has ended")
        waited = True
        stop.wait(1)


@ledger.command()
def checkpoint(
    log: OfLog = "",
    covering: Annotated[int, typer.Option(min=1, help="The first one that has so many leaves; default: the last")] = 1,
    published: Annotated[  # noqa: FBT002
        bool, typer.Option("--published", help="The last one on Kafka, and whether the store goes on from it")
    ] = False,
    *,
    as_json: AsJson = False,
) -> None:
    """Print a signed head, as c2sp.org/tlog-checkpoint, with the lines of witnesses that were kept.

    With --published exit code 3 where the store does not go on from what stands on Kafka.
    """
    if published:
        if log or covering > 1:
            message = "--published is of the last head on Kafka: leave --log and --covering out"
            raise Usage(message)
        _published(as_json=as_json)
        return
    with reading() as (_, found):
        of = found.log(log)
        head = with_kept(found, of, found.checkpoint(of, covering))
    if as_json:
        shown = {"origin": head.origin, "size": head.size, "root": base64_text(head.root), "note": head.note.decode()}
        print_json(shown)
    else:
        say(*head.note.decode().splitlines())


def _published(*, as_json: bool) -> None:
    """The last head on Kafka, beside the store's log. Raises Broken where that is not what it goes on from."""
    topic, note_there = published_head(settings())
    if note_there is None:
        raise Refused([f"no checkpoint stands on {topic}: the relay publishes each when it was signed"])
    try:
        head = open_checkpoint(note_there)
        with reading() as (_, found):
            lost = break_in(found, [note_there])
        why = lost.why if lost else ""
    except (Bad, Refused) as error:
        message = f"the last message on {topic} is no head of this ledger: {error}"
        raise Broken(message) from None
    if as_json:
        shown = {"origin": head.origin, "size": head.size, "root": base64_text(head.root), "note": head.note.decode()}
        print_json({"topic": topic, **shown, "goes_on": not why, "why": why})
        if why:
            raise typer.Exit(Broken.exit_code)
        return
    say(*head.note.decode().splitlines())
    if why:
        message = f"the store does not go on from the head on {topic}, which is printed above: {why}"
        raise Broken(message)
    note(f"the store goes on from it: the last head on {topic}")


@ledger.command()
def prove(
    position: Annotated[int, typer.Argument(help="Position of the entry, as `history` shows it")],
    to: Annotated[
        Path | None, typer.Option("--output", "-o", "--to", help="Write leaf and proof into this folder")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Prove that an entry is in the ledger: its leaf, and a c2sp.org/tlog-proof against the last signed head."""
    with reading() as (_, found):
        leaf = found.at_position(position)
        log = next(each for each in found.logs() if each.number == leaf.log)
        head = with_kept(found, log, found.checkpoint(log))
        proof = found.tree(log).prove(leaf.index, head)
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        write_whole(to / f"{position}.leaf.json", leaf.data, public=True)
        write_whole(to / f"{position}.tlog-proof", proof, public=True)
    if as_json:
        told = {"position": position, "log": log.origin, "index": leaf.index, "hash": base64_text(leaf_hash(leaf.data))}
        print_json({**told, "leaf": leaf.data.decode(), "proof": proof.decode()})
    elif to is not None:
        say(f"written: {to / f'{position}.leaf.json'} and {position}.tlog-proof")
    else:
        say(leaf.data.decode(), "", *proof.decode().splitlines())


@ledger.command()
def consistency(
    old: Annotated[str, typer.Argument(help="How many leaves the earlier head had, or a file with that checkpoint")],
    new: Annotated[int, typer.Argument(help="The later one; default: the last that was signed")] = 0,
    log: OfLog = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Prove that a log only grew between two heads; exit code 3 for an old checkpoint that is no beginning of it."""
    earlier = None if old.isascii() and old.isdigit() else open_checkpoint(notes_in([Path(old)])[0])
    with reading() as (_, found):
        of = found.log(earlier.origin if earlier else log)
        tree = found.tree(of)
        larger = new or found.checkpoint(of).size
        size = earlier.size if earlier else int(old)
        if earlier and signed_by_log(earlier, of) is None:
            raise Refused([f"this checkpoint of {of.origin} is not signed with the log's key: it proves nothing"])
        if earlier and size > of.size:
            message = f"{of.origin} has {of.size} leaves, and {size} were signed by that checkpoint: it was taken back"
            raise Broken(message)
        proof = tree.extends(size, larger)
        root, larger_root = earlier.root if earlier else tree.root(size), tree.root(larger)
    if not extends(size, larger, root, larger_root, proof):
        message = f"{of.origin} does not begin with the {size} leaves of that checkpoint: one of them was rewritten"
        raise Broken(message)
    if as_json:
        heads = {
            "old": {"size": size, "root": base64_text(root)},
            "new": {"size": larger, "root": base64_text(larger_root)},
        }
        print_json({"origin": of.origin, **heads, "proof": [*map(base64_text, proof)]})
    else:
        say(f"{of.origin}: {size} leaves, then {larger}; proof:", *map(base64_text, proof))


@ledger.command(epilog="Example: roznamcha ledger witness POLICY.txt")
def witness(
    policy: Annotated[Path, typer.Argument(help="A policy (c2sp.org/tlog-policy) with the witnesses' URLs")],
    log: OfLog = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Have the last signed head cosigned by every witness of a policy; exit code 3 if one has seen another history.

    What they give is kept with the head. Of a log that has ended they are asked only where nothing is kept.
    """
    from roznamcha.ledger.witnessing import policy_in, witnessed, witnesses_in

    text = policy_in(policy)
    if not any(witnesses_in(text)):
        raise Refused([f"nobody was asked: {policy} has no witness with an address (witness NAME VKEY URL)"])
    with reading(only=False) as (_, found):
        of = found.log(log)
        last = found.logs()[-1].number == of.number
        head = witnessed(found.tree(of), found.checkpoint(of), text, anew=last)
    if as_json:
        names = [name for name, _ in head.signatures if name != head.origin]
        print_json({"origin": head.origin, "size": head.size, "witnesses": names, "note": head.note.decode()})
    else:
        say(*head.note.decode().splitlines())


ledger.command(epilog="Example: roznamcha ledger stamp --tsa https://tsa.example/tsr")(stamp)
ledger.command()(stamps)
ledger.command()(export_tiles)


@ledger.command()
def audit(against: Against = None, *, as_json: AsJson = False) -> None:
    """Make every leaf again from its entry, every tile from the leaves, and look at every signature. Mends nothing.

    Exit code 3 where something was rewritten or is gone; 1 where only times disagree: a clock was wrong, or an entry is
    back-dated.
    """
    notes = notes_in(against)
    with reading() as (office, found), progress_bar("auditing", shown=not as_json) as progress:
        remembered = memory_of(office.settings).read()
        kept = [*notes, *([remembered] if remembered else []), *kept_on_kafka(office)]
        result = audit_all(found, office.catalogue, kept, progress)
    if as_json:
        print_json(result.shown())
    else:
        say(*result.wrong[:20], *result.times, *(each.words for each in result.breaks))
        say(f"{result.leaves:,} leaves of {result.entries:,} entries, {many(result.checkpoints, 'checkpoint')}: "
            f"{'nothing is wrong' if result.ok else many(len(result.wrong), 'thing') + ' wrong'}"
            f"{'; times disagree' if result.times else ''}")  # fmt: skip
    if not result.ok or result.times:
        raise typer.Exit(Refused.exit_code if result.ok else Broken.exit_code)


ledger.command()(discontinuity)
