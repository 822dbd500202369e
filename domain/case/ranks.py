"""Ranks of officers, where the law asks for one: who is a Deputy Superintendent of Police or stands above one."""

from __future__ import annotations

DYSP_OR_ABOVE = frozenset(
    {
        "dysp", "dsp", "deputysp", "deputysuperintendent", "sdop", "sdpo", "csp", "acp", "assistantcommissioner",
        "asp", "assistantsuperintendent", "addlsp", "additionalsp", "additionalsuperintendent", "adcp", "sp",
        "superintendent", "ssp", "seniorsuperintendent", "dcp", "deputycommissioner", "aig", "dig",
        "deputyinspectorgeneral", "ig", "inspectorgeneral", "addlcp", "jointcp", "cp", "commissioner", "adg",
        "additionaldirectorgeneral", "dg", "directorgeneral", "sdg", "specialdirectorgeneral",
    }
)  # fmt: skip
"""As forms write them, in small letters, without dots, blanks and “of Police”."""


def at_least_dysp(rank: str) -> bool:
    """Whether this is the rank of a Deputy Superintendent of Police or above, as forms write it: `Dy. S.P.`, `SP`."""
    letters = "".join(filter(str.isalpha, rank)).casefold()
    short = letters.removesuffix("ofpolice")
    return short in DYSP_OR_ABOVE or (short.endswith("p") and short[:-1] in {"dig", "ig", "adg", "dg"})
