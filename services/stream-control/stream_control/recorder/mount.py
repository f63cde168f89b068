"""A listener on one of the two mounts that the engine fills for the recorder."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Protocol

import httpx
import structlog

from stream_control.recorder.state import Writing
from stream_control.recorder.streams import Head, Reader, Sound

EVERY = 0.25
"""Seconds of sound that are written at once."""
TRY_AGAIN = 2.0
"""Seconds between attempts to write to a disk that did not take it."""


logger = structlog.get_logger()


class MountAway(OSError):
    """Icecast or the engine behind the mount is away."""


class Recorder(Protocol):
    """What writes the sound of a mount down."""

    is_paused: bool

    @property
    def file(self) -> Path | None: ...

    def take(self, head: Head, sounds: list[Sound], *, now: datetime) -> None: ...
    def leave(self) -> None: ...


class Mount:
    """Reads a mount and hands what comes to its recorder. What a disk does not take is lost, and nothing else."""

    def __init__(self, http: httpx.AsyncClient, url: str, recorder: Recorder, writing: Writing) -> None:
        self._http = http
        self._url = url
        self._recorder = recorder
        self._writing = writing
        self._tries_again_at = 0.0

    async def listen(self) -> None:
        """One connection, until it ends; raises `MountAway` or httpx's errors."""
        async with self._http.stream("GET", self._url) as answer:
            if answer.status_code != 200:
                raise MountAway(f"{self._url} answers {answer.status_code}")
            self._writing.is_connected = True
            try:
                await self._read(answer)
            finally:
                self._writing.is_connected = False
        raise MountAway(f"{self._url} ended")

    async def _read(self, answer: httpx.Response) -> None:
        reader, pending, written_at = Reader(), b"", time.monotonic()
        with suppress(httpx.TransportError):
            async for chunk in answer.aiter_raw():
                pending += chunk
                if time.monotonic() - written_at >= EVERY:
                    self._write(reader, pending)
                    pending, written_at = b"", time.monotonic()
        self._write(reader, pending)

    def _write(self, reader: Reader, data: bytes) -> None:
        found = reader.feed(data)
        if time.monotonic() < self._tries_again_at:
            return
        try:
            for _, run in groupby(found, key=lambda one: one[0].serial):
                pairs = list(run)
                self._recorder.take(pairs[0][0], [sound for _, sound in pairs], now=datetime.now(UTC))
        except OSError as error:
            self._recorder.leave()
            self._tries_again_at = time.monotonic() + TRY_AGAIN
            if self._writing.problem is None:
                logger.warning("write_failed", mount=self._url, error=str(error))
            self._writing.problem = str(error)
        else:
            if found:
                self._writing.problem = None
