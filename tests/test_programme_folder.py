"""Files dropped into the folder play; what cannot be played is named, and the air does not mind."""

import asyncio
import os
import time
from functools import partial
from typing import Any

from listening import describe, encoded, longest_silence, record, silence, stalls, tone
from station import Station


def _file(station: Station, name: str) -> dict[str, Any] | None:
    items = station.call("GET", "/admin/programme", params={"limit": 500}).json()["items"]
    return next((item for item in items if item["path"] == name), None)


def _is(station: Station, name: str, state: str) -> bool:
    return (_file(station, name) or {}).get("state") == state


async def test_a_dropped_file_is_part_of_the_programme_within_a_minute_and_gone_when_removed(station: Station) -> None:
    dropped = time.monotonic()
    station.drop({"new.mp3": encoded(tone("programme_b", 30), ".mp3")})
    ready = await station.until(partial(_is, station, "new.mp3", "ready"), seconds=60)
    assert ready - dropped < 60
    item = _file(station, "new.mp3")
    assert item is not None
    await station.until(lambda: any(item["id"] in song["file"] for song in _queue(station)), seconds=10)
    (station.var / "fallback" / "new.mp3").unlink()
    await station.until(lambda: _file(station, "new.mp3") is None, seconds=60)
    await station.until(lambda: not any(item["id"] in song["file"] for song in _queue(station)), seconds=10)


async def test_files_that_cannot_be_played_are_named_with_their_problem_and_the_air_is_unharmed(
    station: Station,
) -> None:
    whole = encoded(tone("programme_b", 20), ".flac")
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_hears("programme")
        station.drop(
            {
                "empty.mp3": b"",
                "letter.mp3": b"Dear listeners, " * 500,
                "truncated.flac": whole[: len(whole) // 2],
                "silent.flac": encoded(silence(5), ".flac"),
                "list.m3u8": b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:1/secret.mp3\n",
                "noise.bin": os.urandom(50_000),
                "private.flac": whole,
            }
        )
        (station.var / "fallback" / "private.flac").chmod(0)
        names = ["empty.mp3", "letter.mp3", "truncated.flac", "silent.flac", "list.m3u8", "noise.bin", "private.flac"]
        for name in names:
            await station.until(partial(_is, station, name, "refused"), seconds=60)
        await asyncio.sleep(1)
    problems = {name: (_file(station, name) or {})["problem"] for name in names}
    assert problems["empty.mp3"] == "The file is empty."
    assert problems["silent.flac"] == "It is silent."
    assert problems["private.flac"] == "The station may not read it; give it read permission."
    assert all(problems.values())
    assert longest_silence(ear.heard()) == 0, describe(ear)
    assert stalls(ear.heard(), at_least=1.0) == [], describe(ear)
    for name in names:
        (station.var / "fallback" / name).unlink()


async def test_a_file_waits_while_the_disk_has_no_room_for_its_copy(station: Station) -> None:
    # The reserve is a setting: with one larger than the disk there is never room.
    reserve = "AIRTIGHT_API_DISK_RESERVE_MB"
    assert station.shell(f"{reserve}=900000000 native/up", seconds=120).returncode == 0
    station.drop({"late.mp3": encoded(tone("programme_b", 10), ".mp3")})
    await station.until(lambda: "disk" in _waiting(station).get("late.mp3", ""), seconds=60)
    assert station.shell(f"{reserve}=500 native/up", seconds=120).returncode == 0
    await station.until(partial(_is, station, "late.mp3", "ready"), seconds=60)
    (station.var / "fallback" / "late.mp3").unlink()


async def test_the_programme_is_uploaded_to_ordered_and_taken_from_through_the_api(station: Station) -> None:
    pieces = {f"{name}.flac": encoded(tone("programme_b", 20), ".flac", {"title": name}) for name in ("one", "two")}
    sent = [("file", (name, data)) for name, data in pieces.items()]
    uploaded = station.call("POST", "/admin/programme", files=sent)
    assert uploaded.status_code == 202, uploaded.text
    ids = [track["id"] for track in uploaded.json()]
    await station.until(lambda: set(ids) <= set(_ids(station)), seconds=30)
    [first] = [one for one in _ids(station) if one not in ids]
    order = [ids[1], first, ids[0]]
    assert station.call("PATCH", "/admin/programme", json={"random": False}).is_success
    assert station.call("PUT", "/admin/programme/order", json={"track_ids": order}).is_success
    await station.until(lambda: _ids(station) == order, seconds=10)
    assert station.now_playing()["title"] == "programme", "what plays is not interrupted"
    for one in ids:
        assert station.call("DELETE", f"/admin/programme/{one}").is_success
    await station.until(lambda: _ids(station) == [first], seconds=20)
    assert station.call("POST", "/admin/programme/tracks", json={"track_ids": [ids[0]]}).is_success
    await station.until(lambda: set(_ids(station)) == {first, ids[0]}, seconds=30)
    station.call("DELETE", f"/admin/programme/{ids[0]}")
    assert station.call("PATCH", "/admin/programme", json={"random": True}).is_success


def _ids(station: Station) -> list[str]:
    return [song["file"].rpartition("/")[2].removesuffix(".flac") for song in _queue(station)]


def _waiting(station: Station) -> dict[str, str]:
    return dict(station.call("GET", "/admin/programme").json()["waiting"])


def _queue(station: Station) -> list[dict[str, str]]:
    with station.player("fallback") as mpd:
        return list(mpd.playlistinfo())
