"""The rule book that ships: every worked example comes out, no hole in time, nothing claimed that nobody did."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from importlib import resources

import pytest
import yaml

import domain
from domain.event import ACTS
from domain.law.book import FOLDERS, QuickLoader, StrictLoader, load_book, load_book_from, read_yaml, shipped_texts
from domain.law.due import Due, due
from domain.law.form import Marked
from domain.law.offences import RAPE, TWO_MONTHS, packaged
from domain.law.rule import BadRule, Example, Rule, UnknownLaw
from domain.law.words import KNOWN
from domain.shape import columns
from tests.domain.law.kit import BOOK, ZONE

OLDER_CODE_ENDED = date(2024, 6, 30)
RULES = list(BOOK.rules.values())
EXAMPLES = [(rule, each) for rule in RULES for each in rule.examples]
by_id = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


def asked(rule: Rule, start: datetime | None = None) -> Due:
    """One computation by the rule's last version."""
    governed = rule.versions[-1].until
    known = {"max_years": 3} if "max_years" in rule.attributes() else {}
    return due(rule, start or datetime(2026, 3, 1, 10, tzinfo=ZONE), known, governed, ZONE)


def test_rules_stand_in_the_order_of_their_names() -> None:
    """Each in a folder of its own law."""
    assert list(BOOK.rules) == sorted(BOOK.rules)
    assert {rule.folder for rule in RULES} == set(FOLDERS)


def test_there_are_worked_examples_enough() -> None:
    """At least three beside each rule, and in one of them a 29 February lies on the way."""
    assert len(EXAMPLES) >= 250
    for rule in RULES:
        spans = [(each.start[:10], str(each.last_day or each.due_at)[:10]) for each in rule.examples]
        leap = [start for start, end in spans if any(start <= f"{year}-02-29" <= end for year in (2020, 2024, 2028))]
        assert leap, f"{rule.id} has no example over a leap day"


@pytest.mark.parametrize(
    ("rule", "example"), EXAMPLES, ids=lambda part: part.id if isinstance(part, Rule) else part.start
)
def test_each_worked_example_comes_out(rule: Rule, example: Example) -> None:
    """What a lawyer wrote beside the rule is what the program counts."""
    start = date.fromisoformat(example.start) if len(example.start) == 10 else datetime.fromisoformat(example.start)
    answer = due(rule, start, example.attrs, example.governed, ZONE)
    if example.due_at:
        assert answer.due_at == datetime.fromisoformat(example.due_at)
        assert answer.lapses_from == answer.due_at
        assert answer.last_day == answer.due_at.date()
    else:
        assert answer.last_day == example.last_day
        assert answer.lapses_from.isoformat() == example.lapses_from
        assert answer.due_at.date() == answer.last_day
    assert answer.explain


@by_id
def test_a_rule_governs_every_day_from_its_first_version_on(rule: Rule) -> None:
    """No hole and no overlap on any single day; a day before the first version is refused by the rule's name."""
    last = rule.versions[-1].until
    assert (last is None) is (rule.folder != "crpc")
    day, end = rule.versions[0].since, last or date(2027, 1, 1)
    while day <= end:
        assert sum(version.governs(day) for version in rule.versions) == 1
        day += timedelta(days=1 if abs((day - date(2024, 7, 1)).days) < 40 else 17)
    for version in rule.versions:
        assert rule.version_on(version.since) is version
        assert version.until is None or rule.version_on(version.until) is version
    if last is not None:
        assert last == OLDER_CODE_ENDED
        with pytest.raises(UnknownLaw, match="its last version ended on 2024-06-30"):
            rule.version_on(date(2024, 7, 1))
    with pytest.raises(UnknownLaw, match=f"rule {rule.id} governs nothing"):
        rule.version_on(rule.versions[0].since - timedelta(days=1))
    with pytest.raises(UnknownLaw, match=rule.id):
        due(rule, datetime(1947, 8, 15, tzinfo=ZONE), {}, None, ZONE)


@by_id
def test_a_rule_says_everything_in_both_languages(rule: Rule) -> None:
    """Title, consequence and every line of an explanation, English and Hindi."""
    answer = asked(rule)
    both = [rule.title, rule.consequence["says"], *(line.to_json() for line in answer.explain)]
    assert rule.duty
    assert rule.alarm
    for words in both:
        assert words["en"]
        assert any("\u0900" <= letter <= "\u097f" for letter in words["hi"])


def test_what_a_limit_depends_on_is_told_in_words() -> None:
    """In both languages, and not by the name of an attribute."""
    needed = {name.removeprefix("offence.") for rule in RULES for each in rule.versions for name in each.needs()}
    assert needed <= KNOWN.keys()
    assert all(hindi != english for english, hindi in KNOWN.values())


@by_id
def test_no_rule_claims_a_review_that_nobody_made(rule: Rule) -> None:
    """None is reviewed yet, and each explanation says so; each version says where and how it was read."""
    assert not rule.is_reviewed
    answer = asked(rule)
    assert "no lawyer has reviewed this rule against the text yet" in [line.en for line in answer.explain]
    for version in rule.versions:
        assert bool(version.quote) is not rule.is_policy
        assert version.source.read in {"primary", "secondary"}
    policy = "this is a department's policy and no law" in [line.en for line in answer.explain]
    assert policy is rule.is_policy is (rule.folder == "policy")


def test_what_was_read_in_secondary_sources_is_known() -> None:
    """The judgments, and the versions of the older Code whose text or date was read in one copy, or in none."""
    secondary = {
        (rule.id, str(each.since))
        for rule in RULES
        for each in rule.versions
        if each.source.read == "secondary" and not rule.is_policy
    }
    assert secondary == {
        ("fir-web", "2016-11-15"), ("inv-2m", "2018-04-21"), ("rape-med-24", "2006-06-23"),
        ("notice-35-3", "2015-01-01"), ("no-arrest-dec", "2015-01-01"), ("fir-copy", "1974-04-01"),
        ("report-157", "1974-04-01"), ("grounds-2h", "1974-04-01"), ("arr-inform", "2006-06-23"),
        ("arr-med", "2009-12-31"), ("seiz-report", "1978-12-18"), ("vic-stmt-183", "2018-04-22"),
        ("miss-child-fir", "2013-05-10"), ("miss-child-4m", "2013-05-10"), ("prop-claim-6m", "1974-04-01"),
        ("fir-copy-acc", "2016-11-15"), ("ndps-sample", "2022-12-23"), ("mv-far", "2022-04-01"),
        ("mv-rights", "2022-04-01"), ("mv-dar", "2022-04-01"),
    }  # fmt: skip
    assert {name for name, _ in secondary} > {rule.id for rule in RULES if rule.folder == "judgments"}


def test_starts_that_the_text_does_not_state_are_settings() -> None:
    """Some sentences name no start; the program says so wherever it counts from one."""
    settings = {rule.id for rule in RULES if rule.start_setting is not None}
    assert settings == {
        "efir-sign", "prelim", "rape-med-rep-7", "progress-90", "report-157", "further-90", "judg-45", "pocso-24",
        "pocso-24-court", "inq-rep-24", "inv-poa-60", "notice-35-3", "no-arrest-dec", "ut-half", "ut-full", "jj-sir",
        "attach-14", "miss-child-4m", "ncr-fort", "report-176-2", "nuisance-157",
    }  # fmt: skip
    for name in settings:
        assert any("the text states no start" in line.en for line in asked(BOOK[name]).explain)


def test_haste_without_a_number_is_a_setting() -> None:
    """“Forthwith”, “without delay”, “soon after”, “at once” …: the words are the law's, the hours are not."""
    hasty = [rule for rule in RULES if rule.counting == "forthwith"]
    assert {rule.id for rule in hasty} == {
        "fir-copy", "report-157", "grounds-2h", "arr-inform", "arr-med", "acc-rape-med", "acc-rape-rep", "av-search",
        "seiz-report", "vic-stmt-183", "search-165", "inq-intim", "miss-child-fir", "ndps-sample",
    }  # fmt: skip
    for rule in hasty:
        assert any("names no number here" in line.en for line in asked(rule).explain)
        assert any(word in rule.versions[-1].quote for word in ("forthwith", "delay", "soon", "immediately", "at once"))


@by_id
def test_a_rule_waits_for_acts_that_can_be_entered(rule: Rule) -> None:
    """Each fact is an act of a register (or a trait of one), and has the columns the rule reads."""
    domain.load()
    for trigger in rule.triggers():
        act = ACTS[trigger.fact]
        known = {column.name for column in columns(act)}
        for name in trigger.columns() - {"person", "victims.code", "accused"}:
            assert name.partition(".")[0] in known, f"{trigger.fact} has no {name}"
        if trigger.subject and trigger.fact not in {"case.FinalReportDecided", "case.SectionsAltered"}:
            assert known & {each.partition(".")[0] for each in trigger.subject}, f"{trigger.fact} names no {rule.per}"


def test_the_book_knows_which_columns_it_needs() -> None:
    """A view keeps these and nothing else: no name, no address, no sealed column."""
    domain.load()
    needed = BOOK.interests
    assert needed["case.AccusedProduced"] == {"accused", "journey_hours", "journey_evidence", "purpose"}
    assert needed["case.FIRRegistered"] >= {"sections", "victims.code", "information_received_at"}
    assert needed["CorrectsEntry"] == {"entry"}
    for name in needed:
        if name in ACTS:
            sealed = {each.name for each in columns(ACTS[name]) if "sealed" in str(each.shape)}
            assert not {each for each in needed[name] if "." not in each} & sealed


def test_the_lists_of_sections_are_those_of_the_statute() -> None:
    """The rule's list and the computed class are one and the same; BNS 69 and 72 are in neither list."""
    listed = BOOK["inv-2m"].versions[-1].applies[0].value
    assert set(listed) == set(TWO_MONTHS)
    assert "BNS 69" not in listed
    medical = BOOK["rape-med-24"].versions[-1].applies[0].value
    assert set(medical) == {each for each in listed if each.startswith("BNS")}
    assert set(medical) < set(RAPE)


def test_default_bail_leaves_what_has_a_clock_of_its_own() -> None:
    """Under the older Code and the Sanhita alike: what def-bail leaves out is what ndps-180 and uapa-180 take in."""
    taken = {section for name in ("ndps-180", "uapa-180") for section in BOOK[name].versions[-1].applies[0].value}
    for version in BOOK["def-bail"].versions:
        (left,) = version.applies
        assert (left.attribute, left.operator, set(left.value)) == ("offence.sections", "none-of", taken)
    commercial = {f"NDPS {each.section}" for each in packaged().entries("NDPS") if "commercial quantity" in each.title}
    lesser = {f"NDPS {each.section}" for each in packaged().entries("NDPS") if "less than commercial" in each.title}
    assert taken == (commercial - lesser) | {"NDPS 19", "NDPS 24", "NDPS 27A", "UAPA"}


def test_the_digest_is_that_of_the_file() -> None:
    """A deadline fact carries it, so that the text applied can be proved."""
    text = (resources.files("domain.law") / "bnss" / "def-bail.yaml").read_bytes()
    assert BOOK["def-bail"].digest == hashlib.sha256(text).hexdigest()
    assert load_book.__wrapped__().rules["def-bail"] == BOOK["def-bail"]


def test_an_unknown_rule_is_told() -> None:
    """By its name, with what to do."""
    with pytest.raises(UnknownLaw, match="there is no rule 'nope'"):
        BOOK["nope"]


FOREIGN = """
rule: appeal
starts: "Send Fine"
stops: ["Payment"]
governed_by: start
counting: days-first-excluded
closed_days: do-not-extend
versions:
  - from: "1990-01-01"
    law: "Codice della strada art. 203"
    limit: {when: {amount: {">": 35}}, then: 90 days, otherwise: 60 days}
"""


def test_a_foreign_book_may_name_activities_as_they_stand_in_a_log() -> None:
    """No title, no examples; its attributes are read from the start."""
    book = load_book_from({"b.yaml": FOREIGN.replace("appeal", "zz"), "a.yaml": FOREIGN})
    assert list(book.rules) == ["appeal", "zz"]
    assert book.interests["Send Fine"] == {"amount"}
    assert book.interests["Payment"] == frozenset()


def test_the_example_of_the_design_is_a_rule() -> None:
    """Dates without quotes, `on` as a key, one string for a start, a consequence in one language."""
    text = """
rule: def-bail
title: {en: Default bail, hi: व्यतिक्रम जमानत}
duty: investigating_officer
consequence: {class: A, says: "the accused may have bail from the day after the last day"}
per: accused
starts: case.AccusedRemanded
stops: [case.ChargesheetFiled]
extends: []
suspends: []
exempts: []
governed_by: proceeding
counting: days-first-included
closed_days: do-not-extend
alarm: [-10 days, -3 days]
versions:
  - from: "1978-12-18"
    to: "2024-06-30"
    law: "CrPC 1973 s.167(2) proviso (a)"
    limit: {when: {offence.class90: true}, then: 90 days, otherwise: 60 days}
    source: {title: t, where: w}
  - from: "2024-07-01"
    law: "BNSS 2023 s.187(3)"
    quote: "sixty days, where the investigation relates to any other offence"
    limit: {when: {offence.class90: true}, then: 90 days, otherwise: 60 days}
    source: {title: t, where: w}
reviewed: {on: null, by: null}
examples:
  - {start: 2020-05-14, attrs: {class90: false}, last_day: 2020-07-12, lapses_from: 2020-07-13, why: "ED v."}
"""
    rule = load_book_from({"def-bail.yaml": text})["def-bail"]
    assert rule.consequence["says"]["en"].startswith("the accused may have bail")
    assert due(rule, date(2020, 5, 14), {"class90": False}, None, ZONE).last_day == date(2020, 7, 12)


@pytest.mark.parametrize("loader", [StrictLoader, QuickLoader])
def test_yaml_has_no_surprises(loader: type[StrictLoader]) -> None:
    """A section stays a section: 187.10, NO and 24:00 are text, a date is text, `on` is a key."""
    text = "a: 187.10\nb: NO\nc: 24:00\nd: 2024-07-01\non: x\ne: 7\nf: true\ng: null\nh: 0o17\ni: 1e3\nj: yes\nk: 007\n"
    loaded = yaml.load(text, Loader=loader)  # noqa: S506 (a SafeLoader made stricter)
    assert loaded == {
        "a": "187.10", "b": "NO", "c": "24:00", "d": "2024-07-01", "on": "x", "e": 7, "f": True, "g": None,
        "h": "0o17", "i": "1e3", "j": "yes", "k": "007",
    }  # fmt: skip


@pytest.mark.parametrize("loader", [StrictLoader, QuickLoader])
@pytest.mark.parametrize(
    "value",
    ["!!bool foo", '!!int ""', '!!float ""', "!!timestamp foo", "!!map [1]", "!!str [1]", "!!str 1", "! x", "[!a {}]"],
)
def test_a_tag_is_refused_where_it_stands(loader: type[StrictLoader], value: str) -> None:
    """A value that isn't what its tag says breaks the readers of YAML in as many ways as there are tags."""
    with pytest.raises(yaml.MarkedYAMLError, match="a tag") as refused:
        yaml.load(f"a: 1\nnote: {value}\n", Loader=loader)  # noqa: S506 (a SafeLoader made stricter)
    assert refused.value.problem_mark is not None
    assert refused.value.problem_mark.line == 1


@pytest.mark.parametrize("value", [r'"\uD800"', r'"a \uDFFF b"', r'{"\uD83D\uDE00": 1}'])
def test_half_a_character_is_refused_by_both(value: str) -> None:
    """It can't be written anywhere; the quick reader never took it."""
    with pytest.raises(BadRule, match=r"^a\.yaml:2: \\uD[0-9A-F]{3} is half a character$"):
        read_yaml(f"a: 1\nb: {value}\n", "a.yaml")


@pytest.mark.parametrize("loader", [StrictLoader, QuickLoader])
def test_a_number_has_an_end(loader: type[StrictLoader]) -> None:
    """A longer one is told with its line."""
    assert yaml.load(f"a: {'9' * 18}", Loader=loader) == {"a": 10**18 - 1}  # noqa: S506 (a SafeLoader made stricter)
    with pytest.raises(yaml.MarkedYAMLError, match=r"a number of 10,000 digits; no number has more than 18\n.*line 2"):
        yaml.load(f"a: 1\nb: {'1' * 10_000}\n", Loader=loader)  # noqa: S506 (as above)


def lines(read: object) -> object:
    """Where everything stands in what was read."""
    if isinstance(read, Marked):
        return read.line, read.lines, [lines(each) for each in read.values()]
    return [lines(each) for each in read] if isinstance(read, list) else None


def test_both_loaders_read_the_same() -> None:
    """Every file that ships, with the line of every key; and they are two, or one would be compared with itself."""
    assert QuickLoader is not StrictLoader
    for name, text in shipped_texts().items():
        strict, quick = (yaml.load(text, Loader=each) for each in (StrictLoader, QuickLoader))  # noqa: S506 (as above)
        assert (strict, lines(strict)) == (quick, lines(quick)), name
