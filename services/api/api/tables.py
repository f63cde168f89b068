"""The api schema."""

from kit.db import metadata
from kit.facts import facts_table, set_aside_table
from kit.reader import cursors_table
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = metadata("api")


facts = facts_table(Base.metadata)
set_aside = set_aside_table(Base.metadata)
cursors = cursors_table(Base.metadata)
