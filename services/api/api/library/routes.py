"""The routers of the library."""

from api.library.archiving import router as archiving
from api.library.artists import router as artists
from api.library.blocks import router as blocks
from api.library.catalog import router as catalog
from api.library.categories import router as categories
from api.library.finding import router as finding

ROUTERS = (
    finding.router,
    archiving.router,
    artists.router,
    categories.router,
    blocks.router,
    blocks.internal,
    catalog.router,
)
