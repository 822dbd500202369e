"""Schemas taken to another registry: under our own ids, compared first, nothing half done, and by one command alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.topics import Topics
from roznamcha.commands.registries import publish as publish_command
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.publishing import missing, other_registry, publish
from roznamcha.subjects import Line, SchemaBook, schema_book
from schemas import catalogue
from schemas.sameness import same
from tests.house import PACKAGES, imports, sources
from tests.peers.importing import Importing, importing
from tests.roznamcha.kit import ROOT, Program


@pytest.fixture(scope="module")
def book() -> SchemaBook:
    """Some of our schemas, as a registry has them: each topic's first and last."""
    lines = schema_book(catalogue(), Topics()).lines
    return SchemaBook([*lines[:8], *lines[-8:]])


@pytest.fixture
def there() -> Iterator[Importing]:
    """An empty registry that takes ids."""
    with importing() as found:
        yield found


def take(book: SchemaBook, there: Importing) -> list[Line]:
    """Publish; give what was written."""
    with other_registry(there.url) as other:
        return publish(book, other)


def placed(there: Importing) -> dict[tuple[str, int], int]:
    """Each version it has, with its id."""
    return {(subject, version): number for subject, each in there.subjects.items() for version, number in each.items()}


def ours(book: SchemaBook) -> dict[tuple[str, int], int]:
    """The same as it stands in schemas.lock."""
    return {(line.subject, line.version): line.id for line in book.lines}


def test_each_topic_has_the_subjects_of_what_it_carries() -> None:
    """Topic and record's full name; every act in the topic of entries, a view's row only in the topic of its own."""
    book = schema_book(catalogue(), Topics())
    subjects = book.subjects
    assert [line.id for line in subjects["roznamcha.entries.v1-roznamcha.case.FIRRegistered"]] == [
        catalogue().id_of(catalogue().latest["case.FIRRegistered"])
    ]
    assert "roznamcha.entries.v1-roznamcha.deadline.Opened" in subjects
    assert "roznamcha.deadlines.v1-roznamcha.deadline.Opened" in subjects
    assert {each for each in subjects if ".view." in each} == {
        "roznamcha.case-state.v1-roznamcha.view.CaseState",
        "roznamcha.custody.v1-roznamcha.view.Custody",
        "roznamcha.ranking.v1-roznamcha.view.Ranking",
    }
    assert {line.id for line in book.lines} == {line.id for line in catalogue().locked}


def test_all_is_there_afterwards_under_our_ids_and_nothing_twice(book: SchemaBook, there: Importing) -> None:
    """Each version under its id, each subject closed again and fully transitive; a second time writes nothing."""
    assert len(take(book, there)) == len(book.lines)
    assert placed(there) == ours(book)
    assert set(there.modes.values()) == {"READWRITE"}
    assert there.levels == dict.fromkeys(book.subjects, "FULL_TRANSITIVE")
    assert all(same(there.schemas[line.id], line.schema.complete) for line in book.lines)
    there.writes.clear()
    assert take(book, there) == there.writes == []


def test_a_plan_writes_nothing(book: SchemaBook, there: Importing) -> None:
    """It names what is missing, and leaves the registry as it was."""
    with other_registry(there.url) as other:
        assert {line.subject for line in missing(book, other)} == set(book.subjects)
    assert there.writes == []


def test_another_schema_under_an_id_of_ours_is_refused_before_anything_is_written(
    book: SchemaBook, there: Importing
) -> None:
    """The line of the lock is named, and the registry is left alone."""
    there.schemas[7] = '{"type": "record", "name": "Theirs", "fields": []}'
    with pytest.raises(Broken, match=r"nothing was published: id 7 is taken there by another schema than roznamcha"):
        take(book, there)
    assert there.writes == []


@pytest.mark.parametrize(
    ("version", "number", "why"),
    [(1, 400, "has the id 400 there and"), (2, 400, "has a version 2 there, which schemas.lock hasn't")],
)
def test_a_subject_that_differs_is_refused(
    book: SchemaBook, there: Importing, version: int, number: int, why: str
) -> None:
    """Another id, or a version nobody gave out: nothing is written."""
    line = book.by_id[3][0]
    there.schemas[number] = line.schema.complete
    there.subjects[line.subject] = {version: number}
    with pytest.raises(Broken, match=why):
        take(book, there)
    assert there.writes == []


def test_a_registry_that_changes_what_it_takes_is_left_without_it(book: SchemaBook, there: Importing) -> None:
    """A schema that lost its words on the way is not ours: all that was written is taken back."""
    there.forgets_docs = True
    with pytest.raises(
        Broken,
        match=r"does not keep what it takes: roznamcha.* is another schema there. What was written just now was taken",
    ):
        take(book, there)
    assert (there.schemas, there.subjects) == ({}, {})


def test_one_that_opens_nothing_is_refused(book: SchemaBook, there: Importing) -> None:
    """Where modes may not be changed ids can't be kept: an answer in words, and nothing is written."""
    there.mutable = False
    with pytest.raises(Refused, match="let it change modes"):
        take(book, there)
    assert there.schemas == {}


@pytest.mark.parametrize("fault", ["closes", "levelled"])
def test_one_that_does_not_finish_is_refused_and_finished_later(book: SchemaBook, there: Importing, fault: str) -> None:
    """It takes a schema, and won't close the subject or set its level: told in a line, and the next time goes on."""
    setattr(there, fault, False)
    with pytest.raises(Refused, match=r"does not finish them.*publish again"):
        take(book, there)
    setattr(there, fault, True)
    take(book, there)
    assert placed(there) == ours(book)
    assert "IMPORT" not in there.modes.values()
    assert there.levels.keys() == there.subjects.keys()


def test_when_it_goes_away_the_next_time_goes_on(book: SchemaBook, there: Importing) -> None:
    """What was written by then is right and closed; the rest follows."""
    there.fails_after = 6
    with pytest.raises(Unavailable, match="status 500, 50001"):
        take(book, there)
    assert "IMPORT" not in there.modes.values()
    done = placed(there)
    assert done.items() <= ours(book).items()
    there.fails_after = None
    assert len(take(book, there)) == len(book.lines) - len(done)
    assert placed(there) == ours(book)


def test_a_subject_that_a_dead_publisher_left_open_is_closed(book: SchemaBook, there: Importing) -> None:
    """Killed between opening and closing: the next time finds it and closes it, with nothing else to write."""
    take(book, there)
    there.modes[book.lines[5].subject] = "IMPORT"
    assert take(book, there) == []
    assert set(there.modes.values()) == {"READWRITE"}


def test_the_command_tells_what_it_did(there: Importing, tmp_path: Path) -> None:
    """First as a plan, then done, then nothing left; in words and as JSON."""
    program = Program(tmp_path, "")
    at = ("schemas", "publish", "--registry", there.url)
    planned = program.json(*at, "--plan")
    assert planned["missing"][0] == {
        "subject": "roznamcha.entries.v1-roznamcha.case.ProsecutionClearanceGiven", "version": 1, "id": 1,
    }  # fmt: skip
    assert len(planned["missing"]) == planned["versions"] == len(program.json(*at)["published"])
    assert program.run(*at, "--plan").stdout.endswith(f"for {there.url}: 0 missing there\n")


@pytest.mark.parametrize(
    ("url", "code", "told"),
    [
        ("http://someone:secret@127.0.0.1:1/x", 4, "http://someone:***@127.0.0.1:1/x is away"),
        ("", 2, "no registry is named"),
    ],
)
def test_the_command_says_why_not(url: str, code: int, told: str, tmp_path: Path) -> None:
    """Away, or not named: one line, its exit code, and no password."""
    program = Program(tmp_path, "")
    done = program.run("schemas", "publish", "--registry", url, "--json", check=False)
    assert done.returncode == code
    assert told in json.loads(done.stdout)["message"]
    assert "secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("url", ["foo", "foo:8081", "ftp://foo", "http://", "http://foo:x", "http://[foo", "//foo"])
def test_what_is_no_url_is_wrong_usage(url: str) -> None:
    """Nobody is away: it is asked of nobody."""
    with pytest.raises(Usage, match="no URL of a registry"):
        publish_command(url)


def test_nothing_else_can_publish() -> None:
    """No process that runs for long even loads what speaks to another registry: producers never register."""
    users = {
        file
        for file, tree in sources(ROOT, *PACKAGES)
        for _, name, *_ in imports(tree)
        if name.startswith("httpx") or name == "roznamcha.publishing"
    }
    asking = {"roznamcha/ledger/stamping.py", "roznamcha/ledger/witnessing.py"}  # authorities of time and witnesses
    assert users == {"roznamcha/publishing.py", "roznamcha/commands/registries.py"} | asking
