"""What stands in a PDF, read back as a viewer copies it, and who signs in the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2

from tests.ledger.authority import KEY, openssl
from tests.peers.installed import NoPeer

PASSPHRASE = b"geheim"


def read(pdf: bytes, foot: str = "") -> str:
    """Everything that stands in a PDF but the line at the foot of each page, without spaces."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [squeezed(each.get_textpage().get_text_range()) for each in document]
    finally:
        document.close()
    return "".join(each.partition(squeezed(foot))[0] if foot else each for each in pages)


def squeezed(text: str) -> str:
    """A text without spaces and breaks, in one form of writing."""
    return re.sub(r"\s+|\x02|\ufffe", "", unicodedata.normalize("NFC", text))


def texts(told: Any) -> Iterator[str]:
    """Every text in what a page is told."""
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for each in told.values():
            yield from texts(each)
    elif isinstance(told, list):
        for each in told:
            yield from texts(each)


def officer(folder: Path, days: int = 2) -> tuple[Path, Path]:
    """A certificate to sign with (PKCS #12), and that of the authority that gave it."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, key, own, p12 = (folder / name for name in ("ca.pem", "own.key", "own.pem", "own.p12"))
    (folder / "use").write_text("keyUsage = critical, digitalSignature, nonRepudiation\nbasicConstraints = CA:FALSE\n")
    openssl(
        "req", "-x509", *KEY, "-keyout", str(folder / "ca.key"), "-out", str(ca), "-subj", "/CN=test CA", "-days", "9"
    )
    csr = str(folder / "own.csr")
    openssl("req", "-new", *KEY, "-keyout", str(key), "-out", csr, "-subj", "/CN=Namuna Officer")
    openssl("x509", "-req", "-in", csr, "-CA", str(ca), "-CAkey", str(folder / "ca.key"),
            "-CAcreateserial", "-out", str(own), "-days", str(days), "-extfile", str(folder / "use"))  # fmt: skip
    openssl("pkcs12", "-export", "-inkey", str(key), "-in", str(own), "-certfile", str(ca), "-out", str(p12),
            "-passout", f"pass:{PASSPHRASE.decode()}")  # fmt: skip
    return p12, ca


def by_poppler(pdf: bytes, folder: Path) -> str:
    """Everything that stands in a PDF, with its spaces, as poppler copies it out. Raises NoPeer where it isn't here."""
    if shutil.which("pdftotext") is None:
        message = "pdftotext of poppler-utils"
        raise NoPeer(message)
    (folder / "page.pdf").write_bytes(pdf)
    command = ["pdftotext", "-raw", "-enc", "UTF-8", str(folder / "page.pdf"), "-"]
    return unicodedata.normalize("NFC", subprocess.run(command, capture_output=True, check=True).stdout.decode())
