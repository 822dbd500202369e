"""What several processes say, line by line in one place, each line with the name of the process that said it."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import UTC, datetime
from typing import IO, Any

from roznamcha.screen import clean

UP = "up"
"""Who speaks where it is none of the processes."""
QUIET = {"event", "process", "timestamp"}
"""What is not repeated behind a line that a person reads."""


class Lines:
    """Written whole, whoever speaks at the same time: JSON objects, or what a person reads easily."""

    def __init__(self, stream: IO[str], *, readable: bool) -> None:
        """Write to `stream`. Nobody is told when that can't be written to."""
        self.stream, self.readable = stream, readable
        self._lock = threading.Lock()

    def tell(self, event: str, process: str = UP, level: str = "info", **more: Any) -> None:  # noqa: ANN401 (any JSON)
        """One line of our own."""
        self._write({"process": process, "event": event, "level": level, **more, "timestamp": _now()})

    def carry(self, process: str, raw: bytes) -> str:
        """A line that a process said: an object of its log as it is, or plain words as an event. Gives the event."""
        text = raw.decode(errors="replace").strip()
        if not text:
            return ""
        said: Any = None
        if text.startswith("{"):
            with suppress(ValueError):
                said = json.loads(text)
        if not isinstance(said, dict) or "event" not in said:
            said = {"event": text, "level": "info", "timestamp": _now()}
        self._write({**said, "process": process})
        return str(said["event"])

    def _write(self, said: dict[str, Any]) -> None:
        if self.readable:
            level = "" if said.get("level") == "info" else f"{said.get('level')}: "
            more = [f"{name}={value}" for name, value in said.items() if name not in QUIET | {"level"}]
            text = clean(f"{said['process']:<8}| {level}{' '.join([str(said['event']), *more])}")
        else:
            text = json.dumps(said, ensure_ascii=False, default=str)
        with self._lock, suppress(OSError, ValueError):
            self.stream.write(f"{text}\n")
            self.stream.flush()


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
