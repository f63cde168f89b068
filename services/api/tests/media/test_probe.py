"""What is said of real files: sound ones of every kind, and everything else that ends up in a folder."""

import re
from pathlib import Path

import numpy as np
import pytest
from api.media.names import LONGEST_NAME
from api.media.probe import NotPlayable, Problem, Sound, probe
from desk.sounds import SECONDS, ffmpeg, id3, music, sound_file, untagged_mp3
from kit.testing_web import Answer, web
from listening import join, noise, silence, tone

SHORTEST = 0.5
NAMES = {
    "plain": "A plain title",
    "accents": "Café Ümläut Ÿ",
    "emoji": "Song 🎶 of 👩‍🚀",
    "right to left": "שלום עולם",
    "cyrillic": "Привет",
}


async def ask(path: Path, longest: float = 60) -> Sound:
    return await probe(path, shortest_seconds=SHORTEST, longest_seconds=longest)


async def refusal(path: Path, longest: float = 60) -> str:
    with pytest.raises(NotPlayable) as refused:
        await ask(path, longest)
    return str(refused.value)


async def code(path: Path, longest: float = 60) -> Problem:
    with pytest.raises(NotPlayable) as refused:
        await ask(path, longest)
    return refused.value.code


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that several tests look at and nobody changes."""
    folder = tmp_path_factory.mktemp("sounds")
    sound_file(folder / "sound.wav")
    untagged_mp3(folder / "sound.mp3", folder / "sound.wav")
    return folder


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "opus", "m4a", "wav"])
async def test_every_usual_kind_of_file_is_playable(tmp_path: Path, suffix: str) -> None:
    sound = await ask(sound_file(tmp_path / f"a.{suffix}", title="T", artist="A"))
    assert sound.length_seconds == pytest.approx(SECONDS, abs=0.1)
    assert sound.loudness_lufs == pytest.approx(-23, abs=1.5)
    assert sound.true_peak_dbtp == pytest.approx(-23, abs=1), "mono is 3 dB lower on each of two loudspeakers"
    assert (sound.tags.title, sound.tags.artist, sound.has_cover) == ("T", "A", False)


async def test_a_file_is_judged_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    assert (await ask(sound_file(tmp_path / "a.flac").rename(tmp_path / "a.txt"))).length_seconds > 1


async def test_a_name_that_looks_like_something_else_is_only_a_name(tmp_path: Path) -> None:
    for name in ("-i.flac", "concat:a|b.flac", "a%03d'; \"$(x).flac", "http:x.flac"):
        assert (await ask(sound_file(tmp_path / "a.flac").rename(tmp_path / name))).length_seconds > 1


@pytest.mark.parametrize("name", NAMES)
async def test_titles_in_any_script_are_read(tmp_path: Path, name: str) -> None:
    assert (await ask(sound_file(tmp_path / "a.flac", title=NAMES[name]))).tags.title == NAMES[name]


@pytest.mark.parametrize(
    ("frame", "title"),
    [
        (b"\0Caf\xe9", "Café"),
        (b"\1" + "Grüße 🎶".encode("utf-16"), "Grüße 🎶"),
        (b"\1" + "שלום".encode("utf-16"), "שלום"),
        (b"\0one\ntwo\x07\x1b[31m", "one two [31m"),
        (b"\0   ", None),
        (b"\0" + b"x" * 5000, "x" * LONGEST_NAME),
    ],
)
async def test_titles_in_old_encodings_are_one_clean_line(
    folder: Path, tmp_path: Path, frame: bytes, title: str | None
) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes((folder / "sound.mp3").read_bytes())
    assert (await ask(id3(path, {"TIT2": frame}))).tags.title == title


async def test_a_file_without_names_has_none(folder: Path) -> None:
    sound = await ask(folder / "sound.mp3")
    assert (sound.tags.title, sound.tags.artist) == (None, None)


async def test_a_cover_is_seen_and_is_no_obstacle(folder: Path, tmp_path: Path) -> None:
    assert (await ask(with_cover(folder, tmp_path / "a.mp3"))).has_cover


def with_cover(folder: Path, path: Path) -> Path:
    picture = path.with_suffix(".png")
    ffmpeg("-f", "lavfi", "-i", "color=red:s=900x900", "-frames:v", "1", picture)
    cover = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic"]
    ffmpeg("-i", folder / "sound.mp3", "-i", picture, *cover, path)
    return path


NO_SOUND = {
    "empty": b"",
    "text": b"This is a shopping list: milk, bread.\n" * 50,
    "zeros": b"\0" * 10_000,
    "picture": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "page": b"<html><body>404 not found</body></html>",
}


@pytest.mark.parametrize("kind", NO_SOUND)
async def test_a_file_without_sound_is_refused_in_words(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(NO_SOUND[kind])
    assert "sound" in await refusal(path)
    assert await code(path) == "not_audio"


CUT_OFF = {
    "wav": [],
    "flac": [],
    "mp3": ["-b:a", "128k"],
    "vbr.mp3": ["-q:a", "5"],
    "m4a": ["-movflags", "+faststart"],
    "late.m4a": [],
    "mka": ["-c:a", "libopus"],
    "webm": ["-c:a", "libopus"],
    "aiff": [],
    "mp4": ["-movflags", "+faststart"],
}


@pytest.mark.parametrize("kind", CUT_OFF)
async def test_a_file_that_was_cut_off_in_the_middle_is_refused(folder: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    ffmpeg("-stream_loop", "1", "-i", folder / "sound.wav", *CUT_OFF[kind], path)
    assert (await ask(path)).length_seconds == pytest.approx(2 * SECONDS, abs=0.1), "whole"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    # Without its index at the end, an M4A is nothing at all.
    assert await code(path) == ("not_audio" if kind == "late.m4a" else "broken")


async def test_a_file_of_varying_bit_rate_that_does_not_tell_its_length_is_whole(tmp_path: Path) -> None:
    """ffprobe's guess goes by the first frames: silence here, so the file seems many times as long."""
    path = tmp_path / "a.mp3"
    source = sound_file(tmp_path / "a.wav", join(silence(1), noise(2, -20)))
    ffmpeg("-i", source, "-map_metadata", "-1", "-id3v2_version", "0", "-write_xing", "0", "-q:a", "0", path)
    assert (await ask(path)).length_seconds == pytest.approx(3, abs=0.1)


async def test_a_truncated_flac_is_refused(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "a.flac")
    path.write_bytes(path.read_bytes()[:-3000])
    assert "broken" in await refusal(path)


async def test_a_damaged_flac_is_refused(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "a.flac")
    data = bytearray(path.read_bytes())
    middle = len(data) * 2 // 3
    data[middle : middle + 500] = np.random.default_rng(1).bytes(500)
    path.write_bytes(bytes(data))
    assert "broken" in await refusal(path)


async def test_a_truncated_mp3_plays_as_far_as_it_goes(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    whole = (folder / "sound.mp3").read_bytes()
    path.write_bytes(whole[: len(whole) // 2 + 7])
    assert (await ask(path)).length_seconds == pytest.approx(SECONDS / 2, abs=0.15)


async def test_silence_is_refused(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "a.flac", silence(SECONDS))
    assert "silent" in await refusal(path)
    assert await code(path) == "silent"


async def test_what_is_as_good_as_silence_is_refused(tmp_path: Path) -> None:
    assert "silent" in await refusal(sound_file(tmp_path / "a.flac", tone(440, SECONDS, -85)))


@pytest.mark.parametrize("seconds", [0.05, 0.3, 0.45])
async def test_a_file_that_is_too_short_is_refused(tmp_path: Path, seconds: float) -> None:
    assert await code(sound_file(tmp_path / "a.wav", tone(440, seconds, -20))) == "too_short"


async def test_a_blip_in_the_middle_of_silence_is_too_short(tmp_path: Path) -> None:
    pcm = join(silence(1), tone(440, 0.2, -10), silence(1))
    assert await code(sound_file(tmp_path / "a.wav", pcm)) == "too_short"


EDGES = {
    "none": (0.0, 0.0, 0.0, 0.0),
    "a short pause": (0.25, 0.25, 0.0, 0.0),
    "before": (2.0, 0.0, 1.9, 0.0),
    "after": (0.0, 2.0, 0.0, 1.9),
    "both": (1.0, 0.5, 0.9, 0.4),
}


@pytest.mark.parametrize("case", EDGES)
async def test_silence_at_the_edges_is_measured(tmp_path: Path, case: str) -> None:
    before, after, left_out_before, left_out_after = EDGES[case]
    pcm = join(silence(before), noise(0.5, -20), silence(1), noise(0.5, -20), silence(after))
    sound = await ask(sound_file(tmp_path / "a.wav", pcm))
    assert sound.begins_at == pytest.approx(left_out_before, abs=0.005)
    assert sound.length_seconds - sound.ends_at == pytest.approx(left_out_after, abs=0.02)


async def test_a_quiet_opening_is_no_silence(tmp_path: Path) -> None:
    sound = await ask(sound_file(tmp_path / "a.wav", join(noise(1, -55), noise(1, -20))))
    assert (sound.begins_at, sound.ends_at) == (0, sound.length_seconds)


async def test_a_video_without_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=1", path)
    assert "no sound" in await refusal(path)


async def test_a_video_with_sound_is_playable(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=64x64:d=1.5", "-i", folder / "sound.wav", path)
    assert (await ask(path)).loudness_lufs == pytest.approx(-23, abs=1.5)


async def test_a_file_longer_than_allowed_is_refused(tmp_path: Path) -> None:
    assert "longer than" in await refusal(sound_file(tmp_path / "a.flac"), longest=1)


async def test_a_file_that_hides_its_length_is_refused_when_it_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "a.aac"
    ffmpeg("-i", sound_file(tmp_path / "a.wav", music(3)), path)
    assert "longer than 1 seconds" in await refusal(path, longest=1)
    assert await code(path, longest=1) == "too_long"


PLAYLISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://{address}/a.ts\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile 'http://{address}/a.mp3'\n",
    "pls": "[playlist]\nFile1=http://{address}/a.mp3\nNumberOfEntries=1\n",
    "dash": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet mimeType="audio/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>http://{address}/a.mp4</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
}


@pytest.mark.parametrize(("kind", "suffix"), [*((kind, "mp3") for kind in PLAYLISTS), ("m3u8", "m3u8")])
async def test_a_playlist_in_disguise_fetches_nothing(tmp_path: Path, kind: str, suffix: str) -> None:
    with web(lambda _: Answer(404)) as server:
        path = tmp_path / f"a.{suffix}"
        path.write_text(PLAYLISTS[kind].format(address=server.address))
        assert await refusal(path)
        assert server.requests == []


@pytest.mark.parametrize("kind", ["m3u8", "concat"])
async def test_a_playlist_does_not_open_other_files_of_the_machine(tmp_path: Path, kind: str) -> None:
    secret = sound_file(tmp_path / "elsewhere" / "secret.flac")
    path = tmp_path / "a.mp3"
    path.write_text(re.sub(r"http://\{address\}/a\.\w+", str(secret), PLAYLISTS[kind]))
    assert await refusal(path)
