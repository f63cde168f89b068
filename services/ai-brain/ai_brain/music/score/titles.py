"""Names for pieces that nobody named."""

from random import Random

QUALITIES = (
    "Amber", "Blue", "Distant", "Drifting", "Early", "Faint", "Folded", "Half-Lit", "Hidden", "Hollow",
    "Inland", "Late", "Long", "Low", "Northern", "Open", "Pale", "Patient", "Quiet", "Salt",
    "Silver", "Slow", "Soft", "Still", "Sunken", "Tidal", "Unhurried", "Weightless", "Winter", "Woven",
)  # fmt: skip
THINGS = (
    "Aurora", "Bridge", "Coastline", "Constellation", "Current", "Delta", "Dusk", "Ember", "Estuary", "Field",
    "Fjord", "Garden", "Glacier", "Harbour", "Horizon", "Lantern", "Lighthouse", "Meadow", "Mist", "Moon",
    "Orchard", "Orbit", "Rain", "River", "Shoreline", "Signal", "Snowfall", "Tide", "Valley", "Window",
)  # fmt: skip
PLACES = (
    "above the Clouds", "after the Storm", "at First Light", "before Dawn", "beyond the Pines", "by the Water",
    "in Slow Motion", "on the Far Side", "over the Marsh", "under Glass", "without Wind",
)  # fmt: skip


def title(seed: int) -> str:
    """An evocative title; the same seed always has the same one."""
    random = Random(f"title {seed}")  # noqa: S311 - names, not secrets
    quality, thing = random.choice(QUALITIES), random.choice(THINGS)
    return random.choice((f"{quality} {thing}", f"{quality} {thing}", f"{thing} {random.choice(PLACES)}"))
