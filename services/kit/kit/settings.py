"""What every service is told by its environment."""

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit import tokens


class ServiceSettings(BaseSettings):
    """Base of each service's settings; a service adds its own under `AIRTIGHT_<SERVICE>_`.

    `admin_api_token` is a comma list of tokens; each is accepted as an administrator by every service.
    There are no default secrets: a service without its tokens does not start.
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)

    admin_api_token: SecretStr = Field(validation_alias="ADMIN_API_TOKEN")
    token_public_key: str = Field(validation_alias="AIRTIGHT_TOKEN_PUBLIC_KEY", description="Verifies people's tokens")
    log_json: bool = Field(default=True, validation_alias="AIRTIGHT_LOG_JSON")
    host: str = "127.0.0.1"
    port: int
    root_path: str = Field(default="", description="Where the front door puts the service, for its documentation")

    @field_validator("admin_api_token")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        tokens = split_tokens(value)
        if not tokens or any(len(token) < 16 for token in tokens):
            raise ValueError("ADMIN_API_TOKEN must hold tokens of at least 16 characters, separated by commas")
        return value

    @field_validator("token_public_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        tokens.public_key(value)
        return value

    @property
    def public_key(self) -> EllipticCurvePublicKey:
        """The key that verifies people's tokens."""
        return tokens.public_key(self.token_public_key)


def split_tokens(value: SecretStr) -> tuple[str, ...]:
    """The tokens of a comma list, without blanks."""
    return tuple(token.strip() for token in value.get_secret_value().split(",") if token.strip())
