"""The page of the law lab says what the program says: each command on it is run, and comes to what stands below it."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.domain.law.test_commands import run
from tests.roznamcha.kit import ROOT

PAGE = (ROOT / "docs" / "law-lab.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```sh\n\./run law (.*?)\n```\n\n```text\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("command", "answer"), SHOWN, ids=[command[-20:] for command, _ in SHOWN])
def test_the_page_shows_what_is_seen(monkeypatch: pytest.MonkeyPatch, command: str, answer: str) -> None:
    """To the last figure; what goes to stderr stands at the end."""
    monkeypatch.chdir(ROOT)
    printed = run(*shlex.split(command))
    assert answer.startswith(printed.rstrip("\n"))
    assert answer[len(printed.rstrip("\n")) :].strip().startswith("line 8: the column timestamp is no time")


def test_the_page_shows_the_rule() -> None:
    """The whole of it, as it stands in its file; and there are commands at all."""
    assert (ROOT / "examples" / "law_lab" / "three-days" / "reply.yaml").read_text(encoding="utf-8") in PAGE
    assert len(SHOWN) == 2
