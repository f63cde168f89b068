"""The watch over the open session looks at once when a request changed something about it."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from api.live.watch import Watch


async def wake_afterwards(request: Request) -> AsyncIterator[None]:
    """Wake the watch once the endpoint's work is committed: declare it before the transaction."""
    yield
    watch: Watch = request.app.state.watch
    watch.wake.set()


Watched = Annotated[None, Depends(wake_afterwards, scope="function")]
