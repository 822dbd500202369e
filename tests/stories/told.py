"""Every fact that is told live of a story's clocks, a line for each, as it is kept beside the story.

`.venv/bin/python -m tests.stories.told` writes the files anew. Who changed a rule or a story reads the difference line
by line before keeping it: each line is a claim about what the law says of that case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from domain.deadline.sheet import TellsOfClock
from tests.domain.law.kit import ZONE

FOLDER = Path(__file__).with_name("told")


def when(moment: datetime) -> str:
    """By the clock of India, to the minute."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


def lines(facts: Iterable[TellsOfClock]) -> list[str]:
    """When it was so, what is told, of which clock, and until when that runs."""
    return [f"{when(each.meta.occurred_at)}  {_what(each)}  until {when(each.due_at)}" for each in facts]


def _what(fact: TellsOfClock) -> str:
    withdrawn = f" ({getattr(fact, 'withdraws', '')})" if fact.kind == "Withdrawn" else ""
    return f"{fact.kind}{withdrawn} {fact.rule} {fact.subject}".rstrip()


def file_of(key: str, name: str) -> Path:
    """Where the facts of one record of a story are kept."""
    return FOLDER / f"{f'{key} {name}'.strip().replace(' ', '-')}.txt"


def written() -> Iterator[tuple[Path, str]]:
    """Every file as it would be written now."""
    from tests.stories.test_facts import STRANDS, told_live  # noqa: PLC0415 (which reads this)

    for story, name in (each.values for each in STRANDS):
        if found := lines(told_live(story, name)):  # type: ignore[arg-type]
            yield file_of(story.key, name), "\n".join(found) + "\n"  # type: ignore[attr-defined,arg-type]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for path, text in written():
        path.write_text(text, encoding="utf-8")
