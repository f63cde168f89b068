"""What the requests' player should hold and begin: nothing is played twice and nothing is lost.

MPD runs ahead of what is heard: a song that it has dropped may still be on air. So MPD's queue tells what it holds, and
only the journal tells what has begun and what became of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from stream_control.engine.state import PlayerState, QueuedSong
from stream_control.journal.progress import Progress
from stream_control.journal.rules import TOLERANCE
from stream_control.wanted.rules import USER_MODES, Command, arrange, mode_changes

LEAD_IN = "lead-in"
"""Name and title of the noise that is played while Liquidsoap connects."""
EARLIER = 0.6
"""Seconds by which a song goes on earlier than it was left: about what Liquidsoap had not played yet."""
TRIES = 3
"""How often a song is given to the player that never begins."""


@dataclass(frozen=True)
class Request:
    """A song that is wanted and whose copy is there; its path is absolute."""

    path: str
    length_seconds: float | None = None

    @property
    def item(self) -> str:
        """Its id."""
        return PurePath(self.path).stem


@dataclass(frozen=True)
class Beginning:
    """The song that the player should start now, and where, in seconds."""

    path: str
    position: float


@dataclass(frozen=True)
class Attempt:
    """A song was started when the journal knew so many beginnings; the same again means that it did not begin."""

    item: str
    starts: int


@dataclass(frozen=True)
class Trials:
    """Songs that were given to the player and have not begun: how often in vain, and which it holds now."""

    failed: Mapping[str, int] = field(default_factory=dict)
    held: frozenset[str] = frozenset()

    @property
    def given_up(self) -> frozenset[str]:
        """Items that are not tried again."""
        return frozenset(item for item, times in self.failed.items() if times >= TRIES)


def upcoming(wanted: Sequence[Request], progress: Progress, given_up: Collection[str]) -> list[Request]:
    """What may still be played, in order: first what was left in the middle, then what never began."""
    playable = [one for one in wanted if one.item not in given_up and _may_play(one, progress)]
    return sorted(playable, key=lambda one: one.item not in progress.left_off)


def queue_changes(coming: Sequence[Request], state: PlayerState, progress: Progress) -> list[Command]:
    """Commands that make the player hold what plays and then what is coming; what plays is never touched."""
    stays = [song.path for song in state.queue if _stays(song, state, progress)]
    # What plays comes first; next to it only what has begun by the journal, when MPD has gone on since it was asked.
    stays.sort(key=lambda path: state.current is None or path != state.current.path)
    desired = dict.fromkeys([*stays, *(one.path for one in coming)])
    return mode_changes(USER_MODES, state) + arrange(list(desired), state)


def beginning(coming: Sequence[Request], state: PlayerState, progress: Progress) -> Beginning | None:
    """The song to start; None while one plays or there is none."""
    current = state.current
    if state.playback == "play" and not (current and is_lead_in(current)):
        return None
    if state.playback == "pause" and current and _stays(current, state, progress):
        return Beginning(current.path, _position(current.item, state, progress))
    return next((Beginning(one.path, _position(one.item, state, progress)) for one in coming), None)


def judge(trials: Trials, coming: Sequence[Request], state: PlayerState, progress: Progress) -> Trials:
    """A song that the player dropped though it never began has failed once more; one that plays has not at all."""
    queued = {song.item for song in state.queue}
    failed = {item: times for item, times in trials.failed.items() if item != progress.playing}
    judged = Trials(failed, frozenset(one.item for one in coming if one.item in queued) - progress.began)
    for item in trials.held - queued - progress.began:
        judged = fail(judged, item)
    return judged


def fail(trials: Trials, item: str) -> Trials:
    """A song was given to the player in vain."""
    return replace(trials, failed={**trials.failed, item: trials.failed.get(item, 0) + 1})


def is_lead_in(song: QueuedSong) -> bool:
    """Whether it is the noise before a song, and no song."""
    return song.item == LEAD_IN


def _may_play(request: Request, progress: Progress) -> bool:
    item = request.item
    if item in progress.over:
        return False
    left = progress.left_off.get(item)
    if left is None:
        return item not in progress.began
    if left.reason != "interrupted" or request.length_seconds is None:
        return True
    # The player was lost at the song's very end: it is over, whether or not its length was known then.
    return left.position < request.length_seconds - TOLERANCE


def _stays(song: QueuedSong, state: PlayerState, progress: Progress) -> bool:
    if song != state.current:
        return song.item == progress.playing
    if state.playback == "play":
        return True
    return not is_lead_in(song) and song.item not in progress.over


def _position(item: str, state: PlayerState, progress: Progress) -> float:
    """Where a song goes on, seconds: by the player's word when it still knows, else by the journal's."""
    if item not in progress.began:
        return 0.0
    left = progress.left_off.get(item)
    reached = left.position if left else 0.0
    paused = state.playback == "pause" and state.current is not None and state.current.item == item
    if paused and (left is None or left.heard):
        reached = state.elapsed
    return max(0.0, reached - EARLIER)
