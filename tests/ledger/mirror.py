"""Somebody who keeps the log's files and nothing else (c2sp.org/tlog-mirror): what he can tell without the store."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from roznamcha.ledger.tiles import leaves_of
from roznamcha.ledger.verify import leaf_hash, web


def entries_in(folder: Path) -> list[bytes]:
    """Every leaf in the files of a log. Where a bundle of them has grown, the longest counts."""
    found: dict[str, bytes] = {}
    for path in sorted((folder / "tile/entries").rglob("*")):
        if path.is_file():
            whole = path.relative_to(folder / "tile/entries").as_posix().partition(".p/")[0]
            found[whole] = max(found.get(whole, b""), path.read_bytes(), key=len)
    return [leaf for name in sorted(found) for leaf in leaves_of(found[name])]


def breaks(leaves: list[bytes]) -> list[str]:
    """Each leaf that doesn't stand on the one before it of its record: so no record can have two chains."""
    chains: dict[str, tuple[int, bytes]] = {}
    found = []
    for index, leaf in enumerate(leaves):
        told: dict[str, Any] = json.loads(leaf)
        if "record" not in told:
            continue
        place, before = chains.get(told["record"], (-1, b""))
        if told["place"] != place + 1 or told["prev"] != (web(before) if before else None):
            found.append(f"leaf {index} is a second place {told['place']} of record {told['record']}")
        chains[told["record"]] = (told["place"], leaf_hash(leaf))
    return found


def totals(leaves: list[bytes]) -> Counter[str]:
    """How many entries of each register the log has, whichever record they were filed under."""
    return Counter(told["kind"] for told in map(json.loads, leaves) if "position" in told)
