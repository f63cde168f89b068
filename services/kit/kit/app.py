"""One way to build a service's HTTP application: error answers, request ids, health and metrics."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import uuid4

import structlog
import uvicorn
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from prometheus_fastapi_instrumentator import Instrumentator
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import Response

from kit import log
from kit.auth import Keys
from kit.refusal import Refusal
from kit.settings import ServiceSettings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Any]]
logger = structlog.get_logger()


def build(title: str, settings: ServiceSettings, *, keys: Keys, lifespan: Lifespan) -> FastAPI:
    """An application with the station's manners; the service adds its routers."""
    log.configure(json=settings.log_json)
    app = FastAPI(
        title=title,
        version="0.1.0",
        lifespan=lifespan,
        generate_unique_id_function=_route_name,
    )
    app.state.settings = settings
    app.state.keys = keys
    app.middleware("http")(_with_request_id)
    app.exception_handler(Refusal)(_refuse)
    app.exception_handler(HTTPException)(_http_error)
    app.exception_handler(RequestValidationError)(_invalid)
    app.get("/health", tags=["health"], summary="The process is alive")(health)
    Instrumentator(excluded_handlers=["/health", "/metrics"]).instrument(app).expose(app, include_in_schema=False)
    return app


def serve(app: FastAPI, settings: ServiceSettings) -> None:
    """Run the service until it is told to stop."""
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        root_path=settings.root_path,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )


def health() -> dict[str, str]:
    """Answers while the process lives; `/ready` says whether it can work."""
    return {"status": "alive"}


def problem(status: int, error_code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """The error answer of every service."""
    body = {"detail": detail, "error_code": error_code, "status_code": status}
    return JSONResponse(body, status, headers=headers)


def _route_name(route: APIRoute) -> str:
    return route.name


async def _with_request_id(request: Request, call_next: RequestResponseEndpoint) -> Response:
    request_id = request.headers.get("x-request-id", "")[:64] or uuid4().hex
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        try:
            response = await call_next(request)
        except Exception as error:
            # Here, and not in a handler: those run outside, where the request's id is no longer known.
            response = _bug(request, error)
    response.headers["x-request-id"] = request_id
    return response


async def _refuse(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)
    if error.status >= 500:
        logger.warning(error.error_code, path=request.url.path, error=str(error.__cause__ or error))
    return problem(error.status, error.error_code, str(error), error.headers)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return problem(error.status_code, code, str(error.detail), dict(error.headers or {}))


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
    return problem(422, "invalid_input", "; ".join(faults))


def _bug(request: Request, error: Exception) -> JSONResponse:
    logger.error("unhandled_error", path=request.url.path, exc_info=error)
    return problem(500, "internal_error", "Something went wrong here; it has been logged.")
