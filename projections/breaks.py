"""Where a chain of custody breaks: the eighteen patterns of which courts ask, each by what the entries show of it.

A break is said of one link, once for each code. What an act could see by itself stands in its doubts as well; a doubt
asks an officer to look again, a break is what a defence will read out, and the two are never added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from domain.case.property_seizure import PropertySeized
from domain.common.days import under_bnss
from domain.common.periods import OVERNIGHT
from domain.event import changed
from domain.malkhana.article import OPENED_THERE, WITH_LABORATORY, WITH_POLICE, Article, SeizedItem
from domain.malkhana.carrying import CarriesProperty
from domain.malkhana.court import ReleasesOnBond
from domain.malkhana.custody import ConcernsProperty, MovesProperty
from domain.malkhana.derived import DerivesExhibit
from domain.malkhana.end import MissesProperty
from domain.malkhana.laboratory import (
    DISPATCH_WITHIN,
    LaboratoryReceives,
    LaboratoryRejects,
    LaboratoryReturns,
    SendsToLaboratory,
    is_at,
)
from domain.malkhana.moves import DepositsProperty
from domain.malkhana.parcel import BreaksSeal, ResealsParcel, SplitsProperty, before_magistrate, unopened
from domain.property_unclaimed.found import PropertyFoundUnclaimed

HOUR = timedelta(hours=1)
FromLaboratory = LaboratoryReceives | LaboratoryRejects | LaboratoryReturns

BREAKS: Mapping[str, tuple[int, str, str]] = {
    "kept by officer": (1, "more than 24 hours between seizure and deposit", "जप्ती और जमा के बीच 24 घंटे से अधिक"),
    "no diary entry": (2, "deposited without a General Diary entry", "रोज़नामचा प्रविष्टि बिना जमा"),
    "no specimen": (3, "no specimen of the seal was deposited", "नमूना मुहर जमा नहीं"),
    "seal not given away": (3, "the seal was left in the same hand after use", "मुहर उपयोग के बाद उसी के पास रही"),
    "no specimen sent": (3, "no specimen of the seal went with the parcel", "पार्सल के साथ नमूना मुहर नहीं भेजी"),
    "seal differs": (4, "the seal is another than at the link before", "मुहर पिछली कड़ी से भिन्न है"),
    "impressions differ": (4, "the seal's impressions differ in number or form", "मुहर छापों की संख्या या आकृति भिन्न"),
    "seal found broken": (4, "the laboratory found the seal broken", "प्रयोगशाला ने मुहर टूटी पाई"),
    "laboratory differs": (4, "at another laboratory than it was sent to", "जहाँ भेजा उससे भिन्न प्रयोगशाला"),
    "sent late": (5, "sent to the laboratory late, unexplained", "बिना कारण विलंब से प्रयोगशाला भेजा"),
    "never sent": (5, "never sent to the laboratory", "प्रयोगशाला कभी नहीं भेजा"),
    "no paper": (6, "the article left without a paper that proves it", "बिना कागज के निकाला गया"),
    "no carrier": (6, "the carrier is not named", "ले जाने वाले का नाम नहीं"),
    "carrier not examined": (6, "who carried it was not examined in court", "ले जाने वाले का न्यायालय में परीक्षण नहीं"),
    "keeper not examined": (7, "who kept it was not examined in court", "मालखाना मोहर्रिर का परीक्षण नहीं"),
    "register not produced": (7, "the malkhana register was not produced in court", "मालखाना पंजी न्यायालय में पेश नहीं"),
    "used elsewhere": (8, "used up in part elsewhere than at a laboratory", "प्रयोगशाला के बाहर मात्रा खर्च बताई"),
    "quantity differs": (8, "it measures another quantity than the register has", "मात्रा पंजी से भिन्न है"),
    "opened without leave": (9, "opened or sealed again without the court's leave", "बिना अनुमति खोला या पुनः सील"),
    "not certified": (10, "no Magistrate's certificate (NDPS s.52A)", "मजिस्ट्रेट प्रमाणपत्र नहीं (एनडीपीएस 52क)"),
    "before the FIR": (11, "seized before the FIR was registered", "प्रथम सूचना रिपोर्ट से पहले जप्त"),
    "before the departure": (11, "seized before the diary has the officer leave", "रवानगी सान्हा से पहले जप्त"),
    "two places": (12, "the same person acts at two places at one time", "एक ही व्यक्ति एक समय दो स्थानों पर"),
    "overlaps": (12, "dealt with while an earlier act on it still lasted", "पिछली कार्यवाही चलते हुए दूसरी कार्यवाही"),
    "too few witnesses": (13, "fewer than two witnesses signed the memo", "जप्ती पत्रक पर दो से कम साक्षी"),
    "witness from elsewhere": (13, "no witness is an inhabitant of the locality", "कोई साक्षी उस स्थान का निवासी नहीं"),
    "stock witness": (13, "a witness has signed the station's memos before", "साक्षी पहले भी थाने के पत्रकों पर"),
    "not filmed": (14, "no audio-video recording is named", "दृश्य-श्रव्य अभिलेख नहीं"),
    "not forwarded": (14, "the recording was not forwarded to a Magistrate", "अभिलेख मजिस्ट्रेट को नहीं भेजा"),
    "not refrigerated": (15, "a biological sample kept without refrigeration", "जैविक नमूना बिना प्रशीतन रखा"),
    "out of order": (16, "dated before the link that precedes it", "पिछली कड़ी से पहले की तारीख"),
    "serial out of order": (16, "the malkhana serial does not fit the date", "मालखाना क्रमांक तारीख से मेल नहीं खाता"),
    "not returned": (17, "issued, and not back in the malkhana", "निकाला गया, मालखाने में वापस नहीं"),
    "no hash": (18, "a digital device without its hash at seizure", "जप्ती पर डिजिटल उपकरण का हैश नहीं"),
    "no sequence": (18, "the device's custody is not given in the final form", "उपकरण की अभिरक्षा अंतिम प्रपत्र में नहीं"),
    "holder unknown": (0, "the link before does not lead to who gives it up", "देने वाले तक पिछली कड़ी नहीं पहुँचती"),
    "impossible": (0, "the entries that stand do not lead to this one", "कायम प्रविष्टियाँ इस तक नहीं पहुँचतीं"),
    "missing": (0, "the article was missed", "वस्तु गुम पाई गई"),
}  # fmt: skip
"""Each break by its code: the pattern's number (0: none of the eighteen), and what it is in both languages.

A pattern with several ways to it has a code for each. Some are told by what an officer enters for that purpose: where a
witness lives and whose memos he signed before (13), the entry of departure (11), who was examined in court (6, 7); left
out, they break nothing. Of a store it is known whether it is refrigerated, not how warm it was (15). A recording that
lies in eSakshya goes to court through it, and counts as forwarded (14). A malkhana serial is compared with those of its
own record (16). That another record of the station has the same one can't be seen here, for a chain is read off its own
record, and is no break of it: `roznamcha/serials.py` finds it among all records, for the malkhana and its audits.
"""


@dataclass(frozen=True)
class Break:
    """What breaks at a link: its code, the particulars, and the times they speak of as `{0}` and `{1}`."""

    code: str
    detail: str = ""
    times: tuple[datetime, ...] = ()

    def told(self, when: Callable[[datetime], str] = datetime.isoformat) -> str:
        """The particulars, with times as `when` writes them."""
        return self.detail.format(*map(when, self.times)) if self.times else self.detail


@dataclass(frozen=True)
class Trail:
    """What is remembered of an article on the way from link to link, besides what the register shows."""

    last: datetime
    rank: str = ""
    """The rank of its holder."""
    description: str = ""
    number: int = 0
    """Of its last link."""
    in_hand: bool = True
    """Whether it has never left the hands of officers since the seizure."""
    whole: str = ""
    """The article that was seized, of which this one is a sample or itself."""
    memo: PropertySeized | None = None
    """The entry of its seizure, where that has the columns of which courts ask."""
    sent: bool = False
    """Whether it has gone to a laboratory."""
    uncertified: bool = False
    """Whether it was told at a link that no Magistrate has certified it."""
    keepers: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    lasted: datetime | None = None
    """Until when the acts on it lasted, where they say so."""

    def onward(self, act: Any, after: Article) -> Trail:  # noqa: ANN401 (a link's act)
        """With one link more: who keeps it, who carries it, whether it went to a laboratory."""
        keepers, carriers = self.keepers, self.carriers
        if after.state == "deposited" and after.holder not in {"", *keepers}:
            keepers = (*keepers, after.holder)
        if isinstance(act, CarriesProperty) and act.carrier not in {"", *carriers}:
            carriers = (*carriers, act.carrier)
        sent = self.sent or isinstance(act, SendsToLaboratory)
        told = isinstance(act, SendsToLaboratory | SplitsProperty) and any(_uncertified(after))
        ends = [each for each in (self.lasted, getattr(act, "ended_at", None)) if each]
        how = {"keepers": keepers, "carriers": carriers, "sent": sent, "lasted": max(ends, default=None)}
        how["uncertified"] = self.uncertified or told
        return changed(self, last=act.meta.occurred_at, **how)


def at_seizure(act: PropertySeized, item: SeizedItem, registered_at: datetime | None) -> Iterator[Break]:
    """What breaks where custody begins."""
    at = act.meta.occurred_at
    if registered_at and at < registered_at:
        yield Break("before the FIR", "{0}, and the FIR is of {1}", (at, registered_at))
    if act.departure_gd_at and at < act.departure_gd_at:
        yield Break("before the departure", "{0}, and the diary has the departure at {1}", (at, act.departure_gd_at))
    yield from _witnessed(act)
    if not act.sid and under_bnss(at, registered_at):
        yield Break("not filmed")
    yield from at_find(act, item)


def at_find(act: PropertySeized | PropertyFoundUnclaimed, item: SeizedItem) -> Iterator[Break]:
    """What breaks at the parcel itself, also where no law asks for witnesses or a recording."""
    if item.seal and act.seal_kept_by in {"", act.meta.actor.id}:
        yield Break("seal not given away")
    if item.category == "digital device" and not item.device_hash:
        yield Break("no hash")


def _witnessed(act: PropertySeized) -> Iterator[Break]:
    """Two or more independent inhabitants of the locality, or of another only where it has none (s.103(4))."""
    signed = {each.code: each for each in act.witnesses if each.signed}
    if len(signed) < 2:  # noqa: PLR2004 (two or more, s.103(4))
        yield Break("too few witnesses", str(len(signed)))
    if signed and all(each.inhabitant == "of another place" for each in signed.values()):
        yield Break("witness from elsewhere", ", ".join(signed))
    if known := [f"{code}: {each.earlier_seizures}" for code, each in signed.items() if each.earlier_seizures]:
        yield Break("stock witness", ", ".join(known))


def between(act: Any, before: Article, trail: Trail) -> Iterator[Break]:  # noqa: ANN401 (a link's act)
    """What breaks between the link before and this one."""
    at = act.meta.occurred_at
    if at < trail.last:
        yield Break("out of order", "{0}, and the link before is of {1}", (at, trail.last))
    elif trail.lasted and at < trail.lasted:
        yield Break("overlaps", "{0}, and what was done before lasted until {1}", (at, trail.lasted))
    if isinstance(act, MovesProperty):
        yield from _on_the_move(act, before)
    for kind, found in _PARTICULAR.items():
        if isinstance(act, kind):
            yield from found(act, before, trail)


def _on_the_move(act: MovesProperty, before: Article) -> Iterator[Break]:
    if act.giver and before.holder and act.giver != before.holder:
        yield Break("holder unknown", f"{before.holder} → {act.giver}")
    if act.seen and not act.reseals and act.seal and before.seal and act.seal != before.seal:
        yield Break("seal differs", f"{before.seal} → {act.seal}")
    elif act.seen and not act.reseals:
        was = {"seal_count": before.seal_count, "seal_impression": before.seal_impression}
        here = act.impressions
        if told := [f"{old} → {here[each]}" for each, old in was.items() if old and here[each] and old != here[each]]:
            yield Break("impressions differ", ", ".join(told))
    due = act.quantity_after(before)
    if act.quantity is not None and act.quantity != due:
        yield Break("quantity differs", f"{due} → {act.quantity} {before.unit}")


def _deposited(act: DepositsProperty, before: Article, trail: Trail) -> Iterator[Break]:
    kept = act.meta.occurred_at - before.seized_at
    if trail.in_hand and kept > OVERNIGHT.span:
        explained = ", with a reason" if act.delay_reason else ""
        yield Break("kept by officer", f"{kept // HOUR} h{explained}")
    if not act.gd_entry:
        yield Break("no diary entry")
    if before.seal and not act.specimen_seal_deposited:
        yield Break("no specimen")
    if before.category == "biological or medical sample" and not act.refrigerated:
        yield Break("not refrigerated")


def _sent(act: SendsToLaboratory, before: Article, _: Trail) -> Iterator[Break]:
    limit = DISPATCH_WITHIN.get(before.category)
    taken = act.meta.occurred_at - before.seized_at
    if limit and taken > limit.span and not act.delay_reason:
        yield Break("sent late", f"{taken // HOUR} h")
    if not act.document:
        yield Break("no paper")
    if before.seal and not act.specimen_seal_sent:
        yield Break("no specimen sent")
    yield from _uncertified(before)


def _carried(act: CarriesProperty, _before: Article, _: Trail) -> Iterator[Break]:
    if act.under_way and not act.carrier:
        yield Break("no carrier")


def _received(act: LaboratoryReceives, before: Article, trail: Trail) -> Iterator[Break]:
    yield from _by_laboratory(act, before, trail)
    if not act.seal_intact:
        yield Break("seal found broken")


def _by_laboratory(act: FromLaboratory, before: Article, _: Trail) -> Iterator[Break]:
    if before.state in WITH_LABORATORY and not is_at(before, act.laboratory):
        yield Break("laboratory differs", f"{before.place} → {act.laboratory}")


def _returned(act: LaboratoryReturns, before: Article, trail: Trail) -> Iterator[Break]:
    yield from _by_laboratory(act, before, trail)
    if before.state == "rejected" and act.seal and before.seal and act.seal != before.seal:
        yield Break("seal differs", f"{before.seal} → {act.seal}, unexamined")


def _released(act: ReleasesOnBond, _before: Article, _: Trail) -> Iterator[Break]:
    if lacks := [name for name in ("order", "bond") if not getattr(act, name)]:
        yield Break("no paper", ", ".join(f"no {each}" for each in lacks))


def _split(act: SplitsProperty, before: Article, _: Trail) -> Iterator[Break]:
    yield from _by_another(act, before)
    if act.consumed and before.state != "at laboratory":
        yield Break("used elsewhere", f"{act.consumed} {before.unit}, {before.whereabouts}")
    if unopened(before) and not before_magistrate(before, act.meta.occurred_at):
        yield Break("opened without leave", f"{before.seal} → {act.seal or 'open'}")
    yield from _uncertified(before)


def _opened(act: BreaksSeal, before: Article, _: Trail) -> Iterator[Break]:
    yield from _by_another(act, before)
    if act.seal != before.seal and act.seal and before.seal:
        yield Break("seal differs", f"{before.seal} → {act.seal}")
    if not act.permission and before.state not in OPENED_THERE:
        yield Break("opened without leave")


def _resealed(act: ResealsParcel, before: Article, _: Trail) -> Iterator[Break]:
    yield from _by_another(act, before)
    if not act.permission and before.state not in {"seized", *OPENED_THERE}:
        yield Break("opened without leave")
    if act.seal_kept_by in {"", act.meta.actor.id}:
        yield Break("seal not given away")


def _derived(act: DerivesExhibit, before: Article, _: Trail) -> Iterator[Break]:
    yield from _by_another(act, before)
    if unopened(before):
        yield Break("opened without leave", before.seal)


def _by_another(act: ConcernsProperty, before: Article) -> Iterator[Break]:
    """Work on what lies with the police, by somebody who does not hold it."""
    who = act.meta.actor.id
    if before.state in WITH_POLICE and who not in {"", before.holder}:
        yield Break("holder unknown", f"{before.holder} → {who}")


def _missed(_act: MissesProperty, _before: Article, _: Trail) -> Iterator[Break]:
    yield Break("missing")


def _uncertified(before: Article) -> Iterator[Break]:
    if before.category == "drugs" and not before.certificate:
        yield Break("not certified")


_PARTICULAR: Mapping[type, Callable[[Any, Article, Trail], Iterator[Break]]] = {
    DepositsProperty: _deposited,
    SendsToLaboratory: _sent,
    CarriesProperty: _carried,
    LaboratoryReceives: _received,
    LaboratoryRejects: _by_laboratory,
    LaboratoryReturns: _returned,
    ReleasesOnBond: _released,
    SplitsProperty: _split,
    BreaksSeal: _opened,
    ResealsParcel: _resealed,
    MissesProperty: _missed,
    DerivesExhibit: _derived,
}


def once(found: Iterable[Break]) -> tuple[Break, ...]:
    """Each code once for one link, with the particulars of the first."""
    kept: dict[str, Break] = {}
    for each in found:
        kept.setdefault(each.code, each)
    return tuple(kept.values())
