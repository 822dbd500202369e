"""The life of one sample search: somebody is missing, and traced, or not yet."""

# ruff: noqa: PLR2004 (the numbers here are chances and hours of invented searches)

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from roznamcha.sample import Planned
from roznamcha.sample_life import Life

EVERY = 4
"""Cases to one person reported missing: a State has about one to four (17,700 and 67,000 a year)."""


class SampleMissing(Life):
    """What happens in one sample search."""

    register = "missing_person"

    def __init__(self, number: int, seed: int) -> None:
        """Throw the dice of search `number`."""
        super().__init__(number, seed)
        self.key = f"sample:gum:{number:05d}"

    def acts(self) -> list[Planned]:
        """Its life, as far as it has come."""
        at, child = self.begins, self.dice.random() < 0.3
        self.do(
            at,
            "PersonReportedMissing",
            information_received_at=(at - timedelta(minutes=30)).isoformat(),
            gd_entry=f"GD/{self.number}",
            informant_name=self.name(),
            person_name=self.name(),
            gender=self.dice.choice(("female", "female", "male")),
            age_years=self.dice.randint(6, 17) if child else self.dice.randint(18, 70),
            photograph=True,
            last_seen_at=(at - timedelta(hours=self.dice.randint(3, 60))).isoformat(),
            last_seen_place="bus stand of Namuna",
            features="as told",
            searcher=self.officer["id"],
        )
        published = at + timedelta(hours=self.dice.randint(2, 40))
        self.do(published, "DetailsPublished", where="national portal", portal_number=f"TC/{self.number}")
        if child:
            self._registered(at + timedelta(hours=self.dice.randint(1, 12)))
        self.do(at + self.days(2, 9), "LeadRecorded", lead="L/1", kind="telephone", what_was_found="as followed")
        self._ended(at, child=child)
        return list(self.entered())

    def _registered(self, at: datetime) -> None:
        """A child is an FIR at once: a case with nothing in it yet but the FIR and the papers of the search."""
        fir = f"sample:fir-of-gum:{self.number:05d}"
        self.do(
            at,
            "FIRRegistered",
            mode="oral",
            sections=["BNS 137(2)"],
            informant_name=self.name(),
            information_received_at=self.begins.isoformat(),
            gd_entry=f"GD/{self.number}",
            victims=[{"code": "V1", "gender": "not recorded"}],
            accused=[{"code": "A1", "how": "unknown"}],
            contents="as told",
        )
        self.do(at + self.days(14, 16), "PapersJoined", whose="missing person", number=self.key)
        for _, _, act in self.done[-2:]:
            act.update(name=act["name"].replace(self.register, "case"), record=fir)
        self.do(at + timedelta(minutes=20), "ConvertedToFIR", fir=fir, sections=["BNS 137(2)"], ground="missing child")

    def _ended(self, at: datetime, *, child: bool) -> None:
        """About four of five are traced; where nothing leads anywhere the search rests."""
        if self.dice.random() < 0.78:
            before = "Child Welfare Committee" if child else ""
            found: dict[str, Any] = {
                "condition": "well",
                "place": "another town",
                "how": "by the police",
                "handed_to": "I1",
            }
            self.do(at + self.days(3, 45), "PersonTraced", produced_before=before, **found)
        elif not child and self.dice.random() < 0.5:
            rests: dict[str, Any] = {
                "reasons": "as tried",
                "ordered_by": "SP Namuna",
                "unidentified_bodies_compared": True,
            }
            self.do(at + self.days(60, 120), "PersonNotTraced", **rests)
