"""The chain of custody in a court's copy as CASE/UCO: another's validator finds it sound, as its table has it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from roznamcha.case_files import deeds_of
from tests.ledger.copies import Court
from tests.peers.test_case import validated


@pytest.mark.parametrize("audience", ["court", "public"])
def test_it_is_valid_and_no_sealed_name_is_in_it(case: Court, tmp_path: Path, audience: str) -> None:
    """What the community's shapes ask for, and the same moves in the same order as the table beside it."""
    files = case.files(audience)
    document = json.loads(files["extracts/custody.jsonld"])
    done = validated(tmp_path, document)
    assert "Conforms: True" in done.stdout, done.stdout + done.stderr
    assert done.stderr == ""
    assert b"Zzyx" not in files["extracts/custody.jsonld"]
    links = list(csv.DictReader(io.StringIO(files["extracts/custody.csv"].decode())))
    moves = [each for each in document["@graph"] if each["@type"] == "case-investigation:InvestigativeAction"]
    assert [each["uco-core:name"] for each in moves] == [each["act"] for each in links]
    acts = [act for deed in deeds_of(document, "r", "EX-01") for act in deed.acts]
    assert {item["id"] for act in acts for item in act["fields"].get("items", ())} == {"PR/1"}
