"""A collection of tracks as a station has it: words that some titles share and others do not, artists with many tracks
and with one, everything that can be filtered. The same seed gives the same collection."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import UUID

COLUMNS = (
    "id", "source", "path", "size", "changed_ns", "state", "problem", "kind", "title", "artist", "album", "year",
    "genre", "mood", "language", "tags", "composer", "label", "isrc", "is_canadian", "length_seconds", "loudness_lufs",
    "gain_db", "tempo_bpm", "energy", "artwork", "requestable", "created_at", "updated_at", "archived_at",
    "last_aired_at", "airs", "version", "cue_in", "cue_out", "intro_end", "segue_at",
)  # fmt: skip
COMMON = ("love", "night", "the", "you", "blue", "river", "heart", "rain", "dance", "home")
GENRES = tuple(f"{first}{second}" for first in ("", "Indie ", "Acid ", "Neo ", "Deep ") for second in (
    "Rock", "Pop", "Jazz", "House", "Folk", "Soul", "Ambient", "Techno"
))  # fmt: skip
MOODS = ("calm", "happy", "sad", "dark", "warm", "bright", "dreamy", "angry", "tender", "proud", "lazy", "wild")
LANGUAGES = ("en", "fr", "de", "es", "pt", "it", "ja", "ar", "he", "fr-CA", "sv", "zxx")
KINDS = (("MUS", 85), ("LIN", 4), ("ADV", 4), ("PRO", 2), ("PSA", 1), ("BED", 1), ("VT", 1), ("INT", 1), ("NEWS", 1))
SYLLABLES = tuple(a + b for a in ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "st", "tr", "")
                  for b in ("a", "e", "i", "o", "u", "é", "ö", "ai", "on", "el"))  # fmt: skip
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Words:
    """A vocabulary: a few words are everywhere, most are rare."""

    def __init__(self, chance: random.Random, size: int = 20_000) -> None:
        made = {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(size)}
        self.words = [*COMMON, *sorted(made)]
        self._weights = list(accumulate(1 / (rank + 12) for rank in range(len(self.words))))
        self._chance = chance

    def take(self, count: int) -> str:
        """Some words, the first of which begins with a capital."""
        words = self._chance.choices(self.words, cum_weights=self._weights, k=count)
        return " ".join(words).capitalize()


def tracks(count: int, *, seed: int = 1) -> Iterator[dict[str, Any]]:
    """That many tracks, as rows."""
    chance = random.Random(seed)
    words = Words(chance)
    artists = [words.take(chance.randint(1, 3)) for _ in range(max(1, count // 12))]
    albums = [words.take(chance.randint(1, 4)) for _ in range(max(1, count // 9))]
    for number in range(count):
        yield _track(number, chance, words, artists, albums)


def _track(number: int, chance: random.Random, words: Words, artists: list[str], albums: list[str]) -> dict[str, Any]:
    kind = chance.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    music, state = kind == "MUS", chance.choices(("ready", "waiting", "refused", "gone"), (96, 1, 2, 1))[0]
    length = round(chance.uniform(100, 420) if music else chance.uniform(5, 90), 3)
    artist = chance.choice(artists)
    if chance.random() < 0.15:
        artist += f" feat. {chance.choice(artists)}"
    created = NOW - timedelta(minutes=chance.randint(0, 3_000_000))
    return {
        "id": UUID(int=chance.getrandbits(128), version=4),
        "source": "upload", "path": f"{number}.flac", "size": 1_000 + number, "changed_ns": number,
        "state": state, "problem": "It cannot be decoded." if state == "refused" else None,
        "kind": kind, "title": words.take(chance.randint(1, 5)), "artist": artist,
        "album": chance.choice(albums) if music else None,
        "year": chance.randint(1955, 2026) if music else None,
        "genre": chance.choice(GENRES) if music else None,
        "mood": chance.choice(MOODS) if chance.random() < 0.7 else None,
        "language": chance.choices(LANGUAGES, (50, *[5] * 11))[0],
        "tags": [f"tag {chance.randint(1, 200)}" for _ in range(chance.randint(0, 3))],
        "composer": chance.choice(artists) if music and chance.random() < 0.5 else None,
        "label": f"Label {chance.randint(1, 500)}" if music else None,
        "isrc": f"QZAAA{number:07d}" if music else None,
        "is_canadian": chance.choice((True, False, None)),
        "length_seconds": length, "loudness_lufs": round(chance.uniform(-24, -6), 2),
        "gain_db": round(chance.uniform(-10, 8), 2), "tempo_bpm": round(chance.uniform(60, 180), 1),
        "energy": round(chance.random(), 3), "artwork": chance.random() < 0.6, "requestable": music,
        "created_at": created, "updated_at": created,
        "archived_at": NOW if chance.random() < 0.03 else None,
        "last_aired_at": NOW - timedelta(minutes=chance.randint(0, 900_000)) if chance.random() < 0.6 else None,
        "airs": chance.randint(0, 400), "version": number + 1,
        "cue_in": 0.0, "cue_out": length, "intro_end": round(length / 10, 3), "segue_at": round(length * 0.97, 3),
    }  # fmt: skip
