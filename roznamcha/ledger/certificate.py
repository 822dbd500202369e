"""What a certificate's draft is filled with: the copy it is for, and the digest of every file in it (the hash report).

Nothing is filled in that a person must answer for: name, device, date, time and place of signing stay open. The draft
of Part B is for the expert to fill; the program never states what an expert found.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from roznamcha.ledger.report import Copy, Told, told_of_verdict
from roznamcha.ledger.verify import MANIFEST

Form = Literal["63", "65B"]
ADHINIYAM = datetime(2024, 7, 1, tzinfo=ZoneInfo("Asia/Kolkata"))
"""The Bharatiya Sakshya Adhiniyam is in force from then; what was pending stays under the older Act: s.170(2)."""


def form_for(copy: Copy) -> Form:
    """Which form is meant where nobody says: by the record's first act. Whether a proceeding was pending is law."""
    began = copy.entered[0].shown.get("meta.occurred_at") or copy.entered[0].told["at"]
    return "65B" if datetime.fromisoformat(began) < ADHINIYAM else "63"


def doubted(copy: Copy, form: Form) -> str:
    """What to look at again before anybody signs this form; nothing where it is the one for the record's first act."""
    if form == form_for(copy):
        return ""
    first, then = ("after 30 June", "s.63 BSA") if form == "65B" else ("before 1 July", "s.65B Evidence Act")
    return (
        f"the record's first act was done {first} 2024, for which {then} is usual; form {form} was asked for, "
        "and is right only where the proceeding says so (BSA s.170(2))"
    )


def certificate_of(copy: Copy, form: Form, name: str, zone: ZoneInfo) -> Told:
    """Everything that the page `certificate` prints. `name` is what the copy's file is called."""
    lines = copy.files[MANIFEST].decode().splitlines()
    files = [
        [path, digest, f"{len(copy.files[path]):,}"] for digest, _, path in (each.partition("  ") for each in lines)
    ]
    own = [MANIFEST, copy.head(zone)["manifest"], f"{len(copy.files[MANIFEST]):,}"]
    filled = {"form": form, "name": name, "files": [own, *files]}
    return {**copy.head(zone), "verdict": told_of_verdict(copy), **filled}
