"""What headers say, and what is taken."""

import base64
from datetime import UTC, datetime

import pytest
from api.uploading import rules
from api.uploading.rules import (
    Bounds,
    Checksum,
    EmptyUpload,
    Malformed,
    QuotaReached,
    TooManyUploads,
    UploadTooLarge,
    Use,
    WrongOffset,
    WrongProtocol,
    admit,
    checksum,
    count,
    metadata,
    require_offset,
    require_version,
)
from hypothesis import given
from hypothesis import strategies as st
from kit.refusal import Refusal

KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1, max_size=20)
BOUNDS = Bounds(largest=100, quota=1000, open_uploads=3)
NOTHING = Use(kept=0, coming=0, missing=0, mine=0)


@given(st.dictionaries(KEYS, st.text(max_size=50), max_size=5))
def test_metadata_is_read_as_it_was_said(pairs: dict[str, str]) -> None:
    said = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
    assert metadata(said) == pairs


@given(st.text(max_size=200))
def test_whatever_is_said_is_read_or_refused(said: str) -> None:
    for read in (metadata, checksum, lambda text: count("Upload-Length", text)):
        try:
            read(said)
        except Malformed:
            continue


@pytest.mark.parametrize("said", ["a !", "a YQ==,a YQ==", ",", "a YQ==,", "ä YQ==", "a " + "A" * 9000])
def test_metadata_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Malformed):
        metadata(said)


def test_a_key_may_stand_alone() -> None:
    assert metadata("is_confidential,filename YS5tcDM=") == {"is_confidential": "", "filename": "a.mp3"}
    assert metadata(None) == metadata("") == {}


def test_a_checksum_names_its_algorithm() -> None:
    assert checksum("sha1 YQ==") == Checksum("sha1", b"a")
    assert checksum(None) is None


@pytest.mark.parametrize("said", ["md5 YQ==", "sha1 ?", "YQ==", ""])
def test_a_checksum_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Malformed):
        checksum(said)


@pytest.mark.parametrize("said", [None, "", "-1", "1.5", "1e3", " 1", "٣", "9" * 30])
def test_a_number_of_bytes_is_a_number(said: str | None) -> None:
    with pytest.raises(Malformed):
        count("Upload-Offset", said)


@pytest.mark.parametrize(
    ("length", "use", "refusal"),
    [
        (100, NOTHING, None),
        (0, NOTHING, EmptyUpload),
        (101, NOTHING, UploadTooLarge),
        (10, Use(kept=0, coming=0, missing=0, mine=3), TooManyUploads),
        (10, Use(kept=990, coming=0, missing=0, mine=0), None),
        (10, Use(kept=980, coming=11, missing=0, mine=1), QuotaReached),
    ],
)
def test_what_passes_the_stations_bounds_is_refused(length: int, use: Use, refusal: type[Refusal] | None) -> None:
    if refusal is None:
        admit(length, use, BOUNDS)
        return
    with pytest.raises(refusal):
        admit(length, use, BOUNDS)


def test_a_quota_of_nothing_is_none() -> None:
    admit(100, Use(kept=10**12, coming=10**12, missing=0, mine=0), Bounds(100, 0, 3))


def test_the_version_and_the_place_must_be_right() -> None:
    require_version("1.0.0")
    require_offset(5, 5)
    with pytest.raises(WrongProtocol):
        require_version(None)
    with pytest.raises(WrongOffset) as refused:
        require_offset(4, 5)
    assert refused.value.headers == {"Upload-Offset": "5"}


def test_a_moment_is_said_as_headers_say_it() -> None:
    said = rules.headers(3, datetime(2026, 11, 27, 8, 5, 1, tzinfo=UTC), length=9)
    assert said["Upload-Expires"] == "Fri, 27 Nov 2026 08:05:01 GMT"
    assert (said["Upload-Offset"], said["Upload-Length"], said["Cache-Control"]) == ("3", "9", "no-store")
