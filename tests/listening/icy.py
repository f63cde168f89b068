"""ICY metadata: the blocks Icecast weaves into an MP3 stream for a listener who asked with `Icy-MetaData: 1`."""

from __future__ import annotations

import re

TITLE = re.compile(r"StreamTitle='(.*?)';", re.DOTALL)


class IcyUnweaver:
    """Takes out the metadata: after `interval` bytes of audio comes a block that begins with its length / 16."""

    def __init__(self, interval: int) -> None:
        self._interval = interval
        self._audio_left = interval
        self._pending = b""

    def feed(self, chunk: bytes) -> tuple[bytes, list[str]]:
        """The audio in `chunk` and the stream titles which became complete with it."""
        data, at, audio, titles = self._pending + chunk, 0, [], []
        while at < len(data):
            if self._audio_left:
                piece = data[at : at + self._audio_left]
                audio.append(piece)
                at += len(piece)
                self._audio_left -= len(piece)
                continue
            end = at + 1 + data[at] * 16
            if end > len(data):
                break
            if title := TITLE.search(data[at + 1 : end].decode("utf-8", "replace")):
                titles.append(title[1])
            at, self._audio_left = end, self._interval
        self._pending = data[at:]
        return b"".join(audio), titles
