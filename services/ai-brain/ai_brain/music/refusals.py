"""What the composer cannot do for a caller just now."""

from kit.refusal import Refusal

RETRY_AFTER = 30
"""Seconds: about two pieces of the usual length."""


class Busy(Refusal):
    status = 503
    error_code = "busy"

    def __init__(self) -> None:
        super().__init__("Too many pieces are waiting; ask again later.", headers={"Retry-After": str(RETRY_AFTER)})


class TookTooLong(Refusal):
    status = 504
    error_code = "took_too_long"


class ComposerFailed(Refusal):
    status = 500
    error_code = "composer_failed"
