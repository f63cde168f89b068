"""`python -m small.worker <database> <file>`: a worker of a small service, which writes down what it does."""

import asyncio
import sys
from pathlib import Path

from kit import jobs
from kit.loops import repeat, run_all
from procrastinate import App

QUEUES = {"small": 2, "single": 1}


def application(database_url: str, diary: Path) -> App:
    """Jobs: one that is done at once, and one that takes its time the first time it is tried."""
    app = jobs.application(database_url, connections=jobs.connections(QUEUES))

    def write(line: str) -> None:
        with diary.open("a") as file:
            file.write(line + "\n")

    @app.task(name="quick")
    async def quick(word: str) -> None:
        write(f"quick {word}")

    @app.task(name="slow")
    async def slow(word: str) -> None:
        again = diary.exists() and f"began {word}" in diary.read_text()
        write(f"began {word}")
        await asyncio.sleep(0 if again else 600)
        write(f"ended {word}")

    return app


async def main(database_url: str, diary: Path) -> None:
    """Work, and take over what other workers left."""
    app = application(database_url, diary)
    await run_all(
        repeat("work", lambda: jobs.work(app, QUEUES), every=0.2),
        repeat("rescue", lambda: jobs.rescue(app), every=0.5),
    )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
