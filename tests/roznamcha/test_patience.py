"""How long coroutines wait: each gives up when his own time is over, however many share a timer."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref

from roznamcha import patience
from roznamcha.patience import Patience
from roznamcha.slips import Awaited


def watched(seconds: list[float], answered: dict[int, float]) -> list[tuple[int, float]]:
    """Let so many wait, some of whom are answered after a while; give who gave up, and when."""
    gone: list[tuple[int, float]] = []

    async def all_of_them() -> None:
        begun, slips = time.monotonic(), list[Awaited]()

        def expire(slip: Awaited) -> None:
            gone.append((slips.index(slip), time.monotonic() - begun))
            slip.future.set_result([])

        watch = Patience(expire)
        for each in seconds:
            slip = Awaited([])
            slips.append(slip)
            watch.watch(slip, each)
        for number, after in answered.items():
            asyncio.get_running_loop().call_later(after, slips[number].future.set_result, [])
        await asyncio.gather(*(slip.future for slip in slips))
        await asyncio.sleep(0.1)

    asyncio.run(all_of_them())
    return gone


def test_each_gives_up_in_his_time() -> None:
    """The first, the last, who came while others waited, and who is more patient; nobody who was answered."""
    gone = watched([0.3, 0.3, 5.0, 0.1, 0.3], {1: 0.05, 2: 0.4})
    assert [number for number, _ in gone] == [3, 0, 4]
    for number, after in gone:
        assert after >= {3: 0.1, 0: 0.3, 4: 0.3}[number]


def test_who_comes_later_waits_as_long() -> None:
    """A timer that was set for another is set anew for him; also when nobody had waited in between."""
    gone: list[float] = []

    async def one(watch: Patience) -> None:
        begun = time.monotonic()
        slip = Awaited([])
        watch.watch(slip, 0.2)
        await slip.future
        gone.append(time.monotonic() - begun)

    async def in_turn() -> None:
        watch = Patience(lambda slip: slip.future.set_result([]))
        first = asyncio.ensure_future(one(watch))
        await asyncio.sleep(0.1)
        await asyncio.gather(first, one(watch))
        await one(watch)

    asyncio.run(in_turn())
    assert len(gone) == 3
    assert min(gone) >= 0.19


def test_one_loop_after_another() -> None:
    """The timers of a loop go with it: the next one's are its own."""
    watch, gone = Patience(lambda slip: slip.future.set_result([])), 0

    async def waits() -> None:
        slip = Awaited([])
        watch.watch(slip, 0.05)
        await slip.future

    async def is_left() -> None:
        watch.watch(Awaited([]), 0.05)

    for way in (is_left, waits, is_left, waits):
        asyncio.run(asyncio.wait_for(way(), 5.0))
        gone += 1
    assert gone == 4
    assert len(watch._lines) == 1, "a loop that is closed is let go of"  # noqa: SLF001


def test_nobody_who_was_answered_is_kept() -> None:
    """One who waits long doesn't keep all those behind him."""
    few = 8
    old, patience.LONG = patience.LONG, few
    kept: list[weakref.ref[Awaited]] = []

    async def many() -> None:
        watch = Patience(lambda _: None)
        first = Awaited([])
        watch.watch(first, 60.0)
        for _ in range(100):
            slip = Awaited([])
            kept.append(weakref.ref(slip))
            watch.watch(slip, 60.0)
            slip.future.set_result([])
        del slip
        gc.collect()
        assert sum(each() is not None for each in kept) <= few
        first.future.cancel()

    try:
        asyncio.run(many())
    finally:
        patience.LONG = old


def test_a_loop_that_stands_still_while_another_runs() -> None:
    """In one thread: the first one's waiters are its own, and give up when it goes on."""
    gone = list[asyncio.AbstractEventLoop]()

    def expire(slip: Awaited) -> None:
        gone.append(slip.loop)
        slip.future.set_result([])

    watch, first, second = Patience(expire), asyncio.new_event_loop(), asyncio.new_event_loop()

    async def watched_slip() -> Awaited:
        slip = Awaited([])
        watch.watch(slip, 0.1)
        return slip

    async def answer(slip: Awaited) -> None:
        await asyncio.wait_for(asyncio.shield(slip.future), 5.0)

    try:
        early, late = first.run_until_complete(watched_slip()), second.run_until_complete(watched_slip())
        for loop, slip in ((first, early), (second, late)):
            loop.run_until_complete(answer(slip))
    finally:
        first.close()
        second.close()
    assert gone == [first, second]


def test_one_that_can_not_be_told_keeps_nobody_waiting() -> None:
    """Where telling one fails, the others of his line are told in their time."""
    told = list[Awaited]()

    def expire(slip: Awaited) -> None:
        told.append(slip)
        slip.future.set_result([])
        if len(told) == 1:
            raise ValueError

    async def all_of_them() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        watch, slips = Patience(expire), [Awaited([]) for _ in range(3)]
        for slip in slips:
            watch.watch(slip, 0.05)
        await asyncio.wait_for(asyncio.gather(*(slip.future for slip in slips)), 5.0)

    asyncio.run(all_of_them())
    assert len(told) == 3


def test_many_who_wait_are_not_counted_over_again() -> None:
    """Each that comes looks through no line of those who all wait: of twice as many it is twice the work."""
    looked = list[int]()

    class Counted(patience.Line):
        def join(self, each: patience.Standing) -> None:
            before = self.waiting
            super().join(each)
            looked.append(len(before) if self.waiting is not before else 0)

    async def many() -> None:
        watch = Patience(lambda _: None)
        slips = [Awaited([]) for _ in range(400)]
        for slip in slips:
            watch.watch(slip, 60.0)
        for slip in slips:
            slip.future.cancel()

    old, patience.LONG, line = patience.LONG, 8, patience.Line
    patience.Line = Counted  # type: ignore[misc]
    try:
        asyncio.run(many())
    finally:
        patience.LONG, patience.Line = old, line  # type: ignore[misc]
    assert 0 < sum(looked) < 3 * 400
