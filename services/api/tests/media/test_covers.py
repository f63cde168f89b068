"""Covers as they are taken out of files."""

from pathlib import Path
from uuid import uuid4

from api.media.covers import files, take
from desk.sounds import ffmpeg, sound_file, told


async def test_a_cover_becomes_square_pictures_in_all_sizes(tmp_path: Path) -> None:
    picture, source = tmp_path / "a.png", tmp_path / "a.mp3"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=900x700", "-frames:v", "1", picture)
    cover = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), "-i", picture, *cover, source)
    folder, item = tmp_path / "artwork", uuid4()
    assert await take(source, folder, item)
    streams = [told(path)["streams"][0] for path in files(folder, item)]
    assert [(one["codec_name"], one["width"], one["height"]) for one in streams] == [
        ("mjpeg", 600, 600),
        ("webp", 300, 300),
        ("webp", 96, 96),
    ]
    assert sorted(folder.iterdir()) == sorted(files(folder, item))


async def test_a_file_without_a_cover_gives_none(tmp_path: Path) -> None:
    folder = tmp_path / "artwork"
    assert not await take(sound_file(tmp_path / "a.wav"), folder, uuid4())
    assert list(folder.iterdir()) == []


async def test_a_picture_that_claims_to_be_huge_is_left_alone(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=9000x9000", "-frames:v", "1", picture)
    form = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"]
    source = tmp_path / "a.mp3"
    ffmpeg("-i", sound_file(tmp_path / "a.wav"), "-i", picture, *form, source)
    assert not await take(source, tmp_path / "artwork", uuid4())
