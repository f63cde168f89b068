"""Somebody who may stream, and what the station says of who does."""

import json
from typing import Any

import httpx
from station import Station

HOUR = 3600


class Streamer:
    """A streamer with a token."""

    def __init__(self, station: Station, name: str) -> None:
        access = station.register(name)
        self.id = station.call("GET", "/users/me", token=access).json()["id"]
        station.call("PATCH", "/users/me", token=access, json={"display_name": name})
        told = station.call("PATCH", f"/admin/users/{self.id}", json={"role": "streamer"})
        assert told.status_code == 200, told.text
        made = station.call("POST", "/admin/livestream/token", json={"max_streaming_seconds": HOUR, "user_id": self.id})
        assert made.status_code == 201, made.text
        self.token: str = made.json()["token"]


def live_now(station: Station) -> dict[str, Any]:
    """Who is live by the engine's own word."""
    headers = {"Authorization": f"Bearer {station.settings['AIRTIGHT_API_TOKEN']}"}
    return dict(httpx.get(f"{station.control}/internal/live", headers=headers, timeout=5).json())


def journalled(station: Station, *events: str, since: float) -> list[dict[str, Any]]:
    """The journal's lines of some kinds, from a moment (`time.time()`) on."""
    text = max((station.var / "journal").glob("*.jsonl")).read_text()
    lines = [json.loads(line) for line in text.splitlines() if line]
    return [line for line in lines if line["event"] in events and float(line["at"]) >= since]


def send_title(station: Station, token: str, title: str) -> httpx.Response:
    """As butt and Mixxx do it."""
    return httpx.get(
        f"http://127.0.0.1:{8003 + station.offset}/admin/metadata",
        params={"mode": "updinfo", "mount": "/live", "song": title, "charset": "UTF-8"},
        auth=("source", token),
        timeout=5,
    )
