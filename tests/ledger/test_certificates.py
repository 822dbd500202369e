"""Drafts of certificates: the words of the law, the copy's verdict, and nothing that a person must answer for."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from roznamcha.ledger.certificate import certificate_of, form_for
from roznamcha.ledger.report import Copy
from schemas import catalogue
from tests.ledger.copies import Court, packed
from tests.ledger.keeping import BASE
from tests.ledger.papers import read, squeezed
from tests.ledger.test_attacks import fork

ZONE = ZoneInfo("Asia/Kolkata")
SCHEDULE = """
do hereby solemnly affirm and sincerely state and submit as follows:—

I have produced electronic record/output of the digital record taken from the following
device/digital record source (tick mark):—

If the computer/digital device at any point of time was not working properly or out of operation,
then it has not affected the electronic/digital record or its accuracy.

The produced electronic record/output of the digital record are obtained from the following
device/digital record source (tick mark):—

(Hash report to be enclosed with the certificate)

(Name, designation and signature)

(To be filled by the Expert)
"""


def test_the_certificate_has_the_schedules_words(case: Court, tmp_path: Path) -> None:
    """Parts A and B as the Gazette has them, every digest, and nothing filled in that a person answers for."""
    (tmp_path / "copy.zip").write_bytes(case.copies["court"])
    told = case.run("certificate", str(tmp_path / "copy.zip"), "-o", str(tmp_path / "c.pdf"))
    assert told["form"] == "63"
    copy = Copy(case.copies["court"], catalogue())
    found = read((tmp_path / "c.pdf").read_bytes())
    for each in SCHEDULE.split("\n\n"):
        assert squeezed(each) in found, each
    filled = certificate_of(copy, "63", "copy.zip", ZONE)
    assert found.count(filled["sha256"]) == 3
    assert {name for name, *_ in filled["files"]} == {*copy.files}
    assert all(digest in found for _, digest, _ in filled["files"])
    assert found.count("DRAFT:tobereadandchecked") == 2
    assert "admissible" not in found
    assert re.search(r"Date\(DD/MM/YYYY\):Time\(IST\):hours\(In24hoursformat\)Place:", found)


@pytest.mark.parametrize("form", ["63", "65B"])
def test_a_certificate_says_whose_log_it_is_or_that_nobody_compared(case: Court, tmp_path: Path, form: str) -> None:
    """A stranger's fork under his own key: refused by the court's policy; without one the page says NOT CHECKED."""
    forked = packed(fork(case.files("court")))
    (tmp_path / "policy.txt").write_text(case.policy_text)
    asked = ("certificate", str(tmp_path / "c.zip"), "-o", str(tmp_path / "c.pdf"), "--form", form)
    with_policy = (*asked, "--policy", str(tmp_path / "policy.txt"))
    for data in (forked, case.copies["court"]):
        (tmp_path / "c.zip").write_bytes(data)
        assert case.run(*asked)["verdict"]["LOGGED"] == "NOT CHECKED"
        found = read((tmp_path / "c.pdf").read_bytes())
        assert squeezed("no key was compared, and whose log that is was NOT CHECKED") in found
        assert squeezed("किसी कुंजी से मिलान नहीं किया गया") in found
        assert "provedinthelog" not in found
        assert "नीतिकेबिना" in found
        (tmp_path / "c.pdf").unlink()
    (tmp_path / "c.zip").write_bytes(forked)
    assert "is signed by no log that the policy knows" in case.run(*with_policy, code=3)
    assert not (tmp_path / "c.pdf").exists()
    (tmp_path / "c.zip").write_bytes(case.copies["court"])
    assert case.run(*with_policy)["verdict"]["LOGGED"] == "OK"
    found = read((tmp_path / "c.pdf").read_bytes())
    assert squeezed(f"each proved in the log {BASE}/2026 at ") in found
    assert "nokeywascompared" not in found
    assert "मिलाननहीं" not in found
    for line, _, says in Copy(case.copies["court"], catalogue(), case.policy_text).verdict:
        assert squeezed(says) in found, line
    assert found.count("NOTCHECKED") == found.count("जाँचानहींगया") == 3
    assert sha256(case.policy_text.encode()).hexdigest() in found


def test_the_older_form_for_older_proceedings(case: Court, tmp_path: Path) -> None:
    """What began before 1 July 2024 gets the statement under section 65B; either can be asked for, and no third."""
    copy = Copy(case.copies["court"], catalogue())
    assert form_for(copy) == "63"
    copy.entered[0].shown["meta.occurred_at"] = "2024-06-30T18:29:59.000000Z"
    assert form_for(copy) == "65B"
    copy.entered[0].shown["meta.occurred_at"] = "2024-06-30T18:30:00.000000Z"
    assert form_for(copy) == "63"
    (tmp_path / "copy.zip").write_bytes(case.copies["court"])
    asked = ("certificate", str(tmp_path / "copy.zip"), "-o", str(tmp_path / "c.pdf"), "--form")
    told = case.run(*asked, "65B")
    assert (told["form"], len(told["doubts"]), case.run(*asked, "63")["doubts"]) == ("65B", 1, [])
    assert "done after 30 June 2024, for which s.63 BSA is usual; form 65B was asked for" in told["doubts"][0]
    case.run(*asked[:2], "--output", str(tmp_path / "c.pdf"), "--form", "65B")
    found = read((tmp_path / "c.pdf").read_bytes())
    assert "Section65Bprescribesnoform" in found
    assert squeezed("regularly fed into the computer in the ordinary course of the said activities") in found
    assert "they are 63, 65B" in case.run(*asked, "64", code=2)


def test_headings_and_labels_have_hindi_too(case: Court, tmp_path: Path) -> None:
    """Of both forms, beside the English words and behind none of them; that it is a translation stands above."""
    (tmp_path / "copy.zip").write_bytes(case.copies["court"])
    for form, labels in (
        ("63", ("भाग क (पक्षकार द्वारा भरा जाए)", "भाग ख (विशेषज्ञ द्वारा भरा जाए)", "निर्माता और मॉडल",
                "नाम, पदनाम और हस्ताक्षर", "जो लागू हो चुनें", "हैश रिपोर्ट प्रमाणपत्र के साथ")),
        ("65B", ("निर्माता और मॉडल", "नाम, पदीय स्थिति और हस्ताक्षर", "उत्तरदायी पद पर है")),
    ):  # fmt: skip
        case.run("certificate", str(tmp_path / "copy.zip"), "-o", str(tmp_path / "c.pdf"), "--form", form)
        found = read((tmp_path / "c.pdf").read_bytes())
        for each in (*labels, "तारीख (दिन/मास/वर्ष)", "हिंदी शब्द पढ़ने के लिए किया गया अनुवाद हैं"):
            assert squeezed(each) in found, (form, each)
