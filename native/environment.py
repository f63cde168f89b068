"""The station's settings: the environment wins, then what was saved in `station.env`, then what is made up here.

Secrets are generated once and saved with the effective settings, readable by the station's user alone.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kit import tokens

from native.files import write_private

PRIVATE_KEY, PUBLIC_KEY = "AIRTIGHT_TOKEN_PRIVATE_KEY", "AIRTIGHT_TOKEN_PUBLIC_KEY"
"""With one api signs people's tokens, with the other every service verifies them."""
SECRETS = (
    "ADMIN_API_TOKEN",
    "AIRTIGHT_API_TOKEN",
    "AIRTIGHT_STREAM_CONTROL_TOKEN",
    "LIQUIDSOAP_TOKEN",
    PRIVATE_KEY,
    "AIRTIGHT_SECRETS_KEY",
    "AIRTIGHT_MPD_PASSWORD",
    "AIRTIGHT_ICECAST_SOURCE_PASSWORD",
    "AIRTIGHT_ICECAST_ADMIN_PASSWORD",
    "AIRTIGHT_ICECAST_RECORDER_PASSWORD",
    "AIRTIGHT_POSTGRES_PASSWORD",
    "AIRTIGHT_API_DB_PASSWORD",
    "AIRTIGHT_STREAM_CONTROL_DB_PASSWORD",
)
TOKENS = (
    "ADMIN_API_TOKEN",
    "AIRTIGHT_API_TOKEN",
    "AIRTIGHT_SECRETS_KEY",
    "AIRTIGHT_STREAM_CONTROL_TOKEN",
    "LIQUIDSOAP_TOKEN",
)
SHORTEST_TOKEN = 16
"""Characters; the services do not start with less."""
DEFAULTS = {
    "AIRTIGHT_STATION_NAME": "Airtight",
    # The clock on its wall, for weekly times, and where it is reached from outside, for addresses in feeds.
    "AIRTIGHT_STATION_TIMEZONE": "UTC",
    "AIRTIGHT_PUBLIC_URL": "",
    # Who signs in first; its one-time password is shown once, by the start that made it.
    "AIRTIGHT_ADMIN_EMAIL": "admin@example.org",
    "AIRTIGHT_PORT_OFFSET": "0",
    "AIRTIGHT_HARBOR_BIND": "0.0.0.0",
    "AIRTIGHT_ICECAST_BIND": "0.0.0.0",
    "AIRTIGHT_LOG_JSON": "true",
}
# Each service's settings may also be given by name; they are saved like the others.
PREFIXES = ("AIRTIGHT_API_", "AIRTIGHT_STREAM_CONTROL_", "AIRTIGHT_RECORDER_", "AIRTIGHT_AI_BRAIN_")
PORTS = {
    "AIRTIGHT_PORT_FRONT": 8080,
    "AIRTIGHT_PORT_API": 8383,
    "AIRTIGHT_PORT_STREAM_CONTROL": 8385,
    "AIRTIGHT_PORT_AI_BRAIN": 8386,
    "AIRTIGHT_PORT_MPD_USER": 6600,
    "AIRTIGHT_PORT_MPD_USER_STREAM": 8001,
    "AIRTIGHT_PORT_MPD_FALLBACK": 6601,
    "AIRTIGHT_PORT_MPD_FALLBACK_STREAM": 8002,
    "AIRTIGHT_PORT_HARBOR": 8003,
    "AIRTIGHT_PORT_CONTROL": 1234,
    "AIRTIGHT_PORT_ICECAST": 8005,
}

PROCESS_ENVIRONMENT = {
    # Not the shell's that started the station: a restart by systemd has to find the same programs.
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}
"""What every process is given besides its settings."""


class SettingRefused(Exception):
    """A setting that the station cannot start with; the text says which and why."""


def load(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Settings of the station in `folder`; what is new in them is saved."""
    saved_at = folder / "station.env"
    saved = _parse(saved_at.read_text()) if saved_at.exists() else {}
    settings = DEFAULTS | saved | {name: given[name] for name in given if _is_setting(name) and given[name] != ""}
    settings[PRIVATE_KEY] = settings.get(PRIVATE_KEY) or tokens.new_private_key()
    for name in SECRETS:
        settings[name] = settings.get(name) or secrets.token_hex(24)
    _check(settings)
    if settings != saved:
        lines = [f"{name}={settings[name]}" for name in sorted(settings)]
        write_private(
            saved_at,
            "# Effective settings of this station; change them here, then: make up\n" + "\n".join(lines) + "\n",
        )
    return settings


def derive(settings: Mapping[str, str], *, folder: Path, run: Path) -> dict[str, str]:
    """Everything that follows from the settings: ports, addresses and paths."""
    offset = int(settings["AIRTIGHT_PORT_OFFSET"])
    port = {name: str(number + offset) for name, number in PORTS.items()}
    app = folder / "app"
    database = {
        role: f"{role}:{settings[f'AIRTIGHT_{role.upper()}_DB_PASSWORD']}" for role in ("api", "stream_control")
    }
    return {
        **settings,
        **port,
        "AIRTIGHT_VAR": str(folder),
        "AIRTIGHT_RUN": str(run),
        "AIRTIGHT_APP": str(app),
        "AIRTIGHT_VENV": str(folder / "venv"),
        "AIRTIGHT_LOG": str(folder / "log"),
        "AIRTIGHT_ICECAST_RECORDERS": str(folder / "etc/icecast-recorders"),
        # On a disk of its own, in memory: Liquidsoap dies of a segment that it cannot write.
        "AIRTIGHT_HLS": str(run / "hls"),
        "AIRTIGHT_JOURNAL": str(folder / "journal"),
        "AIRTIGHT_PUBLIC": str(folder / "public"),
        "AIRTIGHT_STANDBY": str(folder / "standby"),
        "AIRTIGHT_FRONTEND": str(app / "frontend"),
        "AIRTIGHT_POSTGRES_BIN": str(_postgres_bin()),
        "AIRTIGHT_POSTGRES_HOST": str(run),
        **{
            f"{role.upper()}_DATABASE_URL": f"postgresql+asyncpg://{login}@/airtight?host={run}"
            for role, login in database.items()
        },
        PUBLIC_KEY: tokens.public_key_of(settings[PRIVATE_KEY]),
        "AIRTIGHT_LIQUIDSOAP_SOCKET": str(run / "liquidsoap.sock"),
        "AIRTIGHT_MPD_USER_STREAM": f"http://127.0.0.1:{port['AIRTIGHT_PORT_MPD_USER_STREAM']}/",
        "AIRTIGHT_MPD_FALLBACK_STREAM": f"http://127.0.0.1:{port['AIRTIGHT_PORT_MPD_FALLBACK_STREAM']}/",
        "AIRTIGHT_SITE": f"http://:{port['AIRTIGHT_PORT_FRONT']}",
        "AIRTIGHT_API_REDIS_URL": f"unix://{run}/redis.sock",
        "AIRTIGHT_API_ADDRESS": f"127.0.0.1:{port['AIRTIGHT_PORT_API']}",
        "AIRTIGHT_STREAM_CONTROL_REDIS_URL": f"unix://{run}/redis.sock",
        "AIRTIGHT_STREAM_CONTROL_ADDRESS": f"127.0.0.1:{port['AIRTIGHT_PORT_STREAM_CONTROL']}",
        "AIRTIGHT_AI_BRAIN_ADDRESS": f"127.0.0.1:{port['AIRTIGHT_PORT_AI_BRAIN']}",
        "AIRTIGHT_HARBOR_ADDRESS": f"127.0.0.1:{port['AIRTIGHT_PORT_HARBOR']}",
        "AIRTIGHT_ICECAST_ADDRESS": f"127.0.0.1:{port['AIRTIGHT_PORT_ICECAST']}",
    }


def _is_setting(name: str) -> bool:
    return name in SECRETS or name in DEFAULTS or name.startswith(PREFIXES)


def _parse(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def _check(settings: Mapping[str, str]) -> None:
    for name, value in settings.items():
        if value.splitlines() not in ([], [value]) or '"' in value:
            raise SettingRefused(f"{name} must be one line without double quotes.")
    # They are written into configuration files of four different grammars.
    for name in SECRETS:
        if not all(
            character.isascii() and (character.isalnum() or character in "-_.,") for character in settings[name]
        ):
            raise SettingRefused(f"{name} may hold only letters, digits and - _ . ,")
    try:
        tokens.private_key(settings[PRIVATE_KEY])
    except ValueError as error:
        raise SettingRefused(f"{PRIVATE_KEY} is no key of this station: {error}.") from error
    for name in TOKENS:
        given = [token for token in settings[name].split(",") if token]
        if not given or any(len(token) < SHORTEST_TOKEN for token in given):
            raise SettingRefused(f"{name}: a token needs at least {SHORTEST_TOKEN} characters.")
    try:
        ZoneInfo(settings["AIRTIGHT_STATION_TIMEZONE"])
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SettingRefused("AIRTIGHT_STATION_TIMEZONE must be a name like Europe/Berlin.") from error
    offset = settings["AIRTIGHT_PORT_OFFSET"]
    if not (offset.isdecimal() and int(offset) + max(PORTS.values()) < 65536):
        raise SettingRefused(
            f"AIRTIGHT_PORT_OFFSET must be a number from 0 to {65535 - max(PORTS.values())}, not {offset!r}."
        )


def _postgres_bin() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if not found:
        raise SettingRefused("PostgreSQL is not installed; run: make up")
    return found[-1].parent
