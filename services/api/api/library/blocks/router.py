"""Saved filters, for producers; the services that plan with them read what they hold."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from kit.auth import NotAllowed, NotAuthenticated, trusted
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.library.blocks import service as blocks
from api.library.blocks.schemas import (
    BlockChange,
    BlockHeld,
    BlockMade,
    BlockPreview,
    BlockShown,
    BlocksPage,
    BlockTried,
)
from api.library.blocks.service import BlockChanged, BlockNameTaken, NotYourBlock
from api.library.finding import saved, service
from api.library.finding.rules import BadFilter, check
from api.library.finding.saved import NoSuchBlock
from api.library.finding.service import STAFF_PATIENCE, SearchTooLong
from api.library.moment import NowThere

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
router = APIRouter(prefix="/library/blocks", tags=["library"], responses=refusals(*_CALLER))
internal = APIRouter(prefix="/internal/library/blocks", tags=["library"], dependencies=[Depends(trusted)])


@router.get("", summary="Saved filters, in the order of their names")
async def list_blocks(
    caller: Producer,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> BlocksPage:
    return await blocks.page(tx, offset=offset, limit=limit)


@router.post("", status_code=201, summary="Save a filter", responses=refusals(BadFilter, BlockNameTaken))
async def make_block(wish: BlockMade, caller: Producer, tx: Transaction) -> BlockShown:
    return await blocks.make(tx, caller, wish)


@router.post("/preview", summary="Try a filter out", responses=refusals(BadFilter, SearchTooLong))
async def try_filter(wish: BlockTried, caller: Producer, tx: Transaction, now: NowThere) -> BlockPreview:
    async with service.patiently(tx, STAFF_PATIENCE):
        return await blocks.preview(tx, check(wish.filter), now)


@router.get("/{block_id}", summary="One saved filter", responses=refusals(NoSuchBlock))
async def show_block(block_id: UUID, caller: Producer, tx: Transaction) -> BlockShown:
    return await blocks.find(tx, block_id)


@router.get("/{block_id}/preview", summary="What a saved filter holds", responses=refusals(NoSuchBlock, SearchTooLong))
async def preview_block(block_id: UUID, caller: Producer, tx: Transaction, now: NowThere) -> BlockPreview:
    async with service.patiently(tx, STAFF_PATIENCE):
        return await blocks.preview(tx, await saved.tree_of(tx, block_id), now)


@router.patch(
    "/{block_id}",
    summary="Change a saved filter",
    responses=refusals(NoSuchBlock, NotYourBlock, BadFilter, BlockNameTaken, BlockChanged),
)
async def change_block(block_id: UUID, wish: BlockChange, caller: Producer, tx: Transaction) -> BlockShown:
    return await blocks.change(tx, caller, block_id, wish)


@router.delete(
    "/{block_id}",
    status_code=204,
    summary="Forget a saved filter",
    responses=refusals(NoSuchBlock, NotYourBlock),
)
async def delete_block(block_id: UUID, caller: Producer, tx: Transaction) -> None:
    await blocks.delete(tx, caller, block_id)


@internal.get("/{block_id}", summary="The tracks that a saved filter holds now", responses=refusals(NoSuchBlock))
async def show_held(block_id: UUID, tx: Transaction, now: NowThere) -> BlockHeld:
    return await blocks.held(tx, block_id, now)
