"""Why a request failed, said to whoever asked for it."""

from api.queue.rules import FailureReason

SENTENCES: dict[FailureReason, str] = {
    "not_found": "There is nothing at this address any more.",
    "not_audio": "There is no song that can be played.",
    "broken": "The file is broken.",
    "silent": "There is nothing to hear in it.",
    "too_long": "It is longer than a request may be.",
    "too_short": "It is shorter than a request may be.",
    "too_large": "It is larger than a request may be.",
    "playlist": "This is a list of several songs; ask for one of them.",
    "live_stream": "This is a live stream, not a song.",
    "forbidden_address": "The link leads into a private network.",
    "unreachable": "The server cannot be reached.",
    "source_failed": "The site did not give the song out. It may want a sign-in, or have changed in a way that the "
    "station's downloader does not know yet.",
    "timed_out": "It took too long.",
    "duplicate": "The same song is among the next ones already.",
    "disk_full": "The station's disk is nearly full; tell its staff.",
    "lost": "The station has lost its file; ask again.",
    "unplayable": "The player could not play it.",
}
