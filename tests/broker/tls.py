"""An authority of the tests' own, and a certificate that it gives to a broker on this machine."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

HERE = "127.0.0.1"


def certified(folder: Path) -> tuple[Path, Path]:
    """Files of the authority's certificate, and of key and certificate of who is at 127.0.0.1, as Kafka takes them."""
    folder.mkdir()
    root, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"The authority of {folder}"[-64:])])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    now = datetime.now(UTC)
    dates = (now - timedelta(hours=1), now + timedelta(days=1))
    top = x509.BasicConstraints(ca=True, path_length=0)
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    own = x509.CertificateBuilder(issuer, issuer, root.public_key(), 1, *dates)
    authority = own.add_extension(top, critical=True).add_extension(usage, critical=True).sign(root, hashes.SHA256())
    named = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))])
    given = x509.CertificateBuilder(issuer, subject, key.public_key(), 2, *dates).add_extension(named, critical=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    trusted, shown = folder / "authority.pem", folder / "broker.pem"
    trusted.write_bytes(authority.public_bytes(Encoding.PEM))
    shown.write_bytes(private + given.sign(root, hashes.SHA256()).public_bytes(Encoding.PEM))
    return trusted, shown
