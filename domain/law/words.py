"""The steps of a reckoning in words, English and Hindi, so that whoever doubts a date can follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

INDIA = timezone(timedelta(hours=5, minutes=30))
MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
    "hi": ("जनवरी", "फ़रवरी", "मार्च", "अप्रैल", "मई", "जून", "जुलाई", "अगस्त", "सितंबर", "अक्टूबर", "नवंबर", "दिसंबर"),
}  # fmt: skip

TEXTS: Mapping[str, tuple[str, str]] = {
    "starts": ("it begins with {fact}{subject}, {at}", "आरंभ: {fact}{subject}, {at}"),
    "governs": (
        "{law} governs, in force since {since}, because the proceeding began on {day}",
        "{law} लागू है ({since} से), क्योंकि कार्यवाही {day} को आरंभ हुई",
    ),
    "setting": (
        "the text states no start; by this program's setting it is: {setting}",
        "विधि में आरंभ नहीं लिखा है; इस प्रोग्राम की सेटिंग: {setting}",
    ),
    "policy": ("this is a department's policy and no law", "यह विभागीय नीति है, विधि नहीं"),
    "unreviewed": (
        "no lawyer has reviewed this rule against the text yet",
        "इस नियम की किसी विधि अधिकारी ने अभी समीक्षा नहीं की है",
    ),
    "limit": ("the limit is {span}: “{quote}”", "अवधि {span}: “{quote}”"),
    "limit unknown": (
        "the limit is taken as {span}, because it is not known: {unknown} (“{quote}”)",
        "अवधि {span} मानी गई, क्योंकि ज्ञात नहीं: {unknown} (“{quote}”)",
    ),
    "extends": ("{fact} of {at} lengthens it", "{at} का {fact} अवधि बढ़ाता है"),
    "excludes": ("{hours} hours of necessary journey are not counted", "आवश्यक यात्रा के {hours} घंटे नहीं गिने गए"),
    "hours": ("{hours} hours by the clock end at {due}", "घड़ी से {hours} घंटे {due} पर पूरे होते हैं"),
    "months": (
        "by calendar months from {first}, the last day is {last}",
        "{first} से कैलेंडर मास गिनकर अंतिम दिन {last} है",
    ),
    "first included": (
        "{first} is day 1, and the last day is {last}",
        "{first} पहला दिन है, अंतिम दिन {last} है",
    ),
    "first excluded": (
        "{first} is not counted, and the last day is {last}",
        "{first} नहीं गिना जाता, अंतिम दिन {last} है",
    ),
    "closed": (
        "{last} is a closed day; it may be done on {opened}, the next open day",
        "{last} अवकाश है; अगले कार्य दिवस {opened} को किया जा सकता है",
    ),
    "stopped": ("done in time with {fact}, {at}", "समय पर पूरा: {fact}, {at}"),
    "stopped late": ("done, but late, with {fact}, {at}", "पूरा, पर विलंब से: {fact}, {at}"),
    "entered late": (
        "it was recorded only on {at}, after the last day: the entry is late, the act was not",
        "प्रविष्टि {at} को, अंतिम दिन के बाद हुई: प्रविष्टि विलंबित है, कार्य नहीं",
    ),
    "exempted": ("the duty fell away with {fact}, {at}", "{fact} से कर्तव्य समाप्त हुआ, {at}"),
    "overtaken": ("overtaken by {fact}, {at}", "{fact} के कारण निष्प्रभावी, {at}"),
}


@dataclass(frozen=True)
class Line:
    """One step, in both languages."""

    en: str
    hi: str


def words(key: str, **parts: str | Line) -> Line:
    """A step in words; parts that differ by language are lines themselves."""
    if "subject" in parts:
        parts["subject"] = f" ({parts['subject']})" if parts["subject"] else ""
    english, hindi = TEXTS[key]
    return Line(
        english.format(**{name: part.en if isinstance(part, Line) else part for name, part in parts.items()}),
        hindi.format(**{name: part.hi if isinstance(part, Line) else part for name, part in parts.items()}),
    )


def day_words(day: date) -> Line:
    """A day: 2 July 2026."""
    return Line(*(f"{day.day} {MONTHS[language][day.month - 1]} {day.year}" for language in ("en", "hi")))


def moment_words(moment: datetime) -> Line:
    """A moment by the clock of India: 2 July 2026 09:00."""
    if moment.year > 9998:  # noqa: PLR2004 (no zone can be applied to the end of time)
        return day_words(moment.date())
    local = moment.astimezone(INDIA)
    day = day_words(local.date())
    clock = f"{local.hour:02d}:{local.minute:02d}"
    return Line(f"{day.en} {clock}", f"{day.hi} {clock}")
