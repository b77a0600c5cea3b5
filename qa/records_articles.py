"""What travels between the service and the index when articles are added, read and withdrawn.

Dates are calendar days, `fetched` is a moment in UTC. What an article does not tell is null.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from qa.records import Record

if TYPE_CHECKING:
    from index.rows import Stored


class NewArticle(Record):
    """An article as a client hands it in: checked for shape, not yet cleaned. Untrusted text."""

    text: str = Field(description="The body, marks and all")
    title: str = Field(description="May be empty")
    id: str | None = Field(default=None, description="1 to 200 of A-Z a-z 0-9 . _ : -")
    url: str | None = Field(default=None, description="A whole http or https address")
    source: str | None = Field(default=None, description="The outlet")
    authors: tuple[str, ...] = ()
    published: date | None = Field(default=None, description="Day of publication")
    updated: date | None = Field(default=None, description="Day of the last change")


class AddedArticle(Record):
    """What became of an article that was handed in."""

    id: str = Field(description="The id under which it can be read and withdrawn")
    outcome: Literal["added", "updated", "unchanged", "duplicate"]
    version: int = Field(ge=1, description="1 for a new article, one more for each change")
    passages: int = Field(ge=0, description="Passages that it is found by")


class ArticleSummary(Record):
    """An article without its text."""

    id: str
    title: str
    url: str | None
    source: str | None = Field(description="The outlet")
    authors: tuple[str, ...]
    published: date | None
    updated: date | None
    fetched: datetime | None = Field(description="When it came to the index, UTC")
    version: int = Field(ge=1)
    passages: int = Field(ge=0, description="Number of its passages")


def summary_of(stored: Stored) -> dict[str, Any]:
    """The fields of an `ArticleSummary`, from an article as the catalogue holds it."""
    article = stored.article
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "authors": article.authors,
        "published": article.published,
        "updated": article.updated,
        "fetched": article.fetched,
        "version": stored.version,
        "passages": stored.passages,
    }


class ArticleView(ArticleSummary):
    """An article with its cleaned text, which citations' offsets count."""

    text: str


class ArticlePage(Record):
    """A page of the list of articles."""

    items: tuple[ArticleSummary, ...]
    next_cursor: str | None = Field(description="Hand it back for the next page; null on the last")
    total: int = Field(ge=0, description="Articles in the index")


class Readiness(Record):
    """Whether questions can be answered now."""

    is_ready: bool
    detail: str = Field(description="A sentence for people")
    articles: int = Field(ge=0)
    passages: int = Field(ge=0)
    index_version: str
    embedding_model: str
