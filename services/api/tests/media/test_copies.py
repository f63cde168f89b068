"""On-air copies as they are made: level, form, tags, and nothing half-made."""

from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from api.media import copies
from api.media.copies import DiskFull, make, path_of, relabel, require_room
from api.media.probe import NotPlayable, Sound, probe
from api.media.tags import Tags
from desk.sounds import SECONDS, ffmpeg, music, sound_file, told
from listening import Pcm, chirp, chirp_position, decode_file, join, loudness, noise, silence, tone


async def copied(source: Path, folder: Path, item: UUID | None = None) -> Path:
    """A copy, made as the programme makes it."""
    item = item or uuid4()
    target = path_of(folder, item)
    await make(source, target, item, await probe(source, shortest_seconds=0.5, longest_seconds=60))
    return target


@pytest.mark.parametrize("level", [-45.0, -20.0, -3.0])
async def test_a_copy_has_the_stations_loudness(tmp_path: Path, level: float) -> None:
    heard = loudness(
        decode_file(str(await copied(sound_file(tmp_path / "a.wav", music(3, level)), tmp_path)), channels=2)
    )
    assert heard.integrated == pytest.approx(-16 if level > -30 else -45 + 20 - 3, abs=1.5)
    assert heard.true_peak <= -1


def strokes(level_db: float, every: int = 12_000) -> Pcm:
    """Noise with loud strokes."""
    pcm = noise(4, level_db)
    pcm[::every] = 0.9
    return pcm


def drum(level_db: float) -> Pcm:
    """Twice a second something like a bass drum."""
    pcm, times = noise(4, level_db), np.arange(12_000) / 48_000
    for start in range(0, len(pcm) - 12_000, 24_000):
        pcm[start : start + 12_000] += 0.9 * np.sin(2 * np.pi * 60 * times) * np.exp(-times * 30)
    return pcm


def speech(level_db: float) -> Pcm:
    """Bursts of noise of varying strength, with pauses."""
    syllables = np.random.default_rng(1).exponential(1, 100).repeat(1_920) ** 1.5
    return (noise(4, level_db) * syllables).astype(np.float32)


DYNAMIC = {
    "strokes": strokes(-30),
    "dense strokes": strokes(-26, 2_000),
    "drum": drum(-35),
    "speech": speech(-35),
    "between the samples": join(noise(3, -26), tone(12_000, 0.1, -0.1)),
}


@pytest.mark.parametrize("kind", DYNAMIC)
async def test_a_dynamic_sound_has_the_stations_loudness_and_keeps_the_ceiling(tmp_path: Path, kind: str) -> None:
    source = sound_file(tmp_path / "a.wav", DYNAMIC[kind])
    before = loudness(decode_file(str(source)))
    assert before.true_peak - before.integrated > 15, "gain alone would pass the ceiling"
    heard = loudness(decode_file(str(await copied(source, tmp_path)), channels=2))
    assert heard.true_peak <= -1
    assert heard.integrated == pytest.approx(-16, abs=1)


async def test_what_would_have_to_be_raised_too_much_keeps_the_ceiling(tmp_path: Path) -> None:
    source = sound_file(tmp_path / "a.wav", strokes(-60))
    heard = loudness(decode_file(str(await copied(source, tmp_path)), channels=2))
    assert heard.true_peak <= -1
    assert heard.integrated < -16


async def test_a_clipped_master_comes_down(tmp_path: Path) -> None:
    pcm = np.clip(tone(440, SECONDS, 0) * 4, -1, 1).astype(np.float32)
    heard = loudness(decode_file(str(await copied(sound_file(tmp_path / "a.wav", pcm), tmp_path)), channels=2))
    assert heard.integrated == pytest.approx(-16, abs=1)
    assert heard.true_peak <= -1


async def test_the_items_id_is_the_only_tag_of_a_copy(tmp_path: Path) -> None:
    item = uuid4()
    source = sound_file(
        tmp_path / "a.flac", title="Secret", artist="Somebody", comment="x", replaygain_track_gain="-9 dB"
    )
    about = told(await copied(source, tmp_path, item))
    tags = about["format"].get("tags", {})
    tags = {name.lower(): value for name, value in tags.items()}
    assert tags == {"title": str(item)}
    assert [stream.get("tags", {}) for stream in about["streams"]] == [{}]


@pytest.mark.parametrize(
    "form", [["-ar", "44100"], ["-ac", "1"], ["-ar", "8000"], ["-ar", "96000", "-c:a", "pcm_s24le"], ["-ac", "6"]]
)
async def test_a_copy_is_48_khz_stereo_flac(tmp_path: Path, form: list[str]) -> None:
    source = tmp_path / "b.wav"
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), *form, source)
    copy = await copied(source, tmp_path)
    (stream,) = told(copy)["streams"]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == ("flac", "48000", 2)
    assert float(stream["duration"]) == pytest.approx(SECONDS, abs=0.05)
    assert loudness(decode_file(str(copy), channels=2)).integrated == pytest.approx(-16, abs=1)


async def test_everybody_may_read_a_copy(tmp_path: Path) -> None:
    assert (await copied(sound_file(tmp_path / "a.wav"), tmp_path)).stat().st_mode & 0o777 == 0o644


async def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.mp3"
    source.write_bytes(b"no sound at all" * 100)
    folder = tmp_path / "copies"
    folder.mkdir()
    with pytest.raises(NotPlayable):
        await make(
            source,
            path_of(folder, uuid4()),
            uuid4(),
            Sound(1, -20, -10, Tags(), has_cover=False, begins_at=0, ends_at=1),
        )
    assert list(folder.iterdir()) == []


async def test_a_copy_replaces_an_older_one_in_one_step(tmp_path: Path) -> None:
    item = uuid4()
    first = await copied(sound_file(tmp_path / "a.wav"), tmp_path, item)
    with open(first, "rb") as playing:
        before = first.read_bytes()
        await copied(sound_file(tmp_path / "b.wav", music(2)), tmp_path, item)
        assert playing.read() == before, "whoever plays it hears it to its end"
    assert first.read_bytes() != before


def test_a_copy_that_would_eat_into_the_reserve_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="MB free"):
        require_room(tmp_path, seconds=1, reserve_mb=10**9)


def test_a_copy_that_is_too_long_for_the_disk_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DiskFull):
        require_room(tmp_path, seconds=1e12, reserve_mb=0)


def test_a_copy_for_which_there_is_room_may_be_made(tmp_path: Path) -> None:
    require_room(tmp_path, seconds=1, reserve_mb=0)


def test_the_copy_of_an_item_is_found_by_its_id() -> None:
    item = UUID(int=7)
    assert copies.path_of(Path("/copies"), item) == Path(f"/copies/{item}.flac")


async def test_the_silence_around_the_music_is_left_out(tmp_path: Path) -> None:
    source = sound_file(tmp_path / "a.wav", join(silence(2), chirp(0.5), silence(1), chirp(0.5), silence(3)))
    item = uuid4()
    target = path_of(tmp_path, item)
    told_length = await make(source, target, item, await probe(source, shortest_seconds=0.5, longest_seconds=60))
    heard = decode_file(str(target))
    assert len(heard) / 48_000 == pytest.approx(told_length, abs=0.02)
    assert told_length == pytest.approx(2.2, abs=0.02)
    assert chirp_position(heard, chirp(0.5)).at == pytest.approx(0.1, abs=0.01)


async def test_a_limited_sound_begins_and_ends_where_it_did(tmp_path: Path) -> None:
    """A limiter that looks ahead must not shift or shorten what it limits."""
    source = sound_file(tmp_path / "a.wav", strokes(-30))
    heard, before = decode_file(str(await copied(source, tmp_path))), decode_file(str(source))
    assert len(heard) == len(before)
    assert np.argmax(np.abs(heard[6_000:18_000])) == np.argmax(np.abs(before[6_000:18_000]))


async def test_a_copy_under_another_id_has_the_same_sound(tmp_path: Path) -> None:
    first = await copied(sound_file(tmp_path / "a.wav"), tmp_path)
    item = uuid4()
    second = path_of(tmp_path, item)
    await relabel(first, second, item)
    assert np.array_equal(decode_file(str(first)), decode_file(str(second)))
    assert {name.lower(): value for name, value in told(second)["format"]["tags"].items()} == {"title": str(item)}
    assert second.stat().st_mode & 0o777 == 0o644


async def test_a_copy_that_is_gone_gets_no_second_name(tmp_path: Path) -> None:
    with pytest.raises(NotPlayable):
        await relabel(tmp_path / "gone.flac", path_of(tmp_path, uuid4()), uuid4())
    assert list(tmp_path.iterdir()) == []
