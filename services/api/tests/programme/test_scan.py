"""What a scan of a folder finds."""

import os
import time
from pathlib import Path

import pytest
from api.programme import scan as scanning
from api.programme.scan import scan


def lay(path: Path) -> Path:
    """A file, in folders that are made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"sound")
    return path


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file has lain long enough."""
    monkeypatch.setattr(scanning, "SETTLED_AFTER", -1.0)


def names(root: Path) -> list[str]:
    return sorted(found.path for found in scan("folder", root))


@pytest.mark.usefixtures("settled")
def test_files_are_found_in_folders_of_any_depth(tmp_path: Path) -> None:
    lay(tmp_path / "a.mp3")
    lay(tmp_path / "one/two/three/b.flac")
    assert names(tmp_path) == ["a.mp3", "one/two/three/b.flac"]


@pytest.mark.usefixtures("settled")
def test_hidden_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    lay(tmp_path / ".part.mp3")
    lay(tmp_path / ".trash/a.mp3")
    assert names(tmp_path) == []


@pytest.mark.usefixtures("settled")
def test_only_regular_files_are_found(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    (tmp_path / "folder.mp3").mkdir()
    (tmp_path / "device.mp3").symlink_to("/dev/zero")
    (tmp_path / "broken.mp3").symlink_to("nowhere")
    assert names(tmp_path) == []


@pytest.mark.usefixtures("settled")
def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    lay(tmp_path / "elsewhere/a.mp3")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "round").symlink_to(root)
    assert names(root) == []


@pytest.mark.usefixtures("settled")
def test_a_link_to_a_file_is_that_file(tmp_path: Path) -> None:
    lay(tmp_path / "elsewhere/a.mp3")
    root = tmp_path / "root"
    root.mkdir()
    (root / "b.mp3").symlink_to(tmp_path / "elsewhere/a.mp3")
    assert names(root) == ["b.mp3"]


def test_a_file_that_may_still_be_on_its_way_in_is_left_for_later(tmp_path: Path) -> None:
    path = lay(tmp_path / "a.mp3")
    os.utime(path, (0, 0))  # a copy may keep the time of its original
    if time.time() - path.stat().st_ctime < scanning.SETTLED_AFTER / 2:
        assert names(tmp_path) == []
    time.sleep(scanning.SETTLED_AFTER + 0.1)
    assert names(tmp_path) == ["a.mp3"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert names(tmp_path / "absent") == []


@pytest.mark.usefixtures("settled")
def test_names_in_any_script_and_in_no_encoding_are_found(tmp_path: Path) -> None:
    lay(tmp_path / "名前 🎶.mp3")
    lay(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.mp3")))
    assert names(tmp_path) == ["caf?.mp3", "名前 🎶.mp3"]


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", ["content", "name", "permissions"])
def test_a_changed_file_is_another_one(tmp_path: Path, change: str) -> None:
    path = lay(tmp_path / "a.mp3")
    before = scan("folder", tmp_path)
    time.sleep(0.02)
    if change == "content":
        path.write_bytes(b"other")
    elif change == "name":
        path.rename(tmp_path / "b.mp3")
    else:
        path.chmod(0o600)
    assert scan("folder", tmp_path) != before


@pytest.mark.usefixtures("settled")
def test_what_was_found_can_be_told_from_what_lies_in_the_other_folder(tmp_path: Path) -> None:
    lay(tmp_path / "a.mp3")
    assert scan("folder", tmp_path) != scan("starter", tmp_path)


def test_what_appears_whole_is_found_at_once(tmp_path: Path) -> None:
    lay(tmp_path / "a.mp3")
    assert [found.path for found in scan("starter", tmp_path, settled_after=0)] == ["a.mp3"]
