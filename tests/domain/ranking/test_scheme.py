"""Schemes and indicators are data: what can't be meant is refused, every fault with its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import domain
from domain.event import ACTS
from domain.law.book import load_book
from domain.ranking.scheme import BadScheme, awaited, read_indicators, read_scheme, unknown
from roznamcha.errors import Usage
from roznamcha.schemes import scheme_called, shipped

INDICATORS = shipped().indicators


def scheme(**changes: Any) -> dict[str, Any]:
    """A scheme that is whole, but for the changes."""
    whole: dict[str, Any] = {
        "title": {"en": "A", "hi": "अ"}, "since": "2026-01-01", "source": "ours", "weights": {"itsso": 100},
        "shrink": 0, "minimum": 0, "decimals": 2, "zones": [{"name": "all", "at_least": 0}],
    }  # fmt: skip
    return whole | changes


def indicator(**changes: Any) -> dict[str, Any]:
    """A file of one indicator that is whole, but for the changes; None takes a column out."""
    whole = {
        "title": {"en": "A", "hi": "अ"}, "why": "so", "counts": "followed", "acts": ["case.A"], "by": ["case.B"],
        "hours": 1,
    } | changes  # fmt: skip
    return {"one": {name: value for name, value in whole.items() if value is not None}}


def test_what_ships_names_only_what_there_is() -> None:
    """Every act of a register that is there exists, and every rule; the others are told as awaited."""
    domain.load()
    assert unknown(INDICATORS.values(), ACTS, load_book().rules) == []
    here = {each.partition(".")[0] for each in ACTS}
    waiting = {each.id for each in INDICATORS.values() if awaited(each, ACTS)}
    assert waiting == {
        each.id for each in INDICATORS.values()
        if each.named and not {name.partition(".")[0] for name in each.acts} & here and "*" not in each.acts
    }  # fmt: skip


def test_a_mistyped_act_is_seen_and_one_of_a_register_to_come_is_awaited() -> None:
    """A register that isn't there may be named; a wrong name in one that is may not."""
    found = read_indicators(indicator(acts=["case.FIRRegisterd"], by=["hereafter.ActDone"]))
    assert unknown(found.values(), ["case.FIRRegistered"], []) == ["one: there is no act case.FIRRegisterd"]
    assert awaited(read_indicators(indicator(acts=["hereafter.ActDone"]))["one"], ["case.FIRRegistered"])
    clock = read_indicators(indicator(counts="clocks", acts=None, by=None, hours=None, rules=["inv-3m"]))
    assert unknown(clock.values(), [], ["inv-2m"]) == ["one: there is no rule inv-3m"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ([], "a file of indicators is a table"),
        ({"One": {}}, "small letters"),
        ({"one": 3}, "`counts` is one of"),
        (indicator(counts="guessed"), "`counts` is one of"),
        (indicator(by=None), "`by` is missing"),
        (indicator(why=None), "`why` is missing"),
        (indicator(good=["case.A"]), "`good` means nothing for what counts 'followed'"),
        (indicator(hours=0), "`hours` is a whole number"),
        (indicator(hours="24"), "`hours` is a whole number"),
        (indicator(acts=[]), "`acts` is a list of names"),
        (indicator(acts=["*"]), "'*' in `acts` is no name"),
        (indicator(acts=["FIRRegistered"]), "'FIRRegistered' in `acts` is no name"),
        (indicator(title={"en": "A"}), "in English and Hindi"),
        (indicator(counts="share", by=None, hours=None, good=["case.C"]), "not among `acts`"),
        (indicator(times="agreed"), "`times` is the name of a column, for what counts a share"),
        (indicator(counts="share", by=None, hours=None, good=["case.A"], times=3), "`times` is the name of a column"),
    ],
)
def test_an_indicator_that_cannot_be_meant_is_refused(text: Any, told: str) -> None:
    """By what is wrong with it."""
    with pytest.raises(BadScheme, match=told.replace("*", r"\*")):
        read_indicators(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "a scheme says"),
        ({}, "a scheme says"),
        (scheme(more=1), "not so: more"),
        (scheme(weights={"itsso": 90}), "add up to 100"),
        (scheme(weights={"itsso": 100, "marg": 0}), "the weight of marg is nothing"),
        (scheme(weights={"itsso": "-1"}), "the weight of itsso is no number"),
        (scheme(weights={"nothing": 100}), "there is no indicator 'nothing'"),
        (scheme(weights={}), "`weights` is a table"),
        (scheme(since="soon"), "`since` is a date"),
        (scheme(source=" "), "`source` says"),
        (scheme(shrink=-1), "`shrink` is a whole number"),
        (scheme(minimum=True), "`minimum` is a whole number"),
        (scheme(decimals=7), "`decimals` is a whole number"),
        (scheme(zones=[]), "`zones` is a list"),
        (scheme(zones=[{"name": "a", "at_least": 10}]), "the last begins at 0"),
        (scheme(zones=[{"name": "a", "at_least": 0}, {"name": "b", "at_least": 10}]), "from the highest down"),
    ],
)
def test_a_scheme_that_cannot_be_meant_is_refused(text: Any, told: str) -> None:
    """By what is wrong with it."""
    with pytest.raises(BadScheme, match=told):
        read_scheme("mine", text, INDICATORS)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xff", "not UTF-8"),
        (b"a: [", "line 1"),
        (b"a: 1\na: 2", "stands twice"),
        (b"[" * 5_000, "nested too deeply|line 1"),
        (b"x" * 1_000_001, "more than"),
        (b"title: x", "not so"),
    ],
    ids=["bytes", "yaml", "twice", "deep", "large", "half"],
)
def test_a_scheme_file_that_cannot_be_read_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    """In one line, with the line where it stands."""
    (tmp_path / "mine.yaml").write_bytes(data)
    with pytest.raises((Usage, BadScheme), match=told):
        scheme_called(str(tmp_path / "mine.yaml"))


@pytest.mark.parametrize("name", ["none", "none.yaml", "../heads"])
def test_a_scheme_that_is_not_there_is_told(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With those that are."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Usage, match=r"there is no scheme|cannot be read"):
        scheme_called(name)


def test_the_digest_is_of_what_is_said() -> None:
    """Another weight is another digest; the order of columns is not."""
    one, two = scheme(), scheme(weights={"marg": 100})
    turned = dict(reversed(list(one.items())))
    assert read_scheme("a", one, INDICATORS).digest == read_scheme("b", turned, INDICATORS).digest
    assert read_scheme("a", one, INDICATORS).digest != read_scheme("a", two, INDICATORS).digest
