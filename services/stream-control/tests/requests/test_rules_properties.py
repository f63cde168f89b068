"""Whatever happens, and in whatever order: no request is lost and none is played twice."""

from collections import Counter
from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from kit.contracts.air import EndReason
from rig.model import obey, player
from stream_control.engine.state import PlayerState
from stream_control.journal.progress import Progress, advance
from stream_control.journal.rules import AirState, Ended, Interruption, Outcome, Started
from stream_control.requests.rules import Request, beginning, queue_changes, upcoming
from stream_control.wanted.rules import hold

LENGTH = 100.0


@dataclass
class World:
    """api's wishes, a player, and a journal that lags behind it by one song at most."""

    wanted: list[str] = field(default_factory=list)
    state: PlayerState = field(default_factory=player)
    progress: Progress = field(default_factory=Progress)
    untold: list[Outcome] = field(default_factory=list)
    asked: int = 0
    begun: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter[str])
    held: bool = False

    def ask_for_one(self) -> None:
        self.asked += 1
        self.wanted.append(f"song{self.asked}")

    def reorder(self) -> None:
        self.wanted.reverse()

    def api_hears(self) -> None:
        """api learns, late or never, what is over."""
        self.wanted = [item for item in self.wanted if item not in self.progress.over]

    def journal_tells(self) -> None:
        for outcome in self.untold:
            after = AirState()
            if isinstance(outcome, Ended) and self.progress.playing:
                after = AirState(interrupted={"user": Interruption(self.progress.playing, 10, 0, False)})
            self.progress = advance(self.progress, AirState(), after, [outcome])
        self.untold.clear()

    def reconcile(self) -> None:
        coming = upcoming([Request(f"/{item}.flac", LENGTH) for item in self.wanted], self.progress, frozenset())
        before = self.state
        self.state = obey(before, queue_changes(coming, before, self.progress))
        if self.state.playback == "play":
            assert self.state.current == before.current, "what plays was touched"
        if self.held:
            self.state = obey(self.state, hold(self.state))
            return
        start = beginning(coming, before, self.progress)
        if start and self.progress.playing is None and not self.untold:
            song = next(one for one in self.state.queue if one.path == start.path)
            self.state = replace(self.state, playback="play", current=song, output_enabled=True)
            self._told(Started("user", song.item, 0))

    def song_ends(self) -> None:
        """The player drops the song and goes on with the next, before the journal has told anything of it."""
        self.journal_tells()
        current = self.state.current
        if self.state.playback != "play" or current is None:
            return
        self._told(Ended("user", 0, "finished", LENGTH))
        self.ended[current.item] += 1
        following = self.state.queue[self.state.queue.index(current) + 1 :][:1]
        rest = tuple(song for song in self.state.queue if song != current)
        now = following[0] if following else None
        self.state = replace(self.state, queue=rest, current=now, playback="play" if now else "stop")
        if now:
            self._told(Started("user", now.item, 0))

    def player_dies(self) -> None:
        self._interrupt("interrupted")
        self.state = player()

    def engine_restarts(self) -> None:
        self.state = obey(self.state, hold(self.state))
        self._interrupt("engine_restarted")
        self.journal_tells()

    def hold(self) -> None:
        self.held = True
        if self.state.playback == "play":
            self.state = obey(self.state, hold(self.state))
            self._interrupt("paused")

    def let_go(self) -> None:
        self.held = False

    def _interrupt(self, reason: EndReason) -> None:
        self.journal_tells()
        if self.progress.playing:
            self._told(Ended("user", 0, reason, 10))

    def _told(self, outcome: Outcome) -> None:
        self.untold.append(outcome)
        if isinstance(outcome, Started):
            self.begun.append(outcome.item)
            assert not self.ended[outcome.item], f"{outcome.item} plays again"


EVENTS = tuple(name for name, value in vars(World).items() if callable(value) and not name.startswith("_"))

OFTEN = ("ask_for_one", "reconcile", "reconcile", "song_ends", "journal_tells")
histories = st.lists(st.sampled_from((*EVENTS, *OFTEN)), min_size=10, max_size=60)


@given(histories)
@settings(max_examples=300, deadline=None)
def test_no_request_is_lost_or_played_twice(events: list[str]) -> None:
    world = World()
    for event in events:
        getattr(world, event)()
    world.let_go()
    for _ in range(2 * world.asked + 2):
        world.journal_tells()
        world.reconcile()
        world.song_ends()
    assert world.ended == Counter({f"song{number}": 1 for number in range(1, world.asked + 1)})


@given(histories)
@settings(deadline=None)
def test_songs_that_wait_stand_in_the_order_of_the_wishes(events: list[str]) -> None:
    world = World()
    for event in events:
        getattr(world, event)()
    world.journal_tells()
    world.reconcile()
    waiting = [song.item for song in world.state.queue if song != world.state.current]
    left_first = sorted(world.wanted, key=lambda item: item not in world.progress.left_off)
    assert waiting == [item for item in left_first if item in waiting]
