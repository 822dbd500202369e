"""Reads a rule's file as a clerk reads a form: every column that must be filled is, and nothing stands beside them.

Silence is refused. There is no default for how days are counted, what closed days do and which date governs; a version
has its law; the versions follow one another without a hole and without an overlap. Every refusal names file, line and
rule. docs/writing-a-rule.md tells a lawyer what each column means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.law.asked import unknown, unmet
from domain.law.counting import WINDOW, Counting
from domain.law.form import Form, Marked
from domain.law.grammar import UNITS, Condition, Limit, Span, conditions_of, limit_of, span_of
from domain.law.rule import BadRule, Example, Pause, Rule, Source, Trigger, Version

PER: Mapping[str, tuple[str, ...]] = {
    "record": (),
    "accused": ("accused",),
    "arrest": ("accused",),
    "victim": ("person", "victims.code"),
    "person": ("person",),
    "property": ("property_id",),
    "request": ("request",),
    "search": ("search",),
    "seizure": ("memo",),
    "order": ("order_number",),
    "appeal": ("appeal",),
    "examination": ("fsl_number",),
}
"""For whom or what a clock runs, and the columns of a fact that name it."""

ALWAYS = ("rule", "starts", "stops", "governed_by", "counting", "closed_days", "versions")
SHIPPED = ("title", "duty", "consequence", "per", "repeats", "reviewed", "examples")
"""What a rule of the packaged book must say besides; the rule book of a log may leave it out."""
OPTIONAL = (
    "starts_with", "starts_unless_after", "early_stop", "extends", "excludes", "suspends", "overtakes", "exempts",
    "applies_by", "start_setting", "alarm", "note", "looks_back", "within_from",
)  # fmt: skip
VERSION_KEYS = ("from", "to", "law", "quote", "limit", "source", "applies", "note", "within", "at_most")
TRIGGER_KEYS = {
    "starts": ("at", "when", "subject"),
    "starts_with": ("when", "subject"),
    "starts_unless_after": ("when", "subject"),
    "within_from": ("when", "subject"),
    "stops": ("at", "when", "subject"),
    "extends": ("when", "subject", "sets", "adds", "noted", "order", "named_by", "sums"),
    "excludes": ("when", "subject", "hours", "evidence"),
    "suspends": ("when", "subject"),
    "overtakes": ("when", "subject"),
    "exempts": ("when", "subject", "authority"),
}
ACT = re.compile(r"((?:[a-z_]+\.)?[A-Z]\w*)\.([a-z_]+)")


def read_form(loaded: object, *, where: str, folder: str, digest: str, foreign: bool) -> Rule:
    """A rule from its file's content. Raises BadRule for the first thing that is wrong."""
    if not isinstance(loaded, Marked):
        message = f"{where}:1: a rule file is a table that begins with `rule:` and a name"
        raise BadRule(message)
    name = loaded.get("rule")
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        line = loaded.lines.get("rule", loaded.line)
        message = f"{where}:{line}: rule: a name of small letters, digits and - is needed"
        raise BadRule(message)
    return RuleForm(loaded, f"rule {name}", where).rule(folder, digest, foreign=foreign)


class RuleForm(Form):
    """The form of a rule, or a table inside it."""

    def rule(self, folder: str, digest: str, *, foreign: bool) -> Rule:
        """The whole rule."""
        self.keys((*ALWAYS, *SHIPPED, *OPTIONAL), ALWAYS if foreign else (*ALWAYS, *SHIPPED))
        counting = self.one_of("counting", tuple(UNITS))
        reviewed_on, reviewed_by = self.reviewed()
        rule = Rule(
            id=self.table["rule"],
            title=self.both("title") if "title" in self.table else {},
            duty=self.text("duty"),
            consequence=self.consequence(),
            per=self.one_of("per", tuple(PER), "record"),
            repeats=self.one_of("repeats", ("first", "each"), "each"),
            starts=self.triggers("starts"),
            starts_with=self.triggers("starts_with"),
            starts_unless_after=self.triggers("starts_unless_after"),
            looks_back=self.table.get("looks_back", False),
            within_from=self.triggers("within_from"),
            stops=self.triggers("stops"),
            early_stop=self.one_of("early_stop", ("counts", "ignored"), "ignored"),
            extends=self.triggers("extends"),
            excludes=self.triggers("excludes"),
            suspends=self.pauses(),
            overtakes=self.triggers("overtakes"),
            exempts=self.triggers("exempts"),
            applies_by=self.one_of("applies_by", ("start", "alterations"), ""),
            governed_by=self.one_of("governed_by", ("proceeding", "start")),
            counting=counting,
            closed_days=self.one_of("closed_days", ("do-not-extend", "next-open-day")),
            start_setting=self.setting(),
            alarm=self.alarm(),
            versions=self.versions(counting, foreign=foreign),
            reviewed_on=reviewed_on,
            reviewed_by=reviewed_by,
            note=self.text("note", long=True),
            examples=self.examples(foreign=foreign),
            folder=folder,
            digest=digest,
        )
        self.agrees(rule)
        return rule

    def agrees(self, rule: Rule) -> None:
        """What one part of the rule says and another must answer."""
        applies = [version for version in rule.versions if version.applies]
        if bool(applies) is not bool(rule.applies_by):
            told = "say, if and only if a version has applies, by which sections: start or alterations"
            self.bad(f"applies_by: {told}", "applies_by")
        if rule.looks_back is not False and (rule.looks_back is not True or not all(each.at for each in rule.starts)):
            told = "say true, or leave it out; and name the column of time in each start"
            self.bad(f"looks_back: {told}", "looks_back")
        if bool(rule.within_from) is not any(each.within for each in rule.versions):
            self.bad("within_from: say, if and only if a version has within, from which fact that runs", "within_from")
        if rule.excludes and rule.counting not in {"hours", "forthwith"}:
            self.bad(f"excludes: hours can't be left out of what is counted as {rule.counting}", "excludes")
        if any(each.adds for each in rule.extends) and not rule.counting.startswith("days"):
            self.bad(f"extends: days can't be added to what is counted as {rule.counting}", "extends")
        used = {name for each in rule.versions for name in each.needs()}
        if unused := sorted({name for each in rule.extends for name in each.sets} - used):
            self.bad(f"extends: no limit depends on {', '.join(unused)}, which it sets", "extends")
        if any(each.at_most for each in rule.versions) and not any(each.adds for each in rule.extends):
            self.bad("at_most: only where extends adds days to the limit", "versions")
        if rule.closed_days == "next-open-day" and rule.counting in {"hours", "forthwith"}:
            self.bad("closed_days: hours run through closed days; say do-not-extend", "closed_days")

    def consequence(self) -> Mapping[str, Any]:
        """The class A to D and its cautious words."""
        if "consequence" not in self.table:
            return {}
        inner = self.inner("consequence", self.table["consequence"], ("class", "says"), ("class", "says"))
        letter = inner.one_of("class", ("A", "B", "C", "D"))
        says = inner.table["says"]
        return {"class": letter, "says": {"en": says, "hi": says} if isinstance(says, str) else inner.both("says")}

    def reviewed(self) -> tuple[date | None, str]:
        """By which lawyer and on which day it was compared with the law; nothing when nobody has."""
        if self.table.get("reviewed", False) is False:
            return None, ""
        inner = self.inner("reviewed", self.table["reviewed"], ("on", "by"))
        on, by = inner.day("on"), inner.text("by")
        if (on is None) is not (by == ""):
            inner.bad("reviewed: a review has a day and a name, or neither", "on")
        return on, by

    def setting(self) -> Mapping[str, str] | None:
        """How a start was chosen that the text doesn't state."""
        value = self.table.get("start_setting")
        if value is None:
            return None
        if value is True:
            return {"en": "", "hi": ""}
        if not isinstance(value, Marked):
            self.bad("start_setting: true, or what was chosen, in en and hi", "start_setting")
        return self.both("start_setting")

    def alarm(self) -> tuple[Span, ...]:
        """How long before the last day somebody is told."""
        given = self.table.get("alarm", [])
        if not isinstance(given, list):
            self.bad("alarm: a list of lengths of time, each like -10 days", "alarm")
        spans = self.grammar("alarm", lambda: tuple(span_of(each, negative=True) for each in given))
        if any(each.unit not in {"hour", "day"} for each in spans):
            self.bad("alarm: in hours or days", "alarm")
        return spans

    def triggers(self, key: str, given: object = None) -> tuple[Trigger, ...]:
        """The facts under a key: one or a list, each a name or a table."""
        given = self.table.get(key, []) if given is None else given
        per = PER.get(str(self.table.get("per", "record")), ())
        return tuple(self.trigger(key, each, per) for each in (given if isinstance(given, list) else [given]))

    def trigger(self, key: str, given: object, per: tuple[str, ...]) -> Trigger:
        """One fact: `case.FIRRegistered`, `case.FIRRegistered.information_received_at`, or a table with `fact`."""
        if isinstance(given, str) and given:
            found = ACT.fullmatch(given)
            given = Marked(fact=found[1], at=found[2]) if found else Marked(fact=given)
            if found and "at" not in TRIGGER_KEYS[key]:
                self.bad(f"{key}: {found[0]} names a column; only a start or a stop may", key)
        part = self.inner(key, given, ("fact", *TRIGGER_KEYS[key]), ("fact",))
        if key == "extends":
            part.keys(("fact", *TRIGGER_KEYS[key]), ("noted",), "extends: ")
            if part.flag("sums") and "sets" not in part.table:
                part.bad("extends: sums is of what sets sets; days that are added are added up without it", "sums")
            does = [name for name in ("sets", "adds") if name in part.table]
            if len(does) != 1 or not part.table[does[0]]:
                part.bad("extends: either sets (attributes) or adds (a column of days)", (*does, "fact")[0])
        if key == "excludes" and not part.text("hours"):
            part.bad("excludes: hours is missing; nothing is assumed for it", "fact")
        return Trigger(
            fact=part.text("fact"),
            at=part.text("at"),
            when=part.conditions("when"),
            subject=part.subject(per),
            sets=part.sets(),
            adds=part.text("adds"),
            hours=part.text("hours"),
            evidence=part.text("evidence"),
            noted=part.one_of("noted", ("before-lapse", "any-time"), ""),
            authority=part.text("authority"),
            order=part.text("order"),
            named_by=part.text("named_by"),
            sums=part.flag("sums"),
        )

    def subject(self, per: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that name for whom a fact counts; those of the rule's `per` unless it says others, or none."""
        value = self.table.get("subject", list(per))
        found = tuple(value) if isinstance(value, list) else (value,)
        if not all(isinstance(each, str) and each for each in found):
            self.bad("subject: a column of the fact, or a list of columns, is needed", "subject")
        return found

    def sets(self) -> Mapping[str, str]:
        """Which attribute takes the value of which column."""
        value = self.table.get("sets", {})
        if not isinstance(value, Mapping) or not all(isinstance(each, str) and each for each in value.values()):
            self.bad("sets: attributes, each with the column that gives it", "sets")
        return dict(value)

    def pauses(self) -> tuple[Pause, ...]:
        """Pairs of facts: from which the clock doesn't run, until which."""
        given, found = self.table.get("suspends", []), []
        for each in given if isinstance(given, list) else [given]:
            part = self.inner("suspends", each, ("from", "until"), ("from", "until"))
            begins, ends = (self.triggers("suspends", part.table[key]) for key in ("from", "until"))
            found.append(Pause(begins, ends))
        return tuple(found)

    def conditions(self, key: str) -> tuple[Condition, ...]:
        """Conditions, or none."""
        if key not in self.table:
            return ()
        found = self.grammar(key, lambda: conditions_of(self.table[key]))
        names = [each.attribute for each in found]
        if key == "when":  # of one fact: its columns, and those of its parts (accused.how)
            for name in (each for each in names if each.startswith("offence.")):
                self.bad(f"when: {name} is no column of a fact; offences belong under applies or limit", key)
        else:
            self.offences(key, names, found)
        return found

    def offences(self, key: str, names: Iterable[str], conditions: Iterable[Condition]) -> None:
        """What is asked of the offences can be computed from them, and what it is compared with can be met."""
        for why in (*unknown(names, always=key == "applies"), *unmet(conditions)):
            self.bad(f"{key}: {why}", key)

    def versions(self, counting: str, *, foreign: bool) -> tuple[Version, ...]:
        """How the rule stood, one version after the other."""
        given = self.table["versions"]
        if not isinstance(given, list):
            self.bad("versions: a list is needed", "versions")
        needed = ("from", "law", "limit", *(() if foreign else ("source",)))
        found: list[Version] = []
        for each in given:
            part = self.inner("versions", each, VERSION_KEYS, needed)
            version = part.version(counting)
            if found:
                part.follows(found[-1], version)
            found.append(version)
        return tuple(found)

    def version(self, counting: str) -> Version:
        """One version."""
        since, until = self.day("from"), self.day("to")
        assert since is not None  # noqa: S101 (it is among the needed keys)
        if until is not None and until < since:
            self.bad(f"versions: it ends on {until}, before it begins on {since}", "to")
        source = Source()
        if "source" in self.table:
            part = self.inner("source", self.table["source"], ("title", "where", "read"), ("title", "where"))
            source = Source(part.text("title"), part.text("where"), part.one_of("read", ("primary", "secondary"), ""))
        limit = self.grammar("limit", lambda: limit_of(self.table["limit"], counting))
        self.offences("limit", sorted(limit.needs()), limit.conditions())
        within = None
        if "within" in self.table:
            within = self.grammar("within", lambda: limit_of(self.table["within"], WINDOW))
            self.offences("within", sorted(within.needs()), within.conditions())
        return Version(
            since=since,
            until=until,
            law=self.text("law"),
            quote=self.text("quote", long=True),
            source=source,
            limit=limit,
            applies=self.conditions("applies"),
            note=self.text("note", long=True),
            within=within,
            at_most=self.at_most(limit, counting) if "at_most" in self.table else None,
        )

    def at_most(self, limit: Limit, counting: str) -> Span:
        """The greatest length in all to which days that are added bring the limit: longer than it is without them."""
        most = self.grammar("at_most", lambda: span_of(self.table["at_most"]))
        count, begin, spans = Counting(counting, UTC), datetime(2026, 1, 1, tzinfo=UTC), limit.spans()
        last = [count.term(each, begin).last_day for each in (*spans, most) if isinstance(each, Span)]
        if most.unit == "hour" or len(last) <= len(spans) or max(last[:-1]) >= last[-1]:
            self.bad(f"at_most: {most} is not longer than the limit", "at_most")
        return most

    def follows(self, older: Version, newer: Version) -> None:
        """A version begins on the day after the one before it ended."""
        if older.until is None or older.until >= newer.since:
            self.bad(f"versions: the one from {older.since} and the one from {newer.since} overlap", "from")
        if older.until + timedelta(days=1) != newer.since:
            self.bad(f"versions: none governs the days between {older.until} and {newer.since}", "from")

    def examples(self, *, foreign: bool) -> tuple[Example, ...]:
        """Worked examples: at least three in the packaged book."""
        given = self.table.get("examples", [])
        if not isinstance(given, list) or (not foreign and len(given) < 3):  # noqa: PLR2004 (law.md asks for three)
            self.bad("examples: at least three worked examples are needed", "examples")
        return tuple(self.example(each) for each in given)

    def example(self, given: object) -> Example:
        """One worked example."""
        part = self.inner("examples", given, ("start", "attrs", "governed", "last_day", "lapses_from", "due_at", "why"),
                          ("start",))  # fmt: skip
        attrs = part.table.get("attrs", {})
        if not isinstance(attrs, Mapping):
            part.bad("examples: attrs names attributes and their values", "attrs")
        last_day, due_at = part.day("last_day"), part.moment("due_at")
        if last_day is None and not due_at:
            part.bad("examples: a last_day or a due_at must come out", "start")
        start, lapses, why = part.moment("start"), part.moment("lapses_from"), part.text("why", long=True)
        return Example(start, dict(attrs), part.day("governed"), last_day, lapses, due_at, why)
