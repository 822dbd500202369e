"""The master key: the one that wraps all others. It lies in the data folder, and never in the database."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from roznamcha.errors import Broken, Unavailable


def load_master_key(path: Path) -> bytes:
    """The key that wraps all others, made at the first call. 32 bytes, readable by its owner alone.

    Raises Unavailable when the file can't be made or read, Broken when it doesn't hold a key.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # the first of several processes wins; a rename would let the last one win
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        text = path.read_text().strip()
    except OSError as error:
        message = f"the master key {path} cannot be used: {error.strerror}"
        raise Unavailable(message) from None
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:  # noqa: PLR2004 (AES-256)
        message = f"the master key {path} is not 64 hexadecimal digits: restore it from its safe copy"
        raise Broken(message)
    return key
