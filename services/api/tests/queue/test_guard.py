"""The cage itself: what a process that has set it can still do."""

import json
import subprocess
import sys

import pytest

CAGED = """
import json, os, resource, socket, subprocess, sys, sysconfig
from api.queue.fetching.child import MEMORY
from api.queue.fetching.guard import Guard

DENO = os.path.join(sysconfig.get_path("scripts"), "deno")
resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
server = socket.create_server(("127.0.0.1", 0))
PORT = server.getsockname()[1]
guard = Guard([("127.0.0.1", PORT)], DENO)
guard.set()

def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.settimeout(0.2)
        sock.connect(address)

def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"hello", address)

def deno(*options, script="console.log(1 + 1)"):
    done = subprocess.run([DENO, *options], input=script, capture_output=True, text=True, timeout=30)
    return done.stdout.strip() or done.stderr[-300:]

DEEDS = {
    "allowed": lambda: connect(socket.AF_INET, ("127.0.0.1", PORT)),
    "loopback": lambda: connect(socket.AF_INET, ("127.0.0.1", PORT + 1)),
    "name": lambda: connect(socket.AF_INET, ("localhost", PORT + 1)),
    "loopback6": lambda: connect(socket.AF_INET6, ("::1", PORT)),
    "mapped": lambda: connect(socket.AF_INET6, ("::ffff:127.0.0.1", PORT)),
    "unix": lambda: connect(socket.AF_UNIX, "/run/some.sock"),
    "connect_ex": lambda: socket.socket().connect_ex(("10.0.0.1", 80)),
    "datagram": lambda: send(("192.168.0.1", 53)),
    "shell": lambda: os.system("true"),
    "fork": lambda: os.fork(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "ffmpeg": lambda: subprocess.run(["ffmpeg", "-version"]),
    "deno": lambda: deno("run", "-"),
    "deno_net": lambda: deno("run", "--allow-net", "-"),
    "deno_all": lambda: deno("run", "-A", "-"),
    "deno_install": lambda: deno("install", "x"),
    "curl": lambda: __import__("curl_cffi"),
}
told = {}
for name, deed in DEEDS.items():
    try:
        told[name] = f"done {deed()}"
    except BaseException as error:
        told[name] = type(error).__name__
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    done = subprocess.run([sys.executable, "-c", CAGED], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_only_the_exception_is_reached(told: dict[str, str]) -> None:
    assert told["allowed"] == "done None"
    for deed in ("loopback", "name", "loopback6", "mapped", "unix", "connect_ex", "datagram"):
        assert told[deed] == "PermissionError", deed


def test_no_program_is_started_but_the_runtime_without_permissions(told: dict[str, str]) -> None:
    for deed in ("shell", "fork", "exec", "spawn", "ffmpeg", "deno_net", "deno_all", "deno_install"):
        assert told[deed] == "PermissionError", deed
    assert told["curl"] == "ModuleNotFoundError"


def test_the_runtime_starts_within_the_memory_it_has(told: dict[str, str]) -> None:
    assert told["deno"] == "done 2"
