"""The accused before the Magistrate: produced, remanded, bailed, let go; or sought by proclamation.

What the law counts from these acts (twenty-four hours, sixty and ninety days) is counted by the rules of `domain/law`.
Here only what one entry shows to be odd is doubted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Literal

from domain.case.arrest import CUSTODY, ActOnAccused, ActOnArrested, standing
from domain.case.case import Case
from domain.common.days import day, later, written
from domain.common.periods import DEFAULT_BAIL, EXECUTIVE_CUSTODY, POLICE_CUSTODY, PROCLAMATION, UAPA_POLICE_CUSTODY
from domain.event import Sealed


class AccusedProduced(ActOnArrested, register="case"):
    """The arrested person is brought before the Magistrate, within 24 hours besides the journey (BNSS s.58)."""

    court: str
    purpose: Literal["first production", "remand", "after chargesheet", "other"]
    journey_hours: Decimal = Decimal(0)
    journey_evidence: str = ""
    by_video: bool = False

    def refuse(self, case: Case) -> Iterator[str]:
        """No journey takes less than no time."""
        yield from super().refuse(case)
        if not self.journey_hours.is_finite() or self.journey_hours < 0:
            yield f"the journey to {self.court} cannot take {self.journey_hours} hours. Give the hours it needed, or 0."

    def doubt(self, case: Case) -> Iterator[str]:
        """The journey is evidenced, and only the first production is the first."""
        yield from super().doubt(case)
        if self.journey_hours > 0 and not self.journey_evidence:
            yield f"{self.journey_hours} hours of journey are claimed for {self.accused}, and nothing shows them"
        produced_at = standing(case, self.accused).produced_at
        if self.purpose == "first production" and produced_at:
            yield f"{self.accused} was already produced on {written(produced_at)}"

    def apply(self, case: Case) -> Case:
        """The first production after the arrest is remembered."""
        return self.now(case, produced_at=standing(case, self.accused).produced_at or self.meta.occurred_at)


class AccusedRemanded(ActOnArrested, register="case"):
    """The Magistrate orders custody for so many days; the first order starts the 60 or 90 days (BNSS s.187)."""

    custody: Literal["police", "judicial"]
    days: int
    court: str
    magistrate: Literal["judicial", "executive"] = "judicial"
    order_number: str = ""
    place_held: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """A remand is for at least a day."""
        yield from super().refuse(case)
        if self.days < 1:
            yield f"{self.accused} cannot be remanded for {self.days} days. Give the days the order says, at least 1."

    def doubt(self, case: Case) -> Iterator[str]:
        """Police custody, and an Executive Magistrate's orders, have a limit in the aggregate."""
        yield from super().doubt(case)
        was, uapa = standing(case, self.accused), any(each.startswith("UAPA ") for each in case.sections)
        limit = UAPA_POLICE_CUSTODY if uapa else POLICE_CUSTODY
        police, executive = was.police_days + self.days, was.executive_days + self.days
        if self.custody == "police" and police > limit.count:
            yield f"police custody of {self.accused} comes to {police} days; {limit.law} allows {limit} in the whole"
        if self.magistrate == "executive" and executive > EXECUTIVE_CUSTODY.count:
            allowed = f"{EXECUTIVE_CUSTODY.law}: {EXECUTIVE_CUSTODY}"
            yield f"{self.accused} is held {executive} days by an Executive Magistrate; {allowed}"

    def apply(self, case: Case) -> Case:
        """The accused is in that custody; the days are added up."""
        was = standing(case, self.accused)
        return self.now(
            case,
            "police custody" if self.custody == "police" else "judicial custody",
            first_remand_at=was.first_remand_at or self.meta.occurred_at,
            police_days=was.police_days + (self.days if self.custody == "police" else 0),
            executive_days=was.executive_days + (self.days if self.magistrate == "executive" else 0),
        )


class DefaultBailClaimed(ActOnAccused, register="case"):
    """The accused claims bail because no chargesheet came within the 60 or 90 days of remand (BNSS s.187(3))."""

    court: str
    application: str = ""

    def refuse(self, case: Case) -> Iterator[str]:
        """Who was never remanded has no period that could run out."""
        yield from super().refuse(case)
        if standing(case, self.accused).first_remand_at is None:
            yield (
                f"{self.accused} cannot claim default bail: no remand of {self.accused} is entered in {case.label}. "
                "Record case.AccusedRemanded first."
            )

    def doubt(self, case: Case) -> Iterator[str]:
        """The right arises after the shorter period at the earliest, for somebody in custody, and is claimed once."""
        was = standing(case, self.accused)
        if was.first_remand_at:
            right = DEFAULT_BAIL.last(was.first_remand_at)
            if day(self.meta.occurred_at) < right:
                nth = f"day {DEFAULT_BAIL.count + 1} of remand"
                yield f"{self.accused} claims default bail before {written(right)}, {nth}"
        if was.how not in CUSTODY:
            yield f"{self.accused} claims default bail and is not in custody ({was.how})"
        if was.claimed_at:
            yield f"{self.accused} already claimed default bail on {written(was.claimed_at)}"

    def apply(self, case: Case) -> Case:
        """The claim stands from its first day."""
        return self.now(case, claimed_at=standing(case, self.accused).claimed_at or self.meta.occurred_at)


class BailGranted(ActOnAccused, register="case"):
    """A court, or the police in a bailable offence, grants bail. The accused is free when the bond is given."""

    court: str
    kind: Literal["regular", "anticipatory", "interim", "default", "by police", "undertrial period served"]
    order_number: str = ""
    bond_paise: int | None = None
    sureties: int = 0
    until: date | None = None
    conditions: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Bail is for somebody held, unless it is anticipatory; default bail is claimed first."""
        yield from super().doubt(case)
        was = standing(case, self.accused)
        if self.kind != "anticipatory" and was.how not in CUSTODY:
            yield f"bail ({self.kind}) is granted to {self.accused}, who is not in custody in {case.label} ({was.how})"
        if self.kind == "default" and was.claimed_at is None:
            yield f"default bail is granted to {self.accused}, and no claim is entered in {case.label}"

    def apply(self, case: Case) -> Case:
        """Custody lasts until release; anticipatory bail is remembered for the arrest."""
        return self.now(case, anticipatory=self.kind == "anticipatory")


class UndertrialDetentionContinued(ActOnAccused, register="case"):
    """The court orders that the detention goes on beyond half the longest term, for reasons in writing (BNSS s.479)."""

    court: str
    order_number: str = ""
    reasons: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """There is a detention to continue."""
        yield from super().doubt(case)
        if (how := standing(case, self.accused).how) not in CUSTODY:
            yield f"the detention of {self.accused} is continued, and {self.accused} is not in custody ({how})"


class BailCancelled(ActOnAccused, register="case"):
    """A court takes the bail back: the accused may be arrested again."""

    court: str
    order_number: str = ""

    def doubt(self, case: Case) -> Iterator[str]:
        """There should be a bail to cancel."""
        yield from super().doubt(case)
        was = standing(case, self.accused)
        if was.how != "on bail" and not was.anticipatory:
            yield f"bail of {self.accused} is cancelled, and {self.accused} is not on bail in {case.label} ({was.how})"

    def apply(self, case: Case) -> Case:
        """The accused is at large without leave."""
        was = standing(case, self.accused)
        return self.now(case, "at large" if was.how == "on bail" else None, anticipatory=False)


class AccusedReleased(ActOnAccused, register="case"):
    """The accused leaves custody, for this reason."""

    reason: Literal[
        "bail bond given", "bail bond given to police", "evidence insufficient", "remand refused",
        "arrest held illegal", "discharged", "acquitted", "sentence served", "order of a court", "died", "other",
    ]  # fmt: skip
    place: str = ""
    remarks: Sealed | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Only somebody in custody can leave it."""
        yield from super().doubt(case)
        if (how := standing(case, self.accused).how) not in CUSTODY:
            yield f"{self.accused} is released and was not in custody in {case.label} ({how})"

    def apply(self, case: Case) -> Case:
        """The accused is free, on bail or altogether."""
        return self.now(case, "on bail" if self.reason.startswith("bail bond") else "released")


class AccusedDeclaredAbsconding(ActOnAccused, register="case"):
    """The accused cannot be found: the officer, or a court by proclamation (BNSS s.84), declares it."""

    declared: Literal["absconding", "person proclaimed", "proclaimed offender"]
    declared_by: str
    proclamation: str = ""
    published_on: date | None = None
    appear_on: date | None = None

    def doubt(self, case: Case) -> Iterator[str]:
        """Who is in custody cannot abscond; a proclamation leaves not less than thirty days."""
        yield from super().doubt(case)
        if (how := standing(case, self.accused).how) in CUSTODY:
            yield f"{self.accused} is declared absconding while in custody ({how})"
        if self.published_on and self.appear_on and self.appear_on < later(self.published_on, PROCLAMATION.count):
            yield f"the proclamation leaves {self.accused} less than thirty days from its publishing (BNSS s.84(1))"

    def apply(self, case: Case) -> Case:
        """The accused is sought."""
        return self.now(case, "absconding")
