"""A multipart form as it comes in, piece by piece (RFC 7578)."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kit.refusal import Refusal
from python_multipart.multipart import MultipartParser, parse_options_header

from api.media.names import file_name, safe_suffix

FILE = "file"
"""The name of every part that is a file."""
LONGEST_TEXT = 16_000
"""Bytes of all the text in a form."""


class MalformedForm(Refusal):
    status = 422
    error_code = "invalid_input"


class TooLarge(Refusal):
    status = 413
    error_code = "too_large"


@dataclass(frozen=True)
class ReceivedFile:
    """A file on the disk. `name` is what its sender calls it: for showing only; `size` in bytes."""

    path: Path
    name: str
    size: int

    @property
    def suffix(self) -> str:
        """The ending that it may have on a disk, with its dot, or nothing."""
        return self.path.suffix


class Form:
    """Collects parts; files' bytes wait in memory until `flush`. Raises `MalformedForm`, `TooLarge`."""

    def __init__(
        self, boundary: bytes, folder: Path, *, fields: Collection[str], most_files: int, limit_bytes: int
    ) -> None:
        self.folder = folder
        self.fields: dict[str, str] = {}
        self.files: list[ReceivedFile] = []
        self.pending_bytes = 0
        self._known, self._most_files, self._limit = fields, most_files, limit_bytes
        self._file_bytes = self._text_bytes = 0
        self._header = self._value = b""
        self._disposition = b""
        self._part: _FilePart | None = None
        self._name, self._text = "", bytearray()
        self._pending: list[tuple[BinaryIO, bytes]] = []
        self._open: list[BinaryIO] = []
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def write(self, chunk: bytes) -> None:
        """Take the next piece of the body; also raises `FormParserError`."""
        self._parser.write(chunk)

    def finish(self) -> None:
        """The body is over; raises `MalformedForm` when the form is not."""
        self._parser.finalize()
        if not self._ended:
            raise MalformedForm("The form ends in the middle.")

    def flush(self) -> None:
        """Write what waits in memory."""
        for file, data in self._pending:
            file.write(data)
        self._pending.clear()
        self.pending_bytes = 0

    def close(self) -> None:
        """Close every file, whatever happened."""
        for file in self._open:
            file.close()

    def _on_part_begin(self) -> None:
        self._disposition, self._part, self._text = b"", None, bytearray()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        self._name = _text(options.get(b"name", b""))
        if b"filename" in options:
            self._begin_file(_text(options[b"filename"]))
        elif self._name not in self._known or self._name in self.fields:
            raise MalformedForm(f"The field {self._name[:40]!r} is unknown here, no file, or sent twice.")

    def _begin_file(self, sent: str) -> None:
        if self._name != FILE:
            raise MalformedForm(f"Files are sent in parts named {FILE!r}, not {self._name[:40]!r}.")
        path = self.folder / f"{len(self.files) + 1}{safe_suffix(sent)}"
        self._part = _FilePart(path, sent)

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part is None:
            self._text_bytes += end - start
            if self._text_bytes > LONGEST_TEXT:
                raise TooLarge("The form's text is too long.")
            self._text += data[start:end]
            return
        self._file_bytes += end - start
        if self._file_bytes > self._limit:
            raise TooLarge(f"It may be at most {self._limit / 1_000_000:g} MB.")
        self._pending.append((self._opened(self._part), data[start:end]))
        self.pending_bytes += end - start
        self._part.size += end - start

    def _opened(self, part: "_FilePart") -> BinaryIO:
        if part.file is None:
            if len(self.files) == self._most_files:
                raise MalformedForm(f"Send at most {self._most_files} files at once.")
            part.file = part.path.open("xb")
            self._open.append(part.file)
        return part.file

    def _on_part_end(self) -> None:
        if self._part is None:
            self.fields[self._name] = _text(bytes(self._text))
        elif self._part.size or self._part.sent:
            # A file input that was left empty comes without a name and without a byte.
            self._opened(self._part)
            self.files.append(ReceivedFile(self._part.path, file_name(self._part.sent), self._part.size))

    def _on_end(self) -> None:
        self._ended = True


@dataclass
class _FilePart:
    path: Path
    sent: str
    size: int = 0
    file: BinaryIO | None = None


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
