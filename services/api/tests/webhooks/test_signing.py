"""A receiver that verifies as docs/webhooks.md says knows the station's deliveries, and nobody else's."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from api.webhooks import signing
from desk.hooks import Hooks
from desk.receiver import Receiver
from hypothesis import given
from hypothesis import strategies as st

GUIDE = Path(__file__).parents[4] / "docs/webhooks.md"
Verify = Callable[..., bool]


def example() -> Verify:
    """The function that the guide gives to receivers."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Verify = names["is_from_the_station"]
    return found


verify = example()
SECRET, OTHER = "whsec_one", "whsec_other"


def signed(body: bytes, *secrets: str, at: float | None = None) -> Mapping[str, str]:
    now = datetime.fromtimestamp(time.time() if at is None else at, UTC)
    return signing.headers("ping", uuid4(), body, secrets=secrets or (SECRET,), now=now)


@given(st.binary(max_size=200))
def test_what_the_station_signed_is_the_stations(body: bytes) -> None:
    assert verify(SECRET, signed(body), body)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_body_in_which_a_byte_was_changed_is_not(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    changed = body[:place] + bytes([body[place] ^ data.draw(st.integers(1, 255))]) + body[place + 1 :]
    assert not verify(SECRET, signed(body), changed)


FORGED: dict[str, Mapping[str, str]] = {
    "signed with another secret": signed(b"{}", OTHER),
    "ten minutes old": signed(b"{}", at=time.time() - 600),
    "from the future": signed(b"{}", at=time.time() + 600),
    "moved to another moment": {**signed(b"{}"), "Airtight-Timestamp": str(int(time.time()) - 1)},
    "without a signature": {"Airtight-Timestamp": str(int(time.time()))},
    "without a timestamp": {"Airtight-Signature": signed(b"{}")["Airtight-Signature"]},
    "without anything": {},
}


@pytest.mark.parametrize("case", FORGED)
def test_what_somebody_else_sent_is_not(case: str) -> None:
    assert not verify(SECRET, FORGED[case], b"{}")


def test_after_a_rotation_both_secrets_verify_it() -> None:
    headers = signed(b"{}", SECRET, OTHER)
    assert verify(SECRET, headers, b"{}")
    assert verify(OTHER, headers, b"{}")
    assert not verify("whsec_third", headers, b"{}")


def test_no_two_secrets_are_the_same() -> None:
    assert len({signing.new_secret() for _ in range(100)}) == 100
    assert len(signing.new_secret()) >= 40


async def test_a_receiver_verifies_what_it_is_sent_before_and_after_a_rotation(
    hooks: Hooks, to: Receiver, courier: None
) -> None:
    webhook = await hooks.make(to)
    await hooks.tell()
    await to.gets(1)
    made = (await hooks.client.post(f"/admin/webhooks/{webhook['id']}/secret")).json()
    await hooks.tell()
    await to.gets(2)
    before, after = to.sent
    assert verify(webhook["secret"], before.headers, before.body)
    assert not verify(made["secret"], before.headers, before.body)
    assert verify(webhook["secret"], after.headers, after.body)
    assert verify(made["secret"], after.headers, after.body)
    await hooks.set(webhook, old_secret_until=datetime.now(UTC))
    await hooks.tell()
    await to.gets(3)
    assert not verify(webhook["secret"], to.sent[2].headers, to.sent[2].body)
    assert verify(made["secret"], to.sent[2].headers, to.sent[2].body)
