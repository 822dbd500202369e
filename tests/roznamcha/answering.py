"""The program's commands in this process, asked as a script asks them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from typer.testing import CliRunner

from roznamcha.cli import app
from roznamcha.errors import RoznamchaError


def answer(settings: Mapping[str, str], arguments: Sequence[str], *, code: int = 0, stdin: Any = None) -> Any:
    """What a command with `--json` prints, or why it doesn't; it must end with that exit code."""
    given = None if stdin is None else json.dumps(stdin)
    done = CliRunner(env=settings).invoke(app, [*arguments, "--json"], input=given)
    error = done.exception
    found = error.exit_code if isinstance(error, RoznamchaError) else done.exit_code
    assert found == code, (arguments, done.output, error)
    return json.loads(done.stdout) if done.stdout else str(error)
