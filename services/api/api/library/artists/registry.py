"""Looking after artists: which names stay whole, which names are one artist's. Tracks are credited anew accordingly."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import telling
from api.library.artists import rules
from api.library.artists.models import Artist, ArtistAlias, TrackArtist
from api.library.artists.schemas import ArtistChange, ArtistMade, ArtistShown, ArtistsPage
from api.library.artists.service import Credit, credit
from api.library.models import Track


class NoSuchArtist(Refusal):
    status = 404
    error_code = "no_such_artist"

    def __init__(self) -> None:
        super().__init__("There is no such artist.")


class ArtistNameTaken(Refusal):
    """A name is another artist's: merge them."""

    error_code = "artist_name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} is another artist's name; merge them if they are the same.")


async def page(tx: AsyncSession, *, words: str, offset: int, limit: int) -> ArtistsPage:
    """Artists in the order of their names; with `words` those that have them in one of their names."""
    query = select(Artist.id)
    if said := rules.folded(words):
        named = select(ArtistAlias.artist_id).where(func.strpos(ArtistAlias.folded, said) > 0)
        query = query.where(Artist.id.in_(named))
    total = await tx.scalar(select(func.count()).select_from(query.subquery())) or 0
    ids = await tx.scalars(query.order_by(Artist.sort_name, Artist.id).offset(offset).limit(limit))
    return ArtistsPage(items=await _shown(tx, ids.all()), total=total)


async def find(tx: AsyncSession, artist_id: UUID) -> ArtistShown:
    """One artist; raises `NoSuchArtist`."""
    found = await _shown(tx, [artist_id])
    if not found:
        raise NoSuchArtist
    return found[0]


async def make(tx: AsyncSession, wish: ArtistMade) -> ArtistShown:
    """An artist whose names stay whole in credits from now on; raises `ArtistNameTaken`."""
    artist = Artist(name=wish.name, sort_name=wish.sort_name or rules.sort_name_of(wish.name))
    tx.add(artist)
    await tx.flush()
    new = await _name(tx, artist.id, [wish.name, *wish.aliases])
    await _credit_anew(tx, new, [])
    return await find(tx, artist.id)


async def change(tx: AsyncSession, artist_id: UUID, wish: ArtistChange) -> ArtistShown:
    """Change what was sent; raises `NoSuchArtist` and `ArtistNameTaken`."""
    artist = await _locked(tx, artist_id)
    sent = wish.model_fields_set
    before, on = await _names(tx, artist_id), await _tracks(tx, [artist_id])
    artist.name = wish.name if "name" in sent else artist.name
    artist.sort_name = wish.sort_name if "sort_name" in sent else artist.sort_name
    kept = wish.aliases if "aliases" in sent else before
    if sent & {"name", "aliases"}:
        await tx.execute(delete(ArtistAlias).where(ArtistAlias.artist_id == artist_id))
        new = await _name(tx, artist_id, [artist.name, *kept])
        changed = {rules.folded(one) for one in before} ^ {rules.folded(one) for one in new}
        await _credit_anew(tx, changed, on)
    return await find(tx, artist_id)


async def merge(tx: AsyncSession, artist_id: UUID, others: Collection[UUID]) -> ArtistShown:
    """Make several artists one, under all their names; raises `NoSuchArtist`."""
    for one in sorted({artist_id, *others}):
        await _locked(tx, one)
    gone = [one for one in others if one != artist_id]
    on = await _tracks(tx, gone)
    await tx.execute(update(ArtistAlias).where(ArtistAlias.artist_id.in_(gone)).values(artist_id=artist_id))
    await tx.execute(delete(Artist).where(Artist.id.in_(gone)))
    await _credit_anew(tx, [], on)
    return await find(tx, artist_id)


async def forget(tx: AsyncSession, artist_id: UUID) -> None:
    """Forget an artist's names: credits that hold them are split as if they were unknown. Raises `NoSuchArtist`."""
    artist = await _locked(tx, artist_id)
    on = await _tracks(tx, [artist_id])
    await tx.delete(artist)
    await _credit_anew(tx, [], on)


async def _credit_anew(tx: AsyncSession, names: Iterable[str], on: Sequence[UUID]) -> None:
    """Credit tracks again: those that the artist is on, and those whose credits hold one of the names."""
    holding = [
        func.strpos(func.api.folded(column), func.api.folded(name)) > 0
        for name in names
        for column in (Track.artist, Track.composer)
    ]
    query = select(Track.id, Track.artist, Track.composer).where(or_(Track.id == func.any(list(on)), *holding))
    found = {row.id: Credit(row.artist, row.composer) for row in await tx.execute(query.order_by(Track.id))}
    if found:
        await credit(tx, found)
        await telling.changed(tx, found, ["artists"])


async def _name(tx: AsyncSession, artist_id: UUID, names: Sequence[str]) -> list[str]:
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(rules.folded(name), name)
    taken = await tx.scalars(select(ArtistAlias.alias).where(ArtistAlias.folded == func.any(list(wanted))))
    if other := taken.first():
        raise ArtistNameTaken(other)
    tx.add_all(ArtistAlias(folded=key, alias=name, artist_id=artist_id) for key, name in wanted.items())
    await tx.flush()
    return list(wanted.values())


async def _names(tx: AsyncSession, artist_id: UUID) -> list[str]:
    return list(await tx.scalars(select(ArtistAlias.alias).where(ArtistAlias.artist_id == artist_id)))


async def _tracks(tx: AsyncSession, artists: Sequence[UUID]) -> list[UUID]:
    return list(await tx.scalars(select(TrackArtist.track_id).where(TrackArtist.artist_id == func.any(list(artists)))))


async def _locked(tx: AsyncSession, artist_id: UUID) -> Artist:
    artist = await tx.get(Artist, artist_id, with_for_update=True)
    if artist is None:
        raise NoSuchArtist
    return artist


async def _shown(tx: AsyncSession, ids: Sequence[UUID]) -> list[ArtistShown]:
    wanted = func.any(list(ids))
    artists = {one.id: one for one in await tx.scalars(select(Artist).where(Artist.id == wanted))}
    query = select(TrackArtist.artist_id, func.count(TrackArtist.track_id.distinct()).label("tracks"))
    counts = await tx.execute(query.where(TrackArtist.artist_id == wanted).group_by(TrackArtist.artist_id))
    tracks = {row.artist_id: row.tracks for row in counts}
    aliases: dict[UUID, list[str]] = {}
    for row in await tx.scalars(select(ArtistAlias).where(ArtistAlias.artist_id == wanted).order_by(ArtistAlias.alias)):
        if row.folded != rules.folded(artists[row.artist_id].name):
            aliases.setdefault(row.artist_id, []).append(row.alias)
    return [
        ArtistShown(
            id=one,
            name=artists[one].name,
            sort_name=artists[one].sort_name,
            aliases=aliases.get(one, []),
            tracks=tracks.get(one, 0),
        )
        for one in ids
        if one in artists
    ]
