"""Rotation categories: made, renamed, dissolved. Which tracks they hold is an edit of the tracks."""

from collections.abc import Sequence
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.library import telling
from api.library.categories.schemas import CategoriesPage, CategoryChange, CategoryListed, CategoryMade
from api.library.models import Category, TrackCategory


class NoSuchCategory(Refusal):
    status = 404
    error_code = "no_such_category"

    def __init__(self) -> None:
        super().__init__("There is no such category.")


class CategoryNameTaken(Refusal):
    error_code = "category_name_taken"

    def __init__(self) -> None:
        super().__init__("There is a category of this name.")


async def page(tx: AsyncSession, *, offset: int, limit: int) -> CategoriesPage:
    """Categories in the order of their names, with the number of their tracks."""
    total = await tx.scalar(select(func.count()).select_from(Category)) or 0
    held = select(func.count()).where(TrackCategory.category_id == Category.id).scalar_subquery()
    rows = await tx.execute(select(Category, held).order_by(Category.name).offset(offset).limit(limit))
    items = [CategoryListed.model_validate(one).model_copy(update={"tracks": tracks}) for one, tracks in rows]
    return CategoriesPage(items=items, total=total)


async def make(tx: AsyncSession, wish: CategoryMade) -> CategoryListed:
    """A new category; raises `CategoryNameTaken`."""
    category = Category(name=wish.name, description=wish.description)
    tx.add(category)
    await _flush(tx)
    return CategoryListed.model_validate(category)


async def change(tx: AsyncSession, category_id: UUID, wish: CategoryChange) -> CategoryListed:
    """Change what was sent; raises `NoSuchCategory` and `CategoryNameTaken`."""
    category = await _locked(tx, category_id)
    for name in wish.model_fields_set:
        setattr(category, name, getattr(wish, name))
    await _flush(tx)
    tracks = await _tracks(tx, category_id)
    if "name" in wish.model_fields_set:
        await telling.changed(tx, tracks, ["categories"])
    return CategoryListed.model_validate(category).model_copy(update={"tracks": len(tracks)})


async def dissolve(tx: AsyncSession, category_id: UUID) -> None:
    """Its tracks stay in the library; raises `NoSuchCategory`."""
    category = await _locked(tx, category_id)
    tracks = await _tracks(tx, category_id)
    await tx.delete(category)
    await telling.changed(tx, tracks, ["categories"])


async def _tracks(tx: AsyncSession, category_id: UUID) -> Sequence[UUID]:
    query = select(TrackCategory.track_id).where(TrackCategory.category_id == category_id)
    return (await tx.scalars(query.order_by(TrackCategory.track_id))).all()


async def _locked(tx: AsyncSession, category_id: UUID) -> Category:
    found = await tx.get(Category, category_id, with_for_update=True)
    if found is None:
        raise NoSuchCategory
    return found


async def _flush(tx: AsyncSession) -> None:
    try:
        await tx.flush()
    except IntegrityError as error:
        raise CategoryNameTaken from error
