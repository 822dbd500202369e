"""Whether a process is at its post is seen from the store, by its connection: nobody has to say so himself."""

from __future__ import annotations

import signal
import subprocess
import sys

from consumers.embedded import connected
from roznamcha.commands.living import POSTS
from tests.roznamcha.kit import ROOT, Program

EARLY = """
import os, signal, sys, time
class Finder:
    def find_spec(self, name, *_):
        if name == "roznamcha.cli":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(30)
sys.meta_path.insert(0, Finder())
from roznamcha.entry import main
main()
"""


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


def test_told_to_stop_while_it_is_being_loaded_it_leaves_no_trace() -> None:
    """Ctrl-C in its first second: it is gone at once, as one whom nobody has told otherwise, and says nothing."""
    done = subprocess.run([sys.executable, "-c", EARLY], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
