"""What every call of ffmpeg and ffprobe has in common."""

from pathlib import Path

from api.media.kinds import KINDS

# Only local files, and only kinds that hold sound themselves.
LOCAL_ONLY = ("-protocol_whitelist", "file", "-format_whitelist", ",".join(KINDS))
FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-y")

IN_AIR_FORM = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,asetpts=N/SR/TB"
"""The form in which sound is measured and copied: the copy's own, and times counted in samples. In stereo: a mono
file's peaks are 3 dB lower there. In floats: the sum of six channels may pass full scale until it is brought down."""
MEASURE = "ebur128=peak=true:framelog=verbose"


def file(path: Path) -> str:
    """A path as ffmpeg takes it literally, whatever it looks like."""
    return f"file:{path}"
