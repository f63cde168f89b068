"""On-air copies as they are made: level, form, tags, and nothing half-made."""

from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pytest
from listening import Pcm, decode_file, loudness, noise, tone
from rig.sounds import SECONDS, ffmpeg, music, sound_file, told
from stream_control.programme import copies
from stream_control.programme.copies import DiskFull, make, path_of, require_room, take_cover
from stream_control.programme.probe import NotPlayable, Sound, probe


async def copied(source: Path, folder: Path, item: UUID | None = None) -> Path:
    """A copy, made as the programme makes it."""
    item = item or uuid4()
    target = path_of(folder, item)
    await make(source, target, item, await probe(source, longest_seconds=60))
    return target


@pytest.mark.parametrize("level", [-45.0, -20.0, -3.0])
async def test_a_copy_has_the_stations_loudness(tmp_path: Path, level: float) -> None:
    heard = loudness(
        decode_file(str(await copied(sound_file(tmp_path / "a.wav", music(3, level)), tmp_path)), channels=2)
    )
    assert heard.integrated == pytest.approx(-16 if level > -30 else -45 + 20 - 3, abs=1.5)
    assert heard.true_peak <= -1


def with_peaks() -> Pcm:
    """Quiet noise with loud strokes: its peaks forbid the station's loudness."""
    pcm = noise(3, -40)
    pcm[::12_000] = 0.9
    return pcm


async def test_no_peak_of_a_copy_passes_the_ceiling(tmp_path: Path) -> None:
    heard = loudness(decode_file(str(await copied(sound_file(tmp_path / "a.wav", with_peaks()), tmp_path)), channels=2))
    assert heard.true_peak <= -0.9
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


@pytest.mark.parametrize("form", [["-ar", "44100"], ["-ac", "1"], ["-ar", "96000", "-c:a", "pcm_s24le"], ["-ac", "6"]])
async def test_a_copy_is_48_khz_stereo_flac(tmp_path: Path, form: list[str]) -> None:
    source = tmp_path / "b.wav"
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), *form, source)
    (stream,) = told(await copied(source, tmp_path))["streams"]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == ("flac", "48000", 2)
    assert float(stream["duration"]) == pytest.approx(SECONDS, abs=0.05)


async def test_everybody_may_read_a_copy(tmp_path: Path) -> None:
    assert (await copied(sound_file(tmp_path / "a.wav"), tmp_path)).stat().st_mode & 0o777 == 0o644


async def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    source = tmp_path / "a.mp3"
    source.write_bytes(b"no sound at all" * 100)
    folder = tmp_path / "copies"
    folder.mkdir()
    with pytest.raises(NotPlayable):
        await make(source, path_of(folder, uuid4()), uuid4(), Sound(1, -20, -10, None, None, has_cover=False))
    assert list(folder.iterdir()) == []


async def test_a_copy_replaces_an_older_one_in_one_step(tmp_path: Path) -> None:
    item = uuid4()
    first = await copied(sound_file(tmp_path / "a.wav"), tmp_path, item)
    with open(first, "rb") as playing:
        before = first.read_bytes()
        await copied(sound_file(tmp_path / "b.wav", music(2)), tmp_path, item)
        assert playing.read() == before, "whoever plays it hears it to its end"
    assert first.read_bytes() != before


async def test_a_cover_becomes_a_small_jpeg(tmp_path: Path) -> None:
    picture, source = tmp_path / "a.png", tmp_path / "a.mp3"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=900x700", "-frames:v", "1", picture)
    cover = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), "-i", picture, *cover, source)
    target = tmp_path / "artwork" / "a.jpg"
    assert await take_cover(source, target)
    (stream,) = told(target)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("mjpeg", 600, 466)


async def test_a_file_without_a_cover_gives_none(tmp_path: Path) -> None:
    target = tmp_path / "artwork" / "a.jpg"
    assert not await take_cover(sound_file(tmp_path / "a.wav"), target)
    assert not target.exists()


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
