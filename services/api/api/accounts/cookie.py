"""The refresh token of a browser, where no script of a page can read it."""

from fastapi import Request, Response

from api.accounts import rules
from api.settings import Settings

NAME = "airtight_refresh"


def read(request: Request) -> str | None:
    """The refresh token that the browser sent, if any; raises `FromAnotherSite` when another site made it do so."""
    found = request.cookies.get(NAME)
    if found:
        require_own_site(request)
    return found or None


def write(request: Request, response: Response, refresh_token: str, settings: Settings) -> None:
    """Have the browser keep it; over HTTPS it will not send it over anything else."""
    response.set_cookie(
        NAME,
        refresh_token,
        max_age=settings.refresh_days * 86_400,
        path="/",
        secure=settings.secure_cookies and request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def clear(response: Response) -> None:
    """Have the browser forget it."""
    response.delete_cookie(NAME, path="/", httponly=True, samesite="strict")


def require_own_site(request: Request) -> None:
    """Raises `FromAnotherSite` when the browser says that another site's page asks."""
    headers = request.headers
    rules.require_own_site(headers.get("sec-fetch-site"), headers.get("origin"), headers.get("host"))
