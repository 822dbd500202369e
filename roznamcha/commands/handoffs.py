"""What one side has sent and the other never entered as received: since when, to whom, which clocks wait for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from domain.common.handoff import ROLES
from domain.law.clock import Clock
from domain.law.counting import day_of
from projections.hand_offs import OPEN, UNSENT, HandOffs, kinds
from roznamcha.commands.reading import AsOf, KnownAt, history_of, moment_given
from roznamcha.errors import Usage
from roznamcha.facts import standing
from roznamcha.office import open_office
from roznamcha.open_sides import Asked, Waiting, hand_offs_asked, with_clocks
from roznamcha.plain import plain
from roznamcha.screen import AsJson, many, print_json, say, table, when
from roznamcha.settings import settings
from roznamcha.views import open_board

app = typer.Typer()
SCREEN = 500
"""Lines on a screen: more belong into JSON."""


@app.command()
def handoffs(  # noqa: PLR0913 (one for each way to ask)
    record: Annotated[str, typer.Argument(help="One record; default: all")] = "",
    station: Annotated[str, typer.Option(help="Only what this station entered")] = "",
    to: Annotated[str, typer.Option(help=f"Only what this side has to acknowledge: {', '.join(ROLES)}")] = "",
    older_than: Annotated[
        int | None, typer.Option("--older-than", min=0, help="Only what is open for more days")
    ] = None,
    as_of: AsOf = "",
    known_at: KnownAt = "",
    everything: Annotated[bool, typer.Option("--all", help="Also what is acknowledged, overtaken or not sent")] = False,  # noqa: FBT002
    *,
    as_json: AsJson = False,
) -> None:
    """List what was sent and never acknowledged, the oldest first: to whom, how long ago, which clocks wait for it."""
    if to and to not in ROLES:
        message = f"nobody here is called {to!r}; there are {', '.join(ROLES)}"
        raise Usage(message)
    with open_office(settings(), reading=True) as office, open_board(office, quiet=as_json) as board:
        then, known = moment_given(as_of, office), moment_given(known_at, office)
        record_id, zone = history_of(office, record)[0] if record else None, office.settings.zone
        asked = Asked(record_id, then, known, then or known or datetime.now(UTC))
        rows = [
            each
            for each in hand_offs_asked(board, asked, closed=everything)
            if station in {"", each.station}
            and to in {"", kinds()[each.hand_off].owner}
            and (older_than is None or (_days(each, asked.at, zone) or 0) > older_than)
        ]
        listed = [each for each in rows if everything or each.state == OPEN]
        found = list(with_clocks(board, listed if as_json else listed[:SCREEN], asked))
        called = office.store.shelf.called({each.row.record_id for each in found})
    owners = Counter(kinds()[each.hand_off].owner for each in rows if each.state == OPEN)
    unsent = sum(each.state == UNSENT and each.other is None for each in rows)
    totals: dict[str, Any] = {"open": owners.total(), "to": dict(sorted(owners.items())), "not_sent": unsent}
    if as_json:
        shown = [_document(each, called, asked.at, zone) for each in found]
        print_json({"as_of": plain(asked.at), "hand_offs": shown, "totals": totals})
        return
    _paper(found, called, asked.at, zone)
    if len(listed) > SCREEN:
        say(f"… and {len(listed) - SCREEN:,} more: use --station, --to, --older-than or --json")
    shares = ", ".join(f"{role.replace('_', ' ')} {count:,}" for role, count in totals["to"].items())
    say(f"{totals['open']:,} sent and not acknowledged{f': {shares}' if shares else ''}")
    if unsent and not everything:
        say(f"{many(unsent, 'receipt')} without a sending: --all lists them")


def _days(row: HandOffs.Row, at: datetime, zone: ZoneInfo) -> int | None:
    """For how many days of the calendar it has been open; None when it is not."""
    if row.state != OPEN or row.sent_at is None:
        return None
    return (day_of(at, zone) - day_of(row.sent_at, zone)).days


def _document(each: Waiting, called: Mapping[UUID, str], at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """A hand-over as others script against it."""
    row, kind = each.row, each.kind
    return {
        "record": str(row.record_id),
        "called": called.get(row.record_id, ""),
        "hand_off": kind.id,
        "what": {"en": kind.id, "hi": kind.hi},
        "subject": row.subject,
        "state": row.state,
        "act": row.act,
        "station": row.station,
        "sent_at": plain(row.sent_at),
        "sent_by": {"id": row.sent_by, "rank": row.sent_by_rank},
        "times_sent": row.times_sent,
        "last_sent_at": plain(row.last_sent_at),
        "owner": kind.owner,
        "chaser": kind.chaser,
        "addressee": row.addressee,
        "waiting_days": _days(row, at, zone),
        "closed_at": plain(row.closed_at),
        "closed_by": row.closed_by,
        "acknowledged_before_sent": plain(row.before),
        "other_record": plain(row.other),
        "clocks": [_clock(clock, at) for clock in each.clocks],
    }


def _clock(clock: Clock, at: datetime) -> dict[str, Any]:
    """A clock that the acknowledgement would stop."""
    return {
        "rule": clock.rule.id,
        "subject": clock.subject,
        "due_at": plain(clock.due_at.astimezone(UTC)),
        "state": clock.state(at),
        "law": clock.law,
        "policy": clock.rule.is_policy,
        "reviewed": clock.rule.is_reviewed,
    }


def _paper(found: Sequence[Waiting], called: Mapping[UUID, str], at: datetime, zone: ZoneInfo) -> None:
    """The list for a person."""
    rows = [
        (
            called.get(each.row.record_id, str(each.row.record_id)),
            f"{each.kind.id} {each.row.subject}\n{each.kind.hi}",
            when(each.row.sent_at, zone),
            f"{each.row.sent_by_rank} {each.row.sent_by}".strip(),
            f"{each.kind.owner.replace('_', ' ')} {each.row.addressee}".strip(),
            _days(each.row, at, zone),
            _clocks(each, at, zone),
            _remarks(each, called, zone),
        )
        for each in found
    ]
    if rows:
        heads = ("record", "what", "sent", "by", "to", "days", "clock", "state")
        table(f"sent and not acknowledged as of {when(at, zone)}", heads, rows)


def _clocks(each: Waiting, at: datetime, zone: ZoneInfo) -> str:
    """The clocks that wait; without one it is only the days that count. A policy is no law, and says so."""
    lines = [
        f"{clock.rule.id} {clock.subject}".strip()
        + standing(policy=clock.rule.is_policy, reviewed=clock.rule.is_reviewed)
        + f": {clock.state(at)}, due {when(clock.due_at, zone)}"
        for clock in each.clocks
    ]
    return "\n".join(lines) or ("no time is set" if each.row.state == OPEN else "")


def _remarks(each: Waiting, called: Mapping[UUID, str], zone: ZoneInfo) -> str:
    """How it stands, and what is odd about it."""
    row, said = each.row, [each.row.state]
    if row.closed_at is not None:
        where = f" in {called.get(row.other, row.other)}" if row.other else ""
        said.append(f"{row.closed_by.partition('.')[2]} of {when(row.closed_at, zone)}{where}")
    if row.times_sent > 1:
        said.append(f"sent {row.times_sent} times, last on {when(row.last_sent_at, zone)}")
    if row.before is not None:
        said.append(f"an acknowledgement is dated {when(row.before, zone)}, before it was sent")
    return "\n".join(said)
