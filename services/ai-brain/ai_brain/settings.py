"""What ai-brain is told by its environment."""

from kit.auth import Keys
from kit.settings import ServiceSettings, split_tokens
from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict


class Settings(ServiceSettings):
    """`AIRTIGHT_AI_BRAIN_*`, and the token with which api comes."""

    model_config = SettingsConfigDict(env_prefix="AIRTIGHT_AI_BRAIN_")

    root_path: str = "/api/brain"
    port: int = Field(default=8386, validation_alias="AIRTIGHT_PORT_AI_BRAIN")
    api_token: SecretStr | None = Field(default=None, min_length=16, validation_alias="AIRTIGHT_API_TOKEN")
    max_waiting: int = Field(default=4, ge=0, description="Requests that may wait while one piece is being made")
    timeout: float = Field(default=120, gt=0, description="Seconds one piece may take once its turn has come")
    ffmpeg_timeout: float = Field(default=60, gt=0, description="Seconds one run of ffmpeg may take")

    @property
    def keys(self) -> Keys:
        """Whom this service answers: administrators, and api when it has a token."""
        services = {"api": self.api_token.get_secret_value()} if self.api_token else {}
        return Keys(split_tokens(self.admin_api_token), services, self.public_key)
