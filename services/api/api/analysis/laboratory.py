"""Measuring in a child process: niced, within limits, without the station's secrets, and gone with us."""

import sys
from pathlib import Path

import structlog
from kit.command import CommandFailed, CommandTimedOut, run
from pydantic import BaseModel, ValidationError

from api.analysis.messages import Measured, Order
from api.analysis.provenance import evidence
from api.analysis.provenance.evidence import Credentials, Evidence
from api.library.rules import Kind

logger = structlog.get_logger()
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    # One core is for the rest of the station.
    "OPENBLAS_NUM_THREADS": "1",
}


class NotMeasured(Exception):
    """It could not be measured; the text says why to a person."""


async def measure(copy: Path, kind: Kind, *, seconds: float) -> Measured:
    """Measure an on-air copy, taking no longer than so many seconds; raises `NotMeasured`."""
    order = Order(copy_path=str(copy), kind=kind)
    said = await _child("api.analysis.measuring.child", order, seconds=seconds)
    try:
        return Measured.model_validate_json(said)
    except ValidationError as error:
        raise NotMeasured("What was measured makes no sense.") from error


async def look(original: Path, anchors: Path | None, *, seconds: float) -> Evidence:
    """Look for evidence of a file's origin. A file that its reader chokes on is unreadable, and no problem."""
    order = evidence.Order(original_path=str(original), anchors_path=str(anchors) if anchors else None)
    try:
        return Evidence.model_validate_json(await _child("api.analysis.provenance.child", order, seconds=seconds))
    except (NotMeasured, ValidationError) as error:
        logger.info("evidence_unreadable", error=str(error))
        return Evidence(credentials=Credentials(state="unreadable", detail="The file could not be looked into."))


async def _child(module: str, order: BaseModel, *, seconds: float) -> str:
    clean = ["env", "-i", *(f"{name}={value}" for name, value in _ENVIRONMENT.items())]
    command = [*clean, sys.executable, "-I", "-m", module, order.model_dump_json()]
    try:
        said, _ = await run(command, seconds=seconds)
    except CommandTimedOut as error:
        raise NotMeasured("Measuring it takes too long.") from error
    except CommandFailed as error:
        raise NotMeasured(f"Measuring it failed: {str(error).splitlines()[-1][:200]}") from error
    return said
