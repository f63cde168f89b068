"""The policy, one row; without it nothing is deleted."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.tables import Base


class RetentionPolicy(Base):
    """How long airchecks are kept; `retention.rules.Policy` says what its numbers mean."""

    __tablename__ = "retention_policy"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(
            "unpublished_days > 0 AND published_days > 0 AND originals_days > 0 AND keep_last >= 0 AND total_gb > 0",
            name="sane",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    unpublished_days: Mapped[int | None]
    published_days: Mapped[int | None]
    originals_days: Mapped[int | None]
    keep_last: Mapped[int] = mapped_column(default=0)
    total_gb: Mapped[float | None]
    carried_out_on: Mapped[date | None]
    """The last night, by the station's calendar."""
