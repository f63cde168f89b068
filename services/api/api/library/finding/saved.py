"""A filter that somebody saved, as it is now."""

from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy.ext.asyncio import AsyncSession

from api.library.finding.models import SmartBlock
from api.library.finding.rules import Group, Tree, check


class NoSuchBlock(Refusal):
    status = 404
    error_code = "no_such_block"

    def __init__(self) -> None:
        super().__init__("There is no such saved filter.")


async def tree_of(tx: AsyncSession, block_id: UUID) -> Tree:
    """A saved filter, checked; raises `NoSuchBlock`."""
    block = await tx.get(SmartBlock, block_id)
    if block is None:
        raise NoSuchBlock
    return check(Group.model_validate(block.filter))
