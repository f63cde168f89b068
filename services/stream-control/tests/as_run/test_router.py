"""What aired, as an administrator asks for it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kit import db
from rig.running import Service
from sqlalchemy import delete
from stream_control.as_run.models import AsRun

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
async def aired(service: Service) -> list[int]:
    """Ten airings a minute apart, alternating between requests and programme; every third one unheard."""
    engine = db.connect(service.database_url)
    async with db.sessions(engine).begin() as tx:
        await tx.execute(delete(AsRun))
        airings = [
            AsRun(
                tier="user" if number % 2 else "fallback",
                item_id=str(number),
                started_at=START + timedelta(minutes=number),
                ended_at=START + timedelta(minutes=number, seconds=50),
                ended_reason="finished",
                heard_seconds=0 if number % 3 == 0 else 50,
            )
            for number in range(10)
        ]
        tx.add_all(airings)
        await tx.flush()
        ids = [one.id for one in airings]
    await engine.dispose()
    return ids


async def ask(service: Service, **parameters: Any) -> Any:
    async with service.client() as client:
        answer = await client.get("/admin/as-run", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def items(page: Any) -> list[int]:
    return [int(item["item_id"]) for item in page["items"]]


async def test_the_newest_comes_first(service: Service, aired: list[int]) -> None:
    page = await ask(service)
    assert items(page) == list(range(9, -1, -1))
    assert page["next_before"] is None
    assert page["items"][0]["started_at"] == "2026-01-01T00:09:00Z"


async def test_pages_follow_each_other_without_gap_or_repetition(service: Service, aired: list[int]) -> None:
    seen: list[int] = []
    before: dict[str, int] = {}
    for _ in range(4):
        page = await ask(service, limit=3, **before)
        seen += items(page)
        before = {"before": page["next_before"]}
    assert seen == list(range(9, -1, -1))
    assert page["next_before"] is None


async def test_a_page_that_holds_just_the_rest_is_the_last(service: Service, aired: list[int]) -> None:
    assert (await ask(service, limit=10))["next_before"] is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"tier": "user"}, [9, 7, 5, 3, 1]),
        ({"since": "2026-01-01T00:07:00Z"}, [9, 8, 7]),
        ({"until": "2026-01-01T00:02:00Z"}, [1, 0]),
        ({"since": "2026-01-01T02:02:00+02:00", "until": "2026-01-01T02:04:00+02:00"}, [3, 2]),
        ({"heard": "false"}, [9, 6, 3, 0]),
        ({"heard": "true", "tier": "fallback"}, [8, 4, 2]),
        ({"tier": "live"}, []),
    ],
)
async def test_airings_are_chosen(
    service: Service, aired: list[int], filters: dict[str, str], expected: list[int]
) -> None:
    assert items(await ask(service, **filters)) == expected


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"limit": 501}, {"before": 0}, {"tier": "radio"}, {"since": "2026-01-01T00:00:00"}]
)
async def test_a_question_that_makes_no_sense_is_refused(service: Service, wrong: dict[str, Any]) -> None:
    async with service.client() as client:
        answer = await client.get("/admin/as-run", params=wrong)
    assert answer.status_code == 422
    assert answer.json()["error_code"] == "invalid_input"
