"""What README says of commands in its sentences: the blocks are run, these are held to what there is."""

from __future__ import annotations

import re
from pathlib import Path

import domain
from domain.event import ACTS
from roznamcha.commands.malkhana import app, audit
from roznamcha.loading import name_of

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")


def test_a_check_of_a_log_is_named_with_the_rules_it_needs() -> None:
    """Without `--rules` it asks for them."""
    said = re.findall(r"`(?:\./run )?law check ([^`]*)`", README)
    assert len(said) >= 2
    assert [each for each in said if "--log" in each and "--rules" not in each] == []


def test_every_command_of_the_malkhana_is_named() -> None:
    """Those of an audit too."""
    names = [name_of(each) for group in (app, audit) for each in group.registered_commands]
    assert {"list", "finish"} <= set(names)
    assert [each for each in names if not re.search(rf"`(\./run malkhana (audit )?)?{each}[ `]", README)] == []


def test_the_keeper_changes_before_the_audit_is_closed() -> None:
    """In the order in which the acts can be entered; and each act that is named is there."""
    domain.load()
    assert README.index("malkhana_audit.KeeperChanged") < README.index("malkhana_audit.AuditClosed")
    named = re.findall(r"\b(?:case|malkhana_audit|inquest|diary)\.[A-Z]\w+", README)
    assert [each for each in named if each not in ACTS and each != "case.NewAct"] == []
