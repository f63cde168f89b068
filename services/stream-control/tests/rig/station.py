"""The folders and the settings of a station for tests."""

from pathlib import Path

from kit import tokens
from pydantic import SecretStr
from stream_control.settings import Settings

ADMIN_TOKENS = ("first-admin-token-for-tests", "second-admin-token-for-tests")
STREAM_CONTROL_TOKEN = "stream-control-token-for-tests"
API_TOKEN = "api-token-for-tests"
PRIVATE_KEY = tokens.new_private_key()
"""Signs people's tokens, as api does."""
MPD_PASSWORD = "mpd-password-for-tests"
ICECAST_PASSWORD = "icecast-password-for-tests"
FOLDERS = ("media/programme", "media/requests", "journal", "public", "run")
NOWHERE = "127.0.0.1:1"
"""An address at which nobody answers."""


def make_folders(var: Path) -> None:
    """What `make up` makes before the service starts."""
    for name in FOLDERS:
        (var / name).mkdir(parents=True, exist_ok=True)


def station_settings(
    var: Path, database_url: str, redis_url: str, *, port: int = 8385, api_address: str = NOWHERE
) -> Settings:
    """Settings of a station below `var`; its engines are away."""
    return Settings(
        admin_api_token=SecretStr(",".join(ADMIN_TOKENS)),
        port=port,
        database_url=SecretStr(database_url),
        redis_url=redis_url,
        token=SecretStr(STREAM_CONTROL_TOKEN),
        token_public_key=tokens.public_key_of(PRIVATE_KEY),
        api_address=api_address,
        api_token=SecretStr(API_TOKEN),
        mpd_password=SecretStr(MPD_PASSWORD),
        icecast_admin_password=SecretStr(ICECAST_PASSWORD),
        icecast_address=NOWHERE,
        liquidsoap_socket=var / "run" / "liquidsoap.sock",
        run=var / "run",
        var=var,
        station_name="Test Radio",
        disk_reserve_mb=0,
    )
