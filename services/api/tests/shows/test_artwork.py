"""Pictures of shows: whatever is sent, a square one without anything else in it comes out, or nothing does."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from api.settings import Settings
from api.shows import artwork, pictures
from desk import people
from desk.asking import bearer, incoming
from desk.signing_in import problem
from kit.db import Sessions
from PIL import Image

PNG = "PNG"


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **saved: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    canvas = Image.new("RGB", size, "red")
    canvas.paste("blue", (size[0] // 2, 0, *size))
    out = io.BytesIO()
    canvas.save(out, kind, **saved)
    return out.getvalue()


def with_secrets() -> bytes:
    """A JPEG that is stored lying on its side and says where it was taken, and more."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "SECRET-PLACE"
    return picture(size=(600, 400), exif=exif, comment=b"SECRET-COMMENT", icc_profile=b"SECRET-PROFILE" * 20)


def bomb() -> bytes:
    """A few hundred bytes that claim to be a picture of 2.5 thousand million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.fixture
async def show(station_admin: httpx.AsyncClient) -> str:
    return str((await station_admin.post("/shows", json={"name": "Night"})).json()["id"])


async def put(client: httpx.AsyncClient, show: str, content: bytes, **options: Any) -> httpx.Response:
    return await client.put(f"/shows/{show}/artwork", files={"file": ("me.jpg", content)}, **options)


def opened(settings: Settings, address: str) -> Image.Image:
    return Image.open(settings.artwork_folder / address.removeprefix("/artwork/"))


def colour(image: Image.Image, at: tuple[float, float]) -> str:
    """What is seen at a place, given as parts of width and height."""
    pixel = image.convert("RGB").getpixel((int(image.width * at[0]), int(image.height * at[1])))
    assert isinstance(pixel, tuple)
    seen = tuple(round(value / 255) for value in pixel[:3])
    names: dict[tuple[int, ...], str] = {(1, 0, 0): "red", (0, 0, 1): "blue", (1, 1, 1): "white"}
    return names.get(seen, str(pixel))


async def test_a_picture_is_made_square_in_three_sizes_and_another_has_other_addresses(
    station_admin: httpx.AsyncClient, show: str, served_settings: Settings
) -> None:
    answer = await put(station_admin, show, picture(size=(2000, 1500)))
    assert answer.status_code == 200, answer.text
    first = answer.json()["artwork"]
    assert first["pixels"] == 1500
    sizes = {name: opened(served_settings, first[name]) for name in ("small", "medium", "large")}
    assert {name: (one.format, one.size) for name, one in sizes.items()} == {
        "small": ("WEBP", (300, 300)),
        "medium": ("WEBP", (600, 600)),
        "large": ("JPEG", (1500, 1500)),
    }
    assert [colour(sizes["large"], (0.1, 0.5)), colour(sizes["large"], (0.9, 0.5))] == ["red", "blue"]
    second = (await put(station_admin, show, picture(PNG))).json()["artwork"]
    assert not set(first.values()) & set(second.values())
    assert (await station_admin.get(f"/shows/{show}")).json()["artwork"] == second
    assert incoming(served_settings) == []
    assert (await station_admin.delete(f"/shows/{show}/artwork")).status_code == 204
    assert (await station_admin.get(f"/shows/{show}")).json()["artwork"] is None


async def test_what_a_picture_says_besides_is_left_behind_and_it_stands_upright(
    station_admin: httpx.AsyncClient, show: str, served_settings: Settings
) -> None:
    sent = with_secrets()
    assert sent.count(b"SECRET-") >= 3
    made = (await put(station_admin, show, sent)).json()["artwork"]
    for name in ("small", "medium", "large"):
        assert b"SECRET-" not in (served_settings.artwork_folder / made[name].removeprefix("/artwork/")).read_bytes()
    large = opened(served_settings, made["large"])
    assert [colour(large, (0.5, 0.1)), colour(large, (0.5, 0.9))] == ["red", "blue"]


async def test_what_is_transparent_is_white(
    station_admin: httpx.AsyncClient, show: str, served_settings: Settings
) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (320, 320), (0, 0, 255, 0)).save(out, PNG)
    made = (await put(station_admin, show, out.getvalue())).json()["artwork"]
    assert colour(opened(served_settings, made["large"]), (0.5, 0.5)) == "white"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (lambda: b"not a picture at all", (422, "not_a_picture")),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", (422, "not_a_picture")),
        (lambda: picture("GIF"), (422, "not_a_picture")),
        (lambda: picture()[:2000], (422, "not_a_picture")),
        (bomb, (422, "not_a_picture")),
        (lambda: picture(size=(400, 299)), (422, "not_a_picture")),
        (lambda: b"", (422, "not_a_picture")),
        (lambda: b"x" * (artwork.MOST_MB * 1_000_000 + 1), (413, "too_large")),
    ],
)
async def test_anything_else_is_refused_and_leaves_nothing(
    station_admin: httpx.AsyncClient,
    show: str,
    served_settings: Settings,
    content: Callable[[], bytes],
    refusal: tuple[int, str],
) -> None:
    folder = served_settings.artwork_folder / pictures.FOLDER
    before = sorted(folder.glob("**/*"))
    assert problem(await put(station_admin, show, content())) == refusal
    assert (await station_admin.get(f"/shows/{show}")).json()["artwork"] is None
    assert sorted(folder.glob("**/*")) == before
    assert incoming(served_settings) == []


async def test_an_owner_gives_their_own_show_a_picture_and_nobody_elses(
    anybody: httpx.AsyncClient, station_admin: httpx.AsyncClient, sessions: Sessions, served_settings: Settings
) -> None:
    owner, token = await people.user(sessions, served_settings, "streamer")
    _, other = await people.user(sessions, served_settings, "streamer")
    show = (await station_admin.post("/shows", json={"name": "Mine", "owner_id": str(owner)})).json()["id"]
    assert problem(await put(anybody, show, picture(), headers=bearer(other))) == (403, "not_your_show")
    assert (await put(anybody, show, picture(), headers=bearer(token))).status_code == 200
    assert problem(await anybody.delete(f"/shows/{show}/artwork", headers=bearer(other))) == (403, "not_your_show")


async def test_pictures_that_no_show_has_are_swept_away(
    station_admin: httpx.AsyncClient,
    show: str,
    sessions: Sessions,
    served_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = (await put(station_admin, show, picture())).json()["artwork"]
    kept = (await put(station_admin, show, picture(PNG, (500, 500)))).json()["artwork"]

    def there(made: dict[str, Any]) -> list[bool]:
        return [
            Path(served_settings.artwork_folder / made[name].removeprefix("/artwork/")).exists()
            for name in ("small", "medium", "large")
        ]

    await artwork.sweep(sessions, served_settings)
    assert there(old) == there(kept) == [True] * 3, "it may belong to a row that comes yet"
    monkeypatch.setattr(artwork, "GRACE", -1.0)
    await artwork.sweep(sessions, served_settings)
    assert (there(old), there(kept)) == ([False] * 3, [True] * 3)
