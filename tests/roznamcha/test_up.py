"""One command keeps all posts manned: it starts again what dies, leaves alone what can't be helped, and stops clean."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from consumers.embedded import connected
from roznamcha import lifeline
from roznamcha.guard import Guard
from roznamcha.health import UP, examine
from roznamcha.ledger.keys import Keys
from roznamcha.ledger.notes import Signer, body_of, note_of
from roznamcha.lines import Lines
from roznamcha.posts import POSTS
from roznamcha.sentry import FIRST, MOST, Sentry
from schemas import catalogue
from tests.roznamcha.kit import Program
from tests.roznamcha.standing import lives, standing, until
from tests.roznamcha.test_relaying import entered

# --- one sentry ------------------------------------------------------------------------------------------------------


@pytest.fixture
def sentry() -> Sentry:
    """A sentry without a process, told of ends by hand."""
    return Sentry(POSTS[0], [], 1.0, Lines(io.StringIO(), readable=False))


def just_started(sentry: Sentry, seconds: float = 0.0) -> Sentry:
    """As if its process had been started so long ago."""
    sentry._since = time.monotonic() - seconds  # noqa: SLF001 (what `start` notes)
    return sentry


def test_each_death_is_waited_for_twice_as_long(sentry: Sentry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to a limit, for ever; and from the beginning after a while of health."""
    now = 1_000.0
    monkeypatch.setattr("roznamcha.sentry.time.monotonic", lambda: now)
    waits = []
    for code in (-9, 4, 0, 4, 4, 4, 4, 4, 4, 4):
        just_started(sentry).ended(code)
        assert sentry.due is not None
        waits.append(sentry.due - now)
    assert waits == [min(MOST, FIRST * 2**n) for n in range(10)]
    just_started(sentry, 61).ended(-9)  # it was well for a minute
    assert sentry.due == now + FIRST
    assert sentry.given_up is None


def test_what_cannot_mend_itself_is_not_tried_for_ever(sentry: Sentry) -> None:
    """Wrong usage not once more, refused and broken three times in a row; a service that is away for ever."""
    for code in (3, 4, 1):
        just_started(sentry).ended(code)
        assert sentry.due is not None
        assert sentry.given_up is None
    sentry.due = None
    just_started(sentry).ended(3)
    assert (sentry.due, sentry.given_up) == (None, 3)
    other = Sentry(POSTS[1], [], 1.0, sentry.lines)
    just_started(other).ended(2)
    assert (other.due, other.given_up) == (None, 2)


def test_what_was_given_up_is_seen_from_the_store(sentry: Sentry, database: str) -> None:
    """By the name of the guard's own connection: not well, also while nothing waits; and no longer when it is gone."""
    guard = Guard([sentry, Sentry(POSTS[1], [], 1.0, sentry.lines)], database, sentry.lines, 1.0)

    def relay(connection: Any) -> tuple[frozenset[str], bool | None, str]:
        found = examine(connection, catalogue(), datetime.now(UTC), "roznamcha")
        told = {part: (good, words) for part, good, words in found.says()}
        return found.given_up, *told["relay"]

    with connected(database) as other:
        with connected(database, UP) as connection:
            guard._looked_at(connection)  # noqa: SLF001 (what its second thread does)
            assert relay(other)[:2] == (frozenset(), True)
            just_started(sentry).ended(2)
            guard._looked_at(connection)  # noqa: SLF001
            lost, good, words = relay(other)
            assert (lost, good) == ({"relay"}, False)
            assert "everything is published" in words
            assert "`up` has given the relay up: mend what it said last" in words
            with connected(database, POSTS[0].called):  # somebody runs one by hand
                assert relay(other)[:2] == (frozenset(), True)
            just_started(guard.sentries[1]).ended(2)
            guard._looked_at(connection)  # noqa: SLF001
            says = {part: words for part, _, words in examine(other, catalogue(), datetime.now(UTC)).says()}
            assert "given project up" in says["up"]
        until(
            lambda: (
                relay(other) == (frozenset(), True, "everything is published, up to position 0; no relay is at work")
            )
        )


def test_why_it_ended_is_told_as_a_warning(sentry: Sentry) -> None:
    """Its own last words, which were plain ones, stand beside its end; who was killed had none."""
    for code in (4, -9):
        sentry._listen(io.BytesIO(b"begun\nthe topic is not there\n\n"))  # noqa: SLF001 (what its process says)
        just_started(sentry).ended(code)
    stream = sentry.lines.stream
    assert isinstance(stream, io.StringIO)
    told = [json.loads(line) for line in stream.getvalue().splitlines()]
    ends = [each for each in told if "started again" in each["event"]]
    assert [(each["level"], each.get("said")) for each in ends] == [
        ("warning", "the topic is not there"), ("warning", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "told", "read"),
    [
        (b"plain words\n", {"event": "plain words", "level": "info"}, "tick    | plain words"),
        (b'{"event": "x", "level": "warning", "n": 1}', {"event": "x", "level": "warning", "n": 1},
         "tick    | warning: x n=1"),
        (b'{"no": "event"}', {"event": '{"no": "event"}', "level": "info"}, 'tick    | {"no": "event"}'),
        (b'{"event": "x", "process": "other"}', {"event": "x"}, None),
        (b"{broken \xff \x1b[2J", {"event": "{broken \ufffd \x1b[2J"}, "tick    | {broken \ufffd ?[2J"),
    ],
)  # fmt: skip
def test_a_line_is_carried_with_the_name_of_its_process(raw: bytes, told: dict[str, object], read: str | None) -> None:
    """An object as it is, words as an event; on a terminal nothing that could move its cursor."""
    for readable in (False, True):
        stream = io.StringIO()
        Lines(stream, readable=readable).carry("tick", raw)
        line = stream.getvalue().removesuffix("\n")
        assert "\n" not in line
        if readable:
            assert read is None or line == read
        else:
            said = json.loads(line)
            assert said["process"] == "tick"
            assert told.items() <= said.items()


# --- from the store's own log ----------------------------------------------------------------------------------------


def test_it_stops_clean_when_told_to(program: Program) -> None:
    """SIGTERM: everybody is told, ends by himself, and the exit code is 0; in between the views followed."""
    with standing(program, options=("--metrics-port", "0", "--registry-port", "0")) as up:
        # No relay where no broker is named; the schemas, which need no store, where they are asked for.
        assert up.hear("all at their posts")["posts"] == ["project", "tick", "serve"]
        assert up.said("schemas at http://127.0.0.1", "serve")
        entered(program, 3)
        until(lambda: program.count("views.case_state") == 3)
        until(lambda: program.count("entries") > 3)  # what is due was told
        assert up.ask("/readyz") == (200, "project: at its post\ntick: at its post\nserve: at its post\n")
        assert up.ask("/healthz") == (200, "alive\n")
        assert up.ask("/nothing")[0] == 404
        assert up.figure("roznamcha_relay_position") is None
        code, told = up.stop()
        assert (code, told["stopped"], told["posts"]["tick"]) == (0, "SIGTERM", {"starts": 1, "given_up": None})
        assert not any(map(lives, up.pids))
        assert [each["code"] for each in up.said("ended") if "code" in each] == [0, 0, 0]


def test_who_does_not_end_in_time_is_killed(program: Program) -> None:
    """One that is stuck gets its time, and is killed then, which is told by the exit code."""
    with standing(program, options=("--grace", "1")) as up:
        up.hear("all at their posts")
        os.kill(up.pid("tick"), signal.SIGSTOP)
        code, _ = up.stop(20)
        assert code == 4
        assert up.said("did not end in time", "tick")
        assert not any(map(lives, up.pids))


def test_told_twice_it_kills_at_once(program: Program) -> None:
    """The second signal doesn't wait for the time that was given."""
    with standing(program) as up:
        up.hear("all at their posts")
        os.kill(up.pid("tick"), signal.SIGSTOP)
        up.process.send_signal(signal.SIGINT)
        up.hear("stopping")
        up.process.send_signal(signal.SIGINT)
        code, _ = up.ended(10)
        assert code == 130
        assert not any(map(lives, up.pids))


def test_nobody_is_left_when_it_is_killed(program: Program) -> None:
    """Killed without a word it can tell nobody: each sees his lifeline cut, also one that hangs."""
    with standing(program, options=("--grace", "2")) as up:
        up.hear("all at their posts")
        with psycopg.connect(program.url) as owner:
            # The follower waits for this lock as it would for a disk that doesn't answer.
            owner.execute("LOCK TABLE ops.checkpoints IN ACCESS EXCLUSIVE MODE")
            entered(program, 1)
            until(lambda: owner.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone())
            up.process.kill()
            until(lambda: not any(map(lives, up.pids)), 20)


def test_a_process_whose_line_was_cut_before_it_began(program: Program) -> None:
    """One that had not yet come to hold its line finds it cut, and doesn't begin to work."""
    line = {lifeline.LINE: "5"}
    process = subprocess.Popen(
        program.command("tick"), env=program.environment | line, cwd=program.folder, stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(60) in {0, -signal.SIGTERM}  # told to stop before, or after, it had come to listen for that
    assert process.stderr is not None
    process.stderr.close()


def test_the_private_database_ends_with_it(program: Program) -> None:
    """With no database named, `up` has it started and stopped, and it isn't stopped when a process dies."""
    nothing = Program(program.folder, "")
    with standing(nothing) as up:
        up.hear("all at their posts")
        server = int((program.folder / "data" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        for post in ("project", "tick"):
            since = len(up.lines)
            os.kill(up.pid(post), signal.SIGKILL)
            assert up.hear("is started again", post, since=since)["signal"] == "SIGKILL"
            up.hear("all at their posts", since=since)
        assert lives(server)
        assert up.stop()[0] == 0
        assert not lives(server)


def test_what_is_broken_is_given_up_and_told(program: Program) -> None:
    """Views that have seen what the store doesn't hold: nobody can follow, so `up` says why and ends as broken."""
    entered(program, 2)
    program.run("deadlines")
    with psycopg.connect(program.url, autocommit=True) as owner:
        owner.execute("ALTER TABLE roznamcha.entries DISABLE TRIGGER USER")
        owner.execute("DELETE FROM roznamcha.entries")
    with standing(program) as up:
        code, told = up.ended()
        assert code == 3
        assert told["posts"] == {name: {"starts": 3, "given_up": 3} for name in ("project", "tick")}
        assert up.said("the views have seen position", "project")
        assert up.said("is not started again", "tick")[0]["level"] == "error"


def test_the_ledger_is_held_to_a_head_that_was_kept_elsewhere(program: Program) -> None:
    """It signs on from it, also when it is started again and the file is gone; it signs nothing behind another one."""
    entered(program, 2)
    program.run("ledger", "key", "new", "--name", "tlog.example/up")
    program.run("ledger", "run", "--once")
    head = program.folder / "head"
    head.write_text(program.json("ledger", "checkpoint")["note"])
    with standing(program, options=("--against", str(head))) as up:
        until(lambda: program.json("ledger", "status")["sequencers"] == 1)
        head.unlink()
        os.kill(up.pid("ledger"), signal.SIGKILL)
        until(lambda: sum("pid" in each for each in up.said("started", "ledger")) == 2)
        until(lambda: program.json("ledger", "status")["sequencers"] == 1)
        code, told = up.stop()
        assert (code, told["posts"]["ledger"]) == (0, {"starts": 2, "given_up": None})
    signer = Keys(program.folder / "data" / "keys" / "ledger").signer(f"tlog.example/up/{datetime.now(UTC).year}")
    body = body_of(signer.name, 99, b"l" * 32)
    head.write_bytes(note_of(body, signer.sign(body)))
    with standing(program, options=("--against", str(head))) as up:
        up.hear("is not started again", "ledger")
        assert up.said("to 98 of tlog.example/up", "ledger"), up.lines[-9:]
        assert up.stop()[1]["posts"]["ledger"] == {"starts": 3, "given_up": 3}


def test_settings_that_cannot_be_used_are_refused_before_anything_starts(program: Program) -> None:
    """One line, exit code 1, 2 or 4, and no process."""
    (program.folder / "none").write_text("no checkpoint")
    (program.folder / "head").write_bytes(note_of(body_of("x", 1, b"l" * 32), Signer("x", b"x" * 32).sign(b"")))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, code, words in (
            (("--timezone", "nonsense", "up"), 2, "no time zone"),
            (("up", "--source", "kafka"), 2, "no broker is named"),
            (("--kafka", "x:1", "--kafka-options", "nowhere.json", "up"), 2, "is not the path of a file"),
            (("--database-url", "nonsense", "up"), 2, "no address of a PostgreSQL database"),
            (("up", "--against", "nowhere"), 2, "nowhere"),
            (("up", "--against", "none"), 1, "none: the checkpoint is no signed note"),
            (("up", "--against", "head"), 2, "--against is for the ledger, and none is kept here"),
            (("up", "--metrics-port", port), 4, "in use"),
            (("up", "--metrics-port", "0", "--metrics-host", "nobody.invalid"), 4, "nobody can be answered"),
        ):
            done = program.run(*arguments, check=False)
            assert (done.returncode, words in done.stderr, "started" in done.stderr) == (code, True, False), done.stderr
            assert "Traceback" not in done.stderr
