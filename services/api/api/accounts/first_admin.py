"""`python -m api.accounts.first_admin [--email E]`: the station's first administrator, or one more.

Prints one line, `<e-mail> <one-time password>`, and nothing when there is an administrator already and none was asked
for. Settings come from the environment, as the service's do; `AIRTIGHT_ADMIN_EMAIL` names the first one.
"""

import argparse
import asyncio
import os
import sys

from kit import db
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.accounts import queries, sessions
from api.accounts.models import User
from api.accounts.passwords import Passwords, one_time_password
from api.accounts.schemas import Email
from api.settings import Settings

DEFAULT_EMAIL = "admin@example.org"
# Any constant: it only has to be the same for every start of one station.
_LOCK = 7_203_151


async def run(settings: Settings, *, email: str, only_first: bool) -> str | None:
    """Make the administrator; the one-time password, or None when there is one and `only_first`."""
    made, passwords = one_time_password(), Passwords(settings.bcrypt_cost)
    engine = db.connect(settings.database_url.get_secret_value(), pool_size=1)
    try:
        async with db.sessions(engine).begin() as tx:
            await tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if only_first and await _exists(tx):
                return None
            await make(tx, email, await passwords.hash(made))
    finally:
        passwords.close()
        await engine.dispose()
    return made


async def make(tx: AsyncSession, email: str, kept: str) -> None:
    """A new administrator, or somebody made one: unblocked, signed out, with a new password (`kept` is its hash).

    Whoever registered with the address beforehand does not come to be one: the password they chose is gone.
    """
    user = await queries.by_email(tx, email)
    if user is None:
        user = User(email=email, password_hash=kept)
        tx.add(user)
    user.role, user.blocked_at = "admin", None
    user.password_hash, user.must_change_password = kept, True
    await tx.flush()
    await sessions.end_all(tx, user.id)


async def _exists(tx: AsyncSession) -> bool:
    working = select(User.id).where(User.role == "admin", User.blocked_at.is_(None)).limit(1)
    return await tx.scalar(working) is not None


def main() -> None:
    """Read the command line; print what the person has to know."""
    parser = argparse.ArgumentParser(prog="api.accounts.first_admin", description=__doc__)
    parser.add_argument("--email", help="give this address the role and a new one-time password")
    asked: str | None = parser.parse_args().email
    try:
        email = TypeAdapter(Email).validate_python(asked or os.environ.get("AIRTIGHT_ADMIN_EMAIL") or DEFAULT_EMAIL)
    except ValidationError as error:
        sys.exit(str(error.errors()[0]["msg"]))
    if password := asyncio.run(run(Settings(), email=email, only_first=asked is None)):
        print(email, password)


if __name__ == "__main__":
    main()
