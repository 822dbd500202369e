"""How much is looked at: twice as many entries are twice as many steps, also when nothing ever stops a clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from domain.law import offences
from domain.law.book import load_book_from
from domain.law.clock import Fact, evaluate
from domain.law.turns import Queue
from tests.domain.law.kit import BOOK, ZONE, at, clocks, fact, fir, only

MANY = 60
"""Of each kind of entry; more than four days lie between one and the next, so that hours have lapsed by then."""
DRUGS, THEFT = ["NDPS 20(b)(ii)(B)"], ["BNS 303(2)"]


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a clock has looked for its next fact, and how often conditions were compared with offences."""
    seen: Counter[str] = Counter()
    taken, asked = Queue.next, offences.Classes.meet

    def counted(queue: Queue) -> Any:
        seen["facts"] += 1
        return taken(queue)

    def compared(*given: Any) -> Any:
        seen["offences"] += 1
        return asked(*given)

    monkeypatch.setattr(Queue, "next", counted)
    monkeypatch.setattr(offences.Classes, "meet", compared)
    return seen


def life(many: int) -> Iterator[Fact]:
    """Seizures, arrests, releases and other sections, again and again; no report, no production, no chargesheet."""
    begin = at("2026-01-01 10:00")
    yield Fact("case.FIRRegistered", "fir", begin, begin, frozenset(), {"sections": THEFT})
    for n in range(many):
        when, last = begin + timedelta(days=5 * n + 1), n == many - 1
        sections = DRUGS if last else [THEFT, ["BNS 318(4)"]][n % 2]
        for hour, (name, values) in enumerate(
            [
                ("case.PropertySeized", {"memo": f"M/{n}", "items.id": [f"PR/{n}"]}),
                ("case.AccusedArrested", {"accused": "A1", "arrest": f"R/{n}"}),
                ("case.SectionsAltered", {"sections": sections}),
                ("case.AccusedReleased", {"accused": "A1", "reason": "bond"}),
            ]
        ):
            moment = when + timedelta(days=hour)
            yield Fact(name, f"{n:04d}{hour}", moment, moment, frozenset(), values)


def drugs_that_were_none(many: int) -> Iterator[Fact]:
    """One seizure of drugs after the other, and then one list of other sections after the other."""
    begin = at("2026-01-01 10:00")
    yield Fact("case.FIRRegistered", "fir", begin, begin, frozenset(), {"sections": DRUGS})
    for n in range(2 * many):
        when = begin + timedelta(minutes=n + 1)
        name, values = "case.PropertySeized", {"memo": f"M/{n}", "items.id": [f"PR/{n}"]}
        if n >= many:
            name, values = "case.SectionsAltered", {"sections": [THEFT, ["BNS 318(4)"]][n % 2]}
        yield Fact(name, f"{n:05d}", when, when, frozenset(), values)


@pytest.mark.parametrize("lived", [life, drugs_that_were_none])
def test_twice_as_many_entries_are_twice_as_many_steps(
    steps: Counter[str], lived: Callable[[int], Iterator[Fact]]
) -> None:
    """Each start opens clocks that nothing stops, and after each of them come all later releases and sections."""
    told = {}
    for many in (MANY, 2 * MANY):
        steps.clear()
        found = Counter(each.rule.id for each in evaluate(BOOK, lived(many), ZONE))
        assert (found["ndps-57"], found["prod-24"]) == ((2 * many, many) if lived is life else (many, 0))
        told[many] = dict(steps)
    for kind, before in told[MANY].items():
        assert told[2 * MANY][kind] < 2.2 * before, f"{kind}: {told}"


AT_ANY_TIME = """
rule: a-rule
starts: [Start]
stops: [Stop]
extends: [{fact: More, sets: {more: more}, noted: any-time}]
exempts: [Spared]
governed_by: start
counting: hours
closed_days: do-not-extend
versions: [{from: "2020-01-01", law: L, limit: {when: {more: true}, then: 72 hours, otherwise: 24 hours}}]
"""


def test_what_came_too_late_counts_again_when_more_time_is_noted() -> None:
    """Spared after the twenty-four hours, twice; between them it is noted that there were seventy-two."""
    book = load_book_from({"a.yaml": AT_ANY_TIME})
    start, late, noted, again = (
        Fact(name, name + hour, at(f"2026-07-{hour}"), at(f"2026-07-{hour}"), frozenset(), {"more": name == "More"})
        for name, hour in (("Start", "02 09:00"), ("Spared", "03 10:00"), ("More", "03 11:00"), ("Spared", "03 12:00"))
    )
    (found,) = evaluate(book, [start, late, noted, again], ZONE)
    assert (found.state(None), found.ended_by) == ("exempted", again.entry_id)
    (found,) = evaluate(book, [start, late, again], ZONE)
    assert found.state(None) == "open"


def test_of_what_came_too_late_the_first_of_each_kind_is_told() -> None:
    """A hundred later decisions would bury the counting."""
    late = [fact("PublicationWithheld", f"2026-07-{day:02d} 10:00", decided_by_rank="DySP") for day in range(4, 30)]
    found = only("fir-web", clocks(fir("2026-07-02 09:00"), *late))
    told = [line.en for line in found.explain if "Withheld" in line.en]
    assert told == ["case.PublicationWithheld of 4 July 2026 10:00 came after the lapse and doesn't undo it"]
