"""Fan-out in memory: everybody is told, and nobody holds up the others."""

import pytest
from api.events.hub import BACKLOG, Hub, TooManyStreams
from api.events.schemas import ListenersCounted


def count(number: int) -> ListenersCounted:
    return ListenersCounted(listeners=number)


async def test_everybody_is_told_the_same() -> None:
    hub = Hub(max_clients=10)
    streams = [hub.join().events() for _ in range(3)]
    hub.tell("listeners", count(1))
    told = [await anext(stream) for stream in streams]
    assert len(set(told)) == 1
    assert b"event: listeners\r\n" in told[0]
    assert b'data: {"listeners":1}\r\n' in told[0]


async def test_a_client_that_does_not_read_is_let_go_and_the_others_stay() -> None:
    hub = Hub(max_clients=10)
    slow, quick = hub.join().events(), hub.join().events()
    for number in range(BACKLOG + 1):
        hub.tell("listeners", count(number))
        await anext(quick)
    assert [event async for event in slow] == [], "its stream ends, so that it comes back for the whole state"
    hub.tell("listeners", count(0))
    assert b"listeners" in await anext(quick)


async def test_there_are_only_so_many_streams() -> None:
    hub = Hub(max_clients=2)
    first, _ = hub.join(), hub.join()
    with pytest.raises(TooManyStreams) as refused:
        hub.join()
    assert refused.value.headers["Retry-After"]
    hub.leave(first)
    hub.join()
