"""Witnesses: others who look at each head and say that they have seen no other history (c2sp.org/tlog-witness).

A witness keeps the last head of this log that it has seen, and cosigns only what goes on from it. So it also knows when
the log was taken back. Which witnesses there are, and where, stands in the policy.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx

from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.ledger.cosigning import keep, kept
from roznamcha.ledger.kept import Tree
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.verify import Bad, Checkpoint, Key, open_checkpoint, policy_text, read_policy, signed_by
from roznamcha.settings import masked

PATIENCE = 20.0
"""Seconds in which a witness must answer."""


def policy_in(path: Path) -> str:
    """The text of a policy. Raises Usage for a file that can't be read, Refused for one that is none."""
    try:
        text = policy_text(path.read_bytes())
        read_policy(text)
    except OSError as error:
        message = f"the policy {path} cannot be read: {type(error).__name__}"
        raise Usage(message) from None
    except Bad as bad:
        raise Refused([f"{path}: {bad}"]) from None
    return text


def witnesses_in(policy: str) -> Iterator[tuple[Key, str]]:
    """Key and URL of each witness that has a URL in the policy. Raises Refused for a policy that is none."""
    try:
        keys = read_policy(policy).witnesses
    except Bad as bad:
        raise Refused([str(bad)]) from None
    for words in map(str.split, policy.splitlines()):
        if len(words) == 4 and words[0] == "witness":  # noqa: PLR2004 (witness NAME VKEY URL)
            yield keys[words[1]], words[3]


def cosigned(tree: Tree, head: Checkpoint, key: Key, url: str) -> bytes:
    """The line with which a witness cosigns a head. Raises Unavailable when it doesn't.

    Raises Broken when it has seen more of this log than there is, or another history.
    """
    answer = _ask(tree, head, 0, key, url)
    if answer.status_code == httpx.codes.CONFLICT:
        told = answer.text.strip()
        seen = int(told) if told.isascii() and told.isdigit() and len(told) < 19 else -1  # noqa: PLR2004 (a long)
        if seen > head.size:
            message = (
                f"{key.name} has seen {seen} leaves of {head.origin}, and this head has {head.size}: take a later head"
            )
            raise Broken(message) if seen > tree.log.size else Unavailable(message)
        if seen > 0:
            answer = _ask(tree, head, seen, key, url)
    if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        message = f"{key.name} has seen another history of {head.origin} than this one"
        raise Broken(message)
    if answer.status_code != httpx.codes.OK:
        message = f"the witness {key.name} does not cosign: status {answer.status_code}"
        raise Unavailable(message)
    return _line(head, key, answer.content)


def _line(head: Checkpoint, key: Key, told: bytes) -> bytes:
    """The witness's own line in its answer, if it has signed this head."""
    for line in told.splitlines(keepends=True):
        try:
            if signed_by(key, open_checkpoint(head.body + b"\n" + line)):
                return line
        except Bad:
            continue
    message = f"the witness {key.name} has answered, and not signed this head"
    raise Unavailable(message)


def _ask(tree: Tree, head: Checkpoint, seen: int, key: Key, url: str) -> httpx.Response:
    proof = tree.extends(seen, head.size) if seen else []
    lines = [f"old {seen}\n", *(f"{base64_text(each)}\n" for each in proof)]
    body = "".join(lines).encode() + b"\n" + head.note
    try:
        return httpx.post(f"{url.rstrip('/')}/add-checkpoint", content=body, timeout=PATIENCE)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        message = f"the witness {key.name} at {masked(url)} is away: {type(error).__name__}"
        raise Unavailable(message) from None


def witnessed(tree: Tree, head: Checkpoint, policy: str, *, anew: bool = False) -> Checkpoint:
    """A signed head with the lines of the policy's witnesses: those that are kept, and what the others give now.

    What they give is kept at once. With `anew` each that has an address is asked, so that it may refuse what it has
    seen otherwise: a store that was taken back has lines of that time. Raises as `cosigned` does.
    """
    found = kept(tree.ledger, tree.log, head)
    for key, url in witnesses_in(policy):
        if anew or key not in found:
            line = cosigned(tree, head, key, url)
            keep(tree.ledger, tree.log, head, key, line)
            found.setdefault(key, line)
    known = read_policy(policy).witnesses.values()
    return open_checkpoint(head.note + b"".join(found[key] for key in known if key in found))
