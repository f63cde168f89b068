"""How good a day of advertising is, from the spots alone: what was broken, what it is worth, and the most that any day
could be worth, by a linear programme over breaks. Nothing of a planner is used here."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from bench.schedule_world import Advertising, Order

Airing = tuple[int, int]
"""The number of a break, and of an order."""


@dataclass(frozen=True)
class Delivery:
    """What a day delivered. Shares are of 1."""

    of_bound: float
    """Of the value that the linear programme allows."""
    conflicts: int
    """Airings that break a rule."""
    delivered_mean: float
    delivered_min: float
    """Airings of a campaign ÷ what it wants."""
    pacing: float
    """Mean distance of a campaign's airings from even pace over its hours, as a share of what it wants."""
    gap_spread: float
    """Standard deviation of the gaps between a campaign's airings ÷ their mean; the mean over campaigns."""
    empty_seconds: int


def judge(day: Advertising, airings: Sequence[Airing]) -> Delivery:
    """Judge a day of spots."""
    value = sum(day.orders[order].value for _, order in airings)
    counts = Counter(order for _, order in airings)
    shares = [counts[order.number] / order.want for order in day.orders]
    by_order = defaultdict(list)
    for at, order in sorted(airings):
        by_order[order].append(day.minute(at))
    gaps = [np.diff(minutes) for minutes in by_order.values() if len(minutes) > 2]
    filled = sum(day.orders[order].seconds for _, order in airings)
    return Delivery(
        of_bound=value / bound(day),
        conflicts=len(conflicts(day, airings)),
        delivered_mean=float(np.mean(shares)),
        delivered_min=min(shares),
        pacing=float(np.mean([_pace(day.orders[order], minutes) for order, minutes in by_order.items()])),
        gap_spread=float(np.mean([gap.std() / gap.mean() for gap in gaps])) if gaps else 0.0,
        empty_seconds=day.seconds * len(day.breaks) - filled,
    )


def _pace(order: Order, minutes: Sequence[int]) -> float:
    length = (order.last - order.first) * 60
    due = [(minute - order.first * 60) / length for minute in minutes]
    return float(np.mean([abs((at + 0.5) / len(due) - share) for at, share in enumerate(due)]))


def conflicts(day: Advertising, airings: Sequence[Airing]) -> list[str]:
    """Every rule that is broken, in words."""
    found: list[str] = []
    in_break: dict[int, list[Order]] = defaultdict(list)
    for at, order in airings:
        in_break[at].append(day.orders[order])
    for at, orders in in_break.items():
        if sum(order.seconds for order in orders) > day.seconds:
            found.append(f"break {at} is too full")
        for name in ("product", "advertiser"):
            twice = [one for one, n in Counter(getattr(order, name) for order in orders).items() if n > 1]
            found += [f"break {at} has {name} {one} twice" for one in twice]
    for one in day.orders:
        found += _own_conflicts(day, one, sorted(at for at, number in airings if number == one.number))
    return found


def _own_conflicts(day: Advertising, order: Order, breaks: Sequence[int]) -> list[str]:
    hours = [day.breaks[at][0] for at in breaks]
    minutes = [day.minute(at) for at in breaks]
    found = [f"order {order.number} outside its hours" for hour in hours if not order.first <= hour < order.last]
    found += [f"order {order.number} too often in {h}:00" for h, n in Counter(hours).items() if n > order.per_hour]
    found += [
        f"order {order.number} too close to itself"
        for one, other in itertools.pairwise(minutes)
        if other - one < order.apart
    ]
    return [*found, f"order {order.number} too often"] if len(breaks) > order.want else found


def bound(day: Advertising) -> float:
    """The value of the best day if spots could be cut into pieces; no day of whole spots has more."""
    pairs = [
        (order.number, at)
        for order in day.orders
        for at, (hour, _) in enumerate(day.breaks)
        if order.first <= hour < order.last
    ]
    rows: list[tuple[list[int], list[float], float]] = []
    at_break, of_order = defaultdict(list), defaultdict(list)
    for column, (order, at) in enumerate(pairs):
        at_break[at].append(column)
        of_order[order].append(column)
    for columns in at_break.values():
        rows.append((columns, [float(day.orders[pairs[c][0]].seconds) for c in columns], float(day.seconds)))
        rows += _cliques(day, pairs, columns)
    for order, columns in of_order.items():
        rows += _own_rows(day, day.orders[order], pairs, columns)
    values = np.array([-float(day.orders[order].value) for order, _ in pairs])
    cells = coo_array(
        (
            [factor for _, factors, _ in rows for factor in factors],
            (
                [row for row, (columns, _, _) in enumerate(rows) for _ in columns],
                [column for columns, _, _ in rows for column in columns],
            ),
        ),
        shape=(len(rows), len(pairs)),
    )
    limits = np.array([limit for _, _, limit in rows])
    constraints = LinearConstraint(csr_array(cells), ub=limits)
    found = milp(values, constraints=constraints, bounds=Bounds(0, 1)).fun
    assert found is not None, "no spots at all is always possible"
    return -float(found)


Row = tuple[list[int], list[float], float]


def _cliques(day: Advertising, pairs: Sequence[tuple[int, int]], columns: Sequence[int]) -> list[Row]:
    """Of a product, and of an advertiser, one in a break."""
    found = []
    for name in ("product", "advertiser"):
        groups = defaultdict(list)
        for column in columns:
            groups[getattr(day.orders[pairs[column][0]], name)].append(column)
        found += [(group, [1.0] * len(group), 1.0) for group in groups.values() if len(group) > 1]
    return found


def _own_rows(day: Advertising, order: Order, pairs: Sequence[tuple[int, int]], columns: Sequence[int]) -> list[Row]:
    """What an order wants; so many in an hour; one in any stretch as long as its airings are apart."""
    found: list[Row] = [(list(columns), [1.0] * len(columns), float(order.want))]
    hours = defaultdict(list)
    for column in columns:
        hours[day.breaks[pairs[column][1]][0]].append(column)
        begin = day.minute(pairs[column][1])
        close = [other for other in columns if begin <= day.minute(pairs[other][1]) < begin + order.apart]
        if len(close) > 1:
            found.append((close, [1.0] * len(close), 1.0))
    return found + [(group, [1.0] * len(group), float(order.per_hour)) for group in hours.values()]
