"""A witness of the tests, as c2sp.org/tlog-witness has one: it remembers a head, and cosigns what goes on."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from roznamcha.ledger.notes import Signer, vkey_of
from roznamcha.ledger.verify import COSIGNATURE, Bad, Checkpoint, Key, base64_of, extends, open_checkpoint, signed_by
from tests.peers.installed import go_witness


class Witness:
    """One witness, and what it has seen."""

    def __init__(self, name: str, log: Key) -> None:
        """Trust that log's key."""
        self.signer = Signer(name, name.encode().ljust(32), COSIGNATURE)
        self.log, self.size, self.root, self.url = log, 0, b"", ""

    @property
    def line(self) -> str:
        """As a policy has it."""
        return f"witness {self.signer.name} {vkey_of(self.signer.key)} {self.url}\n"

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Status and body, after the text's own order of checks."""
        front, _, note = body.partition(b"\n\n")
        old, *proof = front.decode().split("\n")
        head, size = open_checkpoint(note), int(old.removeprefix("old "))
        status = self._status(head, size, [base64_of(each) for each in proof])
        if status != 200:
            return status, b"%d\n" % self.size if status == 409 else b""
        self.size, self.root = head.size, head.root
        return status, self.signer.sign(head.body, int(time.time()))

    def _status(self, head: Checkpoint, size: int, proof: list[bytes]) -> int:
        if head.origin != self.log.name:
            return 404
        try:
            known = signed_by(self.log, head)
        except Bad:
            known = None
        if known is None or size > head.size:
            return 403 if known is None else 400
        if size != self.size:
            return 409
        return 200 if not size or extends(size, head.size, self.root, head.root, proof) else 422


@contextmanager
def of_others(folder: Path, log: Key) -> Iterator[tuple[Key, str]]:
    """A witness that others have written, as a process that trusts that log: its key and address. Raises NoPeer."""
    program, signer = go_witness(), Signer("hc.example", b"o" * 32, COSIGNATURE)
    (folder / "key").write_text(Signer(signer.name, signer.seed).written)
    command = [program, str(folder / "key"), vkey_of(log)]
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            at = process.stdout.readline().strip()
            assert at, (folder / "said").read_text()
            yield signer.key, f"http://{at}"
        finally:
            process.kill()


@contextmanager
def witness(name: str, log: Key) -> Iterator[Witness]:
    """A witness at an address of its own."""
    made = Witness(name, log)

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer one head."""
            status, told = made.answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(status if self.path == "/add-checkpoint" else 404)
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    made.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
