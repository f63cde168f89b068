"""A real worker process, which may be killed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings


def environment(settings: Settings) -> dict[str, str]:
    """What the supervisor tells the worker."""
    return {
        **os.environ,
        "ADMIN_API_TOKEN": settings.admin_api_token.get_secret_value(),
        "AIRTIGHT_TOKEN_PUBLIC_KEY": settings.token_public_key,
        "AIRTIGHT_TOKEN_PRIVATE_KEY": settings.token_private_key.get_secret_value(),
        "AIRTIGHT_API_DATABASE_URL": settings.database_url.get_secret_value(),
        "AIRTIGHT_API_REDIS_URL": settings.redis_url,
        "AIRTIGHT_API_TOKEN": settings.token.get_secret_value(),
        "AIRTIGHT_API_FETCH_ALLOW": settings.fetch_allow,
        "AIRTIGHT_API_WEBHOOK_ALLOW": settings.webhook_allow,
        "AIRTIGHT_STREAM_CONTROL_TOKEN": settings.stream_control_token.get_secret_value(),
        "LIQUIDSOAP_TOKEN": settings.liquidsoap_token.get_secret_value(),
        "AIRTIGHT_SECRETS_KEY": settings.secrets_key.get_secret_value(),
        "AIRTIGHT_STREAM_CONTROL_ADDRESS": settings.stream_control_address,
        "AIRTIGHT_AI_BRAIN_ADDRESS": settings.ai_brain_address,
        "AIRTIGHT_VAR": str(settings.var),
    }


@contextmanager
def running_worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker until the block is over, or it was killed."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.worker"],
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
