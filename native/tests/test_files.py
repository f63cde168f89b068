"""Files are whole or absent, and templates are filled or refused."""

from pathlib import Path

import pytest

from native.files import render, write_private

ROOT = Path(__file__).parents[2]


def template(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "template"
    path.write_text(text)
    return path


def test_a_template_is_filled(tmp_path: Path) -> None:
    render(template(tmp_path, "password ${NAME} costs $$5"), tmp_path / "target", {"NAME": "x$y${z}"})
    assert (tmp_path / "target").read_text() == "password x$y${z} costs $5"


def test_a_name_without_a_value_is_an_error_and_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("before")
    with pytest.raises(KeyError, match="ABSENT"):
        render(template(tmp_path, "${ABSENT}"), target, {})
    assert target.read_text() == "before"


@pytest.mark.parametrize("name", ["mpd/mpd.conf", "icecast/icecast.xml", "redis/redis.conf"])
def test_the_stations_own_templates_need_their_values(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyError):
        render(ROOT / name, tmp_path / "target", {})
    assert not (tmp_path / "target").exists()


def test_only_the_owner_reads_it_from_the_first_moment(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "x")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_whoever_reads_the_old_file_reads_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with open(path) as reading:
        write_private(path, "new")
        assert reading.read() == "old"
