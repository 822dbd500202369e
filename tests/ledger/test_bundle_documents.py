"""Documents in the court's copy: each audience has those that it may see, under their own digests, and no others."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from roznamcha.errors import Broken
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.verify import judge, unpack
from tests.acts import act
from tests.ledger.copies import BY, Court, values
from tests.roznamcha.test_store import store_on

OPEN, OF_VICTIM, OF_ACCUSED = b"a notice", b"what V1 said", b"what A1 said"
PAPERS = {OPEN: ("--document-open",), OF_VICTIM: ("--document-of", "V1"), OF_ACCUSED: ("--document-of", "A1")}
SEES = {"public": {OPEN}, "accused": {OPEN, OF_ACCUSED}, "court": {OPEN, OF_ACCUSED}, "sealed": set(PAPERS)}
WHO = ("--by", "CG-1001,SI,station officer", "--station", "CG-RPR-01")


@pytest.fixture(scope="module")
def record(case: Court, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Another case than that of the copies, with three documents."""
    folder, store = tmp_path_factory.mktemp("papers"), store_on(case.keeper.url)
    record = str(store.record(act("case.FIRRegistered")).record_id)
    store.datastore.close()
    for n, (text, more) in enumerate(PAPERS.items()):
        paper = folder / f"paper {n}.PDF"
        paper.write_bytes(text)
        visit = ("record", "case.SceneVisited", *WHO, "--record", record, "--field", "place=market")
        case.run(*visit, "--document", str(paper), *more)
    return record


@pytest.mark.parametrize("audience", RULES)
def test_each_audience_has_its_documents(case: Court, record: str, tmp_path: Path, audience: str) -> None:
    """What is open is for all; what is sealed, for whom its person's columns are opened; each fits its disclosure."""
    out = tmp_path / "copy.zip"
    case.run("bundle", record, "--for", audience, "-o", str(out), *BY)
    files = unpack(out.read_bytes())
    exhibits = {name: data for name, data in files.items() if name.startswith("exhibits/")}
    assert set(exhibits.values()) == SEES[audience]
    assert set(exhibits) == {f"exhibits/{sha256(each).hexdigest()}.pdf" for each in SEES[audience]}
    told = [value for name, value in values(files) if name.endswith(".document_digest")]
    assert set(told) == {sha256(each).hexdigest() for each in SEES[audience] - {OPEN}}
    assert {how for _, how, _ in judge(out.read_bytes(), case.policy)} <= {"OK", "NOT CHECKED"}


def test_a_copy_with_an_altered_document_is_not_made(case: Court, record: str, tmp_path: Path) -> None:
    """What is no longer what was attached goes to no court."""
    path = next((case.keeper.folder / "data" / "documents").rglob(sha256(OPEN).hexdigest()))
    path.chmod(0o600)
    path.write_bytes(OPEN.upper())
    try:
        told = case.run("bundle", record, "--for", "public", "-o", str(tmp_path / "x.zip"), code=Broken.exit_code)
        assert "was altered" in told
        assert not (tmp_path / "x.zip").exists()
    finally:
        path.write_bytes(OPEN)
