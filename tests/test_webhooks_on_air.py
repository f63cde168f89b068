"""What happens on air reaches a receiver, signed."""

import asyncio
import hashlib
import hmac
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from desk.receiver import Receiver, receiver
from encoder import encoder, source_of
from kit.testing_web import Request
from station import Station
from streamer import Streamer

EVENTS = ["song_changed", "livestream_started", "livestream_ended", "tier_changed", "silence_detected"]
SILENT_FROM, SILENT_FOR = 3, 13
"""Seconds of the show: its guard waits for ten."""
SLOW = 8.0
"""Seconds that an event may take to arrive; a second or two when the machine has time."""


@pytest.fixture
def streamer(station: Station) -> Iterator[Streamer]:
    """Somebody who may stream."""
    yield Streamer(station, "webhooks")
    station.call("POST", "/admin/livestream/kick", json={})


@pytest.fixture
def to(station: Station) -> Iterator[Receiver]:
    """A receiver that the station may reach."""
    with receiver(station.receiver_port) as made:
        yield made


def signed(secret: str, request: Request) -> bool:
    told = request.headers["Airtight-Timestamp"].encode() + b"." + request.body
    wanted = hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return request.headers["Airtight-Signature"] == f"v1={wanted}"


def moments(told: list[dict[str, Any]], name: str, **data: Any) -> list[datetime]:
    """When events of this name, with this in them, happened."""
    wanted = [one for one in told if one["event"] == name and data.items() <= one["data"].items()]
    return [datetime.fromisoformat(one["at"]) for one in wanted]


async def test_a_show_that_falls_silent_is_told_from_its_beginning_to_its_end(
    station: Station, streamer: Streamer, to: Receiver, tmp_path: Path
) -> None:
    wish = {"name": "Test", "url": to.url, "events": EVENTS}
    made = station.call("POST", "/admin/webhooks", json=wish)
    assert made.status_code == 201, made.text
    webhook = made.json()
    try:
        tried = station.call("POST", f"/admin/webhooks/{webhook['id']}/test").json()
        assert tried["delivered"], tried
        source = source_of("live", silent_from=SILENT_FROM, silent_for=SILENT_FOR)
        async with encoder(station, streamer.token, source=source, folder=tmp_path):
            await station.until_tier("live")
            await station.until(lambda: moments(to.bodies, "silence_detected"), seconds=30)
            await station.until_tier("live", seconds=30)
            await station.until(lambda: len(moments(to.bodies, "tier_changed", tier="live")) >= 2, seconds=SLOW)
        await station.until(lambda: moments(to.bodies, "livestream_ended"), seconds=SLOW)
        await station.until(lambda: len(moments(to.bodies, "song_changed", tier="fallback")) >= 2, seconds=SLOW)
        await asyncio.sleep(1)
    finally:
        station.call("DELETE", f"/admin/webhooks/{webhook['id']}")
    found = subprocess.run(["grep", "-rlF", webhook["secret"], station.var / "log"], capture_output=True, check=False)
    assert found.stdout == b"", "no log knows the secret"
    assert all(signed(webhook["secret"], request) for request in to.sent)
    told = sorted((one for one in to.bodies if one["event"] != "ping"), key=lambda one: one["sequence"])
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1)), "each came once"
    heard = [(one["event"], one["data"]["tier"]) for one in told if one["event"] in ("tier_changed", "song_changed")]
    turns = [tier for event, tier in heard if event == "tier_changed"]
    assert heard == [(event, tier) for tier in turns for event in ("tier_changed", "song_changed")]
    # A busy machine may lose the show for a moment more.
    assert turns == ["live", "fallback"] * (len(turns) // 2)
    assert len(turns) >= 4
    titles = {one["data"]["tier"]: one["data"]["title"] for one in told if one["event"] == "song_changed"}
    assert titles == {"live": "webhooks", "fallback": "programme"}
    [begun], [silent], [over] = (
        [one["data"] for one in told if one["event"] == name]
        for name in ("livestream_started", "silence_detected", "livestream_ended")
    )
    assert {begun["session_id"], silent["session_id"], over["session_id"]} == {begun["session_id"]}
    assert (begun["streamer"], silent["seconds"], over["reason"]) == ("webhooks", 10, "disconnected")
    [fell], [on, *_] = moments(told, "silence_detected"), moments(told, "tier_changed", tier="live")
    assert (fell - on).total_seconds() == pytest.approx(SILENT_FROM + 10, abs=3)
