"""Looking for malware, when there is a scanner: what nobody looked at is `not_scanned`, never clean."""

from dataclasses import dataclass
from pathlib import Path

import structlog

from api.library.rules import ScanStatus
from api.media import clamd
from api.media.clamd import ScannerAway, TooLargeToScan

logger = structlog.get_logger()


@dataclass(frozen=True)
class Scan:
    """What is known; without a status other than `not_scanned`, `engine` says why not, if that will not change."""

    status: ScanStatus
    engine: str | None = None


class Infected(Exception):
    """The scanner knows the file; the text says it to a person."""

    def __init__(self, found: str, engine: str) -> None:
        super().__init__(f"The malware scanner found {found} in it.")
        self.scan = Scan("infected", engine)


NOT_SCANNED = Scan("not_scanned")


async def look(address: str, path: Path) -> Scan:
    """Ask the scanner at this address, if there is one; raises `Infected`.

    A scanner that is away keeps nothing off the air, where only what was decoded and encoded anew is heard: the file is
    not scanned, and looked at later.
    """
    if not address:
        return NOT_SCANNED
    try:
        verdict = await clamd.scan(address, path)
    except ScannerAway as error:
        logger.warning("scanner_away", error=str(error))
        return NOT_SCANNED
    except TooLargeToScan:
        return Scan("not_scanned", "Too large for the scanner")
    if verdict.found:
        raise Infected(verdict.found[:200], verdict.engine)
    return Scan("clean", verdict.engine)
