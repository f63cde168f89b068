"""The station's settings: who wins, what is kept, and what is refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from native.environment import DEFAULTS, PORTS, SECRETS, SettingRefused, derive, load

NAME = "AIRTIGHT_STATION_NAME"
OFFSET = "AIRTIGHT_PORT_OFFSET"
LONG = "a-token-of-enough-length"


def saved(folder: Path) -> str:
    return (folder / "station.env").read_text()


def test_a_new_station_has_defaults_and_secrets_of_its_own(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert {name: settings[name] for name in DEFAULTS} == DEFAULTS
    assert all(len(settings[name]) >= 32 for name in SECRETS)
    assert len({settings[name] for name in SECRETS}) == len(SECRETS)


def test_what_was_made_up_stays(tmp_path: Path) -> None:
    first = load(tmp_path, {})
    written = (tmp_path / "station.env").stat().st_ino
    assert load(tmp_path, {}) == first
    assert (tmp_path / "station.env").stat().st_ino == written, "nothing new, nothing written"


def test_the_environment_wins_and_is_kept(tmp_path: Path) -> None:
    load(tmp_path, {NAME: "First"})
    assert load(tmp_path, {})[NAME] == "First"
    assert load(tmp_path, {NAME: "Second"})[NAME] == "Second"
    assert load(tmp_path, {})[NAME] == "Second"


def test_a_line_changed_by_hand_counts(tmp_path: Path) -> None:
    load(tmp_path, {})
    (tmp_path / "station.env").write_text(saved(tmp_path).replace(f"{NAME}=Airtight", f"{NAME}=By hand"))
    assert load(tmp_path, {})[NAME] == "By hand"


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    load(tmp_path, {NAME: "Kept"})
    assert load(tmp_path, {NAME: ""})[NAME] == "Kept"


def test_a_secret_that_was_emptied_by_hand_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "station.env").write_text("AIRTIGHT_MPD_PASSWORD=\n")
    assert len(load(tmp_path, {})["AIRTIGHT_MPD_PASSWORD"]) >= 32


def test_settings_of_a_service_may_be_given_by_name(tmp_path: Path) -> None:
    name = "AIRTIGHT_STREAM_CONTROL_STARTER_PIECES"
    assert load(tmp_path, {name: "5"})[name] == "5"
    assert load(tmp_path, {})[name] == "5"


def test_other_variables_are_nobodys_business(tmp_path: Path) -> None:
    load(tmp_path, {"HOME": "/root", "AIRTIGHT_VAR": "/x", "AIRTIGHT_PORT_FRONT": "1", "PASSWORD": "secret"})
    assert not {"/root", "/x", "secret"} & set(saved(tmp_path).replace("=", "\n").split("\n"))


def test_only_the_owner_reads_the_settings(tmp_path: Path) -> None:
    load(tmp_path, {})
    assert (tmp_path / "station.env").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["station.env"]


def test_an_interrupted_write_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "station.env.part").write_text("half")
    load(tmp_path, {})
    assert [path.name for path in tmp_path.iterdir()] == ["station.env"]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
def test_any_name_of_a_station_is_kept_as_it_was_or_refused(name: str) -> None:
    with TemporaryDirectory() as folder:
        try:
            load(Path(folder), {NAME: name})
        except SettingRefused:
            assert not (Path(folder) / "station.env").exists()
        else:
            assert load(Path(folder), {})[NAME] == name


REFUSED = [
    (NAME, "two\nlines"),
    (NAME, "two\rlines"),
    (NAME, "two\u2028lines"),
    (NAME, 'a "quote"'),
    ("AIRTIGHT_MPD_PASSWORD", "pass word"),
    ("AIRTIGHT_MPD_PASSWORD", "$(reboot)"),
    ("AIRTIGHT_ICECAST_SOURCE_PASSWORD", "<&>"),
    ("AIRTIGHT_POSTGRES_PASSWORD", "pässword"),
    ("ADMIN_API_TOKEN", "short"),
    ("ADMIN_API_TOKEN", f"{LONG},short"),
    ("ADMIN_API_TOKEN", ","),
    ("AIRTIGHT_STREAM_CONTROL_TOKEN", "short"),
    ("LIQUIDSOAP_TOKEN", "short"),
    (OFFSET, "-1"),
    (OFFSET, "1.5"),
    (OFFSET, "many"),
    (OFFSET, "60000"),
]


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_setting_that_cannot_be_is_refused_by_its_name_and_not_kept(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=name):
        load(tmp_path, {name: value})
    assert not (tmp_path / "station.env").exists()


def test_a_list_of_admin_tokens_is_taken(tmp_path: Path) -> None:
    assert load(tmp_path, {"ADMIN_API_TOKEN": f"{LONG},{LONG}2"})["ADMIN_API_TOKEN"] == f"{LONG},{LONG}2"


@pytest.mark.parametrize("offset", ["0", "20000", str(65535 - max(PORTS.values()))])
def test_every_port_is_moved_alike(tmp_path: Path, offset: str) -> None:
    values = derive(load(tmp_path, {OFFSET: offset}), folder=tmp_path, run=Path("/run/x"))
    assert {name: int(values[name]) - int(offset) for name in PORTS} == PORTS
    assert values["AIRTIGHT_ICECAST_ADDRESS"] == f"127.0.0.1:{8005 + int(offset)}"
    assert values["AIRTIGHT_STREAM_CONTROL_REDIS_URL"] == "unix:///run/x/redis.sock"


@pytest.mark.parametrize("zone", ["Nowhere/Atlantis", "../etc/passwd", "/etc/localtime", "Europe"])
def test_a_time_zone_that_nobody_knows_is_refused(tmp_path: Path, zone: str) -> None:
    with pytest.raises(SettingRefused, match="AIRTIGHT_STATION_TIMEZONE"):
        load(tmp_path, {"AIRTIGHT_STATION_TIMEZONE": zone})
    assert load(tmp_path, {"AIRTIGHT_STATION_TIMEZONE": "Europe/Berlin"})
