"""The HTTP endpoints of articles: add, upload, list, search, read, withdraw."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from index.errors import ArticleNotFound
from qa.records_articles import AddedArticle, ArticlePage, ArticleView, SourceList, Uploaded
from qa.service_guard import ParsedRoute
from qa.service_models import ARTICLE_ID, LONGEST_QUESTION, ArticleBody
from qa.service_shared import BODY, known, problems, running

ArticleId = Annotated[
    str,
    Path(description="The article's id", json_schema_extra={"pattern": ARTICLE_ID}),
]
LONGEST_FILE_NAME = 1000  #: characters, folders and all

router = APIRouter(route_class=ParsedRoute)


@router.post(
    "/articles",
    status_code=201,
    responses={
        200: {"model": AddedArticle, "description": "It was there already, or was updated"},
        201: {"description": "It is new"},
        **problems(*BODY, 503),
    },
)
async def add_article(request: Request, response: Response, body: ArticleBody) -> AddedArticle:
    """Add an article, or put it in the place of its former version."""
    shared = running(request)
    added = await shared.writers.run(shared.desk().add_article, body.to_article())
    response.status_code = 201 if added.outcome == "added" else 200
    return added


@router.post(
    "/articles/upload",
    responses=problems(*BODY, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def upload(
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=LONGEST_FILE_NAME, description="The file's name")
    ],
) -> Uploaded:
    """Add every article of a file: text, Markdown, HTML, JSON, JSON lines, RSS or Atom, also .gz.

    Its name tells which; the same file again changes nothing.
    """
    shared = running(request)
    return await shared.uploads.run(shared.desk().upload, name, await request.body())


@router.get("/articles", responses=problems(422, 503))
async def list_articles(
    request: Request,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    query: Annotated[
        str | None,
        Query(max_length=LONGEST_QUESTION, description="Articles that fit best; without cursor"),
    ] = None,
    source: Annotated[
        str | None,
        Query(max_length=200, description="Of this outlet alone; empty: those that tell none"),
    ] = None,
    with_copies: Annotated[
        bool, Query(description="Whether to tell of near-identical articles")
    ] = False,
) -> ArticlePage:
    """The articles, the latest first, page by page, without their text."""
    shared = running(request)
    find = shared.desk().list_articles
    return await shared.readers.run(find, cursor, limit, query, source, with_copies)


@router.get("/sources", responses=problems(503))
async def list_sources(request: Request) -> SourceList:
    """The outlets with their numbers of articles, most first."""
    shared = running(request)
    return await shared.readers.run(shared.desk().list_sources)


@router.get("/articles/{article_id}", responses=problems(404, 503))
async def get_article(request: Request, article_id: ArticleId) -> ArticleView:
    """One article, as it was cleaned: citations' offsets count its text; and its copies."""
    shared = running(request)
    id = known(article_id, ARTICLE_ID, ArticleNotFound)
    return await shared.readers.run(shared.desk().get_article, id)


@router.delete("/articles/{article_id}", status_code=204, responses=problems(404, 503))
async def withdraw_article(request: Request, article_id: ArticleId) -> None:
    """Withdraw an article: from the moment that this returns it is cited no more."""
    shared = running(request)
    id = known(article_id, ARTICLE_ID, ArticleNotFound)
    await shared.writers.run(shared.desk().withdraw_article, id)
