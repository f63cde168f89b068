"""Other parties' secrets in the database: encrypted there, with a key that stands in the environment alone."""

from base64 import urlsafe_b64encode
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"airtight: secrets in the database"


class Unreadable(ValueError):
    """What was encrypted with a key that is no longer there."""


class Vault:
    """Encrypts with the first of its keys and decrypts with any; each is a text of enough random characters."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys = MultiFernet([_fernet(key) for key in keys])

    def seal(self, secret: str) -> str:
        """Encrypted, as text."""
        return self._keys.encrypt(secret.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """As it was; raises `Unreadable`."""
        try:
            return self._keys.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unreadable("None of the keys in AIRTIGHT_SECRETS_KEY decrypts this.") from error

    def reseal(self, sealed: str) -> str:
        """The same secret, encrypted with the first key; raises `Unreadable`."""
        return self.seal(self.unseal(sealed))


def _fernet(key: str) -> Fernet:
    # A key of the station's own form, letters and digits, becomes one of the form that Fernet wants.
    derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
