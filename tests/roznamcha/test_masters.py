"""Masters: each list has a source and a date, what is invented says so, and a list comes in whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.case.ranks import at_least_dysp
from roznamcha.commands.masters import masters
from roznamcha.errors import Broken, Refused, RoznamchaError, Usage
from roznamcha.masters import bring_in, faults, in_force, master_called, shipped
from roznamcha.sample import STATIONS

HEAD = "code,name,name_hi,district"
GOOD = f"{HEAD}\nPS-1,One,एक,D-1\nPS-2,Two,दो,D-1\n"


def taken(tmp_path: Path, text: str | bytes, name: str = "stations", day: str = "2026-10-31", **given: Any) -> Any:
    """What comes of importing this text."""
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return bring_in(name, file, given.pop("source", "the State's list"), day, tmp_path / "data", **given)


def ask(tmp_path: Path, *arguments: str) -> Any:
    """The JSON document that the command prints."""
    done = CliRunner(env={"ROZNAMCHA_DATA": str(tmp_path / "data")}).invoke(masters, [*arguments, "--json"])
    if isinstance(done.exception, RoznamchaError):
        raise done.exception
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", shipped())
def test_every_list_that_ships_is_whole(name: str) -> None:
    """Its columns, no code twice, nothing that refers to what isn't there, a source and a date."""
    master = shipped()[name]
    assert list(faults(master, master.text.encode(), shipped())) == []
    assert master.source
    assert len(master.date) == 10
    assert ("invented" in master.source) == master.invented


def test_what_is_real_is_counted_and_what_is_invented_is_the_sample_s() -> None:
    """36 States and Union Territories, 33 districts of Chhattisgarh, and no station but the sample's."""
    lists = shipped()
    assert len(lists["states"].rows) == 36
    chhattisgarh = next(row["code"] for row in lists["states"].rows if row["name"] == "CHHATTISGARH")
    assert sum(row["state"] == chhattisgarh for row in lists["districts"].rows) == 33
    assert {row["code"]: (row["name"], row["name_hi"]) for row in lists["stations"].rows} == STATIONS
    assert all(at_least_dysp(row["code"]) for row in lists["ranks"].rows)


def test_a_state_s_own_list_is_in_force_by_its_date_and_the_earlier_ones_are_kept(tmp_path: Path) -> None:
    """The later date counts, whichever came in first; of one date the one that came in last; the same twice is once."""
    taken(tmp_path, GOOD)
    taken(tmp_path, GOOD)
    taken(tmp_path, GOOD.replace("One", "Old"), day="2025-01-01")
    assert master_called("stations", tmp_path / "data").rows[0]["name"] == "One"
    taken(tmp_path, GOOD.replace("One", "New"))
    assert master_called("stations", tmp_path / "data").rows[0]["name"] == "New"
    assert len(list((tmp_path / "data" / "masters" / "stations").glob("*.csv"))) == 3


def test_two_lists_that_come_in_at_one_time_are_both_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with its own label, whoever of the two was there first; one that died before its label takes no name."""
    link, others = Path.hardlink_to, [GOOD.replace("One", "Other")]

    def overtaken(self: Path, target: Path) -> None:
        if others:
            taken(tmp_path, others.pop())
        link(self, target)

    monkeypatch.setattr(Path, "hardlink_to", overtaken)
    taken(tmp_path, GOOD)
    folder = tmp_path / "data" / "masters" / "stations"
    assert sorted(each.suffix for each in folder.iterdir()) == [".csv", ".csv", ".json", ".json"]
    assert in_force(tmp_path / "data")["stations"].rows[0]["name"] == "One"
    (folder / "2026-10-31-0003.csv").write_bytes(b"code,na")
    taken(tmp_path, GOOD.replace("One", "Last"))
    assert in_force(tmp_path / "data")["stations"].rows[0]["name"] == "Last"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"{HEAD}\nPS-1,One,एक,D-1\nPS-1,Two,दो,D-1\n", "line 3: 'PS-1' stands in line 2 already"),
        (f"{HEAD}\n,One,एक,D-1\n", "line 2: the code is empty"),
        (f"{HEAD}\nPS-1,One,एक\n", "line 2: this line has 3 columns"),
        (f"{HEAD}\nPS-1,One ,एक,D-1\n", "line 2: name has blanks"),
        (f"{HEAD}\nPS-1,One\x1b[2J,एक,D-1\n", "line 2: name has blanks at its ends, or signs"),
        (f"{HEAD}\n".encode() + b"PS-1,\xff,x,D-1\n", "line 2: this line is not UTF-8"),
        (f"{HEAD}\n", "there is nothing in this list"),
        ("code,name,district,name_hi\nPS-1,One,D-1,x\n", "in this order"),
    ],
)
def test_a_list_with_a_fault_is_refused_whole(tmp_path: Path, text: str | bytes, told: str) -> None:
    """With the line; and nothing of it is in force."""
    with pytest.raises(Refused, match=told):
        taken(tmp_path, text)
    assert not master_called("stations", tmp_path / "data").imported


def test_what_refers_elsewhere_must_be_there(tmp_path: Path) -> None:
    """A district of a State that no list has."""
    with pytest.raises(Refused, match="line 2: state '99' is not in its own list"):
        taken(tmp_path, "code,name,state,census_2011\n1,One,99,\n", "districts")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"source": " "}, "say where"),
        ({"day": "2026-02-30"}, "is no date"),
        ({"day": "today"}, "is no date"),
        ({"name": "nothing"}, "there is no master"),
        ({"text": "a,b\n1,2\n"}, "lacks the column 'code'"),
        ({"text": b""}, "is empty"),
    ],
)
def test_a_list_that_cannot_be_placed_is_refused(tmp_path: Path, given: dict[str, Any], told: str) -> None:
    """Without a source, a date, or a place where it belongs."""
    with pytest.raises(Usage, match=told):
        taken(tmp_path, given.pop("text", GOOD), **given)


def test_what_the_program_checks_by_is_not_replaced(tmp_path: Path) -> None:
    """Else the list shown would not be the one that counts."""
    with pytest.raises(Refused, match="checks by"):
        taken(tmp_path, "code\nSP\n", "ranks")


def test_an_imported_list_that_was_altered_is_told(tmp_path: Path) -> None:
    """Its digest stands beside it."""
    taken(tmp_path, GOOD)
    (kept,) = (tmp_path / "data" / "masters" / "stations").glob("*.csv")
    kept.write_text(GOOD.replace("One", "Won"), encoding="utf-8")
    with pytest.raises(Broken, match="digest differs"):
        in_force(tmp_path / "data")


def test_the_command_lists_shows_and_takes_in(tmp_path: Path) -> None:
    """Source, date and whether it is invented stand beside every list."""
    (tmp_path / "list.csv").write_text(GOOD, encoding="utf-8")
    listed = {each["name"]: each for each in ask(tmp_path, "list")}
    assert (listed["stations"]["invented"], listed["districts"]["invented"]) == (True, False)
    given = ("--source", "the State's list", "--date", "2026-10-31")
    assert ask(tmp_path, "import", "stations", str(tmp_path / "list.csv"), *given)["lines"] == 2
    shown = ask(tmp_path, "show", "stations", "--search", "two")
    assert (shown["rows"], shown["imported"], shown["source"]) == (
        [{"code": "PS-2", "name": "Two", "name_hi": "दो", "district": "D-1"}], True, "the State's list",
    )  # fmt: skip
    assert [row["name"] for row in ask(tmp_path, "show", "districts", "--search", "baloda")["rows"]]
