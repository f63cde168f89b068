"""How tests of the analysis have tracks, and see what became of them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from api.analysis.models import Analysis
from api.library.models import Track

Have = Callable[..., Awaitable[Track]]
AsIs = Callable[[UUID], Awaitable[tuple[Track, Analysis | None]]]
