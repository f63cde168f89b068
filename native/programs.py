"""Every process of the station, and the supervisor's configuration made from them.

Engines come back at once, however often they die: `startsecs=0` keeps the pause at a second. Services come back after
a growing pause. A program's `config` digest is part of its definition, so an update restarts just what changed.
"""

import hashlib
import resource
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template


@dataclass(frozen=True)
class Program:
    """One supervised process; `${NAME}` in its command and environment is filled from the station's settings."""

    name: str
    command: str
    priority: int
    reads: tuple[str, ...] = ()
    """Files and folders, below the data folder, that it reads at start."""
    needs: tuple[str, ...] = ()
    """Settings it is given; it sees no other, and no secret but its own."""
    own_settings: str = ""
    """Prefix of the settings that are its alone."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What it is given besides, under names of its own."""
    engine: bool = True
    autostart: bool = True
    stop_signal: str = "TERM"


API_NEEDS = (
    "ADMIN_API_TOKEN",
    "AIRTIGHT_AI_BRAIN_ADDRESS",
    "AIRTIGHT_LOG_JSON",
    "AIRTIGHT_PUBLIC_URL",
    "AIRTIGHT_STATION_NAME",
    "AIRTIGHT_STATION_TIMEZONE",
    "AIRTIGHT_SECRETS_KEY",
    "AIRTIGHT_STREAM_CONTROL_ADDRESS",
    "AIRTIGHT_STREAM_CONTROL_TOKEN",
    "AIRTIGHT_TOKEN_PRIVATE_KEY",
    "AIRTIGHT_TOKEN_PUBLIC_KEY",
    "LIQUIDSOAP_TOKEN",
)
API_ENVIRONMENT = {
    "AIRTIGHT_API_DATABASE_URL": "${API_DATABASE_URL}",
    # Uploads pass through it: on the disk that has room for them.
    "TMPDIR": "${AIRTIGHT_VAR}/tmp",
}

PROGRAMS = (
    Program("icecast", "icecast2 -c ${AIRTIGHT_VAR}/etc/icecast.xml", 10, ("etc/icecast.xml", "etc/icecast-recorders")),
    Program("mpd-user", "mpd --no-daemon ${AIRTIGHT_VAR}/etc/mpd-user.conf", 20, ("etc/mpd-user.conf",)),
    Program("mpd-fallback", "mpd --no-daemon ${AIRTIGHT_VAR}/etc/mpd-fallback.conf", 20, ("etc/mpd-fallback.conf",)),
    Program(
        "standby",
        "${AIRTIGHT_APP}/icecast/standby",
        20,
        ("app/icecast/standby",),
        ("AIRTIGHT_ICECAST_SOURCE_PASSWORD", "AIRTIGHT_PORT_ICECAST", "AIRTIGHT_STANDBY"),
    ),
    Program(
        "liquidsoap",
        "liquidsoap ${AIRTIGHT_APP}/liquidsoap/radio.liq",
        30,
        ("app/liquidsoap",),
        (
            "AIRTIGHT_API_ADDRESS",
            "AIRTIGHT_HARBOR_BIND",
            "AIRTIGHT_HLS",
            "AIRTIGHT_ICECAST_SOURCE_PASSWORD",
            "AIRTIGHT_JOURNAL",
            "AIRTIGHT_LIQUIDSOAP_SOCKET",
            "AIRTIGHT_MPD_FALLBACK_STREAM",
            "AIRTIGHT_MPD_USER_STREAM",
            "AIRTIGHT_PORT_CONTROL",
            "AIRTIGHT_PORT_HARBOR",
            "AIRTIGHT_PORT_ICECAST",
            "AIRTIGHT_STATION_NAME",
            "LIQUIDSOAP_TOKEN",
        ),
    ),
    Program(
        "recorder",
        "nice -n 5 ${AIRTIGHT_VENV}/bin/python -P -m stream_control.recorder",
        40,
        ("app/services/kit", "app/services/stream-control", "venv/installed"),
        ("AIRTIGHT_ICECAST_ADDRESS", "AIRTIGHT_ICECAST_RECORDER_PASSWORD", "AIRTIGHT_LOG_JSON", "AIRTIGHT_RUN"),
        own_settings="AIRTIGHT_RECORDER_",
        # It comes back at once, like an engine: what it missed waits for it in Icecast, but not for long.
    ),
    Program(
        "postgres",
        "${AIRTIGHT_POSTGRES_BIN}/postgres -D ${AIRTIGHT_VAR}/postgres -k ${AIRTIGHT_RUN}"
        " -c listen_addresses= -c max_connections=50",
        40,
        # A fast shutdown: it does not wait for clients.
        stop_signal="INT",
    ),
    Program("redis", "redis-server ${AIRTIGHT_VAR}/etc/redis.conf", 40, ("etc/redis.conf",)),
    Program(
        "ai-brain",
        "${AIRTIGHT_VENV}/bin/python -P -m ai_brain",
        50,
        ("app/services/kit", "app/services/ai-brain", "venv/installed"),
        (
            "ADMIN_API_TOKEN",
            "AIRTIGHT_API_TOKEN",
            "AIRTIGHT_LOG_JSON",
            "AIRTIGHT_PORT_AI_BRAIN",
            "AIRTIGHT_TOKEN_PUBLIC_KEY",
        ),
        own_settings="AIRTIGHT_AI_BRAIN_",
        environment={"TMPDIR": "${AIRTIGHT_VAR}/tmp"},
        engine=False,
    ),
    Program(
        "api",
        "${AIRTIGHT_VENV}/bin/python -P -m api",
        50,
        ("app/services/kit", "app/services/api", "venv/installed"),
        (*API_NEEDS, "AIRTIGHT_PORT_API", "AIRTIGHT_PORT_HARBOR"),
        own_settings="AIRTIGHT_API_",
        environment=API_ENVIRONMENT,
        engine=False,
        autostart=False,
    ),
    Program(
        "api-worker",
        "nice -n 5 ${AIRTIGHT_VENV}/bin/python -P -m api.worker",
        50,
        ("app/services/kit", "app/services/api", "venv/installed"),
        API_NEEDS,
        own_settings="AIRTIGHT_API_",
        environment=API_ENVIRONMENT,
        engine=False,
        autostart=False,
    ),
    Program(
        "stream-control",
        "${AIRTIGHT_VENV}/bin/python -P -m stream_control",
        50,
        ("app/services/kit", "app/services/stream-control", "venv/installed"),
        (
            "ADMIN_API_TOKEN",
            "AIRTIGHT_API_ADDRESS",
            "AIRTIGHT_API_TOKEN",
            "AIRTIGHT_ICECAST_ADDRESS",
            "AIRTIGHT_ICECAST_ADMIN_PASSWORD",
            "AIRTIGHT_LIQUIDSOAP_SOCKET",
            "AIRTIGHT_LOG_JSON",
            "AIRTIGHT_MPD_PASSWORD",
            "AIRTIGHT_PORT_STREAM_CONTROL",
            "AIRTIGHT_RUN",
            "AIRTIGHT_STATION_NAME",
            "AIRTIGHT_TOKEN_PUBLIC_KEY",
        ),
        own_settings="AIRTIGHT_STREAM_CONTROL_",
        environment={"AIRTIGHT_STREAM_CONTROL_DATABASE_URL": "${STREAM_CONTROL_DATABASE_URL}"},
        engine=False,
        # Its tables must be there first.
        autostart=False,
    ),
    Program(
        "caddy",
        "caddy run --config ${AIRTIGHT_APP}/caddy/Caddyfile --adapter caddyfile",
        60,
        ("app/caddy",),
        (
            "AIRTIGHT_AI_BRAIN_ADDRESS",
            "AIRTIGHT_API_ADDRESS",
            "AIRTIGHT_FRONTEND",
            "AIRTIGHT_HARBOR_ADDRESS",
            "AIRTIGHT_HLS",
            "AIRTIGHT_ICECAST_ADDRESS",
            "AIRTIGHT_PUBLIC",
            "AIRTIGHT_SITE",
            "AIRTIGHT_STREAM_CONTROL_ADDRESS",
        ),
        environment={"XDG_DATA_HOME": "${AIRTIGHT_VAR}/caddy", "XDG_CONFIG_HOME": "${AIRTIGHT_VAR}/caddy"},
    ),
)


def supervisor_configuration(programs: Iterable[Program], values: Mapping[str, str]) -> str:
    """The text of supervisord.conf. `values` are the station's settings; unknown names in a program are an error."""
    run, log = values["AIRTIGHT_RUN"], values["AIRTIGHT_LOG"]
    sections = {
        "unix_http_server": {"file": f"{run}/supervisor.sock", "chmod": "0700"},
        "rpcinterface:supervisor": {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        },
        "supervisorctl": {"serverurl": f"unix://{run}/supervisor.sock"},
        "supervisord": {
            "logfile": f"{log}/supervisord.log",
            "logfile_maxbytes": "5MB",
            "logfile_backups": "2",
            "pidfile": f"{run}/supervisord.pid",
            "umask": "022",
            # Icecast needs one for each listener; a lower hard limit must not keep the station down.
            "minfds": str(min(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
        },
    }
    for program in programs:
        sections[f"program:{program.name}"] = _section(program, values)
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in section.items())
        for name, section in sections.items()
    )


def environment_of(program: Program, values: Mapping[str, str]) -> dict[str, str]:
    """What a program is given: its settings, and no secret but its own."""
    given = [name for name in values if program.own_settings and name.startswith(program.own_settings)]
    # AIRTIGHT_VAR marks every process of this station, so that one left behind can be found.
    environment = {name: values[name] for name in ("AIRTIGHT_VAR", *program.needs, *given)}
    return environment | {name: Template(value).substitute(values) for name, value in program.environment.items()}


def _section(program: Program, values: Mapping[str, str]) -> dict[str, str]:
    environment = environment_of(program, values)
    environment["AIRTIGHT_CONFIG"] = _digest(Path(values["AIRTIGHT_VAR"]), program.reads)
    return {
        # The engines come first on a busy machine.
        "command": ("" if program.engine else "nice -n 5 ") + Template(program.command).substitute(values),
        "priority": str(program.priority),
        "autostart": str(program.autostart).lower(),
        "autorestart": "true",
        "startsecs": "0" if program.engine else "1",
        "startretries": "1000000",
        "stopsignal": program.stop_signal,
        "stopwaitsecs": "20",
        "stopasgroup": str(program.stop_signal == "TERM").lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": f"{values['AIRTIGHT_LOG']}/{program.name}.log",
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "2",
        "environment": ",".join(f'{name}="{value.replace("%", "%%")}"' for name, value in environment.items()),
    }


def _digest(folder: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        root = folder / name
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
