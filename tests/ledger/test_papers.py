"""Papers made of a copy: what the copy says, in both languages, in the same bytes each time; and signatures."""

from __future__ import annotations

import io
import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from domain.law.book import shipped_texts
from roznamcha import signing
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.ledger import report
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.entered import entered
from roznamcha.ledger.report import Copy, report_of
from roznamcha.ledger.verify import Bundle, unpack
from roznamcha.sheets import rows_in
from roznamcha.typeset import typeset
from schemas import Schema, catalogue
from tests.ledger.authority import authority
from tests.ledger.copies import ACCUSED, VICTIM, WITNESS, Court, packed
from tests.ledger.papers import PASSPHRASE, officer, read, squeezed, texts

ZONE = ZoneInfo("Asia/Kolkata")


def paper(copy: Copy) -> bytes:
    """The report on a copy."""
    return typeset("report", report_of(copy, ZONE), made=copy.made)


def test_a_report_reads_back_as_it_was_told(case: Court) -> None:
    """Every text that went in, Hindi and English, is what a viewer copies out of the PDF."""
    copy = Copy(case.copies["sealed"], catalogue(), case.policy_text)
    told = report_of(copy, ZONE)
    found = read(paper(copy), foot=f"FIR {told['fir']}, {told['station']} · {told['audience']['hi']}")
    printed = {key: value for key, value in told.items() if key not in {"bytes", "manifest"}}
    skipped = {each["how"] for each in told["verdict"]} | {each["name"] for each in told["history"]}
    missing = [each for each in texts(printed) if each not in skipped and squeezed(each) not in found]
    assert not missing
    assert squeezed("but for those in the English lines of the verdict, which verify.py writes: they are UTC") in found
    assert squeezed(copy.bundle.told[-1]["at"]) in found, "COMPLETE has that time of UTC"
    assert any("ऀ" <= sign <= "ॿ" for sign in found)
    assert squeezed("प्रथम सूचना रिपोर्ट दर्ज (IIF-1) · FIR registered (IIF-1)") in found
    versions = [each.told.get("version", "") for each in copy.entered if each.told["kind"] != "deadline"]
    assert [each["number"] for each in told["history"]] == [str(each) for each in versions]
    assert told["history"][0]["number"] == "1", "counted as `history` and what names an entry count, from 1"


def test_a_report_shows_what_its_copy_shows(case: Court) -> None:
    """Names stand in it for whom the copy shows them, and for nobody else; what is withheld has its reason."""
    names = {"public": set(), "accused": {ACCUSED}, "court": {WITNESS, ACCUSED}, "sealed": {VICTIM, WITNESS, ACCUSED}}
    for audience in RULES:
        copy = Copy(case.copies[audience], catalogue())
        found = read(paper(copy))
        assert {each for each in (VICTIM, WITNESS, ACCUSED) if squeezed(each) in found} == names[audience]
        reasons = {each["reason"] for each in json.loads(case.files(audience)["withheld.json"])}
        assert all(squeezed(each) in found for each in reasons)
        assert ("किसने:रोकागया" in found) == (audience == "public")


def test_what_was_not_checked_is_not_called_good(case: Court) -> None:
    """Without a policy four lines and the log read NOT CHECKED, in both languages; with one the log is OK."""
    without, with_one = (Copy(case.copies["court"], catalogue(), policy) for policy in ("", case.policy_text))
    for copy, unchecked in ((without, 4), (with_one, 3)):
        found = read(paper(copy))
        assert found.count("NOTCHECKED") == found.count("जाँचानहींगया") == unchecked
    assert "नीतिकेबिना" in read(paper(without))
    assert "नीतिकेबिना" not in read(paper(with_one))


def test_the_same_copy_gives_the_same_bytes(case: Court, tmp_path: Path) -> None:
    """Twice, through the program, whatever the file is called."""
    pages = []
    for name in ("one.zip", "other.zip"):
        (tmp_path / name).write_bytes(case.copies["court"])
        told = case.run("report", str(tmp_path / name), "-o", str(tmp_path / "r.pdf"))
        assert (told["signed_by"], told["audience"]) == (None, "court")
        pages.append((tmp_path / "r.pdf").read_bytes())
    assert pages[0] == pages[1] == paper(Copy(case.copies["court"], catalogue()))


def test_nothing_is_said_of_a_copy_that_fails(case: Court, tmp_path: Path) -> None:
    """A byte that was changed, a text that isn't the leaf's, a policy of other keys: exit 3, and no file."""
    files = case.files("court")
    place = next(name for name in sorted(files) if name.startswith("disclosures/"))
    forged = packed({**files, place: files[place].replace(b"\n", b"A\n", 1)})
    for name, data in (
        ("flipped", case.copies["court"][:-30] + b"x" * 30),
        ("forged", forged),
        ("cut", case.copies["court"][:-1]),
    ):
        (tmp_path / "c.zip").write_bytes(data)
        for command in ("report", "certificate"):
            told = case.run(command, str(tmp_path / "c.zip"), "-o", str(tmp_path / "r.pdf"), code=3)
            assert "FAILED" not in told, name
            assert not (tmp_path / "r.pdf").exists()
    (tmp_path / "c.zip").write_bytes(b"")
    assert "is empty" in case.run("report", str(tmp_path / "c.zip"), "-o", str(tmp_path / "r.pdf"), code=2)
    other = case.policy_text.replace("log ", "log x", 1)
    with pytest.raises(Broken, match="no verifier key"):
        Copy(case.copies["court"], catalogue(), other)


def test_a_policy_that_is_none_is_not_told_as_a_broken_copy(case: Court, tmp_path: Path) -> None:
    """What stands in the policy and is no key is named with its file, and ends with 1: 3 is kept for the copy."""
    (tmp_path / "c.zip").write_bytes(case.copies["court"])
    (tmp_path / "policy.txt").write_text("log keys\nquorum none\n")
    asked = ("report", str(tmp_path / "c.zip"), "-o", str(tmp_path / "r.pdf"), "--policy", str(tmp_path / "policy.txt"))
    assert "policy.txt: no verifier key: keys" in case.run(*asked, code=1)
    assert not (tmp_path / "r.pdf").exists()


def test_what_no_entry_of_ours_holds_is_refused(case: Court, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that holds, but with something in it that can't be read, is told as such; never a trace."""
    copy = Copy(case.copies["court"], catalogue())
    copy.files = {**copy.files, "extracts/custody.csv": b"property_id,number\nPR/1,x\n"}
    with pytest.raises(Broken, match="cannot be read"):
        report_of(copy, ZONE)
    monkeypatch.setattr(report, "entered", lambda *_: {}["missing"])
    with pytest.raises(Broken, match="cannot be read"):
        Copy(case.copies["court"], catalogue())


def test_titles_are_those_of_then(case: Court) -> None:
    """An act that is called otherwise since is printed as its own schema calls it; one without schema by its name."""

    class Since:
        """The schemas of a later release, in which everything was renamed; `kept`: with the old ones beside."""

        kept = True

        def versions(self, name: str) -> list[Schema]:
            old = catalogue().versions(name)
            if not old:
                return []
            renamed = json.loads(old[-1].text) | {"title": {"en": "RENAMED", "hi": "नया नाम"}}
            return [*(old if self.kept else []), Schema(name, 99, json.dumps(renamed), catalogue().commons)]

    now, bundle = Since(), Bundle(unpack(case.copies["court"]), None)
    then = [each.title["en"] for each in entered(bundle, catalogue())]
    assert [each.title["en"] for each in entered(bundle, now)] == then  # type: ignore[arg-type]
    now.kept = False
    lacking = entered(bundle, now)  # type: ignore[arg-type]
    assert [each.title["en"] for each in lacking if each.act] == [each.name for each in lacking if each.act]
    acts = [each for each in report_of(Copy(case.copies["court"], catalogue()), ZONE)["history"] if each["actor"]]
    told = [each.shown["meta.actor"] for each in entered(bundle, catalogue()) if "meta.actor" in each.shown]
    assert [each["actor"].split(", ")[0] for each in acts][:2] == [each["rank"] for each in told][:2]


def test_custody_with_its_breaks(case: Court) -> None:
    """The seal that differs from the one before stands below the chain, in both languages."""
    copy = Copy(case.copies["court"], catalogue())
    (article,) = report_of(copy, ZONE)["custody"]
    assert [each["seal"] for each in article["links"]] == ["S", "T"]
    assert any("the seal is another" in each["says"]["en"] for each in article["breaks"])
    found = read(paper(copy))
    assert all(squeezed(each["says"][language]) in found for each in article["breaks"] for language in ("hi", "en"))


def test_the_times_of_a_break_are_written_as_all_others(case: Court) -> None:
    """In the station's zone, as an officer writes them; the table has them as they were entered."""
    copy, name = Copy(case.copies["court"], catalogue()), "extracts/custody-breaks.csv"
    rows = rows_in(copy.files[name].decode())
    timed = [each for each in rows if json.loads(each["times"])]
    assert timed
    assert all(at in each["detail"] for each in timed for at in json.loads(each["times"]))
    (article,) = report_of(copy, ZONE)["custody"]
    told = [each["detail"] for each in article["breaks"]]
    assert sum(bool(re.search(r"\d\d\.\d\d\.2026 \d\d:\d\d", each)) for each in told) == len(timed)
    assert not any(re.search(r"\dT\d", each) for each in told)


def test_clocks_with_the_words_of_the_law_applied(case: Court) -> None:
    """A clock has its rule's words where the copy has the very text that was applied, else that text's digest."""
    copy, name = Copy(case.copies["court"], catalogue()), "extracts/rules/fir-copy.yaml"
    text = shipped_texts()["bnss/fir-copy.yaml"].encode()
    told = {"rule": "fir-copy", "subject": "", "number": 1, "law": "BNSS 2023 s.173(2)", "reviewed": False,
            "digest": sha256(text).hexdigest(), "due_at": "2026-03-03T05:07:00.000000Z"}  # fmt: skip
    facts = [
        replace(
            copy.entered[0], place=place, told=copy.entered[0].told | {"kind": "deadline"},
            shown=told | {"meta.act": {"name": act}}, schema=catalogue().latest[act],
        )
        for place, act in ((40, "deadline.Opened"), (41, "deadline.Lapsed"))
    ]  # fmt: skip
    copy.entered += facts
    copy.files = {**copy.files, name: text}
    found = read(paper(copy))
    for each in (
        "shall be given forthwith, free of cost, to the informant or the victim",
        "एफआईआर की निःशुल्क प्रति",
        "समय-सीमा बीती",
        "no copy to the informant or the victim is entered",
        "03.03.2026 10:37",
        "no lawyer has reviewed this rule",
        "Gazette of India of 25 December 2023",
    ):
        assert squeezed(each) in found, each
    copy.files = {**copy.files, name: text + b"# another"}
    (clock,) = report_of(copy, ZONE)["clocks"]
    assert clock["text"] is None
    found = read(paper(copy))
    assert squeezed("the text of the rule that was applied is not in this copy") in found
    assert "forthwith,freeofcost" not in found


def test_an_officer_signs(case: Court, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature is good to pyHanko's validator and to openssl, and stands behind the unsigned bytes."""
    p12, ca = officer(tmp_path / "own")
    (tmp_path / "copy.zip").write_bytes(case.copies["court"])
    asked = ("report", str(tmp_path / "copy.zip"), "-o", str(tmp_path / "r.pdf"))
    case.run(*asked)
    plain = (tmp_path / "r.pdf").read_bytes()
    (tmp_path / "pass").write_bytes(PASSPHRASE + b"\n")
    told = case.run(*asked, "--sign", str(p12), "--passphrase", str(tmp_path / "pass"))
    data = (tmp_path / "r.pdf").read_bytes()
    assert told["signed_by"] == "Namuna Officer"
    assert data.startswith(plain)
    assert read(data) == read(plain)
    trusted = ValidationContext(trust_roots=[load_cert_from_pemder(str(ca))])

    def judged(pdf: bytes) -> tuple[bool, bool, bool]:
        found = validate_pdf_signature(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0], trusted)
        return found.intact, found.valid, found.trusted

    assert judged(data) == (True, True, True)
    assert b"/ETSI.CAdES.detached" in data
    assert judged(data.replace(b"/Title", b"/Titl3", 1))[0] is False
    first, length, second, rest = map(int, re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)", data)[0])
    assert (first, second + rest) == (0, len(data))
    (tmp_path / "content").write_bytes(data[:length] + data[second:])
    (tmp_path / "sig").write_bytes(bytes.fromhex(data[length + 1 : second - 1].decode()))
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(tmp_path / "sig"), "-content",
               str(tmp_path / "content"), "-CAfile", str(ca), "-purpose", "any", "-out", "/dev/null"]  # fmt: skip
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (tmp_path / "content").write_bytes(data[:length] + data[second:-1] + b"x")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    monkeypatch.setenv(signing.VARIABLE, "another")
    (tmp_path / "r.pdf").unlink()
    assert "the passphrase is another" in case.run(*asked, "--sign", str(p12), code=2)
    assert not (tmp_path / "r.pdf").exists()
    for later in (timedelta(days=30), timedelta(days=-30)):
        with pytest.raises(Refused, match="and not now"):
            signing.signer_in(p12, PASSPHRASE, datetime.now(UTC) + later)
    for wrong in (tmp_path / "nowhere.p12", ca):
        with pytest.raises(Usage):
            signing.signer_in(wrong, PASSPHRASE, datetime.now(UTC))


def test_a_signature_with_an_authoritys_time(case: Court, tmp_path: Path) -> None:
    """The authority's token is in the signature, and good by its own certificate; one that is away is told."""
    p12, ca = officer(tmp_path / "own")
    (tmp_path / "copy.zip").write_bytes(case.copies["public"])
    (tmp_path / "pass").write_bytes(PASSPHRASE)
    asked = ("report", str(tmp_path / "copy.zip"), "-o", str(tmp_path / "r.pdf"))
    sign = ("--sign", str(p12), "--passphrase", str(tmp_path / "pass"), "--tsa")
    with authority(tmp_path / "tsa") as (url, theirs):
        case.run(*asked, *sign, url)
        trusted, clock = (ValidationContext(trust_roots=[load_cert_from_pemder(str(each))]) for each in (ca, theirs))
        read_back = PdfFileReader(io.BytesIO((tmp_path / "r.pdf").read_bytes())).embedded_signatures[0]
        found = validate_pdf_signature(read_back, trusted, ts_validation_context=clock)
        assert (found.intact, found.valid, found.trusted) == (True, True, True)
        assert (found.timestamp_validity.intact, found.timestamp_validity.trusted) == (True, True)
    (tmp_path / "r.pdf").unlink()
    assert "gives no time stamp" in case.run(*asked, *sign, url, code=4)
    assert "give --sign too" in case.run(*asked, "--tsa", url, code=2)
    assert not (tmp_path / "r.pdf").exists()
