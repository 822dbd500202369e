"""The leaf: made of the stored entry alone, the same for ever, and silent on what was done and to whom."""

from __future__ import annotations

import base64
import copy
import json
import random
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consumers import entries
from domain.event import Sealed, changed
from roznamcha.errors import Broken, Refused
from roznamcha.ledger.added import New, rows_of
from roznamcha.ledger.canonical import canonical
from roznamcha.ledger.disclosing import b64
from roznamcha.ledger.leaf import Chain, Entries, Entry
from roznamcha.ledger.tiles import LARGEST
from roznamcha.ledger.verify import leaf_hash, opens
from schemas import VIEW, catalogue
from schemas.codec import as_written
from tests.acts import act
from tests.ledger import plain_leaf

GOLDEN = [json.loads(line) for line in (Path("schemas") / "golden.jsonl").read_text("utf-8").splitlines()]
STATES = {
    (each["name"], each["version"]): bytes.fromhex(each["hex"]) for each in GOLDEN if not each["name"].startswith(VIEW)
}
ORIGIN = "tlog.example/cg/2026"


def entry(name: str = "case.PropertySeized", version: int = 1) -> Entry:
    """The golden entry of an act."""
    return Entries(catalogue()).read(STATES[name, version])


def opened(text: str) -> list[Any]:
    """What a disclosure says."""
    value: list[Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return value


def test_json_has_one_form() -> None:
    """Strings and keys as RFC 8785 section 3.2 writes them; what has several forms is refused."""
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical(text) == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'.encode()
    assert canonical({"b": [None, True, -1], "a": "\u007f"}) == b'{"a":"\x7f","b":[null,true,-1]}'
    for value in (1.5, 2**53, {1: 2}, {"\u0905": 1}, b"", {"a": [{"b": float("nan")}]}):
        with pytest.raises(TypeError, match="has no one form"):
            canonical(value)


def test_a_disclosure_is_hashed_as_the_rfc_has_it() -> None:
    """The example of RFC 9901 section 4.2.3: the digest is that of the base64url text."""
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert opened(text)[1:] == ["family_name", "Möbius"]
    assert b64(sha256(text.encode()).digest()) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    for each in entry().disclosures:
        if each.name and each.text is not None:
            assert each.digest == b64(sha256(each.text.encode()).digest())


def test_one_nothing_opens_them_all() -> None:
    """It says how many more there are, and they are blocks of the hash of its text; without it nobody tells them."""
    for state in STATES.values():
        found = Entries(catalogue()).read(state)
        nothings = [each for each in found.disclosures if not each.name]
        entered = {each.digest for each in found.disclosures}
        if nothings:
            (text,) = {each.text for each in nothings}
            assert text is not None
            assert opened(text)[1:] == ["", len(nothings) - 1]
            assert opens(text, entered) == [each.digest for each in nothings]
            assert not opens(text, entered - {nothings[-1].digest})
        for each in found.disclosures:
            if each.name and each.text is not None:
                assert opens(each.text, entered) == [each.digest]


def test_the_leaf_of_an_entry_never_changes() -> None:
    """Its bytes, once and for ever: whoever changes them makes every earlier log unprovable."""
    leaf = entry().leaf(ORIGIN, 41, Chain(2, b"h" * 32))
    told = json.loads(leaf)
    assert len(told.pop("_sd")) == 32
    assert told == {
        "v": 1, "log": ORIGIN, "position": 41, "entry": "00010203-0405-0607-0809-0a0b0c0d0e0f", "kind": "case",
        "record": "00010203-0405-0607-0809-0a0b0c0d0e0f", "version": 1782962400000000, "place": 3,
        "prev": b64(b"h" * 32),
        "at": "2026-07-02T03:20:00.000000Z", "state": b64(sha256(STATES["case.PropertySeized", 1]).digest()),
        "_sd_alg": "sha-256",
    }  # fmt: skip
    assert leaf_hash(leaf).hex() == "5f91e389abd6aa3f9694054ec063d8326b3e6bd7bd9c7e5baa3e3d801cd8ddd7"


def test_the_leaf_is_what_the_words_say() -> None:
    """Of every schema that was ever released, made again column by column from the words: the same bytes."""
    read = Entries(catalogue())
    for state in STATES.values():
        for place, before in ((0, None), (7, b"h" * 32)):
            ours = read.ready(state).leaf(ORIGIN, 41, Chain(place - 1, before))
            assert ours == plain_leaf.leaf(catalogue(), state, ORIGIN, 41, place, before)


def test_whatever_stands_in_a_column() -> None:
    """Texts of any script and length, nothings, quotes, control signs, numbers beyond 2**53, parts within parts."""
    texts = ["", "x", "xy", "xyz", 'a"b\\', "\x00\x1f\n\u2028\x7f", "थाना कोतवाली", "\U0001f6a8" * 50]
    schema, known = as_written(catalogue(), STATES["case.PropertySeized", 1])
    for n in range(300):
        record, chance = copy.deepcopy(known), random.Random(n)
        twist(record, chance, texts)
        state = STATES["case.PropertySeized", 1][:5] + schema.write(record)
        ours = Entries(catalogue()).ready(state).leaf(ORIGIN, n, Chain())
        assert ours == plain_leaf.leaf(catalogue(), state, ORIGIN, n, 0, None)


def twist(node: Any, chance: random.Random, texts: list[str]) -> None:
    """Put other values in place of texts and numbers, and repeat or drop what stands in lists."""
    for key, each in list(node.items()) if isinstance(node, dict) else list(enumerate(node)):
        if isinstance(each, str):
            node[key] = chance.choice(texts)
        elif isinstance(each, bytes):
            node[key] = chance.randbytes(len(each))
        elif type(each) is int:
            node[key] = chance.choice([0, 1, -1, 1_800_000_000_000_000, each])
        elif isinstance(each, dict | list):
            twist(each, chance, texts)
            if isinstance(each, list) and each:
                node[key] = each * chance.randrange(4)


def test_every_act_has_a_leaf() -> None:
    """Of every schema that was ever released: canonical, some KiB at most, with a power of two of digests."""
    read = Entries(catalogue()).read
    for (name, _), state in STATES.items():
        found = read(state)
        leaf = found.leaf(ORIGIN, 1, Chain())
        told = json.loads(leaf)
        assert canonical(told) == leaf
        assert len(leaf) < 8192
        assert len(told["_sd"]) in {16, 32, 64, 128}, name
        assert told["_sd"] == sorted(each.digest for each in found.disclosures)
        assert (told["place"], told["prev"]) == (0, None)


def test_the_columns_are_shown_as_a_court_reads_them() -> None:
    """Times, dates and parts in words; a sealed column inside a part by its digest, which opens by itself."""
    columns = {each.name: each for each in entry().disclosures}
    shown = {name: opened(each.text)[2] for name, each in columns.items() if each.text}
    assert shown["meta.act"]["name"] == "case.PropertySeized"
    assert shown["meta.occurred_at"] == shown["gd_at"] == "2026-07-02T03:20:00.000000Z"
    assert shown["items"][0]["quantity"] == "12.50"
    (witness,) = shown["witnesses"]
    assert witness["witness_name"] == {"sealed": "person", "digest": columns["witnesses.0.witness_name"].digest}
    assert columns["witnesses.0.witness_name"].person == "person"
    assert columns["circumstances"].text is None


def test_the_leaf_is_silent() -> None:
    """Neither act nor schema nor any column stands in it in the open, and no salt is used twice."""
    for name, version in STATES:
        found = entry(name, version)
        leaf = found.leaf(ORIGIN, 1, Chain()).decode()
        for told in (name, found.schema.inlined_digest, "station", "actor", "district"):
            assert told not in leaf
        assert not re.search("[^!-~]", leaf)
        salts = [opened(text)[0] for text in {each.text for each in found.disclosures} if text]
        assert len(set(salts)) == len(salts)
        assert b64(found.meta["salt"]) not in leaf


@pytest.mark.parametrize("count", [15, 100, 1_014, 1_030, 1_300])
def test_no_act_that_is_taken_lacks_a_leaf(count: int) -> None:
    """However much is sealed in it: the leaf is one that a log takes, and what the words say."""
    names = [{"code": f"W{n}", "witness_name": f"Name {n}"} for n in range(1, count + 1)]
    item = {"id": "PR/1", "category": "drugs", "description": "ganja", "quantity": "1", "unit": "kg", "seal": "S"}
    made = act("case.PropertySeized", "x", items=[item], memo="M/1", witnesses=names)
    shut = (changed(each, witness_name=Sealed(each.code, bytes(32), b"box")) for each in made.event.witnesses)
    meta = changed(made.event.meta, salt=b"s" * 16)
    state = entries.write(catalogue(), changed(made.event, witnesses=tuple(shut), meta=meta))
    leaf = Entries(catalogue()).read(state).leaf(ORIGIN, 41, Chain(2, b"h" * 32))
    assert leaf == plain_leaf.leaf(catalogue(), state, ORIGIN, 41, 3, b"h" * 32)
    assert len(leaf) <= LARGEST
    count_of = len(json.loads(leaf)["_sd"])
    assert count_of % 64 == 0 if count_of > 64 else count_of in {16, 32, 64}


def test_what_no_log_takes_is_no_act() -> None:
    """One sealed value more is refused at the door, by its number; a leaf that came another way is named."""
    names = [{"code": f"W{n}", "witness_name": f"Name {n}"} for n in range(1, 1_302)]
    item = {"id": "PR/1", "category": "drugs", "description": "ganja", "quantity": "1", "unit": "kg", "seal": "S"}
    with pytest.raises(Refused, match="hold 1,301 sealed values, and one act at most 1,300: enter it as several"):
        act("case.PropertySeized", "x", items=[item], memo="M/1", witnesses=names)
    with pytest.raises(Broken, match="the leaf of the entry at position 7 has 65,536 bytes"):
        rows_of(1, 0, [New(bytes(LARGEST + 1), b"h" * 32, 7, None, b"r" * 16, 0)])
