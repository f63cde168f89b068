"""What receivers are sent, as the API's description tells it: `webhooks` in openapi.json. Nothing here is served."""

from fastapi import APIRouter

from api.webhooks.events import (
    LivestreamEnded,
    LivestreamStarted,
    Ping,
    ShowPublished,
    SilenceDetected,
    SongChanged,
    TierChanged,
)

described = APIRouter(tags=["webhooks"])
_HOW = "Signed as docs/webhooks.md says. Any 2xx is a success; anything else is tried again for 24 hours."


@described.post("song_changed", summary="Listeners hear another song", description=_HOW)
def song_changed(body: SongChanged) -> None: ...


@described.post("livestream_started", summary="A streamer's encoder is connected", description=_HOW)
def livestream_started(body: LivestreamStarted) -> None: ...


@described.post("livestream_ended", summary="A streamer's encoder is gone", description=_HOW)
def livestream_ended(body: LivestreamEnded) -> None: ...


@described.post("tier_changed", summary="Listeners hear another tier", description=_HOW)
def tier_changed(body: TierChanged) -> None: ...


@described.post("silence_detected", summary="A tier sends silence", description=_HOW)
def silence_detected(body: SilenceDetected) -> None: ...


@described.post("show_published", summary="An episode of a show was published", description=_HOW)
def show_published(body: ShowPublished) -> None: ...


@described.post("ping", summary="Somebody tries the webhook out", description=_HOW)
def ping(body: Ping) -> None: ...
