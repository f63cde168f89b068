"""Loops go on whatever happens, and say so once."""

import asyncio
from typing import Any

import pytest
from kit.loops import repeat, run_all

Events = list[dict[str, Any]]


class Step:
    """Counts its runs; fails as it is told, run by run."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.runs = 0

    async def __call__(self) -> None:
        self.runs += 1
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure


async def run_until(step: Step, runs: int, **options: Any) -> None:
    loop = asyncio.create_task(repeat("step", step, **{"every": 0.001, **options}))
    async with asyncio.timeout(5):
        while step.runs < runs:
            await asyncio.sleep(0.001)
    loop.cancel()
    with pytest.raises(asyncio.CancelledError):
        await loop


def names(logged: Events) -> list[str]:
    return [event["event"] for event in logged]


async def test_a_step_that_fails_is_tried_again(logged: Events) -> None:
    step = Step(ValueError("a"), OSError("b"), KeyError("c"))
    await run_until(step, 5)
    assert step.runs >= 5


async def test_a_failure_that_repeats_itself_is_said_when_it_begins_and_when_it_ends(logged: Events) -> None:
    await run_until(Step(*[ValueError("away")] * 5), 8)
    assert names(logged) == ["step_failed", "step_recovered"]
    assert logged[0]["error"] == "ValueError: away"
    assert logged[0]["step"] == "step"


async def test_a_failure_that_changes_is_said_again(logged: Events) -> None:
    await run_until(Step(ValueError("a"), ValueError("a"), ValueError("b"), None, ValueError("b")), 7)
    assert names(logged) == ["step_failed", "step_failed", "step_recovered", "step_failed", "step_recovered"]


async def test_a_bug_is_logged_with_its_place_and_an_outage_without(logged: Events) -> None:
    await run_until(Step(ValueError("bug"), None, ConnectionError("outage")), 4)
    bug, outage = (event for event in logged if event["event"] == "step_failed")
    assert bug["exc_info"]
    assert not outage.get("exc_info")


async def test_a_loop_that_is_woken_goes_on_at_once() -> None:
    step, wake = Step(), asyncio.Event()
    loop = asyncio.create_task(repeat("step", step, every=60, wake=wake))
    async with asyncio.timeout(10):
        while step.runs < 5:
            await asyncio.sleep(0)
            wake.set()
    loop.cancel()


async def test_a_wake_during_a_step_is_not_lost() -> None:
    wake = asyncio.Event()
    runs: list[int] = []

    async def step() -> None:
        runs.append(1)
        if len(runs) == 1:
            wake.set()

    loop = asyncio.create_task(repeat("step", step, every=60, wake=wake))
    async with asyncio.timeout(10):
        while len(runs) < 2:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.02)
    loop.cancel()
    assert len(runs) == 2


async def test_a_loop_that_nobody_wakes_goes_on_by_itself() -> None:
    await run_until(Step(), 3, wake=asyncio.Event(), every=0.01)


async def test_loops_run_side_by_side_until_they_are_cancelled() -> None:
    first, second = Step(), Step(ValueError("a"))
    both = asyncio.create_task(run_all(repeat("a", first, every=0.001), repeat("b", second, every=0.001)))
    async with asyncio.timeout(10):
        while min(first.runs, second.runs) < 3:
            await asyncio.sleep(0.001)
    both.cancel()
    with pytest.raises(asyncio.CancelledError):
        await both
