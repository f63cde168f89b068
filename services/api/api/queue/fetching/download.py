"""Fetching one song with yt-dlp, inside the cage: only the child imports this, after its guard was set."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from yt_dlp import YoutubeDL
from yt_dlp.globals import plugin_dirs

from api.queue.fetching.messages import Done, Order, Progress
from api.queue.fetching.naming import name_of
from api.queue.fetching.problems import Stopped

EVERY = 0.5
"""Seconds between two words on the progress."""
APPROXIMATELY = 1.3
"""A size that is only estimated may pass the limit by so much; what comes is counted."""

Info = dict[str, Any]


class Silent:
    """yt-dlp's log goes nowhere: standard output belongs to the messages, and errors are raised."""

    def debug(self, _: str) -> None: ...
    def info(self, _: str) -> None: ...
    def warning(self, _: str) -> None: ...
    def error(self, _: str) -> None: ...


def fetch(order: Order, runtime: str, tell: Callable[[Progress], None]) -> Done:
    """Download what the link leads to into the order's folder. Raises `Stopped` or whatever yt-dlp raises."""
    plugin_dirs.value = []
    watch = _Watch(order, tell)
    with YoutubeDL(_options(order, runtime, watch)) as loader:
        info: Info = loader.extract_info(order.url, download=False) or {}
        require_one_song(info, order)
        # Fields that begin with _ are those of the first pass.
        loader.process_info(info)
    if not (Path(order.folder) / order.name).is_file():
        raise Stopped("source_failed", "nothing was downloaded")
    name = name_of(info)
    return Done(title=name.title, artist=name.artist, guessed=name.guessed)


def require_one_song(info: Mapping[str, Any], order: Order) -> None:
    """Refuse what is no song, or too much of one, before any of it is loaded."""
    if info.get("_type", "video") != "video":
        raise Stopped("playlist", "several songs")
    if info.get("is_live") or info.get("live_status") in ("is_live", "is_upcoming"):
        raise Stopped("live_stream", "a live stream")
    if (info.get("duration") or 0) > order.max_seconds:
        raise Stopped("too_long", f"{info['duration']} seconds")
    exact, estimated = info.get("filesize"), info.get("filesize_approx")
    if (exact or 0) > order.max_bytes or (not exact and (estimated or 0) > order.max_bytes * APPROXIMATELY):
        raise Stopped("too_large", f"{exact or estimated} bytes")


class _Watch:
    def __init__(self, order: Order, tell: Callable[[Progress], None]) -> None:
        self._order = order
        self._tell = tell
        self._told = 0.0

    def __call__(self, state: Mapping[str, Any]) -> None:
        loaded = state.get("downloaded_bytes") or 0
        total = state.get("total_bytes") or 0
        if max(loaded, total) > self._order.max_bytes:
            raise Stopped("too_large", f"{max(loaded, total)} bytes")
        expected = total or state.get("total_bytes_estimate") or self._order.max_bytes
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            self._tell(Progress(part=min(1.0, loaded / expected)))


def _options(order: Order, runtime: str, watch: _Watch) -> Info:
    """Nothing of the station's own goes out, nothing but one song comes in, and only yt-dlp's own code loads it."""
    return {
        "logger": Silent(),
        "quiet": True,
        "noprogress": True,
        "progress_hooks": [watch],
        "outtmpl": {"default": str(Path(order.folder) / order.name).replace("%", "%%")},
        "format": "bestaudio/best",
        "noplaylist": True,
        # A playlist is known as one from its first two songs; none of them is looked into.
        "extract_flat": "in_playlist",
        "playlist_items": "1:2",
        "external_downloader": {"default": "native"},
        "hls_prefer_native": True,
        "skip_unavailable_fragments": False,
        "fixup": "never",
        "continuedl": True,
        "updatetime": False,
        "proxy": "",
        "cachedir": False,
        "usenetrc": False,
        "enable_file_urls": False,
        "socket_timeout": 15,
        "retries": 2,
        "fragment_retries": 2,
        "extractor_retries": 1,
        "file_access_retries": 1,
        "js_runtimes": {"deno": {"path": runtime}},
    }
