"""Everything Alembic must see."""

from api.accounts.models import GuestToken, Invitation, Session, User
from api.airchecks.models import Aircheck
from api.analysis.models import Analysis, SimilarPair, TrackMarks
from api.announcing.models import Announced
from api.importing.models import ImportFile, ImportRun
from api.keeping.models import LibraryEdit
from api.library.artists.models import Artist, ArtistAlias, TrackArtist
from api.library.finding.models import FacetValue, SmartBlock, TrackIndex
from api.library.models import Category, Track, TrackCategory, TrackChange
from api.live.models import LiveSession, LiveSlot, LiveToken, SessionTitle
from api.played.models import Airing, AirNow, SilentTier
from api.programme.models import ProgrammeEntry, ProgrammeOrder
from api.queue.models import QueueItem
from api.retention.models import RetentionPolicy
from api.shows.models import Show, ShowTime
from api.tables import Base
from api.uploading.models import Upload
from api.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "AirNow",
    "Aircheck",
    "Airing",
    "Analysis",
    "Announced",
    "Artist",
    "ArtistAlias",
    "Base",
    "Category",
    "FacetValue",
    "GuestToken",
    "ImportFile",
    "ImportRun",
    "Invitation",
    "LibraryEdit",
    "LiveSession",
    "LiveSlot",
    "LiveToken",
    "ProgrammeEntry",
    "ProgrammeOrder",
    "QueueItem",
    "RetentionPolicy",
    "Session",
    "SessionTitle",
    "Show",
    "ShowTime",
    "SilentTier",
    "SimilarPair",
    "SmartBlock",
    "Track",
    "TrackArtist",
    "TrackCategory",
    "TrackChange",
    "TrackIndex",
    "TrackMarks",
    "Upload",
    "User",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
]
