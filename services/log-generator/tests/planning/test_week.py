"""A planned week, judged by the bench's score, which shares no code with the planner."""

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench import schedule_score, schedule_traffic, schedule_world
from bench.schedule_days import fits, plan_days
from bench.schedule_score import Play, score
from bench.schedule_world import World, music_world


@pytest.fixture(scope="module")
def world() -> World:
    return music_world(4_000, seed=5)


def test_a_week_on_a_small_station_breaks_no_hard_rule_and_every_hour_fits(world: World) -> None:
    days = plan_days(world, 8)
    found = score(world, days.plays, since=86400)
    assert found.plays == 7 * 24 * 12
    assert found.hard_per_1000 == 0, found.hard
    assert days.broken == 0
    assert found.soft_per_1000 <= 250
    off = fits(days, 1)
    assert np.mean(off) <= 1
    assert np.percentile(off, 95) <= 3
    assert found.rotation["PWR"].rest_p5 >= 0.4
    assert found.rotation["DEEP"].touched >= 0.95


def test_the_score_finds_what_is_wrong(world: World) -> None:
    one = int(world.of("GOLD")[0])
    same_artist = int(np.flatnonzero((world.artist == world.artist[one]) & (np.arange(4_000) != one))[0])
    found = score(world, [Play(0, one), Play(300, same_artist), Play(3700, one)], since=0)
    assert found.hard["rest"] == 1
    assert found.hard["artist"] == 2
    assert found.hard["hours"] == sum(
        not int(world.hours[t]) >> h & 1 for t, h in ((one, 0), (same_artist, 0), (one, 1))
    )
    barred = int(np.flatnonzero(world.hours >> 7 & 1 == 0)[0])
    assert score(world, [Play(7 * 3600, barred)], since=0).hard["hours"] == 1
    flat = replace(world, gender=np.zeros_like(world.gender), tempo=np.ones_like(world.tempo))
    others = [Play(number * 300, int(track)) for number, track in enumerate(world.of("REC")[:4])]
    soft = score(flat, others, since=0).soft
    assert (soft["gender"], soft["slow"]) == (2, 6)
    again = [Play(0, one), Play(86400 * 9, one)]
    assert score(world, again, since=1).soft["hour of its last play"] == 1
    assert score(world, [Play(0, one), Play(86400, one)], since=1).soft["hour of yesterday"] == 3
    crowd = [Play(number * 600, one) for number in range(6)]
    assert score(world, crowd, since=0).hard["artists in 3 h"] == 2


def test_the_score_shares_no_code_with_the_planner() -> None:
    for module in (schedule_score, schedule_traffic, schedule_world):
        tree = ast.parse(Path(module.__file__ or "").read_text())
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        assert not any("log_generator" in (name or "") or "schedule_days" in (name or "") for name in names)
