"""Who is asking: the station's own tokens, compared in constant time, and people's signed ones."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kit import tokens
from kit.contracts.people import Role, reaches
from kit.refusal import Refusal


class NotAuthenticated(Refusal):
    status = 401
    error_code = "not_authenticated"


class NotAllowed(Refusal):
    status = 403
    error_code = "not_allowed"


@dataclass(frozen=True)
class Principal:
    """The caller. `name` is a service's name, a person's or a guest's id, or `admin` for the station's own token.

    An `engine` is no service: its token opens the routes that are made for it, and nothing else.
    """

    kind: Literal["station", "service", "engine", "user", "guest"]
    name: str
    role: Role | None = None
    session: str | None = None

    def may_act_as(self, role: Role) -> bool:
        """Whether the caller's role is this one or above it."""
        return reaches(self.role, role)


@dataclass(frozen=True)
class Keys:
    """What a service accepts: administrators' tokens, one per calling service, and what the public key verifies."""

    admins: tuple[str, ...]
    services: Mapping[str, str] = field(default_factory=dict)
    public_key: EllipticCurvePublicKey | None = None
    engines: Mapping[str, str] = field(default_factory=dict)

    def find(self, token: str) -> Principal | None:
        """The owner of a token. Every fixed one is compared, so the time taken tells nothing."""
        found = None
        for known in self.admins:
            if hmac.compare_digest(known.encode(), token.encode()):
                found = Principal("station", "admin", role="admin")
        for name, known in self.services.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = Principal("service", name)
        for name, known in self.engines.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = Principal("engine", name)
        return found or self._person(token)

    def _person(self, token: str) -> Principal | None:
        claims = tokens.verify(token, self.public_key) if self.public_key else None
        if claims and claims.type == "access" and claims.role:
            return Principal("user", claims.sub, claims.role, claims.sid)
        # A guest is known to api alone, which can tell whether the token was taken back.
        if claims and claims.type == "guest":
            return Principal("guest", claims.sub)
        return None


_bearer = HTTPBearer(auto_error=False)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def principal(request: Request, credentials: Credentials) -> Principal:
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
    if not caller.may_act_as("admin"):
        raise NotAllowed("Only an administrator may do this.")
    return caller


def trusted(caller: Annotated[Principal, Depends(principal)]) -> Principal:
    """Another service or the station's own administrator, or 403: no person reads what services tell each other."""
    if caller.kind not in ("service", "station"):
        raise NotAllowed("Only the station's own services may do this.")
    return caller


Admin = Annotated[Principal, Depends(admin)]
Trusted = Annotated[Principal, Depends(trusted)]
