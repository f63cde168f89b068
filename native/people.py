"""The first administrator, made by api itself, in api's own environment."""

import subprocess
from collections.abc import Mapping

from native.environment import PROCESS_ENVIRONMENT
from native.programs import PROGRAMS, environment_of


class PeopleFailed(Exception):
    """api could not make the account; the text is its own."""


def first_admin(values: Mapping[str, str]) -> str:
    """Make the first administrator of a new station; what the person has to know, once, or nothing."""
    return _ask(values, [])


def make_admin(values: Mapping[str, str], email: str) -> str:
    """Make somebody an administrator with a new one-time password, and say it."""
    return _ask(values, ["--email", email])


def _ask(values: Mapping[str, str], arguments: list[str]) -> str:
    api = next(program for program in PROGRAMS if program.name == "api")
    given = {**PROCESS_ENVIRONMENT, **environment_of(api, values)}
    given["AIRTIGHT_ADMIN_EMAIL"] = values["AIRTIGHT_ADMIN_EMAIL"]
    command = [f"{values['AIRTIGHT_VENV']}/bin/python", "-P", "-m", "api.accounts.first_admin", *arguments]
    done = subprocess.run(
        command, env=given, cwd=values["AIRTIGHT_VAR"], capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode:
        raise PeopleFailed((done.stderr or done.stdout).strip()[-2000:])
    return done.stdout
