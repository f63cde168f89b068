"""What api and its worker are told by their environment."""

import re
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from kit import tokens
from kit.auth import Keys
from kit.settings import ServiceSettings, split_tokens
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from api.addresses import parse_exceptions
from api.secrets import Vault

CLAMAV = r"^(|/.+|.+:\d{1,5})$"


class Settings(ServiceSettings):
    """`AIRTIGHT_API_*`; names shared with other services keep their own. Addresses are `host:port`."""

    model_config = SettingsConfigDict(env_prefix="AIRTIGHT_API_")

    root_path: str = "/api"
    port: int = Field(8383, validation_alias="AIRTIGHT_PORT_API")
    database_url: SecretStr
    redis_url: str
    token: SecretStr = Field(min_length=16, description="With it api comes to the other services")
    token_private_key: SecretStr = Field(validation_alias="AIRTIGHT_TOKEN_PRIVATE_KEY", description="Signs tokens")
    stream_control_token: SecretStr = Field(min_length=16, validation_alias="AIRTIGHT_STREAM_CONTROL_TOKEN")
    liquidsoap_token: SecretStr = Field(
        min_length=16, validation_alias="LIQUIDSOAP_TOKEN", description="With it the engine asks about streamers"
    )
    secrets_key: SecretStr = Field(
        min_length=16,
        validation_alias="AIRTIGHT_SECRETS_KEY",
        description="Encrypts others' secrets in the database; a comma list, of which the first encrypts",
    )
    stream_control_address: str = Field(validation_alias="AIRTIGHT_STREAM_CONTROL_ADDRESS")
    ai_brain_address: str = Field(validation_alias="AIRTIGHT_AI_BRAIN_ADDRESS")
    var: Path = Field(validation_alias="AIRTIGHT_VAR")
    station_name: str = Field("Airtight", validation_alias="AIRTIGHT_STATION_NAME")
    station_timezone: str = Field("UTC", validation_alias="AIRTIGHT_STATION_TIMEZONE", description="IANA name")
    public_url: str = Field(
        "",
        validation_alias="AIRTIGHT_PUBLIC_URL",
        description="Where the station is reached; empty: as each request says",
    )

    registration: Literal["open", "invited", "closed"] = Field("open", description="Who may register")
    access_minutes: int = Field(15, ge=1, le=60)
    refresh_days: int = Field(7, ge=1, le=90)
    bcrypt_cost: int = Field(12, ge=10, le=15)
    login_attempts: int = Field(10, ge=1, description="Failed sign-ins an account may have in 15 minutes")
    login_attempts_per_address: int = Field(50, ge=1, description="Sign-ins from one address in 15 minutes")
    registrations_per_address: int = Field(30, ge=1, description="Registrations from one address in an hour")
    searches_per_address: int = Field(120, ge=1, description="Listeners' searches from one address in a minute")
    secure_cookies: bool = Field(True, description="Cookies over HTTPS only, when the request came over HTTPS")

    max_queue_songs: int = Field(3, ge=1, le=100, description="Requests that one listener may have waiting")
    max_add_requests: int = Field(10, ge=1, le=1000, description="Requests within an access token's lifetime")
    max_queue_length: int = Field(100, ge=1, le=500, description="Requests that may wait in all")
    fair_order: bool = Field(True, description="Listeners take turns; otherwise first come, first served")
    no_repeat_within: int = Field(5, ge=0, le=50, description="The same song is refused among so many next ones")
    max_song_seconds: int = Field(1800, ge=10, description="Longer requests are refused")
    min_song_seconds: float = Field(1, ge=0.5, description="Shorter requests are refused")
    max_song_mb: int = Field(50, ge=1, description="Larger requests are refused")
    fetch_seconds: int = Field(600, ge=10, description="Seconds that fetching one request may take")
    fetch_jobs: int = Field(2, ge=1, le=8, description="Requests prepared at once")
    fetch_allow: str = Field(
        "", description="Comma list of host:port that requests may come from although the address is private"
    )

    webhook_allow: str = Field(
        "", description="Comma list of host:port that webhooks may go to although the address is private"
    )

    programme_scan_seconds: float = Field(10, gt=0, le=60)
    programme_max_hours: float = Field(6, gt=0, description="Longer files are refused")
    programme_max_mb: int = Field(2000, ge=1, description="Larger uploads are refused")
    library_jobs: int = Field(2, ge=1, le=16, description="Files of the station's own that are prepared at once")
    library_quota_gb: float = Field(
        0, ge=0, description="What uploaded files may take in all; 0 is all that the disk has"
    )
    max_open_uploads: int = Field(100, ge=1, le=10_000, description="Uploads that one person may have open")
    upload_hours: int = Field(24, ge=1, le=720, description="An upload that is not whole by then is thrown away")
    import_at: time = Field(time(3, 30), description="When the imports' folder is looked through every day, UTC")
    clamav: str = Field(
        "", description="Where clamd listens: host:port or /path/of/its.socket; empty for no scanner", pattern=CLAMAV
    )
    starter_pieces: int = Field(3, ge=1, le=10)
    starter_seconds: int = Field(120, ge=10, le=600)
    library_trash_days: int = Field(30, ge=0, le=3650, description="Days for which a deleted track can be restored")
    disk_reserve_mb: int = Field(500, ge=0, description="Disk space that media never use up")
    aircheck_min_seconds: float = Field(60, ge=0, description="Shorter recordings of shows are not kept")
    aircheck_kbits: Literal[64, 96, 128, 160, 192, 256, 320] = Field(128, description="MP3 copies of airchecks")
    aircheck_trash_days: int = Field(14, ge=1, description="So long a deleted aircheck can be restored")
    podcast_email: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$")] = Field(
        "", description="Whom podcast directories write to; it stands in every feed"
    )
    harbor_port: int = Field(8003, validation_alias="AIRTIGHT_PORT_HARBOR", description="Where encoders connect")
    live_tokens_kept_days: int = Field(30, ge=1, description="Livestream tokens are kept so long after they expired")
    live_sessions_kept_days: int = Field(
        400, ge=32, description="Live sessions and bookings are kept so long; time on air counts for 30 days"
    )
    max_event_clients: int = Field(5000, ge=1, description="Event streams that one process serves")

    @field_validator("fetch_allow", "webhook_allow")
    @classmethod
    def _hosts(cls, value: str) -> str:
        parse_exceptions(value)
        return value

    @field_validator("token_private_key")
    @classmethod
    def _signs(cls, value: SecretStr) -> SecretStr:
        tokens.private_key(value.get_secret_value())
        return value

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^/?#\s]+/?", value):
            raise ValueError("AIRTIGHT_PUBLIC_URL must be an address like https://radio.example.org")
        return value.rstrip("/")

    @field_validator("station_timezone")
    @classmethod
    def _is_a_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("AIRTIGHT_STATION_TIMEZONE must be a name like Europe/Berlin") from error
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The clock on the station's wall."""
        return ZoneInfo(self.station_timezone)

    @field_validator("secrets_key")
    @classmethod
    def _encrypts(cls, value: SecretStr) -> SecretStr:
        if not split_tokens(value):
            raise ValueError("AIRTIGHT_SECRETS_KEY must hold a key")
        return value

    @property
    def private_key(self) -> EllipticCurvePrivateKey:
        """The key that signs people's tokens."""
        return tokens.private_key(self.token_private_key.get_secret_value())

    @property
    def vault(self) -> Vault:
        """Encrypts others' secrets."""
        return Vault(split_tokens(self.secrets_key))

    @property
    def keys(self) -> Keys:
        """Whom this service answers: administrators, stream-control, people, and the audio engine about streamers."""
        services = {"stream-control": self.stream_control_token.get_secret_value()}
        engines = {"liquidsoap": self.liquidsoap_token.get_secret_value()}
        return Keys(split_tokens(self.admin_api_token), services, self.public_key, engines)

    @property
    def media(self) -> Path:
        """The media volume; players see it at the same place."""
        return self.var / "media"

    @property
    def uploads_folder(self) -> Path:
        """Uploads to the library that are on their way in."""
        return self.media / "uploads"

    @property
    def imports_folder(self) -> Path:
        """Where a person puts whole collections; they stay there, and are the library's originals."""
        return self.var / "imports"

    @property
    def requests_folder(self) -> Path:
        """On-air copies of requests, deleted once they are played or removed."""
        return self.media / "requests"

    @property
    def incoming_folder(self) -> Path:
        """What is on its way in: a folder for each request or upload, deleted with it."""
        return self.media / "incoming"

    @property
    def library_folder(self) -> Path:
        """Uploaded originals."""
        return self.media / "library"

    @property
    def programme_folder(self) -> Path:
        """On-air copies of the programme."""
        return self.media / "programme"

    @property
    def starter_folder(self) -> Path:
        """Pieces composed for a station without files."""
        return self.media / "starter"

    @property
    def airchecks_folder(self) -> Path:
        """A folder for each aircheck: its original and its copy."""
        return self.media / "airchecks"

    @property
    def live_recordings_folder(self) -> Path:
        """What the recorder writes: a folder of parts for each live session."""
        return self.media / "recordings" / "live"

    @property
    def logger_folder(self) -> Path:
        """What the recorder writes of the programme: a folder for each day, a file for each hour of UTC."""
        return self.media / "recordings" / "air"

    @property
    def fallback_folder(self) -> Path:
        """Where a person drops the programme's files."""
        return self.var / "fallback"

    @property
    def now_playing_file(self) -> Path:
        """What stream-control tells the world; the front door serves it as it is."""
        return self.var / "public" / "now-playing.json"

    @property
    def artwork_folder(self) -> Path:
        """Covers, served by the front door."""
        return self.var / "public" / "artwork"

    @property
    def c2pa_anchors(self) -> Path | None:
        """Certificates whose content credentials are trusted, when somebody put them there; without them none is."""
        path = self.var / "c2pa-anchors.pem"
        return path if path.is_file() else None
