"""The feed of a show: RSS 2.0 with the tags that podcast directories read."""

from collections.abc import Sequence
from datetime import UTC, datetime

from feedgen.feed import FeedGenerator

from api.airchecks.models import Aircheck
from api.podcast import extension
from api.podcast.addresses import Site
from api.podcast.rules import duration, guid
from api.settings import Settings
from api.shows import categories
from api.shows.models import Show
from api.shows.shown import artwork_of

SMALLEST_IMAGE = 1400
"""Pixels; directories refuse a smaller picture."""
_UNCLASSIFIED = "Music"


def changed_at(show: Show, episodes: Sequence[Aircheck]) -> datetime:
    """When anything in the feed changed for the last time."""
    return max([show.changed_at, *(one.changed_at for one in episodes)]).astimezone(UTC).replace(microsecond=0)


def write(show: Show, episodes: Sequence[Aircheck], site: Site, settings: Settings) -> bytes:
    """The feed with these episodes, in this order."""
    feed = FeedGenerator()
    feed.load_extension("podcast")
    feed.register_extension("station", extension.Feed, extension.Entry, atom=False)
    about = show.description or f"{show.name} on {settings.station_name}"
    feed.title(show.name)
    feed.link(href=site.feed(show.id), rel="self", type="application/rss+xml")
    feed.link(href=f"{site.base}/", rel="alternate")
    feed.description(about)
    feed.language(show.language)
    feed.generator("Airtight")
    feed.lastBuildDate(changed_at(show, episodes))
    _about(feed, show, site, settings)
    for episode in episodes:
        _add(feed, show, episode, site)
    written: bytes = feed.rss_str()
    return written


def _about(feed: FeedGenerator, show: Show, site: Site, settings: Settings) -> None:
    main, sub = categories.parts(show.category or _UNCLASSIFIED)
    feed.podcast.itunes_author(show.host or settings.station_name)
    feed.podcast.itunes_category([{"cat": main, "sub": sub}] if sub else [{"cat": main}])
    feed.podcast.itunes_type("episodic")
    feed.station.explicit = show.explicit
    if settings.podcast_email:
        feed.podcast.itunes_owner(name=settings.station_name, email=settings.podcast_email)
    artwork = artwork_of(show)
    if artwork and artwork.pixels >= SMALLEST_IMAGE:
        feed.podcast.itunes_image(site.base + artwork.large)
        feed.image(url=site.base + artwork.large, title=show.name, link=f"{site.base}/")


def _add(feed: FeedGenerator, show: Show, episode: Aircheck, site: Site) -> None:
    assert episode.first_published_at
    assert episode.length_seconds is not None
    entry = feed.add_entry(order="append")
    entry.guid(guid(episode.id), permalink=False)
    entry.title(episode.title)
    entry.description(episode.notes or episode.title)
    entry.pubDate(episode.first_published_at.astimezone(UTC))
    entry.enclosure(site.sound(episode.id), str(episode.copy_bytes), "audio/mpeg")
    entry.podcast.itunes_duration(duration(episode.length_seconds))
    entry.podcast.itunes_episode_type("full")
    if episode.season:
        entry.podcast.itunes_season(episode.season)
    if episode.number:
        entry.podcast.itunes_episode(episode.number)
    entry.station.explicit = show.explicit if episode.explicit is None else episode.explicit
    if episode.chapters:
        entry.station.chapters = site.chapters(episode.id)
