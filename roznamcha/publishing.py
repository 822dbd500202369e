"""Takes the schemas to another registry, under the very ids that stand in every stored entry, or not at all.

Entries name their schema by its id in `schemas.lock`, so another registry is of use only if it has each schema under
that id. All is compared before anything is written; a registry that has another schema in one of our places is refused.
A subject is open for import only while its schema is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from roznamcha.errors import Broken, Refused, Unavailable
from roznamcha.settings import masked
from roznamcha.subjects import LEVEL, Line, SchemaBook
from schemas.sameness import same

PATIENCE = 20.0
"""Seconds that one answer may take."""
NAMED = 5
"""So many differences are named; the others are counted."""
NO_MODES = {405, 501}
"""How registries that know no modes answer; most say that there is no such thing."""
CONTENT = "application/vnd.schemaregistry.v1+json"


class Declined(Exception):
    """The other registry says no. The message is its status and code, never its words."""

    def __init__(self, status: int, code: object) -> None:
        """With an HTTP status and the registry's own code."""
        super().__init__(f"status {status}, {code}")
        self.status = status


def is_url(url: str) -> bool:
    """Whether a registry can be asked at this address at all."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


class Other:
    """Another registry, spoken to over HTTP."""

    def __init__(self, url: str) -> None:
        """Nothing is asked yet. A name and password in the URL are used, and shown nowhere."""
        self.named = masked(url)
        try:
            self._client = httpx.Client(base_url=url, timeout=PATIENCE, headers={"content-type": CONTENT})
        except (httpx.InvalidURL, ValueError):
            self._client = httpx.Client(base_url="http://invalid./")

    def ask(self, method: str, *path: object, json: object = None, params: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 (its JSON)
        """What it answers; None when there is no such thing. Raises Declined for a no, Unavailable when it's away."""
        target = "/".join(quote(str(part), safe="") for part in path)
        try:
            answer = self._client.request(method, f"/{target}", json=json, params=params)
            found = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"the registry at {self.named} is away: {type(error).__name__}"
            raise Unavailable(message) from None
        except ValueError:
            message = f"what answers at {self.named} is no schema registry (status {answer.status_code}, not JSON)"
            raise Unavailable(message) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        code = found.get("error_code", "no code") if isinstance(found, dict) else "no code"
        if answer.is_server_error or answer.status_code in {401, 403, 429}:
            message = f"the registry at {self.named} does not serve us: status {answer.status_code}, {code}"
            raise Unavailable(message)
        if not answer.is_success:
            raise Declined(answer.status_code, code)
        return found

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


@contextmanager
def other_registry(url: str) -> Iterator[Other]:
    """Another registry for as long as the block runs."""
    other = Other(url)
    try:
        yield other
    finally:
        other.close()


@dataclass
class Compared:
    """What another registry has of our schemas."""

    there: list[Line] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """Where it has something else in one of our places."""
    open: list[str] = field(default_factory=list)
    """Subjects that someone left open for import."""
    unlevelled: list[str] = field(default_factory=list)
    """Subjects with versions, and no level of their own: a publisher died before it was set."""

    def insist(self, named: str) -> None:
        """Raise Broken when anything is wrong."""
        if self.wrong:
            message = f"the registry at {named} is not ours to use, nothing was published: {_first(self.wrong)}"
            raise Broken(message)


def _first(told: list[str]) -> str:
    """The first of many things to tell, and how many more there are."""
    more = [f"and {len(told) - NAMED} more"] if len(told) > NAMED else []
    return " · ".join([*told[:NAMED], *more])


def compare(book: SchemaBook, other: Other) -> Compared:
    """Compare every subject, version and id. Raises Unavailable, also when what answers is no registry."""
    if not isinstance(_asked(other, "subjects"), list):
        message = f"what answers at {other.named} is no schema registry: it has no list of subjects"
        raise Unavailable(message)
    found = Compared()
    for subject, lines in book.subjects.items():
        mine = {line.version: line for line in lines}
        versions = _versions(other, subject)
        for version in versions:
            line = mine.pop(version, None)
            if line is None:
                found.wrong.append(f"{subject} has a version {version} there, which schemas.lock hasn't")
            elif (wrong := _differs(line, _asked(other, "subjects", subject, "versions", version))) is not None:
                found.wrong.append(wrong)
            else:
                found.there.append(line)
        found.missing += mine.values()
        mode = _asked(other, "mode", subject) if versions else None
        if isinstance(mode, dict) and mode.get("mode") == "IMPORT":
            found.open.append(subject)
        if versions and _asked(other, "config", subject) is None:
            found.unlevelled.append(subject)
    # Each schema once, in the order of the ids, then where else it is carried: a registry that can't be told an id, and
    # counts them itself, then comes to the same ones if it is new. What it gave is looked at either way.
    found.missing.sort(key=lambda line: (line is not book.by_id[line.id][0], line.id))
    for line in {line.id: line for line in found.missing}.values():
        held = _asked(other, "schemas", "ids", line.id)
        if held is not None and not same(str(held.get("schema")), line.schema.complete):
            found.wrong.append(f"id {line.id} is taken there by another schema than {line}")
    return found


def _asked(other: Other, *path: object) -> Any:  # noqa: ANN401 (its JSON)
    try:
        return other.ask("GET", *path)
    except Declined as declined:
        message = f"the registry at {other.named} cannot be compared with ours: {declined}"
        raise Unavailable(message) from None


def _versions(other: Other, subject: str) -> list[int]:
    found = _asked(other, "subjects", subject, "versions")
    return found if isinstance(found, list) else []


def _differs(line: Line, held: Any) -> str | None:  # noqa: ANN401 (its JSON)
    """What is wrong with a version as the other registry has it; None when nothing is."""
    held = held if isinstance(held, dict) else {}
    if held.get("id") != line.id:
        return f"{line} has the id {held.get('id')} there and {line.id} in schemas.lock"
    if not same(str(held.get("schema")), line.schema.complete):
        return f"{line} is another schema there"
    return None


def missing(book: SchemaBook, other: Other) -> list[Line]:
    """What the other registry lacks, in the order in which it is written. Raises as `publish` does; writes nothing."""
    found = compare(book, other)
    found.insist(other.named)
    return found.missing


def publish(book: SchemaBook, other: Other) -> list[Line]:
    """Bring what is missing to the other registry; give what that was.

    Raises Broken when it has, or gives, anything else in one of our places; what was written by then is taken back.
    Raises Refused when it opens no subject for us, or leaves one open, Unavailable when it goes away: what was written
    by then is right, and the next time goes on from there.
    """
    found = compare(book, other)
    found.insist(other.named)
    written: list[Line] = []
    try:
        for subject in found.open:  # a publisher died while it was open
            _set_mode(other, subject, "READWRITE")
        for subject in found.unlevelled:
            _set_level(other, subject)
        for line in found.missing:
            _write(other, line, written, first=all(each.subject != line.subject for each in [*found.there, *written]))
    except Declined as declined:  # to close a subject, or to set its level
        reason = (
            f"the registry at {other.named} takes schemas and does not finish them ({declined}): a subject may be left "
            "open for import. Let it change modes and levels, and publish again"
        )
        raise Refused([reason]) from None
    return written


def _write(other: Other, line: Line, written: list[Line], *, first: bool) -> None:
    """Write one version under its id, with the subject open only for that."""
    opened = _open(other, line.subject, first=first)
    try:
        # dies here: the subject stays open for import, and the next time finds and closes it
        written.append(line)
        told = _post(other, line)
    except Declined as declined:
        left = _take_back(other, written[:-1])
        reason = f"the registry at {other.named} does not take {line} ({declined}). {left}"
        raise Refused([reason]) from None
    finally:
        if opened:
            _set_mode(other, line.subject, "READWRITE")
    if told != line.id:
        message = (
            f"the registry at {other.named} does not keep our ids: {line} has the id {line.id} in schemas.lock, and it "
            f"gave {told}. {_take_back(other, written)}; use one with an import mode, or a new and empty one"
        )
        raise Broken(message)
    if unlike := _differs(line, _asked(other, "subjects", line.subject, "versions", line.version)):
        message = f"the registry at {other.named} does not keep what it takes: {unlike}. {_take_back(other, written)}"
        raise Broken(message)
    if first:
        _set_level(other, line.subject)


def _post(other: Other, line: Line) -> object:
    """Post a version; give the id that the registry says it has."""
    sent = {"schema": line.schema.complete, "schemaType": "AVRO", "id": line.id, "version": line.version}
    given = other.ask("POST", "subjects", line.subject, "versions", json=sent)
    return given.get("id") if isinstance(given, dict) else None


def _open(other: Other, subject: str, *, first: bool) -> bool:
    """Open a subject for import; False where a registry has no modes: what id it gives is looked at either way.

    Raises Refused when it has them and doesn't open.
    """
    try:
        return _set_mode(other, subject, "IMPORT", force=not first)
    except Declined as declined:
        if declined.status in NO_MODES:
            return False
        reason = f"the registry at {other.named} does not open {subject} for import ({declined}): let it change modes"
        raise Refused([reason]) from None


def _set_mode(other: Other, subject: str, mode: str, *, force: bool = False) -> bool:
    """Open or close a subject, by force if it has versions already; False where there are no modes."""
    answer = other.ask("PUT", "mode", subject, json={"mode": mode}, params={"force": "true"} if force else {})
    return answer is not None


def _set_level(other: Other, subject: str) -> None:
    other.ask("PUT", "config", subject, json={"compatibility": LEVEL})


def _take_back(other: Other, written: list[Line]) -> str:
    """Remove what was written just now, newest first; in words what came of it."""
    if not written:
        return "Nothing was written"
    left = 0
    for line in reversed(written):
        try:
            for how in ({}, {"permanent": "true"}):
                other.ask("DELETE", "subjects", line.subject, "versions", line.version, params=how)
        except (Declined, Unavailable):
            left += 1
    if left:
        return f"{left} of the {len(written)} versions written just now could not be taken back: remove them there"
    return "What was written just now was taken back"
