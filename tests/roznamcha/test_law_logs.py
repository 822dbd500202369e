"""Logs as others wrote them, CSV and XES, whole or broken: what can't be read is told with its line."""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roznamcha.errors import Refused, RoznamchaError, Usage
from roznamcha.lab.xes import events
from tests.domain.law.bench import HEAD, RULE, checked, log, rules, six
from tests.domain.law.test_commands import ask, run

LINES = ["1,Start,2026-03-01T09:00:00+05:30", "1,Stop,2026-03-03T09:00:00+05:30", "2,Start,2026-03-02T09:00:00+05:30",
         "3,Stop,2026-03-03T09:00:00+05:30", "2,Stop,2026-03-09T09:00:00+05:30"]  # fmt: skip
GOOD = f"{HEAD}\n{LINES[0]}\n{LINES[1]}\n".encode()
PACKED = gzip.compress(GOOD * 2000, mtime=0)
COUNTS = (2, 1, 1, 0, 1, 0)
MUCH = b'<string key="a" value="%b"/>' % (b"x" * 1_000_000) * 5
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def asked(folder: Path, content: bytes, *more: str, name: str = "given.csv") -> Any:
    """What `law check` says of a file with this content."""
    file = folder / name
    file.write_bytes(content)
    return ask("check", "--log", str(file), "--rules", str(rules(folder, RULE)), *more)["a-rule"]


def xes(lines: list[str], head: str = "") -> bytes:
    """The same lines as XES, the lines of a case together."""
    rows = [line.split(",") for line in lines]
    traces = []
    for case in dict.fromkeys(row[0] for row in rows):
        events = "".join(
            f'<event><string key="concept:name" value={quoteattr(activity)}/><date key="time:timestamp" value="{at}"/>'
            '<list key="more"><string key="concept:name" value="Stop"/></list></event>\n'
            for of, activity, at in rows if of == case
        )  # fmt: skip
        traces.append(
            f'<trace><string key="concept:name" value="{case}"/><string key="agency" value="A{case}"/>{events}</trace>'
        )
    scope = '<global scope="event"><string key="concept:name" value="Stop"/></global>'
    return (
        f'<?xml version="1.0"?>{head}<log xmlns="http://www.xes-standard.org/">{scope}{"".join(traces)}</log>'.encode()
    )


@pytest.mark.parametrize("packed", [False, True])
def test_xes_says_the_same_as_csv(tmp_path: Path, packed: bool) -> None:
    """Compressed or not; nested attributes and the defaults of a log are no attributes of an event."""
    csv = checked(tmp_path, LINES)
    content = xes(LINES)
    name = "log.xes.gz" if packed else "log.xes"
    found = asked(tmp_path, gzip.compress(content) if packed else content, "--by", "agency", name=name)
    assert six(found) == six(csv) == COUNTS
    assert {value: each["opened"] for value, each in found["by"]["agency"].items()} == {"A1": 1, "A2": 1, "A3": 0}
    assert (found["log"]["unit"], found["log"]["as_of"]) == ("event", csv["log"]["as_of"])
    packed_csv = asked(tmp_path, gzip.compress((tmp_path / "log.csv").read_bytes()), name="log.csv.gz")
    assert six(packed_csv) == COUNTS


def test_a_column_that_no_event_has_is_told(tmp_path: Path) -> None:
    """XES names no columns before its events: a slip in `--by` would look like a log in which nobody has a value."""
    notes = [asked(tmp_path, xes(LINES), "--by", by)["log"]["notes"] for by in ("agency", "agencie")]
    assert notes == [[], ["--by 'agencie': no event that a rule asks for has such a column"]]


EVENT = st.tuples(st.integers(0, 3), st.sampled_from(("Start", "Stop", "Other")), st.integers(0, 200))


@settings(deadline=None, max_examples=50)
@given(st.lists(EVENT, min_size=1, max_size=30))
def test_any_log_is_the_same_in_both(drawn: list[tuple[int, str, int]]) -> None:
    """Every count, whatever the log, and what became of each start and stop in each case."""
    lines = [f"{case},{what},{(BEGIN + hours * timedelta(hours=1)).isoformat()}" for case, what, hours in drawn]
    with tempfile.TemporaryDirectory() as made:
        folder, told = Path(made), []
        for name, content in (("a.csv", "\n".join([HEAD, *lines]).encode()), ("b.xes", xes(lines))):
            found = asked(folder, content, "--cases", str(folder / "cases.jsonl"), name=name)
            cases = (folder / "cases.jsonl").read_text()
            ends = [json.loads(line) for line in cases.splitlines()]
            told.append(
                ({**found, "log": 0}, sorted((each["case"], each["outcome"], str(each["stop"])) for each in ends))
            )
    assert told[0] == told[1]


BOMB = '<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE log [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
FETCHED = '<!DOCTYPE log SYSTEM "http://127.0.0.1:9/log.dtd">'


@pytest.mark.parametrize("head", [BOMB, OUTSIDE, FETCHED], ids=["bomb", "file", "address"])
def test_what_expands_or_fetches_is_refused(tmp_path: Path, head: str) -> None:
    """A document type is refused where it begins, before anything of it is expanded, opened or fetched."""
    content = xes(LINES, head).replace(b'value="A1"', b'value="&c;"' if head == BOMB else b'value="&a;"')
    with pytest.raises(Usage, match=r"log\.xes:1: it has a document type"):
        asked(tmp_path, content, name="log.xes")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty: its first line names the columns"),
        (b"\n\n", "is empty"),
        (b"case_id,activity\n1,Start\n", "lacks the column 'timestamp'; name its columns with --case"),
        (b"case_id,activity,timestamp,activity\n1,Start,2026-03-01,x\n", "has the column 'activity' twice"),
        (HEAD.encode(), "holds no line"),
        (b"\xff\xfec\x00a\x00s\x00e\x00", "has no line of columns"),
        (b"\x00" * 30, "has no line of columns|lacks the column"),
        (gzip.compress(GOOD * 200)[:-20], "the file ends in the middle, after line"),
        (PACKED + b"junk", r"the rest of the file can't be read, after line \d+: Not a gzipped file \(b'ju'\)"),
        (PACKED[:-8] + b"\0" * 8, r"the rest of the file can't be read, after line \d+: CRC check failed"),
        (gzip.compress(xes(LINES * 2000), mtime=0) + b"junk", r"file can't be read, after event [\d,]+: Not a gzipped"),
        (b"\x1f\x8bno gzip at all", "can't be read|ends in the middle"),
        (GOOD + b"\n" * 1_000_001, "has more than 1,000,000 empty lines, one after the other"),
        (b"<log><trace>", r"given.csv:1: it is no whole XML: no element found"),
        (b"<log>\n<trace></log>", r"given.csv:2: it is no whole XML: mismatched tag"),
        (b"<log><trace>\n<trace><event/></trace></trace></log>", r"given.csv:2: <trace> stands in <trace>"),
        (b"<log><trace><event>\n<list><event/></list></event></trace></log>", r"csv:2: <event> stands in <event>"),
        (b"<log><trace><event><trace><event/></trace></event></trace></log>", "1: <trace> stands in <event>"),
        (b"<html></html>", "it begins with <html>, and XES begins with <log>"),
        (b"<log></log>", "holds no event"),
        (b"<log>" + b"<a>" * 200, "it is nested more than 100 deep"),
        (b'<log><trace><string key="a" value="' + b"x" * 5_000_000, "one element has more than 4,194,304 bytes"),
        (b"<log><trace><event>" + MUCH, "one event has more than 4,194"),
        (b"<log><trace>" + MUCH, "one trace has more than 4,194,304"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><log/>', "given.csv: its encoding can't be read"),
        (b'<?xml version="1.0" encoding="foo"?><log/>', r"its encoding can't be read \(unknown encoding: foo\)"),
        (gzip.compress(xes(LINES * 2000))[:-500], "ends in the middle, after event"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_log_is_refused_whole(tmp_path: Path, content: bytes, told: str) -> None:
    """No count is given of a part of it; exit code 2."""
    with pytest.raises(Usage, match=told) as refused:
        asked(tmp_path, content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"9,Start,yesterday", "the column timestamp is no time like 2026-07-02T10:30:00+05:30"),
        (b"9,Start,01/03/2026", "the column timestamp is no time like"),
        (b"9,Start,2026-02-30", "the column timestamp is no day of the calendar"),
        (b"9,Start,2026-03-01T25:00", "the column timestamp is no day of the calendar or no hour of the clock"),
        (b"9,Start,0001-01-01T00:00:00+14:00", "the column timestamp is no day of the calendar"),
        (b"9,Start,", "the column timestamp is empty"),
        (b",Start,2026-03-01", "the column case_id is empty"),
        (b"9,,2026-03-01", "the column activity is empty"),
        (b"9,Start", "this line has 2 columns, the first line has 3"),
        (b"9,Start,2026-03-01,more", "this line has 4 columns"),
        (b"9,St\xff\xfert,2026-03-01", "this line is not UTF-8: byte 5 cannot be read"),
        (b'9,"Start"x,2026-03-01', "this line is not CSV"),
        (b'9,"' + b"x" * 200_000 + b'",2026-03-01', "this line is not CSV: field larger"),
        (b"9,Start,2026-03-01 \xe0\xa5\xa8", "the column timestamp is no time like"),
    ],
)  # fmt: skip
def test_a_bad_line_costs_itself(tmp_path: Path, line: bytes, reason: str) -> None:
    """It is counted, told with its number, and written where it is asked for; the rest is checked."""
    content = GOOD + line + b"\r\n\n" + b"2,Start,2026-03-01\n"
    found = asked(tmp_path, content, "--rejects", str(tmp_path / "rejects.jsonl"))
    about = found["log"]
    assert (about["read"], about["rejected"], found["opened"]) == (4, 1, 2)
    (only,) = about["first_rejected"]
    assert only["line"] == 4
    assert only["reason"].startswith(reason)
    assert about["reasons"] == [{"lines": 1, "reason": only["reason"]}]
    (told,) = map(json.loads, (tmp_path / "rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert (told["line"], told["reasons"]) == (4, [only["reason"]])
    sent = line[:10_000].decode("utf-8", "replace")
    assert told["row"] == (
        sent if reason.startswith("this line") else dict(zip(HEAD.split(","), sent.split(","), strict=True))
    )


def test_an_event_without_its_place_is_turned_away(tmp_path: Path) -> None:
    """Outside a trace, in a trace without a name, without a time: by its number."""
    name, at = '<string key="concept:name" value="{}"/>', '<date key="time:timestamp" value="2026-03-01T10:00:00Z"/>'
    start = name.format("Start")
    named = f"<event>{start}</event><event>{at}</event><event>{start}{at}</event>"
    events = [f"<event>{start}{at}</event>", f"<trace><event>{start}{at}</event></trace>"]
    events.append(f"<trace>{name.format(1)}{named}</trace>")
    written = tmp_path / "rejects.jsonl"
    found = asked(tmp_path, f"<log>{''.join(events)}</log>".encode(), "--rejects", str(written))
    assert json.loads(written.read_text().splitlines()[0])["row"]["concept:name"] == "Start"
    assert found["opened"] == 1
    assert [(each["line"], each["reason"]) for each in found["log"]["first_rejected"]] == [
        (1, "this event stands in no trace: it has no case"),
        (2, "the column case:concept:name is empty"),
        (3, "the column time:timestamp is empty"),
        (4, "the column concept:name is empty"),
    ]


def test_an_event_has_what_its_trace_had_before_it() -> None:
    """An attribute of a trace between two events is the second one's."""
    first, second = '<string key="a" value="1"/>', '<string key="a" value="2"/>'
    content = f"<log><trace>{first}<event/>{second}<event/></trace><trace><event/></trace></log>".encode()
    rows = [row for _, row, _ in events(io.BytesIO(content), "a.xes")]
    assert rows == [{"case:a": "1", "a": "1"}, {"case:a": "2", "a": "2"}, {}]


@pytest.mark.parametrize("end", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York"])
def test_a_log_may_end_with_the_calendar(tmp_path: Path, end: str, zone: str) -> None:
    """A usual way to write that something has no end; the zone may have no such time."""
    for line, *options in ([f"2,Start,{end}"], [LINES[0], "--as-of", end]):
        found = checked(tmp_path, [line], "--zone", zone, *options)
        assert datetime.fromisoformat(found["log"]["as_of"]) == datetime.fromisoformat(end)
        run("check", "--log", str(tmp_path / "log.csv"), "--rules", str(tmp_path / "rules"), "--zone", zone, *options)


def test_a_log_without_one_sound_line_is_refused(tmp_path: Path) -> None:
    """Exit code 1, with the first reason."""
    with pytest.raises(
        Refused, match=r"none of the 2 lines of given\.csv can be read: line 2: the column timestamp is no time"
    ):
        asked(tmp_path, f"{HEAD}\n1,Start,x\n1,Stop,y\n".encode())


def test_other_columns_other_times(tmp_path: Path) -> None:
    """Real logs name their columns, write their times, and part their columns as they please."""
    content = "\ufeffNo;Vorgang;Zeit\r\n7;Start;01.03.2026 10:00\r\n7;Stop;04.03.2026 23:00\r\n8;Start;x\r\n".encode()
    options = ("--case", "No", "--activity", "Vorgang", "--time", "Zeit", "--delimiter", ";")
    found = asked(tmp_path, content, *options, "--time-format", "%d.%m.%Y %H:%M")
    assert (six(found), found["log"]["rejected"]) == ((1, 1, 0, 0, 0, 0), 1)
    assert found["log"]["first_rejected"][0]["reason"] == "the column Zeit is no time of the form %d.%m.%Y %H:%M"
    tabs = content.replace(b";", b"\t").replace(b" 10:00", b"").replace(b" 23:00", b"")
    found = asked(tmp_path, tabs, *options[:-1], "tab", "--time-format", "%d.%m.%Y")
    assert (six(found), found["log"]["days_alone"]) == ((1, 1, 0, 0, 0, 0), 2)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--zone", "Mars/Olympus"], "--zone 'Mars/Olympus' is no time zone"),
        (["--as-of", "soon"], "--as-of 'soon': give a date"),
        (["--count", "weeks"], "--count weeks: say calendar or elapsed"),
        (["--count", "elapsed", "--compare", "rules"], "elapsed without --compare"),
        (["--by", "agency"], "lacks the column 'agency'"),
        (["--delimiter", "||"], "--delimiter '\\|\\|': one sign"),
        (["--time-format", "%Q"], "is no form of time"),
        (["--time-format", "%Y-%m-%d %H:%M %Z"], "%Z reads names of zones and tells none; %z reads"),
        (["--rules", "nowhere"], "nowhere: no folder with rule files"),
        (["--log", "nowhere.csv"], "nowhere.csv cannot be read: No such file"),
        (["--log", "/dev/null"], "is a pipe or a device"),
        (["--cases", "/nowhere/cases.jsonl"], "--cases /nowhere/cases.jsonl: no file can be made there"),
        (["--cases", "same.jsonl", "--rejects", "same.jsonl"], "name one file: give each its own"),
    ],
)
def test_what_is_asked_for_wrongly_is_told(tmp_path: Path, options: list[str], told: str) -> None:
    """In one line; exit code 2, and no file is made."""
    where = {"--log": str(log(tmp_path, LINES)), "--rules": str(rules(tmp_path, RULE))}
    where |= {name: options[place + 1] for place, name in enumerate(options) if name in where}
    rest = [each for place, each in enumerate(options) if each not in where and options[place - 1] not in where]
    with pytest.raises(Usage, match=told) as refused:
        run("check", *(part for pair in where.items() for part in pair), *rest)
    assert "\n" not in str(refused.value)
    assert not list(tmp_path.glob("*.jsonl"))


def test_no_older_answer_is_left(tmp_path: Path) -> None:
    """Where there is nothing to write, a file of an earlier run is emptied."""
    files = [tmp_path / "cases.jsonl", tmp_path / "rejects.jsonl"]
    for each in files:
        each.write_text("of an earlier run")
    checked(tmp_path, ["1,Other,2026-03-01"], "--cases", str(files[0]), "--rejects", str(files[1]))
    assert [each.read_text() for each in files] == ["", ""]


@pytest.mark.parametrize("target", ["log.csv", "link.jsonl"])
def test_no_file_is_written_over(tmp_path: Path, target: str) -> None:
    """Neither the log itself nor what a link leads to."""
    file = log(tmp_path, LINES)
    (tmp_path / "link.jsonl").symlink_to(file)
    before = file.read_bytes()
    for option in ("--cases", "--rejects"):
        with pytest.raises(RoznamchaError, match=option):
            checked(tmp_path, LINES, option, str(tmp_path / target))
    assert file.read_bytes() == before


def test_a_person_is_told_how_it_was_read(tmp_path: Path) -> None:
    """How many lines, in which zone, as of when; which were rejected; and that nobody has reviewed the rule."""
    file, book = log(tmp_path, [*LINES, "4,Start,never"]), rules(tmp_path, RULE)
    told = run("check", "--log", str(file), "--rules", str(book))
    for words in ("6 lines read, 1 rejected", "days are counted in Asia/Kolkata", "as of 09.03.2026 09:00, the",
                  "a-rule", "not reviewed"):  # fmt: skip
        assert words in told
