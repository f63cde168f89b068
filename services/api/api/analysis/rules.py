"""What becomes of what was measured: taken, or only proposed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kit.refusal import Refusal

from api.library.rules import POINTS, Points, fault_of, settle

ALGORITHM = 1
"""Counted up when measuring becomes better: tracks that an older one measured are *outdated*, and may be done again."""
State = Literal["waiting", "running", "done", "failed"]
STATES: tuple[State, ...] = ("waiting", "running", "done", "failed")
Which = Literal["all", "outdated", "failed"]
MOST_ATTEMPTS = 3
NEW, AGAIN = 0, -10
"""Priorities: what is new goes before what is only looked at again."""
MEASURED = (*POINTS, "gain_db", "tempo_bpm", "energy")
"""What analysis finds and a person may set otherwise."""
_DIGITS = {"gain_db": 1, "tempo_bpm": 1, "energy": 2}


class NothingProposed(Refusal):
    """There is no such proposal, or no longer."""

    error_code = "nothing_proposed"


@dataclass(frozen=True)
class Outcome:
    """Values to write, and what is only proposed."""

    taken: dict[str, Any]
    proposed: dict[str, Any]


def sort_out(
    found: Mapping[str, Any], standing: Mapping[str, Any], edited: Collection[str], length_seconds: float | None
) -> Outcome:
    """Of what was found of the `MEASURED`, what may be written beside what a person set.

    A point that does not fit a person's is not written either. What is proposed says something new: another value.
    """
    rounded = {name: _rounded(name, value, length_seconds) for name, value in found.items()}
    taken, proposed = settle(rounded, edited)
    points = {name: standing[name] for name in POINTS if name in edited}
    for name in POINTS:
        if taken.get(name) is None:
            continue
        if fault_of(Points(**points, **{name: taken[name]}), length_seconds):
            proposed[name], taken[name] = taken[name], None
        else:
            points[name] = taken[name]
    return Outcome(taken, {name: one for name, one in proposed.items() if one not in (None, standing[name])})


def chosen(proposed: Mapping[str, Any], fields: Collection[str] | None) -> dict[str, Any]:
    """The proposals for these fields, or all; raises `NothingProposed`."""
    names = set(proposed) if fields is None else set(fields)
    if missing := names - set(proposed):
        raise NothingProposed(f"Nothing is proposed for {', '.join(sorted(missing))}.")
    if not names:
        raise NothingProposed("Nothing is proposed for this track.")
    return {name: proposed[name] for name in sorted(names)}


def seconds_for(length_seconds: float | None) -> float:
    """How long measuring a sound may take; a tenth of this is usual on an idle machine."""
    return 60 + (length_seconds or 0) / 5


def _rounded(name: str, value: float | None, length_seconds: float | None) -> float | None:
    if value is None:
        return None
    if name in POINTS and length_seconds is not None:
        # The last frame may reach a little beyond the end.
        value = min(value, length_seconds)
        return min(round(value, 2), length_seconds)
    return round(value, _DIGITS.get(name, 2))
