"""What a streamer pastes into an encoder."""

import re

from api.live.schemas import EncoderSettings

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\]")
MOUNT = "/live"
USER = "source"


def settings_for(token: str, *, site: str, secure: bool, port: int) -> EncoderSettings:
    """`site` is how the caller reached the station, host and perhaps port; encoders use its host and the harbor's port.

    What is no host is not passed on: these lines are pasted into a shell.
    """
    host = site if _HOST.fullmatch(site) else site.rpartition(":")[0]
    if not _HOST.fullmatch(host):
        host = site = "localhost"
    address = f"icecast://{USER}:{token}@{host}:{port}{MOUNT}"
    lines = [
        f"Server type: Icecast 2, host: {host}, port: {port}, mount: {MOUNT}",
        f"User: {USER}",
        f"Password: {token}",
    ]
    return EncoderSettings(
        obs="\n".join(
            (
                "Settings > Output > Output Mode: Advanced > Recording > Type: Custom Output (FFmpeg)",
                "FFmpeg Output Type: Output to URL",
                f"File path or URL: {address}",
                "Container Format: ogg, Muxer Settings: content_type=application/ogg page_duration=60000",
                "Video Encoder: disabled, Audio Encoder: libopus, Audio Bitrate: 128 Kbps",
                "Then press Start Recording.",
            )
        ),
        # A page of Ogg is sent when it is full: a second of sound with ffmpeg's default, heard that much later.
        ffmpeg="ffmpeg -re -i INPUT -vn -c:a libopus -b:a 128k -page_duration 60000 "
        f"-content_type application/ogg -f ogg '{address}'",
        butt="\n".join(("Settings > Main > Server > ADD", *lines, "Settings > Audio > Codec: Opus, Bitrate: 128k")),
        mixxx="\n".join(("Preferences > Live Broadcasting", *lines, "Format: Opus (or MP3), Bitrate: 128 kbps")),
        browser="\n".join(
            (
                f"Address: {'wss' if secure else 'ws'}://{site}/live-ws",
                "Subprotocol: webcast",
                f'Greeting: {{"type":"hello","data":{{"mime":"audio/mpeg","user":"{USER}","password":"{token}"}}}}',
            )
        ),
    )
