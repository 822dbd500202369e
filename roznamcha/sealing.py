"""Sealed columns: a person's name is written so that only that person's key in that record opens it.

A sealed value is the RFC 9901 disclosure `[salt, name, value]` as base64url text. What is stored is its SHA-256 and the
text under AES-256-GCM. Keys are drawn per person and record, kept in a table of their own, and wrapped by a key that
lies in the data folder and never in the database. Destroying a person's key makes value and salt unreadable in every
copy, while every proof still verifies.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from psycopg.rows import tuple_row

from domain.event import Event, Meta, Sealed, changed
from domain.shape import Shape, columns, once
from roznamcha.errors import Broken, Refused
from roznamcha.master_key import load_master_key
from roznamcha.recorder import Datastore
from schemas import Catalogue

NONCE = 12
KEPT = 50_000
"""How many persons' keys are held in memory before the oldest are forgotten."""
HELD = 60.0
"""Seconds for which a process may still read with a key that another one has destroyed by order."""
KEYS = """
    SELECT k.record_id, k.person, k.wrapped, coalesce((SELECT max(d.version) FROM roznamcha.keys_destroyed d
        WHERE (d.record_id, d.person) = (k.record_id, k.person)), -1)
    FROM unnest(%s::uuid[], %s::text[]) AS w(record_id, person) JOIN roznamcha.person_keys k USING (record_id, person)
"""

T = TypeVar("T")
Person = tuple[UUID, str]
Change = Callable[[str, str, Sealed], Sealed]
"""From person, path and value to the value that takes its place."""


class Keys(NamedTuple):
    """What is made of one person's key in one record: what shuts boxes, and what the keys of documents come from.

    Boxes of entries up to `after` were shut with an earlier key, which was destroyed by order.
    """

    boxes: AESGCM
    documents: bytes
    after: int


class Keyring:
    """Seals and opens the personal columns of entries, and keeps the persons' keys."""

    def __init__(self, datastore: Datastore, catalogue: Catalogue, master: bytes) -> None:
        """Keep keys in `datastore`, wrapped under `master`."""
        self._datastore = datastore
        self._catalogue = catalogue
        self._wrapping = hmac.digest(master, b"roznamcha: wrap persons' keys", "sha256")
        self._commands = hmac.new(hmac.digest(master, b"roznamcha: digest of commands", "sha256"), None, "sha256")
        self._snapshots = hmac.new(hmac.digest(master, b"roznamcha: snapshots of records", "sha256"), None, "sha256")
        self._keys: dict[Person, Keys] = {}
        self._since = time.monotonic()

    def command_digest(self, content: bytes) -> bytes:
        """A digest that shows whether two commands are the same, and nothing else to anybody without the key."""
        return _keyed(self._commands, content)

    def snapshot_digest(self, content: bytes) -> bytes:
        """A digest that nobody without the key can make: what stands under it was written by this program."""
        return _keyed(self._snapshots, content)

    def ready(self, events: Iterable[tuple[UUID, Event[Any]]]) -> None:
        """Draw and store the keys that these acts' persons still need, before anything is sealed with them."""
        wanted: set[Person] = set()
        for record_id, event in events:
            for person, _, _ in self._walk(event):
                if (record_id, person) not in self._keys:
                    wanted.add((record_id, person))
        if wanted:
            self._fetch(wanted, make=True)

    def seal(self, event: Event[Any]) -> Event[Any]:
        """The act with every personal column sealed. Its persons' keys must be `ready`."""
        meta = event.meta

        def close(person: str, path: str, value: Sealed) -> Sealed:
            if value.text is None:
                message = f"{event.name}: {path} arrived sealed; it must be given in the clear to be entered"
                raise Refused([message])
            salt = _b64(secrets.token_bytes(16))
            text = _b64(json.dumps([salt, path, value.text], ensure_ascii=False).encode())
            nonce = secrets.token_bytes(NONCE)
            box = self._keys[meta.record_id, person].boxes.encrypt(nonce, text.encode(), _bound(meta.entry_id, path))
            return Sealed(person, hashlib.sha256(text.encode()).digest(), nonce + box)

        return self._mapped(event, close)

    def open(self, event: Event[Any], whose: Callable[[str], bool] = lambda _: True) -> Event[Any]:
        """The entry with every box opened whose person's key still exists; the others stay shut, as do others' boxes.

        Raises Broken when a box was changed, or doesn't fit its digest.
        """
        self._to_read({person for person, _, _ in self._walk(event)}, event.meta.record_id)

        def unbox(person: str, path: str, value: Sealed) -> Sealed:
            text = self._unboxed(event.meta, person, path, value) if whose(person) else None
            if text is None:
                return value
            _, _, opened = json.loads(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
            return changed(value, text=opened)

        return self._mapped(event, unbox)

    def sealed(self, event: Event[Any]) -> Iterator[tuple[str, str, bytes]]:
        """(person, path, digest) of every sealed column of an entry."""
        return ((person, path, value.digest) for person, path, value in self._walk(event))

    def disclosures(self, event: Event[Any]) -> dict[bytes, str]:
        """The disclosure in every box whose person's key still exists, by its digest: what is shown to a court.

        Raises Broken as `open` does. Whoever shows one enters that it was read.
        """
        found, walked = dict[bytes, str](), list(self._walk(event))
        self._to_read({person for person, _, _ in walked}, event.meta.record_id)
        for person, path, value in walked:
            text = self._unboxed(event.meta, person, path, value)
            if text is not None:
                found[value.digest] = text.decode()
        return found

    def _to_read(self, persons: set[str], record_id: UUID) -> None:
        """Have these persons' keys at hand, as they were stored a minute ago at the latest."""
        if time.monotonic() - self._since > HELD:
            self.forget()
        self._fetch({(record_id, each) for each in persons} - self._keys.keys(), make=False)

    def _unboxed(self, meta: Meta, person: str, path: str, value: Sealed) -> bytes | None:
        """The disclosure in a box; None where the person's key is gone, or is a later one."""
        key, entry_id = self._keys.get((meta.record_id, person)), meta.entry_id
        if key is None or meta.version <= key.after:
            return None
        try:
            text = key.boxes.decrypt(value.box[:NONCE], value.box[NONCE:], _bound(entry_id, path))
        except InvalidTag:
            message = f"a sealed column of entry {entry_id} does not open with its person's key: it was changed"
            raise Broken(message) from None
        if hashlib.sha256(text).digest() != value.digest:
            message = f"a sealed column of entry {entry_id} does not fit its digest"
            raise Broken(message)
        return text

    def _fetch(self, wanted: set[Person], *, make: bool) -> None:
        """Load keys, after drawing the missing ones. Two processes may draw for one person: the first stored one holds.

        If we die here, a key exists that seals nothing yet: harmless.
        """
        if not wanted:
            return
        records, persons = [each[0] for each in wanted], [each[1] for each in wanted]
        with self._datastore.get_connection() as connection:
            cursor = connection.cursor(row_factory=tuple_row)
            if make:
                drawn = [aes_key_wrap(self._wrapping, secrets.token_bytes(32)) for _ in wanted]
                cursor.execute(
                    "INSERT INTO roznamcha.person_keys SELECT * FROM unnest(%s::uuid[], %s::text[], %s::bytea[]) "
                    "ON CONFLICT DO NOTHING",
                    (records, persons, drawn),
                )
            found = cursor.execute(KEYS, (records, persons)).fetchall()
        if len(self._keys) > KEPT:
            for key in list(self._keys)[: KEPT // 2]:
                del self._keys[key]
        for record_id, person, wrapped, after in found:
            try:
                unwrapped = aes_key_unwrap(self._wrapping, bytes(wrapped))
                documents = hmac.digest(unwrapped, b"roznamcha: documents of this person", "sha256")
                self._keys[record_id, person] = Keys(AESGCM(unwrapped), documents, after)
            except InvalidUnwrap:
                message = "the persons' keys were wrapped under another master key: restore keys/master.key"
                raise Broken(message) from None

    def document_key(self, person: Person, digest: bytes, *, make: bool = False) -> bytes | None:
        """The key of one document, by its own SHA-256; None where the person's key is gone. `make` draws that first."""
        if person not in self._keys:
            self._fetch({person}, make=make)
        keys = self._keys.get(person)
        return hmac.digest(keys.documents, digest, "sha256") if keys else None

    def prove(self, person: Person) -> None:
        """Raise Broken when this person's key was wrapped under another master key."""
        self._fetch({person}, make=False)

    def forget(self, record_id: UUID | None = None, persons: Iterable[str] = ()) -> None:
        """Drop keys held in memory, so that destroyed ones are gone here too: of these persons of a record, or all."""
        if record_id is None:
            self._keys.clear()
            self._since = time.monotonic()
            return
        for person in persons:
            self._keys.pop((record_id, person), None)

    def _walk(self, event: Event[Any]) -> Iterator[tuple[str, str, Sealed]]:
        """(person, path, value) of every sealed column."""
        found: list[tuple[str, str, Sealed]] = []

        def note(person: str, path: str, value: Sealed) -> Sealed:
            found.append((person, path, value))
            return value

        self._mapped(event, note)
        return iter(found)

    def _mapped(self, event: Event[Any], change: Change) -> Event[Any]:
        if not sealed_columns(type(event)):
            return event
        schema = self._catalogue.latest[event.name]
        return _changed(event, {field["name"]: field for field in schema.fields}, "", change)


def open_keyring(datastore: Datastore, catalogue: Catalogue, path: Path) -> Keyring:
    """The keyring under the master key at `path`, which is made only for a store in which nothing was entered yet.

    Raises Broken when the key is gone, or is another one than that under which the store was begun: what would be
    entered under a second key could never be read together with the rest.
    """
    with datastore.get_connection() as connection:
        cursor = connection.cursor(row_factory=tuple_row)
        begun = cursor.execute("SELECT EXISTS (SELECT FROM roznamcha.commands)").fetchone()
        sample = cursor.execute("SELECT record_id, person FROM roznamcha.person_keys LIMIT 1").fetchone()
    if begun and begun[0] and not path.exists():
        message = f"the master key {path} is gone, and this store was begun under it: restore it from its safe copy"
        raise Broken(message)
    keyring = Keyring(datastore, catalogue, load_master_key(path))
    if sample:
        keyring.prove((sample[0], sample[1]))
    return keyring


EMPTY = Sealed()


@once
def sealed_columns(cls: type) -> tuple[str, ...]:
    """The columns of an act, or of a part of one, that hold personal data in themselves or deeper down."""

    def holds(shape: Shape) -> bool:
        inner = [shape.inner] if shape.inner else []
        return shape.kind == "sealed" or any(map(holds, [*inner, *(column.shape for column in shape.columns)]))

    return tuple(column.name for column in columns(cls) if holds(column.shape))


def without_text(owner: T) -> T:
    """An act whose sealed columns say that something is there and not what: so much is all that a rule may know."""
    changes = {name: _emptied(value) for name in sealed_columns(type(owner)) if (value := getattr(owner, name))}
    return changed(owner, **changes) if changes else owner


def _emptied(value: Any) -> Any:  # noqa: ANN401 (whatever a column with something sealed in it holds)
    if isinstance(value, Sealed):
        return EMPTY
    return tuple(map(_emptied, value)) if isinstance(value, tuple) else without_text(value)


def _changed(owner: T, fields_by_name: Mapping[str, Any], path: str, change: Change) -> T:
    """A copy of a dataclass with every sealed value in it changed, those of its parts too."""
    changes: dict[str, Any] = {}
    for name in sealed_columns(type(owner)):
        value = getattr(owner, name)
        if value is None:
            continue
        new = _value(owner, value, fields_by_name[name], f"{path}{name}", change)
        if new is not value:
            changes[name] = new
    return changed(owner, **changes) if changes else owner


def _value(owner: Any, value: Any, field: Mapping[str, Any], path: str, change: Change) -> Any:  # noqa: ANN401
    if isinstance(value, Sealed):
        person = field["sealed"]
        if person.startswith("@"):
            person = str(getattr(owner, person[1:]))
        return change(value.person or person, path, value)
    if isinstance(value, tuple):
        new = tuple(_value(owner, each, field, f"{path}.{n}", change) for n, each in enumerate(value))
        return value if all(a is b for a, b in zip(new, value, strict=True)) else new
    if is_dataclass(value) and not isinstance(value, type):
        inner = record_type(field["type"])
        return _changed(value, {each["name"]: each for each in inner["fields"]}, f"{path}.", change)
    return value


def record_type(avro: Any) -> Mapping[str, Any]:  # noqa: ANN401 (Avro JSON)
    """The record inside an optional or a list."""
    while not (isinstance(avro, dict) and "fields" in avro):
        avro = avro["items"] if isinstance(avro, dict) else next(each for each in avro if each != "null")
    return avro


def _bound(entry_id: UUID, path: str) -> bytes:
    """What a box is bound to, so that it can't be moved to another entry or column."""
    return entry_id.bytes + path.encode()


def _keyed(begun: hmac.HMAC, content: bytes) -> bytes:
    """HMAC-SHA-256 of this under a key that was taken in already: `hmac.digest` makes other threads' turn of each."""
    made = begun.copy()
    made.update(content)
    return made.digest()


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
