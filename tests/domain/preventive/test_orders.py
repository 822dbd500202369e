"""Orders of a Magistrate for the public's sake, and who disregards a direction."""

from __future__ import annotations

import pytest

from tests.domain.preventive.builders import action, detained
from tests.dsl import act

NAME = "preventive."
ORDER = {"order_number": "O/1"}
URGENT = act(f"{NAME}UrgentOrderMade", **ORDER)
CAUSE = act(f"{NAME}NuisanceCauseShown", **ORDER)


def test_an_urgent_order_is_prolonged_by_six_months_at_most() -> None:
    """And by one at least."""
    assert action().when(f"{NAME}UrgentOrderMade", **ORDER).entered().station
    more = action(URGENT)
    more.when(f"{NAME}UrgentOrderProlonged", **ORDER, months=6).entered()
    more.when(f"{NAME}UrgentOrderProlonged", **ORDER, months=7).doubted("by more than six months")
    more.when(f"{NAME}UrgentOrderProlonged", **ORDER, months=0).refused("by no month")
    more.when(f"{NAME}UrgentOrderEnded", **ORDER, how="rescinded").entered()


def test_proceedings_on_a_nuisance_get_more_time_for_reasons() -> None:
    """Up to one hundred and twenty days in all."""
    action().when(f"{NAME}NuisanceCauseShown", **ORDER).entered()
    given = action(CAUSE)
    given.when(f"{NAME}NuisanceTimeExtended", **ORDER, days=30, reasons=act(f"{NAME}UrgentOrderMade").directs).entered()
    given.when(f"{NAME}NuisanceTimeExtended", **ORDER, days=30, reasons=None).doubted("no reasons are entered")
    given.when(f"{NAME}NuisanceTimeExtended", **ORDER, days=31).doubted("more than 120 days in all")
    given.when(f"{NAME}NuisanceTimeExtended", **ORDER, days=-1).refused("by no day")
    given.when(f"{NAME}NuisanceConcluded", **ORDER, outcome="absolute").entered()


@pytest.mark.parametrize("before", [(), (detained(),)])
def test_who_disregards_a_direction_is_held_once(before: tuple[object, ...]) -> None:
    """Whoever is detained already is not held again; let go, there is a release."""
    held = action(*before).when(f"{NAME}PersonHeldForDirection", person="R1", gd_entry="4")  # type: ignore[arg-type]
    if before:
        held.refused("R1 of the unnumbered preventive action is detained")
        return
    held.entered()
    now = action(act(f"{NAME}PersonHeldForDirection", person="R1", gd_entry="4"))
    now.when(f"{NAME}PersonReleased", person="R1", how="let go").entered()
    action().when(f"{NAME}PersonHeldForDirection", person="R1", gd_entry="").doubted("names no General Diary entry")
