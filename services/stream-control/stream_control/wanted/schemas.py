"""Control of the playlists in answers."""

from pydantic import BaseModel

from stream_control.wanted.rules import Playlist


class PlaylistControlled(BaseModel):
    """The playlist as it is wanted now."""

    playlist: Playlist
    paused: bool
