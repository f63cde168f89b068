"""`/ready`: can a service do its work? Every part is asked at once. For inside only: the front door refuses it."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from redis.asyncio import Redis
from sqlalchemy import Table, func, select, text

from kit.db import Sessions

PATIENCE = 3.0
"""Seconds in which each part has to answer."""

Questions = Mapping[str, Callable[[], Awaitable[str]]]
"""Each returns a word for a person, or raises."""


class NotWell(Exception):
    """A part that answers, and what it says is not good."""


class Check(BaseModel):
    """One part that the service needs."""

    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether the service can do its work; each part by name."""

    ready: bool
    checks: dict[str, Check]


router = APIRouter(tags=["health"])


@router.get("/ready", summary="Whether the service can do its work", responses={503: {"model": Readiness}})
async def ready(request: Request, response: Response) -> Readiness:
    answer: Readiness = await request.app.state.parts.readiness()
    response.status_code = 200 if answer.ready else 503
    return answer


async def ask(questions: Questions) -> Readiness:
    """Ask every part at once; one that does not answer in time is not well."""
    answers = await asyncio.gather(*(_ask(question) for question in questions.values()))
    return Readiness(ready=all(check.ok for check in answers), checks=dict(zip(questions, answers, strict=True)))


async def database(sessions: Sessions) -> str:
    """PostgreSQL answers."""
    async with sessions() as tx:
        await tx.execute(text("SELECT 1"))
    return "answers"


async def redis_answers(redis: Redis) -> str:
    """Redis answers."""
    await redis.exists("airtight")
    return "answers"


async def set_aside(sessions: Sessions, table: Table) -> int:
    """How many things wait for a person because they could not be taken in."""
    async with sessions() as tx:
        return await tx.scalar(select(func.count()).select_from(table)) or 0


async def disk(folder: Path, *, reserve_mb: int) -> str:
    """There is more room than the reserve; raises `NotWell`."""
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < reserve_mb:
        raise NotWell(f"nearly full: {free_mb} MB free of the {reserve_mb} MB kept in reserve")
    return f"{free_mb} MB free"


async def _ask(question: Callable[[], Awaitable[str]]) -> Check:
    try:
        async with asyncio.timeout(PATIENCE):
            return Check(ok=True, detail=await question())
    except NotWell as problem:
        return Check(ok=False, detail=str(problem))
    except Exception as error:
        return Check(ok=False, detail=f"{type(error).__name__}: {error}"[:200])
