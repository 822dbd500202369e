"""The reports that special Acts want: on a child (POCSO s.19(6)), and on drugs to the superior (NDPS s.42, 57)."""

from __future__ import annotations

from domain.case.reported import ChildReported, SuperiorInformed
from tests.domain.case.builders_fir import fir, told
from tests.dsl import OFFICER, given

CHILD = ("POCSO 8",)
DRUGS = ("NDPS 20(b)(ii)(B)",)


def test_a_child_is_reported_to_the_committee_and_the_court() -> None:
    """Each is told, before the FIR or after it."""
    given(told(sections=CHILD)).when(ChildReported, children=("V1",)).entered()
    given(fir(sections=CHILD)).when(ChildReported, sent_to="Special Court").entered()


def test_a_child_goes_by_a_code() -> None:
    """A name is refused, and not repeated."""
    given(fir(sections=CHILD)).when(ChildReported, children=("Asha",)).refused("by a code")


def test_a_report_on_a_child_is_for_the_act_and_says_the_steps() -> None:
    """Without a section of the POCSO Act, or without a step where care is needed, it is doubted."""
    given(fir()).when(ChildReported).doubted("no section of that Act")
    given(fir(sections=CHILD)).when(ChildReported, needs_care=True).doubted("no step is told")
    given(fir(sections=CHILD)).when(ChildReported, needs_care=True, steps_taken="shelter home").entered()


def test_the_superior_is_told_of_search_arrest_and_seizure() -> None:
    """By the officer, to another one, in a case under the NDPS Act."""
    given(fir(sections=DRUGS)).when(SuperiorInformed, superior="CG-2001").entered()
    given(fir(sections=DRUGS)).when(SuperiorInformed, superior=OFFICER.id).doubted("and made the report too")
    given(fir()).when(SuperiorInformed, superior="CG-2001").doubted("no section of the NDPS Act")
