"""Expected failures. A `Refusal` carries what the caller needs to act; everything else is a bug and a 500.

This module is pure so that `rules.py` may raise refusals; `kit.app` turns them into responses.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from pydantic import BaseModel


class Refusal(Exception):
    """A request that was understood and refused; its text says what to do."""

    status: ClassVar[int] = HTTPStatus.CONFLICT
    error_code: ClassVar[str] = "refused"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.headers = dict(headers or {})


class Problem(BaseModel):
    """The one shape of every error answer."""

    detail: str
    error_code: str
    status_code: int


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may raise these refusals."""
    by_status: dict[int | str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(int(kind.status), []).append(kind.error_code)
    return {
        status: {"model": Problem, "description": " or ".join(sorted(codes))} for status, codes in by_status.items()
    }
