"""The medico-legal case (MLC) as it stands: its number, who was hurt, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.common.matter import Done, Matter, Part


@dataclass(frozen=True, kw_only=True)
class MedicoLegal(Matter, register="medico_legal"):
    """What a hospital reported of one person: `registered_at` is when the police numbered it."""

    unnumbered: ClassVar[str] = "the unnumbered medico-legal case"
    unbegun: ClassVar[str] = "no hospital has reported anybody"
    stages: ClassVar[tuple[str, ...]] = ("", "intimated", "registered", "closed", "linked")

    enquirer: str = ""
    """Id of the officer who looks into it."""

    @property
    def officer(self) -> str:
        """Who looks into it."""
        return self.enquirer


@dataclass(frozen=True)
class Hurt(Part):
    """What the register keeps of it: who was hurt, how gravely as far as it was said, and when it was numbered."""

    person: str = ""
    nature: str = ""
    numbered: Done | None = None
