"""`python -m native.migration SERVICE MESSAGE`: the models against a database made by the old migrations."""

import os
import subprocess
import sys
from pathlib import Path

from kit.testing import database, reset_search_path, running_servers


def main(service: str, message: str) -> None:
    """Number the migration, write it and say where it is."""
    folder = Path("services") / service
    number = len(list((folder / "migrations/versions").glob("[0-9]*.py"))) + 1
    variable = f"AIRTIGHT_{service.replace('-', '_').upper()}_DATABASE_URL"
    with running_servers() as servers, database(servers, folder.absolute(), variable) as url:
        reset_search_path(servers, url)
        alembic = [sys.executable, "-m", "alembic", "-c", str(folder / "alembic.ini")]
        revision = [*alembic, "revision", "--autogenerate", "-m", message, "--rev-id", f"{number:04}"]
        subprocess.run(revision, env={**os.environ, variable: url}, check=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
