"""The cluster is made in one step: an interrupted try leaves nothing half-made."""

import stat
from pathlib import Path

import pytest

from native.postgres import DatabaseFailed, initialise

INITDB = """#!/bin/sh
# Stands in for PostgreSQL's own, which takes seconds and refuses to run as root.
for word; do case $word in --pwfile=*) file=${word#--pwfile=};; esac; folder=$word; done
mkdir "$folder"
stat -c %a "$file" >"$folder/mode"
cat "$file" >"$folder/password"
[ ! -e "$(dirname "$0")/fail" ] || { echo "no space left" >&2; exit 1; }
echo 15 >"$folder/PG_VERSION"
"""


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    tools, var = tmp_path / "bin", tmp_path / "var"
    tools.mkdir()
    (var / "etc").mkdir(parents=True)
    (tools / "initdb").write_text(INITDB)
    (tools / "initdb").chmod(0o755)
    return {
        "AIRTIGHT_VAR": str(var),
        "AIRTIGHT_POSTGRES_BIN": str(tools),
        "AIRTIGHT_POSTGRES_PASSWORD": "secret-of-postgres",
    }


def contents(values: dict[str, str]) -> set[str]:
    var = Path(values["AIRTIGHT_VAR"])
    return {str(path.relative_to(var)) for path in var.rglob("*") if not path.is_dir()}


def test_a_cluster_is_made_with_its_password_which_is_then_forgotten(values: dict[str, str]) -> None:
    initialise(values)
    assert contents(values) == {"postgres/PG_VERSION", "postgres/mode", "postgres/password"}
    made = Path(values["AIRTIGHT_VAR"]) / "postgres"
    assert (made / "password").read_text() == "secret-of-postgres"
    assert (made / "mode").read_text().strip() == "600"


def test_a_try_that_failed_leaves_no_cluster_and_no_password_and_the_next_succeeds(values: dict[str, str]) -> None:
    fail = Path(values["AIRTIGHT_POSTGRES_BIN"]) / "fail"
    fail.touch()
    with pytest.raises(DatabaseFailed, match="no space left"):
        initialise(values)
    assert not (Path(values["AIRTIGHT_VAR"]) / "postgres").exists()
    assert not (Path(values["AIRTIGHT_VAR"]) / "etc/postgres-password").exists()
    fail.unlink()
    initialise(values)
    assert "postgres/PG_VERSION" in contents(values)


def test_what_a_killed_try_left_is_no_obstacle(values: dict[str, str]) -> None:
    var = Path(values["AIRTIGHT_VAR"])
    (var / "postgres.part").mkdir()
    (var / "postgres.part" / "half").touch()
    (var / "etc/postgres-password").write_text("old")
    (var / "etc/postgres-password").chmod(0o644)
    initialise(values)
    assert contents(values) == {"postgres/PG_VERSION", "postgres/mode", "postgres/password"}
    assert (var / "postgres/mode").read_text().strip() == "600"


def test_a_cluster_that_is_there_is_left_alone(values: dict[str, str]) -> None:
    made = Path(values["AIRTIGHT_VAR"]) / "postgres"
    made.mkdir()
    (made / "PG_VERSION").write_text("15")
    initialise(values)
    assert contents(values) == {"postgres/PG_VERSION"}
    assert stat.S_ISDIR(made.stat().st_mode)
