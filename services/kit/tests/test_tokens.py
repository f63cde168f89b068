"""What this station signed is read back; nothing else is."""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from jose import jwt
from kit import tokens
from kit.contracts.people import ROLES
from kit.tokens import LONGEST, Claims
from small.settings import PRIVATE, PUBLIC

KEY, VERIFIER = tokens.private_key(PRIVATE), tokens.public_key(PUBLIC)
NOW = int(time.time())
WORDS = st.text(min_size=1, max_size=40)
CLAIMS = st.builds(
    Claims,
    sub=WORDS,
    type=st.sampled_from(["access", "refresh", "guest", "livestream"]),
    jti=WORDS,
    iat=st.just(NOW),
    exp=st.integers(NOW + 7200, NOW + 10**6),
    role=st.none() | st.sampled_from(ROLES),
    sid=st.none() | WORDS,
)
GOOD = {"sub": "somebody", "type": "access", "jti": "1", "iat": NOW, "exp": NOW + 7200, "role": "admin", "sid": "s"}


def made(body: dict[str, Any], *, audience: str | None = "airtight", key: Any = KEY, algorithm: str = "ES256") -> str:
    """A token of anybody's making."""
    return str(jwt.encode({**body, **({"aud": audience} if audience else {})}, key, algorithm=algorithm))


def text(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def forged(header: dict[str, Any], signature: str = "") -> str:
    """A token with a header of one's own."""
    body = {**GOOD, "aud": "airtight"}
    return f"{text(json.dumps(header).encode())}.{text(json.dumps(body).encode())}.{signature}"


@given(CLAIMS)
def test_what_was_signed_is_read_back(claims: Claims) -> None:
    assert tokens.verify(tokens.sign(claims, KEY), VERIFIER) == claims


@given(CLAIMS, st.data())
def test_a_token_that_was_changed_anywhere_is_not_read(claims: Claims, data: st.DataObject) -> None:
    token = tokens.sign(claims, KEY)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("Aaz09-_.").filter(lambda letter: letter != token[place]))
    changed = token[:place] + other + token[place + 1 :]
    # The last letter of a part carries bits that mean nothing.
    same = [urlsafe_b64decode(part + "==") for part in token.split(".")]
    if changed.count(".") == 2 and [urlsafe_b64decode(part + "==") for part in changed.split(".")] == same:
        return
    assert tokens.verify(changed, VERIFIER) is None


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin1")))
def test_garbage_is_no_token(garbage: str) -> None:
    assert tokens.verify(garbage, VERIFIER) is None


PEM = VERIFIER.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER = VERIFIER.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def hmac_signed(secret: bytes) -> str:
    """The public key, which everybody may know, taken for a shared secret."""
    unsigned = forged({"alg": "HS256", "typ": "JWT"}).rstrip(".")
    seal = HMAC(secret, SHA256())
    seal.update(unsigned.encode())
    return f"{unsigned}.{text(seal.finalize())}"


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(made(GOOD, key=ec.generate_private_key(ec.SECP256R1())), id="another key"),
        pytest.param(forged({"alg": "none", "typ": "JWT"}), id="alg none"),
        pytest.param(forged({"alg": "None"}, "AAAA"), id="alg None"),
        pytest.param(forged({"typ": "JWT"}), id="no alg"),
        pytest.param(forged({"alg": "ES256"}), id="no signature"),
        pytest.param(forged({"alg": "ES256"}, text(bytes(64))), id="zero signature"),
        pytest.param(hmac_signed(PEM), id="HS256 with the public key in PEM"),
        pytest.param(hmac_signed(DER), id="HS256 with the public key in DER"),
        pytest.param(hmac_signed(PUBLIC.encode()), id="HS256 with the public key as text"),
        pytest.param(made({**GOOD, "exp": NOW - 1}), id="expired"),
        pytest.param(made({key: value for key, value in GOOD.items() if key != "exp"}), id="for ever"),
        pytest.param(made({**GOOD, "nbf": NOW + 600}), id="not yet"),
        pytest.param(made(GOOD, audience="another station"), id="another audience"),
        pytest.param(made(GOOD, audience=None), id="no audience"),
        pytest.param(made({**GOOD, "type": "key to the city"}), id="unknown type"),
        pytest.param(made({**GOOD, "role": "owner"}), id="unknown role"),
        pytest.param(made({**GOOD, "sid": "x" * LONGEST}), id="over-long"),
    ],
)
def test_what_this_station_did_not_sign_or_no_longer_means_is_not_read(token: str) -> None:
    assert tokens.verify(token, VERIFIER) is None


def test_the_same_made_well_is_read() -> None:
    assert tokens.verify(made(GOOD), VERIFIER) is not None


OTHER_CURVE = ec.generate_private_key(ec.SECP384R1())
OTHER_KIND = ed25519.Ed25519PrivateKey.generate()


@pytest.mark.parametrize("key", [OTHER_CURVE, OTHER_KIND])
def test_only_a_key_of_the_right_curve_is_taken(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> None:
    private = text(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    public = text(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ValueError, match="P-256"):
        tokens.private_key(private)
    with pytest.raises(ValueError, match="P-256"):
        tokens.public_key(public)


@given(st.text())
def test_what_is_no_key_is_refused_as_a_wrong_value(garbage: str) -> None:
    for read in (tokens.public_key, tokens.private_key):
        with pytest.raises(ValueError):  # noqa: PT011 - the callers show a text of their own
            read(garbage)


def test_a_key_is_one_line_that_an_environment_variable_can_hold() -> None:
    for key in (PRIVATE, PUBLIC):
        assert key.replace("-", "").replace("_", "").isalnum()
