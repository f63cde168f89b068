"""Writing files that are whole or absent, and rendering templates into them."""

import os
from collections.abc import Mapping
from pathlib import Path
from string import Template


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner may read it."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def render(template: Path, target: Path, values: Mapping[str, str]) -> None:
    """Fill `${NAME}` in a template; a name without a value is an error, not an empty place."""
    write_private(target, Template(template.read_text()).substitute(values))
