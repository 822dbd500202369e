"""What can go wrong, as one tree.

    RoznamchaError
    ├── Refused      an ordinary answer: the register doesn't take it, for these reasons   exit 1
    ├── Conflict     others keep writing first: try again                                  exit 1
    ├── UnknownLaw   no rule governs this date, or there is no such rule                   exit 1
    ├── Usage        it was asked for wrongly                                              exit 2
    ├── Broken       what is kept isn't what it must be: stop                              exit 3
    ├── Unavailable  a needed service is away                                              exit 4
    └── PartlyRefused  of many things some were refused, and the others are entered        exit 5

Each message is one line: what was refused, what the register shows, what to do. It never holds personal data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class RoznamchaError(Exception):
    """The root of all errors that are told to a user in one line."""

    exit_code: ClassVar[int] = 1


class Refused(RoznamchaError):
    """The register doesn't take it. `reasons` has every reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        """Refuse for these reasons."""
        self.reasons = tuple(reasons)
        super().__init__(" · ".join(self.reasons))


class Conflict(RoznamchaError):
    """Other writers keep coming first."""


class UnknownLaw(RoznamchaError):
    """No rule of that name, or none that governs this date."""


class Usage(RoznamchaError):
    """The command was asked for wrongly."""

    exit_code = 2


class Broken(RoznamchaError):
    """What is kept isn't what it must be."""

    exit_code = 3


class Unavailable(RoznamchaError):
    """A needed service is away."""

    exit_code = 4


class PartlyRefused(RoznamchaError):
    """Of the lines of a file, or of the articles of a shelf, some were refused. The others are entered, and stay so."""

    exit_code = 5


def ended(refused: int, total: int) -> int:
    """The exit code of what took in many things, of which so many were refused: all of them, some, or none."""
    return 0 if not refused else Refused.exit_code if refused == total else PartlyRefused.exit_code


class Unanswered(Unavailable):
    """The answer can't be written where it belongs; what was done is done."""
