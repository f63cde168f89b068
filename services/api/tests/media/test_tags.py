"""What is read from the tags of real files, and what is made of their words."""

from pathlib import Path

import pytest
from api.media import tags
from api.media.names import LONGEST_NAME
from api.media.probe import probe
from api.media.tags import Tags
from desk.sounds import ffmpeg, id3v1, music, sound_file, untagged_mp3
from hypothesis import given
from hypothesis import strategies as st

SAID = {
    "title": "Tïtle 🎶", "artist": "שלום", "album": "Al", "date": "1999-05-06", "genre": "Rock", "composer": "C",
    "track": "3/12",
}  # fmt: skip
READ = Tags("Tïtle 🎶", "שלום", "Al", 1999, "Rock", "C", number=3)
FULL = {"publisher": "Pub", "label": "Lab", "isrc": "us-abc-99-12345", "language": "fra"}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sound_file(tmp_path_factory.mktemp("plain") / "a.wav", music(0.8))


async def of(path: Path) -> Tags:
    return (await probe(path, shortest_seconds=0.5, longest_seconds=60)).tags


def tagged(path: Path, plain: Path, said: dict[str, str]) -> Path:
    ffmpeg("-i", plain, *(part for name, value in said.items() for part in ("-metadata", f"{name}={value}")), path)
    return path


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "opus", "m4a", "mp4", "mka", "wma"])
async def test_every_container_is_read_alike(plain: Path, tmp_path: Path, suffix: str) -> None:
    told = await of(tagged(tmp_path / f"a.{suffix}", plain, SAID))
    assert told.language in (None, "eng")
    assert Tags(**{**told.__dict__, "language": None}) == READ


@pytest.mark.parametrize("suffix", ["mp3", "flac", "mka"])
async def test_rights_are_read_where_a_container_has_them(plain: Path, tmp_path: Path, suffix: str) -> None:
    told = await of(tagged(tmp_path / f"a.{suffix}", plain, FULL))
    assert (told.publisher, told.label, told.isrc, told.language) == ("Pub", "Lab", "USABC9912345", "fra")


async def test_the_isrc_of_an_id3_tag_is_read(plain: Path, tmp_path: Path) -> None:
    assert (await of(tagged(tmp_path / "a.mp3", plain, {"TSRC": "USABC9912345"}))).isrc == "USABC9912345"


@pytest.mark.parametrize(("encoding", "title"), [("latin-1", "Café Zoë"), ("utf-8", "Привет"), ("cp1252", "“Wow”")])
async def test_the_oldest_tags_are_read_whatever_their_bytes_mean(
    plain: Path, tmp_path: Path, encoding: str, title: str
) -> None:
    path = untagged_mp3(tmp_path / "a.mp3", plain)
    told = await of(id3v1(path, title=title.encode(encoding), year=b"1987", genre=17))
    assert (told.title, told.year, told.genre) == (title, 1987, "Rock")


async def test_the_tags_of_a_picture_are_not_the_sounds(plain: Path, tmp_path: Path) -> None:
    picture, path = tmp_path / "a.png", tmp_path / "a.mkv"
    ffmpeg("-f", "lavfi", "-i", "color=red:s=90x90", "-frames:v", "1", picture)
    ffmpeg("-i", plain, "-i", picture, "-map", "0", "-map", "1", "-metadata:s:v", "title=Front", path)
    assert (await of(path)).title is None


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1999", 1999), ("1999-05-06", 1999), ("05/06/2003", 2003), ("2024-01-01T00:00:00Z", 2024),
        ("", None), (None, None), ("99", None), ("0000", None), ("3000", None), ("123456", None), ("in 1971", 1971),
    ],
)  # fmt: skip
def test_a_year_is_found_in_a_date(text: str | None, year: int | None) -> None:
    assert tags.year(text) == year


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USABC9912345", "USABC9912345"), ("us-abc-99-12345", "USABC9912345"), ("ISRC US ABC 99 12345", "USABC9912345"),
        ("12ABC9912345", None), ("USABC991234", None), ("", None), (None, None), ("none", None),
    ],
)  # fmt: skip
def test_a_recordings_code_is_brought_to_its_form(text: str | None, code: str | None) -> None:
    assert tags.isrc(text) == code


@pytest.mark.parametrize(
    ("text", "code"), [("eng", "eng"), ("FR", "fr"), ("und", None), ("English", None), ("", None), (None, None)]
)
def test_a_language_is_a_code(text: str | None, code: str | None) -> None:
    assert tags.language(text) == code


@pytest.mark.parametrize(("text", "place"), [("3/12", 3), ("03", 3), ("0", None), ("A1", None), (None, None)])
def test_a_place_on_the_album_is_a_number(text: str | None, place: int | None) -> None:
    assert tags.number(text) == place


@given(st.dictionaries(st.sampled_from(["title", "ARTIST", "Album", "date", "isrc", "track", "language"]), st.text()))
def test_whatever_a_file_says_is_one_clean_line_or_nothing(said: dict[str, str]) -> None:
    read = tags.read(
        {
            name: value.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
            for name, value in said.items()
        }
    )
    for value in (read.title, read.artist, read.album):
        assert value is None or (0 < len(value) <= LONGEST_NAME and "\n" not in value and "\0" not in value)
    assert read.year is None or 1000 <= read.year <= 2999
    assert read.number is None or read.number > 0
