"""What a rule may ask of the offences of a case, and how: a yes-or-no question, a number, or a list of sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from domain.law.grammar import IN_COMMON, Condition

OFFENCE_ATTRIBUTES = frozenset(
    {
        "class90", "class90_display_max10", "min3_below7", "seven_or_more", "two_month_list", "rape", "sections",
        "summons_case", "upto_seven", "upto_three", "above_one", "imprisonment", "death_or_life", "several",
        "max_years", "heinous",
    }
)  # fmt: skip
"""What `offences.py` computes from the sections of a case; written `offence.class90` and so on."""
NO_QUESTION = frozenset({"offence.sections", "offence.max_years"})
"""Those that are not answered by true or false."""


def unknown(names: Iterable[str], *, always: bool) -> Iterator[str]:
    """Why an attribute can't be computed from the offences.

    Unless it is `always` asked of them, a name without a dot may be a column of the fact that starts the clock.
    """
    for name in names:
        prefix, _, plain = name.rpartition(".")
        if (prefix or always) and (prefix != "offence" or plain not in OFFENCE_ATTRIBUTES):
            yield f"{name} is none of offence.{', offence.'.join(sorted(OFFENCE_ATTRIBUTES))}"


def unmet(conditions: Iterable[Condition]) -> Iterator[str]:
    """Why what an attribute of the offences is compared with can never be met."""
    for each in conditions:
        if each.attribute.startswith("offence.") and each.attribute not in NO_QUESTION:
            for value in each.value if isinstance(each.value, tuple) else (each.value,):
                if not isinstance(value, bool):
                    yield f"{each.attribute}: {value!r} is neither true nor false; write true or false"
        if each.attribute == "offence.sections" and each.operator not in IN_COMMON:
            yield "offence.sections is a list; ask with any-of or none-of, like {any-of: [BNS 64]}"
