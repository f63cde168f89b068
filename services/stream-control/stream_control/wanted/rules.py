"""What an MPD should hold and do, and the commands that bring it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stream_control.engine.state import PlayerState, QueuedSong

Playlist = Literal["user", "fallback"]
PLAYLISTS: tuple[Playlist, ...] = ("user", "fallback")

# The programme goes round for ever; a request plays once.
MODES: Mapping[Playlist, Mapping[str, bool]] = {
    "user": {"random": False, "repeat": False, "consume": True, "single": False},
    "fallback": {"random": True, "repeat": True, "consume": False, "single": False},
}

Command = tuple[str, *tuple[Any, ...]]


@dataclass(frozen=True)
class Wanted:
    """What a playlist should be. Songs are absolute paths; None leaves the queue to whoever fills it."""

    modes: Mapping[str, bool]
    songs: frozenset[str] | None
    cut: frozenset[str] = frozenset()
    """Songs that may be cut off when they are no longer wanted; any other plays to its end."""


def queue_changes(wanted: Wanted, state: PlayerState) -> list[Command]:
    """Commands that give the queue the wanted songs and the player its modes."""
    commands: list[Command] = [
        (name, int(value)) for name, value in sorted(wanted.modes.items()) if state.modes[name] != value
    ]
    if wanted.songs is None:
        return commands
    present = {song.path for song in state.queue}
    commands += [("addid", f"file://{path}") for path in sorted(wanted.songs - present)]
    commands += [("deleteid", song.song_id) for song in state.queue if _leaves(song, wanted, state)]
    return commands


def cuts_current(wanted: Wanted, state: PlayerState) -> bool:
    """Whether the queue's changes will end the song that plays."""
    return wanted.songs is not None and state.current is not None and _leaves(state.current, wanted, state)


def start(state: PlayerState) -> list[Command]:
    """Commands that make the player play. An output that was disabled stays so over a restart of MPD."""
    commands: list[Command] = [] if state.output_enabled else [("enableoutput", 0)]
    if state.playback == "pause":
        commands.append(("pause", 0))
    elif state.playback == "stop" and state.queue:
        commands.append(("play",))
    return commands


def hold(state: PlayerState) -> list[Command]:
    """Commands that hold the player where it is. A paused MPD sends silence, so its output is closed as well."""
    commands: list[Command] = [("pause", 1)] if state.playback == "play" else []
    return [*commands, ("disableoutput", 0)] if state.output_enabled else commands


def _leaves(song: QueuedSong, wanted: Wanted, state: PlayerState) -> bool:
    if wanted.songs is None or song.path in wanted.songs:
        return False
    return song != state.current or song.path in wanted.cut
