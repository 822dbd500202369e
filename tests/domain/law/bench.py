"""A bench in the law lab: a rule, a small log, and what `law check` says of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.domain.law.test_commands import ask

RULE = """\
rule: a-rule
starts: [Start]
stops: [Stop]
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
versions:
  - {from: "2000-01-01", law: "a rule of a test", limit: 3 days}
"""
EACH = RULE.replace("governed_by", "per: accused\ngoverned_by").replace("[Start]", "{fact: Start, subject: who}")
HEAD = "case_id,activity,timestamp"
SIX = ("opened", "met", "late", "open", "before_start", "refused")


def rules(folder: Path, *texts: str, name: str = "rules") -> Path:
    """A folder of rule files."""
    made = folder / name
    made.mkdir(exist_ok=True)
    for number, text in enumerate(texts):
        (made / f"rule{number}.yaml").write_text(text, encoding="utf-8")
    return made


def log(folder: Path, lines: Iterable[str], head: str = HEAD) -> Path:
    """A CSV with these lines."""
    file = folder / "log.csv"
    file.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return file


def checked(folder: Path, lines: Iterable[str], *more: str, rule: str = RULE, head: str = HEAD) -> dict[str, Any]:
    """What the only rule comes to on such a log."""
    found = ask("check", "--log", str(log(folder, lines, head)), "--rules", str(rules(folder, rule)), *more)
    (only,) = found.values()
    assert isinstance(only, dict)
    return only


def six(found: dict[str, Any]) -> tuple[int, ...]:
    """The six counts that others script against."""
    return tuple(found[key] for key in SIX)
