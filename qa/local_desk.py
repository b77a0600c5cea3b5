"""The desk over a data folder of this process: what the HTTP service answers from."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from index.embed import Embedder
from index.ingest import Ingest
from index.records import Filters, Found, Rejected
from index.report import Taken
from index.store import Store
from index.tokens import ModelTokenizer
from qa.answer import Answerer
from qa.config import FAST, READING
from qa.conversations import ConversationLimits, Conversations
from qa.errors import BadRequest
from qa.journal import Journal
from qa.library import Library
from qa.listen import Listener
from qa.opening import condense_of
from qa.reader_model import ReaderModel
from qa.records import Answer, Question, SearchResult
from qa.records_articles import (
    AddedArticle,
    ArticlePage,
    ArticleView,
    NewArticle,
    Readiness,
    SourceList,
    Uploaded,
)
from qa.records_conversation import Conversation, ConversationPage, Suggestions
from qa.records_feedback import Feedback, KeptFeedback
from qa.settings import Settings
from qa.stand_alone import past_turn
from qa.take_batch import Cleaned, take_batch
from qa.upload import remove_leftovers, upload

_log = logging.getLogger("dateline.desk")


class ArticleRefused(BadRequest):
    """The article cannot be taken, and the text says why."""

    error_code = "ARTICLE_REFUSED"


class LocalDesk:
    """Implements `qa.desk.Desk`. One writer at a time; readers see each change at once."""

    def __init__(self, store: Store, embedder: Embedder, settings: Settings) -> None:
        remove_leftovers(settings.index.data)
        self._store = store
        self._embedder = embedder
        condense = condense_of(settings, at_once=True)
        reading = READING[settings.reading]
        model = ReaderModel.open(settings.index.data, settings.threads)
        self._answerer = Answerer.over(
            store, embedder, reading=reading, model=model, condense=condense
        )
        # Suggestions take several questions: what the nearest passages answer is enough for them.
        self._suggester = Answerer.over(store, embedder, reading=FAST, model=model)
        self._ingest = Ingest(store, embedder, ModelTokenizer(), settings.index)
        self._journal = Journal(settings.index.data, settings.kept_answers)
        self._conversations = Conversations(
            self._journal,
            ConversationLimits(
                turns=settings.conversation_turns,
                conversations=settings.conversations,
                days=settings.conversation_days,
            ),
        )
        self._library = Library(store, embedder)
        self._config = settings.index
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

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        if question.history is not None:
            answer = self._answerer.ask(replace(question, conversation=None), listener)
            self._journal.keep(answer)
            return answer
        if question.conversation is None:
            ongoing = self._conversations.begin(question.owner)
        else:
            ongoing = self._conversations.resume(question.conversation, question.owner)
        asked = replace(question, conversation=ongoing.id, history=ongoing.past)
        return self._conversations.keep(ongoing, self._answerer.ask(asked, listener))

    def conversation(self, id: str, owner: str) -> Conversation:
        return self._conversations.read(
            id, owner, lambda article: self._store.catalogue.known(article) is not None
        )

    def list_conversations(self, owner: str, cursor: str | None, limit: int) -> ConversationPage:
        return self._conversations.page(owner, cursor, limit)

    def delete_conversation(self, id: str, owner: str) -> None:
        self._conversations.delete(id, owner)

    def suggest(self, id: str, owner: str, listener: Listener | None = None) -> Suggestions:
        from qa.suggest import suggest

        answers = self._conversations.answers(id, owner)
        if not answers:
            return Suggestions(questions=())
        past = [past_turn(answer) for answer in answers[:-1]]
        ask = partial(self._suggester.ask, listener=listener)
        return Suggestions(questions=suggest(ask, answers[-1], past))

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

    def list_articles(
        self,
        cursor: str | None,
        limit: int,
        query: str | None = None,
        source: str | None = None,
        with_copies: bool = False,
    ) -> ArticlePage:
        return self._library.list_articles(cursor, limit, query, source, with_copies)

    def list_sources(self) -> SourceList:
        return self._library.sources()

    def upload(self, name: str, content: bytes) -> Uploaded:
        return upload(name, content, self._config, self._take_batch)

    def _take_batch(self, batch: Sequence[Cleaned]) -> list[Taken | Rejected]:
        # For one batch and no longer, so that others come in between those of a long file.
        with self._writing:
            return take_batch(self._ingest, self._store.catalogue, batch)

    def get_article(self, id: str) -> ArticleView:
        return self._library.view(id)

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
