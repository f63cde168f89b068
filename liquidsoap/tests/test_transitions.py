"""What a listener hears while tiers come and go: transitions.liq, rendered with the station's own graph."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from listening import (
    Pcm,
    crossfade_length,
    decode_file,
    describe_heard,
    heard,
    largest_click,
    longest_silence,
    spans,
    tone_levels,
)

HERE = Path(__file__).parent
AUDIO_BEGAN = 1_000_000_000
FRAME = 0.04
"""Seconds: the engine decides once a frame."""
LEVEL = -20.0 - 3.0
"""RMS in dBFS of each source of transitions.liq."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rendered air and its journal."""
    folder = tmp_path_factory.mktemp("air")
    own = {"AIRTIGHT_TEST_FOLDER": str(folder), "AIRTIGHT_ALLOW_ROOT": "1", "TZ": "UTC"}
    done = subprocess.run(
        ["liquidsoap", HERE / "transitions.liq"],
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return folder


@pytest.fixture(scope="module")
def air(folder: Path) -> Pcm:
    return decode_file(str(folder / "air.wav"), channels=2)


def between(air: Pcm, start: float, end: float) -> Pcm:
    return air[round(start * 48_000) : round(end * 48_000)]


def test_the_best_tier_that_can_be_heard_is_heard(air: Pcm) -> None:
    told = [span.name for span in spans(heard(air), shortest=0.2) if span.seconds > 0.5 and span.name != "mixed"]
    expected = ["silence", "programme", "user", "programme", "user", "programme", "noise", "programme"]
    assert told == expected, describe_heard(heard(air))


@pytest.mark.parametrize(
    ("at", "outgoing", "incoming"),
    [(4, "programme", "user"), (9, "user", "programme"), (13, "programme", "user")],
)
def test_tiers_that_live_crossfade_for_two_seconds(air: Pcm, at: int, outgoing: str, incoming: str) -> None:
    levels = tone_levels(between(air, at - 0.5, at + 3))
    changing = (levels.tones[outgoing] < -20.1) & (levels.tones[incoming] < -20.1)
    assert np.count_nonzero(changing) * 0.01 == pytest.approx(2, abs=0.3)
    # What is above -40 dBFS of two raised cosines from -20 dBFS.
    part = heard(between(air, at - 0.5, at + 3))
    assert crossfade_length(part, outgoing, incoming) == pytest.approx(1.3, abs=0.15)


@pytest.mark.parametrize("at", [4, 9, 13])
def test_a_crossfade_keeps_the_level_within_three_decibels(air: Pcm, at: int) -> None:
    rms = tone_levels(between(air, at, at + 2.2)).rms
    assert rms.min() > LEVEL - 3.2
    assert rms.max() < LEVEL + 1


@pytest.mark.parametrize(("at", "incoming"), [(18, "programme"), (22, "noise")])
def test_a_tier_that_died_is_replaced_at_once(air: Pcm, at: int, incoming: str) -> None:
    part = heard(between(air, at, at + 1))
    assert longest_silence(part) < 0.15, describe_heard(part)
    assert spans(part)[-1].name == incoming


@pytest.mark.parametrize("at", [4, 9, 13, 25])
def test_nothing_clicks_where_both_live(air: Pcm, at: int) -> None:
    click = largest_click(heard(between(air, at - 0.5, at + 3)))
    assert click is None or click.ratio < 1.6, click


def test_nothing_is_heard_and_no_noise_before_the_players_are_reached(air: Pcm) -> None:
    assert np.abs(between(air, 0, 1)).max() < 1e-3


def test_the_journal_tells_each_change_when_it_was_heard(folder: Path) -> None:
    (file,) = folder.glob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines() if line]
    assert [(line["previous"], line["tier"], line["fade"]) for line in lines] == [
        ("", "fallback", 0.3),
        ("fallback", "user", 2),
        ("user", "fallback", 2),
        ("fallback", "user", 2),
        ("user", "fallback", 0.3),
        ("fallback", "noise", 0.3),
        ("noise", "fallback", 2),
    ]
    moments = [float(line["at"]) - AUDIO_BEGAN for line in lines]
    assert moments == pytest.approx([1, 4, 9, 13, 18, 22, 25], abs=2 * FRAME)
