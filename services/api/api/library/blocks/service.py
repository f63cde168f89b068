"""Saved filters: made, changed, tried out."""

from datetime import UTC, datetime
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.library import queries as tracks
from api.library.blocks.schemas import BlockChange, BlockHeld, BlockMade, BlockPreview, BlockShown, BlocksPage
from api.library.finding import compiling
from api.library.finding.models import SmartBlock, TrackIndex
from api.library.finding.rules import Group, Tree, check
from api.library.finding.saved import NoSuchBlock, tree_of
from api.library.moment import Now

SHOWN = 20
"""Tracks that a preview shows."""


class BlockNameTaken(Refusal):
    error_code = "block_name_taken"

    def __init__(self) -> None:
        super().__init__("There is a saved filter of this name.")


class BlockChanged(Refusal):
    """Somebody else changed it since it was looked at."""

    error_code = "block_changed"

    def __init__(self) -> None:
        super().__init__("Somebody else has changed this filter meanwhile; look at it again.")


class NotYourBlock(Refusal):
    status = 403
    error_code = "not_your_block"

    def __init__(self) -> None:
        super().__init__("Only an administrator, or whoever saved a filter, may change it.")


async def page(tx: AsyncSession, *, offset: int, limit: int) -> BlocksPage:
    """Saved filters in the order of their names."""
    total = await tx.scalar(select(func.count()).select_from(SmartBlock)) or 0
    rows = await tx.scalars(select(SmartBlock).order_by(SmartBlock.name).offset(offset).limit(limit))
    return BlocksPage(items=[BlockShown.model_validate(row) for row in rows], total=total)


async def find(tx: AsyncSession, block_id: UUID) -> BlockShown:
    """One saved filter; raises `NoSuchBlock`."""
    return BlockShown.model_validate(await _block(tx, block_id))


async def make(tx: AsyncSession, caller: Caller, wish: BlockMade) -> BlockShown:
    """Save a filter; raises `BadFilter` and `BlockNameTaken`."""
    check(wish.filter)
    owner = caller.id if caller.kind == "user" else None
    block = SmartBlock(name=wish.name, description=wish.description, filter=_said(wish.filter), owner_id=owner)
    tx.add(block)
    return await _saved(tx, block)


async def change(tx: AsyncSession, caller: Caller, block_id: UUID, wish: BlockChange) -> BlockShown:
    """Change what was sent; raises as `make`, `NoSuchBlock`, `NotYourBlock` and `BlockChanged`."""
    block = await _own(tx, caller, block_id)
    if wish.version not in (None, block.version):
        raise BlockChanged
    for name in wish.model_fields_set - {"version", "filter"}:
        setattr(block, name, getattr(wish, name))
    if "filter" in wish.model_fields_set:
        check(wish.filter)
        block.filter = _said(wish.filter)
    block.version, block.updated_at = block.version + 1, datetime.now(UTC)
    return await _saved(tx, block)


async def delete(tx: AsyncSession, caller: Caller, block_id: UUID) -> None:
    """Forget a saved filter; raises `NoSuchBlock` and `NotYourBlock`."""
    await tx.delete(await _own(tx, caller, block_id))


async def preview(tx: AsyncSession, tree: Tree, now: Now) -> BlockPreview:
    """What a filter holds now of what may air."""
    holds = compiling.airable(now) & compiling.condition(tree, now)
    count, seconds = (
        await tx.execute(select(func.count(), func.coalesce(func.sum(TrackIndex.length_seconds), 0.0)).where(holds))
    ).one()
    first = await tx.scalars(
        select(TrackIndex.track_id).where(holds).order_by(TrackIndex.letters, TrackIndex.track_id).limit(SHOWN)
    )
    return BlockPreview(count=count, length_seconds=seconds, first=await tracks.shown(tx, first.all()))


async def held(tx: AsyncSession, block_id: UUID, now: Now) -> BlockHeld:
    """The tracks that a saved filter holds now, for whoever plans; raises `NoSuchBlock`."""
    block = await _block(tx, block_id)
    holds = compiling.airable(now) & compiling.condition(await tree_of(tx, block_id), now)
    ids = await tx.scalars(select(TrackIndex.track_id).where(holds).order_by(TrackIndex.track_id))
    return BlockHeld(id=block.id, name=block.name, version=block.version, track_ids=list(ids))


async def _block(tx: AsyncSession, block_id: UUID) -> SmartBlock:
    block = await tx.get(SmartBlock, block_id)
    if block is None:
        raise NoSuchBlock
    return block


async def _own(tx: AsyncSession, caller: Caller, block_id: UUID) -> SmartBlock:
    block = await tx.get(SmartBlock, block_id, with_for_update=True)
    if block is None:
        raise NoSuchBlock
    if not caller.may_act_as("admin") and block.owner_id != caller.id:
        raise NotYourBlock
    return block


async def _saved(tx: AsyncSession, block: SmartBlock) -> BlockShown:
    try:
        await tx.flush()
    except IntegrityError as error:
        raise BlockNameTaken from error
    await tx.refresh(block)
    return BlockShown.model_validate(block)


def _said(filter: Group) -> dict[str, object]:
    return filter.model_dump(mode="json")
