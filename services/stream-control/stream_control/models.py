"""Everything Alembic must see."""

from stream_control.as_run.models import AsRun, JournalPosition
from stream_control.tables import Base
from stream_control.wanted.models import Pause

__all__ = ["AsRun", "Base", "JournalPosition", "Pause"]
