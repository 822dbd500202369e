"""A chain of custody as CASE/UCO: another's validator finds it sound, and what it says comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from projections.custody import Custody
from projections.links import Chain, follow
from roznamcha.case_export import case_of
from roznamcha.case_files import deeds_of
from tests.domain.case.builders_fir import fir
from tests.domain.case.builders_property import deposited, received, seized, sent
from tests.dsl import RECORD, given
from tests.projections.custody_acts import OPENED, copied, split

VALIDATE = Path(sys.executable).parent / "case_validate"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """A chain with a break, a copy, a sample and a way to the laboratory."""
    acts = (fir(), seized(), deposited(gd_entry=""), OPENED, copied(), split(), sent(), received())
    chain, view = Chain(RECORD), Custody()
    for entry in given(*acts).entries:
        for _, handler in view.touched(entry):
            handler(view, chain, entry)
    return case_of(chain, "CG-RPR-01/0012/2026", follow(chain)[0])


def validated(folder: Path, document: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    """What the validator of the CASE community says of a document."""
    (folder / "custody.jsonld").write_text(json.dumps(document))
    command = [str(VALIDATE), "--abort", str(folder / "custody.jsonld")]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_what_is_written_is_valid(tmp_path: Path, document: dict[str, Any]) -> None:
    """It conforms to the shapes of CASE, and uses no concept that the ontology has not."""
    done = validated(tmp_path, document)
    assert "Conforms: True" in done.stdout, done.stdout + done.stderr
    assert done.stderr == ""


def test_the_validator_would_object(tmp_path: Path, document: dict[str, Any]) -> None:
    """The check above is no idle one: an annotation of nothing, and a concept that nobody knows, are named."""
    note = {"@id": "kb:Annotation-1", "@type": "uco-core:Annotation", "uco-core:statement": "x"}
    unknown = {"@id": "kb:Thing-1", "@type": "case-investigation:Malkhana"}
    told = validated(tmp_path, {**document, "@graph": [*document["@graph"], note, unknown]})
    assert "Conforms: False" in told.stdout
    assert "Malkhana" in told.stdout + told.stderr


def test_what_is_written_is_read_again(document: dict[str, Any]) -> None:
    """Exhibits and what each comes from; a break is an annotation on its action."""
    acts = [act for deed in deeds_of(document, "r", "EX-01") for act in deed.acts]
    origins = {item["id"]: act["fields"].get("property_id") for act in acts for item in act["fields"].get("items", ())}
    assert origins == {"PR/1": None, "PR/1/C1": "PR/1", "PR/1/S1": "PR/1"}
    notes = [each["uco-core:statement"] for each in document["@graph"] if each["@type"] == "uco-core:Annotation"]
    assert notes == ["deposited without a General Diary entry"]
    assert "Someone" not in json.dumps(document)
