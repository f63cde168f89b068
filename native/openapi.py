"""`python -m native.openapi [--check]`: each service's openapi.json, as its code describes it now."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from ai_brain.app import create_app as ai_brain
from ai_brain.settings import Settings as AiBrainSettings
from api.app import create_app as api
from api.settings import Settings as ApiSettings
from fastapi import FastAPI
from kit import tokens
from pydantic import SecretStr
from stream_control.app import create_app as stream_control
from stream_control.settings import Settings as StreamControlSettings

DUMMY = "not-a-secret-only-for-openapi"
SERVICES = Path(__file__).parents[1] / "services"


def _ai_brain() -> FastAPI:
    return ai_brain(AiBrainSettings(admin_api_token=SecretStr(DUMMY), token_public_key=_public_key()))


def _api() -> FastAPI:
    private_key = tokens.new_private_key()
    settings = ApiSettings(
        admin_api_token=SecretStr(DUMMY),
        liquidsoap_token=SecretStr(DUMMY),
        secrets_key=SecretStr(DUMMY),
        token_private_key=SecretStr(private_key),
        token_public_key=tokens.public_key_of(private_key),
        port=8383,
        database_url=SecretStr("postgresql+asyncpg://"),
        redis_url="unix:///nowhere",
        token=SecretStr(DUMMY),
        stream_control_token=SecretStr(DUMMY),
        stream_control_address="localhost:1",
        ai_brain_address="localhost:1",
        var=Path("/nowhere"),
    )
    return api(settings)


def _stream_control() -> FastAPI:
    settings = StreamControlSettings(
        admin_api_token=SecretStr(DUMMY),
        port=8385,
        database_url=SecretStr("postgresql+asyncpg://"),
        redis_url="unix:///nowhere",
        token=SecretStr(DUMMY),
        mpd_password=SecretStr(DUMMY),
        icecast_admin_password=SecretStr(DUMMY),
        icecast_address="localhost:1",
        api_address="localhost:1",
        api_token=SecretStr(DUMMY),
        token_public_key=_public_key(),
        liquidsoap_socket=Path("/nowhere"),
        run=Path("/nowhere"),
        var=Path("/nowhere"),
    )
    return stream_control(settings)


def _public_key() -> str:
    return tokens.public_key_of(tokens.new_private_key())


APPLICATIONS: dict[str, Callable[[], FastAPI]] = {
    "ai-brain": _ai_brain,
    "api": _api,
    "stream-control": _stream_control,
}


def describe(service: str) -> str:
    """The text of a service's openapi.json."""
    schema = APPLICATIONS[service]().openapi()
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(*, check: bool, folder: Path = SERVICES) -> int:
    """Write what is stale, or only say so; 1 when a check finds something stale."""
    stale = []
    for service in APPLICATIONS:
        file, text = folder / service / "openapi.json", describe(service)
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(str(file))
        if not check:
            file.write_text(text, encoding="utf-8")
    if stale and check:
        print(f"Stale: {', '.join(stale)}. Run: make openapi", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
