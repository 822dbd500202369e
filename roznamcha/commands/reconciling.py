"""Reconciling: whether all that was entered is on Kafka, and with whoever reads it, proved record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from consumers.embedded import connected
from projections.ranking import Ranking
from roznamcha.errors import Broken, Refused, Unavailable, Usage
from roznamcha.office import Office, open_office
from roznamcha.published import note_comparison, only_here
from roznamcha.screen import AsJson, print_json, progress_bar, say
from roznamcha.settings import settings
from roznamcha.verifying import Report
from roznamcha.views import all_views

if TYPE_CHECKING:
    from roznamcha.reconciled import Reconciled
    from roznamcha.reconciling_heads import HeadsReconciled
    from roznamcha.reconciling_rows import RowsReconciled

app = typer.Typer()
COMPARED = "entries, deadlines, custody, case-state, ranking, checkpoints"
Within = Annotated[
    float | None,
    typer.Option(min=0, help="End with 4 where an entry waits for longer to be published, in seconds; 0: for any time"),
]


@app.command()
def reconcile(  # noqa: PLR0913 (one for each choice)
    subscriber: Annotated[
        str, typer.Option(help="Also what a subscriber has: the address of its database, or a file of JSON lines")
    ] = "",
    schema: Annotated[str, typer.Option(help="Where that database has the kit's tables")] = "roznamcha_subscriber",
    topic: Annotated[str, typer.Option(help=f"One of {COMPARED}")] = "entries",
    record: Annotated[str, typer.Option(help="One record; default: everything")] = "",
    published_within: Within = None,
    copy: Annotated[str, typer.Option(help="Compare a copy of the topics (a mirror), by the prefix it has")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Compare store, topic and a subscriber, and name what is missing, doubled, altered or extra."""
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.received import received_by
    from roznamcha.reconciling import BEGINS, Reconciliation
    from roznamcha.reconciling_heads import reconcile_heads
    from roznamcha.reconciling_rows import reconcile_rows, view_of
    from roznamcha.relayed import HEADS

    here = settings()
    with ExitStack() as stack:
        broker, topics = broker_of(here), topics_of(replace(here, topics=copy) if copy else here)
        office = stack.enter_context(open_office(here, reading=True))
        view = view_of([*all_views(office), Ranking()], topic)
        if view is None and topic not in {*BEGINS, HEADS}:
            message = f"{topic[:60]!r} is not compared: name one of {COMPARED}"
            raise Usage(message)
        if topic not in BEGINS and (record or subscriber or published_within is not None):
            message = (
                f"{topic} is compared as a whole, with the store alone: --record, --subscriber and --published-within "
                f"are for {' and '.join(BEGINS)}"
            )
            raise Usage(message)
        one = _named(office, record) if record else None
        received = None
        if subscriber:
            received = stack.enter_context(received_by(subscriber, schema, topics[topic].name))
        connection = stack.enter_context(connected(office.url))
        if not copy:
            only_here(connection, topics.prefix)
        progress = stack.enter_context(progress_bar("comparing", shown=not as_json))
        stack.enter_context(reaching(broker))
        entries: list[Reconciled] = []
        report: Reconciled | RowsReconciled | HeadsReconciled
        if view is not None:
            report = reconcile_rows(connection, broker, topics, office.catalogue, view, topic, progress)
        elif topic == HEADS:
            report = reconcile_heads(connection, broker, topics, office.catalogue, progress)
        else:
            report = Reconciliation(
                connection, broker, topics, office.catalogue, topic, received=received, record=one, progress=progress
            ).run()
            entries.append(report)
        if one is None and not copy:
            note_comparison(connection, topics.prefix, topic, report)
    if as_json:
        print_json(report.shown())
    else:
        say(*report.says())
    if not report.ok:
        raise typer.Exit(Broken.exit_code)
    in_time(entries, published_within, as_json=as_json)


def in_time(reports: Iterable[Reconciled], within: float | None, *, as_json: bool) -> None:
    """Raise Unavailable where an entry has waited too long to be published; where a document was printed, end so."""
    for why in filter(None, (each.late(within) for each in reports)):
        if as_json:
            raise typer.Exit(Unavailable.exit_code)
        raise Unavailable(why)


def both_topics(
    office: Office, record: UUID | None, progress: Callable[[int, int], None]
) -> dict[str, Reconciled] | None:
    """Both topics of entries against the store; None where no broker is named. Raises Unavailable, Usage."""
    if not office.settings.kafka:
        return None
    from roznamcha.broker import broker_of, reaching, topics_of
    from roznamcha.reconciling import BEGINS, Reconciliation

    broker, topics = broker_of(office.settings), topics_of(office.settings)
    with connected(office.url) as connection, reaching(broker):
        only_here(connection, topics.prefix)
        found = {}
        for short in BEGINS:
            found[short] = Reconciliation(
                connection, broker, topics, office.catalogue, short, record=record, progress=progress
            ).run()
            if record is None:
                note_comparison(connection, topics.prefix, short, found[short])
        return found


def _named(office: Office, record: str) -> UUID:
    """The record that is called so. By its id also one that only a topic knows."""
    found = office.store.find(record)
    if found is None:
        raise Refused([f"no record is called {record[:60]!r}; give its id, its number or its legacy key"])
    return found


def complain(report: Report, topics: dict[str, Any]) -> None:
    """Add what lies on Kafka to a report: each difference is something wrong."""
    report.kafka = {short: each.shown() for short, each in topics.items()} or None
    for each in topics.values():
        for difference in each.differences:
            report.complain(f"Kafka, {difference}", difference.position, difference.record, difference.version)
        if each.unlisted:
            report.complain(f"Kafka, {each.topic_name}: {each.unlisted} more records differ")
