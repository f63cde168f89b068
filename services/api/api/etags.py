"""Answers that are sent again only when they changed."""

from hashlib import sha256

from fastapi import Response
from pydantic import BaseModel


def answer(body: BaseModel, if_none_match: str | None) -> Response:
    """The body with a strong ETag, or 304 for whoever has it."""
    return of_content(body.model_dump_json().encode(), if_none_match)


def of_content(content: bytes, if_none_match: str | None) -> Response:
    """JSON that is there already, with a strong ETag, or 304 for whoever has it."""
    tag = f'"{sha256(content).hexdigest()}"'
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return Response(content, media_type="application/json", headers={"ETag": tag})
