"""Each service's openapi.json is written from its code, and a stale one is told."""

import json
from pathlib import Path

import pytest

from native.openapi import APPLICATIONS, SERVICES, describe, main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for service in APPLICATIONS:
        (tmp_path / service).mkdir()
    return tmp_path


def test_every_service_with_an_application_is_described() -> None:
    assert set(APPLICATIONS) == {path.parent.parent.name for path in SERVICES.glob("*/*/app.py")} - {"kit"}


def test_a_stale_description_is_told_and_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(check=True, folder=folder) == 1
    assert "make openapi" in capsys.readouterr().err
    assert main(check=False, folder=folder) == 0
    assert main(check=True, folder=folder) == 0
    (folder / "ai-brain" / "openapi.json").write_text("{}\n")
    assert main(check=True, folder=folder) == 1


@pytest.mark.parametrize("service", APPLICATIONS)
def test_a_description_is_always_the_same_and_names_no_machine(service: str) -> None:
    text = describe(service)
    assert text == describe(service)
    assert text.endswith("}\n")
    assert "servers" not in json.loads(text)


@pytest.mark.parametrize("service", APPLICATIONS)
def test_every_operation_has_a_name_of_its_own(service: str) -> None:
    paths = json.loads(describe(service))["paths"]
    names = [operation["operationId"] for methods in paths.values() for operation in methods.values()]
    assert len(set(names)) == len(names)
