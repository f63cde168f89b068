"""The logger's hours."""

import datetime as dt

from pydantic import AwareDatetime, BaseModel, Field


class HourShown(BaseModel):
    name: str
    starts_at: AwareDatetime = Field(description="The hour; a part of it may begin later")
    bytes: int
    changed_at: AwareDatetime = Field(description="The hour that is being recorded still grows")


class LoggerDay(BaseModel):
    """A day of UTC."""

    date: dt.date
    hours: list[HourShown]
    days: list[dt.date] = Field(description="All days of which something is kept, newest first")
