"""Readiness in answers."""

from pydantic import BaseModel


class Check(BaseModel):
    """One part that the service needs."""

    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether the service can do its work; each part by name."""

    ready: bool
    checks: dict[str, Check]
