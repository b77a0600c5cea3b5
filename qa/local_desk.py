"""The desk over a data folder of this process: what the HTTP service answers from."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
from datetime import date

from index.embed import Embedder
from index.ingest import Ingest
from index.records import Filters, Found, Rejected
from index.store import Store
from index.tokens import ModelTokenizer
from qa.answer import Answerer
from qa.config import READING
from qa.errors import BadRequest
from qa.journal import Journal
from qa.records import Answer, Question, SearchResult
from qa.records_articles import (
    AddedArticle,
    ArticlePage,
    ArticleSummary,
    ArticleView,
    NewArticle,
    Readiness,
    summary_of,
)
from qa.records_feedback import Feedback, KeptFeedback
from qa.settings import Settings

_log = logging.getLogger("dateline.desk")

_CURSOR = re.compile(r"[A-Za-z0-9._:-]{1,200}")


class ArticleRefused(BadRequest):
    """The article cannot be taken, and the text says why."""

    error_code = "ARTICLE_REFUSED"


class LocalDesk:
    """Implements `qa.desk.Desk`. One writer at a time; readers see each change at once."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        self._store = store
        self._embedder = embedder
        self._answerer = Answerer.over(store, embedder, reading=READING[settings.reading])
        self._ingest = Ingest(store, embedder, ModelTokenizer(), settings.index)
        self._journal = Journal(settings.index.data, settings.kept_answers)
        self._writing = threading.Lock()

    @classmethod
    def open(cls, settings: Settings, purpose: str) -> LocalDesk:
        """Open the data folder and the model. Raises what `Store.open` raises."""
        embedder = Embedder.open(settings.index.data, settings.threads)
        store = Store.open(
            settings.index, embedder.identity, embedder.dimension, purpose, _log.info
        )
        try:
            return cls(store, embedder, settings)
        except BaseException:
            store.close()
            raise

    def ask(self, question: Question) -> Answer:
        answer = self._answerer.ask(question)
        self._journal.keep(answer)
        return answer

    def search(self, text: str, filters: Filters, k: int, as_of: date | None) -> SearchResult:
        return self._answerer.search(Question(text, as_of=as_of, filters=filters, top_k=k))

    def add_article(self, payload: NewArticle) -> AddedArticle:
        found = Found(
            origin="the request",
            # Without an id or a URL the words themselves are what it is known by.
            key=f"request:{_digest(payload.title, payload.text)}",
            text=payload.text,
            id=payload.id,
            url=payload.url,
            title=payload.title,
            source=payload.source,
            authors=payload.authors,
            published=payload.published.isoformat() if payload.published else None,
            updated=payload.updated.isoformat() if payload.updated else None,
        )
        with self._writing:
            taken = self._ingest.take(found)
        if isinstance(taken, Rejected):
            raise ArticleRefused(f"The article can't be taken: {taken.reason}.")
        return AddedArticle(
            id=taken.article_id,
            outcome=taken.outcome.value,
            version=taken.version,
            passages=taken.passages,
        )

    def list_articles(self, cursor: str | None, limit: int) -> ArticlePage:
        if cursor is not None and not _CURSOR.fullmatch(cursor):
            raise BadRequest("cursor must be the next_cursor of an earlier page, or left out.")
        stored = self._store.catalogue.page(cursor, limit + 1)
        items = stored[:limit]
        return ArticlePage(
            items=tuple(ArticleSummary(**summary_of(one)) for one in items),
            next_cursor=items[-1].article.id if len(stored) > limit else None,
            total=self._store.catalogue.counts()[0],
        )

    def get_article(self, id: str) -> ArticleView:
        stored = self._store.catalogue.article(id)
        return ArticleView(**summary_of(stored), text=stored.article.text)

    def withdraw_article(self, id: str) -> None:
        # Not under the lock: a withdrawal does not wait for a long article to be embedded.
        self._store.withdraw(id)

    def give_feedback(self, feedback: Feedback) -> KeptFeedback:
        return self._journal.judge(feedback)

    def ready(self) -> Readiness:
        articles, passages = self._store.catalogue.counts()
        mended = len(self._store.mended)
        return Readiness(
            is_ready=True,
            detail=f"Open; put right at opening: {mended}." if mended else "Open.",
            articles=articles,
            passages=passages,
            index_version=self._store.version,
            embedding_model=self._embedder.identity,
        )

    def close(self) -> None:
        self._journal.close()
        self._store.close()


def _digest(*parts: str) -> str:
    words = "\x1f".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(words, digest_size=16).hexdigest()
