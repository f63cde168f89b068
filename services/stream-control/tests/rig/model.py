"""A small model of MPD: what becomes of its state by commands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from stream_control.engine.state import Playback, PlayerState, QueuedSong
from stream_control.wanted.rules import USER_MODES, Command


def player(  # the state's own fields
    queue: Sequence[str] = (),
    playback: Playback = "stop",
    current: int | None = None,
    *,
    output: bool = True,
    modes: Mapping[str, bool] = USER_MODES,
    elapsed: float = 0.0,
) -> PlayerState:
    """A player with these songs, numbered from 1."""
    songs = tuple(QueuedSong(number, path) for number, path in enumerate(queue, start=1))
    now = songs[current] if current is not None else None
    return PlayerState(playback, dict(modes), output, songs, now, elapsed)


def obey(state: PlayerState, commands: Iterable[Command]) -> PlayerState:
    """What MPD does with these commands."""
    for name, *arguments in commands:
        state = _obey(state, name, arguments)
    return state


def _obey(state: PlayerState, name: str, arguments: list[Any]) -> PlayerState:
    match name, *arguments:
        case "addid", uri, place:
            assert place <= len(state.queue), "MPD refuses a place behind the end"
            number = max((song.song_id for song in state.queue), default=0) + 1
            song = QueuedSong(number, uri.removeprefix("file://"))
            state = replace(state, queue=(*state.queue[:place], song, *state.queue[place:]))
        case "moveid", number, place:
            song = next(one for one in state.queue if one.song_id == number)
            rest = tuple(one for one in state.queue if one != song)
            assert place <= len(rest)
            state = replace(state, queue=(*rest[:place], song, *rest[place:]))
        case "deleteid", number:
            state = _delete(state, number)
        case (("enableoutput" | "disableoutput"), 0):
            state = replace(state, output_enabled=name == "enableoutput")
        case "pause", flag:
            state = replace(state, playback="pause" if flag else "play")
        case ("play",):
            state = replace(state, playback="play", current=state.queue[0])
        case (("random" | "repeat" | "consume" | "single"), value):
            state = replace(state, modes={**state.modes, name: bool(value)})
        case _:
            raise AssertionError(f"MPD knows no {name} {arguments}")
    return state


def _delete(state: PlayerState, number: int) -> PlayerState:
    index = [song.song_id for song in state.queue].index(number)
    kept = (*state.queue[:index], *state.queue[index + 1 :])
    if state.current is None or state.current.song_id != number:
        return replace(state, queue=kept)
    # The one behind it plays; a player that was paused stops.
    following = kept[index] if state.playback == "play" and index < len(kept) else None
    return replace(state, queue=kept, current=following, playback="play" if following else "stop")
