"""The words for the station's own sounds."""

from typing import Literal

TrackSource = Literal["folder", "starter", "upload"]
"""Where the original is: the folder a person drops files into, the composed starter pieces, or `media/library`."""
TrackState = Literal["waiting", "ready", "refused", "gone", "removed"]
"""Not looked at yet, perhaps with what hinders it; has an on-air copy; cannot be played, with the problem; its file
vanished; taken out by staff."""
