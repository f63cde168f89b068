"""How tracks are shown, and what the player is told of them."""

from typing import Any
from uuid import UUID

from api.library.models import Track
from api.library.naming import named, wanted

ITEM = UUID(int=7)


def track(**given: Any) -> Track:
    return Track(**{"id": ITEM, "source": "folder", "title": "T", "artist": "A", "artwork": False, **given})


def test_a_track_is_shown_with_its_cover_when_it_has_one() -> None:
    assert named(track()).artwork is None
    shown = named(track(artwork=True, length_seconds=2.5))
    assert (shown.id, shown.title, shown.artist, shown.length_seconds) == (str(ITEM), "T", "A", 2.5)
    assert shown.artwork == f"/artwork/{ITEM}.jpg"


def test_only_a_composed_piece_may_be_cut() -> None:
    assert [wanted(track(source=one)).may_be_cut for one in ("folder", "upload", "starter")] == [False, False, True]
    assert wanted(track()).path == f"programme/{ITEM}.flac"
