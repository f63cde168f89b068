"""One way to build a service's HTTP application: error answers, request ids, limits, health and metrics."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from prometheus_fastapi_instrumentator import Instrumentator
from starlette.exceptions import HTTPException

from kit import log
from kit.asgi import BodyLimit, RequestId, problem
from kit.auth import Keys
from kit.refusal import Problem, Refusal
from kit.settings import ServiceSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]
logger = structlog.get_logger()


def build(
    title: str,
    settings: ServiceSettings,
    *,
    keys: Keys,
    lifespan: Lifespan,
    max_upload_bytes: Mapping[str, int] | None = None,
) -> FastAPI:
    """An application with the station's manners; the service adds its routers.

    `max_upload_bytes` names the paths that take uploads and how large these may be in all. It is the last
    resort: whoever reads an upload has limits of its own. Any other body may have `kit.asgi.MAX_BODY_BYTES`.
    """
    log.configure(json=settings.log_json)
    app = FastAPI(
        title=title,
        version="0.1.0",
        lifespan=lifespan,
        generate_unique_id_function=_route_name,
        # Or FastAPI would describe its own shape, which `_invalid` replaces.
        responses={422: {"model": Problem, "description": "invalid_input"}},
    )
    app.state.settings = settings
    app.state.keys = keys
    app.add_middleware(BodyLimit, uploads=max_upload_bytes or {})
    app.add_middleware(RequestId)
    app.exception_handler(Refusal)(_refuse)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid)
    app.get("/health", tags=["health"], summary="The process is alive")(health)
    metrics = Instrumentator(excluded_handlers=["/health", "/metrics"], should_exclude_streaming_duration=True)
    metrics.instrument(app).expose(app, include_in_schema=False)
    return app


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Run the service until it is told to stop.

    Event streams end by themselves when the process is told to (sse-starlette sees the signal); whoever else is still
    being answered has five seconds.
    """
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        root_path=settings.root_path,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
        # Only the front door and the machine itself reach a service, and the front door replaces what a client says
        # about its address: whoever comes may be believed.
        proxy_headers=True,
        forwarded_allow_ips="*",
    )


def health() -> dict[str, str]:
    """Answers while the process lives; `/ready` says whether it can work."""
    return {"status": "alive"}


def _route_name(route: APIRoute) -> str:
    return route.name


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    if error.status >= 500:
        logger.warning(error.error_code, path=request.url.path, error=str(error.__cause__ or error))
    return problem(error.status, error.error_code, str(error), error.headers)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}.get(error.status_code, "http_error")
    return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
    return problem(422, "invalid_input", "; ".join(faults))
