"""`make bench-schedule`: how good the planner's days are, on synthetic stations, by a score that knows nothing of it.

- music: 20,000 and 100,000 tracks, three seeds each, seven days of warm-up and 28 that are measured;
- a year of music with 100,000 tracks;
- advertising: ten days of 60 campaigns that ask for 1.0 and 1.1 times what the breaks hold, against the bound of a
  linear programme.

Printed is the whole vector: H hard violations, S soft points, R rotation, A advertising, T fit of the hours before
anything is trimmed, F what was filled, D determinism, time and memory; then one number of it all, which hides what is
traded for what. The last line has the worst of all runs. Processor's time is that of planning alone.
AIRTIGHT_BENCH_DAYS (28 measured ones), AIRTIGHT_BENCH_SEEDS (3) and AIRTIGHT_BENCH_YEAR (365) shorten a trial run.
"""

import math
import os
import resource
from dataclasses import dataclass

import numpy as np

from bench.report import environment, last_line
from bench.schedule_days import Days, book_day, fits, plan_days, same_twice
from bench.schedule_score import Score, score
from bench.schedule_traffic import Delivery, judge
from bench.schedule_world import advertising, music_world

WARM_UP = 7
MEASURED = int(os.environ.get("AIRTIGHT_BENCH_DAYS", "28"))
SEEDS = int(os.environ.get("AIRTIGHT_BENCH_SEEDS", "3"))
YEAR = int(os.environ.get("AIRTIGHT_BENCH_YEAR", "365"))
SIZES = (20_000, 100_000)
SOLD_DAYS = 10


@dataclass(frozen=True)
class Music:
    """A run over a world of music."""

    tracks: int
    seed: int
    days: Days
    score: Score

    @property
    def off_p95(self) -> float:
        """Seconds that an hour is off, 95th percentile."""
        return float(np.percentile(fits(self.days, WARM_UP), 95))

    @property
    def rotation(self) -> float:
        """R, from 0 to 1: rest, reach and evenness of all categories."""
        each = [
            (min(1.0, one.rest_p5) + min(1.0, one.rest_p50) + one.touched + _even(one.spread, one.best_spread)) / 4
            for one in self.score.rotation.values()
        ]
        return sum(each) / len(each)

    def total(self, ads: float) -> float:
        """One number of 100, for whoever wants one."""
        s = self.score
        quality = 0.35 * self.rotation + 0.30 * ads + 0.20 * math.exp(-s.soft_per_1000 / 300)
        return 100 * math.exp(-s.hard_per_1000 / 10) * (quality + 0.15 * math.exp(-self.off_p95 / 20))


def _even(spread: float, best: float) -> float:
    return 1.0 if spread <= best else max(0.0, 1 - (spread - best))


def music(tracks: int, seed: int, days: int) -> Music:
    """Plan and judge days after the warm-up."""
    world = music_world(tracks, seed)
    made = plan_days(world, WARM_UP + days)
    run = Music(tracks, seed, made, score(world, made.plays, WARM_UP * 86400))
    tell(run)
    return run


def tell(run: Music) -> None:
    """Print a run's vector."""
    s, off = run.score, fits(run.days, WARM_UP)
    days = len(run.days.cpu_ms)
    print(f"music, {run.tracks} tracks, seed {run.seed}, {days} days, {s.plays} plays scored")
    hard = {rule: n for rule, n in s.hard.items() if n}
    print(f"  H {s.hard_per_1000:.2f} of 1,000 plays {hard or ''} ({run.days.broken} flagged by the planner)")
    soft = "  ".join(f"{rule} {1000 * points / max(1, s.plays):.1f}" for rule, points in s.soft.most_common())
    print(f"  S {s.soft_per_1000:.1f} points for 1,000 plays: {soft}")
    for name, one in s.rotation.items():
        print(
            f"  R {name:<4} rest p5 {one.rest_p5:.3f} p50 {one.rest_p50:.3f} of turnover  spread {one.spread:.3f}"
            f" (best {one.best_spread:.3f})  touched {one.touched:.3f}  hour exposure {one.exposure:.2f}"
            f"  same hour as yesterday {one.horizontal:.4f}"
        )
    print(
        f"  T mean {np.mean(off):.2f} p50 {np.percentile(off, 50):.2f} p95 {np.percentile(off, 95):.2f}"
        f" max {max(off):.2f} s off"
    )
    print(f"  F {run.days.empty_s:.0f} s with nothing, {run.days.fallbacks} fallbacks")
    print(
        f"  D {np.mean(run.days.cpu_ms):.1f} ms a day (slowest {max(run.days.cpu_ms):.1f}),"
        f" {sum(run.days.cpu_ms) / 1000:.1f} s in all, peak {peak_mb():.0f} MB",
        flush=True,
    )


def traffic() -> tuple[list[Delivery], list[float]]:
    """Book and judge days of advertising."""
    deliveries, took = [], []
    for seed in range(3, 3 + SOLD_DAYS):
        day = advertising(seed, load=1.0 + 0.1 * (seed % 2))
        airings, ms = book_day(day)
        deliveries.append(judge(day, airings))
        took.append(ms)
        one = deliveries[-1]
        print(
            f"advertising, seed {seed}, load {1.0 + 0.1 * (seed % 2):.1f}: A {one.of_bound:.4f} of the bound,"
            f" {one.conflicts} conflicts, delivered {one.delivered_mean:.3f} (least {one.delivered_min:.2f}),"
            f" pacing off {one.pacing:.3f}, gaps spread {one.gap_spread:.2f}, {one.empty_seconds} s unsold,"
            f" {ms:.0f} ms",
            flush=True,
        )
    return deliveries, took


def peak_mb() -> float:
    """The most memory that the process had, megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print, and write the line that machines read."""
    print("\n".join(f"{name}: {value}" for name, value in environment().items()), flush=True)
    year = music(SIZES[-1], 1, max(1, YEAR - WARM_UP))
    year_mb = peak_mb()
    runs = [music(size, seed, MEASURED) for size in SIZES for seed in range(1, SEEDS + 1)]
    deliveries, took = traffic()
    same = same_twice(music_world(SIZES[0], 1))
    print(f"the same day planned twice is {'the same' if same else 'NOT the same'}")
    ads = float(np.mean([one.of_bound for one in deliveries]))
    for run in runs:
        print(
            f"score of {run.tracks} tracks, seed {run.seed}: {run.total(ads):.1f} of 100 (rotation {run.rotation:.3f})"
        )
    last_line(
        "schedule",
        {
            "hard_per_1000": max(run.score.hard_per_1000 for run in runs),
            "soft_per_1000": round(max(run.score.soft_per_1000 for run in runs), 1),
            "gold_p5_rest": round(min(run.score.rotation["GOLD"].rest_p5 for run in runs), 3),
            "hour_fit_mean_s": round(max(float(np.mean(fits(run.days, WARM_UP))) for run in runs), 3),
            "hour_fit_p95_s": round(max(run.off_p95 for run in runs), 3),
            "cpu_ms_per_day": round(max(float(np.mean(run.days.cpu_ms)) for run in runs), 1),
            "ads_of_lp_bound": round(ads, 4),
            "ads_worst": round(min(one.of_bound for one in deliveries), 4),
            "ads_cpu_ms": round(float(np.mean(took)), 1),
            "ads_conflicts": sum(one.conflicts for one in deliveries),
            "year_s": round(sum(year.days.cpu_ms) / 1000, 1),
            "year_mb": round(year_mb),
            "year_hard_per_1000": year.score.hard_per_1000,
            "year_fit_mean_s": round(float(np.mean(fits(year.days, WARM_UP))), 3),
            "same_twice": same,
        },
    )


if __name__ == "__main__":
    main()
