"""The folders and the settings of a station for tests."""

from pathlib import Path
from typing import Any

from api.settings import Settings
from kit import tokens
from pydantic import SecretStr

ADMIN_TOKENS = ("first-admin-token-for-tests", "second-admin-token-for-tests")
API_TOKEN = "api-token-for-tests-only"
STREAM_CONTROL_TOKEN = "stream-control-token-for-tests"
LIQUIDSOAP_TOKEN = "liquidsoap-token-for-tests"
SECRETS_KEY = "secrets-key-for-tests-only"
PRIVATE_KEY = tokens.new_private_key()
FOLDERS = (
    "fallback", "imports", "media/incoming", "media/library", "media/programme", "media/requests", "media/starter",
    "media/uploads", "public", "tmp",
)  # fmt: skip
NOWHERE = "127.0.0.1:1"
"""An address at which nobody answers."""


def make_folders(var: Path) -> None:
    """What `make up` makes before the service starts."""
    for name in FOLDERS:
        (var / name).mkdir(parents=True, exist_ok=True)


def api_settings(var: Path, database_url: str, redis_url: str, **given: Any) -> Settings:
    """Settings of a station below `var`; the other services are away. `given` settings win."""
    known: dict[str, Any] = {
        "admin_api_token": SecretStr(",".join(ADMIN_TOKENS)),
        "token_private_key": SecretStr(PRIVATE_KEY),
        "token_public_key": tokens.public_key_of(PRIVATE_KEY),
        "port": 8383,
        "database_url": SecretStr(database_url),
        "redis_url": redis_url,
        "token": SecretStr(API_TOKEN),
        "stream_control_token": SecretStr(STREAM_CONTROL_TOKEN),
        "liquidsoap_token": SecretStr(LIQUIDSOAP_TOKEN),
        "secrets_key": SecretStr(SECRETS_KEY),
        "stream_control_address": NOWHERE,
        "ai_brain_address": NOWHERE,
        "var": var,
        "disk_reserve_mb": 0,
        "programme_scan_seconds": 1,
    }
    settings = Settings(**{**known, **given})
    # Less than any station may choose: tests sign in hundreds of times.
    return settings.model_copy(update={"bcrypt_cost": 4})
