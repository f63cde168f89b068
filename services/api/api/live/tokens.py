"""Giving out livestream tokens, listing them, taking them back."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from kit.refusal import Refusal
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.accounts.models import User
from api.live import queries
from api.live.models import LiveToken
from api.live.rules import TokenState
from api.live.schemas import LiveTokenAsked, LiveTokenForShow, LiveTokenShown, LiveTokensPage, RefusalShown
from api.shows import queries as shows
from api.shows.models import Show
from api.shows.rules import NobodyOwnsIt, NotYourShow

logger = structlog.get_logger()


class NoSuchLiveToken(Refusal):
    status = 404
    error_code = "no_such_livestream_token"

    def __init__(self) -> None:
        super().__init__("There is no such livestream token.")


class WhoseToken(Refusal):
    status = 422
    error_code = "user_needed"

    def __init__(self) -> None:
        super().__init__("Say whose token it is: the station itself does not stream.")


async def mint(tx: AsyncSession, caller: Caller, wish: LiveTokenAsked, *, now: datetime) -> LiveToken:
    """A token for a streamer, the caller unless told otherwise; raises `WhoseToken`, `NoSuchUser`, `NotAStreamer`."""
    user_id = wish.user_id or caller.id
    if user_id is None:
        raise WhoseToken
    await shows.streamer(tx, user_id)
    if wish.show_id:
        await shows.show(tx, wish.show_id)
    return await _mint(tx, user_id, wish.show_id, wish, now=now)


async def mint_for_show(
    tx: AsyncSession, caller: Caller, show_id: UUID, wish: LiveTokenForShow, *, now: datetime
) -> LiveToken:
    """A token for a show's owner, who asks for it, or an administrator does; raises `NotYourShow` and as `mint`."""
    show = await shows.show(tx, show_id)
    if not caller.may_act_as("admin") and (show.owner_id is None or show.owner_id != caller.id):
        raise NotYourShow
    if show.owner_id is None:
        raise NobodyOwnsIt
    await shows.streamer(tx, show.owner_id)
    return await _mint(tx, show.owner_id, show.id, wish, now=now)


async def _mint(
    tx: AsyncSession, user_id: UUID, show_id: UUID | None, wish: LiveTokenForShow, *, now: datetime
) -> LiveToken:
    token = LiveToken(
        id=uuid4(),
        user_id=user_id,
        show_id=show_id,
        max_streaming_seconds=wish.max_streaming_seconds,
        note=wish.note,
        created_at=now,
        # Whole seconds, as the signed token has them.
        expires_at=now.replace(microsecond=0) + timedelta(seconds=2 * wish.max_streaming_seconds),
    )
    tx.add(token)
    await tx.flush()
    logger.info("livestream_token_made", token_id=str(token.id), user_id=str(user_id))
    return token


async def list_tokens(
    tx: AsyncSession, *, user_id: UUID | None = None, offset: int, limit: int, now: datetime
) -> LiveTokensPage:
    """Tokens, newest first; of one user only, when told so."""
    mine: ColumnElement[bool] = LiveToken.user_id == user_id if user_id else true()
    total = await tx.scalar(select(func.count()).select_from(LiveToken).where(mine)) or 0
    query = (
        select(LiveToken, User.display_name, Show.name)
        .join(User, User.id == LiveToken.user_id)
        .outerjoin(Show, Show.id == LiveToken.show_id)
        .where(mine)
        .order_by(LiveToken.created_at.desc(), LiveToken.id)
    )
    rows = (await tx.execute(query.offset(offset).limit(limit))).all()
    used = await queries.used_seconds(tx, {token.user_id for token, _, _ in rows}, now)
    session = await queries.open_session(tx)
    live = session.token_id if session else None
    return LiveTokensPage(
        items=[
            _shown(token, user, show, used[token.user_id], live=live == token.id, now=now) for token, user, show in rows
        ],
        total=total,
    )


async def revoke(tx: AsyncSession, token_id: UUID, *, owner: UUID | None = None, now: datetime) -> None:
    """Take a token back; a session of it is cut by whoever watches. With `owner` only theirs is found."""
    token = await tx.get(LiveToken, token_id, with_for_update=True)
    if token is None or (owner and token.user_id != owner):
        raise NoSuchLiveToken
    token.revoked_at = token.revoked_at or now
    logger.info("livestream_token_revoked", token_id=str(token_id))


def _shown(
    token: LiveToken, user: str | None, show: str | None, used: float, *, live: bool, now: datetime
) -> LiveTokenShown:
    refusal = None
    if token.refused_at and token.refused_because:
        refusal = RefusalShown(reason=token.refused_because, at=token.refused_at)
    return LiveTokenShown(
        id=token.id,
        state=_state(token, used, live=live, now=now),
        user_id=token.user_id,
        user=user,
        show_id=token.show_id,
        show=show,
        note=token.note,
        max_streaming_seconds=token.max_streaming_seconds,
        used_seconds=used,
        created_at=token.created_at,
        expires_at=token.expires_at,
        revoked_at=token.revoked_at,
        last_used_at=token.last_used_at,
        last_refusal=refusal,
    )


def _state(token: LiveToken, used: float, *, live: bool, now: datetime) -> TokenState:
    if live:
        return "live"
    if token.revoked_at:
        return "revoked"
    if token.expires_at <= now:
        return "expired"
    return "used_up" if used >= token.max_streaming_seconds else "good"
