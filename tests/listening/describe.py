"""A recording in words, for people and for assertion messages. Times are seconds since the recording began."""

from __future__ import annotations

from .gaps import silences, stalls
from .heard import Heard
from .recorder import Recording
from .spans import spans

MOST = 20
"""Lines of one kind, at most."""


def describe(recording: Recording) -> str:
    """Connections, titles and outages, then what was heard."""
    origin = recording.started_at
    lines = [f"{recording.url}: {recording.audio_bytes} bytes of audio, {len(recording.connections)} connection(s)"]
    for connection in recording.connections:
        closed = connection.closed_at
        ended = "open to the end" if closed is None else f"closed by the server at {closed - origin:.3f}"
        lines.append(f"  connected at {connection.opened_at - origin:.3f}, {ended}")
    for outage in recording.outages:
        length = "no audio since" if outage.seconds is None else f"{outage.seconds:.3f} s without audio"
        lines.append(f"  outage from {outage.last_byte_at - origin:.3f}: {length}")
    if recording.failed_attempts:
        lines.append(f"  {len(recording.failed_attempts)} failed attempts to connect")
    lines += [f"  title at {title.at - origin:.3f}: {title.text}" for title in recording.titles[:MOST]]
    return "\n".join([*lines, describe_heard(recording.heard(), origin=origin)])


def describe_heard(heard: Heard, *, origin: float = 0.0) -> str:
    """Spans, silences and stalls; `origin` (monotonic seconds) is subtracted from moments of arrival."""
    lines = [f"  heard {heard.seconds:.3f} s of audio"]
    for span in spans(heard):
        mixture = f" ({' + '.join(span.sources)})" if span.name == "mixed" else ""
        arrived = f"{span.start - origin:8.3f} to {span.end - origin:8.3f}"
        audio = f"audio {span.audio_start:8.3f} to {span.audio_end:8.3f}"
        lines.append(f"    {arrived}, {audio}: {span.name}{mixture}, {span.seconds:.3f} s")
    quiet, starved = silences(heard), stalls(heard)
    lines += [
        f"    silence at {one.arrival - origin:.3f}, audio {one.start:.3f}: {one.seconds * 1000:.0f} ms"
        for one in quiet[:MOST]
    ]
    lines += [f"    stall at {one.at - origin:.3f}: {one.seconds:.3f} s without new audio" for one in starved[:MOST]]
    for kind, found in (("silences", len(quiet)), ("stalls", len(starved))):
        if found > MOST:
            lines.append(f"    … {found} {kind} in all")
    return "\n".join(lines)
