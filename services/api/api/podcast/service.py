"""Publishing airchecks as episodes, and taking that back."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.airchecks import files, queries
from api.airchecks import service as archive
from api.airchecks.models import Aircheck
from api.airchecks.rules import NotReady
from api.airchecks.schemas import AircheckInFull
from api.podcast.addresses import below
from api.podcast.rules import LISTED, InTheTrash, NoShow, NotPublished
from api.podcast.schemas import EpisodeWanted, PodcastChapter, PodcastChapters
from api.settings import Settings
from api.webhooks.events import Episode, ShowPublishedEvent
from api.webhooks.telling import tell

logger = structlog.get_logger()


async def publish(
    tx: AsyncSession, caller: Caller, aircheck_id: UUID, wish: EpisodeWanted, settings: Settings
) -> AircheckInFull:
    """Let an aircheck be an episode of its show's podcast, for everybody; webhooks are told.

    Raises `NoSuchAircheck`, `NotYourAircheck`, `NotReady`, `NoShow`, `InTheTrash`.
    """
    row = (await queries.one(tx, archive.asking(caller), aircheck_id, "publish", lock=True)).aircheck
    if row.deleted_at:
        raise InTheTrash
    if row.state != "ready":
        raise NotReady
    if row.show_id is None:
        raise NoShow
    for name in wish.model_fields_set:
        setattr(row, name, getattr(wish, name))
    now = datetime.now(UTC)
    row.changed_at = now
    if row.published_at is None:
        row.published_at, row.first_published_at = now, row.first_published_at or now
        await tell(tx, _published(row, now, settings))
        logger.info("episode_published", aircheck_id=str(row.id), show_id=str(row.show_id))
    await tx.flush()
    return await archive.show(tx, caller, aircheck_id)


async def unpublish(tx: AsyncSession, caller: Caller, aircheck_id: UUID) -> AircheckInFull:
    """Take an episode back; published again it is the same one. Raises `NoSuchAircheck` and `NotYourAircheck`."""
    row = (await queries.one(tx, archive.asking(caller), aircheck_id, "publish", lock=True)).aircheck
    if row.published_at:
        row.published_at, row.changed_at = None, datetime.now(UTC)
        logger.info("episode_unpublished", aircheck_id=str(row.id))
    await tx.flush()
    return await archive.show(tx, caller, aircheck_id)


def _published(row: Aircheck, now: datetime, settings: Settings) -> ShowPublishedEvent:
    assert row.show_id
    assert row.show_name
    site = below(settings)
    episode = Episode(
        show_id=row.show_id,
        show=row.show_name,
        episode_id=row.id,
        title=row.title,
        published_at=now,
        length_seconds=row.length_seconds,
        audio=site.sound(row.id),
        feed=site.feed(row.show_id),
    )
    return ShowPublishedEvent(at=now, data=episode)


async def of_show(tx: AsyncSession, show_id: UUID) -> list[Aircheck]:
    """A show's episodes, newest first."""
    query = select(Aircheck).where(Aircheck.show_id == show_id, queries.PUBLIC)
    order = (Aircheck.first_published_at.desc(), Aircheck.id)
    return list(await tx.scalars(query.order_by(*order).limit(LISTED)))


async def file_of(tx: AsyncSession, episode_id: UUID, settings: Settings) -> tuple[Path, str]:
    """An episode's file and its title; raises `NotPublished`."""
    row = await _episode(tx, episode_id)
    assert row.copy
    return files.folder_of(settings, row.id) / row.copy, row.title


async def chapters(tx: AsyncSession, episode_id: UUID) -> PodcastChapters:
    """An episode's chapters; raises `NotPublished`."""
    found = (await _episode(tx, episode_id)).chapters
    return PodcastChapters(chapters=[PodcastChapter(startTime=one["starts"], title=one["title"]) for one in found])


async def _episode(tx: AsyncSession, episode_id: UUID) -> Aircheck:
    row = await tx.get(Aircheck, episode_id)
    if row is None or row.published_at is None:
        raise NotPublished
    return row
