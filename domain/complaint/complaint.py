"""The complaint (शिकायत) as it stands: its number, how far the enquiry has come, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from domain.common.matter import Done, Matter, Part


@dataclass(frozen=True, kw_only=True)
class Complaint(Matter, register="complaint"):
    """One complaint: `registered_at` is when it was numbered."""

    unnumbered: ClassVar[str] = "the unnumbered complaint"
    unbegun: ClassVar[str] = "no complaint is received"
    stages: ClassVar[tuple[str, ...]] = (
        "", "registered", "under enquiry", "enquiry reported", "disposed", "converted",
    )  # fmt: skip

    enquirer: str = ""
    """Id of the officer to whom the enquiry was last assigned."""

    @property
    def officer(self) -> str:
        """Who enquires."""
        return self.enquirer


@dataclass(frozen=True)
class Enquiry(Part):
    """What the register keeps of the enquiry: who it is with, until when, what it found, and who was told of what."""

    assigned: Done | None = None
    due: date | None = None
    reported: Done | None = None
    outcome: str = ""
    told: Mapping[str, Done] = field(default_factory=dict)
