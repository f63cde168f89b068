"""Which kinds of files are taken: by what ffmpeg reads in one, and what libmagic sees at its beginning."""

from collections.abc import Mapping

UNKNOWN = "application/octet-stream"
"""What libmagic says of a beginning that it does not know: that may be anything, and is no contradiction."""
_MPEG = "audio/mpeg"
"""Also of anything that begins with an ID3v2 tag."""

KINDS: Mapping[str, frozenset[str]] = {
    "aac": frozenset({"audio/x-hx-aac-adts", "audio/x-hx-aac-adif", "audio/aac", _MPEG}),
    "ac3": frozenset({"audio/vnd.dolby.dd-raw", "audio/ac3", _MPEG}),
    "aiff": frozenset({"audio/x-aiff", "audio/aiff"}),
    "amr": frozenset({"audio/amr", "audio/AMR"}),
    "ape": frozenset({"audio/x-ape", _MPEG}),
    "asf": frozenset({"video/x-ms-asf", "audio/x-ms-wma", "video/x-ms-wmv"}),
    "au": frozenset({"audio/basic", "audio/x-dec-basic"}),
    "avi": frozenset({"video/x-msvideo"}),
    "caf": frozenset({"audio/x-caf"}),
    "dsf": frozenset({"audio/x-dsf", _MPEG}),
    "eac3": frozenset({"audio/vnd.dolby.dd-raw", "audio/eac3", _MPEG}),
    "flac": frozenset({"audio/flac", "audio/x-flac", _MPEG}),
    "matroska": frozenset({"video/x-matroska", "audio/x-matroska", "video/webm", "audio/webm"}),
    "mov": frozenset(
        {"audio/mp4", "audio/x-m4a", "video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2"}
    ),
    "mp3": frozenset({_MPEG, "audio/mpegapplication/octet-stream"}),
    "mpc": frozenset({"audio/x-musepack", _MPEG}),
    "mpc8": frozenset({"audio/x-musepack", _MPEG}),
    "mpeg": frozenset({"video/mpeg", "video/mp2p"}),
    "mpegts": frozenset({"video/mp2t"}),
    "ogg": frozenset({"audio/ogg", "video/ogg", "application/ogg"}),
    "tta": frozenset({"audio/x-tta", _MPEG}),
    "w64": frozenset({"audio/x-w64"}),
    "wav": frozenset({"audio/x-wav", "audio/wav", "audio/vnd.wave"}),
    "webm": frozenset({"video/webm", "audio/webm"}),
    "wv": frozenset({"audio/x-wavpack", _MPEG}),
}
"""ffmpeg's name of each container that is taken, and libmagic's for what it may be. None of them refers to other
files: a playlist in disguise must neither fetch anything nor put other files of the machine on air."""


def agree(container: str, beginning: str) -> bool:
    """Whether a file is of a kind that is taken, and its beginning is no other's.

    `container` is ffprobe's name of the format, several of them with commas, `beginning` libmagic's type.
    """
    known = [KINDS[name] for name in container.split(",") if name in KINDS]
    return bool(known) and (beginning == UNKNOWN or any(beginning in names for names in known))
