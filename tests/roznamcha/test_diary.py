"""The General Diary through the store: one record for each day of a station, serials given by the register."""

from __future__ import annotations

import pytest

from roznamcha.errors import Refused
from tests.acts import act
from tests.roznamcha.test_store import store_on

ENTRY = "diary.EntryMade"


def test_serials_restart_each_day_in_each_station(database: str) -> None:
    """In one batch and after it; a serial is given once, a number leads to its day, and strangers are no doubt."""
    store = store_on(database)
    late, early = "2026-07-02T23:50:00+05:30", "2026-07-03T00:10:00+05:30"
    units = [[act(ENTRY, at=at)] for at in ("2026-07-02T09:00:00+05:30", late, early)]
    made = [each[0] for each in store.record_units(units)]
    assert [each.called for each in made] == [
        "CG-RPR-01/GD/2026-07-02/0001", "CG-RPR-01/GD/2026-07-02/0002", "CG-RPR-01/GD/2026-07-03/0001",
    ]  # fmt: skip
    assert made[0].record_id == made[1].record_id != made[2].record_id
    third = store.record(act(ENTRY, at=late))
    assert (third.called, third.doubts) == ("CG-RPR-01/GD/2026-07-02/0003", ())
    assert store.find("CG-RPR-01/GD/2026-07-02/0003") == store.find("CG-RPR-01/GD/2026-07-02") == third.record_id
    assert store.shelf.called([third.record_id]) == {third.record_id: "CG-RPR-01/GD/2026-07-02"}
    with pytest.raises(Refused, match=r"CG-RPR-01/GD/2026-07-02/0002 is already the number of this record"):
        store.record(act(ENTRY, at=late, serial=2, day="2026-07-02"))
    leap = store.record(act(ENTRY, at=late, serial=9, day="2026-07-02"))
    assert leap.doubts == ("number 9 of CG-RPR-01 in 2026-07-02 was given by hand and leaves a gap after 3",)
    closed = store.record(act("diary.DayClosed", at=late, day="2026-07-02", last_serial=9))
    assert (closed.record_id, closed.doubts) == (third.record_id, ())
    with pytest.raises(Refused, match=r"no record is called 'CG-RPR-01/GD/2026-07-04'"):
        store.record(act("diary.DayClosed", day="2026-07-04", last_serial=1))
    store.datastore.close()
