"""Those who follow this service look again as soon as a request's transaction has been committed."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from kit.bell import ring

OWNER = "api"


async def ring_afterwards(request: Request) -> AsyncIterator[None]:
    """Ring once the endpoint's work is committed: declare it before the transaction. A refusal rings nothing."""
    yield
    await ring(request.app.state.redis, OWNER)


Rung = Annotated[None, Depends(ring_afterwards, scope="function")]
