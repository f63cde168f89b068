"""One try, against receivers of every kind."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from api.webhooks.rules import Problem
from api.webhooks.sending import MOST_READ, SHOWN, Sender
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from desk.receiver import Receiver, saying
from kit.testing import free_port
from kit.testing_web import Answer, Request

HEADERS = {"Airtight-Event": "ping"}
BODY = b'{"event":"ping"}'
TIMEOUT = 1.0


def exceptions_of(*addresses: str) -> list[tuple[str, int]]:
    return [(address.rpartition(":")[0], int(address.rpartition(":")[2])) for address in addresses]


def sender_to(*addresses: str) -> Sender:
    return Sender(exceptions_of(*addresses), timeout=TIMEOUT)


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_a_receiver_that_takes_it_gets_the_body_and_the_headers(to: Receiver, status: int) -> None:
    to.answer = saying(status)
    outcome = await sender_to(to.address).send(f"{to.url}?a=%20b", HEADERS, BODY)
    assert (outcome.status, outcome.problem) == (status, None)
    assert 0 < outcome.seconds < TIMEOUT
    [got] = to.sent
    assert (got.method, got.path, got.body) == ("POST", "/hook?a=%20b", BODY)
    assert got.headers["Airtight-Event"] == "ping"
    assert got.headers["Host"] == to.address


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 410, 429, 500, 503])
async def test_any_other_status_is_no_success_and_is_kept_with_what_was_said(to: Receiver, status: int) -> None:
    to.answer = saying(status, "no\r\n\x00 thanks \u2603")
    outcome = await sender_to(to.address).send(to.url, HEADERS, BODY)
    assert (outcome.status, outcome.problem, outcome.answer) == (status, "refused", "no thanks \u2603")


async def test_a_redirect_is_not_followed(receivers: tuple[Receiver, Receiver]) -> None:
    to, other = receivers
    to.answer = saying(302, Location=other.url)
    outcome = await sender_to(to.address, other.address).send(to.url, HEADERS, BODY)
    assert (outcome.status, outcome.problem, len(to.sent), other.sent) == (302, "refused", 1, [])


async def test_only_the_beginning_of_a_huge_answer_is_read(to: Receiver) -> None:
    to.answer = saying(200, "x" * 50_000_000)
    outcome = await sender_to(to.address).send(to.url, HEADERS, BODY)
    assert (outcome.problem, outcome.answer) == (None, "x" * SHOWN)
    assert MOST_READ < 10_000


async def test_a_receiver_that_is_slow_is_given_up(to: Receiver) -> None:
    over = threading.Event()

    def answer(_: Request) -> Answer:
        over.wait(TIMEOUT + 2)
        return Answer(200)

    to.answer = answer
    began = time.monotonic()
    outcome = await sender_to(to.address).send(to.url, HEADERS, BODY)
    over.set()
    assert (outcome.status, outcome.problem) == (None, "timed_out")
    assert TIMEOUT <= time.monotonic() - began < TIMEOUT + 1


Talk = Callable[[socket.socket], None]


@contextmanager
def speaking(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that reads a request and says whatever it wants; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                try:
                    with tls.wrap_socket(connection, server_side=True) if tls else connection as stream:
                        stream.recv(65_536)
                        talk(stream)
                except OSError:
                    continue

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def drip(stream: socket.socket) -> None:
    """A good status, and a body without an end."""
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nwell")
    time.sleep(TIMEOUT + 0.5)


def endless_head(stream: socket.socket) -> None:
    stream.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(20_000):
        stream.sendall(f"X-{number}: {'x' * 100}\r\n".encode())


TALKS: dict[str, tuple[Talk, int | None, Problem | None, str]] = {
    "hangs up": (lambda stream: None, None, "broken_off", ""),
    "speaks no HTTP": (lambda stream: stream.sendall(b"220 mail.example.org ESMTP\r\n"), None, "broken_off", ""),
    "never ends its head": (endless_head, None, "broken_off", ""),
    "never ends its body": (drip, 200, None, "well"),
    "breaks off its body": (
        lambda stream: stream.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 99\r\n\r\nha"), 500, "refused", "ha",
    ),
    "says it in Latin-1": (
        lambda stream: stream.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 4\r\n\r\nGr\xfc\xdf"), 400, "refused",
        "Gr\ufffd\ufffd",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", TALKS)
async def test_whatever_a_receiver_says_is_an_outcome(case: str) -> None:
    talk, status, problem, answer = TALKS[case]
    with speaking(talk) as address:
        outcome = await sender_to(address).send(f"http://{address}/", HEADERS, BODY)
    assert (outcome.status, outcome.problem, outcome.answer) == (status, problem, answer)


async def test_where_nobody_listens_nobody_is_reached() -> None:
    address = f"127.0.0.1:{free_port()}"
    outcome = await sender_to(address).send(f"http://{address}/", HEADERS, BODY)
    assert (outcome.status, outcome.problem) == (None, "unreachable")


async def test_a_name_that_nobody_knows_is_not_reached() -> None:
    outcome = await sender_to().send("http://no-such-host.invalid/", HEADERS, BODY)
    assert outcome.problem == "unreachable"


FORBIDDEN = [
    "http://127.0.0.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://10.0.0.1/",
    "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/", "http://192.168.1.1/", "http://0.0.0.0:{port}/",
    "http://localhost:{port}/", "http://127.1:{port}/", "http://2130706433:{port}/", "http://0x7f.1:{port}/",
    "https://localhost:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("url", FORBIDDEN)
async def test_what_a_name_or_a_number_leads_to_is_judged_when_it_is_connected_to(to: Receiver, url: str) -> None:
    port = to.address.rpartition(":")[2]
    outcome = await sender_to("127.0.0.1:1").send(url.format(port=port), HEADERS, BODY)
    assert (outcome.status, outcome.problem) == (None, "forbidden_address")
    assert to.sent == []


async def test_a_name_that_means_another_address_the_next_time_leads_nowhere(
    to: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a name server does that answers whoever checks with a public address, and whoever connects with a private."""
    port = int(to.address.rpartition(":")[2])
    answers = [[("1.1.1.1", port)], [("127.0.0.1", port)], [("10.0.0.1", port), ("127.0.0.1", port)]]
    asked: list[Any] = []
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host != "rebinding.example":
            return real(host, *rest, **more)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", one) for one in answers[len(asked) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    sender = sender_to()
    outcomes = [await sender.send(f"http://rebinding.example:{port}/", HEADERS, BODY) for _ in answers]
    # What was judged is what is connected to: one look-up for a try.
    assert len(asked) == len(answers)
    assert outcomes[0].problem in ("timed_out", "unreachable")
    assert [one.problem for one in outcomes[1:]] == ["forbidden_address", "forbidden_address"]
    assert to.sent == []


async def test_a_receiver_in_the_own_network_is_reached_by_the_name_that_is_allowed(to: Receiver) -> None:
    port = to.address.rpartition(":")[2]
    outcome = await sender_to(f"localhost:{port}").send(f"http://localhost:{port}/", HEADERS, BODY)
    assert outcome.problem is None


async def test_a_slow_look_up_holds_up_no_other_receiver(to: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    real = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        if host == "slow.example":
            over.wait(5)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    sender = sender_to(to.address)
    slow = [asyncio.create_task(sender.send("http://slow.example/", HEADERS, BODY)) for _ in range(20)]
    await asyncio.sleep(0)
    outcome = await sender.send(to.url, HEADERS, BODY)
    assert (outcome.problem, [task.done() for task in slow]) == (None, [False] * 20)
    assert {(await task).problem for task in slow} == {"timed_out"}
    over.set()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that nobody signed, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


async def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    said = b"HTTP/1.1 204 No Content\r\n\r\n"
    with speaking(lambda stream: stream.sendall(said), tls=context) as address:
        port = address.rpartition(":")[2]
        allowed = (address, f"localhost:{port}")
        stranger = await sender_to(*allowed).send(f"https://localhost:{port}/", HEADERS, BODY)
        # What the machine trusts, receivers may be certified by.
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusted = await sender_to(*allowed).send(f"https://localhost:{port}/", HEADERS, BODY)
        other_name = await sender_to(*allowed).send(f"https://127.0.0.1:{port}/", HEADERS, BODY)
    assert [one.problem for one in (stranger, trusted, other_name)] == ["tls_failed", None, "tls_failed"]
