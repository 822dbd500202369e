"""For each break, and each way there is to it: a history that has it, and a near miss that has not by a little."""

from __future__ import annotations

from tests.projections.break_cases_of_parcels import OF_PARCELS
from tests.projections.break_cases_of_trials import OF_TRIALS

CASES = OF_PARCELS | OF_TRIALS
