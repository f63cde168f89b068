"""What other features do when somebody may no longer ask for songs.

The accounts know none of them: `app.state.withdraw` is set where the service is put together.
"""

from datetime import datetime
from typing import Protocol
from uuid import UUID

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession


class Withdraw(Protocol):
    """Takes out what an account or a guest token waits for, in the transaction that takes the right away."""

    async def __call__(
        self, tx: AsyncSession, *, user_id: UUID | None = None, guest_id: UUID | None = None, now: datetime
    ) -> None: ...


def withdraw_of(request: Request) -> Withdraw:
    """How this service withdraws requests."""
    found: Withdraw = request.app.state.withdraw
    return found
