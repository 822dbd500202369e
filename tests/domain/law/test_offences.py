"""The class of an offence is computed from its punishment, and what isn't in the tables is never taken for minor."""

from __future__ import annotations

import pytest

from domain.law.offences import Classes, classes, packaged

# section, class 90 (None: the facts of the case decide), whether it is in the two-month list. By the table in which the
# classes were worked out section by section from the punishments as printed.
TABLE = [
    ("BNS 64", True, True), ("BNS 65", True, True), ("BNS 66", True, True), ("BNS 67", False, True),
    ("BNS 68", False, True), ("BNS 69", False, False), ("BNS 70", True, True), ("BNS 71", True, True),
    ("BNS 80", True, False), ("BNS 80(2)", True, False), ("BNS 103", True, False), ("BNS 103(1)", True, False),
    ("BNS 104", True, False), ("BNS 107", True, False), ("BNS 105", None, False),
    ("BNS 105 [first entry]", True, False), ("BNS 105 [second entry]", False, False), ("BNS 108", False, False),
    ("BNS 109(1)", None, False), ("BNS 109(1) [first entry]", False, False), ("BNS 109(1) [second entry]", True, False),
    ("BNS 110", False, False), ("BNS 111(2)(a)", True, False), ("BNS 111(2)(b)", True, False),
    ("BNS 111(7)", False, False), ("BNS 113(2)(a)", True, False), ("BNS 117(3)", True, False),
    ("BNS 118(2)", True, False), ("BNS 124(1)", True, False), ("BNS 139(1)", True, False), ("BNS 140(1)", True, False),
    ("BNS 140(2)", True, False), ("BNS 143(2)", False, False), ("BNS 143(3)", True, False),
    ("BNS 309(4)", False, False),
    ("BNS 309(6)", True, False), ("BNS 331(4)", False, False), ("BNS 331(6)", False, False),
    ("BNS 310(2)", True, False),
    ("BNS 310(3)", True, False), ("BNS 310(4)", False, False), ("BNS 310(5)", False, False), ("BNS 311", False, False),
    ("BNS 312", False, False), ("BNS 316(5)", True, False), ("BNS 331(8)", True, False), ("BNS 332(a)", True, False),
    ("BNS 303(2)", False, False), ("BNS 304(2)", False, False), ("BNS 318(4)", False, False),
    ("NDPS 20(b)(ii)(C)", True, False), ("NDPS 20(b)(ii)(B)", False, False),
    ("POCSO 4", True, True), ("POCSO 6", True, True), ("POCSO 8", False, True), ("POCSO 10", False, True),
    ("POCSO 12", False, False), ("IPC 302", True, False), ("IPC 376", True, False), ("IPC 307", None, False),
    ("IPC 304 Part I", True, False), ("IPC 304 Part II", False, False), ("IPC 379", False, False),
]  # fmt: skip


@pytest.mark.parametrize(("section", "class90", "listed"), TABLE, ids=str)
def test_each_section_has_its_class(section: str, class90: bool | None, listed: bool) -> None:
    """Death, life, or a minimum of ten years; where printed entries differ, the section alone doesn't tell."""
    found = classes([section])
    assert (found.class90, found.two_month_list) == (class90, listed)
    assert found.unknown == ()
    assert found.divided == ((section,) if class90 is None else ())


@pytest.mark.parametrize("section", ["BNS 108", "BNS 309(4)", "BNS 331(6)", "BNS 69", "BNS 143(2)", "NDPS 22(b)"])
def test_up_to_ten_years_is_another_reading_and_only_shown(section: str) -> None:
    """Rakesh Kumar Paul: the minimum decides. The other reading is kept for display."""
    found = classes([section])
    assert found.class90 is False
    assert found.class90_display_max10 is True


def test_the_gravest_section_decides() -> None:
    """Theft and murder make a case of ninety days; one unknown section leaves the rest unsure."""
    assert classes(["BNS 303(2)", "BNS 103(1)"]).class90 is True
    assert classes(["BNS 303(2)", "BNS 318(4)"]).class90 is False
    assert classes(["BNS 303(2)", "BNS 109(1)"]).class90 is None
    assert classes(["BNS 103(1)", "FOREIGN x"]).class90 is True
    assert classes(["BNS 303(2)", "Arms 25"]).class90 is None
    assert classes(["BNS 318(4)", "Arms 25"]).seven_or_more is True


@pytest.mark.parametrize(
    "section", ["FOREIGN x", "Arms 25", "BNS 999", "BNS 103(3)", "IPC 37(6)", "", "BNS", "64", "बीएनएस 64"]
)
def test_a_section_no_table_has_is_told_and_never_minor(section: str) -> None:
    """Unknown is an answer of its own."""
    found = classes([section])
    assert found.unknown == (section,)
    assert (found.class90, found.seven_or_more, found.min3_below7) == (None, None, None)
    assert not found.two_month_list


def test_without_sections_nothing_is_known() -> None:
    """An arrest before any FIR: no class."""
    assert classes([]) == Classes()


@pytest.mark.parametrize(
    ("sections", "band"),
    [
        (["BNS 304(2)"], True),
        (["BNS 316(2)"], True),
        (["BNS 318(4)"], False),
        (["BNS 115(2)"], False),
        (["BNS 115(2)", "BNS 304(2)"], True),
        (["BNS 304(2)", "BNS 318(4)"], False),
        (["BNS 303(2)"], None),
        (["BNS 304(2)", "Excise 34"], None),
    ],
)
def test_the_band_of_the_preliminary_enquiry(sections: list[str], band: bool | None) -> None:
    """Punishable for three years or more but less than seven (BNSS s.173(3)): three is in, seven is out."""
    assert classes(sections).min3_below7 is band


def test_a_clause_lies_in_its_section() -> None:
    """An FIR may cite BNS 64(2)(m) or a section with blanks and small letters; rape is BNS 64 to 71."""
    assert classes(["bns 64 (2)(m)"]).class90 is True
    assert classes(["BNS 64 r/w 3(5)"]).two_month_list
    assert classes(["PoA 3(1)(r)"]).class90 is False
    assert classes(["PoA 3(2)(v)"]).class90 is True
    assert classes(["BNS 64(2)(m)"]).sections == {"BNS 64(2)(m)", "BNS 64(2)", "BNS 64", "BNS"}
    assert all(classes([f"BNS {number}"]).rape for number in range(64, 72))
    assert not any(classes([section]).rape for section in ("BNS 63", "BNS 72", "BNS 74", "POCSO 4"))


def test_special_acts_are_told() -> None:
    """What the NDPS Act changes for some quantities stands in the notes: the section may not tell the quantity."""
    assert "s.36A(4)" in classes(["NDPS 20(b)(ii)(C)"]).notes[0][0]
    assert classes(["BNS 103"]).notes == ()


@pytest.mark.parametrize(
    ("sections", "upto_seven", "summons_case"),
    [
        (["BNS 303(2)"], True, False),  # theft: three years
        (["BNS 318(4)"], True, False),  # cheating: seven years
        (["BNS 103(1)"], False, False),
        (["BNS 309(4)", "BNS 303(2)"], False, False),  # robbery: ten years; the gravest decides
        (["IPC 304A"], True, True),  # two years
        (["BNS 115(2)"], True, True),  # hurt: one year
        (["BNS 115(2)", "BNS 303(2)"], True, False),
        (["FOREIGN x"], None, None),
        (["BNS 115(2)", "FOREIGN x"], None, None),
        (["BNS 103(1)", "FOREIGN x"], False, False),
        ([], None, None),
    ],
)
def test_how_far_the_punishment_reaches(
    sections: list[str],
    upto_seven: bool | None,
    summons_case: bool | None,
) -> None:
    """At most seven years (Arnesh Kumar), at most two (a summons-case): of the gravest section, if it is known."""
    found = classes(sections)
    assert (found.upto_seven, found.summons_case) == (upto_seven, summons_case)


def test_the_tables_are_whole() -> None:
    """Every printed entry has numbers that make sense, and says where it was read."""
    offences = packaged()
    assert len(offences) == 595
    entries = [each for section in offences._found for each in offences._found[section]]  # noqa: SLF001
    assert len(entries) == 596
    assert {each.act for each in entries} == {"BNS", "POCSO", "NDPS", "UAPA", "PoA", "IPC"}
    for each in entries:
        assert each.source
        assert each.title
        assert each.confidence in {"high", "medium"}
        if each.min_years is not None and each.max_years is not None:
            assert each.min_years <= each.max_years
