"""The stream_control schema."""

from kit.db import metadata
from kit.facts import facts_table, set_aside_table
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Base of this service's tables."""

    metadata = metadata("stream_control")


facts = facts_table(Base.metadata)
set_aside = set_aside_table(Base.metadata)
