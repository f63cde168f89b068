"""Migrations of the api schema."""

from api.models import Base
from kit import migrations

migrations.run(Base.metadata, "AIRTIGHT_API_DATABASE_URL")
