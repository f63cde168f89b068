"""What every call of ffmpeg and ffprobe has in common."""

from pathlib import Path

# Only local files, and only kinds that hold sound themselves: a playlist in disguise must neither fetch anything nor
# put other files of the machine on air.
KINDS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,eac3,flac,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,ogg,tta,w64,wav,webm,wv"
)
LOCAL_ONLY = ("-protocol_whitelist", "file,pipe", "-format_whitelist", KINDS)
FFMPEG = ("ffmpeg", "-hide_banner", "-nostdin", "-y")

IN_AIR_FORM = "aresample=48000,aformat=sample_fmts=fltp:channel_layouts=stereo,asetpts=N/SR/TB"
"""The form in which sound is measured and copied: the copy's own, and times counted in samples. In stereo: a mono
file's peaks are 3 dB lower there. In floats: the sum of six channels may pass full scale until it is brought down."""
MEASURE = "ebur128=peak=true:framelog=verbose"


def file(path: Path) -> str:
    """A path as ffmpeg takes it literally, whatever it looks like."""
    return f"file:{path}"
