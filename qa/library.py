"""What the desk does for people who browse: the list by outlet and date, search, copies."""

from __future__ import annotations

import re
import threading
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import source_key
from index.rows import Stored
from index.store import Store
from qa.copies import copies_of
from qa.errors import BadRequest
from qa.find_articles import find_articles
from qa.records_articles import (
    ArticlePage,
    ArticleSummary,
    ArticleView,
    Copy,
    SourceCount,
    SourceList,
    summary_of,
)
from qa.retrieve import QueryEmbedder

_CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}|undated):([A-Za-z0-9._:-]{1,200})")
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class _Listed:
    """One set of articles: (sort key, id, outlet's key) by day, the latest first, undated last."""

    version: str
    items: list[tuple[tuple[int, str], str, str]]
    sources: SourceList


class Library:
    """Reads one store. Any number of threads."""

    def __init__(self, store: Store, embedder: QueryEmbedder) -> None:
        self._store = store
        self._embedder = embedder
        self._listing = threading.Lock()
        self._listed: _Listed | None = None

    def sources(self) -> SourceList:
        """The outlets with their numbers of articles, most first."""
        return self._articles().sources

    def list_articles(
        self,
        cursor: str | None,
        limit: int,
        query: str | None = None,
        source: str | None = None,
        with_copies: bool = False,
    ) -> ArticlePage:
        """As `qa.desk.Desk.list_articles`."""
        wanted = searchable(query or "")
        if not wanted:
            return self._page(cursor, limit, source, with_copies)
        if cursor is not None:
            raise BadRequest("What is searched for comes on one page: leave cursor out, or query.")
        return self._find(wanted, limit, source, with_copies)

    def _page(
        self, cursor: str | None, limit: int, source: str | None, with_copies: bool
    ) -> ArticlePage:
        """`limit` articles, the latest first. Raises `BadRequest` for a cursor of no such list."""
        items = self._articles().items
        if source is not None:
            wanted = source_key(source)
            items = [one for one in items if one[2] == wanted]
        begin = 0 if cursor is None else bisect_right(items, _place(cursor), key=lambda one: one[0])
        part = items[begin : begin + limit]
        more = begin + limit < len(items)
        stored = self._store.catalogue.without_text([id for _, id, _ in part])
        return ArticlePage(
            items=self._summaries(stored, with_copies),
            next_cursor=_cursor(part[-1]) if more else None,
            total=len(items),
        )

    def _find(self, query: str, limit: int, source: str | None, with_copies: bool) -> ArticlePage:
        """The `limit` articles that fit best by title and text, best first; none that does not."""
        ids = find_articles(self._store, self._embedder, query, source, limit)
        stored = self._store.catalogue.without_text(ids)
        if source is not None:
            wanted = source_key(source)
            stored = [one for one in stored if source_key(one.article.source or "") == wanted]
        items = self._summaries(stored[:limit], with_copies)
        return ArticlePage(items=items, next_cursor=None, total=len(items))

    def view(self, id: str) -> ArticleView:
        """One article with its copies. Raises `index.errors.ArticleNotFound`."""
        catalogue = self._store.catalogue
        stored = catalogue.article(id)
        copies = catalogue.without_text(copies_of(self._store, [id])[id])
        told = (
            Copy(id=one.id, title=one.title, source=one.source, published=one.published)
            for one in (copy.article for copy in copies)
        )
        return ArticleView(**summary_of(stored), text=stored.article.text, copies=tuple(told))

    def _summaries(self, stored: Sequence[Stored], with_copies: bool) -> tuple[ArticleSummary, ...]:
        if not with_copies:
            return tuple(ArticleSummary(**summary_of(one)) for one in stored)
        copies = copies_of(self._store, [one.article.id for one in stored])
        return tuple(
            ArticleSummary(**summary_of(one), copies=tuple(copies[one.article.id]))
            for one in stored
        )

    def _articles(self) -> _Listed:
        """The list of the articles as they are now; read again only when they have changed."""
        with self._listing:
            version = self._store.version  # before the rows: a change in between is seen next time
            if self._listed is None or self._listed.version != version:
                self._listed = _listed(version, self._store.catalogue.listing())
            return self._listed


def searchable(query: str) -> str:
    """What is looked for of what was typed: control characters are spaces, and so is NUL."""
    return " ".join("".join(" " if unicodedata.category(c)[0] == "C" else c for c in query).split())


def _listed(version: str, rows: Sequence[tuple[str, str | None, str | None]]) -> _Listed:
    spellings: dict[str, Counter[str | None]] = {}
    items = []
    for id, source, published in rows:
        key = source_key(source or "")
        spellings.setdefault(key, Counter())[source or None] += 1
        items.append((_sort_key(published or UNDATED, id), id, key))
    items.sort()
    counted = [(found.total(), *found.most_common(1)[0]) for found in spellings.values()]
    counted.sort(key=lambda one: (-one[0], one[1] is None, one[1] or ""))
    sources = tuple(SourceCount(source=source, articles=total) for total, source, _ in counted)
    return _Listed(version, items, SourceList(items=sources))


def _sort_key(day: str, id: str) -> tuple[int, str]:
    return (0 if day == UNDATED else -int(day.replace("-", "")), id)


def _cursor(listed: tuple[tuple[int, str], str, str]) -> str:
    day = str(-listed[0][0]).zfill(8)
    shown = f"{day[:4]}-{day[4:6]}-{day[6:]}" if listed[0][0] else UNDATED
    return f"{shown}:{listed[1]}"


def _place(cursor: str) -> tuple[int, str]:
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise BadRequest("cursor must be the next_cursor of an earlier page, or left out.")
    return _sort_key(match[1], match[2])
