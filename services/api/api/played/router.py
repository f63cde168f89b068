"""What aired, for everybody."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from kit.contracts.air import Tier
from kit.db import DatabaseAway, Transaction
from kit.refusal import refusals
from pydantic import AwareDatetime

from api.played import queries
from api.played.models import Airing
from api.played.schemas import PlayedItem, PlayedPage

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
Moment = Annotated[AwareDatetime | None, Query(ge=EARLIEST, le=LATEST, description="UTC")]

router = APIRouter(prefix="/played", tags=["played"], responses=refusals(DatabaseAway))


@router.get("", summary="What aired, newest first")
async def list_played(
    request: Request,
    tx: Transaction,
    tier: Tier | None = None,
    since: Moment = None,
    until: Moment = None,
    before: Annotated[int | None, Query(ge=1, lt=2**63, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> PlayedPage:
    """Only what listeners heard. `since` and `until` are about the beginning: at or after, and before."""
    rows = await queries.page_of_heard(tx, tier=tier, since=since, until=until, before=before, limit=limit + 1)
    covers = request.app.state.settings.artwork_folder
    items = tuple(_shown(row, covers) for row in rows[:limit])
    return PlayedPage(items=items, next=items[-1].id if len(rows) > limit else None)


def _shown(row: Airing, covers: Path) -> PlayedItem:
    name = f"{row.item_id}.jpg"
    # What aired may be gone from the library; a cover that is still there is shown.
    artwork = f"/artwork/{name}" if "/" not in name and (covers / name).is_file() else None
    return PlayedItem(
        id=row.id,
        item_id=row.item_id,
        tier=row.tier,
        title=row.title,
        artist=row.artist,
        artwork=artwork,
        started_at=row.started_at,
        ended_at=row.ended_at,
        heard_seconds=row.heard_seconds,
    )
