"""Write, follow and rebuild for a stated time while processes, connections and PostgreSQL are killed: count the lost.

Every writer journals what it was told, on the disk, before it goes on. After each fault what was acknowledged is looked
for in the store; at the end every view is compared with an independent fold. Ends with 3 if anything is lost, doubled
or wrong.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness import report

from roznamcha.migrate import migrate
from tests.fault.jobs import views
from tests.fault.kit import Forge, Found, check_store, check_views, count_acknowledged, forge, total
from tests.fault.server import Server, own_server

MIX = {
    "none": 30,
    "a writer killed": 20,
    "a follower killed": 15,
    "a rebuild killed": 10,
    "everybody killed": 10,
    "connections cut": 10,
    "PostgreSQL killed": 5,
}
"""How often each fault comes, in a hundred."""
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = 'soak' AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass
class Soak:
    """What a run works with."""

    driver: Forge
    server: Server
    folder: Path
    dice: random.Random
    number: int = 0

    @property
    def url(self) -> str:
        """The database."""
        return self.server.url("soak")

    def cycle(self, fault: str) -> Found:
        """Some writers, a follower, perhaps a rebuild; one fault in the middle; everything finished and counted."""
        self.number += 1
        until, seed = self.folder / f"until.{self.number}", self.number * 10
        head = self._head()
        writers = [
            {"job": "writer", "seed": seed * 10, "size": 9, "journal": str(self.folder / f"{seed}.a")},
            {"job": "writer", "seed": seed * 10 + 1, "size": 9, "journal": str(self.folder / f"{seed}.b")},
            {"job": "writers", "seed": seed + 1, "size": 2, "journal": str(self.folder / f"{seed}.c")},
        ]
        others: list[dict[str, Any]] = [{"job": "follower", "until": str(until)}, {"job": "runner", "batch": 7}]
        if fault == "a rebuild killed" or self.dice.random() < 0.2:  # noqa: PLR2004 (one in five)
            others.append({"job": "rebuild", "step": 3})
        jobs = [job | {"url": self.url} | self._blow(fault, job["job"]) for job in [*writers, *others]]
        self.driver.begin(jobs)
        journals = [Path(str(job["journal"])) for job in writers]
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and not any(
            each.exists() and b"told" in each.read_bytes() for each in journals
        ):
            time.sleep(0.005)
        time.sleep(self.dice.uniform(0, 0.2))
        if fault == "connections cut":
            self.server.execute(CUT)
        elif fault == "PostgreSQL killed":
            self.server.signal(signal.SIGKILL)
            self.server.start()
        time.sleep(0.2)
        until.touch()
        self.driver.end()
        found = count_acknowledged(self.url, journals, after=head)  # before it is sent again, which could hide a loss
        again = self.driver.run(*(job | {"url": self.url} for job in writers))
        finished = count_acknowledged(self.url, journals, after=head)
        found.attempted = finished.attempted
        found.wrong += finished.wrong + check_store(self.url) + [each for each in again if each != "done"]
        return found

    def _blow(self, fault: str, job: str) -> dict[str, float]:
        """Whether this job is killed, and when."""
        hit = {"a writer killed": ("writer", "writers"), "a follower killed": ("follower", "runner")}
        hit |= {
            "a rebuild killed": ("rebuild",),
            "everybody killed": ("writer", "writers", "follower", "runner", "rebuild"),
        }
        told = self.dice.randint(0, 8) if job in hit["a writer killed"] else 0
        return {"after": self.dice.uniform(0, 0.3), "told": told} if job in hit.get(fault, ()) else {}

    def _head(self) -> int:
        row: tuple[int] = self.server.execute(
            "SELECT coalesce(max(notification_id), 0) FROM roznamcha.entries", "soak"
        )[0]
        return row[0]


def soak(seconds: float, seed: int) -> tuple[dict[str, list[Found]], list[str], int, float]:
    """Cycles until the time is up; give what each fault did, what is wrong at the end, how many entries, how long."""
    dice = random.Random(seed)  # noqa: S311 (chance that can be repeated)
    faults: dict[str, list[Found]] = {name: [] for name in MIX}
    with tempfile.TemporaryDirectory() as place, forge() as driver, own_server(Path(place)) as server:
        server.execute("CREATE DATABASE soak")
        migrate(server.url("soak"))
        work = Soak(driver, server, Path(place), dice)
        driver.run({"job": "runner", "url": work.url})
        began, once = time.monotonic(), list(MIX)
        while time.monotonic() - began < seconds:
            fault = once.pop() if once else dice.choices(list(MIX), list(MIX.values()))[0]
            found = work.cycle(fault)
            faults[fault].append(found)
            if found.wrong or work.number % 20 == 0:
                print(f"  {time.monotonic() - began:.0f} s, {work.number} cycles; {fault}: {found}", file=sys.stderr)
        wrong = check_views(work.url, views())
        twice = count_acknowledged(work.url, Path(place).glob("*.[abc]"))
        entries = server.execute("SELECT count(*) FROM roznamcha.entries", "soak")[0][0]
    return faults, [*wrong, *twice.wrong], entries, time.monotonic() - began


def shown(found: Found) -> dict[str, Any]:
    """The figures of a count."""
    return {name: value for name, value in asdict(found).items() if name != "wrong"}


def main() -> int:
    """Run it and print what was found, by fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document on stdout")
    parser.add_argument("--seconds", type=float, default=60, help="how long to go on")
    parser.add_argument("--seed", type=int, default=1, help="where chance begins")
    asked = parser.parse_args()
    faults, wrong, entries, took = soak(asked.seconds, asked.seed)
    by_fault = {name: {"times": len(each), **shown(total(each))} for name, each in faults.items()}
    all_of = total(each for found in faults.values() for each in found)
    wrong += all_of.wrong
    more = {**shown(all_of), "entries": entries, "seconds": round(took), "wrong": wrong, "faults": by_fault}
    unit = "acknowledged acts lost or doubled"
    report("soak", unit, {"ours": float(all_of.lost + all_of.doubled)}, as_json=asked.json, **more)
    return 3 if wrong or all_of.lost or all_of.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
