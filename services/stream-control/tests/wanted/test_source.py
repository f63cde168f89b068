"""What api wants is asked for, kept, and known while api is away."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from kit.contracts.queues import NamedItem, WantedItem
from rig.api import WantingApi, piece, request, wanting_api
from rig.station import NOWHERE, STREAM_CONTROL_TOKEN
from stream_control.wanted import client
from stream_control.wanted.client import Api
from stream_control.wanted.items import KEPT, Items
from stream_control.wanted.source import Source

SONG = WantedItem(id="a", path="requests/a.flac", title="Song", length_seconds=9)


@pytest.fixture
def desk() -> Iterator[WantingApi]:
    with wanting_api() as desk:
        desk.want("user", SONG)
        desk.want("fallback", piece("p"), random=True)
        yield desk


@pytest.fixture
async def api(desk: WantingApi) -> AsyncIterator[Api]:
    async with httpx.AsyncClient() as http:
        yield Api(http, desk.address, STREAM_CONTROL_TOKEN)


@pytest.fixture
def source(api: Api, tmp_path: Path) -> Source:
    return Source(api, tmp_path / "wanted", Items())


def ids(source: Source) -> list[str]:
    queue = source.wanted("user")
    return [item.id for item in queue.items] if queue else ["never known"]


async def test_both_playlists_are_asked_for(source: Source) -> None:
    assert ids(source) == ["never known"]
    await source.step()
    programme = source.wanted("fallback")
    assert ids(source) == ["a"]
    assert programme
    assert (programme.random, [item.path for item in programme.items]) == (True, ["programme/p.flac"])
    assert all(event.is_set() for event in source.changed.values())


async def test_what_is_known_already_is_not_sent_again_and_wakes_nobody(source: Source, desk: WantingApi) -> None:
    await source.step()
    source.changed["user"].clear()
    await source.step()
    first, second = desk.asked("/internal/queues/user")
    assert (first.if_none_match, bool(second.if_none_match)) == (None, True)
    assert not source.changed["user"].is_set()
    desk.want("user")
    await source.step()
    assert source.changed["user"].is_set()
    assert ids(source) == []


@pytest.mark.parametrize("status", [401, 404, 500, 503])
async def test_a_refusal_leaves_what_was_known(source: Source, desk: WantingApi, status: int) -> None:
    await source.step()
    desk.status = status
    with pytest.raises(httpx.HTTPError):
        await source.step()
    assert ids(source) == ["a"]


async def test_a_playlist_that_cannot_be_had_does_not_keep_the_other(source: Source, desk: WantingApi) -> None:
    del desk.queues["fallback"]
    with pytest.raises(httpx.HTTPError):
        await source.step()
    assert ids(source) == ["a"]


async def test_a_slow_api_is_given_up_on(source: Source, desk: WantingApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE", 0.2)
    desk.delay = 3.0
    began = time.monotonic()
    with pytest.raises(httpx.TimeoutException):
        await source.step()
    assert time.monotonic() - began < 2.5


async def test_the_last_answer_survives_a_restart_while_api_is_away(source: Source, tmp_path: Path) -> None:
    await source.step()
    async with httpx.AsyncClient() as http:
        items = Items()
        again = Source(Api(http, NOWHERE, ""), tmp_path / "wanted", items)
        with pytest.raises(httpx.ConnectError):
            await again.step()
    assert ids(again) == ["a"]
    assert (items.named("a").title, items.length_of("a")) == ("Song", 9)


async def test_a_broken_file_is_as_good_as_none(source: Source, api: Api, tmp_path: Path) -> None:
    await source.step()
    (tmp_path / "wanted" / "user.json").write_text('{"playlist":')
    again = Source(api, tmp_path / "wanted", Items())
    assert ids(again) == ["never known"]
    assert again.wanted("fallback")


async def test_an_answer_that_cannot_be_written_is_still_known(api: Api, tmp_path: Path) -> None:
    (tmp_path / "wanted").write_text("a file where the folder should be")
    source = Source(api, tmp_path / "wanted", Items())
    await source.step()
    assert ids(source) == ["a"]


async def test_what_might_be_cut_may_be_cut_also_when_it_is_no_longer_wanted(source: Source, desk: WantingApi) -> None:
    desk.want("fallback", piece("starter", may_be_cut=True), piece("p"))
    await source.step()
    desk.want("fallback", piece("p"))
    await source.step()
    assert source.may_be_cut("fallback") == {"starter"}


async def test_names_that_are_not_known_are_asked_for_once(api: Api, desk: WantingApi) -> None:
    items = Items()
    items.learn("user", [SONG])
    desk.names["b"] = NamedItem(id="b", title="Another", length_seconds=5)
    for _ in range(2):
        await items.ask(api, ["a", "b", "nobody's", ""])
    assert len(desk.asked("/internal/items")) == 1
    assert (items.named("b").title, items.length_of("b")) == ("Another", 5)
    assert items.named("nobody's") == NamedItem(id="nobody's")


async def test_a_name_that_could_not_be_asked_for_is_asked_for_again(api: Api, desk: WantingApi) -> None:
    items, desk.status = Items(), 503
    desk.names["b"] = NamedItem(id="b", title="Another")
    with pytest.raises(httpx.HTTPError):
        await items.ask(api, ["b"])
    desk.status = 200
    await items.ask(api, ["b"])
    assert items.named("b").title == "Another"


async def test_more_names_than_one_question_takes_are_asked_for_in_several(api: Api, desk: WantingApi) -> None:
    await Items().ask(api, [str(number) for number in range(1100)])
    assert len(desk.asked("/internal/items")) == 3


def test_what_left_a_playlist_stays_known_but_not_for_ever() -> None:
    items = Items()
    items.learn("user", [request("first", seconds=3)])
    items.learn("user", [])
    assert items.length_of("first") == 3
    for number in range(KEPT + 1):
        items.learn("user", [request(str(number), seconds=1)])
    assert items.length_of("first") is None
    assert items.length_of(str(KEPT)) == 1
