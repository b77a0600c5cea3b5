"""The HTTP service: JSON in, JSON out, errors as {"error_code", "detail"}."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.routing import Route

from index.errors import DatelineError
from qa import (
    service_articles,
    service_ask,
    service_conversations,
    service_health,
    service_openai,
)
from qa.desk import Desk
from qa.service_config import ServiceConfig
from qa.service_errors import add_error_handlers
from qa.service_guard import Guard
from qa.service_openai_models import ErrorBody
from qa.service_pages import page_routes
from qa.service_refusals import Problem
from qa.service_shared import Running, problem_of

#: what has our shape of errors, and needs a key where there are keys
_ROUTERS = (
    service_ask.router,
    service_conversations.router,
    service_articles.router,
)


def create_app(
    open_desk: Callable[[], Desk],
    config: ServiceConfig | None = None,
    on_failure: Callable[[DatelineError], None] | None = None,
) -> FastAPI:
    """The service over the desk that `open_desk` opens when the service starts, in a thread.

    Until it is open, and if it fails to open, questions get 503 NOT_READY, and /health/ready
    has the failure's error_code. Why it failed `on_failure` is told, in that thread; without it
    the log is. When the service ends, the desk's `close()` is called if it has one.
    """
    config = config or ServiceConfig()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        # Anew for each start: an app that was stopped can be started again.
        app.state.running = running = Running.make(open_desk, config, on_failure)
        running.opening.start()
        try:
            yield
        finally:
            await anyio.to_thread.run_sync(running.opening.close, config.close_seconds)

    app = FastAPI(
        title="Dateline",
        version="1",
        description="Questions over news articles, answered with the passages that prove it.",
        docs_url=None,  # both pages would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.running = Running.make(open_desk, config, on_failure)
    for router in _ROUTERS:
        app.include_router(router, **_documented_keys(config, Problem))
    app.include_router(service_openai.router, **_documented_keys(config, ErrorBody))
    app.include_router(service_health.router)
    app.router.routes.extend(page_routes())
    routers = (*_ROUTERS, service_openai.router, service_health.router)
    below = [route for router in routers for route in router.routes]
    routes = [r for r in [*app.routes, *below] if isinstance(r, Route)]
    add_error_handlers(app, routes, config.retry_seconds)
    app.add_middleware(Guard, config=config)
    return app


def _documented_keys(config: ServiceConfig, shape: type[BaseModel]) -> dict[str, Any]:
    """What the OpenAPI document says of keys and hosts; the guard is what checks them."""
    statuses = [401] * (config.keys is not None) + [421] * (config.allowed_hosts is not None)
    told: dict[str, Any] = {"responses": problem_of(*statuses, shape=shape)}
    if config.keys is not None:
        told["dependencies"] = [Depends(HTTPBearer(auto_error=False))]
    return told
