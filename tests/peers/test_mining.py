"""Event logs as pm4py, the usual tool of process mining, reads them: without a warning, and all that was written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.peers.installed import NoPeer, mining
from tests.roznamcha.test_process_log import logs, ocel

__all__ = ["logs", "ocel"]
READ = """
import json, sys, warnings
import pm4py
warnings.filterwarnings("ignore", "Install the optional requirement")  # faster readers: nothing about our files
log, traces = pm4py.read_ocel2_json(sys.argv[1]), pm4py.read_xes(sys.argv[2])
print(json.dumps([
    len(log.events), len(log.objects), len(log.relations), len(log.o2o), len(log.object_changes),
    len(traces), traces["case:concept:name"].nunique(), sorted(pm4py.ocel_get_object_types(log)),
]))
"""


def pairs(things: list[Any]) -> int:
    """Links as pm4py counts them: one from a thing to an object, however many qualifiers it has."""
    return sum(len({link["objectId"] for link in each["relationships"]}) for each in things)


def test_pm4py_reads_every_act_object_and_link(logs: dict[str, Path], ocel: Any) -> None:
    """OCEL and XES, with every warning an error."""
    try:
        packages = mining()
    except NoPeer as error:
        pytest.skip(f"no peer: {error}")
    command = [sys.executable, "-W", "error", "-c", READ, str(logs["ocel2"]), str(logs["xes"])]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    objects, events = ocel["objects"], ocel["events"]
    changes = sum(len(each["attributes"]) - len({one["name"] for one in each["attributes"]}) for each in objects)
    assert json.loads(done.stdout.splitlines()[-1]) == [
        len(events), len(objects), pairs(events), pairs(objects), changes, len(events),
        len({each["relationships"][0]["objectId"] for each in events}),
        sorted(each["name"] for each in ocel["objectTypes"]),
    ]  # fmt: skip
