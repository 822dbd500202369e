"""A registry that takes schemas under the ids it is told, for tests: Confluent's rules of its import mode and no more.

Confluent's own cannot be had from Maven Central. What is kept here is what its documentation says: a subject is opened
while it is empty, or by force; an id is taken only there, and never twice for different schemas; a registry whose modes
may not be changed says 42205. Apicurio Registry, which is real, is asked in `test_apicurio.py`.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


class No(Exception):
    """An answer that declines: status, code."""


@dataclass
class Importing:
    """What it holds, and what it was asked; `mutable` and the faults are a test's to set."""

    schemas: dict[int, str] = field(default_factory=dict)
    subjects: dict[str, dict[int, int]] = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=dict)
    writes: list[tuple[str, ...]] = field(default_factory=list)
    mutable: bool = True
    fails_after: int | None = None
    """So many schemas are taken, and then it is out of order."""
    forgets_docs: bool = False
    closes: bool = True
    """Whether a subject that is open for import may be closed."""
    levelled: bool = True
    """Whether the level of a subject may be set."""
    url: str = ""

    def answer(self, method: str, path: list[str], options: dict[str, list[str]], body: dict[str, Any]) -> Any:
        """What it says."""
        if method == "GET":
            return self._told(path)
        self.writes.append((method, *path))
        match method, path:
            case "PUT", ["mode", subject]:
                return self._mode(subject, body["mode"], forced=options.get("force") == ["true"])
            case "PUT", ["config", subject]:
                if not self.levelled:
                    raise No(422, 42203)
                return {"compatibility": self.levels.setdefault(subject, body["compatibility"])}
            case "POST", ["subjects", subject, "versions"]:
                return self._take(subject, body)
            case "DELETE", ["subjects", subject, "versions", number]:
                return self._drop(subject, int(number), for_good=options.get("permanent") == ["true"])
        return self._none(404)

    def _told(self, path: list[str]) -> Any:
        match path:
            case ["subjects"]:
                return sorted(self.subjects)
            case ["subjects", subject, "versions"]:
                return sorted(self.subjects.get(subject) or self._none(40401))
            case ["subjects", subject, "versions", number]:
                known = (self.subjects.get(subject) or {}).get(int(number)) or self._none(40402)
                return {"subject": subject, "version": int(number), "id": known, "schema": self.schemas[known]}
            case ["schemas", "ids", number]:
                return {"schema": self.schemas.get(int(number)) or self._none(40403)}
            case ["config" | "mode" as what, subject]:
                word, kept = ("mode", self.modes) if what == "mode" else ("compatibilityLevel", self.levels)
                return {word: kept.get(subject) or self._none(40409 if what == "mode" else 40408)}
        return self._none(404)

    def _none(self, code: int) -> Any:
        raise No(404, code)

    def _mode(self, subject: str, mode: str, *, forced: bool) -> Any:
        full = mode == "IMPORT" and self.subjects.get(subject) and not forced
        if not self.mutable or full or (mode == "READWRITE" and not self.closes):
            raise No(422, 42205)
        self.modes[subject] = mode
        return {"mode": mode}

    def _take(self, subject: str, body: dict[str, Any]) -> Any:
        number, schema = body["id"], body["schema"]
        if self.modes.get(subject) != "IMPORT":
            raise No(422, 42205)
        if self.schemas.get(number, schema) != schema:
            raise No(422, 42207)
        if self.fails_after is not None and len(self.schemas) >= self.fails_after:
            raise No(500, 50001)
        if self.forgets_docs:
            schema = json.dumps({key: value for key, value in json.loads(schema).items() if key != "doc"})
        self.schemas[number] = schema
        self.subjects.setdefault(subject, {})[body["version"]] = number
        return {"id": number}

    def _drop(self, subject: str, version: int, *, for_good: bool) -> Any:
        if for_good:
            number = self.subjects.get(subject, {}).pop(version)
            if not any(number in each.values() for each in self.subjects.values()):
                self.schemas.pop(number)
            if not self.subjects[subject]:
                self.subjects.pop(subject)
        return version


class _Server(ThreadingHTTPServer):
    daemon_threads = True


@contextmanager
def importing() -> Iterator[Importing]:
    """Such a registry, at a free port, for as long as the block runs."""
    held = Importing()

    class Spoken(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or "{}")
            path = [unquote(part) for part in asked.path.strip("/").split("/")]
            status, told = 200, None
            try:
                told = held.answer(self.command, path, parse_qs(asked.query), body)
            except No as no:
                status, code = no.args
                told = {"error_code": code, "message": "no"}
            sent = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 (http.server's names)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with _Server(("127.0.0.1", 0), Spoken) as server:
        held.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()
