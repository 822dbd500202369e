"""What the ledger signs, and how: c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature and tlog-proof, written.

Reading and checking them is in `verify.py`, the file that goes to court.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from roznamcha.errors import Broken
from roznamcha.ledger.verify import COSIGNATURE, ED25519, Bad, Key, base64_of, cosigned

PRIVATE = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Signer:
    """A key that signs: a log's own, or a witness's."""

    name: str
    seed: bytes
    kind: int = ED25519

    @property
    def key(self) -> Key:
        """The public half."""
        return Key(
            self.name, self.kind, Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        )

    @property
    def written(self) -> str:
        """As it is kept: the form in which golang.org/x/mod/sumdb/note reads signing keys."""
        return f"{PRIVATE}{self.name}+{self.key.id.hex()}+{base64_text(bytes([self.kind]) + self.seed)}"

    def sign(self, body: bytes, stamp: int = 0) -> bytes:
        """The line below a note that says who signed it; for a witness at `stamp`, in seconds since 1970."""
        witness = self.kind == COSIGNATURE
        signature = Ed25519PrivateKey.from_private_bytes(self.seed).sign(cosigned(stamp, body) if witness else body)
        when = stamp.to_bytes(8, "big") if witness else b""
        return f"\u2014 {self.name} {base64_text(self.key.id + when + signature)}\n".encode()


def signer_of(text: str) -> Signer:
    """The key that was `written`. Raises Broken, and never repeats it."""
    name, _, rest = text.strip().removeprefix(PRIVATE).partition("+")
    try:
        data = base64_of(rest.partition("+")[2])
        signer = Signer(name, data[1:], data[0])
        whole = signer.written == text.strip() and fit_for_a_name(name)
    except (Bad, ValueError):
        whole = False
    if not whole:
        message = "a key of the ledger is no signing key: restore it from its safe copy"
        raise Broken(message)
    return signer


def vkey_of(key: Key) -> str:
    """A public key as others are given it."""
    return f"{key.name}+{key.id.hex()}+{base64_text(bytes([key.kind]) + key.public)}"


def pem_of(key: Key) -> str:
    """A public key as openssl takes it."""
    public = Ed25519PublicKey.from_public_bytes(key.public)
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def fit_for_a_name(name: str) -> bool:
    """Whether a log or a witness may be called so: ASCII letters, digits and `._/-`, 100 characters at most.

    A name stands in every leaf, in notes, files and shell commands for ever, and must be itself in each of them.
    """
    return re.fullmatch(r"[A-Za-z0-9._/-]{1,100}", name) is not None


def body_of(origin: str, size: int, root: bytes) -> bytes:
    """What a checkpoint says, which is what is signed."""
    return f"{origin}\n{size}\n{base64_text(root)}\n".encode()


def note_of(body: bytes, *signatures: bytes) -> bytes:
    """The whole note."""
    return b"\n".join([body, b"".join(signatures)])


def proof_of(index: int, hashes: Sequence[bytes], note: bytes) -> bytes:
    """The proof that a leaf is in the log, with the checkpoint it is proved against."""
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *map(base64_text, hashes)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + note


def base64_text(data: bytes) -> str:
    """Bytes as notes and proofs have them: standard base64."""
    return base64.b64encode(data).decode()
