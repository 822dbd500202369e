"""The lines of a file of answers, JSON (an array, or an object a line) or CSV: each by itself, or why it is none."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from json.decoder import JSONDecodeError
from typing import IO, Any

from roznamcha.columns import NAME, few
from roznamcha.errors import Refused, Usage
from roznamcha.exchange.systems import System
from roznamcha.mapping import Row
from roznamcha.sheets import as_sent, header_of, raw_lines, row_of, whole_lines
from roznamcha.strict_json import Reasons, kind_of, read_json, shown

LARGEST = 16 * 1024 * 1024
"""Bytes of one file of answers: all of it is put in order before the first of it is entered."""
BOM = b"\xef\xbb\xbf"
SPACE = " \t\r\n"
Cut = Callable[[str], object]


@dataclass(frozen=True)
class Answer:
    """One line: its number, what was sent, its columns as texts, or why it has none."""

    number: int
    raw: Any
    row: Row
    reasons: tuple[str, ...] = ()


def answers_in(file: IO[bytes], name: str, form: str, system: System, cut: Cut) -> Iterator[Answer]:
    """The lines of a file of this form. `cut` is told where it ends in the middle.

    Raises Usage for a file that is empty, too large, or a CSV without the columns of the system.
    """
    ends: list[str] = []
    lines = list(_within(raw_lines(file, ends.append), name))
    for each in ends:
        cut(each)
    if not ends and not any(data.removeprefix(BOM).strip() for _, data in lines):
        message = f"{name} is empty: not even the columns or the brackets of no answer are in it"
        raise Usage(message)
    if form == "csv":
        yield from _from_csv(iter(lines), name, system)
    elif _is_array(lines):
        yield from _from_array(b"".join(data for _, data in lines), system, cut)
    else:
        for number, data in lines:
            data = data.removeprefix(BOM) if number == 1 else data  # noqa: PLW2901 (the mark is no part of it)
            if data.strip():
                yield _from_json(number, data, system)


def _within(lines: Iterator[tuple[int, bytes]], name: str) -> Iterator[tuple[int, bytes]]:
    size = 0
    for number, data in lines:
        size += len(data)
        if size > LARGEST:
            message = f"{name} has more than {LARGEST // 1024**2} MB of answers: send them in several files"
            raise Usage(message)
        yield number, data


def _from_csv(lines: Iterator[tuple[int, bytes]], name: str, system: System) -> Iterator[Answer]:
    whole = whole_lines(lines)
    hint = f"answers of {system.id} have {', '.join(system.answers)}"
    header = header_of(next(whole, (0, b""))[1], name, system.answers, hint)
    for place, column in enumerate(header, start=1):
        if column not in system.answers and column not in system.ignores:
            message = f"the column {place} of {name} is none that is known ({hint}); name it under ignore in a map"
            raise Usage(message)
    for number, data in whole:
        if not data.strip():
            continue
        row = row_of(data, header)
        if isinstance(row, str):
            yield Answer(number, as_sent(data), {}, (row,))
        else:
            yield Answer(number, row, {column: row[column] for column in system.answers})


def _is_array(lines: list[tuple[int, bytes]]) -> bool:
    return next((text for _, data in lines if (text := data.removeprefix(BOM).strip())), b"").startswith(b"[")


def _from_array(data: bytes, system: System, cut: Cut) -> Iterator[Answer]:
    """The elements of an array, each read strictly by itself; after what is no JSON nothing more can be told apart."""
    text = io.TextIOWrapper(io.BytesIO(data.removeprefix(BOM)), "utf-8", "surrogateescape", newline="").read()
    lenient, at, number = json.JSONDecoder(), _past(text, 0) + 1, 0
    at = _past(text, at)
    while text[at : at + 1] != "]":
        try:
            _, end = lenient.raw_decode(text, at)
        except (JSONDecodeError, RecursionError, ValueError):
            cut(f"the array ends in the middle, or is no JSON, after {number} of its elements")
            return
        number += 1
        yield _from_json(number, text[at:end].encode("utf-8", "surrogateescape"), system)
        at = _past(text, end)
        if text[at : at + 1] == ",":
            at = _past(text, at + 1)
        elif text[at : at + 1] != "]":
            cut(f"the array ends in the middle, or is no JSON, after {number} of its elements")
            return
    if text[at + 1 :].strip(SPACE):
        cut(f"something stands behind the array of {number} elements")


def _past(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _from_json(number: int, data: bytes, system: System) -> Answer:
    """An object as a line of texts."""
    try:
        sent = read_json(data)
    except Refused as refused:
        return Answer(number, as_sent(data), {}, tuple(refused.reasons))
    if not isinstance(sent, dict):
        return Answer(number, sent, {}, (f"an answer is a JSON object, this is {kind_of(sent)}",))
    reasons = Reasons()
    for key in few(sent.keys() - {*system.answers, *system.ignores}, "", reasons):
        called = shown(key) if NAME.fullmatch(key) else "(a key that is no name)"
        reasons.add("", f"unknown key {called}; an answer of {system.id} has {', '.join(system.answers)}")
    return Answer(number, sent, _texts(sent, system), tuple(reasons))


def _texts(sent: Mapping[str, Any], system: System) -> dict[str, str]:
    return {column: _text(sent.get(column)) for column in system.answers}


def _text(value: Any) -> str:  # noqa: ANN401 (any JSON)
    """A value as a CSV has it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) and not set(each) & set(',[{"') for each in value):
        return ",".join(value)
    return json.dumps(value, ensure_ascii=False)
