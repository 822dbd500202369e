"""The masters: States, districts, stations, ranks, offences, units … each listed once, with where it was read and when.

What ships lies in `domain/masters/`; lists that the program itself checks by are shown as it has them. A station's own
list is imported into the data folder, beside those imported before: nothing is overwritten, and the latest is in force.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Self, get_args

import yaml

from domain.case.ranks import DYSP_OR_ABOVE
from domain.law.book import StrictLoader
from domain.law.offences import ACTS, packaged
from domain.malkhana.article import Category
from roznamcha.bounded import HEAD, must_be_text, read_at_most
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.sheets import as_sent, header_of, row_of, rows_in, sheet_of
from roznamcha.strict_json import CONTROL

SHIPPED = resources.files("domain") / "masters"
Row = dict[str, str]
LARGEST = 50_000_000
"""Bytes of a list that is imported."""
WORST = 20
"""So many faults of a list are named; the others are counted."""


def _offences() -> list[Row]:
    return [
        {
            "code": f"{each.act} {each.section}", "name": each.title, "act": each.act, "cognizable": each.cognizable,
            "bailable": each.bailable, "triable_by": each.triable_by, "source": each.source,
        }
        for act in ACTS.values()
        for each in packaged().entries(act)
    ]  # fmt: skip


IN_CODE: Mapping[str, Callable[[], list[Row]]] = {
    "offences": _offences,
    "categories": lambda: [{"code": each} for each in get_args(Category)],
    "ranks": lambda: [{"code": each} for each in sorted(DYSP_OR_ABOVE)],
}
"""The lists that the program checks by."""


@dataclass(frozen=True)
class Master:
    """One list, where it was read, and when; `invented` when nothing in it is real."""

    name: str
    title: Mapping[str, str]
    columns: tuple[str, ...]
    source: str
    date: str
    note: str
    invented: bool
    file: str
    code: str
    repeats: bool
    refers: Mapping[str, str]
    imported: bool = False
    digest: str = ""
    text: str = ""

    @classmethod
    def of(cls, name: str, about: Mapping[str, Any]) -> Self:
        """A master that ships, from the index."""
        file, code = about.get("file", ""), about.get("code", "")
        text = (SHIPPED / file).read_text(encoding="utf-8") if file else _written(about["columns"], IN_CODE[code]())
        return cls(
            name, about["title"], tuple(about["columns"]), about["source"], about["date"], about.get("note", ""),
            about.get("invented", False), file, code, about.get("repeats", False), about.get("refers", {}),
            digest=_digest(text.encode()), text=text,
        )  # fmt: skip

    @property
    def rows(self) -> list[Row]:
        """Its lines. Of one that was checked: those that ship are by the tests, the others when they came in."""
        return rows_in(self.text)


@cache
def shipped() -> dict[str, Master]:
    """The masters that ship, in the order of the index."""
    index = yaml.load((SHIPPED / "masters.yaml").read_bytes(), StrictLoader)  # noqa: S506 (a SafeLoader, made stricter)
    return {name: Master.of(name, about) for name, about in index.items()}


def in_force(data: Path) -> dict[str, Master]:
    """Every master: the latest that was imported into the data folder, else the one that ships. Raises Broken."""
    return {name: _latest(each, data) or each for name, each in shipped().items()}


def master_called(name: str, data: Path) -> Master:
    """One of them. Raises Usage."""
    found = in_force(data).get(name)
    if found is None:
        message = f"there is no master {name[:40]!r}; there are {', '.join(shipped())}"
        raise Usage(message)
    return found


def _latest(master: Master, data: Path) -> Master | None:
    labels = sorted((data / "masters" / master.name).glob("*.json"))
    if not labels:
        return None
    try:
        about = json.loads(labels[-1].read_bytes())
        text = labels[-1].with_suffix(".csv").read_bytes()
        source, day, digest = (str(about[each]) for each in ("source", "date", "sha256"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"the imported list {labels[-1].stem} of {master.name} cannot be read: {type(error).__name__}"
        raise Broken(message) from None
    if _digest(text) != digest:
        message = f"the imported list {labels[-1].stem} of {master.name} is not what was imported: its digest differs"
        raise Broken(message)
    return Master(
        master.name, master.title, master.columns, source, day, "", about.get("invented") is True, master.file, "",
        master.repeats, master.refers, imported=True, digest=digest, text=text.decode("utf-8"),
    )  # fmt: skip


def faults(master: Master, data: bytes, others: Mapping[str, Master]) -> Iterator[str]:
    """What is wrong with the lines of a list, each with its number. Raises Usage when it has not its columns."""
    lines = data.splitlines()
    want = ",".join(master.columns)
    header = header_of(lines[0] if lines else b"", master.name, master.columns, f"its first line is {want}")
    if tuple(header) != master.columns:
        yield f"line 1: the columns are {want}, in this order"
        return
    known = {column: {row["code"] for row in others[name].rows} for column, name in master.refers.items()}
    seen: dict[str, int] = {}
    for number, line in enumerate(lines[1:], start=2):
        row = row_of(line, header)
        if isinstance(row, str):
            yield f"line {number}: {row}"
            continue
        yield from (f"line {number}: {fault}" for fault in _row_faults(row, known))
        if not master.repeats and seen.setdefault(row["code"], number) != number:
            yield f"line {number}: {as_sent(row['code'].encode())[:40]!r} stands in line {seen[row['code']]} already"
    if not lines[1:]:
        yield "line 2: there is nothing in this list"


def _row_faults(row: Row, known: Mapping[str, set[str]]) -> Iterator[str]:
    if not row["code"]:
        yield "the code is empty"
    for column, text in row.items():
        if text != text.strip() or CONTROL.search(text):
            yield f"{column} has blanks at its ends, or signs that no list has"
    for column, codes in known.items():
        if row[column] not in codes:
            yield f"{column} {row[column][:40]!r} is not in its own list"


def bring_in(  # noqa: PLR0913 (what a list must say of itself)
    name: str, file: Path, source: str, day: str, data: Path, *, invented: bool = False
) -> Master:
    """Import a list into the data folder. Raises Usage and Refused; then nothing is there that wasn't before."""
    master = master_called(name, data)
    if shipped()[name].code:
        raise Refused([f"{name} is what the program itself checks by; it cannot be replaced"])
    if not source.strip() or CONTROL.search(source):
        message = "say where the list was read: --source"
        raise Usage(message)
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) or not _is_date(day):
        message = f"{day[:20]!r} is no date: give the day on which the list was read or issued, as 2026-10-31"
        raise Usage(message)
    text = read_at_most(file, LARGEST)
    must_be_text(text[:HEAD], file)
    found = list(faults(master, text, in_force(data)))
    if found:
        more = [f"and {len(found) - WORST:,} more"] if len(found) > WORST else []
        raise Refused([*found[:WORST], *more])
    about = {"source": source.strip(), "date": day, "sha256": _digest(text), "invented": invented}
    _keep(data / "masters" / name, text, about)
    return master_called(name, data)


def _keep(folder: Path, text: bytes, about: Mapping[str, Any]) -> None:
    """Write a list and then its label, which is what makes it count; what is there already is never overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = sorted(folder.glob("*.json"))
    written = json.dumps(about, ensure_ascii=False, indent=2).encode()
    if any(label.read_bytes() == written for label in labels):
        return  # this very list came in before
    number = len(labels) + 1
    while not _placed(folder / f"{about['date']}-{number:04d}.csv", text):
        number += 1  # somebody else's, who came at the same time or died before the label
    # If we die here, there is a list without its label, which counts for nothing.
    _placed(folder / f"{about['date']}-{number:04d}.json", written)


def _placed(path: Path, content: bytes) -> bool:
    """A file under a name that nothing had, whole; False where something has it."""
    fresh = path.with_name(f"{secrets.token_hex(8)}.part")
    try:
        fresh.write_bytes(content)
        path.hardlink_to(fresh)
    except FileExistsError:
        return False
    finally:
        fresh.unlink(missing_ok=True)
    return True


def _is_date(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _written(columns: Sequence[str], rows: Sequence[Row]) -> str:
    return sheet_of(columns, ([row[column] for column in columns] for row in rows))


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()
