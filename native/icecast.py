"""Who may listen to Icecast's mounts for the recorder."""

import hashlib


def recorders(password: str) -> str:
    """The file of users that icecast.xml names: Icecast wants MD5, which guards this file and not the password."""
    return f"recorder:{hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()}\n"
