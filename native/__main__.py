"""`python -m native up|down|status|admin`: the station as one thing, run as the station's user."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from native import environment, icecast, onair, people, postgres, supervisor
from native.environment import SettingRefused
from native.files import render, write_private
from native.people import PeopleFailed
from native.postgres import DatabaseFailed
from native.programs import PROGRAMS, supervisor_configuration
from native.supervisor import SupervisorFailed

FOLDERS = (
    *("etc", "log", "journal", "public", "standby", "fallback", "imports", "caddy", "wanted", "tmp"),
    *(f"media/{name}" for name in ("incoming", "library", "programme", "requests", "starter", "uploads")),
)
SERVICES = ("api", "api-worker", "stream-control")
"""They start once their tables are there."""
MUSIC_SECONDS = 90


class StationFailed(Exception):
    """The station cannot start; the text says what to do."""


def settings() -> dict[str, str]:
    """The settings of the station that the environment names."""
    folder, run = Path(os.environ["AIRTIGHT_VAR"]), Path(os.environ["AIRTIGHT_RUN"])
    return environment.derive(environment.load(folder, os.environ), folder=folder, run=run)


def up() -> None:
    """Bring the station to what the code and the settings say, and wait until it is heard."""
    values = settings()
    running = supervisor.is_running(values)
    if not running:
        ended = supervisor.end_orphans(values)
        if ended:
            print("Ended what a dead supervisor had left:", ", ".join(ended))
        _refuse_busy_ports(values)
        # What a killed process could not tidy away.
        shutil.rmtree(Path(values["AIRTIGHT_VAR"]) / "tmp", ignore_errors=True)
    _write_configuration(values)
    postgres.initialise(values)
    if running:
        for line in supervisor.apply(values):
            print(line)
    else:
        supervisor.start(values)
    postgres.prepare(values)
    supervisor.start_programs(values, SERVICES)
    password = people.first_admin(values)
    if not onair.wait_for_audio(values, seconds=60):
        raise StationFailed(f"nothing is heard on /radio after a minute; see {values['AIRTIGHT_LOG']}/liquidsoap.log")
    tier = onair.wait_for_music(values, seconds=MUSIC_SECONDS)
    _report(values, tier)
    if password:
        print(f"  Sign in     {', once with '.join(password.split())}")


def down() -> None:
    """Stop everything, also what a dead supervisor left."""
    values = settings()
    if supervisor.is_running(values):
        supervisor.shut_down(values)
    supervisor.end_orphans(values)
    print("The station is off air.")


def status() -> None:
    """Each process, the tier and the title on air."""
    values = settings()
    if not supervisor.is_running(values):
        left = supervisor.orphans(values)
        print(
            "The station is not supervised." + (f" Still running: {', '.join(sorted(left.values()))}" if left else "")
        )
        raise SystemExit(3)
    print(supervisor.status(values), end="")
    tier, told = onair.tier(values), onair.now_playing(values)
    print(
        f"\nOn air: {tier or 'nothing is known'}", *(f"· {told[key]}" for key in ("artist", "title") if told.get(key))
    )
    print(f"Listeners: {told.get('listeners', 'unknown')}")


def _write_configuration(values: Mapping[str, str]) -> None:
    folder, app = Path(values["AIRTIGHT_VAR"]), Path(values["AIRTIGHT_APP"])
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    # Listeners' addresses stand in the logs.
    (folder / "log").chmod(0o750)
    Path(values["AIRTIGHT_HLS"]).mkdir(exist_ok=True)
    render(app / "icecast/icecast.xml", folder / "etc/icecast.xml", values)
    write_private(
        Path(values["AIRTIGHT_ICECAST_RECORDERS"]), icecast.recorders(values["AIRTIGHT_ICECAST_RECORDER_PASSWORD"])
    )
    render(app / "redis/redis.conf", folder / "etc/redis.conf", values)
    for player in ("user", "fallback"):
        home = folder / "mpd" / player
        for name in ("empty", "playlists"):
            (home / name).mkdir(parents=True, exist_ok=True)
        own = {
            "MPD_HOME": str(home),
            "MPD_STATE": f'state_file "{home}/state"\nstate_file_interval "5"' if player == "fallback" else "",
            "MPD_BIND": "127.0.0.1",
            "MPD_SOCKET": f"{values['AIRTIGHT_RUN']}/mpd-{player}.sock",
            "MPD_PORT": values[f"AIRTIGHT_PORT_MPD_{player.upper()}"],
            "MPD_STREAM_PORT": values[f"AIRTIGHT_PORT_MPD_{player.upper()}_STREAM"],
        }
        render(app / "mpd/mpd.conf", folder / f"etc/mpd-{player}.conf", {**values, **own})
    write_private(folder / "etc/supervisord.conf", supervisor_configuration(PROGRAMS, values))


def _refuse_busy_ports(values: Mapping[str, str]) -> None:
    busy = []
    for name in environment.PORTS:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("0.0.0.0", int(values[name])))
            except OSError:
                busy.append(f"{values[name]} ({name.removeprefix('AIRTIGHT_PORT_').lower().replace('_', ' ')})")
    if busy:
        raise StationFailed(
            f"in use by another program: port {', '.join(busy)}. "
            "Stop it, or move this station: AIRTIGHT_PORT_OFFSET=20000 make up"
        )


def _report(values: Mapping[str, str], tier: str | None) -> None:
    taken = time.time() - float(os.environ.get("AIRTIGHT_STARTED", time.time()))
    front = f"http://localhost:{values['AIRTIGHT_PORT_FRONT']}"
    print(f"\n{values['AIRTIGHT_STATION_NAME']} is on air ({tier or 'tier unknown'}) after {taken:.1f} s.")
    print(f"  Listen      {front}/")
    print(f"  Streams     {front}/radio  /radio.mp3  /radio.low  /hls/live.m3u8")
    print(f"  Your music  {values['AIRTIGHT_VAR']}/fallback/")
    print(f"  Collections {values['AIRTIGHT_VAR']}/imports/")
    print(f"  Settings    {values['AIRTIGHT_VAR']}/station.env")
    if tier in (None, "noise"):
        print(f"  There is no programme yet: see {values['AIRTIGHT_LOG']}/stream-control.log and ai-brain.log")


def admin() -> None:
    """Make somebody an administrator, or give one a new one-time password: the e-mail address is in the environment."""
    values = settings()
    password = people.make_admin(values, os.environ["AIRTIGHT_ADMIN_EMAIL"])
    print(f"Sign in: {', once with '.join(password.split())}")


COMMANDS: dict[str, Callable[[], None]] = {"up": up, "down": down, "status": status, "admin": admin}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]]()
    except (StationFailed, SettingRefused, DatabaseFailed, SupervisorFailed, PeopleFailed, OSError) as failure:
        sys.exit(f"airtight: {failure}")
