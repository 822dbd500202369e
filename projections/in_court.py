"""What breaks a chain of custody when the investigation or the trial ends: what never came, and who was never heard."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from domain.case.court import HearingHeld
from domain.case.custody_evidence import CustodyWitnessExamined
from domain.case.final_form import DEVICES, FinalReportPrepared
from domain.case.property_seizure import PropertySeized
from domain.case.search import RecordingForwarded, misread_sid
from domain.malkhana.article import WITH_LABORATORY, WITH_OFFICER, Article
from domain.malkhana.laboratory import DISPATCH_WITHIN
from projections.breaks import Break, Trail

AWAITED = frozenset(WITH_LABORATORY) - {"rejected"}
"""The states of what a laboratory has, or is about to have."""


def at_the_form(
    form: FinalReportPrepared, article: Article, trail: Trail, trails: Mapping[str, Trail], said: Sequence[Any]
) -> Iterator[Break]:
    """What breaks when the final form is drawn up while the article lies so, after what was `said` beside the chain.

    What a laboratory still examines is no break by then: its report may follow the form.
    """
    if article.state not in AWAITED:
        yield from not_back(article, trail)
    traced = {each.property_id for each in form.device_custody}
    relied_on = {each.property_id for each in form.relied_on}
    if article.category in DEVICES and article.property_id in relied_on - traced:
        yield Break("no sequence")
    if not article.parent and article.category in DISPATCH_WITHIN:
        family = family_of(trail, trails)
        if not any(trails[each].sent for each in family):
            yield Break("never sent")
    if trail.memo is not None and _kept_back(trail.memo, said):
        yield Break("not forwarded", trail.memo.sid)


def at_the_judgment(
    articles: Mapping[str, Article],
    article: Article,
    trails: Mapping[str, Trail],
    said: Sequence[Any],
    relied_on: Iterable[str],
) -> Iterator[Break]:
    """What breaks at judgment. Who was not examined is asked where the record has any of the trial's evidence."""
    trail = trails[article.property_id]
    yield from not_back(article, trail)
    if article.category == "drugs" and not article.parent:
        family = family_of(trail, trails)
        if not any(articles[each].certificate or trails[each].uncertified for each in family):
            yield Break("not certified", "to the end")
    named = set(relied_on)
    heard = [each for each in said if isinstance(each, CustodyWitnessExamined)]
    evidence = heard or any(isinstance(each, HearingHeld) and each.witnesses_examined for each in said)
    if not evidence or (named and article.property_id not in named):
        return
    mine = [each for each in heard if each.concerns(article.property_id)]
    spoke = {each.witness for each in mine}
    if silent := [each for each in trail.keepers if each not in spoke]:
        yield Break("keeper not examined", ", ".join(silent))
    if trail.keepers and not any(each.register_produced for each in mine):
        yield Break("register not produced")
    if silent := [each for each in trail.carriers if each not in spoke]:
        yield Break("carrier not examined", ", ".join(silent))


def family_of(trail: Trail, trails: Mapping[str, Trail]) -> Iterator[str]:
    """The article that was seized, and every sample of it and of its samples."""
    return (name for name, each in trails.items() if each.memo is trail.memo and each.whole == trail.whole)


def not_back(article: Article, trail: Trail) -> Iterator[Break]:
    """An article that is still with an officer or a laboratory, though the work for which they had it is done."""
    if article.state in WITH_OFFICER and trail.in_hand:
        yield Break("kept by officer", "never deposited")
    elif article.state in {*WITH_OFFICER, *WITH_LABORATORY}:
        yield Break("not returned", article.whereabouts)


def _kept_back(memo: PropertySeized, said: Sequence[Any]) -> bool:
    """Whether the recording is on a medium of its own, and no entry says that it went to a Magistrate.

    One that lies in eSakshya goes to court through it, so that no entry of its forwarding is missed.
    """
    if not any(misread_sid(memo.sid)):
        return False
    forwarded = (each for each in said if isinstance(each, RecordingForwarded))
    return not any(memo.sid in {each.sid, each.recording} or memo.memo == each.document for each in forwarded)
