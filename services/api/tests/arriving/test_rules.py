"""What a track takes from its file, and what of a person's work stays."""

from api.arriving.rules import keeps_copy, points_in, taken
from api.library.rules import POINTS
from api.media.tags import Tags

TAGS = Tags(title="New", artist="A", year=1999)
NONE = dict.fromkeys(POINTS)


def test_a_file_fills_what_nobody_set() -> None:
    assert taken(TAGS, [], name="file") == {"title": "New", "artist": "A", "year": 1999}
    assert taken(TAGS, ["title", "year"], name="file") == {"artist": "A"}


def test_a_file_without_a_title_is_called_by_its_name_and_its_silence_empties_nothing() -> None:
    assert taken(Tags(), [], name="file") == {"title": "file"}
    assert taken(Tags(), ["title"], name="file") == {}


def test_a_persons_points_stay_as_long_as_they_are_good() -> None:
    points = {**NONE, "cue_in": 1.0, "cue_out": 9.0, "intro_end": 4.0}
    assert points_in(points, ["cue_in", "intro_end"], 10.0) == {**NONE, "cue_in": 1.0, "intro_end": 4.0}
    assert points_in(points, ["cue_in", "intro_end"], 3.0) == NONE, "the intro would end after the track"
    assert points_in(points, [], 10.0) == NONE, "what was measured is measured anew"


def test_a_copy_is_kept_of_what_plays_or_will() -> None:
    assert [keeps_copy(one) for one in ("ready", "waiting", "refused", "gone", "removed", None)] == [True] * 2 + [
        False
    ] * 4
