"""An officer's signature on a PDF: PAdES, by the certificate he gives; nothing of it is kept.

The signature is added behind the bytes as they were (an incremental update), so what was set can still be compared.
Its time is the machine's own clock, and proves nothing by itself; with an authority's time stamp (RFC 3161) inside it
is PAdES baseline T, else B.
"""

from __future__ import annotations

import getpass
import io
import os
import sys
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper

from roznamcha.errors import Refused, Unavailable, Usage
from roznamcha.settings import masked

VARIABLE = "ROZNAMCHA_PASSPHRASE"
"""Where the passphrase may stand in the environment."""
FIELD = "OfficersSignature"
PATIENCE = 30
"""Seconds in which an authority must answer."""


def passphrase_of(file: Path | None) -> bytes | None:
    """The passphrase of a certificate: from a file, from the environment, or asked for; never from an argument.

    None where there is nobody to ask: a certificate may have none. Raises Usage for a file that can't be read.
    """
    if file is not None:
        try:
            return file.read_bytes().splitlines()[0] if file.stat().st_size else b""
        except OSError as error:
            message = f"the passphrase cannot be read from {file}: {error.strerror}"
            raise Usage(message) from None
    if VARIABLE in os.environ:
        return os.environ[VARIABLE].encode()
    return getpass.getpass("passphrase of the certificate: ").encode() if sys.stdin.isatty() else None


def signer_in(certificate: Path, passphrase: bytes | None, now: datetime) -> signers.SimpleSigner:
    """Who signs, from a PKCS #12 file (.p12, .pfx). Raises Usage where it can't be opened, Refused when it ended."""
    try:
        data = certificate.read_bytes()
        key, own, _ = pkcs12.load_key_and_certificates(data, passphrase or None)
    except OSError as error:
        message = f"the certificate {certificate} cannot be read: {error.strerror}"
        raise Usage(message) from None
    except (ValueError, TypeError):
        message = f"{certificate} is no PKCS #12 file, or the passphrase is another: say it by {VARIABLE}, or in a file"
        raise Usage(message) from None
    if key is None or own is None:
        message = f"{certificate} lacks {'a key' if own else 'a certificate'}: nobody can sign with it"
        raise Usage(message)
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        span = f"{own.not_valid_before_utc:%d.%m.%Y} to {own.not_valid_after_utc:%d.%m.%Y}"
        raise Refused([f"the certificate in {certificate} is good from {span}, and not now"])
    found: signers.SimpleSigner | None = signers.SimpleSigner.load_pkcs12_data(data, [], passphrase or None)
    if found is None:
        message = f"{certificate} cannot be used for signing"
        raise Usage(message)
    return found


def signed(pdf: bytes, signer: signers.SimpleSigner, tsa: str = "") -> bytes:
    """The PDF with the signature behind it: PAdES baseline B, SHA-256, over all of its bytes.

    With the URL of a time stamping authority it is baseline T. Raises Unavailable where that gives no time stamp.
    """
    wanted = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    stamper = HTTPTimeStamper(tsa, https=tsa.startswith("https:"), timeout=PATIENCE) if tsa else None
    try:
        out: io.BytesIO = signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(pdf)), wanted, signer=signer, timestamper=stamper
        )
    except (OSError, ValueError) as error:
        if not tsa:
            raise
        message = f"the time stamping authority at {masked(tsa)} gives no time stamp: {type(error).__name__}"
        raise Unavailable(message) from None
    return out.getvalue()
