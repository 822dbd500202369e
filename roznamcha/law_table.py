"""The rule book as one page of Markdown, for readers who have no program at hand: this prints `docs/rule-book.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from domain.law.book import FOLDERS, Book
from domain.law.grammar import Limit
from domain.law.rule import Rule, Trigger, Version
from domain.law.waiting import NOTHING, Waiting
from domain.law.words import day_words

LAWS: Mapping[str, str] = {
    "bnss": "Bharatiya Nagarik Suraksha Sanhita 2023, with the older Code where it has the same period",
    "crpc": "Code of Criminal Procedure 1973, for proceedings begun before 1 July 2024 only",
    "pocso": "Protection of Children from Sexual Offences Act 2012",
    "poa": "Scheduled Castes and Scheduled Tribes (Prevention of Atrocities) Act 1989",
    "ndps": "Narcotic Drugs and Psychotropic Substances Act 1985",
    "uapa": "Unlawful Activities (Prevention) Act 1967",
    "jj": "Juvenile Justice (Care and Protection of Children) Act 2015",
    "mv": "Central Motor Vehicles Rules 1989, Annexure XIII",
    "judgments": "Directions of courts",
    "policy": "Policies of a department: no law",
}
"""What each folder of `domain/law` holds."""

HEADS = (
    "rule",
    "title",
    "शीर्षक",
    "law",
    "limit",
    "counted",
    "starts",
    "stops",
    "whose duty",
    "class",
    "read",
    "reviewed",
)
"""The columns of a table of rules."""

OPENING = """# The rule book

Written by `./run law table`; a test holds this page to what the command prints. How to read, correct and add a rule:
[writing-a-rule.md](writing-a-rule.md). A start marked * is a setting, because the text states none; so is the length
of a limit counted as `forthwith`. “Read” says whether the words were read in a primary text. Classes: A automatic
effect · B act or evidence at risk · C to be explained · D internal. Nothing here is legal advice.
"""


def page(book: Book, waiting: Sequence[Waiting], unclocked: Mapping[str, str]) -> str:
    """The whole page."""
    rules = list(book.rules.values())
    examples = sum(len(rule.examples) for rule in rules)
    reviewed = sum(rule.is_reviewed for rule in rules)
    parts = [OPENING, f"{len(rules)} rules, {examples} worked examples, {reviewed} rules reviewed by a lawyer.\n"]
    for folder in FOLDERS:
        mine = [rule for rule in rules if rule.folder == folder]
        parts += [f"## {LAWS[folder]}\n", *_table(HEADS, (_cells(rule) for rule in mine)), ""]
    parts += ["## Periods without a rule\n", "What each waits for.\n"]
    by_need = sorted(waiting, key=lambda each: (each.waits_for == NOTHING, not each.waits_for.startswith("register")))
    for need, rows in groupby(by_need, key=lambda each: each.waits_for):
        heading = "Nothing: no duty ends on a day" if need == NOTHING else f"Waiting for {_whose(need)}"
        cells = ((f"`{each.row}`", each.law, each.why) for each in rows)
        parts += [f"### {heading}\n", *_table(("period", "law", "what it is"), cells), ""]
    parts += ["## Acts that no clock concerns\n"]
    grouped: dict[str, list[str]] = {}
    for act, why in unclocked.items():
        grouped.setdefault(why, []).append(f"`{act.removeprefix('case.')}`")
    parts += _table(("acts", "why"), ((" ".join(acts), why) for why, acts in grouped.items()))
    return "\n".join(parts) + "\n"


def _whose(need: str) -> str:
    register = need.removeprefix("register ")
    return f"their register: `{register}`" if register != need else need


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"


def limits(version: Version) -> str:
    """Every length a version's limit may have, where it ends at the latest, and how long it may be made in all."""
    most = f" + extension up to {version.at_most} in all" if version.at_most else ""
    within = f" within the first {_spans(version.within)}" if version.within else ""
    return _spans(version.limit) + within + most


def _spans(limit: Limit) -> str:
    return " / ".join(dict.fromkeys(str(span) for span in limit.spans()))


def _cells(rule: Rule) -> tuple[str, ...]:
    """A rule's line."""
    now = rule.versions[-1]
    start = f"{_facts(rule.starts)}{' with ' + _facts(rule.starts_with) if rule.starts_with else ''}"
    return (
        f"`{rule.id}`",
        rule.title["en"],
        rule.title["hi"],
        "; ".join(_law(version) for version in rule.versions),
        limits(now) + (" + extension" if rule.extends and now.at_most is None else ""),
        rule.counting + (", next open day" if rule.closed_days == "next-open-day" else ""),
        start + (" *" if rule.start_setting is not None else ""),
        _facts(rule.stops),
        rule.duty.replace("_", " "),
        rule.consequence["class"],
        "no law" if rule.is_policy else " / ".join(dict.fromkeys(version.source.read for version in rule.versions)),
        day_words(rule.reviewed_on).en if rule.reviewed_on else "no",
    )


def _law(version: Version) -> str:
    return version.law if version.until is None else f"{version.law} (to {day_words(version.until).en})"


def _facts(triggers: Iterable[Trigger]) -> str:
    """The acts by their plain names, each once."""
    return " ".join(f"`{name}`" for name in dict.fromkeys(each.fact.removeprefix("case.") for each in triggers))
