"""Where stream-control finds its engines, its database, api and its folders."""

from pathlib import Path

from kit.auth import Keys
from kit.settings import ServiceSettings, split_tokens
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """Settings of stream-control. Names shared with others keep their own; addresses are `host:port`."""

    model_config = SettingsConfigDict(env_prefix="AIRTIGHT_STREAM_CONTROL_")

    root_path: str = "/api/air"
    port: int = Field(8385, validation_alias="AIRTIGHT_PORT_STREAM_CONTROL")
    database_url: SecretStr
    redis_url: str
    token: SecretStr = Field(description="What this service shows to the others")
    api_address: str = Field(validation_alias="AIRTIGHT_API_ADDRESS")
    api_token: SecretStr = Field(validation_alias="AIRTIGHT_API_TOKEN", description="What api shows to this service")
    mpd_password: SecretStr = Field(validation_alias="AIRTIGHT_MPD_PASSWORD")
    icecast_admin_password: SecretStr = Field(validation_alias="AIRTIGHT_ICECAST_ADMIN_PASSWORD")
    icecast_address: str = Field(validation_alias="AIRTIGHT_ICECAST_ADDRESS")
    liquidsoap_socket: Path = Field(validation_alias="AIRTIGHT_LIQUIDSOAP_SOCKET")
    run: Path = Field(validation_alias="AIRTIGHT_RUN")
    var: Path = Field(validation_alias="AIRTIGHT_VAR")
    station_name: str = Field("Airtight", validation_alias="AIRTIGHT_STATION_NAME")

    journal_days: int = Field(92, ge=2, description="How long journal files are kept once as-run has them")
    disk_reserve_mb: int = Field(500, ge=0, description="Free disk space below which the station is not well")

    @property
    def keys(self) -> Keys:
        """Whom this service answers: administrators, api, and people whose tokens api has signed."""
        return Keys(
            admins=split_tokens(self.admin_api_token),
            services={"api": self.api_token.get_secret_value()},
            public_key=self.public_key,
        )

    @property
    def media_folder(self) -> Path:
        """On-air copies stand below it."""
        return self.var / "media"

    @property
    def wanted_folder(self) -> Path:
        """Where the last answers of api are kept."""
        return self.var / "wanted"

    @property
    def journal_folder(self) -> Path:
        """Where Liquidsoap writes what was heard."""
        return self.var / "journal"

    @property
    def public_folder(self) -> Path:
        """Files that the front door serves as they are."""
        return self.var / "public"
