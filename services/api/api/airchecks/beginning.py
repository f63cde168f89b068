"""The row of an aircheck, made as soon as its recording is whole."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.models import User
from api.airchecks.models import Aircheck
from api.airchecks.rules import default_title
from api.airchecks.timing import Placed, Said
from api.live.models import LiveSession, SessionTitle
from api.shows.models import Show

logger = structlog.get_logger()


async def of_session(tx: AsyncSession, session_id: UUID) -> Aircheck | None:
    """The aircheck of a session, locked."""
    query = select(Aircheck).where(Aircheck.session_id == session_id).with_for_update()
    found: Aircheck | None = await tx.scalar(query)
    return found


async def begin(tx: AsyncSession, session: LiveSession, placed: Sequence[Placed], *, zone: ZoneInfo) -> Aircheck:
    """The aircheck of a session, made unless it is there; without parts it has no length."""
    began_at = placed[0].began_at if placed else began(session)
    show = await tx.get(Show, session.show_id) if session.show_id else None
    made = insert(Aircheck).values(
        id=uuid4(),
        session_id=session.id,
        show_id=show.id if show else None,
        show_name=show.name if show else None,
        streamer_id=session.user_id,
        host=show.host if show else None,
        state="finishing",
        title=default_title(show.name if show else None, began_at.astimezone(zone)),
        began_at=began_at,
        ended_at=max(placed[-1].ended_at, began_at) if placed else began_at,
        gaps=[],
        chapters=[],
    )
    await tx.execute(made.on_conflict_do_nothing(index_elements=[Aircheck.session_id]))
    found = await of_session(tx, session.id)
    assert found
    return found


def began(session: LiveSession) -> datetime:
    """When a session began, as far as it says."""
    return session.connected_at or session.granted_at


async def titles(tx: AsyncSession, aircheck: Aircheck) -> list[Said]:
    """What its session's encoder said, in its order."""
    said = select(SessionTitle).where(SessionTitle.session_id == aircheck.session_id)
    rows = await tx.scalars(said.order_by(SessionTitle.at))
    return [Said(row.at, row.title, row.artist) for row in rows]


async def streamer_name(tx: AsyncSession, aircheck: Aircheck) -> str | None:
    """The display name of its streamer, who may be gone."""
    user = await tx.get(User, aircheck.streamer_id) if aircheck.streamer_id else None
    return user.display_name if user else None
