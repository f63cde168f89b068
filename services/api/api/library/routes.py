"""The routers of the library."""

from api.library.blocks import router as blocks
from api.library.catalog import router as catalog
from api.library.finding import router as finding

ROUTERS = (finding.router, blocks.router, blocks.internal, catalog.router)
