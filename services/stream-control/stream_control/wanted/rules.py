"""What an MPD should hold and do, and the commands that bring it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.contracts.queues import PlaylistName
from kit.refusal import Refusal

from stream_control.engine.state import PlayerState, QueuedSong

Playlist = PlaylistName
PLAYLISTS: tuple[Playlist, ...] = ("user", "fallback")

# A request plays once.
USER_MODES: Mapping[str, bool] = {"random": False, "repeat": False, "consume": True, "single": False}

Command = tuple[str, *tuple[Any, ...]]


class NothingToSkip(Refusal):
    """No song plays on that playlist."""

    error_code = "nothing_to_skip"


@dataclass(frozen=True)
class Programme:
    """What the programme should be: absolute paths, in their order unless it is random."""

    songs: tuple[str, ...]
    random: bool
    cut: frozenset[str] = frozenset()
    """Songs that may be cut off when they are no longer wanted; any other plays to its end."""


def programme_modes(*, random: bool) -> Mapping[str, bool]:
    """The programme goes round for ever."""
    return {"random": random, "repeat": True, "consume": False, "single": False}


def mode_changes(modes: Mapping[str, bool], state: PlayerState) -> list[Command]:
    """Commands that give the player its modes."""
    return [(name, int(value)) for name, value in sorted(modes.items()) if state.modes[name] != value]


def programme_changes(programme: Programme, state: PlayerState) -> list[Command]:
    """Commands that give the programme's player its songs and modes; what plays is left alone if it may not be cut."""
    commands = mode_changes(programme_modes(random=programme.random), state)
    leaving = _plays_to_its_end(programme, state)
    if programme.random:
        wanted = frozenset(programme.songs)
        present = dict.fromkeys(song.path for song in state.queue if song.path in wanted or song == leaving)
        desired = [*present, *sorted(wanted - present.keys())]
    else:
        desired = list(dict.fromkeys(programme.songs))
        if leaving:
            # The song behind it is the one that will follow.
            desired.insert(min(state.queue.index(leaving), len(desired)), leaving.path)
    return commands + arrange(desired, state)


def cuts_current(programme: Programme, state: PlayerState) -> bool:
    """Whether the changes will end the song that plays."""
    unwanted = state.current is not None and state.current.path not in programme.songs
    return unwanted and _plays_to_its_end(programme, state) is None


def arrange(desired: Sequence[str], state: PlayerState) -> list[Command]:
    """Commands that make the queue hold these songs, each once, in this order, and no others.

    A song stays what it is while it is moved, also the one that plays. The queue is never empty on the way.
    """
    kept = {song.path: song for song in reversed(state.queue)}
    if state.current:
        kept[state.current.path] = state.current
    kept = {path: kept[path] for path in desired if path in kept}
    staying = [song for song in state.queue if kept.get(song.path) == song]
    removals: list[Command] = [("deleteid", song.song_id) for song in state.queue if kept.get(song.path) != song]
    placing = _place(desired, kept, staying)
    return removals + placing if staying else placing + removals


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


def _place(desired: Sequence[str], kept: Mapping[str, QueuedSong], staying: Sequence[QueuedSong]) -> list[Command]:
    row: list[QueuedSong | None] = list(staying)
    commands: list[Command] = []
    for place, path in enumerate(desired):
        song = kept.get(path)
        if song is None:
            commands.append(("addid", f"file://{path}", place))
        elif row[place] == song:
            continue
        else:
            commands.append(("moveid", song.song_id, place))
            row.remove(song)
        row.insert(place, song)
    return commands


def _plays_to_its_end(programme: Programme, state: PlayerState) -> QueuedSong | None:
    """The song that plays, if it is no longer wanted and may not be cut."""
    current = state.current
    return current if current and current.path not in programme.songs and current.path not in programme.cut else None
