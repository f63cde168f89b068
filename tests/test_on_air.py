"""The station as the world meets it: streams, front door, control and health."""

import asyncio
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from listening import describe, longest_silence, loudness, record, record_hls, spans
from station import Station

PUBLIC_PORTS = {8080, 8003, 8005}
STATION_PORTS = PUBLIC_PORTS | {8383, 8385, 8386, 6600, 6601, 8001, 8002, 1234}


@pytest.mark.parametrize("mount", ["/radio", "/radio.low", "/radio.mp3"])
async def test_the_programme_is_heard_on_every_mount_through_the_front_door(station: Station, mount: str) -> None:
    async with record(f"{station.front}{mount}") as ear:
        await ear.until_hears("programme")
        await asyncio.sleep(3)
    assert [span.name for span in spans(ear.heard())] == ["programme"], describe(ear)
    assert longest_silence(ear.heard()) == 0, describe(ear)


async def test_the_programme_is_at_minus_sixteen_lufs_with_its_peaks_below_the_ceiling(station: Station) -> None:
    async with record(f"{station.icecast}/radio") as ear:
        await ear.until_heard_for(6)
    told = loudness(ear.heard(channels=2).pcm)
    assert told.integrated == pytest.approx(-16, abs=1)
    assert told.true_peak <= -0.9


async def test_the_programme_is_heard_over_hls(station: Station) -> None:
    heard = await record_hls(f"{station.front}/hls/live.m3u8", 8)
    assert "programme" in {span.name for span in spans(heard.heard())}
    assert longest_silence(heard.heard()) < 0.05


async def test_mp3_players_are_given_the_title(station: Station) -> None:
    async with record(f"{station.front}/radio.mp3", icy=True) as ear:
        await ear.until_heard_for(3)
    assert [title.text for title in ear.titles][-1:] == ["programme"]


async def test_now_playing_tells_tier_title_start_and_length(station: Station) -> None:
    told = station.now_playing()
    assert told["tier"] == "fallback"
    assert told["title"] == "programme"
    assert told["length_seconds"] == pytest.approx(900, abs=1)
    assert datetime.fromisoformat(told["started_at"]) < datetime.now(UTC)
    assert told["station"] == "Airtight"


async def test_listeners_are_counted_without_the_stations_own_ear(station: Station) -> None:
    async with record(f"{station.icecast}/radio"), record(f"{station.icecast}/radio.mp3"):
        await station.until(lambda: station.now_playing()["listeners"] == 2, seconds=30)
    await station.until(lambda: station.now_playing()["listeners"] == 0, seconds=30)


async def test_now_playing_is_pushed_to_redis(station: Station) -> None:
    command = f"redis-cli -s {station.run}/redis.sock get airtight:now_playing"
    told = await asyncio.to_thread(station.shell, command)
    assert '"tier":"fallback"' in told.stdout


@pytest.mark.parametrize(
    "path",
    [
        "/api/ready",
        "/api/metrics",
        "/api/internal/queues/user",
        "/api/queue/%2e%2e/internal/facts",
        "/api/air/ready",
        "/api/air/metrics",
        "/api/air/internal/facts",
        "/api/air/INTERNAL/facts",
        "/api/air/%69nternal/facts",
        "/api/air//internal//facts",
        "/api/air/x/%2e%2e/internal/facts",
        "/api/air/x/..%2finternal/facts",
        "/api/air/internal%2ffacts",
        "/api/brain/ready",
        "/metrics",
        "/internal",
    ],
)
def test_internal_paths_are_refused_from_outside_in_any_spelling(started_station: Station, path: str) -> None:
    command = ["curl", "-s", "--path-as-is", "-H", f"Authorization: {started_station.admin['Authorization']}"]
    done = subprocess.run(
        [*command, "-w", " %{http_code}", started_station.front + path], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith(" 404")
    assert '"error_code":"not_found"' in done.stdout


@pytest.mark.parametrize(
    "path", ["/../station.env", "/hls/../station.env", "/hls/state.json", "/artwork/..%2f..%2fstation.env"]
)
def test_files_beside_the_public_ones_are_not_served(started_station: Station, path: str) -> None:
    command = ["curl", "-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", started_station.front + path]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout in {"400", "404"}


@pytest.mark.parametrize("method", ["PUT", "SOURCE"])
def test_every_streamer_is_refused_with_a_clear_401(started_station: Station, method: str) -> None:
    address = f"http://127.0.0.1:{8003 + started_station.offset}/live"
    command = [
        "curl",
        "-si",
        "-m",
        "5",
        "-X",
        method,
        "-u",
        "source:any-password",
        "-H",
        "Content-Type: audio/ogg",
        address,
    ]
    assert "401" in subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()[0]


def test_ffmpeg_is_refused_too_and_the_air_is_undisturbed(started_station: Station) -> None:
    address = f"icecast://source:secret@127.0.0.1:{8003 + started_station.offset}/live"
    command = ["ffmpeg", "-nostdin", "-re", "-f", "lavfi", "-i", "sine", "-t", "3", "-c:a", "libopus", "-f", "ogg"]
    done = subprocess.run(
        [*command, "-content_type", "audio/ogg", address], capture_output=True, text=True, check=False, timeout=20
    )
    assert "401" in done.stderr
    assert started_station.now_playing()["tier"] == "fallback"


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong-wrong-wrong-wrong"}])
def test_nobody_controls_the_air_without_an_administrators_token(
    started_station: Station, headers: dict[str, str]
) -> None:
    answer = httpx.post(f"{started_station.front}/api/air/admin/pause?playlist=fallback", headers=headers)
    assert answer.status_code == 401
    assert answer.json()["error_code"] == "not_authenticated"
    assert started_station.now_playing()["tier"] == "fallback"


def test_a_service_token_does_not_control_the_air(started_station: Station) -> None:
    token = started_station.settings["AIRTIGHT_STREAM_CONTROL_TOKEN"]
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(f"{started_station.front}/api/air/admin/pause?playlist=fallback", headers=headers)
    assert answer.status_code in {401, 403}


async def test_a_skipped_song_ends_and_as_run_says_so(station: Station, request_song: Path) -> None:
    station.play_request(request_song)
    await station.until_tier("user")
    await asyncio.sleep(2)
    assert station.ask("POST", "/admin/skip?playlist=user").status_code == 200
    await station.until_tier("fallback")
    await station.until(lambda: station.as_run(tier="user")[0]["ended_reason"] == "skipped")
    answer = station.ask("POST", "/admin/skip?playlist=user")
    assert (answer.status_code, answer.json()["error_code"]) == (409, "nothing_to_skip")


async def test_setup_autoplay_lets_the_programme_go_on(station: Station) -> None:
    assert station.ask("POST", "/admin/pause?playlist=fallback").status_code == 200
    await station.until_tier("noise")
    assert station.ask("POST", "/admin/setup-autoplay").status_code == 200
    await station.until_tier("fallback")
    with station.player("fallback") as mpd:
        status = mpd.status()
    assert (status["random"], status["repeat"], status["state"]) == ("1", "1", "play")


@pytest.mark.parametrize("place", ["/api", "/api/air", "/api/brain"])
def test_each_service_documents_itself_behind_the_front_door(started_station: Station, place: str) -> None:
    page = httpx.get(f"{started_station.front}{place}/docs").text
    assert f"'{place}/openapi.json'" in page
    told = httpx.get(f"{started_station.front}{place}/openapi.json").json()
    assert told["servers"] == [{"url": place}]


async def test_every_part_of_the_station_is_ready_and_the_stream_has_a_measured_level(station: Station) -> None:
    await station.until(lambda: station.ready()["ready"], seconds=30, every=0.5)
    told = station.ready()["checks"]["stream"]["detail"]
    assert told.startswith("fallback at -")
    assert httpx.get(f"{station.front}/api/air/health").json() == {"status": "alive"}
    metrics = httpx.get(f"{station.control}/metrics").text
    assert 'airtight_tier_on_air{tier="fallback"} 1.0' in metrics


def test_only_the_front_door_the_harbor_and_icecast_listen_to_the_world(started_station: Station) -> None:
    listening: set[tuple[str, int]] = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        local, state = line.split()[1], line.split()[3]
        if state == "0A":
            address, port = local.split(":")
            listening.add((address, int(port, 16) - started_station.offset))
    public = {port for address, port in listening if address == "00000000" and port in STATION_PORTS}
    inside = {port for address, port in listening if address == "0100007F" and port in STATION_PORTS}
    assert public <= PUBLIC_PORTS
    assert {8383, 8385, 8386, 6600, 6601, 8002, 1234} <= inside


def test_secrets_are_readable_by_the_station_alone_and_stand_in_no_log(started_station: Station) -> None:
    assert (started_station.var / "station.env").stat().st_mode & 0o077 == 0
    for path in (started_station.var / "etc").iterdir():
        assert path.stat().st_mode & 0o077 == 0, path
    secrets = [value for name, value in started_station.settings.items() if name.endswith(("PASSWORD", "TOKEN", "KEY"))]
    for log in (started_station.var / "log").iterdir():
        text = log.read_text(errors="replace")
        assert not [secret for secret in secrets if secret in text], log


def test_no_secret_stands_in_the_arguments_of_a_process(started_station: Station) -> None:
    secrets = [value for name, value in started_station.settings.items() if name.endswith(("PASSWORD", "TOKEN", "KEY"))]
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_text(errors="replace")
        except OSError:
            continue
        assert not [secret for secret in secrets if secret in arguments], arguments.split("\0")[0]


def test_the_listening_page_is_small_and_asks_only_its_own_station(started_station: Station) -> None:
    page = httpx.get(started_station.front)
    assert page.status_code == 200
    assert len(page.text) < 3000
    assert urlsplit(str(page.url)).path in {"", "/"}
    assert "http://" not in page.text.replace("http://www.w3.org", "")
