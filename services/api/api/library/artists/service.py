"""Artists are made from the credits of tracks, and looked after by producers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from uuid import UUID, uuid4

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.artists import rules
from api.library.artists.models import Artist, ArtistAlias, TrackArtist
from api.library.artists.rules import Credited


@dataclass(frozen=True)
class Credit:
    """How a track credits those who are on it."""

    artist: str | None
    composer: str | None = None


async def credit(tx: AsyncSession, credits: Mapping[UUID, Credit]) -> None:
    """Say anew who is on these tracks, as their credits say it; artists that nobody knows yet are made.

    Whoever changes `artist` or `composer` of a track calls it, before telling; any number of tracks in one go.
    """
    wanted = set(chain.from_iterable(rules.names_to_look_up(one.artist) for one in credits.values()))
    wanted |= set(chain.from_iterable(rules.composers_to_look_up(one.composer) for one in credits.values()))
    known = await _known(tx, wanted)
    found = {
        track: (*rules.split(one.artist, known), *rules.composers(one.composer, known))
        for track, one in credits.items()
    }
    known |= await _make(tx, chain.from_iterable(found.values()), known)
    await tx.execute(delete(TrackArtist).where(TrackArtist.track_id == func.any(list(credits))))
    rows = [row for track, named in found.items() for row in _rows(track, named, known)]
    if rows:
        await tx.execute(insert(TrackArtist), rows)


def _rows(track: UUID, named: Iterable[Credited], known: Mapping[str, UUID]) -> list[dict[str, object]]:
    # Two names in a credit may be one artist's.
    people = {(known[rules.folded(one.name)], one.role == "composer"): one.role for one in reversed(list(named))}
    return [
        {"track_id": track, "position": position, "artist_id": artist, "role": role}
        for position, ((artist, _), role) in enumerate(reversed(people.items()), start=1)
    ]


async def _known(tx: AsyncSession, names: Collection[str]) -> dict[str, UUID]:
    query = select(ArtistAlias.folded, ArtistAlias.artist_id).where(ArtistAlias.folded == func.any(list(names)))
    return {row.folded: row.artist_id for row in await tx.execute(query)}


async def _make(tx: AsyncSession, named: Iterable[Credited], known: Mapping[str, UUID]) -> dict[str, UUID]:
    new: dict[str, str] = {}
    for one in named:
        if (folded := rules.folded(one.name)) not in known:
            new.setdefault(folded, one.name)
    if not new:
        return {}
    # In one order for everybody, so that two who make the same artists wait for each other in no circle.
    artists = [{"id": uuid4(), "name": new[key], "sort_name": rules.sort_name_of(new[key])} for key in sorted(new)]
    await tx.execute(insert(Artist), artists)
    aliases = [
        {"folded": key, "alias": new[key], "artist_id": artist["id"]}
        for key, artist in zip(sorted(new), artists, strict=True)
    ]
    await tx.execute(upsert(ArtistAlias).on_conflict_do_nothing(), aliases)
    made = await _known(tx, new)
    lost = {one["artist_id"] for one in aliases} - set(made.values())
    if lost:  # somebody else made them meanwhile
        await tx.execute(delete(Artist).where(Artist.id == func.any(list(lost))))
    return made
