"""What the law clocks has a rule or waits by name, every act has a clock or a reason, and the page shows them all."""

from __future__ import annotations

from collections import Counter
from os import mkfifo
from pathlib import Path

import pytest

import domain
from domain.event import ACTS
from domain.law import waiting as kept
from domain.law.book import FOLDERS, read_yaml
from domain.law.rule import BadRule
from domain.law.waiting import NOTHING, unclocked, waiting
from roznamcha.errors import Usage
from roznamcha.lab.rules import LARGEST, texts_in
from roznamcha.law_table import LAWS, page
from tests.domain.law.bench import RULE
from tests.domain.law.kit import BOOK
from tests.domain.law.test_commands import ask, run

ROOT = Path(__file__).resolve().parents[3]
WAITING = waiting()
PERIODS = frozenset(
    """
    fir-copy efir-sign fir-web fir-copy-acc prelim ncr-fort zero-transfer report-157 forensic-7 refusal
    arr-permit arr-woman notice-35-3 no-arrest-dec grounds-2h arr-inform arr-med acc-rape-med prod-24 priv-arr prev-24
    pc-15 exec-remand def-bail summons-6m ut-half trial-60-bail cust-death-pm cust-death-nhrc
    search-48 av-search seiz-report perish-500 rape-med-24 rape-med-rep-7 vic-stmt-183 inv-2m inv-poa-60 progress-90
    report-inform further-90 sanction-120 attach-14 dist-60 diary dna-48 proc-84 absentia-90 copies-8
    inq-intim inq-rep-24 inq-7y miss-child-fir miss-child-4m miss-upload pocso-24 pocso-care-24 pocso-evid-30
    pocso-trial-1y rape-trial-2m jj-24 jj-sir jj-4m jj-3m ndps-42 ndps-57 ndps-52a ndps-50 ndps-sample ndps-180
    uapa-180 prev-bond prev-inq-6m order-163 mv-far mv-rights mv-iar mv-cs mv-dar mv-159
    ndps-report-15 poa-trial-2m poa-no-prelim
    prop-stmt-14 prop-disp-30 prop-produce prop-hold-2m prop-claim-6m copies-14 commit-90 disch-60 charge-60
    doc-admit-30 plea-30 judg-30 judg-45 judg-web-7 vc-sign-72 appeal-6m mercy limitation
    mlr-due pmr-due fsl-due
    name-39 petty-172 nuisance-157 defamation-222 victim-comp-2m appeal-state-6m notice-483 purchaser-499
    """.split()  # noqa: SIM905 (a list to read, not to index)
)
"""The periods found in the statutes, in the order of a case's life; the last line are those that came last."""
PARTS = {
    "acc-rape-rep",
    "pocso-24-court",
    "search-165",
    "report-176-2",
    "ut-full",
    "limitation-468",
    "prev-inq-det",
    "disch-60-warrant",
}
"""What has a clock or a line of its own and is a part of another period: a second duty, an older Code."""
OWN = {"intake-report", "intake-hospital", "intake-mlc"}
"""Policies for what no statute speaks of: what came before its case, and waits."""


def test_every_period_has_a_rule_or_is_said_to_have_none() -> None:
    """And none has both."""
    rows = [each.row for each in WAITING]
    assert set(rows) | set(BOOK.rules) == PERIODS | PARTS | OWN
    assert not set(rows) & set(BOOK.rules)
    assert [row for row, times in Counter(rows).items() if times > 1] == []


def test_what_waits_says_for_what() -> None:
    """A register that isn't there, an act, a text, another form …; or nothing, because no duty ends on a day."""
    registers = {act.partition(".")[0] for act in ACTS}
    for each in WAITING:
        need, _, register = each.waits_for.partition("register ")
        assert need == "" or each.waits_for in {"an act", "a column", "a text", "the form of a rule", NOTHING}
        assert register not in registers, f"{each.row} waits for a register that is there"


def test_every_act_has_a_clock_or_a_reason() -> None:
    """An act that no rule names is listed with why, and one that a rule names isn't."""
    domain.load()
    reasons = unclocked()
    entered = {name for name, cls in ACTS.items() if cls.by_hand}
    assert entered - set(BOOK.interests) == set(reasons)


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("waiting", "- {row: a, law: b, waits_for: c}", "a row has law, row, waits_for, why"),
        ("waiting", "- {row: a, law: b, waits_for: c, why: ''}", "a row has law, row, waits_for, why"),
        ("unclocked", "- {why: a, acts: [X]}\n- {why: b, acts: [X]}", "unclocked.yaml:2: X stands twice"),
        ("unclocked", "- {why: a, acts: []}", "a row has acts, why"),
        ("unclocked", "- {why: a, acts: ['*.Nothing']}", r"unclocked.yaml:1: no register has the act \*.Nothing"),
        (
            "unclocked",
            "- {why: a, acts: ['*.EntryCorrected']}\n- {why: b, acts: [inquest.EntryCorrected]}",
            "unclocked.yaml:2: inquest.EntryCorrected stands twice",
        ),
    ],
)
def test_a_list_that_leaves_something_unsaid_is_refused(
    name: str, text: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a rule would be."""
    monkeypatch.setattr(kept, "read_beside", lambda file: read_yaml(text, file))
    with pytest.raises(BadRule, match=told):
        getattr(kept, name)()


def test_the_page_is_what_the_command_prints() -> None:
    """`./run law table > docs/rule-book.md`, after every change of a rule."""
    text = (ROOT / "docs" / "rule-book.md").read_text(encoding="utf-8")
    assert text == run("table") == ask("table")["markdown"]
    assert text == page(BOOK, WAITING, unclocked())


def test_the_page_has_every_rule_and_every_period_once() -> None:
    """Under the law it is of, with title, law and review."""
    text = run("table")
    firsts = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| `")]
    names = [first.strip("`") for first in firsts if " " not in first]
    assert set(names) >= {*BOOK.rules, *(each.row for each in WAITING)}
    assert set(LAWS) == set(FOLDERS)
    for rule in BOOK.rules.values():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{rule.id}` "))
        assert rule.title["en"] in line
        assert rule.title["hi"] in line
        assert all(version.law in line for version in rule.versions)
        assert line.endswith("| no |")
        assert ("| no law |" in line) is rule.is_policy
        assert (" * |" in line) is (rule.start_setting is not None)


def test_the_readme_and_the_changes_count_right() -> None:
    """As many rules as they say."""
    for name in ("README.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert f" {len(BOOK.rules)} rules" in text, f"{name} counts other rules"


def test_a_folder_is_checked(tmp_path: Path) -> None:
    """Every flaw with file and line, exit code 2; nothing to complain of, exit code 0."""
    from tests.domain.law.test_form import GOOD  # noqa: PLC0415 (what a test there spoils)

    assert ask("check-book")["flaws"] == []
    (tmp_path / "c.yaml").write_text(GOOD.replace("on: null, by: null", "on: 2999-01-01, by: A. Lawyer"))
    assert "2999-01-01 is still to come" in run("check-book", str(tmp_path), code=2)
    (tmp_path / "c.yaml").unlink()
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "a.yaml").write_text(GOOD.replace('    quote: "q"\n', ""), encoding="utf-8")
    assert ask("check-book", str(tmp_path)) == {"ok": True, "files": 1, "flaws": []}
    spoilt = GOOD.replace("counting: days-first-excluded", "counting: roughly").replace("per: record", "per: moon")
    (tmp_path / "b.yaml").write_text(spoilt, encoding="utf-8")
    found = ask("check-book", str(tmp_path), code=2)
    assert [(each["file"], each["line"]) for each in found["flaws"]] == [
        (f"{tmp_path.name}/b.yaml", 5),
        (f"{tmp_path.name}/b.yaml", 10),
    ]
    printed = run("check-book", str(tmp_path), code=2)
    assert f"{tmp_path.name}/b.yaml:5: rule a-rule: per: 'moon' is none of record" in printed
    assert printed.endswith("2 rule files: 2 flaws\n")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "nowhere", "large", "letters"])
def test_only_plain_files_are_read_as_rules(tmp_path: Path, kind: str) -> None:
    """A pipe would hold the program for ever, a device fill its memory; whatever else is in the folder isn't read."""
    file, told = tmp_path / "x.yaml", "a rule file is a plain file"
    if kind == "pipe":
        mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind in {"device", "nowhere"}:
        file.symlink_to("/dev/zero" if kind == "device" else "nothing")
    else:
        file.write_bytes(b"#" * (LARGEST + 1) if kind == "large" else b"rule: \xff")
        told = "more than 262,144 bytes" if kind == "large" else "can't be read as text in UTF-8"
    with pytest.raises(Usage, match=f"^{file}:? .*{told}"):
        run("check-book", str(tmp_path), "--foreign")


@pytest.mark.parametrize("name", ["Z.YAML", "Z.Yml"])
def test_a_name_in_capitals_is_read_too(tmp_path: Path, name: str) -> None:
    """A rule that is left out in silence counts nothing."""
    (tmp_path / "a.yaml").write_text(RULE)
    (tmp_path / name).write_text(RULE.replace("a-rule", "z-rule").replace("limit: 3 days", "limit: soon"))
    (only,) = ask("check-book", str(tmp_path), "--foreign", code=2)["flaws"]
    assert (only["file"], only["line"]) == (f"{tmp_path.name}/{name}", 8)


def test_a_rule_is_the_same_however_its_lines_end(tmp_path: Path) -> None:
    """By its digest too."""
    for name, end in (("a", "\n"), ("b", "\r\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.yaml").write_bytes(RULE.replace("\n", end).encode())
    assert texts_in(tmp_path) == {"a/x.yaml": RULE, "b/x.yaml": RULE}
