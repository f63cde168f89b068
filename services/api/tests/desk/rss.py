"""A strict reader of podcast feeds: what RSS 2.0 and the directories ask for has to be there, and nothing odd."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from api.shows.categories import CATEGORIES, parts

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL_ONCE = {"title", "link", "description", "language", "generator", "lastBuildDate", "docs", f"{ATOM}link"} | {
    f"{ITUNES}{name}" for name in ("author", "category", "explicit", "type")
}
CHANNEL_MAYBE = {"image", f"{ITUNES}image", f"{ITUNES}owner"}
ITEM_ONCE = {"title", "description", "guid", "pubDate", "enclosure"} | {
    f"{ITUNES}{name}" for name in ("duration", "explicit", "episodeType")
}
ITEM_MAYBE = {f"{ITUNES}season", f"{ITUNES}episode", f"{PODCAST}chapters"}


@dataclass(frozen=True)
class Item:
    """An episode as a player reads it."""

    guid: str
    title: str
    description: str
    published_at: datetime
    url: str
    bytes: int
    seconds: int
    explicit: bool
    season: int | None
    number: int | None
    chapters: str | None


@dataclass(frozen=True)
class Podcast:
    """A feed as a directory reads it."""

    title: str
    description: str
    author: str
    language: str
    category: str
    explicit: bool
    image: str | None
    owner: tuple[str, str] | None
    address: str
    items: list[Item]


def read(body: bytes) -> Podcast:
    """Read a feed; an assertion says what is wrong with it."""
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    root = ElementTree.fromstring(body)
    assert (root.tag, root.attrib, len(root)) == ("rss", {"version": "2.0"}, 1)
    channel = root[0]
    assert channel.tag == "channel"
    _require(channel, CHANNEL_ONCE, CHANNEL_MAYBE | {"item"})
    _absolute(_text(channel, "link"))
    link = _one(channel, f"{ATOM}link")
    assert (link.get("rel"), link.get("type")) == ("self", "application/rss+xml")
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", _text(channel, "language"))
    _date(_text(channel, "lastBuildDate"))
    assert _text(channel, f"{ITUNES}type") in ("episodic", "serial")
    items = [_item(one) for one in channel.findall("item")]
    assert len({one.guid for one in items}) == len(items)
    assert [one.published_at for one in items] == sorted((one.published_at for one in items), reverse=True)
    return Podcast(
        title=_text(channel, "title"),
        description=_text(channel, "description"),
        author=_text(channel, f"{ITUNES}author"),
        language=_text(channel, "language"),
        category=_category(_one(channel, f"{ITUNES}category")),
        explicit=_explicit(channel),
        image=_image(channel),
        owner=_owner(channel),
        address=_absolute(link.get("href")),
        items=items,
    )


def _item(item: Element) -> Item:
    _require(item, ITEM_ONCE, ITEM_MAYBE)
    guid, enclosure = _one(item, "guid"), _one(item, "enclosure")
    assert guid.get("isPermaLink") == "false"
    assert set(enclosure.attrib) == {"url", "length", "type"}
    assert enclosure.get("type") == "audio/mpeg"
    assert urlsplit(enclosure.get("url", "")).path.endswith(".mp3"), "players go by the ending"
    length = enclosure.get("length", "")
    assert length.isdecimal()
    assert int(length) > 0
    duration = re.fullmatch(r"(\d\d+):([0-5]\d):([0-5]\d)", _text(item, f"{ITUNES}duration"))
    assert duration
    assert _text(item, f"{ITUNES}episodeType") in ("full", "trailer", "bonus")
    chapters = item.find(f"{PODCAST}chapters")
    if chapters is not None:
        assert chapters.get("type") == "application/json+chapters"
    return Item(
        guid=_text(item, "guid"),
        title=_text(item, "title"),
        description=_text(item, "description"),
        published_at=_date(_text(item, "pubDate")),
        url=_absolute(enclosure.get("url")),
        bytes=int(length),
        seconds=int(duration[1]) * 3600 + int(duration[2]) * 60 + int(duration[3]),
        explicit=_explicit(item),
        season=_number(item, f"{ITUNES}season"),
        number=_number(item, f"{ITUNES}episode"),
        chapters=None if chapters is None else _absolute(chapters.get("url")),
    )


def _require(element: Element, once: set[str], maybe: set[str]) -> None:
    tags = [child.tag for child in element]
    for tag in once:
        assert tags.count(tag) == 1, f"{tag} has to be there once"
    for tag in maybe - {"item"}:
        assert tags.count(tag) <= 1, f"{tag} may be there once"
    assert set(tags) <= once | maybe, set(tags) - once - maybe


def _one(element: Element, tag: str) -> Element:
    found = element.find(tag)
    assert found is not None, tag
    return found


def _text(element: Element, tag: str) -> str:
    text = _one(element, tag).text
    assert text, f"{tag} is empty"
    assert text == text.strip()
    return text


def _number(element: Element, tag: str) -> int | None:
    return int(_text(element, tag)) if element.find(tag) is not None else None


def _absolute(address: str | None) -> str:
    found = urlsplit(address or "")
    assert found.scheme in ("http", "https"), address
    assert found.netloc
    return str(address)


def _date(text: str) -> datetime:
    assert re.fullmatch(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", text), text
    moment = parsedate_to_datetime(text)
    assert f"{moment:%a}" == text[:3]
    return moment


def _explicit(element: Element) -> bool:
    text = _text(element, f"{ITUNES}explicit")
    assert text in ("true", "false")
    return text == "true"


def _category(element: Element) -> str:
    sub = list(element)
    assert len(sub) <= 1
    names = (element.get("text"), sub[0].get("text") if sub else None)
    [found] = [name for name in CATEGORIES if parts(name) == names]
    return found


def _image(channel: Element) -> str | None:
    image, plain = channel.find(f"{ITUNES}image"), channel.find("image")
    if image is None:
        assert plain is None
        return None
    address = _absolute(image.get("href"))
    assert address.endswith((".jpg", ".png"))
    assert plain is not None
    assert _text(plain, "url") == address
    assert (_text(plain, "title"), _text(plain, "link")) == (_text(channel, "title"), _text(channel, "link"))
    return address


def _owner(channel: Element) -> tuple[str, str] | None:
    owner = channel.find(f"{ITUNES}owner")
    return None if owner is None else (_text(owner, f"{ITUNES}name"), _text(owner, f"{ITUNES}email"))
