"""Readiness in answers."""

from pydantic import BaseModel


class Check(BaseModel):
    """One part of the station."""

    ok: bool
    detail: str


class Readiness(BaseModel):
    """Whether the station can do its work; each part by name."""

    ready: bool
    checks: dict[str, Check]
