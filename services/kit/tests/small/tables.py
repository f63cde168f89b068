"""Its tables."""

from dataclasses import dataclass

from sqlalchemy import MetaData, Table


@dataclass(frozen=True)
class Tables:
    """The tables of a small service."""

    metadata: MetaData
    facts: Table
    set_aside: Table
    cursors: Table
    notes: Table
