"""Covers as they are taken out of files."""

from pathlib import Path

from api.media.covers import take
from desk.sounds import ffmpeg, sound_file, told


async def test_a_cover_becomes_a_small_jpeg(tmp_path: Path) -> None:
    picture, source = tmp_path / "a.png", tmp_path / "a.mp3"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=900x700", "-frames:v", "1", picture)
    cover = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), "-i", picture, *cover, source)
    target = tmp_path / "artwork" / "a.jpg"
    assert await take(source, target)
    (stream,) = told(target)["streams"]
    assert (stream["codec_name"], stream["width"], stream["height"]) == ("mjpeg", 600, 466)


async def test_a_file_without_a_cover_gives_none(tmp_path: Path) -> None:
    target = tmp_path / "artwork" / "a.jpg"
    assert not await take(sound_file(tmp_path / "a.wav"), target)
    assert not target.exists()
    assert list(target.parent.iterdir()) == []


async def test_a_picture_that_claims_to_be_huge_is_left_alone(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=9000x9000", "-frames:v", "1", picture)
    form = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    source = tmp_path / "a.mp3"
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), "-i", picture, *form, source)
    assert not await take(source, tmp_path / "artwork" / "a.jpg")
