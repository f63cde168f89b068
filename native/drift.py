"""`python -m native.drift`: do each service's migrations make the tables that its models describe?"""

import os
import subprocess
import sys
from pathlib import Path

from kit.testing import database, reset_search_path, running_servers


def main() -> int:
    """1 when a migration is missing; Alembic says which."""
    worst = 0
    with running_servers() as servers:
        for folder in sorted(path.parent.absolute() for path in Path("services").glob("*/alembic.ini")):
            variable = f"AIRTIGHT_{folder.name.replace('-', '_').upper()}_DATABASE_URL"
            with database(servers, folder, variable) as url:
                reset_search_path(servers, url)
                check = [sys.executable, "-m", "alembic", "-c", str(folder / "alembic.ini"), "check"]
                worst |= subprocess.run(check, env={**os.environ, variable: url}, check=False).returncode
    return 1 if worst else 0


if __name__ == "__main__":
    sys.exit(main())
