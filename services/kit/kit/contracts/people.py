"""The words for who somebody is."""

from typing import Literal

Role = Literal["listener", "streamer", "producer", "admin"]
ROLES: tuple[Role, ...] = ("listener", "streamer", "producer", "admin")
"""Each may do what those before it may."""

TokenType = Literal["access", "refresh", "guest", "livestream"]
"""What a signed token is for; it opens nothing else."""


def reaches(role: Role | None, wanted: Role) -> bool:
    """Whether a role is this one or above it."""
    return role is not None and ROLES.index(role) >= ROLES.index(wanted)
