"""`python -m api.analysis.provenance.child ORDER`: looks for evidence of a file's origin, in a process of its own.

The file comes from outside and is read as it came, by a parser that is not ours.
"""

import sys
from pathlib import Path

from api.analysis.provenance import credentials, declared
from api.analysis.provenance.evidence import Evidence, Order


def look(order: Order) -> Evidence:
    """Read the file's credentials and tags."""
    original = Path(order.original_path)
    anchors = Path(order.anchors_path) if order.anchors_path else None
    return Evidence(credentials=credentials.read(original, anchors), declared=declared.read(original))


if __name__ == "__main__":
    print(look(Order.model_validate_json(sys.argv[1])).model_dump_json())
