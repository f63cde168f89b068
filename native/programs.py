"""Every process of the station, and the supervisor's configuration made from them.

Engines come back at once, however often they die: `startsecs=0` keeps the pause at a second. Services come back after
a growing pause. A program's `config` digest is part of its definition, so an update restarts just what changed.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template


@dataclass(frozen=True)
class Program:
    """One supervised process; `${NAME}` in its command and environment is filled from the station's settings."""

    name: str
    command: str
    priority: int
    reads: tuple[str, ...]
    """Files and folders, below the data folder, that it reads at start."""
    environment: Mapping[str, str]
    """Only what it alone needs, its secrets first of all; the rest it inherits."""
    engine: bool = True
    autostart: bool = True
    stop_signal: str = "TERM"


def _same(*names: str) -> dict[str, str]:
    return {name: f"${{{name}}}" for name in names}


PROGRAMS = (
    Program("icecast", "icecast2 -c ${AIRTIGHT_VAR}/etc/icecast.xml", 10, ("etc/icecast.xml",), {}),
    Program("mpd-user", "mpd --no-daemon ${AIRTIGHT_VAR}/etc/mpd-user.conf", 20, ("etc/mpd-user.conf",), {}),
    Program(
        "mpd-fallback", "mpd --no-daemon ${AIRTIGHT_VAR}/etc/mpd-fallback.conf", 20, ("etc/mpd-fallback.conf",), {}
    ),
    Program(
        "standby",
        "${AIRTIGHT_APP}/icecast/standby",
        20,
        ("app/icecast/standby",),
        _same("AIRTIGHT_ICECAST_SOURCE_PASSWORD"),
    ),
    Program(
        "liquidsoap",
        "liquidsoap ${AIRTIGHT_APP}/liquidsoap/radio.liq",
        30,
        ("app/liquidsoap",),
        _same("AIRTIGHT_ICECAST_SOURCE_PASSWORD"),
    ),
    Program(
        "postgres",
        "${AIRTIGHT_POSTGRES_BIN}/postgres -D ${AIRTIGHT_VAR}/postgres -k ${AIRTIGHT_RUN}"
        " -c listen_addresses= -c max_connections=50",
        40,
        (),
        {},
        # A fast shutdown: it does not wait for clients.
        stop_signal="INT",
    ),
    Program("redis", "redis-server ${AIRTIGHT_VAR}/etc/redis.conf", 40, ("etc/redis.conf",), {}),
    Program(
        "ai-brain",
        "${AIRTIGHT_VENV}/bin/python -m ai_brain",
        50,
        ("app/services/kit", "app/services/ai-brain", "venv/installed"),
        _same("ADMIN_API_TOKEN", "AIRTIGHT_STREAM_CONTROL_TOKEN"),
        engine=False,
    ),
    Program(
        "stream-control",
        "${AIRTIGHT_VENV}/bin/python -m stream_control",
        50,
        ("app/services/kit", "app/services/stream-control", "venv/installed"),
        _same(
            "ADMIN_API_TOKEN",
            "AIRTIGHT_STREAM_CONTROL_TOKEN",
            "AIRTIGHT_MPD_PASSWORD",
            "AIRTIGHT_ICECAST_ADMIN_PASSWORD",
        )
        | {"AIRTIGHT_STREAM_CONTROL_DATABASE_URL": "${STREAM_CONTROL_DATABASE_URL}"},
        engine=False,
        # Its tables must be there first.
        autostart=False,
    ),
    Program(
        "caddy",
        "caddy run --config ${AIRTIGHT_APP}/caddy/Caddyfile --adapter caddyfile",
        60,
        ("app/caddy",),
        {"XDG_DATA_HOME": "${AIRTIGHT_VAR}/caddy", "XDG_CONFIG_HOME": "${AIRTIGHT_VAR}/caddy"},
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
            "minfds": "8192",
        },
    }
    for program in programs:
        sections[f"program:{program.name}"] = _section(program, values)
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in section.items())
        for name, section in sections.items()
    )


def _section(program: Program, values: Mapping[str, str]) -> dict[str, str]:
    environment = {name: Template(value).substitute(values) for name, value in program.environment.items()}
    environment["AIRTIGHT_CONFIG"] = _digest(Path(values["AIRTIGHT_VAR"]), program.reads)
    return {
        "command": Template(program.command).substitute(values),
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
