"""compose.yaml says what it must: whoever adds a process, a setting or a secret is told here what is missing."""

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from kit import tokens

from native.environment import DEFAULTS, PRIVATE_KEY, PUBLIC_KEY, SECRETS
from native.programs import PROGRAMS, Program

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
EXAMPLE = (ROOT / ".env.example").read_text()
ONE_SHOT = {"migrate"}
PUBLISHED = {
    "api": ["127.0.0.1:8383:8383"],
    "caddy": ["80:80", "443:443", "443:443/udp"],
    "icecast": ["8005:8005"],
    "liquidsoap": ["8003:8003"],
}
# They reach out, or are reached from outside.
IN_FRONT = {*PUBLISHED, "api-worker"}
NATIVE_ONLY = {"AIRTIGHT_ADMIN_EMAIL", "AIRTIGHT_PORT_OFFSET", "AIRTIGHT_HARBOR_BIND", "AIRTIGHT_ICECAST_BIND"}
MADE = {*SECRETS, PUBLIC_KEY}
"""What `make env` makes up."""
TEMPLATES = {"icecast": "icecast/icecast.xml", "mpd-user": "mpd/mpd.conf", "mpd-fallback": "mpd/mpd.conf"}

# Secrets that a process has natively from a file made for it.
IN_RENDERED_FILES = {
    "icecast": {
        "AIRTIGHT_ICECAST_SOURCE_PASSWORD",
        "AIRTIGHT_ICECAST_ADMIN_PASSWORD",
        "AIRTIGHT_ICECAST_RECORDER_PASSWORD",
    },
    "mpd-user": {"AIRTIGHT_MPD_PASSWORD"},
    "mpd-fallback": {"AIRTIGHT_MPD_PASSWORD"},
    "postgres": {"AIRTIGHT_POSTGRES_PASSWORD"},
}
# Settings that are right in a container as they are when nobody sets them.
WITH_A_DEFAULT = {"AIRTIGHT_HARBOR_BIND", "AIRTIGHT_PORT_AI_BRAIN", "AIRTIGHT_PORT_API", "AIRTIGHT_PORT_STREAM_CONTROL"}

services = pytest.mark.parametrize("name", SERVICES)
programs = pytest.mark.parametrize("program", PROGRAMS, ids=[program.name for program in PROGRAMS])


def environment_in_image(name: str) -> set[str]:
    dockerfile = (ROOT / SERVICES[name]["build"]["dockerfile"]).read_text()
    return set(re.findall(r"(\w+)=", " ".join(re.findall(r"^ENV (.*)$", dockerfile, re.MULTILINE))))


def secrets_in(value: Any) -> set[str]:
    return {secret for secret in SECRETS if f"${{{secret}:" in str(value)}


def test_the_native_programs_and_the_services_are_the_same() -> None:
    assert set(SERVICES) - ONE_SHOT == {program.name for program in PROGRAMS}


@services
def test_a_process_comes_back_and_says_how_it_is(name: str) -> None:
    service = SERVICES[name]
    assert service["restart"] == ("on-failure" if name in ONE_SHOT else "unless-stopped")
    assert name in ONE_SHOT or service["healthcheck"]["test"]
    assert service["stop_grace_period"]
    assert service["logging"]["options"]["max-size"]


@services
def test_no_process_waits_for_another_to_be_started(name: str) -> None:
    assert "depends_on" not in SERVICES[name]


@services
def test_only_the_front_is_published(name: str) -> None:
    assert SERVICES[name].get("ports", []) == PUBLISHED.get(name, [])
    networks = SERVICES[name].get("networks", [])
    assert ("front" in networks) == (name in IN_FRONT)
    assert "engines" in networks or SERVICES[name]["network_mode"] == "none"


def test_the_engines_reach_nobody_outside() -> None:
    assert COMPOSE["networks"]["engines"] == {"internal": True}


@services
def test_a_process_may_do_nothing_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    if "build" in service:
        assert service["read_only"] is True
        assert "USER 10001:10001" in (ROOT / service["build"]["dockerfile"]).read_text()


def test_a_secret_has_no_default() -> None:
    used = re.findall(r"\$\{(\w+)(:.)", TEXT)
    assert {name for name, _ in used} >= set(SECRETS)
    for name, operator in used:
        assert operator == (":?" if name in MADE else ":-"), name


@programs
def test_a_process_is_given_the_settings_that_it_needs_natively(program: Program) -> None:
    service = SERVICES[program.name]
    given = set(service["environment"]) | environment_in_image(program.name) if program.needs else set()
    assert set(program.needs) - WITH_A_DEFAULT <= given


@programs
def test_a_process_is_given_no_secret_but_its_own(program: Program) -> None:
    own = {name for name in SECRETS if program.own_settings and name.startswith(program.own_settings)}
    native = own | (set(program.needs) & set(SECRETS)) | IN_RENDERED_FILES.get(program.name, set())
    assert secrets_in(SERVICES[program.name]) == native


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_name_in_an_engines_template_is_filled(name: str) -> None:
    wanted = set(re.findall(r"\$\{(\w+)\}", (ROOT / TEMPLATES[name]).read_text()))
    assert wanted <= set(SERVICES[name]["environment"]) | environment_in_image(name)


def test_every_variable_is_explained_with_its_default() -> None:
    explained = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    used = dict(re.findall(r"\$\{(\w+):[?-]([^}]*)\}", TEXT))
    assert set(explained) == set(used)
    for name, default in used.items():
        if name in MADE or name == "AIRTIGHT_DOMAIN":
            assert explained[name] == "", name
        else:
            assert explained[name] == default, name


def test_settings_have_the_names_and_defaults_of_the_native_station() -> None:
    explained = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
    assert {name: explained.get(name) for name in set(DEFAULTS) - NATIVE_ONLY} == {
        name: value for name, value in DEFAULTS.items() if name not in NATIVE_ONLY
    }


@services
def test_a_volume_that_is_mounted_is_declared(name: str) -> None:
    sources = (volume.split(":")[0] for volume in SERVICES[name].get("volumes", []) if not volume.startswith("$"))
    assert set(sources) <= set(COMPOSE["volumes"])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    (tmp_path / "native").mkdir()
    for name in ("native/compose-env", ".env.example"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def make_env(checkout: Path) -> tuple[str, dict[str, str]]:
    done = subprocess.run(["bash", "native/compose-env"], cwd=checkout, capture_output=True, text=True, check=True)
    lines = (checkout / ".env").read_text().splitlines()
    return done.stdout + done.stderr, dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_make_env_makes_each_secret_up_and_prints_none(checkout: Path) -> None:
    said, settings = make_env(checkout)
    assert len({settings[name] for name in SECRETS}) == len(SECRETS)
    assert all(re.fullmatch(r"[0-9a-f]{48}", settings[name]) for name in set(SECRETS) - {PRIVATE_KEY})
    assert not any(settings[name] in said for name in SECRETS)
    assert tokens.public_key_of(settings[PRIVATE_KEY]) == settings[PUBLIC_KEY]
    assert stat.S_IMODE(os.stat(checkout / ".env").st_mode) == 0o600
    assert (checkout / "fallback").is_dir()
    assert (checkout / "imports").is_dir()


def test_make_env_finds_the_public_key_of_a_private_one_that_is_there(checkout: Path) -> None:
    _, settings = make_env(checkout)
    lines = (checkout / ".env").read_text().splitlines()
    (checkout / ".env").write_text("\n".join(line for line in lines if not line.startswith(PUBLIC_KEY)))
    assert make_env(checkout)[1][PUBLIC_KEY] == settings[PUBLIC_KEY]


def test_make_env_keeps_what_is_there_and_adds_what_is_missing(checkout: Path) -> None:
    kept = "AIRTIGHT_DOMAIN=radio.example.org\nADMIN_API_TOKEN=one-that-was-chosen\nAIRTIGHT_MPD_PASSWORD=\n# mine"
    (checkout / ".env").write_text(kept)
    _, settings = make_env(checkout)
    assert settings["AIRTIGHT_DOMAIN"] == "radio.example.org"
    assert settings["ADMIN_API_TOKEN"] == "one-that-was-chosen"
    assert settings.keys() >= MADE
    assert all(settings[name] for name in MADE)
    before = (checkout / ".env").read_text()
    assert "# mine\n" in before
    make_env(checkout)
    assert (checkout / ".env").read_text() == before
