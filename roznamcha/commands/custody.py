"""The chain of custody on paper: who held each article when, where the chain breaks, and what was tried and refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from projections.breaks import BREAKS, Break
from projections.custody import Custody, chain_of
from projections.links import Chain, Link, Note, follow
from roznamcha.commands.reading import AsOf, KnownAt, RecordName, history_of, known, moment_given
from roznamcha.errors import Refused
from roznamcha.office import open_office
from roznamcha.plain import plain
from roznamcha.screen import AsJson, print_json, say, table, when
from roznamcha.settings import settings

app = typer.Typer()


@app.command()
def custody(
    record: RecordName,
    property_id: Annotated[str, typer.Argument(help="One article, PR/1; default: all")] = "",
    as_of: AsOf = "",
    known_at: KnownAt = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Show who held each article when, and every break in the chain; also as of a day, or as known on a day."""
    with open_office(settings(), reading=True) as office:
        record_id, found = history_of(office, record)
        found = known(found, moment_given(as_of, office), moment_given(known_at, office))
        zone = office.settings.zone
    chain = chain_of(record_id, found)
    links, notes = follow(chain)
    links = [each for each in links if property_id in {"", each.article.property_id}]
    noted = [each for each in notes if property_id in {"", each.property_id}]
    if property_id and not links and not noted:
        ids = sorted({each.article.property_id for each in follow(chain)[0]})
        raise Refused([f"{property_id} is on no seizure memo of this record; it lists {', '.join(ids) or 'nothing'}"])
    if as_json:
        print_json(document_of(chain, links, noted))
    else:
        _paper(links, noted, zone)


def document_of(chain: Chain, links: list[Link], notes: list[Note]) -> dict[str, Any]:
    """The answer as others script against it: links, the breaks at them, doubts, and attempts that were refused."""
    shown = [plain(row) for row in Custody().shown(chain, links, ())]
    broken = [
        {
            "property": link.article.property_id,
            "link": link.number,
            "version": link.version,
            "code": each.code,
            "pattern": BREAKS[each.code][0],
            "says": {"en": BREAKS[each.code][1], "hi": BREAKS[each.code][2]},
            "detail": each.told(),
            "times": [at.isoformat() for at in each.times],
        }
        for link in links
        for each in link.breaks
    ]
    beside = [plain(row) for row in Custody().shown(chain, (), notes)]
    return {
        "record": str(chain.record_id),
        "links": [{key: value for key, value in each.items() if key not in {"breaks", "attempted"}} for each in shown],
        "breaks": broken,
        "attempts": [_note(each) for each in beside if each["attempted"]],
        "doubts": [_note(each) for each in beside if not each["attempted"]],
    }


def _note(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("property_id", "version", "act", "attempted", "occurred_at", "recorded_at")
    return {key: row[key] for key in kept if row[key]} | {"reasons": row["doubts"]}


def _paper(links: list[Link], notes: list[Note], zone: ZoneInfo) -> None:
    """The answer for a person."""
    rows = [
        (
            each.article.property_id,
            each.number,
            when(each.occurred_at, zone),
            each.act.partition(".")[2],
            f"{_who(each.giver_rank, each.giver)} → {_who(each.holder_rank, each.article.holder)}",
            each.article.place,
            _seal(each),
            each.paper,
            "\n".join([*(f"✗ {_says(one, zone)}" for one in each.breaks), *(f"? {one}" for one in each.doubts)]),
        )
        for each in sorted(links, key=lambda each: (each.article.property_id, each.number))
    ]
    if not links:
        say("no article was seized in this record" + (", though an attempt was made" if notes else ""))
    else:
        heads = ("article", "link", "when", "act", "from → to", "place", "seal", "paper", "breaks ✗ and doubts ?")
        table("chain of custody", heads, rows)
        doubts = sum(len(each.doubts) for each in links)
        say(f"{len(links)} links; {sum(len(each.breaks) for each in links)} breaks found; {doubts} doubts at them")
    if notes:
        beside = [
            (
                each.property_id,
                when(each.occurred_at, zone),
                f"{each.attempted.partition('.')[2]}: refused" if each.attempted else each.act.partition(".")[2],
                "\n".join(each.reasons),
            )
            for each in notes
        ]
        table("beside the chain: tried and refused, or entered with doubts", ("article", "when", "act", "why"), beside)


def _who(rank: str, who: str) -> str:
    return " ".join(filter(None, (rank if who else "", who))) or "—"


def _seal(link: Link) -> str:
    """The seal as the entry states it, with the register's where they differ."""
    seal = link.seal or "open"
    return f"{seal} (in the register: {link.register_seal})" if link.register_seal else seal


def _says(broken: Break, zone: ZoneInfo) -> str:
    detail = broken.told(_clock(broken, zone))
    return f"{BREAKS[broken.code][1]}{f': {detail}' if detail else ''}"


def _clock(broken: Break, zone: ZoneInfo) -> Callable[[datetime], str]:
    """How the times of a break are written: by the clock alone when they are of one day."""
    days = {each.astimezone(zone).date() for each in broken.times}
    return lambda at: f"{at.astimezone(zone):%H:%M}" if len(days) == 1 else when(at, zone)
