"""The private PostgreSQL cluster: made once, reached over its Unix socket, dumped before a migration."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from native.files import write_private

KEEP_DUMPS = 5
SERVICES = {"api": "api", "stream_control": "stream-control"}
"""Schemas, and the folder of the service that owns each."""


class DatabaseFailed(Exception):
    """PostgreSQL could not do what the station needs; the text is its own."""


def initialise(values: Mapping[str, str]) -> None:
    """Make the cluster in one step, so that an interrupted try leaves nothing half-made."""
    folder = Path(values["AIRTIGHT_VAR"]) / "postgres"
    if (folder / "PG_VERSION").exists():
        return
    part = folder.with_name("postgres.part")
    _run(["rm", "-rf", str(part)], {})
    password = Path(values["AIRTIGHT_VAR"]) / "etc" / "postgres-password"
    write_private(password, values["AIRTIGHT_POSTGRES_PASSWORD"])
    initdb = f"{values['AIRTIGHT_POSTGRES_BIN']}/initdb"
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--username=postgres"]
    try:
        _run([initdb, *options, f"--pwfile={password}", "--pgdata", str(part)], {})
    finally:
        password.unlink()
    part.rename(folder)


def prepare(values: Mapping[str, str], *, seconds: float = 60) -> None:
    """Wait for the server, add missing roles and schemas, then migrate each service as its own role."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            _psql(values, ["--command", "SELECT 1"])
            break
        except DatabaseFailed:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    _psql(values, ["--file", f"{values['AIRTIGHT_APP']}/postgres/bootstrap.sql"])
    for schema, service in SERVICES.items():
        folder = Path(values["AIRTIGHT_APP"]) / "services" / service
        given = {f"AIRTIGHT_{schema.upper()}_DATABASE_URL": values[f"{schema.upper()}_DATABASE_URL"]}
        alembic = [sys.executable, "-m", "alembic", "-c", str(folder / "alembic.ini")]
        current = _run([*alembic, "current"], given)
        if "(head)" not in current:
            if current.strip():
                _dump(values)
            _run([*alembic, "upgrade", "head"], given)


def _dump(values: Mapping[str, str]) -> None:
    folder = Path(values["AIRTIGHT_VAR"]) / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"before-migration-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    options = [
        "--host",
        values["AIRTIGHT_POSTGRES_HOST"],
        "--username=postgres",
        "--format=custom",
        f"--file={target}",
        "airtight",
    ]
    _run([f"{values['AIRTIGHT_POSTGRES_BIN']}/pg_dump", *options], {"PGPASSWORD": values["AIRTIGHT_POSTGRES_PASSWORD"]})
    for old in sorted(folder.glob("before-migration-*.dump"))[:-KEEP_DUMPS]:
        old.unlink()


def _psql(values: Mapping[str, str], arguments: list[str]) -> str:
    server = ["--host", values["AIRTIGHT_POSTGRES_HOST"], "--username=postgres", "--dbname=postgres"]
    roles = [f"AIRTIGHT_{schema.upper()}_DB_PASSWORD" for schema in SERVICES]
    secrets = {"PGPASSWORD": values["AIRTIGHT_POSTGRES_PASSWORD"], **{name: values[name] for name in roles}}
    return _run([f"{values['AIRTIGHT_POSTGRES_BIN']}/psql", *server, "--no-psqlrc", "--quiet", *arguments], secrets)


def _run(command: list[str], secrets: Mapping[str, str]) -> str:
    environment = {**os.environ, **secrets}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise DatabaseFailed(f"{Path(command[0]).name} failed: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    # In containers the server is an image's, and this runs once at each start, with it or before it.
    try:
        prepare(os.environ, seconds=600)
    except DatabaseFailed as failure:
        sys.exit(f"airtight: {failure}")
