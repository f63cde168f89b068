"""Rotation categories, for producers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from kit.auth import NotAllowed, NotAuthenticated
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts.caller import PasswordMustBeChanged, Producer
from api.library.categories import service
from api.library.categories.schemas import CategoriesPage, CategoryChange, CategoryListed, CategoryMade
from api.library.categories.service import CategoryNameTaken, NoSuchCategory
from api.ringing import Rung

_CALLER = (NotAuthenticated, NotAllowed, PasswordMustBeChanged)
router = APIRouter(prefix="/library/categories", tags=["library"], responses=refusals(*_CALLER))


@router.get("", summary="Rotation categories, in the order of their names")
async def list_categories(
    caller: Producer,
    tx: Transaction,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> CategoriesPage:
    return await service.page(tx, offset=offset, limit=limit)


@router.post("", status_code=201, summary="Make a category", responses=refusals(CategoryNameTaken))
async def make_category(wish: CategoryMade, caller: Producer, tx: Transaction) -> CategoryListed:
    return await service.make(tx, wish)


@router.patch("/{category_id}", summary="Change a category", responses=refusals(NoSuchCategory, CategoryNameTaken))
async def change_category(
    category_id: UUID, wish: CategoryChange, rung: Rung, caller: Producer, tx: Transaction
) -> CategoryListed:
    return await service.change(tx, category_id, wish)


@router.delete(
    "/{category_id}",
    status_code=204,
    summary="Dissolve a category; its tracks stay",
    responses=refusals(NoSuchCategory),
)
async def dissolve_category(category_id: UUID, rung: Rung, caller: Producer, tx: Transaction) -> None:
    await service.dissolve(tx, category_id)
