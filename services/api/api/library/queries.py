"""Tracks with who is on them and the categories they turn over in."""

from collections.abc import Sequence
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.artists.models import Artist, TrackArtist
from api.library.models import Category, Track, TrackCategory
from api.library.naming import artwork_address
from api.library.schemas import ArtistOnTrack, CategoryShown, LibraryTrack, Song


class NoSuchTrack(Refusal):
    status = 404
    error_code = "no_such_track"

    def __init__(self) -> None:
        super().__init__("There is no such track.")


async def shown(tx: AsyncSession, ids: Sequence[UUID]) -> list[LibraryTrack]:
    """These tracks as staff sees them, in this order; those that are not there are left out."""
    tracks = {one.id: one for one in await tx.scalars(select(Track).where(Track.id == func.any(list(ids))))}
    artists, categories = await _artists(tx, ids), await _categories(tx, ids)
    return [
        LibraryTrack.model_validate(tracks[one]).model_copy(
            update={"artists": tuple(artists.get(one, ())), "categories": tuple(categories.get(one, ()))}
        )
        for one in ids
        if one in tracks
    ]


async def show(tx: AsyncSession, track_id: UUID) -> LibraryTrack:
    """One track as staff sees it; raises `NoSuchTrack`."""
    found = await shown(tx, [track_id])
    if not found:
        raise NoSuchTrack
    return found[0]


async def songs(tx: AsyncSession, ids: Sequence[UUID]) -> list[Song]:
    """These tracks as everybody may see them, in this order."""
    columns = (
        Track.id, Track.title, Track.artist, Track.album, Track.year, Track.genre, Track.length_seconds, Track.artwork,
    )  # fmt: skip
    rows = {row.id: row for row in await tx.execute(select(*columns).where(Track.id == func.any(list(ids))))}
    return [
        Song(
            id=row.id,
            title=row.title,
            artist=row.artist,
            album=row.album,
            year=row.year,
            genre=row.genre,
            length_seconds=row.length_seconds,
            artwork=artwork_address(row.id, has_artwork=row.artwork),
        )
        for one in ids
        if (row := rows.get(one))
    ]


async def _artists(tx: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[ArtistOnTrack]]:
    query = (
        select(TrackArtist.track_id, Artist.id, Artist.name, TrackArtist.role)
        .join(Artist, Artist.id == TrackArtist.artist_id)
        .where(TrackArtist.track_id == func.any(list(ids)))
        .order_by(TrackArtist.track_id, TrackArtist.position)
    )
    found: dict[UUID, list[ArtistOnTrack]] = {}
    for track, artist, name, role in await tx.execute(query):
        found.setdefault(track, []).append(ArtistOnTrack(id=artist, name=name, role=role))
    return found


async def _categories(tx: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[CategoryShown]]:
    query = (
        select(TrackCategory.track_id, Category)
        .join(Category, Category.id == TrackCategory.category_id)
        .where(TrackCategory.track_id == func.any(list(ids)))
        .order_by(Category.name)
    )
    found: dict[UUID, list[CategoryShown]] = {}
    for track, category in await tx.execute(query):
        found.setdefault(track, []).append(CategoryShown.model_validate(category))
    return found
