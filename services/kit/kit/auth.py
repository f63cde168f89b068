"""Who is asking. Station tokens are compared in constant time; people's tokens come with their accounts."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kit.refusal import Refusal


class NotAuthenticated(Refusal):
    status = 401
    error_code = "not_authenticated"


class NotAllowed(Refusal):
    status = 403
    error_code = "not_allowed"


@dataclass(frozen=True)
class Principal:
    """The caller: an administrator, or another service by its name."""

    kind: Literal["admin", "service"]
    name: str


@dataclass(frozen=True)
class Keys:
    """The tokens a service accepts: administrators', and one per calling service."""

    admins: tuple[str, ...]
    services: Mapping[str, str] = field(default_factory=dict)

    def find(self, token: str) -> Principal | None:
        """The owner of a token. Every key is compared, so the time taken tells nothing."""
        found = None
        for known in self.admins:
            if hmac.compare_digest(known.encode(), token.encode()):
                found = Principal("admin", "admin")
        for name, known in self.services.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = Principal("service", name)
        return found


_bearer = HTTPBearer(auto_error=False)


def principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Principal:
    """The caller named by the bearer token, or 401."""
    keys: Keys = request.app.state.keys
    found = keys.find(credentials.credentials) if credentials else None
    if found is None:
        raise NotAuthenticated(
            "Send a valid token as 'Authorization: Bearer …'.", headers={"WWW-Authenticate": "Bearer"}
        )
    return found


def admin(caller: Annotated[Principal, Depends(principal)]) -> Principal:
    """An administrator, or 403."""
    if caller.kind != "admin":
        raise NotAllowed("Only an administrator may do this.")
    return caller


Admin = Annotated[Principal, Depends(admin)]
Trusted = Annotated[Principal, Depends(principal)]
