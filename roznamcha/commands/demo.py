"""The demo: a sample district is entered, every view follows, everything is verified, and the board is shown."""

from __future__ import annotations

import re
import time
from collections import Counter
from datetime import UTC, timedelta
from typing import Annotated, Any

import typer

from domain.law.clock import Clock
from roznamcha.commands.reading import all_clocks
from roznamcha.commands.ticking import ticker_on
from roznamcha.errors import Broken, Refused
from roznamcha.intake import read_act
from roznamcha.office import Office, open_office
from roznamcha.sample import ENDS, INDIA, STATIONS, Planned
from roznamcha.sample_case import planned
from roznamcha.screen import AsJson, note, print_json, progress_bar, say, table
from roznamcha.settings import settings
from roznamcha.store import Store
from roznamcha.verifying import verify
from roznamcha.views import Board, open_board

app = typer.Typer()
WATCH = timedelta(hours=6)
"""What is entered in one watch of the sample's days shares a commit."""


@app.command()
def demo(
    cases: Annotated[int, typer.Option(min=1, max=100_000, help="How many cases the sample district has")] = 200,
    *,
    as_json: AsJson = False,
) -> None:
    """Enter a sample district, follow every view, verify, and show the board a station would look at."""
    started = time.monotonic()
    with open_office(settings()) as office:
        _only_samples(office)
        acts = planned(cases)
        with progress_bar("entering a sample district", shown=not as_json) as progress:
            tally = _enter(office, acts, progress)
        with open_board(office, quiet=as_json) as board:
            evening = ENDS.astimezone(UTC)
            ticker_on(office, board, lambda: evening).tick(evening)
            report = verify(board.connection, board.views, office.catalogue)
            clocks = all_clocks(office, board)
            states = Counter(clock.state(ENDS) for _, clock in clocks)
            shown = {
                "records": report.records,
                "entries": report.entries,
                "inquests": _one(board, "SELECT count(*) FROM views.case_state WHERE register = 'inquest'"),
                "registers": _registers(board),
                "views": report.rows,
                "deadlines": dict(sorted(states.items())),
                "facts": _facts(board),
                "custody_breaks": _one(board, "SELECT count(*) FROM views.custody, jsonb_array_elements(breaks)"),
                "verified": report.ok,
                "seconds": round(time.monotonic() - started, 2),
                "entered_now": tally["recorded"],
                "refused": tally["refused"],
            }
            if as_json:
                print_json(shown)
            else:
                _show(board, clocks, shown, office)
    if report.records > len({each.act["record"] for each in acts}):
        note(f"the folder holds {report.records:,} sample records, and all are shown; fewer need a --data of their own")
    if not report.ok:
        message = f"the sample does not verify: {(report.first_bad or {}).get('why')}"
        raise Broken(message)


def _only_samples(office: Office) -> None:
    """Never mix invented cases with real ones. Raises Refused when the store holds anything else."""
    query = "SELECT count(*) FROM roznamcha.entries e WHERE NOT EXISTS (SELECT 1 FROM roznamcha.names n WHERE n.record_id = e.record_id AND n.name LIKE 'sample:%')"
    with office.datastore.get_connection() as connection:
        row = connection.execute(query).fetchone()
    if row and row["count"]:
        reason = f"the store in force holds {row['count']:,} entries that are no samples; run the demo with --data on another folder"
        raise Refused([reason])


def _enter(office: Office, acts: list[Planned], progress: Any) -> Counter[str]:  # noqa: ANN401 (a progress bar's function)
    """Enter the sample watch by watch, with the clock of its own days."""
    clock = [ENDS.astimezone(UTC)]
    store = Store(office.datastore, office.catalogue, office.keyring, now=lambda: clock[0])
    tally: Counter[str] = Counter()
    start = 0
    while start < len(acts):
        until = acts[start].recorded_at + WATCH
        end = next((n for n in range(start, len(acts)) if acts[n].recorded_at >= until), len(acts))
        clock[0] = acts[end - 1].recorded_at.astimezone(UTC)
        watch = [read_act(each.act, now=clock[0], source="demo", zone=INDIA) for each in acts[start:end]]
        for outcomes in store.record_units([[act] for act in watch]):
            tally[outcomes[0].status] += 1
        start = end
        progress(start, len(acts))
    return tally


def _show(board: Board, clocks: list[tuple[Any, Clock]], shown: dict[str, Any], office: Office) -> None:
    """The board, in Hindi and English, and what to try next."""
    evening = ENDS.strftime("%d.%m.%Y")
    say(
        "",
        f"रोज़नामचा · नमूना ज़िला, {evening} की शाम  |  Roznamcha · sample district, evening of {evening} (every name is invented)",
        "",
    )
    _stations(board, clocks)
    _systems(board, clocks, shown["facts"])
    _deadlines(clocks)
    say(
        f"✓ सत्यापित · verified: {shown['entries']:,} entries of {shown['records']:,} records, every view equal to a second fold, cases and articles to the register's own "
        f"({shown['seconds']} s; {shown['refused']} impossible acts were refused and, where it matters, recorded)",
        "",
        "आगे देखिए · try next:",
    )
    row = board.connection.execute(
        "SELECT s.number FROM views.case_state s JOIN views.custody c USING (record_id) GROUP BY s.number, s.record_id "
        "ORDER BY sum(jsonb_array_length(c.breaks)) DESC, count(*) DESC, s.number LIMIT 1"
    ).fetchone()
    number = row[0] if row else next(iter(STATIONS))
    say(
        f"  ./run custody {number}",
        f"  ./run deadlines {number} --explain",
        f"  ./run show {number} --known-at 2026-06-30",
    )
    note(f"the data stay in {office.settings.data}")


def _stations(board: Board, clocks: list[tuple[Any, Clock]]) -> None:
    station_of = dict(board.connection.execute("SELECT record_id, station FROM views.case_state").fetchall())
    states = Counter((station_of.get(record), clock.state(ENDS)) for record, clock in clocks)
    query = """
        SELECT station, count(*), count(chargesheeted_at), sum(jsonb_array_length(arrested)), sum(doubted)
        FROM views.case_state WHERE number <> '' AND register = 'case' GROUP BY station ORDER BY station
    """
    held = dict(
        board.connection.execute(
            "SELECT station, count(*) FROM views.malkhana WHERE state = 'deposited' GROUP BY station"
        ).fetchall()
    )
    rows = [
        (
            f"{STATIONS.get(station, ('', ''))[1]} {STATIONS.get(station, (station,))[0]}",
            firs,
            sheets,
            arrests,
            held.get(station, 0),
            states[station, "lapsed"],
            states[station, "met late"] + states[station, "entered late"],
            doubted,
        )
        for station, firs, sheets, arrests, doubted in board.connection.execute(query).fetchall()
    ]
    heads = (
        "थाना\nstation",
        "अपराध\nFIRs",
        "चालान\ncharge-sheeted",
        "गिरफ्तार\narrested",
        "मालखाने में\nin malkhana",
        "समय बीता\nlapsed",
        "विलंब\nlate",
        "संदेह\ndoubted",
    )
    table("थाने · stations", heads, rows)


def _systems(board: Board, clocks: list[tuple[Any, Clock]], facts: dict[str, int]) -> None:
    names = dict(board.connection.execute("SELECT name, count(*) FROM views.history GROUP BY name").fetchall())
    states = Counter((clock.rule.id, clock.state(ENDS)) for _, clock in clocks)

    def count(*acts: str, register: str = "case") -> int:
        return sum(names.get(f"{register}.{act}", 0) for act in acts)

    def of(rule: str) -> str:
        """Done in time of what was to be done; what is exempted was not, and late paper does not make a deed late."""
        late = states[rule, "entered late"]
        due = sum(number for (name, state), number in states.items() if name == rule and state != "exempted")
        done = f"{states[rule, 'met'] + late} of {due} in time{f', {late} of them entered late' if late else ''}"
        return f"{done}, {states[rule, 'lapsed']} lapsed"

    breaks = _one(board, "SELECT count(*) FROM views.custody, jsonb_array_elements(breaks)")
    moves = _one(board, "SELECT count(*) FROM views.custody WHERE number > 0")
    begun = count("DeathReported", "BodyFound", register="inquest")
    ended = [count(act, register="inquest") for act in ("ConvertedToFIR", "InquestClosed")]
    marg = f"{begun} begun, {ended[0]} converted to FIR, {ended[1]} closed; report to Magistrate: {of('inq-rep-24')}"
    missing = [
        count(act, register="missing_person") for act in ("PersonReportedMissing", "PersonTraced", "PersonNotTraced")
    ]
    complaint = [
        count(act, register="complaint") for act in ("ComplaintReceived", "ComplaintConverted", "ComplaintDisposed")
    ]
    rows = [
        (
            "CCTNS / IIF",
            "एकीकृत प्रपत्र",
            f"{count('FIRRegistered')} IIF-1, {count('AccusedArrested')} IIF-3, {count('PropertySeized')} IIF-4, {count('FinalReportPrepared')} IIF-5",
        ),
        (
            "Malkhana",
            "मालखाना",
            f"{_one(board, 'SELECT count(*) FROM views.malkhana')} articles, {moves} links of custody, {breaks} breaks",
        ),
        (
            "MedLEaPR (MLR)",
            "चिकित्सा रिपोर्ट",
            f"{count('MedicalExaminationRequested')} requested, {count('MLRReceived')} received; doctor's 7 days: {of('rape-med-rep-7')}",
        ),
        (
            "e-FSL",
            "ई-एफएसएल",
            f"{count('PropertySentToLaboratory')} sent, {count('LaboratoryAccepted')} accepted, {count('LaboratoryReportReceived')} reports",
        ),
        (
            "e-Prosecution",
            "ई-अभियोजन",
            f"{count('ProsecutionOpinionSought')} sought, {count('ProsecutionClearanceGiven')} cleared, {count('ProsecutionClearanceRefused')} returned",
        ),
        (
            "Sanction (120 days)",
            "अभियोजन मंजूरी",
            f"{count('GovernmentSanctionRequestReceived')} requests; {of('sanction-120')}",
        ),
        (
            "e-Chargesheet",
            "ई-चालान",
            f"{count('ChargesheetSubmitted')} submitted, {count('ChargesheetReturnedWithDefect')} returned, {count('ChargesheetAcknowledged')} acknowledged with CNR",
        ),
        (
            "Inquests (marg)",
            "मर्ग",
            marg,
        ),
        ("Complaints", "शिकायत", "{} received, {} converted, {} disposed of".format(*complaint)),
        (
            "MLC",
            "एमएलसी",
            f"{count('PoliceNumbered', register='medico_legal')} numbered, {count('LinkedToCase', register='medico_legal')} linked to a case, {count('ClosedWithoutCase', register='medico_legal')} closed without one; report: {of('mlr-due')}",
        ),
        (
            "Missing persons",
            "गुम इंसान",
            "{} reported, {} traced, {} not traced; ".format(*missing)
            + f"child an FIR at once: {of('miss-child-fir')}",
        ),
        (
            "Preventive action",
            "प्रतिबंधात्मक",
            f"{count('ActionProposed', register='preventive')} proposed, {count('BondExecuted', register='preventive')} bound over; detention: {of('prev-24')}",
        ),
        (
            "General Diary",
            "रोज़नामचा",
            f"{count('EntryMade', register='diary')} entries, {count('DayClosed', register='diary')} days closed",
        ),
        ("ITSSO (two months)", "यौन अपराध, दो माह", of("inv-2m")),
        (
            "Citizen portal (24 h)",
            "नागरिक पोर्टल",
            f"{count('FIRPublished')} FIRs on the web, {count('PublicationWithheld')} withheld; {of('fir-web')}",
        ),
        (
            "Told of the clocks",
            "समय-सीमा सूचनाएँ",
            ", ".join(f"{number} {words(kind)}" for kind, number in facts.items()),
        ),
        (
            "Delay in entry",
            "प्रविष्टि में विलंब",
            f"{sum(n for (_, state), n in states.items() if state == 'entered late')} acts done in time and entered late",
        ),
    ]
    table("प्रणालियाँ · systems", ("system", "प्रणाली", "figures"), rows)


def _deadlines(clocks: list[tuple[Any, Clock]]) -> None:
    words = {
        "open": "चल रहा",
        "extended": "बढ़ाया",
        "lapsed": "समय बीता",
        "met": "समय पर",
        "met late": "विलंब से",
        "entered late": "प्रविष्टि विलंबित",
        "exempted": "छूट",
        "overtaken": "निष्प्रभावी",
    }
    rules = sorted({clock.rule.id: clock.rule for _, clock in clocks}.items())
    states = Counter((clock.rule.id, clock.state(ENDS)) for _, clock in clocks)
    words = {state: hindi for state, hindi in words.items() if any(states[name, state] for name, _ in rules)}
    rows = [
        (
            f"{rule.title['hi']}\n{rule.title['en']}, {rule.versions[-1].law}",
            *(states[name, state] or "" for state in words),
        )
        for name, rule in rules
    ]
    heads = ("विधिक समय-सीमा\nlegal clock", *(f"{hindi}\n{state}" for state, hindi in words.items()))
    table("समय-सीमाएँ · clocks (no rule has been reviewed by a lawyer yet)", heads, rows)


def _facts(board: Board) -> dict[str, int]:
    """How many facts of each kind were told of the clocks, by what they tell."""
    query = "SELECT topic, count(*) FROM roznamcha.entries WHERE topic LIKE 'deadline.%' GROUP BY topic ORDER BY topic"
    return {topic.partition(".")[2]: number for topic, number in board.connection.execute(query).fetchall()}


def words(kind: str) -> str:
    """The name of an act as words: `met late`."""
    return re.sub(r"(?<=.)([A-Z])", r" \1", kind).lower()


def _registers(board: Board) -> dict[str, int]:
    """How many records each register has."""
    query = "SELECT register, count(*) FROM views.case_state GROUP BY register ORDER BY register"
    return dict(board.connection.execute(query).fetchall())


def _one(board: Board, query: str) -> int:
    row = board.connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0
