"""Where the recorder listens, and how long and on how full a disk it keeps what it wrote."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of the recorder. Names shared with others keep their own; the address is `host:port`."""

    model_config = SettingsConfigDict(
        env_prefix="AIRTIGHT_RECORDER_", frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True
    )

    icecast_address: str = Field(validation_alias="AIRTIGHT_ICECAST_ADDRESS")
    password: SecretStr = Field(validation_alias="AIRTIGHT_ICECAST_RECORDER_PASSWORD")
    run: Path = Field(validation_alias="AIRTIGHT_RUN")
    var: Path = Field(validation_alias="AIRTIGHT_VAR")
    log_json: bool = Field(default=True, validation_alias="AIRTIGHT_LOG_JSON")

    air_days: int = Field(31, ge=1, description="How long the logger's hours are kept")
    disk_reserve_mb: int = Field(2000, ge=0, description="Free disk space that recordings never use up")

    @property
    def folder(self) -> Path:
        """Where recordings are; others finish those of live sessions."""
        return self.var / "media" / "recordings"
