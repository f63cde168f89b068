"""The supervisor's configuration: whole, with each secret only where it is needed, and changed only by changes."""

import re
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from native.environment import SECRETS, derive, load
from native.programs import PROGRAMS, Program, supervisor_configuration

API_KNOWS = {
    "ADMIN_API_TOKEN",
    "AIRTIGHT_API_TOKEN",
    "AIRTIGHT_API_DB_PASSWORD",
    "AIRTIGHT_SECRETS_KEY",
    "AIRTIGHT_STREAM_CONTROL_TOKEN",
    "AIRTIGHT_TOKEN_PRIVATE_KEY",
    "LIQUIDSOAP_TOKEN",
}
KNOWS = {
    "standby": {"AIRTIGHT_ICECAST_SOURCE_PASSWORD"},
    "liquidsoap": {"AIRTIGHT_ICECAST_SOURCE_PASSWORD", "LIQUIDSOAP_TOKEN"},
    "recorder": {"AIRTIGHT_ICECAST_RECORDER_PASSWORD"},
    "ai-brain": {"ADMIN_API_TOKEN", "AIRTIGHT_API_TOKEN"},
    "api": API_KNOWS,
    "api-worker": API_KNOWS,
    "stream-control": {
        "ADMIN_API_TOKEN",
        "AIRTIGHT_API_TOKEN",
        "AIRTIGHT_STREAM_CONTROL_TOKEN",
        "AIRTIGHT_STREAM_CONTROL_DB_PASSWORD",
        "AIRTIGHT_MPD_PASSWORD",
        "AIRTIGHT_ICECAST_ADMIN_PASSWORD",
    },
}
"""Secrets in the environment of a program; the others have none."""


@pytest.fixture
def values(tmp_path: Path) -> dict[str, str]:
    """Settings of a station whose deployed files are there."""
    (tmp_path / "etc").mkdir()
    for name in {name for program in PROGRAMS for name in program.reads}:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if Path(name).suffix or name.endswith(("standby", "installed", "recorders")):
            path.write_text(name)
        else:
            path.mkdir(exist_ok=True)
            (path / "file").write_text(name)
    return derive(load(tmp_path, {}), folder=tmp_path, run=tmp_path / "run")


def parsed(values: dict[str, str]) -> RawConfigParser:
    parser = RawConfigParser(strict=True)
    parser.read_string(supervisor_configuration(PROGRAMS, values))
    return parser


def programs(parser: RawConfigParser) -> Iterator[tuple[str, dict[str, str]]]:
    for section in parser.sections():
        if section.startswith("program:"):
            yield section.removeprefix("program:"), dict(parser[section])


def environment(section: dict[str, str]) -> dict[str, str]:
    """As supervisor reads it."""
    return {name: value.replace("%%", "%") for name, value in re.findall(r'(\w+)="([^"]*)"', section["environment"])}


def digests(values: dict[str, str]) -> dict[str, str]:
    return {name: environment(section)["AIRTIGHT_CONFIG"] for name, section in programs(parsed(values))}


def test_every_program_has_its_section(values: dict[str, str]) -> None:
    assert [name for name, _ in programs(parsed(values))] == [program.name for program in PROGRAMS]


def test_nothing_is_left_to_be_filled_in(values: dict[str, str]) -> None:
    assert "${" not in supervisor_configuration(PROGRAMS, values)


def test_each_secret_is_only_where_it_is_needed(values: dict[str, str]) -> None:
    for name, section in programs(parsed(values)):
        known = {secret for secret in SECRETS if values[secret] in section["environment"]}
        assert known == KNOWS.get(name, set()), name


def test_no_secret_stands_in_a_command_or_outside_a_program(values: dict[str, str]) -> None:
    lines = supervisor_configuration(PROGRAMS, values).splitlines()
    open_lines = "\n".join(line for line in lines if not line.startswith("environment="))
    assert not [secret for secret in SECRETS if values[secret] in open_lines]


def test_every_program_can_be_found_by_its_station(values: dict[str, str]) -> None:
    for _, section in programs(parsed(values)):
        assert environment(section)["AIRTIGHT_VAR"] == values["AIRTIGHT_VAR"]


def test_every_program_comes_back_whenever_it_dies(values: dict[str, str]) -> None:
    for name, section in programs(parsed(values)):
        assert section["autorestart"] == "true", name
        assert int(section["startretries"]) > 100_000, name


def test_a_name_with_a_percent_sign_arrives_as_it_is(values: dict[str, str]) -> None:
    values["AIRTIGHT_STATION_NAME"] = "100 % radio, live = good; ok"
    sections = dict(programs(parsed(values)))
    assert environment(sections["liquidsoap"])["AIRTIGHT_STATION_NAME"] == "100 % radio, live = good; ok"


@pytest.mark.parametrize(
    ("changed", "restarted"),
    [
        ("etc/icecast.xml", {"icecast"}),
        ("etc/icecast-recorders", {"icecast"}),
        ("etc/mpd-user.conf", {"mpd-user"}),
        ("app/icecast/standby", {"standby"}),
        ("app/liquidsoap/file", {"liquidsoap"}),
        ("app/caddy/file", {"caddy"}),
        ("app/services/kit/file", {"ai-brain", "api", "api-worker", "recorder", "stream-control"}),
        ("app/services/api/file", {"api", "api-worker"}),
        ("app/services/stream-control/file", {"recorder", "stream-control"}),
        ("venv/installed", {"ai-brain", "api", "api-worker", "recorder", "stream-control"}),
        ("app/native/file", set()),
        ("app/liquidsoap/__pycache__/file", set()),
    ],
)
def test_only_programs_that_read_what_changed_are_restarted(
    values: dict[str, str], changed: str, restarted: set[str]
) -> None:
    before = digests(values)
    path = Path(values["AIRTIGHT_VAR"]) / changed
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")
    after = digests(values)
    assert {name for name in before if before[name] != after[name]} == restarted


def test_a_file_that_moved_is_a_change(values: dict[str, str]) -> None:
    before = digests(values)["caddy"]
    (Path(values["AIRTIGHT_APP"]) / "caddy/file").rename(Path(values["AIRTIGHT_APP"]) / "caddy/other")
    assert digests(values)["caddy"] != before


def test_nothing_changed_nothing_is_restarted(values: dict[str, str]) -> None:
    assert supervisor_configuration(PROGRAMS, values) == supervisor_configuration(PROGRAMS, values)


def test_a_program_that_needs_what_nobody_set_is_an_error(values: dict[str, str]) -> None:
    with pytest.raises(KeyError, match="ABSENT"):
        supervisor_configuration([Program("x", "x ${ABSENT}", 1)], values)
    with pytest.raises(KeyError, match="ABSENT"):
        supervisor_configuration([Program("x", "x", 1, needs=("ABSENT",))], values)
