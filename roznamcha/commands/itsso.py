"""The women's-offence board: three figures of each station, and the cases whose two months run or are over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Annotated, Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from psycopg import Connection

from domain.ranking.itsso import Figures, Watched, figures
from domain.ranking.score import rounded
from roznamcha.commands.ranking import Level, number
from roznamcha.commands.reading import AsOf, moment_given
from roznamcha.office import open_office
from roznamcha.screen import AsJson, print_json, say, table, when
from roznamcha.settings import settings
from roznamcha.views import open_board

app = typer.Typer()
RULE = "inv-2m"
DEFINITIONS = {
    "compliance": "investigated within its two months, of those whose two months are over",
    "disposal": "investigated at all, in time or late, of all that were registered",
    "pendency": "not investigated though the two months are over, of all that were registered",
}
SHOWN = 50
"""So many open cases stand on the board; --json has all."""
DAY = timedelta(days=1)
CASES = """
    SELECT d.record_id, coalesce(nullif(c.number, ''), d.record_id::text), coalesce(nullif(c.station, ''), d.station),
           coalesce(nullif(c.district, ''), 'unknown'), c.sections, d.opened_at, d.due_at, d.met_at
    FROM views.deadlines d LEFT JOIN views.case_state c USING (record_id)
    WHERE d.rule = %s AND (d.ended_at IS NULL OR d.ended_at > %s) AND d.opened_at <= %s
    ORDER BY d.due_at, d.record_id
"""


class Case(NamedTuple):
    """A case under the two months, where it is now."""

    record_id: UUID
    called: str
    station: str
    district: str
    sections: list[str] | None
    opened_at: datetime
    due_at: datetime
    met_at: datetime | None

    def is_open(self, at: datetime) -> bool:
        """Whether it was still being investigated then."""
        return self.met_at is None or self.met_at > at


@app.command()
def itsso(
    level: Annotated[Level, typer.Option(help="Of what the figures are")] = Level.STATION,
    station: Annotated[str, typer.Option(help="The cases of one station only")] = "",
    as_of: AsOf = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show compliance, disposal and pendency of sexual offences (BNSS s.193(2)), and the cases that are open."""
    with open_office(settings(), reading=True) as office:
        at, zone = moment_given(as_of, office) or datetime.now(UTC), office.settings.zone
        with open_board(office, quiet=as_json) as board:
            cases = [each for each in cases_by(board.connection, at) if station in {"", each.station}]
    found = figures_of(cases, level.value, at)
    still = [each for each in cases if each.is_open(at)]
    if as_json:
        print_json(document(found, still, level.value, at))
    else:
        _show(found, still, level.value, at, zone)


def cases_by(connection: Connection[Any], at: datetime) -> list[Case]:
    """The cases whose two months had begun by then, without those that no section of the list concerns any more."""
    return [Case(*row) for row in connection.execute(CASES, (RULE, at, at))]


def figures_of(cases: list[Case], level: str, at: datetime) -> dict[str, Figures]:
    """The three figures of each station, or district."""
    return figures((Watched(getattr(each, level), each.opened_at, each.due_at, each.met_at) for each in cases), at)


def document(found: dict[str, Figures], still: list[Case], level: str, at: datetime) -> dict[str, Any]:
    """The board as `itsso --json` prints it."""
    return {
        "as_of": at.isoformat(),
        "level": level,
        "law": "BNSS 2023 s.193(2), CrPC 1973 s.173(1A)",
        "definitions": DEFINITIONS,
        "figures": [
            {
                "unit": unit, "registered": each.registered, "over": each.over, "in_time": each.in_time,
                "early": each.early, "late": each.late, "open_over": each.open_over, "disposed": each.disposed,
                "compliance": number(each.compliance), "disposal": number(each.disposal),
                "pendency": number(each.pendency),
            }
            for unit, each in found.items()
        ],
        "open": [
            {
                "record": str(each.record_id), "called": each.called, "station": each.station,
                "sections": each.sections or [], "registered_at": each.opened_at.isoformat(),
                "due_at": each.due_at.isoformat(), "days_left": (each.due_at - at) // DAY,
            }
            for each in still
        ],
    }  # fmt: skip


def _show(found: dict[str, Figures], still: list[Case], level: str, at: datetime, zone: ZoneInfo) -> None:
    rows = [
        (unit, each.registered, *map(_share, (each.compliance, each.disposal, each.pendency)), each.open_over)
        for unit, each in found.items()
    ]
    heads = (level, "registered", "compliance", "disposal", "pendency", "over two months")
    table(f"sexual offences, two months (ITSSO) · लैंगिक अपराध, दो माह: {when(at, zone)}", heads, rows)
    say(*(f"{name}: {meaning}" for name, meaning in DEFINITIONS.items()))
    table(
        "under investigation · विवेचनाधीन",
        ("case", "station", "sections", "registered", "due", "days left"),
        [
            (each.called, each.station, ", ".join(each.sections or ()), when(each.opened_at, zone),
             when(each.due_at, zone), (each.due_at - at) // DAY)
            for each in still[:SHOWN]
        ],
    )  # fmt: skip
    if len(still) > SHOWN:
        say(f"… and {len(still) - SHOWN:,} more: use --station or --json")


def _share(share: Fraction | None) -> str:
    return "-" if share is None else f"{float(rounded(100 * share, 1)):.1f} %"
