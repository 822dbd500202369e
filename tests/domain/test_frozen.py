"""What is shared by all acts does what a frozen dataclass of their own would do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, fields, replace
from typing import Any

import pytest

from domain.frozen import Frozen


class Ours(Frozen):
    """One of ours."""

    must: str
    may: int = 7
    some: list[str] = field(default_factory=list)


class More(Ours):
    """One with a column more, which need not have a default."""

    also: str


@dataclass(frozen=True, kw_only=True)
class Theirs:
    """The same as the library makes it."""

    must: str
    may: int = 7
    some: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    "columns", [{"must": "a"}, {"must": "a", "may": 8}, {"some": ["x"], "may": 9, "must": ""}], ids=str
)
def test_it_holds_what_a_dataclass_would_hold(columns: dict[str, Any]) -> None:
    """Value by value, in the order of the columns, and shown alike."""
    ours, theirs = Ours(**columns), Theirs(**columns)
    assert list(vars(ours).items()) == list(vars(theirs).items())
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert [each.name for each in fields(ours)] == [each.name for each in fields(theirs)]


def test_one_is_equal_to_its_like_and_nobody_shares_a_list() -> None:
    """Equal and of one hash when all columns are; what is made for one is not another's."""
    one, same = Ours(must="a"), Ours(must="a")
    assert one == same != Ours(must="b")
    assert one != Theirs(must="a")
    assert one.some is not same.some
    assert hash(More(must="a", also="b", some=())) == hash(More(must="a", also="b", some=()))  # type: ignore[arg-type]
    assert replace(one, may=8) == Ours(must="a", may=8)
    assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one  # noqa: S301 (our own)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({}, "Ours lacks must"),
        ({"must": "a", "mast": "b"}, "Ours has no column mast"),
        ({"mast": "b"}, "Ours has no column mast and lacks must"),
    ],
)
def test_what_it_lacks_or_has_not_is_named(columns: dict[str, Any], told: str) -> None:
    """Nothing is made of the wrong columns."""
    with pytest.raises(TypeError, match=f"^{told}$"):
        Ours(**columns)
    with pytest.raises(TypeError, match="lacks also"):
        More(must="a")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Ours("a")  # type: ignore[call-arg,misc]


def test_it_is_never_changed() -> None:
    """Neither a column it has nor one it doesn't have is set or taken away."""
    one = Ours(must="a")
    for name in ("must", "other"):
        with pytest.raises(FrozenInstanceError):
            setattr(one, name, "b")
        with pytest.raises(FrozenInstanceError):
            delattr(one, name)
    assert vars(one) == {"must": "a", "may": 7, "some": []}
