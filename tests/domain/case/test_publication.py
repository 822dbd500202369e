"""Who is told of an FIR: the informant, the Magistrate, the public."""

from __future__ import annotations

from typing import Any

import pytest

from domain.case.fir import Fir
from domain.case.publication import (
    CopyGivenToInformant,
    FIRPublished,
    PublicationDelayed,
    PublicationWithheld,
    ReportSentToMagistrate,
    unpublishable,
)
from tests.domain.case.builders_accused import after, struck
from tests.domain.case.builders_fir import fir, told, victim, zero
from tests.dsl import act, given

DECIDED: dict[str, Any] = {"decided_by_rank": "DySP"}
WITHHELD = act(PublicationWithheld, **DECIDED)
PUBLISHED = act(FIRPublished)


@pytest.mark.parametrize("kind", [CopyGivenToInformant, FIRPublished, PublicationDelayed, ReportSentToMagistrate])
def test_without_an_fir_there_is_nothing_to_tell(kind: type) -> None:
    """Each of these acts needs an FIR that stands."""
    given(told()).when(kind).refused("no FIR is registered here. Record case.FIRRegistered first")
    given(fir(), struck(fir(), 1)).when(kind).refused("no FIR is registered here")
    given(told()).when(PublicationWithheld, **DECIDED).refused("the decision not to publish cannot be entered")


@pytest.mark.parametrize("kind", [CopyGivenToInformant, FIRPublished, PublicationDelayed, ReportSentToMagistrate])
def test_it_follows_the_registration(kind: type) -> None:
    """Dated before the FIR, or before the zero FIR, it is doubted; after it, it isn't."""
    given(fir()).when(kind, at=after(-1)).doubted("is dated before 0012/2026 was registered on 2 July 2026")
    given(zero()).when(kind, at=after(-1)).doubted("is dated before ZERO/0003/2026 was registered")
    given(fir()).when(PublicationWithheld, at=after(-1), **DECIDED).doubted(
        "the decision not to publish is dated before"
    )
    given(fir()).when(kind).entered()


def test_the_copy_goes_to_the_informant_or_a_victim() -> None:
    """BNSS s.173(2): to the informant or the victim; to somebody else with a doubt, to a name never."""
    record = given(fir("A1", victims=(victim(),)))
    record.when(CopyGivenToInformant, person="V1").entered()
    record.when(CopyGivenToInformant, person="A1").doubted("A1, who is neither informant nor victim of 0012/2026")
    record.when(CopyGivenToInformant, person="Sita").refused("entered by a code")


def test_an_fir_is_published() -> None:
    """The public can read it."""
    assert given(fir()).when(FIRPublished).entered().part(Fir).published.at == after(hours=1)


def test_publishing_twice_is_doubted() -> None:
    """An FIR is put on the website once."""
    given(fir(), PUBLISHED).when(FIRPublished).doubted("was already published on 2 July 2026")
    given(fir(), PUBLISHED, struck(PUBLISHED, 2)).when(FIRPublished).entered()


@pytest.mark.parametrize(
    ("section", "sensitive"),
    [("BNS 64(1)", True), ("BNS 71", True), ("BNS 113(2)", True), ("POCSO 6", True), ("UAPA 16", True),
     ("BNS 63", False), ("BNS 640", False), ("BNS 303(2)", False)],
)  # fmt: skip
def test_a_sensitive_fir_is_not_published(section: str, sensitive: bool) -> None:
    """Sexual offences, terrorism, POCSO (Youth Bar Association, 2016): publishing is doubted."""
    then = given(fir(sections=(section,))).when(FIRPublished)
    assert any(f"is sensitive by {section}" in doubt for doubt in then.decision.doubts) == sensitive


def test_publishing_what_was_withheld_is_doubted() -> None:
    """Against the decision of the DySP; or the decision comes after the publication."""
    given(fir(), WITHHELD).when(FIRPublished).doubted("although that was withheld on 2 July 2026")
    given(fir(), WITHHELD, struck(WITHHELD, 2)).when(FIRPublished).entered()
    given(fir(), PUBLISHED).when(PublicationWithheld, **DECIDED).doubted("although it was published on 2 July 2026")


def test_an_fir_is_withheld_by_a_dysp() -> None:
    """By an officer of that rank or above, or the District Magistrate; by a lower rank it is doubted."""
    record = given(fir())
    assert record.when(PublicationWithheld, **DECIDED).entered().part(Fir).withheld.at == after(hours=1)
    record.when(PublicationWithheld, decided_by_rank="District Magistrate").entered()
    record.when(PublicationWithheld, decided_by_rank="SI").doubted("was not decided by a DySP or an officer above")


def test_a_decision_has_its_reason() -> None:
    """Withheld or delayed without a reason in writing: doubted."""
    given(fir()).when(PublicationWithheld, **DECIDED, reason="").doubted("withheld without a reason")
    given(fir()).when(PublicationDelayed, reason="").doubted("delayed without a reason")


def test_a_delay_comes_before_the_publication() -> None:
    """What is published, or is not to be, cannot be delayed."""
    given(fir(), PUBLISHED).when(PublicationDelayed).doubted("was already published")
    given(fir(), WITHHELD).when(PublicationDelayed).doubted("not to be published at all since 2 July 2026")


def test_the_magistrate_is_sent_the_report() -> None:
    """Once (BNSS s.176(1))."""
    sent = act(ReportSentToMagistrate)
    assert given(fir()).when(ReportSentToMagistrate).entered().part(Fir).reported.at == after(hours=1)
    given(fir(), sent).when(ReportSentToMagistrate).doubted("was already sent on 2 July 2026")
    given(fir(), sent, struck(sent, 2)).when(ReportSentToMagistrate).entered()


def test_a_lesser_course_is_explained() -> None:
    """Without a visit, or without an investigation, the report says why; then the informant is told (s.176)."""
    record = given(fir())
    record.when(ReportSentToMagistrate, course="investigation without a visit to the spot").doubted("and not why")
    none = {"course": "no investigation", "reason": "no ground"}
    record.when(ReportSentToMagistrate, **none).doubted("the informant was not told")
    record.when(ReportSentToMagistrate, **none, informant_told_at=after()).entered()


@pytest.mark.parametrize(
    ("sections", "says"),
    [
        (("BNS 303(2)", "BNS 3(5)"), []), (("NDPS 20(b)(ii)(A)",), []), (("BNS 64(1)",), ["sensitive by BNS 64(1)"]),
        (("bns  64 (1)",), ["sensitive by"]), (("pocso 4",), ["sensitive by"]), (("UAPA 15",), ["sensitive by"]),
        (("BNS 303(2)", "POCSO 12"), ["sensitive by POCSO 12"]), (("IPC 376",), ["nothing here says whether IPC 376"]),
        (("Arms Act 25",), ["nothing here says"]), (("BNS 303(2) r/w 64",), ["nothing here says"]),
        (("BNS 9999",), ["nothing here says"]), (("BNS 75(2)",), ["nothing here says whether BNS 75(2)"]),
        (("BNS 147",), ["nothing here says"]), (("bns 152",), ["nothing here says"]), (("BNS 99",), ["nothing here"]),
        (("BNS 80",), []), (("BNS 103(1)",), []), (("BNS 159",), []),
    ],
)  # fmt: skip
def test_a_sensitive_fir_is_not_published_and_an_unknown_section_is_judged_first(
    sections: tuple[str, ...], says: list[str]
) -> None:
    """In whatever letters a section is written; and what no table tells of is nobody's to publish unseen."""
    case = given(fir(sections=sections)).record
    found = list(unpublishable(case))
    assert len(found) == len(says)
    assert all(word in reason for word, reason in zip(says, found, strict=True))
    assert list(unpublishable(case, judged=True)) == [each for each in found if "sensitive by" in each]


def test_what_was_sensitive_when_it_was_registered_or_is_withheld_stays_back() -> None:
    """A section that was taken out since, and a decision of the DySP that stands."""
    taken_out = act("case.SectionsAltered", sections=("BNS 303(2)",))
    case = given(fir(sections=("POCSO 4",)), taken_out).record
    assert case.sections == ("BNS 303(2)",)
    assert "sensitive by POCSO 4" in next(unpublishable(case))
    given(fir(sections=("POCSO 4",)), taken_out).when(FIRPublished).doubted("sensitive by POCSO 4")
    withheld, sensitive = unpublishable(given(fir(sections=("POCSO 4",)), WITHHELD).record)
    assert "is withheld from publication since 2 July 2026" in withheld
    assert "record case.PublicationWithheld" not in sensitive  # it was


@pytest.mark.parametrize(
    ("sections", "judged"),
    [
        (("BNS 303(2)",), False), (("BNS 64(1)",), False), (("bns 64",), True), (("IPC 376",), False),
        (("IPC 379",), True), (("BNS 75(2)",), False), (("BNS 152", "POCSO 4"), False), (("Arms Act 25",), True),
    ],
)  # fmt: skip
def test_the_entry_doubts_what_the_command_refuses(sections: tuple[str, ...], judged: bool) -> None:
    """As many reasons in the one as in the other, whatever the case is registered under."""
    case = given(fir(sections=sections))
    refused = list(unpublishable(case.record, judged=judged))
    when = case.when(FIRPublished, judged=judged)
    if refused:
        when.doubted("is published")
    else:
        when.entered()
    assert len(list(act(FIRPublished, at=after(hours=1), judged=judged).doubt(case.record))) == len(refused)
