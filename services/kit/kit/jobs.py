"""Jobs are rows, deferred in the transaction that needs them; procrastinate's worker does them.

The library's tables live in the schema of the service that uses them, found by the role's search path. Its own worker
speaks psycopg; deferring goes through our asyncpg transaction and the SQL function that the library keeps stable.
"""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AppNotOpen
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import await_only

logger = structlog.get_logger()
HEARTBEAT = 2.0
"""Seconds between a worker's signs of life."""
DEAD_AFTER = 8.0
"""Seconds without one after which its jobs are given to another worker."""

_DEFER = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY["
    "ROW(:queue, :task, :priority, NULL, NULL, CAST(:args AS jsonb), NULL)]::procrastinate_job_to_defer_v1[])"
)


def application(database_url: str, *, connections: int) -> App:
    """The jobs of the service with this database; tasks are registered on it."""
    address = make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    # A worker that starts while the database is away goes on trying.
    pool = PsycopgConnector(conninfo=address, min_size=1, max_size=connections, timeout=5)
    return App(connector=pool)


async def defer(tx: AsyncSession, task: str, *, queue: str, priority: int = 0, **arguments: Any) -> None:
    """Ask for a task to be done once this transaction is committed; a rollback leaves nothing.

    Within a queue a higher priority goes first, then what was asked for first.
    """
    told = {"queue": queue, "task": task, "priority": priority, "args": json.dumps(arguments)}
    await tx.execute(_DEFER, told)


async def work(app: App, queues: Mapping[str, int]) -> None:
    """Do the jobs of these queues, of each so many at once, until cancelled or the database goes away (raises then).

    A queue that is full keeps no other one waiting.
    """
    async with app.open_async(), asyncio.TaskGroup() as workers:
        for queue, concurrency in queues.items():
            workers.create_task(_work(app, queue, concurrency))


def connections(queues: Mapping[str, int]) -> int:
    """How many connections `work` needs: for each job, to listen, and to tell that it lives."""
    return sum(queues.values()) + 2 * len(queues)


async def _work(app: App, queue: str, concurrency: int) -> None:
    await app.run_worker_async(
        queues=[queue],
        name=queue,
        concurrency=concurrency,
        install_signal_handlers=False,
        update_heartbeat_interval=HEARTBEAT,
        stalled_worker_timeout=DEAD_AFTER,
        shutdown_graceful_timeout=2,
        delete_jobs="successful",
    )


async def rescue(app: App) -> None:
    """Give the jobs of workers that died to those that live; nothing while `work` has not reached the database."""
    with suppress(AppNotOpen):
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER):
            logger.warning("job_rescued", job=job.id, task=job.task_name, attempts=job.attempts)
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))


def create_tables(connection: Connection) -> None:
    """For a migration: the library's tables, types and functions, in the schema that the search path names first."""
    raw = connection.connection.driver_connection
    assert raw is not None
    await_only(raw.execute(SchemaManager.get_schema()))
