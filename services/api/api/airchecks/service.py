"""The archive: what there is, changing it, deleting it and bringing it back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import structlog
from kit.auth import NotAllowed
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.airchecks import cursor, files, queries
from api.airchecks.cursor import Place
from api.airchecks.models import Aircheck
from api.airchecks.queries import Filter, Found
from api.airchecks.rules import Asking, IsPublished, NoOriginal, NotDeleted, NotReady
from api.airchecks.schemas import (
    AircheckChange,
    AircheckInFull,
    AircheckShown,
    AirchecksPage,
    ChapterShown,
    EpisodeShown,
    GapShown,
)
from api.settings import Settings
from api.shows import queries as shows

logger = structlog.get_logger()
Quality = Literal["copy", "original"]


def asking(caller: Caller | None) -> Asking:
    """Who asks, as the rules see it: a guest is nobody in particular."""
    if caller is None or caller.kind == "guest":
        return Asking()
    return Asking(caller.id, is_producer=caller.may_act_as("producer"), is_admin=caller.may_act_as("admin"))


async def list_airchecks(
    tx: AsyncSession, caller: Caller | None, wanted: Filter, *, after: Place | None, limit: int
) -> AirchecksPage:
    """A page of what the caller may see, newest first."""
    who = asking(caller)
    found = await queries.page(tx, who, wanted, after=after, limit=limit + 1)
    more, found = len(found) > limit, found[:limit]
    last = found[-1].aircheck if found else None
    place = cursor.write(Place(last.began_at, last.id)) if more and last else None
    return AirchecksPage(items=[shown(one) for one in found], next=place)


async def show(tx: AsyncSession, caller: Caller | None, aircheck_id: UUID) -> AircheckInFull:
    """One aircheck with its chapters; raises `NoSuchAircheck`."""
    return in_full(await queries.one(tx, asking(caller), aircheck_id, "see"))


async def change(tx: AsyncSession, caller: Caller, aircheck_id: UUID, wish: AircheckChange) -> AircheckInFull:
    """Change what was sent; raises `NoSuchAircheck`, `NotYourAircheck`, `NotAllowed`, `NoSuchShow`."""
    found = await queries.one(tx, asking(caller), aircheck_id, "change", lock=True)
    row = found.aircheck
    for name in wish.model_fields_set - {"show_id"}:
        setattr(row, name, getattr(wish, name))
    if "show_id" in wish.model_fields_set:
        await _move(tx, caller, row, wish.show_id)
    row.changed_at = datetime.now(UTC)
    await tx.flush()
    return in_full(await queries.one(tx, asking(caller), aircheck_id, "see"))


async def _move(tx: AsyncSession, caller: Caller, row: Aircheck, show_id: UUID | None) -> None:
    if not caller.may_act_as("producer"):
        raise NotAllowed("Only a producer puts an aircheck into another show.")
    show = await shows.show(tx, show_id) if show_id else None
    row.show_id, row.show_name = (show.id, show.name) if show else (None, None)


async def delete(tx: AsyncSession, caller: Caller, aircheck_id: UUID) -> None:
    """Put an aircheck into the trash; raises `NoSuchAircheck`, `NotYourAircheck`, `IsPublished`."""
    row = (await queries.one(tx, asking(caller), aircheck_id, "delete", lock=True)).aircheck
    if row.published_at:
        raise IsPublished
    if row.deleted_at is None:
        row.deleted_at = row.changed_at = datetime.now(UTC)
        row.deleted_because = "staff"
        logger.info("aircheck_deleted", aircheck_id=str(row.id))


async def restore(tx: AsyncSession, caller: Caller, aircheck_id: UUID) -> AircheckInFull:
    """Take an aircheck out of the trash; raises `NoSuchAircheck`, `NotYourAircheck`, `NotDeleted`."""
    found = await queries.one(tx, asking(caller), aircheck_id, "delete", lock=True)
    row = found.aircheck
    if row.deleted_at is None:
        raise NotDeleted
    row.deleted_at = row.deleted_because = None
    row.changed_at = datetime.now(UTC)
    return in_full(found)


async def file_of(
    tx: AsyncSession, caller: Caller | None, aircheck_id: UUID, quality: Quality, settings: Settings
) -> tuple[Path, str]:
    """A file and its title; raises `NoSuchAircheck`, `NotYourAircheck`, `NotReady`, `NoOriginal`."""
    # The original is for those whose it is: it may hold what the copy leaves out.
    what: Literal["see", "change"] = "see" if quality == "copy" else "change"
    row = (await queries.one(tx, asking(caller), aircheck_id, what)).aircheck
    if row.state != "ready" or row.copy is None:
        raise NotReady
    if quality == "original" and row.original_bytes is None:
        raise NoOriginal
    path = files.folder_of(settings, row.id) / (row.copy if quality == "copy" else files.ORIGINAL)
    return path, row.title


def shown(found: Found) -> AircheckShown:
    """As a list has it."""
    return AircheckShown.model_validate(_about(found))


def in_full(found: Found) -> AircheckInFull:
    """With all that is known."""
    row = found.aircheck
    return AircheckInFull.model_validate(
        {
            **_about(found),
            "chapters": [ChapterShown.model_validate(one) for one in row.chapters],
            "gaps": [GapShown.model_validate(one) for one in row.gaps],
            "loudness_lufs": row.loudness_lufs,
            "copy_bytes": row.copy_bytes,
            "original_bytes": row.original_bytes,
        }
    )


def _about(found: Found) -> dict[str, object]:
    row, episode = found.aircheck, None
    if row.published_at:
        explicit = row.explicit if row.explicit is not None else bool(found.show_explicit)
        episode = EpisodeShown(published_at=row.published_at, season=row.season, number=row.number, explicit=explicit)
    same = ("id", "state", "problem", "title", "notes", "show_id", "streamer_id", "began_at", "ended_at")
    return {
        **{name: getattr(row, name) for name in (*same, "length_seconds", "deleted_at", "deleted_because")},
        "show": row.show_name,
        "host": row.host or found.streamer,
        "has_original": row.original_bytes is not None,
        "episode": episode,
    }
