"""`rank`: from the views or from the entries, with one worker or five, the same ranking; bad input in a line."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from consumers.rebuild import rebuild_all
from domain.law.book import load_book
from domain.ranking.score import standings
from projections.case_state import CaseState
from projections.deadlines import Deadlines
from projections.history import History
from projections.marks import Marks
from roznamcha.commands.itsso import cases_by, document, figures_of
from roznamcha.commands.ranking import Asked, shown
from roznamcha.errors import Usage
from roznamcha.mapping import load_map
from roznamcha.ranking import Period, counted, from_entries, from_views, read_figures
from roznamcha.schemes import shipped
from schemas import catalogue
from tests.acts import act
from tests.consumers.feed import INDIA, digest, following, write_cases
from tests.roznamcha.kit import Program
from tests.roznamcha.test_store import store_on

JULY = Period("2026-07", date(2026, 7, 1), date(2026, 7, 31))
BOOK = load_book()


def test_one_worker_or_five_and_the_entries_themselves_give_the_same_ranking(database: str) -> None:
    """Followed live, built anew by 1, 2 and 5 processes, or made from the entries: the same rows, the same document."""
    write_cases(database, 30)
    views = [Marks(shipped(), INDIA), Deadlines(BOOK, INDIA), History()]
    with following(database, views) as follower:
        follower.catch_up()
        before = digest(follower.connection, views)
        for workers in (1, 2, 5):
            found = rebuild_all(follower.connection, views, catalogue(), workers=workers)
            assert all(each.same for each in found.values())
            assert digest(follower.connection, views) == before
        rows = list(from_views(follower.connection, JULY, INDIA))
    store = store_on(database)
    office = cast(
        "Any",
        SimpleNamespace(
            store=store, datastore=store.datastore, catalogue=catalogue(), book=BOOK,
            settings=SimpleNamespace(zone=INDIA),
        ),
    )  # fmt: skip
    again = list(from_entries(office))
    nothing = list(from_entries(office, datetime(2026, 7, 1, tzinfo=UTC)))
    store.datastore.close()
    assert counted(rows, "station", JULY) == counted(again, "station", JULY)
    assert nothing == []
    tally = counted(rows, "station", JULY).tally
    heads = shipped().schemes["heads"]
    document = shown(Asked(heads, "station", JULY, {}), standings(heads, tally), None, {})
    (only,) = document["standings"]
    assert (only["rank"], only["cases"] > 100, document["scheme"]["digest"]) == (1, True, heads.digest)
    assert {part["indicator"] for part in only["parts"]} >= {"timely-entry", "fir-published", "seizure-reported"}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([], "is empty"),
        (["unit,figure"], "lacks the column 'indicator'"),
        (["unit,indicator,figure", "PS,performance"], "line 2: this line has 2 columns"),
        (["unit,indicator,figure", "PS,performance,101"], "line 2: '101' is no figure"),
        (["unit,indicator,figure", "PS,performance,-1"], "no figure"),
        (["unit,indicator,figure", "PS,performance,nan"], "no figure"),
        (["unit,indicator,figure", "PS,performance,1/0"], "no figure"),
        (["unit,indicator,figure", "PS,itsso,3"], "no figure 'itsso' to be given"),
        (["unit,indicator,figure", " ,performance,3"], "whose figure"),
        (["unit,indicator,figure", "PS,performance,3", "PS,performance,4"], "line 3: this figure of this unit"),
    ],
)
def test_figures_that_cannot_be_meant_are_refused(tmp_path: Path, lines: list[str], told: str) -> None:
    """With the line where it stands; none of them is used."""
    (tmp_path / "figures.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(Usage, match=told):
        read_figures(tmp_path / "figures.csv", shipped())


@pytest.mark.parametrize("what", ["figures", "map"])
def test_a_file_without_end_is_not_read_to_its_end(what: str) -> None:
    """Neither figures nor maps take what no memory could."""
    with pytest.raises(
        Usage, match=r"/dev/zero has more than 10?,000,000 bytes|/dev/zero has more than 1,000,000 bytes"
    ):
        read_figures(Path("/dev/zero"), shipped()) if what == "figures" else load_map(Path("/dev/zero"))


@pytest.mark.parametrize("month", ["2026-13", "2026", "October", "2026-1", "0000-01", "0001-01", "2027-01", "२०२६-१०"])
def test_a_month_that_is_none_is_refused(month: str) -> None:
    """Also one that has not begun."""
    with pytest.raises(Usage, match=r"is no month|has not begun"):
        Period.of(month, datetime(2026, 11, 26, tzinfo=UTC), ZoneInfo("Asia/Kolkata"))


def test_the_command_ranks_explains_and_prints_its_scheme(program: Program) -> None:
    """The published formula with given figures; a station of which nothing came up has nothing to explain."""
    program.with_key()
    write_cases(program.url, 12)
    (program.folder / "figures.csv").write_text(
        "unit,indicator,figure\nMarket,performance,13\nMarket,infrastructure,84\n"
        "Yeragera,performance,6\nYeragera,infrastructure,71\n"
    )
    survey = program.json("rank", "--scheme", "best-police-station", "--month", "2026-07", "--figures", "figures.csv")
    assert [(each["unit"], each["rank"], each["score"]) for each in survey["standings"]] == [
        ("Market", 1, 27), ("Yeragera", 2, 19),
    ]  # fmt: skip
    mine = program.json("rank", "--month", "2026-07", "--explain", "CG-RPR-01")["explain"]
    assert len(mine["would_change"]) == 10
    assert mine["would_change"][0]["gain"] > 0
    assert len(mine["records"]) == 12
    empty = program.run("rank", "--scheme", "best-police-station", "--month", "2026-07").stdout
    assert "nothing came up: performance, infrastructure are given in a file, with --figures" in " ".join(empty.split())
    assert "only to compare" in program.run("rank", "--month", "2025-07").stdout
    refused = program.run("rank", "--month", "2026-07", "--explain", "CG-XXX", "--json", check=False)
    assert (refused.returncode, json.loads(refused.stdout)["error"]) == (1, "Refused")


def test_the_board_of_sexual_offences(database: str) -> None:
    """Three figures of a station, the open cases by the earliest due; a case without a section of the list is none."""
    store = store_on(database)
    sections = [["BNS 64(1)"], ["POCSO 6"], ["BNS 303(2)"], ["BNS 69"]]
    acts = [act("case.FIRRegistered", f"watched:{n}", sections=each) for n, each in enumerate(sections)]
    assert all(each[0].status == "recorded" for each in store.record_units([[each] for each in acts]))
    store.datastore.close()
    with following(database, [Deadlines(BOOK, INDIA), CaseState()]) as follower:
        follower.catch_up()
        at = datetime(2026, 10, 1, tzinfo=UTC)
        cases = cases_by(follower.connection, at)
        board = document(figures_of(cases, "station", at), cases, "station", at)
        assert cases_by(follower.connection, datetime(2026, 7, 1, tzinfo=UTC)) == []
    (mine,) = board["figures"]
    assert (mine["registered"], mine["compliance"], mine["disposal"], mine["pendency"]) == (2, 0, 0, 1)
    assert sorted(each["sections"] for each in board["open"]) == [["BNS 64(1)"], ["POCSO 6"]]
    assert all(each["days_left"] < 0 for each in board["open"])
