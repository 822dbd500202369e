"""Whether a process is at its post is seen from the store, by its connection: nobody has to say so himself."""

from __future__ import annotations

from consumers.embedded import connected
from roznamcha.commands.living import POSTS
from tests.roznamcha.kit import Program


def test_a_process_is_alive_while_its_connection_is(program: Program) -> None:
    """Nobody there: exit code 4. There: how many. Others don't count for it, and a strange name is wrong usage."""
    assert program.run("alive", "relay", check=False).returncode == 4
    with connected(program.url, POSTS["relay"]), connected(program.url, POSTS["relay"]):
        assert program.json("alive", "relay") == {"post": "relay", "alive": 2}
        gone = program.run("alive", "tick", check=False)
        assert (gone.returncode, "no tick is at work" in gone.stderr) == (4, True)
    assert program.run("alive", "postman", check=False).returncode == 2


def test_the_processes_call_themselves_so(program: Program) -> None:
    """A ticker that runs is found by its name, and not when it has ended."""
    process = program.start("tick")
    assert process.stderr is not None
    assert b"telling what is due" in process.stderr.readline()
    assert program.json("alive", "tick")["alive"] >= 1
    process.terminate()
    process.communicate(timeout=60)
    assert program.run("alive", "tick", check=False).returncode == 4
