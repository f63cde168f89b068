"""Which kinds of files are taken, and files that are something else as well."""

from pathlib import Path

import pytest
from api.media.disguise import beginning_of, hidden_in
from api.media.kinds import KINDS, UNKNOWN, agree
from api.media.probe import NotPlayable, probe
from desk.bad_files import BAD
from desk.sounds import ffmpeg, id3, music, sound_file
from listening import noise

AGREED = [
    ("mp3", "audio/mpeg"),
    ("flac", "audio/mpeg"),  # with an ID3 tag before it
    ("matroska,webm", "video/webm"),
    ("mov,mp4,m4a,3gp,3g2,mj2", "audio/x-m4a"),
    ("caf", UNKNOWN),
]
NOT_AGREED = [
    ("mp3", "application/zip"),
    ("mp3", "application/x-dosexec"),
    ("mp3", "text/html"),
    ("wav", "audio/mpeg"),
    ("hls", "text/plain"),
    ("concat", UNKNOWN),
    ("", "audio/mpeg"),
]


@pytest.mark.parametrize(("container", "beginning"), AGREED)
def test_a_kind_that_is_taken_may_look_like_itself_or_like_nothing(container: str, beginning: str) -> None:
    assert agree(container, beginning)


@pytest.mark.parametrize(("container", "beginning"), NOT_AGREED)
def test_what_looks_like_something_else_is_not_taken(container: str, beginning: str) -> None:
    assert not agree(container, beginning)


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        ("mp3", "mp3"), ("flac", "flac"), ("ogg", "ogg"), ("opus", "ogg"), ("m4a", "mov"), ("wav", "wav"),
        ("aiff", "aiff"), ("mka", "matroska"), ("webm", "webm"), ("wma", "asf"), ("aac", "aac"), ("ac3", "ac3"),
        ("wv", "wv"), ("mp4", "mov"), ("mov", "mov"), ("avi", "avi"), ("mpg", "mpeg"), ("ts", "mpegts"),
    ],
)  # fmt: skip
def test_real_files_look_like_themselves(tmp_path: Path, suffix: str, kind: str) -> None:
    path = tmp_path / f"a.{suffix}"
    ffmpeg("-f", "lavfi", "-i", "sine=440:d=0.3", "-ar", "48000", path)
    seen = beginning_of(path)
    assert seen in KINDS[kind] or seen == UNKNOWN
    assert hidden_in(path) is None


def test_marks_that_are_there_by_chance_hide_nothing(tmp_path: Path) -> None:
    path = sound_file(tmp_path / "a.wav", noise(1, -20))
    path.write_bytes(path.read_bytes() + b"PK\x05\x06" + bytes(8) + b"\x40\0\0\0" + bytes(6) + b"PK\x05\x06")
    assert hidden_in(path) is None


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound_file(tmp_path_factory.mktemp("good") / "good.mp3", music(1))


REASONS = {
    "executable": "x-sharedlib|x-executable|x-pie-executable|not a sound",
    "zip_before": "application/zip",
    "zip_after": "ZIP archive",
    "zip_inside": "ZIP archive",
    "page_before": "web page|text/html",
    "page_in_tag": "web page",
    "document_in_tag": "PDF",
    "no_frames": "shorter than",
    "truncated": "broken",
    "silent_hours": "longer than",
    "endless": "longer than",
    "many_channels": "more than 8 channels",
    "no_sound": "no sound",
    "inaudible": "silent",
    "noise_of_bytes": "broken",
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_refused_for_what_it_is(good: Path, tmp_path: Path, name: str) -> None:
    bad = tmp_path / "song.mp3"
    BAD[name](bad, good)
    with pytest.raises(NotPlayable, match=REASONS.get(name, "not a sound file")):
        await probe(bad, shortest_seconds=0.5, longest_seconds=60)
    assert [path for path in tmp_path.iterdir() if path.suffix == ".mp3"] == [bad]


async def test_eight_channels_at_192_khz_are_brought_down(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    inputs = [part for _ in range(8) for part in ("-f", "lavfi", "-i", "sine=440:d=1:sample_rate=192000")]
    ffmpeg(*inputs, "-filter_complex", "amerge=inputs=8", "-ar", "192000", "-c:a", "pcm_s24le", path)
    sound = await probe(path, shortest_seconds=0.5, longest_seconds=60)
    assert sound.length_seconds == pytest.approx(1, abs=0.01)


async def test_a_picture_of_any_size_in_a_tag_is_no_disguise(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(good.read_bytes())
    id3(path, {"PRIV": b"x\0" + bytes(2_000_000)})
    assert (await probe(path, shortest_seconds=0.5, longest_seconds=60)).length_seconds > 0.9
