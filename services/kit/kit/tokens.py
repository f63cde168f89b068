"""Signed tokens of people: ES256 (RFC 7518). api signs with the private key; each service verifies with the public one.

A key is one line of text: its DER form in base64url without padding, fit for an environment variable.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from jose import jwt
from jose.exceptions import JOSEError
from pydantic import BaseModel, ConfigDict, ValidationError

from kit.contracts.people import Role, TokenType

AUDIENCE = "airtight"
ALGORITHM = "ES256"
LONGEST = 4096
"""Characters of a token that is looked at at all."""


class Claims(BaseModel):
    """What a verified token says. `exp` and `iat` are seconds since 1970, UTC."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: str
    type: TokenType
    jti: str
    iat: int
    exp: int
    role: Role | None = None
    sid: str | None = None


def verify(token: str, key: ec.EllipticCurvePublicKey) -> Claims | None:
    """The claims of a token that this station signed and that has not expired; None otherwise."""
    if len(token) > LONGEST:
        return None
    try:
        # A token without an audience would pass as one for any.
        told = jwt.decode(token, key, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require_aud": True})
        return Claims.model_validate(told)
    except (JOSEError, ValidationError):
        return None


def sign(claims: Claims, key: ec.EllipticCurvePrivateKey) -> str:
    """A token that `verify` accepts."""
    body = {**claims.model_dump(exclude_none=True), "aud": AUDIENCE}
    return str(jwt.encode(body, key, algorithm=ALGORITHM))


def public_key(text: str) -> ec.EllipticCurvePublicKey:
    """Read a public key; raises ValueError."""
    try:
        key = load_der_public_key(_bytes(text))
    except UnsupportedAlgorithm as error:
        raise ValueError("not a public key") from error
    if not (isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ValueError("not a P-256 public key")
    return key


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    """Read a private key; raises ValueError."""
    try:
        key = load_der_private_key(_bytes(text), password=None)
    except (UnsupportedAlgorithm, TypeError) as error:
        raise ValueError("not a private key") from error
    if not (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
        raise ValueError("not a P-256 private key")
    return key


def new_private_key() -> str:
    """A new private key, as text."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _text(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def public_key_of(private: str) -> str:
    """The public key that belongs to a private one, both as text."""
    public = private_key(private).public_key()
    return _text(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _text(der: bytes) -> str:
    return urlsafe_b64encode(der).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
