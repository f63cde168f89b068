"""Its settings, and the pair of keys of its station."""

from kit import tokens
from kit.settings import ServiceSettings
from pydantic import SecretStr

PRIVATE = tokens.new_private_key()
PUBLIC = tokens.public_key_of(PRIVATE)


def small_settings(admin_token: str) -> ServiceSettings:
    """Settings of a service with this administrator."""
    return ServiceSettings(admin_api_token=SecretStr(admin_token), token_public_key=PUBLIC, port=1)
