"""Chromaprint's fingerprint of a sound: eight numbers of 32 bits a second, alike for copies of one recording."""

import json
import subprocess
from pathlib import Path

from api.media.tools import file

SECONDS = 120
"""So much from the beginning on is taken: enough to know a recording, and as others do it."""


def fingerprint(source: Path) -> list[int]:
    """The numbers; none for what is too short for any (about three seconds), or not decodable."""
    command = ["fpcalc", "-raw", "-json", "-length", str(SECONDS), file(source)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    # What it prints is good although it ends with an error: to some versions of it the end of a file is one.
    return [int(one) for one in json.loads(done.stdout)["fingerprint"]] if done.stdout else []
