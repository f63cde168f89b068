"""The words for what is on air."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

Tier = Literal["live", "user", "fallback", "noise"]
TIERS: tuple[Tier, ...] = ("live", "user", "fallback", "noise")

EndReason = Literal["finished", "skipped", "paused", "replaced", "interrupted", "recovered", "engine_restarted"]
"""Why what was played ended: it was whole; an administrator skipped or paused it; the wanted list no longer held it;
its player was lost; the noise gave way to a better tier; the audio engine itself restarted."""

LiveEnd = Literal["disconnected", "cut", "engine_restarted", "lost"]
"""Why a live session ended: its encoder left; the station cut it off; the audio engine restarted; nobody knows, but it
is gone."""


class NowPlaying(BaseModel):
    """What listeners hear now; the body of `/api/now-playing`."""

    model_config = ConfigDict(frozen=True)

    tier: Tier | None = Field(description="null until the engine has reported a tier")
    title: str | None
    artist: str | None
    started_at: AwareDatetime | None = Field(description="When the track began, UTC")
    length_seconds: float | None
    artwork: str | None = Field(description="Address of the cover, null when there is none")
    listeners: int = Field(ge=0, description="Connected to the Icecast mounts")
    station: str
    updated_at: AwareDatetime
