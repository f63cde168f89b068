"""Publishing, and what podcast directories and players read: feeds, episodes, chapters."""

from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api import ranges, sending
from api.accounts.caller import PasswordMustBeChanged, Streamer
from api.airchecks.rules import NoSuchAircheck, NotReady, NotYourAircheck
from api.airchecks.schemas import AircheckInFull
from api.podcast import feed, service
from api.podcast.addresses import site_of
from api.podcast.extension import CHAPTERS_KIND
from api.podcast.rules import InTheTrash, NoShow, NotPublished
from api.podcast.schemas import EpisodeWanted, PodcastChapters
from api.ringing import Rung
from api.sending import FILE_REFUSALS, PARTIAL
from api.shows import queries as shows
from api.shows.rules import NoSuchShow

router = APIRouter(tags=["podcast"])
_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
_PUBLISH = (*_CALLER, NoSuchAircheck, NotYourAircheck)
PUBLIC = "public, no-cache"
"""Anybody may keep it, and asks whether it is still so."""
EVERYBODY = {"Access-Control-Allow-Origin": "*"}
"""Players in browsers read feeds and chapters from pages of their own."""
_FEED: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/rss+xml": {"schema": {"type": "string"}}}, "description": "RSS 2.0"},
    304: {"description": "Nothing changed"},
}


@router.post(
    "/airchecks/{aircheck_id}/publish",
    summary="Make it an episode of its show's podcast; or change the episode that it is",
    responses=refusals(*_PUBLISH, NotReady, NoShow, InTheTrash),
)
async def publish_aircheck(
    aircheck_id: UUID, wish: EpisodeWanted, request: Request, rung: Rung, caller: Streamer, tx: Transaction
) -> AircheckInFull:
    return await service.publish(tx, caller, aircheck_id, wish, request.app.state.settings)


@router.post("/airchecks/{aircheck_id}/unpublish", summary="Take the episode back", responses=refusals(*_PUBLISH))
async def unpublish_aircheck(aircheck_id: UUID, caller: Streamer, tx: Transaction) -> AircheckInFull:
    return await service.unpublish(tx, caller, aircheck_id)


@router.head("/shows/{show_id}/feed.xml", include_in_schema=False)
@router.get(
    "/shows/{show_id}/feed.xml",
    summary="The show's podcast",
    response_class=Response,
    responses={**refusals(NoSuchShow), **_FEED},
)
async def show_feed(
    show_id: UUID,
    request: Request,
    tx: Transaction,
    if_none_match: Annotated[str | None, Header()] = None,
    if_modified_since: Annotated[str | None, Header()] = None,
) -> Response:
    show = await shows.show(tx, show_id)
    episodes = await service.of_show(tx, show.id)
    content = feed.write(show, episodes, site_of(request), request.app.state.settings)
    etag, modified = f'"{sha256(content).hexdigest()[:32]}"', feed.changed_at(show, episodes)
    headers = {"ETag": etag, "Last-Modified": ranges.http_date(modified), "Cache-Control": PUBLIC, **EVERYBODY}
    # Who sends a tag wants to be answered by it: a time says less.
    same = ranges.has_it(if_none_match, etag) if if_none_match else ranges.not_since(if_modified_since, modified)
    if same:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/rss+xml")


@router.head("/episodes/{episode_id}/audio.mp3", include_in_schema=False)
@router.get(
    "/episodes/{episode_id}/audio.mp3",
    summary="An episode, for everybody, with Range",
    response_class=Response,
    responses={**refusals(NotPublished, *FILE_REFUSALS), **PARTIAL},
)
async def hear_episode(episode_id: UUID, request: Request, tx: Transaction) -> Response:
    path, title = await service.file_of(tx, episode_id, request.app.state.settings)
    return await sending.send(request, path, kind="audio/mpeg", title=title, how="inline", cached=PUBLIC)


@router.get(
    "/episodes/{episode_id}/chapters.json",
    summary="An episode's chapters, as podcast players read them",
    response_class=Response,
    responses={
        **refusals(NotPublished),
        200: {"content": {CHAPTERS_KIND: {"schema": PodcastChapters.model_json_schema()}}, "description": "Chapters"},
    },
)
async def show_chapters(episode_id: UUID, tx: Transaction) -> Response:
    found = await service.chapters(tx, episode_id)
    headers = {"Cache-Control": PUBLIC, **EVERYBODY}
    return Response(found.model_dump_json(), headers=headers, media_type=CHAPTERS_KIND)
