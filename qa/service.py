"""The HTTP service: JSON in, JSON out, errors as {"error_code", "detail"}."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI, Path, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.routing import Route

from index.errors import ArticleNotFound, DatelineError
from index.records import Filters
from qa.desk import Desk
from qa.errors import NotReady
from qa.records import Answer, SearchResult
from qa.records_articles import AddedArticle, ArticlePage, ArticleView, Readiness
from qa.records_feedback import KeptFeedback
from qa.service_config import ServiceConfig
from qa.service_errors import Problem, add_error_handlers
from qa.service_guard import Guard, ParsedRoute
from qa.service_models import ARTICLE_ID, ArticleBody, AskBody, FeedbackBody, SearchBody
from qa.service_opening import Opening, OpeningFailed
from qa.service_workers import Workers

_WHY = {
    400: "The body is empty or is not JSON that is taken here",
    404: "No such article or answer",
    405: "The address does not take this method",
    408: "The body did not arrive in time",
    413: "The body is too large",
    415: "The body is not sent as application/json",
    422: "Something in the request is not accepted; the detail says what is",
    500: "An unexpected error; the log has it at the reference in the detail",
    503: "Not ready or too busy; Retry-After says when to try again",
}
_BODY = (400, 408, 413, 415, 422)


class Alive(BaseModel):
    """The process is alive; whether it can answer is another question."""

    status: str = Field(examples=["ok"])


@dataclass(frozen=True, slots=True)
class _Running:
    """What the endpoints of one app share."""

    opening: Opening
    readers: Workers
    writers: Workers
    probes: Workers  #: readiness must be told even when all readers are busy

    @classmethod
    def make(
        cls,
        open_desk: Callable[[], Desk],
        config: ServiceConfig,
        on_failure: Callable[[DatelineError], None] | None,
    ) -> _Running:
        return cls(
            Opening(open_desk, on_failure),
            Workers(config.readers, config.max_waiting),
            Workers(config.writers, config.max_waiting),
            Workers(1, config.max_waiting),
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
        app.state.running = running = _Running.make(open_desk, config, on_failure)
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
    app.state.running = _Running.make(open_desk, config, on_failure)
    app.include_router(router)
    routes = [r for r in [*app.routes, *router.routes] if isinstance(r, Route)]
    add_error_handlers(app, routes, config.retry_seconds)
    app.add_middleware(Guard, config=config)
    return app


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    documented = sorted({*statuses, 405, 500})
    return {status: {"model": Problem, "description": _WHY[status]} for status in documented}


def _running(request: Request) -> _Running:
    return request.app.state.running


ArticleId = Annotated[
    str,
    Path(description="The article's id", json_schema_extra={"pattern": ARTICLE_ID}),
]
router = APIRouter(route_class=ParsedRoute)


@router.post("/ask", responses=_problems(*_BODY, 503))
async def ask(request: Request, body: AskBody) -> Answer:
    """Answer a question from the articles, with a citation for each sentence, or say why not."""
    running = _running(request)
    return await running.readers.run(running.opening.desk().ask, body.to_question())


@router.post("/search", responses=_problems(*_BODY, 503))
async def search(request: Request, body: SearchBody) -> SearchResult:
    """The passages that a question would be answered from."""
    running = _running(request)
    find = running.opening.desk().search
    filters = body.filters.filters() if body.filters else Filters()
    return await running.readers.run(find, body.query, filters, body.top_k, body.as_of)


@router.post(
    "/articles",
    status_code=201,
    responses={
        200: {"model": AddedArticle, "description": "It was there already, or was updated"},
        201: {"description": "It is new"},
        **_problems(*_BODY, 503),
    },
)
async def add_article(request: Request, response: Response, body: ArticleBody) -> AddedArticle:
    """Add an article, or put it in the place of its former version."""
    running = _running(request)
    add = running.opening.desk().add_article
    added = await running.writers.run(add, body.to_article())
    response.status_code = 201 if added.outcome == "added" else 200
    return added


@router.get("/articles", responses=_problems(422, 503))
async def list_articles(
    request: Request,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ArticlePage:
    """The articles, page by page, without their text."""
    running = _running(request)
    return await running.readers.run(running.opening.desk().list_articles, cursor, limit)


@router.get("/articles/{article_id}", responses=_problems(404, 503))
async def get_article(request: Request, article_id: ArticleId) -> ArticleView:
    """One article, as it was cleaned: citations' offsets count its text."""
    running = _running(request)
    return await running.readers.run(running.opening.desk().get_article, _known(article_id))


@router.delete("/articles/{article_id}", status_code=204, responses=_problems(404, 503))
async def withdraw_article(request: Request, article_id: ArticleId) -> None:
    """Withdraw an article: from the moment that this returns it is cited no more."""
    running = _running(request)
    await running.writers.run(running.opening.desk().withdraw_article, _known(article_id))


@router.post("/feedback", responses=_problems(*_BODY, 404, 503))
async def give_feedback(request: Request, body: FeedbackBody) -> KeptFeedback:
    """Say whether an answer was a good one; once more for the same answer replaces it."""
    running = _running(request)
    # A reader's place: the writers may be busy with long articles.
    return await running.readers.run(running.opening.desk().give_feedback, body.to_feedback())


@router.get("/health", responses=_problems())
async def health() -> Alive:
    """Whether the process is alive."""
    return Alive(status="ok")


@router.get("/health/ready", responses=_problems(503))
async def health_ready(request: Request) -> Readiness:
    """Whether questions can be answered now."""
    running = _running(request)
    failure = running.opening.failure()
    if failure is not None:
        raise OpeningFailed(failure)
    readiness = await running.probes.run(running.opening.desk().ready)
    if not readiness.is_ready:
        raise NotReady(readiness.detail)
    return readiness


def _known(article_id: str) -> str:
    """What cannot be an id is no article's: 404 and not 422, however long or odd it is."""
    if not re.fullmatch(ARTICLE_ID, article_id):
        raise ArticleNotFound("not an id")
    return article_id
