"""People who register and sign in over HTTP, as a person does."""

from typing import Any
from uuid import uuid4

import httpx

PASSWORD = "correct horse battery"


async def register(client: httpx.AsyncClient, email: str | None = None, **given: Any) -> dict[str, Any]:
    """A new account's first tokens."""
    wish = {"email": email or f"{uuid4().hex}@example.org", "password": PASSWORD, **given}
    answer = await client.post("/auth/register", json=wish)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def login(client: httpx.AsyncClient, email: str, password: str = PASSWORD, **given: Any) -> httpx.Response:
    """Try to sign in."""
    return await client.post("/auth/login", json={"email": email, "password": password, **given})


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """The headers of somebody signed in."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and error code of a refusal."""
    return answer.status_code, answer.json()["error_code"]
