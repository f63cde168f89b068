"""Where stream-control finds its engines, its database and its folders."""

from pathlib import Path

from kit.auth import Keys
from kit.settings import ServiceSettings, split_tokens
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Settings of stream-control. Names shared with the engines keep their own; addresses are `host:port`."""

    model_config = SettingsConfigDict(env_prefix="AIRTIGHT_STREAM_CONTROL_")

    root_path: str = "/api/air"
    port: int = Field(8385, validation_alias="AIRTIGHT_PORT_STREAM_CONTROL")
    database_url: SecretStr
    redis_url: str
    token: SecretStr
    mpd_password: SecretStr = Field(validation_alias="AIRTIGHT_MPD_PASSWORD")
    icecast_admin_password: SecretStr = Field(validation_alias="AIRTIGHT_ICECAST_ADMIN_PASSWORD")
    icecast_address: str = Field(validation_alias="AIRTIGHT_ICECAST_ADDRESS")
    ai_brain_address: str = Field(validation_alias="AIRTIGHT_AI_BRAIN_ADDRESS")
    liquidsoap_socket: Path = Field(validation_alias="AIRTIGHT_LIQUIDSOAP_SOCKET")
    run: Path = Field(validation_alias="AIRTIGHT_RUN")
    var: Path = Field(validation_alias="AIRTIGHT_VAR")
    station_name: str = Field("Airtight", validation_alias="AIRTIGHT_STATION_NAME")

    programme_scan_seconds: float = Field(10, gt=0, le=60)
    programme_max_hours: float = Field(6, gt=0, description="Longer files are refused")
    starter_pieces: int = Field(3, ge=1, le=10)
    starter_seconds: int = Field(120, ge=10, le=600)
    journal_days: int = Field(92, ge=2, description="How long journal files are kept once as-run has them")
    disk_reserve_mb: int = Field(500, ge=0, description="Disk space that copies never use up")

    @property
    def keys(self) -> Keys:
        """Whom this service answers: administrators, and no other service yet."""
        return Keys(admins=split_tokens(self.admin_api_token))

    @property
    def fallback_folder(self) -> Path:
        """Where a person drops the programme's files."""
        return self.var / "fallback"

    @property
    def starter_folder(self) -> Path:
        """Where the pieces composed for a station without files are kept."""
        return self.var / "media" / "starter"

    @property
    def copies_folder(self) -> Path:
        """On-air copies of the programme: what MPD plays."""
        return self.var / "media" / "programme"

    @property
    def journal_folder(self) -> Path:
        """Where Liquidsoap writes what was heard."""
        return self.var / "journal"

    @property
    def public_folder(self) -> Path:
        """Files that the front door serves as they are."""
        return self.var / "public"
