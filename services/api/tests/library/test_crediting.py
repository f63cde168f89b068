"""Who is on a track: rows made from its credit, each artist once however it is written."""

import asyncio
from uuid import UUID, uuid4

from api.library.artists.models import Artist, ArtistAlias, TrackArtist
from api.library.artists.service import Credit, credit
from desk.asking import track
from kit.db import Sessions
from sqlalchemy import func, select


async def people(sessions: Sessions, of: UUID) -> list[tuple[str, str]]:
    query = select(Artist.name, TrackArtist.role).join_from(TrackArtist, Artist).where(TrackArtist.track_id == of)
    async with sessions() as tx:
        return [(name, role) for name, role in await tx.execute(query.order_by(TrackArtist.position))]


async def say(sessions: Sessions, **credits: tuple[UUID, str | None, str | None]) -> None:
    async with sessions.begin() as tx:
        await credit(tx, {of: Credit(artist, composer) for of, artist, composer in credits.values()})


async def test_a_credit_makes_artists_and_a_new_one_replaces_it(sessions: Sessions) -> None:
    one, other = (await track(sessions)).id, (await track(sessions)).id
    await say(sessions, a=(one, "Björk & Rosalía feat. Sia", "Björk/Sia"), b=(other, "BJORK", None))
    assert await people(sessions, one) == [
        ("Björk", "main"), ("Rosalía", "main"), ("Sia", "featured"), ("Björk", "composer"), ("Sia", "composer"),
    ]  # fmt: skip
    assert await people(sessions, other) == [("Björk", "main")]
    await say(sessions, a=(one, "The Sugarcubes", None))
    assert await people(sessions, one) == [("The Sugarcubes", "main")]
    async with sessions() as tx:
        assert await tx.scalar(select(Artist.sort_name).where(Artist.name == "The Sugarcubes")) == "Sugarcubes, The"
    await say(sessions, a=(one, None, " "))
    assert await people(sessions, one) == []


async def test_two_names_of_one_artist_are_one_artist(sessions: Sessions) -> None:
    one = (await track(sessions)).id
    prince = Artist(id=uuid4(), name="Prince", sort_name="Prince")
    async with sessions.begin() as tx:
        tx.add(prince)
        await tx.flush()
        tx.add_all(ArtistAlias(folded=name.lower(), alias=name, artist_id=prince.id) for name in ("Prince", "Camille"))
    await say(sessions, a=(one, "Camille feat. Prince & Sheila E.", None))
    assert await people(sessions, one) == [("Prince", "main"), ("Sheila E.", "featured")]


async def test_those_who_import_the_same_new_artist_at_once_share_it(sessions: Sessions) -> None:
    tracks = [(await track(sessions)).id for _ in range(8)]
    names = ["Newcomer, Another", "Another & Newcomer"]
    await asyncio.gather(*(say(sessions, a=(one, names[i % 2], None)) for i, one in enumerate(tracks)))
    async with sessions() as tx:
        assert await tx.scalar(select(func.count()).select_from(Artist)) == 2
        assert await tx.scalar(select(func.count()).select_from(TrackArtist)) == 2 * len(tracks)
