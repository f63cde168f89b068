"""Everything Alembic must see."""

from api.accounts.models import GuestToken, Invitation, Session, User
from api.library.models import Track
from api.played.models import Airing, AirNow
from api.programme.models import ProgrammeEntry, ProgrammeOrder
from api.queue.models import QueueItem
from api.tables import Base

__all__ = [
    "AirNow",
    "Airing",
    "Base",
    "GuestToken",
    "Invitation",
    "ProgrammeEntry",
    "ProgrammeOrder",
    "QueueItem",
    "Session",
    "Track",
    "User",
]
