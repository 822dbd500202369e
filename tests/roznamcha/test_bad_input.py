"""What may not get past the door: each bad act or file gets one line of error, the right exit, and leaves nothing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roznamcha.columns import MAX_ITEMS, MAX_TEXT
from roznamcha.errors import Refused
from roznamcha.intake import read_act
from roznamcha.strict_json import MAX_DOCUMENT, read_json
from tests.acts import NOW, sent
from tests.roznamcha.kit import Program

GOOD = "case.FIRRegistered"
Change = Callable[[dict[str, Any]], Any]


def changed(**changes: Any) -> Change:
    """A good act with some of its keys changed."""
    return lambda act: {**act, **changes}


def field(**changes: Any) -> Change:
    """A good act with some of its columns changed."""
    return lambda act: {**act, "fields": {**act["fields"], **changes}}


def only(**columns: Any) -> Change:
    """A good act but for its columns, which are these alone."""
    return lambda act: {**act, "fields": columns}


def without(key: str) -> Change:
    """A good act without one of its keys."""
    return lambda act: {name: value for name, value in act.items() if name != key}


BAD_ACTS: dict[str, tuple[Change, str]] = {
    "not an object": (lambda _: ["a", "list"], "an act is a JSON object, this is a list"),
    "a bare text": (lambda _: "FIR", "an act is a JSON object, this is text"),
    "null": (lambda _: None, "an act is a JSON object, this is null"),
    "no name": (without("name"), "name: missing"),
    "an unknown act": (changed(name="case.FIRRegisterd"), "did you mean case.FIRRegistered?"),
    "an act of no register": (changed(name="nothing.AtAll"), "`roznamcha acts` lists them"),
    "a name that is a number": (changed(name=7), "name: missing"),
    "an unknown key": (changed(when="today"), "unknown key 'when'"),
    "null in a column": (field(place=None), "place: must not be null; leave it out instead"),
    "null in a column that must be": (field(mode=None), "mode: missing"),
    "an empty column that must be": (field(mode=""), "mode: must be one of"),
    "an empty column that has more than nothing": (field(informant=""), "informant: is empty"),
    "no time": (without("occurred_at"), "occurred_at: missing"),
    "a time without zone": (changed(occurred_at="2026-07-02T09:00:00"), "has no zone; add +05:30 or Z"),
    "a date for a time": (changed(occurred_at="2026-07-02"), "has no zone"),
    "a time in words": (changed(occurred_at="yesterday"), "must be a time as RFC 3339 has it"),
    "a time as a number": (changed(occurred_at=1_782_962_400), "must be a time as RFC 3339 has it"),
    "a day that is not": (changed(occurred_at="2026-02-30T09:00:00Z"), "no day of the calendar"),
    "an hour that is not": (changed(occurred_at="2026-07-02T25:00:00Z"), "no day of the calendar or no hour"),
    "the future": (changed(occurred_at="2031-01-01T00:00:00Z"), "is in the future"),
    "a year before the law": (changed(occurred_at="1066-10-14T09:00:00Z"), "in the year 1066"),
    "year zero": (changed(occurred_at="0000-01-01T09:00:00Z"), "no day of the calendar"),
    "no actor": (without("actor"), "actor: missing"),
    "an actor without rank": (changed(actor={"id": "CG-1", "role": "IO"}), "actor.rank: missing"),
    "an actor with more": (
        changed(actor={"id": "1", "rank": "SI", "role": "IO", "age": 40}),
        "actor: unknown key 'age'",
    ),
    "an actor as text": (changed(actor="SI Rao"), "actor: missing"),
    "no station": (without("station"), "station: missing"),
    "a station that is a sentence": (changed(station="the one by the river!"), "station: must be a code"),
    "a command id that is none": (changed(command_id="12345"), "command_id: must be a UUID"),
    "a record name that is endless": (changed(record="r" * 500), "at most 200 characters"),
    "a record that is a number": (changed(record=12), "record: must be text, this is a number"),
    "fields as a list": (changed(fields=[1, 2]), "fields: must be an object, this is a list"),
    "an unknown field": (field(fir_nmuber=3), "no such field of case.FIRRegistered; did you mean fir_number?"),
    "a word of a missing field": (only(when_it_was_received_by_us="x"), "did you mean information_received_at?"),
    "a field like a missing one": (only(informant_received="x"), "did you mean information_received_at?"),
    "a field that is a little like one": (only(concept="x"), "did you mean contents?"),
    "a name with a word of a field": (only(**{"Ramlal Yadav_received": 1}), "(a key that is no name): no such field"),
    "a name for a field": (field(**{"Ramlal Yadav": 1}), "(a key that is no name): no such field"),
    "a missing field": (lambda a: {**a, "fields": {}}, "sections: missing"),
    "a null where none may be": (field(sections=None), "sections: missing"),
    "text for a number": (field(fir_number="twelve"), "must be a whole number, this is text"),
    "a flag for a number": (field(fir_number=True), "must be a whole number, this is true or false"),
    "a fraction for a number": (field(fir_number=1.5), "must be a whole number"),
    "a huge integer": (field(fir_number=10**30), "is a number too large to be kept"),
    "a text for a list": (field(sections="BNS 303(2)"), "must be a list, this is text"),
    "a number in a list of texts": (field(sections=[303]), "sections[0]: must be text, this is a number"),
    "an empty text": (field(sections=["  "]), "sections[0]: is empty"),
    "a NUL in a text": (field(sections=["BNS\x00303"]), "holds a control character"),
    "half a surrogate": (field(sections=["BNS \ud800"]), "holds a control character"),
    "a text too long": (field(sections=["x" * (MAX_TEXT + 1)]), "characters; at most"),
    "too many rows": (field(sections=["BNS 1"] * (MAX_ITEMS + 1)), "rows; at most"),
    "a quantity with a dash below": (
        changed(name="case.PropertySeized", fields={"memo": "M", "items": [{"quantity": "1_000"}]}),
        "items[0].quantity: is no decimal number",
    ),
    "an object for a text": (field(sections=[{"a": 1}]), "must be text, this is an object"),
    "a row with an unknown column": (field(accused=[{"code": "A1", "nick": "x"}]), "accused[0].'nick'"),
    "a row that is a text": (field(accused=["A1"]), "accused[0]: must be an object, this is text"),
}

BAD_BYTES: dict[str, tuple[bytes, str]] = {
    "truncated": (b'{"name": "case.FIRRegistered", "fiel', "this is not JSON"),
    "nothing": (b"", "this is not JSON"),
    "two documents": (b"{} {}", "this is not JSON: Extra data"),
    "not UTF-8": (b'{"name": "\xff\xfe"}', "this is not UTF-8: byte 11"),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), "this is not UTF-8: byte 1"),
    "a key twice": (b'{"name": "a", "name": "b"}', "the key 'name' stands twice"),
    "a key twice, deep down": (b'{"fields": {"a": [{"b": 1, "b": 2}]}}', "the key 'b' stands twice"),
    "not a number": (b'{"fields": {"a": NaN}}', "NaN is not a number that can be entered"),
    "infinity": (b'{"fields": {"a": -Infinity}}', "-Infinity is not a number that can be entered"),
    "nested without end": (b"[" * 100_000, "nested too deeply"),
    "digits without end": (b'{"a": ' + b"9" * 10_000 + b"}", "too many digits"),
    "ten megabytes": (b'{"a": "' + b"x" * 10_000_000 + b'"}', f"at most {MAX_DOCUMENT:,} are taken"),
    "JSON with a comment": (b'{"a": 1} // FIR', "this is not JSON"),
    "a raw NUL": (b'{"a": "\x00"}', "this is not JSON"),
}


def test_for_a_field_like_none_nothing_is_proposed() -> None:
    """A word like `at`, which many columns have, makes no likeness."""
    with pytest.raises(Refused) as refused:
        read_act(only(umbrella_at="x")(sent(GOOD)), now=NOW)
    assert refused.value.reasons[0] == f"'umbrella_at': no such field of {GOOD}"


@pytest.mark.parametrize("case", BAD_ACTS, ids=str)
def test_a_bad_act_is_refused_with_its_reason(case: str) -> None:
    """Each is refused at the door, and the reason says what is wrong where."""
    change, reason = BAD_ACTS[case]
    document = change(sent(GOOD, sections=["BNS 303(2)"]))
    with pytest.raises(Refused) as refused:
        read_act(document, now=NOW)
    assert any(reason in each for each in refused.value.reasons), refused.value.reasons
    assert all("\n" not in each for each in refused.value.reasons)


@pytest.mark.parametrize("case", BAD_BYTES, ids=str)
def test_bad_bytes_are_refused_with_their_reason(case: str) -> None:
    """What isn't one strict JSON document doesn't get further."""
    data, reason = BAD_BYTES[case]
    with pytest.raises(Refused) as refused:
        read_json(data)
    assert reason in str(refused.value)


def test_every_reason_is_told_at_once() -> None:
    """Who sent three mistakes hears of three."""
    document = sent(GOOD, fir_number="x", year="y", sections=[1])
    with pytest.raises(Refused) as refused:
        read_act(document, now=NOW)
    assert len(refused.value.reasons) == 3


def test_the_good_act_passes() -> None:
    """The table above changes one thing in an act that is otherwise taken."""
    assert read_act(sent(GOOD, sections=["BNS 303(2)"]), now=NOW).event.name == GOOD


def test_bad_acts_on_the_command_line_leave_nothing(program: Program) -> None:
    """A line of error, the exit status of a refusal or of wrong use, and an empty register."""
    bad = [
        (["record", "case.NoSuchAct", "--by", "1,SI,IO", "--station", "S"], 1),
        (["record", "PMRReceived", "--by", "1,SI,IO", "--station", "S"], 2),
        (["record", GOOD, "--by", "1,SI,IO", "--station", "S", "--json-fields", "{"], 1),
        (["record", GOOD, "--by", "1,SI,IO", "--station", "S", "--field", "sections"], 2),
        (["record", GOOD, "--by", "1,SI,IO", "--station", "S", "--nonsense"], 2),
        (["record", GOOD, "--station", "S"], 2),
        (["record"], 2),
        (["recrod", GOOD], 2),
        (
            [
                "record",
                "case.CopyGivenToInformant",
                "--record",
                "nobody/0001/2026",
                "--by",
                "1,SI,IO",
                "--station",
                "S",
            ],
            1,
        ),
        (["show", "nobody/0001/2026"], 1),
        (["import", "no-such-file.jsonl"], 2),
        (["import", __file__, "--map", "no-such-map.yaml"], 2),
    ]
    for arguments, code in bad:
        done = program.run(*arguments, check=False)
        assert done.returncode == code, (arguments, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, (arguments, done.stderr)
        assert "Traceback" not in done.stderr
    assert program.count("entries") == 0


def test_the_bad_acts_as_a_file_leave_nothing(program: Program, tmp_path: Path) -> None:
    """Each bad act is one line of an import: one line of the rejects file with its reason, exit 1, and no entry."""
    documents = [change(sent(GOOD, sections=["BNS 303(2)"])) for change, _ in BAD_ACTS.values()]
    file, rejects = tmp_path / "bad.jsonl", tmp_path / "rejects.jsonl"
    file.write_text("\n".join(json.dumps(each) for each in documents) + "\n")
    done = program.run("import", str(file), "--rejects", str(rejects), "--json", check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    told = json.loads(done.stdout)
    assert (told["read"], told["recorded"], told["rejected"]) == (len(documents), 0, len(documents))
    lines = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [each["line"] for each in lines] == list(range(1, len(documents) + 1))
    for each, (case, (_, reason)) in zip(lines, BAD_ACTS.items(), strict=True):
        assert any(reason in told for told in each["reasons"]), (case, each)
    assert program.count("entries") == 0
    assert program.count("names") == 0


RECORDED_BADLY = (
    "text for a number", "a flag for a number", "a huge integer", "an empty text",
    "a NUL in a text",
    "an unknown field", "a missing field", "a null where none may be", "a row with an unknown column",
)  # fmt: skip


def test_bad_acts_through_record_leave_nothing(program: Program) -> None:
    """The same columns through `record`: refused, in one line that gives the reason, and nothing is recorded."""
    for case in RECORDED_BADLY:
        change, reason = BAD_ACTS[case]
        fields = json.dumps(change(sent(GOOD, sections=["BNS 303(2)"]))["fields"])
        who = ["--by", "1,SI,IO", "--station", "S", "--json-fields", "-"]
        done = program.run("record", GOOD, *who, check=False, stdin=fields)
        assert done.returncode == 1, (case, done.stderr)
        assert len(done.stderr.strip().splitlines()) == 1, (case, done.stderr)
        assert reason in done.stderr, (case, done.stderr)
    assert program.count("entries") == 0


def test_personal_data_on_the_command_line_are_turned_away(program: Program) -> None:
    """Arguments are read by every user of the machine, so names may not stand there."""
    done = program.run(
        "record", GOOD, "--by", "1,SI,IO", "--station", "S", "--field", "informant_name=Zzyx", check=False
    )
    assert done.returncode == 2
    assert "--json-fields -" in done.stderr
    assert "Zzyx" not in done.stderr


def test_a_file_of_bad_lines_is_rejected_line_by_line(program: Program, tmp_path: Path) -> None:
    """Every bad line is in the rejects file with its number and reasons; the good ones are in; twice is once."""
    lines = [json.dumps(sent(GOOD, f"old:{n}", sections=["BNS 303(2)"])).encode() for n in range(3)]
    lines[1:1] = [data for data, _ in BAD_BYTES.values() if data and b"\n" not in data]
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b"\n".join(lines))
    told = program.json("import", str(file), "--rejects", str(tmp_path / "rejects.jsonl"), code=5)
    assert told["recorded"] == 3
    assert told["rejected"] == told["read"] - 3 == len(lines) - 3
    rejects = [json.loads(line) for line in (tmp_path / "rejects.jsonl").read_text().splitlines()]
    assert [each["line"] for each in rejects] == list(range(2, len(lines) - 1))
    assert all(each["reasons"] for each in rejects)
    again = program.json("import", str(file), "--rejects", str(tmp_path / "rejects.jsonl"), code=5)
    assert (again["recorded"], again["already"], again["rejected"]) == (0, 3, told["rejected"])
    assert program.count("entries") == 3


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("cut.jsonl.gz", gzip.compress(json.dumps({"a": 1}).encode() * 5_000, mtime=0)[:-20], "ends in the middle"),
        ("empty.jsonl", b"", "is empty"),
        ("folder.jsonl", None, "cannot be read"),
    ],
)
def test_a_broken_file_is_told_as_such(
    program: Program, tmp_path: Path, name: str, data: bytes | None, said: str
) -> None:
    """A cut archive, an empty file and a folder each get a plain answer."""
    file = tmp_path / name
    file.mkdir() if data is None else file.write_bytes(data)
    done = program.run("import", str(file), check=False)
    assert "Traceback" not in done.stderr
    assert said in done.stderr
    assert done.returncode == {"cut.jsonl.gz": 1, "empty.jsonl": 2, "folder.jsonl": 2}[name]


def test_one_command_id_with_two_contents_is_refused(program: Program, tmp_path: Path) -> None:
    """The same command id may only mean the same act."""
    one = sent(GOOD, "old:1", sections=["BNS 303(2)"]) | {"command_id": "00000000-0000-7000-8000-0000000000aa"}
    two = {**one, "record": "old:2"}
    file = tmp_path / "two.jsonl"
    file.write_text(f"{json.dumps(one)}\n{json.dumps(two)}\n")
    told = program.json("import", str(file), "--rejects", str(tmp_path / "rejects.jsonl"), code=5)
    assert (told["recorded"], told["rejected"]) == (1, 1)
    assert "was used for another act" in (tmp_path / "rejects.jsonl").read_text()
    with psycopg.connect(program.url) as connection:
        assert connection.execute("SELECT count(*) FROM roznamcha.names").fetchone() == (2,)


def test_an_empty_column_is_one_that_was_left_out() -> None:
    """As forms and CSV send it; and null stands where a column may have nothing."""
    plain = sent(GOOD, "old:1", sections=["BNS 303(2)"])
    empty = field(place="", beat="", time_period="", distance_km=None, gd_at=None)(plain)
    for strict in (True, False):
        assert read_act(empty, now=NOW, strict=strict).event == read_act(plain, now=NOW, strict=strict).event
