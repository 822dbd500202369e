"""The ledger's keys from the command line: drawn, and their public halves shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from consumers.embedded import connected
from roznamcha.commands.ledger_ending import rotate
from roznamcha.errors import Refused, Usage
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.keys import keys_of
from roznamcha.ledger.notes import Signer, pem_of, vkey_of
from roznamcha.office import open_office
from roznamcha.screen import AsJson, print_json, say, table
from roznamcha.settings import settings

key = typer.Typer(help="The keys under which the ledger is signed, one for each log.", no_args_is_help=True)
key.command("rotate")(rotate)


@key.command("new")
def new_key(
    name: Annotated[str, typer.Option(help="What all logs of this deployment begin with: tlog.example/cg")] = "",
    year: Annotated[int | None, typer.Option(min=1970, max=9999, help="Of which year; default: this one")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Draw the key of a year's log, and print its public half. From then on `up` keeps the ledger."""
    keys, begun = keys_of(settings()), _begun()
    if not name and not begun and not any(keys.all()):
        how = "`roznamcha ledger key new --name tlog.example/cg`, with a name of your own"
        raise Refused([f"the first key needs a name, which stays for ever: {how}"])
    base = keys.base(name, begun[0].rpartition("/")[0] if begun else "")
    before, origin = {each.name for each in keys.all()}, f"{base}/{year or datetime.now(UTC).year}"
    made = keys.signer(origin) if origin in begun else keys.make(origin)  # a log that has begun keeps its key
    if as_json:
        print_json(_public(made))
    else:
        was = "drawn before, and" if made.name in before else "drawn now, and"
        say(vkey_of(made.key))
        say(f"{was} kept in {keys.folder}: take a copy to a safe place, and give others the line above")


@key.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """Print the public half of every key that is here."""
    found = [_public(each) for each in keys_of(settings()).all()]
    if as_json:
        print_json(found)
    else:
        table("keys of the ledger", ("log", "public key"), [(each["origin"], each["vkey"]) for each in found])


def _begun() -> list[str]:
    """The logs of the store in force; none where none was begun, or no store is there yet."""
    try:
        with open_office(settings(), reading=True) as office, connected(office.url) as connection:
            return [each.origin for each in Ledger(connection).logs()]
    except Usage:  # nothing was ever entered here: the key may come before the first entry
        return []


def _public(signer: Signer) -> dict[str, str]:
    """The public half, for a policy and for openssl."""
    return {"origin": signer.name, "vkey": vkey_of(signer.key), "pem": pem_of(signer.key)}
