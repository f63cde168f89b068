"""What listeners hear."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from api.announcing.rules import Live, Playing, heard
from api.webhooks.events import SongHeard
from hypothesis import given
from hypothesis import strategies as st
from kit.contracts.air import TIERS, Tier

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHOW = UUID(int=1)
SONG = Playing(7, "Song", "Band", NOON)
TITLED = Live(SHOW, "DJ", "Set", "Guest", NOON)
UNTITLED = Live(SHOW, "DJ", None, "Guest", NOON)
NAMELESS = Live(SHOW, None, None, None, NOON)


def song(tier: Tier, title: str | None, artist: str | None) -> SongHeard:
    whose = {"session_id": SHOW} if tier == "live" else {"airing_id": 7}
    return SongHeard(tier=tier, title=title, artist=artist, started_at=NOON, **whose)


HEARD: list[tuple[Tier, Playing | None, Live | None, SongHeard | None]] = [
    ("user", SONG, TITLED, song("user", "Song", "Band")),
    ("fallback", SONG, None, song("fallback", "Song", "Band")),
    ("fallback", Playing(7, None, None, NOON), None, song("fallback", None, None)),
    ("fallback", None, TITLED, None),
    ("noise", SONG, TITLED, None),
    ("live", SONG, TITLED, song("live", "Set", "Guest")),
    ("live", SONG, UNTITLED, song("live", "DJ", None)),
    ("live", SONG, NAMELESS, song("live", None, None)),
    ("live", SONG, None, None),
]


@pytest.mark.parametrize(("tier", "playing", "live", "wanted"), HEARD)
def test_the_song_of_the_tier_on_air_is_heard(
    tier: Tier, playing: Playing | None, live: Live | None, wanted: SongHeard | None
) -> None:
    assert heard(tier, playing, live) == wanted


@given(st.sampled_from(TIERS), st.none() | st.just(SONG), st.sampled_from([None, TITLED, UNTITLED, NAMELESS]))
def test_what_is_heard_is_on_the_tier_on_air_and_is_a_song_or_a_show(
    tier: Tier, playing: Playing | None, live: Live | None
) -> None:
    if found := heard(tier, playing, live):
        assert found.tier == tier
        assert (found.airing_id is None) != (found.session_id is None)
