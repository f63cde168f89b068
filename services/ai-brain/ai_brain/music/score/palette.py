"""The sound of a piece: instruments and room, drawn from the seed."""

from random import Random

from ai_brain.music.score.model import Decibels, Hertz, Palette, Seconds

PADS = ("warm", "hollow", "choir", "strings", "glass")
BELLS = ("bell", "celesta", "tines", "flute")
PLUCKS = ("kalimba", "tines", "harp")


def choose(random: Random) -> Palette:
    """Every number is a range within which the parts still sit well together."""
    return Palette(
        pad=random.choice(PADS),
        bell=random.choice(BELLS),
        pluck=random.choice(PLUCKS),
        spread_cents=random.uniform(14, 34),
        dark=Hertz(random.uniform(320, 520)),
        bright=Hertz(random.uniform(1800, 3600)),
        room=Seconds(random.uniform(4.5, 8.0)),
        air=Hertz(random.uniform(600, 1700)),
        breath=Seconds(random.uniform(9, 17)),
        bell_level=Decibels(random.uniform(-2, 2)),
        air_level=Decibels(random.uniform(-4, 3)),
    )
