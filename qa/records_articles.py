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


class ArticleFacts(Record):
    """What is told of an article wherever it is shown."""

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


class ArticleSummary(ArticleFacts):
    """An article without its text."""

    copies: tuple[str, ...] | None = Field(
        default=None,
        description="Ids of articles that are near-identical (syndicated copies), the most alike "
        "first; null where they were not asked for",
    )


class Copy(Record):
    """An article that is near-identical to another one."""

    id: str
    title: str
    source: str | None = Field(description="The outlet")
    published: date | None


class ArticleView(ArticleFacts):
    """An article with its cleaned text, which citations' offsets count."""

    text: str
    copies: tuple[Copy, ...] = Field(
        default=(), description="Near-identical articles, the most alike first"
    )


class ArticlePage(Record):
    """A page of the list of articles."""

    items: tuple[ArticleSummary, ...]
    next_cursor: str | None = Field(description="Hand it back for the next page; null on the last")
    total: int = Field(
        ge=0, description="Articles that the whole list has; with a query, those on this page"
    )


class SourceCount(Record):
    """An outlet, and how many articles of it the index has."""

    source: str | None = Field(description="The outlet; null: articles that tell none")
    articles: int = Field(ge=1)


class SourceList(Record):
    """The outlets, by number of articles, most first."""

    items: tuple[SourceCount, ...]


class UploadedArticle(AddedArticle):
    """What became of an article of a file."""

    title: str = Field(description="May be empty")
    origin: str = Field(description="The file's name, with a line or number where it has several")


class RejectedArticle(Record):
    """A file, or an article of it, that was not taken."""

    origin: str
    reason: str = Field(description="What is wrong with it, for people")


class Uploaded(Record):
    """What became of a file: every article that it holds is in one of the two lists."""

    file: str = Field(description="Its name, as it is shown")
    added: tuple[UploadedArticle, ...] = Field(
        description="Articles that are in the index now; `outcome` says whether they are new"
    )
    rejected: tuple[RejectedArticle, ...]


def summary_of(stored: Stored) -> dict[str, Any]:
    """The `ArticleFacts` of an article as the catalogue holds it."""
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


class Readiness(Record):
    """Whether questions can be answered now."""

    is_ready: bool
    detail: str = Field(description="A sentence for people")
    articles: int = Field(ge=0)
    passages: int = Field(ge=0)
    index_version: str
    embedding_model: str
