"""What feedgen does not know: chapters (the podcast namespace), and `explicit` in the words that are wanted now."""

from typing import Any

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CHAPTERS_KIND = "application/json+chapters"


class Feed(BaseExtension):  # type: ignore[misc]
    """Of the channel."""

    explicit = False

    def extend_ns(self) -> dict[str, str]:
        """The namespaces' prefixes."""
        return {"podcast": PODCAST}

    def extend_rss(self, rss_feed: Any) -> Any:
        """Called while the feed is written."""
        xml_elem(f"{{{ITUNES}}}explicit", rss_feed[0]).text = _word(self.explicit)
        return rss_feed


class Entry(BaseEntryExtension):  # type: ignore[misc]
    """Of an episode."""

    explicit = False
    chapters: str | None = None
    """Their address."""

    def extend_rss(self, entry: Any) -> Any:
        """Called while the episode is written."""
        xml_elem(f"{{{ITUNES}}}explicit", entry).text = _word(self.explicit)
        if self.chapters:
            xml_elem(f"{{{PODCAST}}}chapters", entry, url=self.chapters, type=CHAPTERS_KIND)
        return entry


def _word(explicit: bool) -> str:
    return "true" if explicit else "false"
