"""Registering, signing in and out. The refresh token goes into the answer, or into a cookie for browsers."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from kit import tokens
from kit.auth import Credentials
from kit.db import Transaction
from kit.refusal import refusals

from api.accounts import cookie, rules, service, sessions
from api.accounts.passwords import Busy
from api.accounts.queries import EmailTaken
from api.accounts.schemas import Refreshing, Registering, SignedInShown, SigningIn, SigningOut
from api.settings import Settings
from api.throttle import TooManyRequests

router = APIRouter(prefix="/auth", tags=["sign-in"])


@router.post(
    "/register",
    status_code=201,
    summary="Make an account and sign in",
    responses=refusals(
        EmailTaken,
        rules.RegistrationClosed,
        rules.InvitationNeeded,
        rules.InvitationNotGood,
        rules.FromAnotherSite,
        rules.PasswordTooWeak,
        TooManyRequests,
        Busy,
    ),
)
async def register(wish: Registering, request: Request, response: Response) -> SignedInShown:
    if wish.cookie:
        cookie.require_own_site(request)
    return _answered(request, response, await service.register(request, wish), cookie_wanted=wish.cookie)


@router.post(
    "/login",
    summary="Sign in",
    responses=refusals(service.WrongCredentials, service.Blocked, rules.FromAnotherSite, TooManyRequests, Busy),
)
async def login(wish: SigningIn, request: Request, response: Response) -> SignedInShown:
    if wish.cookie:
        cookie.require_own_site(request)
    shown = await service.sign_in(request, wish.email, wish.password)
    return _answered(request, response, shown, cookie_wanted=wish.cookie)


@router.post(
    "/refresh",
    summary="New tokens; the refresh token is good once",
    responses=refusals(sessions.RefreshTokenNotGood, sessions.TokenReused, rules.FromAnotherSite),
)
async def refresh(request: Request, response: Response, wish: Refreshing | None = None) -> SignedInShown:
    wish = wish or Refreshing()
    token = wish.refresh_token or cookie.read(request)
    if token is None:
        raise sessions.RefreshTokenNotGood
    if wish.cookie:
        cookie.require_own_site(request)
    shown = await service.carry_on(request, token)
    return _answered(request, response, shown, cookie_wanted=wish.cookie or wish.refresh_token is None)


@router.post("/logout", status_code=204, summary="End this session", responses=refusals(rules.FromAnotherSite))
async def logout(
    request: Request, response: Response, credentials: Credentials, tx: Transaction, wish: SigningOut | None = None
) -> None:
    """Named by the refresh token (sent or in the cookie) or the access token; one that is over already is fine."""
    given = [wish.refresh_token if wish else None, cookie.read(request)]
    if credentials:
        given.append(credentials.credentials)
    settings: Settings = request.app.state.settings
    for token in filter(None, given):
        claims = tokens.verify(token, settings.public_key)
        if claims and claims.sid and claims.type in ("access", "refresh"):
            await sessions.end(tx, UUID(claims.sid))
    cookie.clear(response)


def _answered(request: Request, response: Response, shown: SignedInShown, *, cookie_wanted: bool) -> SignedInShown:
    response.headers["Cache-Control"] = "no-store"
    if not cookie_wanted:
        return shown
    assert shown.refresh_token
    cookie.write(request, response, shown.refresh_token, request.app.state.settings)
    return shown.model_copy(update={"refresh_token": None})
