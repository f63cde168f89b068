"""A field's value as the history keeps it, and back."""

from datetime import UTC, date, datetime
from typing import Any

from api.library.fields import TrackFields

_MOMENTS = ("valid_from", "valid_until")


def as_json(value: Any) -> Any:
    """A value as JSON holds it; moments in UTC, so that equal ones are equal texts and earlier ones sort first."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def as_column(field: str, value: Any) -> Any:
    """A value as its column takes it."""
    if value is None:
        return None
    if field in _MOMENTS:
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if field == "kill_date" else value


def sent(fields: TrackFields) -> dict[str, Any]:
    """The fields that were sent, as JSON holds them."""
    return {name: as_json(getattr(fields, name)) for name in sorted(fields.model_fields_set)}
