"""`python -m api.accounts.first_admin`, as `make up` and `make admin` run it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable
from subprocess import CompletedProcess

import httpx
import pytest
from api.accounts.first_admin import main, run
from api.settings import Settings
from desk.settings import ADMIN_TOKENS, API_TOKEN, LIQUIDSOAP_TOKEN, PRIVATE_KEY, SECRETS_KEY, STREAM_CONTROL_TOKEN
from desk.signing_in import bearer, login, problem, register

Command = Callable[[], CompletedProcess[str]]


@pytest.fixture
def first_admin(served_settings: Settings) -> Command:
    """The command in the environment of api."""
    environment = {
        **os.environ,
        "ADMIN_API_TOKEN": ADMIN_TOKENS[0],
        "AIRTIGHT_TOKEN_PRIVATE_KEY": PRIVATE_KEY,
        "AIRTIGHT_TOKEN_PUBLIC_KEY": served_settings.token_public_key,
        "AIRTIGHT_API_TOKEN": API_TOKEN,
        "AIRTIGHT_API_DATABASE_URL": served_settings.database_url.get_secret_value(),
        "AIRTIGHT_API_REDIS_URL": served_settings.redis_url,
        "AIRTIGHT_API_BCRYPT_COST": "10",
        "AIRTIGHT_STREAM_CONTROL_TOKEN": STREAM_CONTROL_TOKEN,
        "LIQUIDSOAP_TOKEN": LIQUIDSOAP_TOKEN,
        "AIRTIGHT_SECRETS_KEY": SECRETS_KEY,
        "AIRTIGHT_STREAM_CONTROL_ADDRESS": "127.0.0.1:1",
        "AIRTIGHT_AI_BRAIN_ADDRESS": "127.0.0.1:1",
        "AIRTIGHT_VAR": str(served_settings.var),
        "AIRTIGHT_ADMIN_EMAIL": "Chief@example.org",
    }

    def started() -> CompletedProcess[str]:
        command = [sys.executable, "-m", "api.accounts.first_admin"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    return started


async def test_the_first_administrator_is_made_once(anybody: httpx.AsyncClient, first_admin: Command) -> None:
    done = await asyncio.to_thread(first_admin)
    assert (done.returncode, done.stderr) == (0, "")
    email, password = done.stdout.split()
    assert (email, done.stdout) == ("chief@example.org", f"{email} {password}\n")
    told = (await login(anybody, email, password)).json()
    assert (told["user"]["role"], told["must_change_password"]) == ("admin", True)


async def test_of_two_starts_at_once_one_makes_the_administrator(
    anybody: httpx.AsyncClient, served_settings: Settings
) -> None:
    starts = (run(served_settings, email="chief@example.org", only_first=True) for _ in range(2))
    made = await asyncio.gather(*starts)
    assert made.count(None) == 1


async def test_an_address_that_somebody_took_beforehand_does_not_stay_theirs(
    anybody: httpx.AsyncClient, served_settings: Settings
) -> None:
    stranger = await register(anybody, "chief@example.org")
    password = await run(served_settings, email="chief@example.org", only_first=True)
    assert password
    assert problem(await anybody.get("/users/me", headers=bearer(stranger))) == (401, "not_authenticated")
    assert problem(await login(anybody, "chief@example.org")) == (401, "wrong_credentials")
    assert (await login(anybody, "chief@example.org", password)).json()["user"]["role"] == "admin"


async def test_anybody_may_be_made_an_administrator_by_name(
    anybody: httpx.AsyncClient, served_settings: Settings
) -> None:
    first = await run(served_settings, email="robin@example.org", only_first=False)
    assert await run(served_settings, email="chief@example.org", only_first=True) is None
    second = await run(served_settings, email="robin@example.org", only_first=False)
    assert first
    assert second
    assert problem(await login(anybody, "robin@example.org", first)) == (401, "wrong_credentials")
    assert (await login(anybody, "robin@example.org", second)).json()["user"]["role"] == "admin"


def test_what_is_no_address_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["first_admin", "--email", "robin"])
    with pytest.raises(SystemExit, match="@"):
        main()
