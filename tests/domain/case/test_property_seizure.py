"""The seizure memo, its report to the Magistrate, and what every act on an article has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.case.property_seizure import CustodyMoveRefused, SeizureWitness
from domain.event import Event
from domain.malkhana.article import Malkhana, listed, measurable, standing
from domain.malkhana.parcel import Sample
from tests.domain.case.builders_accused import after, struck, when
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import (
    BOTH,
    SOMEONE,
    article,
    deposited,
    in_malkhana,
    item,
    on,
    seized,
    sent,
    then,
)
from tests.dsl import DAY, OFFICER, act, given


def reported(memo: str = "SM/1", at: datetime | None = None) -> Event:  # type: ignore[type-arg]
    """The report of a seizure."""
    return act("case.SeizureReportedToMagistrate", at=at, memo=memo, court="CJM Raipur")


def test_a_seizure_puts_each_article_in_the_officers_hands() -> None:
    """With witnesses, diary entry, recording and seal it raises no doubt; the officer is the holder."""
    case = when(given(fir()), seized(item(1), item(2, unit="piece", quantity=Decimal(3)))).entered()
    second = article(case, "PR/2")
    assert (second.holder, second.state, second.quantity, second.unit) == (OFFICER.id, "seized", Decimal(3), "piece")
    assert second.seized_at == second.since == after(hours=1)
    assert second.place == "Bus stand, Raipur"


def test_a_seizure_may_come_before_the_fir() -> None:
    """It may even begin the record; that is doubted (pattern 11)."""
    begun = when(given(), seized()).doubted("the seizure is entered before any FIR")
    assert begun.station == "CG-RPR-01"
    when(given(fir()), seized(at=after(-1))).doubted("the seizure is dated before 0012/2026")


def test_a_memo_lists_something() -> None:
    """A memo without an article is refused."""
    given(fir()).when("case.PropertySeized", items=()).refused("lists no article")


def test_each_article_has_an_id_of_its_own() -> None:
    """No blank id, no id twice in the memo, none that the case already has."""
    when(given(fir()), seized(item(1, id=" "))).refused("without an id")
    for unseen in ("PR/1 ", "PR/\u200b1", "PR\u200d/1", "PR  1", "P" * 201):
        when(given(fir()), seized(item(1, id=unseen))).refused("without an id")
    when(given(fir()), seized(item(1, id="P" * 200), item(2, id="क्\u200dष/1 क"))).entered()
    when(given(fir()), seized(item(1), item(1))).refused("PR/1 is listed twice")
    when(given(fir(), seized()), seized(memo="SM/2")).refused("0012/2026 already has an article of that id")


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "sNaN", "Infinity", "1E+40", "1E-40"])
def test_there_is_some_of_it(amount: str) -> None:
    """A quantity is above zero, and one that can be weighed or counted."""
    when(given(fir()), seized(item(quantity=Decimal(amount)))).refused("PR/1 cannot be seized: its quantity is")


def test_only_so_many_digits_are_a_quantity() -> None:
    """From a millionth of a millionth to a million millions, so that sums are exact."""
    assert measurable(Decimal("0.000000000001"))
    assert measurable(Decimal(9999999999999))
    assert not measurable(Decimal("0.0000000000001"))
    assert not measurable(Decimal(10000000000000))


def test_persons_of_a_seizure_go_by_codes() -> None:
    """A witness by name, or particulars of a person without a code, are refused."""
    when(given(fir()), seized(witnesses=(SeizureWitness(code="he"),))).refused("entered by a code")
    when(given(fir()), seized(from_whom=SOMEONE)).refused("entered by a code")
    when(given(fir()), seized(address=SOMEONE)).refused("entered by a code")
    when(given(fir()), seized(from_code="Ramesh")).refused("entered by a code")
    when(given(fir()), seized(from_code="A1", from_whom=SOMEONE, address=SOMEONE, copy_given=True)).entered()


def test_two_witnesses_sign() -> None:
    """Fewer than two different witnesses who signed are doubted (pattern 13)."""
    for few in ((), BOTH[:1], (BOTH[0], BOTH[0]), (BOTH[0], SeizureWitness(code="W2", signed=False))):
        when(given(fir()), seized(witnesses=few)).doubted("fewer than two witnesses (BNSS s.103)")


def test_what_courts_ask_of_a_memo() -> None:
    """A diary entry, a recording by its id, a copy for whom it was taken from, a memo entered once: else doubted."""
    when(given(fir()), seized(gd_entry="")).doubted("names no General Diary entry")
    when(given(fir()), seized(sid="")).doubted("names no audio-video recording (BNSS s.105)")
    when(given(fir()), seized(sid="12")).doubted("12 is no eSakshya id")
    when(given(fir()), seized(from_code="A1")).doubted("no copy of memo SM/1 was given to A1")
    when(given(fir(), seized()), seized(item(2))).doubted("memo SM/1 is already entered")


def test_before_the_bnss_no_recording_was_asked() -> None:
    """The CrPC had no such duty, and goes on to govern what was pending as the BNSS began (BNSS s.531(2)(a))."""
    long_ago, july = datetime(2024, 6, 30, 12, tzinfo=UTC), datetime(2024, 7, 1, 12, tzinfo=UTC)
    old = given(fir(at=long_ago, year=2024, information_received_at=long_ago))
    when(old, seized(at=long_ago, sid="")).entered()
    when(old, seized(at=july, sid="")).entered()
    new = given(fir(at=july, year=2024, information_received_at=long_ago))
    when(new, seized(at=july, sid="")).doubted("names no audio-video recording (BNSS s.105)")


def test_the_seal_leaves_the_officers_hands() -> None:
    """An unsealed article, or a seal that stays with whoever used it, is doubted (pattern 3)."""
    when(given(fir()), seized(item(seal=""))).doubted("PR/1 is not sealed")
    for with_whom in ("", OFFICER.id):
        when(given(fir()), seized(seal_kept_by=with_whom)).doubted("left with no other person after use")
    open_parcel = when(given(fir()), seized(item(seal=""), seal_kept_by=""))
    assert open_parcel.decision.doubts == ("PR/1 is not sealed",)


def test_a_device_is_hashed() -> None:
    """A digital device without its hash at seizure is doubted (pattern 18)."""
    phone = item(category="digital device")
    when(given(fir()), seized(phone)).doubted("PR/1 is a digital device and has no hash")
    when(given(fir()), seized(item(category="digital device", device_hash="ab12", hash_algorithm="SHA256"))).entered()


def test_a_seizure_is_reported() -> None:
    """The Magistrate is told of a memo that is entered, once, and after the seizure."""
    told = when(given(fir(), seized()), reported()).entered()
    assert told.part(Malkhana).reported["SM/1"].version == 3
    when(given(fir(), seized()), reported(at=after(hours=1))).entered()
    when(given(fir(), seized()), reported("SM/9")).refused("0012/2026 has no such seizure memo")
    when(given(fir(), seized(), reported()), reported()).doubted("already reported")
    when(given(fir(), seized()), reported(at=after(hours=0.5))).doubted("dated before the seizure")


def test_what_nobody_seized_does_not_move() -> None:
    """The refusal says what the memos list, and what to do."""
    when(given(fir(), seized(item(1), item(2))), sent(property_id="PR/3")).refused(
        "PR/3 cannot go to the laboratory: the seizure memo of 0012/2026 lists PR/1 and PR/2. "
        "Record case.PropertySeized first."
    )
    when(given(fir()), sent()).refused("the seizure memo of 0012/2026 lists nothing.")


def test_a_long_list_fits_on_a_line() -> None:
    """Of many articles the refusal names the first and the last."""
    many = given(fir(), seized(*(item(n) for n in range(1, 10)))).record
    assert listed(many) == "PR/1, PR/2, PR/3, PR/4, … PR/8 and PR/9"


def test_a_refused_move_is_itself_recorded() -> None:
    """The attempt names the act, the article and the reasons; it changes nothing and is always accepted."""
    record = given(fir(), seized())
    asked = when(record, sent())
    attempt = asked.act.attempt(asked.decision.reasons)
    assert isinstance(attempt, CustodyMoveRefused)
    assert (attempt.attempted, attempt.property_id) == ("case.PropertySentToLaboratory", "PR/1")
    assert attempt.reasons == asked.decision.reasons
    assert attempt.meta.actor == asked.act.meta.actor
    after_it = when(record, attempt).entered()
    assert after_it.part(Malkhana) == record.record.part(Malkhana)
    unknown = act("case.CustodyMoveRefused", property_id="PR/9", reasons=("no",))
    when(record, unknown).entered()


def test_a_struck_move_leaves_the_article_where_it_was() -> None:
    """When the entry that moved it last is struck, the register shows it as before."""
    wrong = deposited()
    record = then(given(fir(), seized()), wrong, struck(wrong, 3))
    assert article(record.record).state == "seized"
    assert article(when(record, deposited(place="rack 5")).entered()).place == "rack 5"


def test_a_struck_entry_leaves_what_came_after_it() -> None:
    """Only what the struck entry wrote is undone: a wrong split, though the article has moved since."""
    portion = Sample(id="PR/1/S1", quantity=Decimal(100), unit="g", seal="M")
    wrong = on("PropertySplit", samples=(portion,), remaining=Decimal(400), seal="M", reason="analysis")
    record = then(in_malkhana(), wrong, sent(seal="M"))
    assert article(record.record).quantity == Decimal(400)
    now = article(then(record, struck(wrong, 4)).record)
    assert (now.state, now.quantity, now.seal) == ("on the way", Decimal(500), "K")


def test_a_struck_seizure_frees_its_ids() -> None:
    """What was entered for the wrong case was never seized here; its id and memo may be used."""
    wrong = seized()
    record = given(fir(), wrong, struck(wrong, 2))
    assert standing(record.record, "PR/1") is None
    when(record, deposited()).refused("lists nothing")
    when(record, reported()).refused("no such seizure memo")
    when(record, seized()).entered()
    moved_since = given(fir(), wrong, deposited(), struck(wrong, 2))
    assert standing(moved_since.record, "PR/1") is None
    when(moved_since, seized()).entered()
    told = reported()
    again = given(fir(), seized(), told, struck(told, 3))
    when(again, reported()).entered()


def test_no_act_follows_the_end() -> None:
    """What is disposed of, or used up in samples, does not move again."""
    gone = then(
        in_malkhana(), on("DisposalOrdered", order="O/9", authority="CJM", provision="BNSS 497", manner="destroyed"),
        on("PropertyDisposed", order="O/9", manner="destroyed", seal="K"),
    )  # fmt: skip
    when(gone, sent()).refused("PR/1 cannot go to the laboratory: 0012/2026 shows it disposed of, for good")
    when(gone, on("PropertyDisposed", order="O/9", manner="destroyed")).refused("cannot be disposed of")


def test_a_move_dated_before_the_last_is_doubted() -> None:
    """An entry earlier than the one before it may be back-dated (pattern 16)."""
    when(given(fir(), seized(at=DAY)), deposited(at=after(hours=-1))).doubted(
        "this is dated before the last move of PR/1 on 2 July 2026"
    )
