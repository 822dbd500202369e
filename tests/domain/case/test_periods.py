"""Law is written once: what acts count by is what the rule book counts by."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import domain
from domain.common import periods
from domain.common.periods import Period
from domain.law.book import load_book
from domain.law.grammar import Span

BOOK = load_book()
KNOWN = {name: each for name, each in vars(periods).items() if isinstance(each, Period)}
CHAPTERS = sorted(
    each for each in Path(domain.__file__).parent.rglob("*.py") if each.parent.name not in {"law", "deadline"}
)
"""The acts of every register; the law book has the periods themselves."""
OUTSIDE = {"periods.py", "days.py"}
"""Where a length of time may stand as a number: here, and where days are counted in general."""
NO_PERIOD = {0, 1, 12}
"""One is no period: the next day, the first page. Twelve are the months of a year."""
WORDS = ("hour", "day", "month", "within", "limit", "period")


def differences(name: str, period: Period) -> Iterator[str]:
    """Where a period and its rule disagree, in any version of the rule."""
    for version in BOOK.rule(period.rule).versions:
        spans = sorted(version.limit.spans(), key=lambda each: each.count)
        said = spans[0]
        if period.adds:
            longest = version.at_most or spans[-1]
            said = Span(longest.count - said.count, longest.unit)
        if said != Span(period.count, period.unit):
            yield f"{name} is {period}, and {period.rule} ({version.law}) says {said}"


@pytest.mark.parametrize("name", sorted(name for name, each in KNOWN.items() if each.rule))
def test_a_period_is_that_of_its_rule(name: str) -> None:
    """Number, unit and law are those of the rule's file: a correction there is a correction here."""
    assert list(differences(name, KNOWN[name])) == []
    law = BOOK.rule(KNOWN[name].rule).versions[-1].law.removeprefix("BNSS 2023 ")
    assert KNOWN[name].law.removeprefix("BNSS ").startswith(law.split(" ")[0])


def test_a_period_that_differs_is_named() -> None:
    """A lawyer's correction of the rule alone is seen."""
    said = list(differences("SANCTION", Period(90, "day", "BNSS s.218(1)", "sanction-120")))
    assert said == ["SANCTION is 90 days, and sanction-120 (BNSS 2023 s.218(1) second proviso) says 120 days"]
    said = list(differences("MORE", Period(40, "day", "BNSS s.157(3) proviso", "nuisance-157", adds=True)))
    assert said == ["MORE is 40 days, and nuisance-157 (BNSS 2023 s.157(3) proviso) says 30 days"]


def test_every_rule_whose_days_an_act_counts_is_named_here() -> None:
    """A period without a rule has none in the book under its section."""
    laws = {version.law.removeprefix("BNSS 2023 ") for rule in BOOK.rules.values() for version in rule.versions}
    for name, each in KNOWN.items():
        assert each.rule or not any(law.startswith(each.law.removeprefix("BNSS ")) for law in laws), name


def lengths_of_time(text: str) -> Iterator[str]:
    """Numbers that stand for a length of time: in a timedelta, in `later`, under such a name, compared with one."""
    for node in ast.walk(ast.parse(text)):
        where = ""
        numbers: list[ast.AST] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"timedelta", "later"}:
            where, numbers = ast.unparse(node), [*node.args, *(each.value for each in node.keywords)]
        elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if any(word in ast.unparse(target).casefold() for word in WORDS):
                where, numbers = ast.unparse(node), list(ast.walk(node.value))
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(word in ast.unparse(side).casefold() for side in sides for word in WORDS):
                where, numbers = ast.unparse(node), sides
        for each in numbers:
            if isinstance(each, ast.Constant) and type(each.value) is int and each.value not in NO_PERIOD:
                yield where


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda each: each.name)
def test_no_act_has_a_period_of_its_own(path: Path) -> None:
    """A number of hours or days that is law stands in `periods.py` and nowhere else."""
    if path.name not in OUTSIDE:
        assert list(lengths_of_time(path.read_text())) == []


@pytest.mark.parametrize(
    "text",
    [
        "SIGN_DAYS = 3",
        "x = timedelta(hours=48)",
        "last = later(on, 120)",
        "late = police_days > 15",
        "WITHIN = {'drugs': 72}",
    ],
)
def test_a_period_of_its_own_is_found(text: str) -> None:
    """The search above is no idle one."""
    assert list(lengths_of_time(text))
