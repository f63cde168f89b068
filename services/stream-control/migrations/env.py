"""Migrations of the stream_control schema."""

from kit import migrations
from stream_control.models import Base

migrations.run(Base.metadata, "AIRTIGHT_STREAM_CONTROL_DATABASE_URL")
