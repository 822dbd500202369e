"""A time stamping authority of the tests: a certificate of its own making, answered by openssl over HTTP."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificate
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[stamping]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
"""
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*arguments: str) -> bytes:
    """What openssl gives."""
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True).stdout


def by_another(token: bytes, note: bytes, known: Path) -> bool:
    """Whether rfc3161-client, which shares nothing with openssl's own check, finds a head stamped."""
    trusted = VerifierBuilder().add_root_certificate(load_pem_x509_certificate(known.read_bytes())).build()
    try:
        return trusted.verify_message(decode_timestamp_response(token), note)
    except (VerificationError, ValueError):
        return False


def retold(reply: bytes, text: str) -> bytes:
    """An authority's answer with another status text, which nobody has signed (RFC 3161 section 2.4.2)."""

    def der(tag: int, *parts: bytes) -> bytes:
        data = b"".join(parts)
        size = bytes([len(data)]) if len(data) < 0x80 else b"\x82" + len(data).to_bytes(2, "big")
        return bytes([tag]) + size + data

    def inside(data: bytes) -> tuple[bytes, bytes]:
        """What a part holds, and what stands behind it."""
        wide = data[1] & 0x7F if data[1] & 0x80 else 0
        begin, size = 2 + wide, int.from_bytes(data[2 : 2 + wide], "big") if wide else data[1]
        return data[begin : begin + size], data[begin + size :]

    _, token = inside(inside(reply)[0])
    return der(0x30, der(0x30, b"\x02\x01\x00", der(0x30, der(0x0C, text.encode()))), token)


@contextmanager
def authority(folder: Path) -> Iterator[tuple[str, Path]]:
    """Its URL, and the certificate by which it is known."""
    config, ca = folder / "tsa.cnf", folder / "ca.pem"
    folder.mkdir(parents=True)
    config.write_text(CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    openssl("req", "-x509", *KEY, "-keyout", str(folder / "ca.key"), "-out", str(ca), "-subj", "/CN=test authority")
    openssl(
        "req", "-new", *KEY, "-keyout", str(folder / "tsa.key"), "-out", str(folder / "tsa.csr"), "-subj", "/CN=tsa"
    )
    openssl("x509", "-req", "-in", str(folder / "tsa.csr"), "-CA", str(ca), "-CAkey", str(folder / "ca.key"),
            "-CAcreateserial", "-out", str(folder / "tsa.pem"), "-days", "2", "-extfile", str(config), "-extensions",
            "stamping")  # fmt: skip

    def answer(query: bytes) -> bytes:
        (folder / "query").write_bytes(query)
        return openssl("ts", "-reply", "-queryfile", str(folder / "query"), "-config", str(config), "-section", "one")

    with answering(answer) as url:
        yield url, ca


@contextmanager
def answering(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """The URL of an authority that answers queries so."""

    class Counter(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer one query."""
            told = answer(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Counter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
