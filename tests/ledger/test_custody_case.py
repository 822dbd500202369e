"""The chain of custody in a court's copy as CASE/UCO: another's validator finds it sound, as its table has it."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from consumers.embedded import connected
from roznamcha.case_files import deeds_of
from roznamcha.commands.extracting import extracts
from roznamcha.intake import read_act
from roznamcha.ledger import verify
from roznamcha.ledger.audiences import RULES
from roznamcha.ledger.bundle import Binder
from roznamcha.ledger.kept import Ledger
from roznamcha.ledger.verify import Files, unpack
from roznamcha.office import open_office
from roznamcha.postgres import Embedded
from roznamcha.settings import settings
from tests.acts import NOW, sent
from tests.ledger.copies import BY, Court, court, last, leaf
from tests.peers.test_case import validated
from tests.roznamcha.test_store import store_on


@pytest.mark.parametrize("audience", list(RULES))
def test_it_is_valid_and_no_sealed_name_is_in_it(case: Court, tmp_path: Path, audience: str) -> None:
    """What the community's shapes ask for, and the same moves in the same order as the table beside it."""
    files = case.files(audience)
    document = json.loads(files["extracts/custody.jsonld"])
    done = validated(tmp_path, document)
    assert "Conforms: True" in done.stdout, done.stdout + done.stderr
    assert done.stderr == ""
    assert not any(b"Zzyx" in data for name, data in files.items() if name.startswith("extracts/"))
    links = rows(files, "custody")
    moves = [each for each in document["@graph"] if each["@type"] == "case-investigation:InvestigativeAction"]
    assert [each["uco-core:name"] for each in moves] == [each["act"] for each in links]
    acts = [act for deed in deeds_of(document, "r", "EX-01") for act in deed.acts]
    assert {item["id"] for act in acts for item in act["fields"].get("items", ())} == {"PR/1"}


def test_the_public_is_not_told_in_a_table_what_its_leaves_withhold(case: Court) -> None:
    """Who acted and what was doubted: nothing of it that no open column says, and no break that isn't one."""
    court, public = case.files("court"), case.files("public")
    whole, seen = rows(court, "custody"), rows(public, "custody")
    assert [(each["holder"], each["holder_rank"]) for each in whole] == [("CG-1001", "SI"), ("CG-2001", "")]
    assert [(each["holder"], each["holder_rank"]) for each in seen] == [("withheld", "withheld"), ("CG-2001", "")]
    assert [each["giver"] for each in seen] == ["", "withheld"]
    assert {each["doubts"] for each in seen} == {'["withheld"]'}
    for link, other in zip(whole, seen, strict=True):
        differs = {name for name, value in link.items() if other[name] != value}
        assert differs <= {"holder", "holder_rank", "giver", "giver_rank", "doubts"}
    assert [each["code"] for each in rows(public, "custody-breaks")]
    assert all(each in rows(court, "custody-breaks") for each in rows(public, "custody-breaks"))
    doubts = [doubt for each in whole for doubt in json.loads(each["doubts"])]
    for name, data in public.items():
        if name.startswith("extracts/"):
            assert b"CG-1001" not in data
            assert not any(doubt.encode() in data for doubt in doubts)
    nodes = json.loads(public["extracts/custody.jsonld"])["@graph"]
    names = {each["@id"]: each.get("uco-core:name", "") for each in nodes}
    moves = [each for each in nodes if each["@type"] == "case-investigation:InvestigativeAction"]
    assert [names[each["uco-action:performer"]["@id"]] for each in moves] == ["", ""]
    assert [names[each["uco-action:participant"][0]["@id"]] for each in moves] == ["", "CG-2001"]


def test_clocks_lie_in_a_copy_with_the_texts_that_were_applied(server: Embedded, tmp_path: Path) -> None:
    """Each fact with the digest of its rule's text, and that very text; its cause where the leaves show a cause."""
    with court(server, tmp_path, "court_clocks") as made:
        made.run("tick", "--once")
        for audience in ("public", "accused", "court"):
            made.copy(audience, *BY)
            files = unpack((tmp_path / f"{audience}.zip").read_bytes())
            facts = rows(files, "deadlines")
            assert len(facts) > 5
            texts = {name: sha256(data).hexdigest() for name, data in files.items() if "/rules/" in name}
            assert texts == {f"extracts/rules/{each['rule']}.yaml": each["digest"] for each in facts}
            assert ("causation_id" in facts[0]) == (audience == "court")
            assert any(verify.opened(line)[0] == "meta.cause" for line in shown(files)) == (audience == "court")


def test_a_copy_is_made_again_to_the_byte(server: Embedded, tmp_path: Path) -> None:
    """From the same leaves, after others were entered and signed: tables, CASE file, proofs and all are the same."""
    with court(server, tmp_path, "court_again") as made:
        made.run("tick", "--once")
        made.copy("public")
        first = (tmp_path / "public.zip").read_bytes()
        made.copy("court", *BY)
        files = unpack(first)
        closed_by, record = UUID(leaf(files, last(files))["entry"]), UUID(made.record)
        settings_of = {"ROZNAMCHA_DATA": str(tmp_path / "data"), "ROZNAMCHA_DATABASE_URL": made.keeper.url}
        with open_office(settings(settings_of)) as office, connected(office.url) as connection:
            beside = extracts(office, record, RULES["public"])
            assert beside == {name: data for name, data in files.items() if name.startswith("extracts/")}
            kept = beside | {name: data for name, data in files.items() if name.startswith("exhibits/")}
            binder = Binder(Ledger(connection), office.catalogue, office.keyring)
            again = binder.bind(binder.shown(record, RULES["public"], closed_by), RULES["public"], kept)
        assert again == first


def test_a_break_is_one_to_every_audience_or_is_not_told(server: Embedded, tmp_path: Path) -> None:
    """Two officers at two places are no break where who they were is withheld; and one at both is none for the public.

    For who it was stands in the break.
    """
    item = {"category": "numbered goods", "description": "a knife", "quantity": "1", "unit": "number"}
    with court(server, tmp_path, "court_places") as made:
        store = store_on(made.keeper.url)
        for n, (officer, place) in enumerate((("CG-1002", "bus stand"), ("CG-1001", "bridge")), 2):
            fields = {"items": [{"id": f"PR/{n}", **item}], "memo": f"SM/{n}", "place": place}
            memo = sent("case.PropertySeized", made.record, at="2026-07-02T12:00:00+05:30", **fields)
            memo["actor"] = {"id": officer, "rank": "SI", "role": "seizing officer"}
            store.record(read_act(memo, now=NOW))
        store.datastore.close()
        found = {}
        for audience in ("court", "public"):
            made.copy(audience, *BY)
            files = unpack((tmp_path / f"{audience}.zip").read_bytes())
            found[audience] = [each for each in rows(files, "custody-breaks") if each["code"] == "two places"]
    assert {each["detail"] for each in found["court"]} == {"CG-1001"}
    assert found["public"] == []


def shown(files: Files) -> list[str]:
    """Every column that a copy shows."""
    return [line for name, data in files.items() if name.startswith("disclosures/") for line in data.decode().split()]


def rows(files: Files, name: str) -> list[dict[str, str]]:
    """A table of a copy."""
    return list(csv.DictReader(io.StringIO(files[f"extracts/{name}.csv"].decode())))
