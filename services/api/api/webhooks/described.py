"""What receivers are sent, as the API's description tells it: `webhooks` in openapi.json. Nothing here is served."""

from fastapi import APIRouter

from api.webhooks.events import (
    LivestreamEndedEvent,
    LivestreamStartedEvent,
    PingEvent,
    ShowPublishedEvent,
    SilenceDetectedEvent,
    SongChangedEvent,
    TierChangedEvent,
)

described = APIRouter(tags=["webhooks"])
_HOW = "Signed as docs/webhooks.md says. Any 2xx is a success; anything else is tried again for 24 hours."


@described.post("song_changed", summary="Listeners hear another song", description=_HOW)
def song_changed(body: SongChangedEvent) -> None: ...


@described.post("livestream_started", summary="A streamer's encoder is connected", description=_HOW)
def livestream_started(body: LivestreamStartedEvent) -> None: ...


@described.post("livestream_ended", summary="A streamer's encoder is gone", description=_HOW)
def livestream_ended(body: LivestreamEndedEvent) -> None: ...


@described.post("tier_changed", summary="Listeners hear another tier", description=_HOW)
def tier_changed(body: TierChangedEvent) -> None: ...


@described.post("silence_detected", summary="Listeners heard silence", description=_HOW)
def silence_detected(body: SilenceDetectedEvent) -> None: ...


@described.post("show_published", summary="An episode of a show was published", description=_HOW)
def show_published(body: ShowPublishedEvent) -> None: ...


@described.post("ping", summary="Somebody tries the webhook out", description=_HOW)
def ping(body: PingEvent) -> None: ...
