"""The desk: everything that the HTTP service asks of the rest of Dateline, as one Protocol."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from index.records import Filters
from qa.listen import Listener
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


class Desk(Protocol):
    """Answers questions and keeps articles. Every method blocks, and may run in any thread.

    Any method may raise `qa.errors.NotReady`; the service makes 503 of it. A desk that has a
    `close()` is closed once, after the last request.
    """

    def ask(self, question: Question, listener: Listener | None = None) -> Answer:
        """The answer; not finding one is an answer too. It is kept as a turn of its conversation.

        Raises `qa.errors.BadRequest`, `AskerLeft` where the listener is gone,
        `ConversationNotFound`, `ConversationFull` and `TooManyConversations`.
        """
        ...

    def conversation(self, id: str, owner: str) -> Conversation:
        """The turns of one. Raises `qa.errors.ConversationNotFound`, also where it is another's."""
        ...

    def list_conversations(self, owner: str, cursor: str | None, limit: int) -> ConversationPage:
        """Those of one owner, the latest first. Raises `qa.errors.BadRequest` for a cursor that
        this list never gave."""
        ...

    def delete_conversation(self, id: str, owner: str) -> None:
        """Delete it with its answers and their feedback. Raises `ConversationNotFound`."""
        ...

    def suggest(self, id: str, owner: str, listener: Listener | None = None) -> Suggestions:
        """Up to three questions to go on with, each tried: `listener` is told of every try.

        Raises `ConversationNotFound`, and `AskerLeft` where the listener is gone.
        """
        ...

    def search(self, text: str, filters: Filters, k: int, as_of: date | None) -> SearchResult:
        """The `k` best passages, as of a day (None: today). Raises `qa.errors.BadRequest`."""
        ...

    def add_article(self, payload: NewArticle) -> AddedArticle:
        """Index an article; it can be found when this returns.

        Raises `qa.errors.BadRequest` where nothing is left of it after cleaning.
        """
        ...

    def upload(self, name: str, content: bytes) -> Uploaded:
        """Index every article of a file, whatever `dateline index` reads; `name` tells the kind.

        The same file again changes nothing. What can't be taken is told, not raised. Raises
        `qa.errors.BadRequest` where the name is none or the file has too many articles (then
        none is taken).
        """
        ...

    def list_articles(
        self,
        cursor: str | None,
        limit: int,
        query: str | None = None,
        source: str | None = None,
        with_copies: bool = False,
    ) -> ArticlePage:
        """`limit` articles from `cursor` on, None being the start; with a query, the best fitting.

        `source`: of this outlet alone, whatever its case; "": those that tell none.
        `with_copies`: each with the ids of its near-identical articles. Raises
        `qa.errors.BadRequest` for a cursor that this list never gave, or one beside a query.
        """
        ...

    def list_sources(self) -> SourceList:
        """The outlets with their numbers of articles, most first."""
        ...

    def get_article(self, id: str) -> ArticleView:
        """One article with its copies. Raises `index.errors.ArticleNotFound`."""
        ...

    def withdraw_article(self, id: str) -> None:
        """Cite it no more from now on. Raises `index.errors.ArticleNotFound`."""
        ...

    def give_feedback(self, feedback: Feedback) -> KeptFeedback:
        """Keep what somebody thinks of an answer, in the place of earlier feedback on it.

        Raises `qa.errors.AnswerNotFound`, also where it stands in another's conversation, and
        `qa.errors.FeedbackNotKept` where it can't be kept.
        """
        ...

    def ready(self) -> Readiness:
        """Whether questions can be answered now, over how much. Quick: it is asked often."""
        ...
