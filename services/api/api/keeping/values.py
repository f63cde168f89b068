"""A field's value as the history keeps it."""

from datetime import UTC, date, datetime
from typing import Any

from api.library.fields import TrackFields


def as_json(value: Any) -> Any:
    """A value as JSON holds it; moments in UTC, so that equal ones are equal texts and earlier ones sort first."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def sent(fields: TrackFields) -> dict[str, Any]:
    """The fields that were sent, as JSON holds them."""
    return {name: as_json(getattr(fields, name)) for name in sorted(fields.model_fields_set)}
