"""A paper that a line of an import brings: where it lies beside the import file, its digest, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from domain.common.codes import OWNER
from domain.common.document import MEDIA_TYPE
from roznamcha.errors import Refused
from roznamcha.strict_json import CONTROL, Reasons, kind_of, shown

SHA_256 = re.compile(r"[0-9a-f]{64}")
KEYS = ("path", "sha256", "of", "open", "media_type")
MOST = 100
"""Papers of one line."""


@dataclass(frozen=True)
class Paper:
    """One paper, as the line names it. `person` is whose it is sealed for; empty for an open one."""

    path: str
    sha256: str
    person: str = "CASE"
    media_type: str = ""

    def within(self, folder: Path) -> Path:
        """Where it lies. Raises Refused for a path that leads out of the folder, through a link as well."""
        try:
            found = (folder / self.path).resolve()
            inside = found.is_relative_to(folder.resolve())
        except (OSError, RuntimeError, ValueError):
            inside = False
        if not inside:
            raise Refused([f"documents: {shown(self.path)} does not lie in the folder of the import file, or below it"])
        return found


def papers_of(sent: Any) -> tuple[Paper, ...]:  # noqa: ANN401 (any JSON)
    """The papers under the key `documents` of a line. Raises Refused with every reason."""
    reasons = Reasons()
    if not isinstance(sent, list) or not sent or len(sent) > MOST:
        raise Refused([f"documents: a list of 1 to {MOST} papers, each with path and sha256; this is {kind_of(sent)}"])
    found = [_paper(each, f"documents.{number}", reasons) for number, each in enumerate(sent)]
    if reasons:
        raise Refused(reasons)
    return tuple(found)


def _paper(sent: Any, where: str, reasons: Reasons) -> Paper:  # noqa: ANN401
    given: Mapping[str, Any] = sent if isinstance(sent, dict) else {}
    if not given:
        reasons.add(where, f"must be an object with path and sha256, this is {kind_of(sent)}")
        return Paper("", "")
    for key in sorted(given.keys() - set(KEYS))[:3]:
        reasons.add(where, f"unknown key {shown(key)}; a paper has {', '.join(KEYS)}")
    texts = {key: given.get(key, "") for key in ("path", "sha256", "of", "media_type")}
    for key in [key for key, value in texts.items() if not isinstance(value, str)]:
        reasons.add(f"{where}.{key}", f"must be text, this is {kind_of(texts[key])}")
        texts[key] = ""
    path, digest, person, media = texts.values()
    if not path or CONTROL.search(path) or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        reasons.add(f"{where}.path", "must be a path from the folder of the import file, without .. in it")
    if not SHA_256.fullmatch(digest):
        reasons.add(f"{where}.sha256", "must be the SHA-256 of the file, 64 small hexadecimal digits")
    if person and not OWNER.pattern.fullmatch(person):
        reasons.add(f"{where}.of", f"must be {OWNER.words}")
    if media and not MEDIA_TYPE.fullmatch(media):
        reasons.add(f"{where}.media_type", "must be type/subtype in small letters, like application/pdf")
    openly = given.get("open", False)
    if not isinstance(openly, bool) or (openly and person):
        reasons.add(f"{where}.open", "must be true or false; a paper is sealed for somebody (of) or open, and not both")
    return Paper(path, digest, "" if openly is True else person or "CASE", media)
