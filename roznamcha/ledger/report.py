"""What a report says of a copy: verdict, history, clocks with the text of their rules, custody with its breaks.

A report is made of the copy and of nothing else, by whoever has it; so it says no more than the copy proves, and shows
nothing that the copy withholds. Copies in which a line fails get none. What was not checked is said as not checked.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from domain.law.book import read_yaml
from roznamcha.errors import Broken
from roznamcha.ledger.audiences import AUDIENCES
from roznamcha.ledger.entered import Entered, Words, entered
from roznamcha.ledger.notes import base64_text
from roznamcha.ledger.verify import FAILED, MANIFEST, UNCHECKED, Bad, Bundle, Line, judge, read_policy, unpack
from roznamcha.screen import when
from roznamcha.sheets import rows_in
from schemas import Catalogue

Told = dict[str, Any]
VERDICTS: dict[str, Words] = {
    "OK": {"hi": "सही", "en": "OK"},
    UNCHECKED: {"hi": "जाँचा नहीं गया", "en": "NOT CHECKED"},
}
LINES: dict[str, Words] = {
    "INTACT": {
        "hi": "फ़ाइलें अपनी सूची से मेल खाती हैं, जिस पर किसी ने हस्ताक्षर नहीं किए",
        "en": "the files fit their list, which nobody signed",
    },
    "LOGGED": {"hi": "हर पन्ना हस्ताक्षरित न्यायालय-बही में है", "en": "every leaf is in the signed log"},
    "WITNESSED": {"hi": "दूसरों ने भी यही बही देखी है", "en": "others have seen the same log"},
    "TIMED": {"hi": "समय-मुहर", "en": "an authority's time stamp is on it"},
    "SIGNED": {"hi": "अधिकारी के हस्ताक्षर", "en": "an officer signed it"},
    "COMPLETE": {"hi": "अभिलेख का कोई पन्ना छूटा नहीं", "en": "no leaf of the record is left out"},
    "DISCLOSED": {
        "hi": "जो दिखाया वही दर्ज था; शेष सूचीबद्ध",
        "en": "what is shown is what was entered; the rest is listed",
    },
}
MISSED = {"deadline.Lapsed", "deadline.MetLate", "deadline.EnteredLate"}
STRANGE = (KeyError, TypeError, ValueError, AttributeError, IndexError, csv.Error, Bad)
"""What a copy of another hand may make go wrong: it can be signed, whole, and still hold what no entry of ours does."""


@contextmanager
def reading() -> Iterator[None]:
    """While something is read out of a copy. Raises Broken for what no copy of ours holds."""
    try:
        yield
    except STRANGE as error:
        message = f"the copy holds something that cannot be read ({type(error).__name__}): nothing is said of it"
        raise Broken(message) from error


class Copy:
    """A copy that holds: its entries, and what is said of it as a whole."""

    def __init__(self, data: bytes, catalogue: Catalogue, policy: str = "", tsa: Path | None = None) -> None:
        """Judge and read a copy, trusting whom the policy names. Raises Broken where a line fails."""
        try:
            trusted = read_policy(policy) if policy else None
        except Bad as bad:
            raise Broken(str(bad)) from None
        self.data, self.policy = data, policy
        self.verdict: list[Line] = judge(data, trusted, tsa)
        if bad_lines := [f"{line}: {says}" for line, how, says in self.verdict if how == FAILED]:
            message = f"nothing is said of a copy that fails: {' · '.join(bad_lines)}"
            raise Broken(message)
        with reading():
            self.files = unpack(data)
            self.bundle = Bundle(self.files, None)
            self.bundle.logged()  # finds the heads
            self.entered = entered(self.bundle, catalogue)
            self.made = datetime.fromisoformat(self.bundle.told[-1]["at"])
            self.record = str(self.bundle.told[0]["record"])

    @property
    def audience(self) -> str:
        """Whose copy it is, as its last leaf has it."""
        return str(self.entered[-1].shown.get("copy.audience", ""))

    def head(self, zone: ZoneInfo) -> Told:
        """What stands on the first page of whatever is made of it."""
        firs = [each for each in self.entered if each.shown.get("fir_number")]
        last = firs[-1] if firs else self.entered[0]
        place = last.shown.get("meta.station", {})
        number = f"{last.shown['fir_number']}/{last.shown.get('year', '')}" if firs else ""
        return {
            "fir": number, "station": place.get("station", ""), "district": place.get("district", ""),
            "record": self.record, "audience": AUDIENCES.get(self.audience, {"hi": "", "en": self.audience}),
            "as_of": when(self.made, zone), "zone": zone.key, "sha256": hashlib.sha256(self.data).hexdigest(),
            "bytes": f"{len(self.data):,}", "leaves": f"{len(self.entered):,}",
            "manifest": hashlib.sha256(self.files[MANIFEST]).hexdigest(),
            "policy": hashlib.sha256(self.policy.encode()).hexdigest() if self.policy else "",
            "heads": [
                {"origin": each.origin, "size": f"{each.size:,}", "root": base64_text(each.root)}
                for each in self.bundle.heads.values()
            ],
        }  # fmt: skip


def told_of_verdict(copy: Copy) -> list[Told]:
    """Each line of the verdict, as pages print it."""
    return [
        {"line": line, "how": how, "verdict": VERDICTS[how], "means": LINES[line], "says": says}
        for line, how, says in copy.verdict
    ]


def report_of(copy: Copy, zone: ZoneInfo) -> Told:
    """Everything that the page `report` prints; times are written in `zone`. Raises Broken."""
    with reading():
        return _report(copy, zone)


def _report(copy: Copy, zone: ZoneInfo) -> Told:
    acts = [each for each in copy.entered if each.told["kind"] != "deadline"]
    facts = [each for each in copy.entered if each.told["kind"] == "deadline"]
    reasons: Counter[str] = Counter()
    for each in copy.entered:
        reasons.update(each.withheld)
    return {
        **copy.head(zone),
        "verdict": told_of_verdict(copy),
        "history": [_act(each, zone) for each in acts],
        "clocks": list(_clocks(facts, copy, zone)),
        "custody": list(_custody(copy, zone)),
        "exhibits": [
            [f"…{name[-12:]}", hashlib.sha256(data).hexdigest(), f"{len(data):,}"]
            for name, data in sorted(copy.files.items())
            if name.startswith("exhibits/")
        ],
        "withheld": [[why, f"{count:,}"] for why, count in sorted(reasons.items())],
    }


def _moment(text: Any, zone: ZoneInfo) -> str:  # noqa: ANN401 (JSON)
    return when(datetime.fromisoformat(text), zone) if text else ""


def _number(each: Entered) -> str:
    """As `history` and `deadlines --facts` number it, and as other entries name it; the leaf that closes has none."""
    return str(each.told.get("version", ""))


def _file(each: Entered) -> str:
    return f"leaves/{each.place:06}.json"


def _act(each: Entered, zone: ZoneInfo) -> Told:
    """One entry, with who did it as it was written down then: rank and post are never looked up."""
    where, nobody = each.shown.get("meta.station", {}), {"rank": "", "role": "", "id": ""}
    actor = each.shown.get("meta.actor", nobody if each.told["kind"] == "copy" else None)
    return {
        "number": _number(each), "file": _file(each),
        "index": f"{each.index:,}", "hash": base64_text(each.hash), "title": each.title,
        "name": each.name, "known": each.schema is not None or not each.act,
        "occurred": _moment(each.shown.get("meta.occurred_at"), zone), "entered": _moment(each.told["at"], zone),
        "reported": _moment(each.shown.get("meta.reported_at"), zone),
        "actor": None if actor is None else ", ".join(filter(None, (actor["rank"], actor["role"], actor["id"]))),
        "station": where.get("station", ""), "doubts": list(each.shown.get("meta.doubts", [])),
        "columns": [{"label": label, "value": value} for label, value in each.columns(zone)],
        "withheld": [[why, str(count)] for why, count in each.withheld.items()],
    }  # fmt: skip


def _clocks(facts: Sequence[Entered], copy: Copy, zone: ZoneInfo) -> Iterator[Told]:
    """Each legal clock: the rule with the words of law that were applied, and what was told of it, in order."""
    clocks: dict[tuple[str, str, int], list[Entered]] = {}
    for each in facts:
        told = each.shown
        clocks.setdefault((told.get("rule", ""), told.get("subject", ""), told.get("number", 0)), []).append(each)
    for (rule, subject, _), group in clocks.items():
        first = group[0].shown
        text = copy.files.get(f"extracts/rules/{rule}.yaml", b"")
        applied = bool(text) and hashlib.sha256(text).hexdigest() == first.get("digest")
        yield {
            "rule": rule, "subject": subject, "law": first.get("law", ""), "digest": first.get("digest", ""),
            "reviewed": bool(first.get("reviewed")), "policy": bool(first.get("policy")),
            "due": _moment(first.get("due_at"), zone), "last_day": first.get("last_day") or "",
            "missed": any(each.name in MISSED for each in group),
            "text": _rule(text.decode(), first.get("law", "")) if applied else None,
            "facts": [
                {
                    "number": _number(each), "file": _file(each), "title": each.title,
                    "at": _moment(each.shown.get("meta.occurred_at"), zone),
                    "noticed": _moment(each.shown.get("noticed_at"), zone),
                    "due": _moment(each.shown.get("due_at"), zone),
                }
                for each in group
            ],
        }  # fmt: skip


def _rule(text: str, law: str) -> Told:
    """The words of a rule's text: its title, and each version of the law that was applied."""
    rule = read_yaml(text, "the rule in the copy")
    return {
        "title": rule["title"], "consequence": rule["consequence"]["says"],
        "versions": [
            {
                "quote": each.get("quote", ""), "source": each.get("source", {}).get("title", ""),
                "where": each.get("source", {}).get("where", ""), "read": each.get("source", {}).get("read", ""),
                "from": str(each.get("from", "")), "to": str(each.get("to", "")),
            }
            for each in rule["versions"] if each.get("law") == law
        ],
    }  # fmt: skip


def _custody(copy: Copy, zone: ZoneInfo) -> Iterator[Told]:
    """Each article's chain and its breaks, as the copy's extracts have them."""
    titles = {each.told.get("version"): each.title for each in copy.entered if each.told["kind"] != "deadline"}
    links = _table(copy, "custody.csv")
    breaks = _table(copy, "custody-breaks.csv")
    for article in dict.fromkeys(each["property_id"] for each in links):
        mine = [each for each in links if each["property_id"] == article]
        yield {
            "article": article,
            "links": [
                {
                    "number": each["number"], "when": _moment(each["occurred_at"], zone),
                    "title": titles.get(int(each["version"])) or {"hi": "", "en": each["act"]},
                    "from": _who(each.get("giver_rank", ""), each["giver"]),
                    "to": _who(each["holder_rank"], each["holder"]),
                    "place": each["place"], "seal": each["seal"], "register_seal": each["register_seal"],
                    "quantity": f"{each['quantity']} {each['unit']}", "paper": each["paper"],
                    "doubts": json.loads(each["doubts"] or "[]"),
                }
                for each in sorted(mine, key=lambda each: int(each["number"]))
            ],
            "breaks": [
                {"link": each["link"], "says": json.loads(each["says"]), "detail": _detail(each, zone)}
                for each in breaks if each["property"] == article
            ],
        }  # fmt: skip


def _detail(broken: Mapping[str, str], zone: ZoneInfo) -> str:
    """The particulars of a break, its times as the others of the report are written."""
    told = broken["detail"]
    for at in json.loads(broken.get("times") or "[]"):
        told = told.replace(at, _moment(at, zone))
    return told


def _who(rank: str, who: str) -> str:
    return ", ".join(filter(None, (rank if who and who != rank else "", who)))


def _table(copy: Copy, name: str) -> list[dict[str, str]]:
    return rows_in(copy.files.get(f"extracts/{name}", b"").decode())
