"""The steps of a counting in words, English and Hindi, so that whoever doubts a date can follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from domain.law.closed import unlisted
from domain.law.counting import counting_of, day_of
from domain.law.grammar import Span

if TYPE_CHECKING:
    from domain.law.course import Course, Path
    from domain.law.rule import Rule, Version

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
    "hi": ("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
}  # fmt: skip
UNITS = {"hour": "घंटे", "day": "दिन", "month": "मास", "year": "वर्ष"}
KNOWN = {
    "class90": (
        "an offence punishable with death, imprisonment for life or ten years or more",
        "मृत्यु, आजीवन कारावास या दस वर्ष या अधिक से दंडनीय अपराध",
    ),
    "difficulty": ("the difficulty with the website", "वेबसाइट की कठिनाई"),
    "journey_hours": ("the hours of necessary journey", "आवश्यक यात्रा के घंटे"),
    "extended_by_days": ("the days of extension", "बढ़ाए गए दिन"),
    "extended_months": ("the months of extension", "बढ़ाए गए मास"),
    "above_one": ("an offence punishable with more than one year", "एक वर्ष से अधिक से दंडनीय अपराध"),
    "imprisonment": ("an offence punishable with imprisonment", "कारावास से दंडनीय अपराध"),
    "max_years": ("the longest term, in years", "अधिकतम अवधि, वर्षों में"),
    "earlier_convictions": ("earlier convictions on the arrest memo", "गिरफ्तारी पत्रक में पूर्व दोषसिद्धियाँ"),
}
TEXTS: Mapping[str, tuple[str, str]] = {
    "starts": ("it begins with {fact}{subject}, {at}", "आरंभ: {fact}{subject}, {at}"),
    "starts so": ("it begins {at}", "आरंभ: {at}"),
    "setting": (
        "the text states no start; this one is a setting of the rule book{setting}",
        "विधि के पाठ में आरंभ नहीं लिखा है; यह आरंभ नियम-पुस्तक की सेटिंग है{setting}",
    ),
    "governs proceeding": (
        "{law} governs, as it stands since {since}, because the proceeding began on {day} (BNSS s.531(2)(a))",
        "{law} ({since} से) लागू है, क्योंकि कार्यवाही {day} को आरंभ हुई (BNSS धारा 531(2)(क))",
    ),
    "governs start": (
        "{law} governs, as it stands since {since}, by the date of the start, {day}",
        "{law} ({since} से) लागू है, आरंभ की तिथि {day} के अनुसार",
    ),
    "policy": ("this is a department's policy and no law", "यह विभागीय नीति है, विधि नहीं"),
    "unreviewed": (
        "no lawyer has reviewed this rule against the text yet",
        "किसी विधि-विशेषज्ञ ने इस नियम की पाठ से तुलना अभी नहीं की है",
    ),
    "secondary": (
        "its text was read in secondary sources only",
        "इसका पाठ केवल द्वितीयक स्रोतों में पढ़ा गया है",
    ),
    "unknown": (
        "no table has {sections}: the class of such an offence is not known, and not taken as minor",
        "{sections} किसी सारणी में नहीं: ऐसे अपराध का वर्ग ज्ञात नहीं, और उसे छोटा नहीं माना जाता",
    ),
    "divided": (
        "{sections}: the class depends on the facts of the case or on another offence, and is taken as not known",
        "{sections}: वर्ग मामले के तथ्यों या अन्य अपराध पर निर्भर है, इसलिए अज्ञात माना गया",
    ),
    "max10": (
        "read as “up to ten years”, the section would count ninety days; the shorter time is shown",
        "“दस वर्ष तक” पढ़ने पर नब्बे दिन गिने जाते; छोटी अवधि दिखाई गई है",
    ),
    "note": ("{note}", "{note}"),
    "met condition": ("{condition} ({what}): so it is", "{condition} ({what}): ऐसा है"),
    "unmet condition": ("{condition} ({what}): so it is not", "{condition} ({what}): ऐसा नहीं है"),
    "unsure condition": (
        "{condition} ({what}): not known, so the limit for “otherwise” is taken",
        "{condition} ({what}): ज्ञात नहीं, इसलिए “अन्यथा” वाली अवधि ली गई",
    ),
    "applies": ("it applies to this case: {condition}", "यह इस मामले पर लागू है: {condition}"),
    "may apply": (
        "whether it applies is not known, so it is taken to: {condition}",
        "लागू है या नहीं, ज्ञात नहीं; लागू माना गया: {condition}",
    ),
    "limit": ("the limit is {span}{quote}", "अवधि {span} है{quote}"),
    "forthwith": (
        "the law asks for haste and names no number here; {span} is a setting of the rule book",
        "विधि यहाँ शीघ्रता कहती है, संख्या नहीं; {span} नियम-पुस्तक की सेटिंग है",
    ),
    "altered": ("{fact} of {at} changes the sections to {sections}", "{at} का {fact} धाराएँ बदलता है: {sections}"),
    "altered late": (
        "{fact} of {at} came after the lapse and changes nothing about it",
        "{at} का {fact} अवधि बीतने के बाद आया, उससे कुछ नहीं बदलता",
    ),
    "extended": (
        "{fact} of {at} lengthens it{order}: {columns}",
        "{at} का {fact} अवधि बढ़ाता है{order}: {columns}",
    ),
    "extended not": (
        "{fact} of {at}{order} makes it no longer: {columns}",
        "{at} का {fact}{order} अवधि और नहीं बढ़ाता: {columns}",
    ),
    "extended without": (
        "{fact} of {at}{order} gives no days and lengthens nothing; another unit than days is not counted here",
        "{at} का {fact}{order} कोई दिन नहीं देता, अवधि नहीं बढ़ती; दिनों के सिवा कोई इकाई यहाँ नहीं गिनी जाती",
    ),
    "extended beyond belief": (
        "{fact} of {at}{order} gives {given} days, and lengthens nothing: no number of days that can be believed",
        "{at} का {fact}{order} {given} दिन देता है, अवधि नहीं बढ़ती: यह विश्वसनीय संख्या नहीं है",
    ),
    "extended by": (
        "{fact} of {at} lengthens it{order}, by {days} days",
        "{at} का {fact} अवधि {days} दिन बढ़ाता है{order}",
    ),
    "extended beyond": (
        "{fact} of {at}{order} gives {days} days, {over} not counted but doubted: the law allows {most} in all at most",
        "{at} का {fact}{order} {days} दिन देता है, उनमें {over} संदिग्ध हैं और नहीं गिने गए: विधि कुल {most} से अधिक नहीं देती",
    ),
    "extended late": (
        "{fact} of {at}{order} came after the lapse and lengthens nothing",
        "{at} का {fact}{order} अवधि बीतने के बाद आया, अवधि नहीं बढ़ती",
    ),
    "noted late": (
        "this was recorded only on {recorded}, after {due}, the end without it",
        "यह {recorded} को ही दर्ज हुआ, {due} के बाद, जो इसके बिना अंत था",
    ),
    "excluded": (
        "{hours} hours are not counted, by {fact} of {at} (evidence: {evidence})",
        "{hours} घंटे नहीं गिने गए, {at} के {fact} से (प्रमाण: {evidence})",
    ),
    "excluded unshown": (
        "{hours} hours are not counted, by {fact} of {at}; the entry names no evidence of them",
        "{hours} घंटे नहीं गिने गए, {at} के {fact} से; प्रविष्टि में प्रमाण नहीं",
    ),
    "excluded so": ("{hours} hours are not counted", "{hours} घंटे नहीं गिने गए"),
    "extended so": ("{days} days are added", "{days} दिन जोड़े गए"),
    "beyond so": (
        "of {days} days given {over} are not counted: the law allows {most} in all at most",
        "दिए गए {days} दिनों में से {over} नहीं गिने गए: विधि कुल {most} से अधिक नहीं देती",
    ),
    "held": ("from {at} it doesn't run ({fact})", "{at} से नहीं चलता ({fact})"),
    "resumed": (
        "from {at} it runs again ({fact}); {days} whole days between are not counted",
        "{at} से फिर चलता है ({fact}); बीच के {days} पूरे दिन नहीं गिने गए",
    ),
    "hours": ("by the clock it ends {due}", "घड़ी से {due} पर समाप्त"),
    "months": (
        "by calendar months: the day corresponding to {first}, or the month's last, is {last}",
        "कैलेंडर मास से: {first} की समतुल्य तिथि, या मास का अंतिम दिन, {last} है",
    ),
    "months and days": (
        "by calendar months {first} corresponds to {corresponding}; with {days} days not counted it is {last}",
        "कैलेंडर मास से {first} की समतुल्य तिथि {corresponding} है; न गिने गए {days} दिनों के साथ अंतिम दिन {last} है",
    ),
    "first included": ("{first} is day 1, and the last day is {last}", "{first} पहला दिन है, अंतिम दिन {last} है"),
    "first excluded": (
        "{first} is not counted, and the last day is {last}",
        "{first} नहीं गिना जाता, अंतिम दिन {last} है",
    ),
    "within": (
        "but not beyond {span} from {fact} of {at}, whose day is counted: the last day is {last}",
        "पर {at} के {fact} से {span} से आगे नहीं, वह दिन गिना जाता है: अंतिम दिन {last} है",
    ),
    "within so": (
        "nor does it reach beyond the first {window} from {facts}: that is not counted here",
        "{facts} से गिने {window} के बाद भी नहीं: यह यहाँ नहीं गिना गया",
    ),
    "closed": (
        "{counted} is a closed day; it may be done on the next open day, {last} (General Clauses Act s.10)",
        "{counted} अवकाश है; अगले खुले दिन {last} को किया जा सकता है (साधारण खंड अधिनियम धारा 10)",
    ),
    "closed unknown": (
        "no closed days{of} are known here: if {last} is one, the next open day is in time (General Clauses Act s.10)",
        "{of}अवकाश यहाँ ज्ञात नहीं: {last} अवकाश हो तो अगले खुले दिन किया जा सकता है (साधारण खंड अधिनियम धारा 10)",
    ),
    "met": ("done in time with {fact}, {at}", "समय पर पूरा: {fact}, {at}"),
    "met late": ("done, but late, with {fact}, {at}", "पूरा, पर विलंब से: {fact}, {at}"),
    "entered late": (
        "it was recorded only on {recorded}, after the end: the entry is late, the act was not",
        "प्रविष्टि {recorded} को, अवधि बीतने पर हुई: प्रविष्टि विलंबित है, कार्य नहीं",
    ),
    "exempted": ("the duty fell away with {fact}{authority}, {at}", "{fact}{authority} से कर्तव्य समाप्त हुआ, {at}"),
    "exempted late": (
        "{fact} of {at} came after the lapse and doesn't undo it",
        "{at} का {fact} अवधि बीतने के बाद आया, चूक नहीं मिटती",
    ),
    "ended late": (
        "this was recorded only on {recorded}, after {due}, the end without it",
        "यह {recorded} को ही दर्ज हुआ, {due} के बाद, जो इसके बिना अंत था",
    ),
    "overtaken": ("overtaken by {fact}, {at}", "{fact} के कारण निष्प्रभावी, {at}"),
    "overtaken late": (
        "{fact} of {at} came after the lapse and doesn't undo it",
        "{at} का {fact} अवधि बीतने के बाद आया, चूक नहीं मिटती",
    ),
    "another text": (
        "it was counted by a text of the rule, by tables or in a zone that are not in force here any more",
        "यह नियम के ऐसे पाठ, सारणियों या समय-क्षेत्र से गिना गया था जो यहाँ अब लागू नहीं",
    ),
    "no clock": (
        "the entries known then start no such clock any more",
        "तब ज्ञात प्रविष्टियाँ ऐसी कोई घड़ी आरंभ नहीं करतीं",
    ),
    "unused": ("not used by this rule: {names}", "इस नियम में प्रयुक्त नहीं: {names}"),
}


ENDS = frozenset({"met", "met late", "entered late", "exempted", "overtaken", "ended late"})
"""The steps that end a clock, told after its last day."""


@dataclass(frozen=True)
class Line:
    """One step, in both languages."""

    en: str
    hi: str

    def to_json(self) -> dict[str, str]:
        """As documents show it."""
        return {"en": self.en, "hi": self.hi}


def words(key: str, zone: tzinfo, **parts: Any) -> Line:  # noqa: ANN401 (a part is text, a line, a day or a moment)
    """A step in words: moments by the clock of `zone`."""
    shown = {name: _shown(part, zone) for name, part in parts.items()}
    english, hindi = TEXTS[key]
    return Line(
        english.format(**{name: part.en for name, part in shown.items()}),
        hindi.format(**{name: part.hi for name, part in shown.items()}),
    )


def _shown(part: object, zone: tzinfo) -> Line:
    if isinstance(part, Line):
        return part
    if isinstance(part, datetime):
        return moment_words(part, zone)
    if isinstance(part, Span):
        return Line(str(part), f"{part.count} {UNITS[part.unit]}")
    text = f"{part.normalize():f}" if isinstance(part, Decimal) else str(part)
    return day_words(part) if isinstance(part, date) else Line(text, text)


def day_words(day: date) -> Line:
    """A day: 2 July 2026."""
    return Line(*(f"{day.day} {MONTHS[language][day.month - 1]} {day.year}" for language in ("en", "hi")))


def moment_words(moment: datetime, zone: tzinfo) -> Line:
    """A moment by the clock of a zone: 2 July 2026 09:00."""
    try:
        local = moment.astimezone(zone)
    except (OverflowError, ValueError):
        local = moment
    day, clock = day_words(local.date()), f"{local.hour:02d}:{local.minute:02d}"
    return Line(f"{day.en} {clock}", f"{day.hi} {clock}")


def story(course: Course, why: str, governed_at: datetime) -> tuple[Line, ...]:
    """A clock's whole course, line by line."""
    zone, start = course.counting.zone, course.start
    subject = f" ({course.subject})" if course.subject else ""
    lines = [words("starts", zone, fact=start.fact.name, subject=subject, at=start.at)]
    lines += opening(course.rule, course.version, why, governed_at, zone)
    for each in course.version.applies:
        lines.append(words("applies" if each.holds(course.known) else "may apply", zone, condition=str(each)))
    if course.version.conditional:
        lines += offence_words(course, zone)
    steps = [
        (key, words(key, zone, at=at, fact=fact.name, recorded=fact.recorded_at, **parts))
        for key, at, fact, parts in course.steps
    ]
    lines += [line for key, line in steps if key not in ENDS]
    lines += [*path_words(course.path, zone), *counted(course)]
    lines += [line for key, line in steps if key in ENDS]
    return tuple(lines)


def opening(rule: Rule, version: Version, why: str, governed_at: datetime, zone: tzinfo) -> Iterator[Line]:
    """Which law governs and why, and how sure anybody is of it."""
    yield words(f"governs {why}", zone, law=version.law, since=version.since, day=day_of(governed_at, zone))
    if rule.start_setting is not None:
        chosen = {language: f": {text}" if text else "" for language, text in rule.start_setting.items()}
        yield words("setting", zone, setting=Line(chosen["en"], chosen["hi"]))
    if rule.is_policy:
        yield words("policy", zone)
    if version.source.read == "secondary":
        yield words("secondary", zone)
    if not rule.is_reviewed:
        yield words("unreviewed", zone)


def offence_words(course: Course, zone: tzinfo) -> Iterator[Line]:
    """What isn't sure about the class of the offences."""
    classes = course.classes
    if classes.unknown:
        yield words("unknown", zone, sections=", ".join(classes.unknown))
    if not course.version.by_offence:
        return
    if classes.divided and classes.class90 is None:
        yield words("divided", zone, sections=", ".join(classes.divided))
    if classes.class90 is False and classes.class90_display_max10:
        yield words("max10", zone)
    for english, hindi in classes.notes:
        yield words("note", zone, note=Line(english, hindi))


def path_words(path: Path, zone: tzinfo) -> Iterator[Line]:
    """Each condition of the limit, and how it came out."""
    for condition, held in path:
        plain = condition.attribute.removeprefix("offence.")
        what = Line(*KNOWN.get(plain, (plain, plain)))
        key = "unsure condition" if held is None else "met condition" if held else "unmet condition"
        yield words(key, zone, what=what, condition=str(condition).removeprefix("offence."))


def counted(course: Course) -> Iterator[Line]:
    """The limit and its end."""
    rule, zone, term, span = course.rule, course.counting.zone, course.term, course.span
    quote = course.version.quote and Line(
        f", by the words “{course.version.quote}”", f"; शब्द: “{course.version.quote}”"
    )
    yield words("limit", zone, span=span, quote=quote)
    if rule.counting == "forthwith":
        yield words("forthwith", zone, span=span)
    first = day_of(course.start.at, zone)
    last = course.own.counted
    if last is None:
        yield words("hours", zone, due=course.own.due_at)
    elif span.unit in {"month", "year"}:
        if days := course.days + course.added:
            alone = counting_of(rule.counting, zone).term(span, course.start.at).last_day
            yield words("months and days", zone, first=first, corresponding=alone, days=str(days), last=last)
        else:
            yield words("months", zone, first=first, last=last)
    else:
        way = "first included" if rule.counting == "days-first-included" else "first excluded"
        yield words(way, zone, first=first, last=last)
    if term is not course.own and course.window is not None and course.version.within is not None:
        start, (window, _) = course.window, course.version.within.pick(course.known)
        yield words("within", zone, span=window, fact=start.fact.name, at=start.at, last=term.last_day)
        return
    if last is not None and last != term.last_day:
        yield words("closed", zone, counted=last, last=term.last_day)
    if rule.closed_days == "next-open-day" and (of := unlisted(course.counting.closed, term.last_day)):
        yield words("closed unknown", zone, last=term.last_day, of=Line(*of))
