"""Rotation categories in requests and answers."""

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from api.accounts.schemas import Line, Sent
from api.library.schemas import CategoryShown

Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class CategoryMade(Sent):
    name: Line
    description: Description | None = None


class CategoryChange(Sent):
    """Only what is sent changes."""

    name: Line = ""
    description: Description | None = None


class CategoryListed(CategoryShown):
    tracks: int = 0


class CategoriesPage(BaseModel):
    items: list[CategoryListed]
    total: int
