"""Selects on uploads."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from kit.refusal import Refusal
from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts.caller import Caller
from api.library.models import Track
from api.uploading.models import Upload
from api.uploading.rules import Use

_LOCK = 7_203_183


class NoSuchUpload(Refusal):
    status = 404
    error_code = "no_such_upload"

    def __init__(self) -> None:
        super().__init__("There is no such upload, or it is another's.")


def of(caller: Caller) -> ColumnElement[bool]:
    """The uploads that a caller may see: their own, and administrators all."""
    return true() if caller.may_act_as("admin") else Upload.user_id == caller.id


async def one(tx: AsyncSession, caller: Caller, upload_id: UUID, *, for_update: bool = False) -> Upload:
    """An upload of the caller's; raises `NoSuchUpload`."""
    query = select(Upload).where(Upload.id == upload_id, of(caller))
    found = await tx.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise NoSuchUpload
    return found


async def page(tx: AsyncSession, caller: Caller, *, after: UUID | None, limit: int) -> Sequence[Upload]:
    """Newest first; raises `NoSuchUpload` for a cursor that is none."""
    query = select(Upload).where(of(caller)).order_by(Upload.created_at.desc(), Upload.id.desc())
    if after:
        last = await one(tx, caller, after)
        query = query.where(tuple_(Upload.created_at, Upload.id) < (last.created_at, last.id))
    return (await tx.scalars(query.limit(limit))).all()


async def lately(tx: AsyncSession, caller: Caller, *, since: datetime, limit: int) -> Sequence[Upload]:
    """The caller's own uploads that are on their way, or ended since then; oldest first."""
    mine = Upload.user_id == caller.id if caller.id else Upload.user_id.is_(None)
    query = select(Upload).where(mine, or_(Upload.ended_at.is_(None), Upload.ended_at > since))
    return (await tx.scalars(query.order_by(Upload.created_at, Upload.id).limit(limit))).all()


async def use(tx: AsyncSession, caller: Caller) -> Use:
    """What uploads take now. Until this transaction ends nobody else asks: who counts may then insert."""
    await tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    uploaded = and_(Track.source == "upload", Track.state.in_(("ready", "waiting", "removed")))
    kept = await tx.scalar(select(func.coalesce(func.sum(Track.size), 0)).where(uploaded))
    mine = Upload.user_id == caller.id if caller.id else Upload.user_id.is_(None)
    columns = (
        func.coalesce(func.sum(Upload.size), 0),
        func.coalesce(func.sum(Upload.size - Upload.received), 0),
        func.count().filter(mine),
    )
    coming, missing, own = (await tx.execute(select(*columns).where(Upload.state == "receiving"))).one()
    return Use(int(kept or 0), int(coming), int(missing), own)
